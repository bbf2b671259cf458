"""The processes of a stack on one database: what each goes by, and where it answers, for those that start beside it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import uuid4

from msgspec import Struct
from msgspec.json import decode
from sqlalchemy import Column, MetaData, Table, Text, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.schema import SchemaPart

_metadata = MetaData()
_processes = Table(
    "kit_processes",
    _metadata,
    Column("id", Text, primary_key=True),
    Column("told", Text, nullable=False),
)
SCHEMA = SchemaPart("processes", _metadata)


class StackProcess(Struct, frozen=True, kw_only=True):
    """What a process tells those beside it.

    Attributes:
        settings: name -> value as text; a secret's is a digest.
        listens: service -> where this process answers for it.
        urls: service -> where it was told to call it.
        assumed: service -> where it calls it, as nobody had told it.
    """

    settings: Mapping[str, str] = {}
    listens: Mapping[str, str] = {}
    urls: Mapping[str, str] = {}
    assumed: Mapping[str, str] = {}


class StackProcesses:
    """Those that run on a database; one whose lock is free has ended."""

    def __init__(self, database: Database) -> None:
        assert database.locks is not None  # noqa: S101 - one process alone has nobody beside it
        self._database, self._locks = database, database.locks
        database.create(SCHEMA)

    @contextmanager
    def starting(self) -> Iterator[list[StackProcess]]:
        """Give those that run, while no other starts."""
        turn = self._locks.acquire("processes")
        try:
            yield self._running()
        finally:
            if turn is not None:
                turn.release()

    @contextmanager
    def joined(self, told: StackProcess) -> Iterator[None]:
        """Be one of them."""
        own = str(uuid4())
        held = self._locks.acquire(_lock_of(own), timeout_s=0)
        with self._database.writing() as connection:
            connection.execute(_processes.insert().values(id=own, told=encode_text(told)))
        try:
            yield
        finally:
            if held is not None:
                held.release()

    def _running(self) -> list[StackProcess]:
        with self._database.reading() as connection:
            rows = connection.execute(select(_processes.c.id, _processes.c.told)).all()
        ended = [row.id for row in rows if self._has_ended(row.id)]
        if ended:
            with self._database.writing() as connection:
                connection.execute(_processes.delete().where(_processes.c.id.in_(ended)))
        return [decode(row.told, type=StackProcess) for row in rows if row.id not in ended]

    def _has_ended(self, process: str) -> bool:
        held = self._locks.acquire(_lock_of(process), timeout_s=0)
        if held is not None:
            held.release()
        return held is not None


def _lock_of(process: str) -> str:
    return f"process {process}"
