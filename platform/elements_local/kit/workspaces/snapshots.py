"""Snapshots: all that one service remembers of one workspace, as one JSON document, and the way back.

A snapshot holds the workspace's secrets, as it could not be taken back without them: keep it like a password.
A restore brings back the state, not the identity: name, credentials and addresses of the workspace that it is
restored into stay what they are. Whether its rows hold together is looked at in the transaction that wrote them, which is
undone if they do not.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from enum import EnumType
from functools import cache
from typing import Any, Protocol, TypeAlias

from msgspec import Struct, ValidationError, convert, structs
from sqlalchemy import Column, Connection, Select, func, select

from elements_local.kit.api.json_text import Json, MalformedJsonError, decode
from elements_local.kit.api.shape_words import refusal
from elements_local.kit.clock import Mode
from elements_local.kit.instants import UnreadableTimeError, for_clock
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.text import shortened
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.table_rows import AllRows, Reworded, SnapshotError, SnapshotRows
from elements_local.kit.workspaces.workspace import KeptClock, KeptWorkspace

Sound: TypeAlias = "Callable[[Transaction], None]"
"""Looks at a workspace's rows, and raises ``SnapshotError`` if they do not hold together."""

LARGEST_COUNT = 2**62
"""Of a number that is counted on from; it leaves room for all that will ever be counted."""


def anything(_tx: Transaction) -> None:
    """Take any rows."""


def check_counted(tx: Transaction, columns: Iterable[Column[int]], last: int | None, counter: str) -> None:
    """Check that no number of these columns is beyond the last that was given out.

    Args:
        last: None if none ever was.
        counter: its place in the snapshot.

    Raises:
        SnapshotError: one is, or the counter itself leaves no room.
    """
    if last is not None and not 0 <= last < LARGEST_COUNT:
        raise SnapshotError(f"{counter}: expected a count from 0 to {LARGEST_COUNT - 1}; got {last}")
    for column in columns:
        highest = tx.scalar(_highest(column))
        if highest is not None and (last is None or highest > last):
            actual = "there is none" if last is None else f"got {last}"
            raise SnapshotError(
                f"{counter}: expected {highest} or more, as tables.{column.table.name} has the {column.name} {highest}; {actual}"
            )


def check_texts(
    tx: Transaction,
    shapes: Mapping[Column[Any], Any],
    *,
    may_be_empty: Collection[Column[Any]] = frozenset(),
) -> None:
    """Check that texts are what they are read as: values of an ``Enum``, or else JSON of a shape.

    Args:
        may_be_empty: columns in which an empty text stands for nothing.

    Raises:
        SnapshotError: one is not.
    """
    for column, shape in shapes.items():
        is_word = isinstance(shape, EnumType)
        for (text,) in tx.all(_texts(column, distinct=is_word, may_be_empty=column in may_be_empty)):
            try:
                value = text if is_word else decode(text)
            except MalformedJsonError as error:
                raise SnapshotError(
                    f"tables.{column.table.name}: {column.name} {shortened(text, 100)!r}: {error}"
                ) from error
            try:
                convert(value, shape)
            except ValidationError as error:
                reason = refusal(value, shape, root=column.name)
                raise SnapshotError(f"tables.{column.table.name}: {reason}") from error


@cache
def _highest(column: Column[int]) -> WorkspaceStatement:
    return WorkspaceStatement(select(func.max(column)))


@cache
def _texts(column: Column[Any], *, distinct: bool, may_be_empty: bool) -> WorkspaceStatement:
    query = select(column).where(column.is_not(None))
    if may_be_empty:
        query = query.where(column != "")
    return WorkspaceStatement(query.distinct() if distinct else query)


def check_none(tx: Transaction, query: "Select[Any]", says: str) -> None:
    """Check that a query finds nothing.

    Args:
        says: what is wrong with a row that it finds, with the row's columns in braces.

    Raises:
        SnapshotError: it finds something.
    """
    row = tx.first(WorkspaceStatement(query.limit(1)))
    if row is not None:
        raise SnapshotError(says.format(**row._asdict()))


VERSION = 1


class Snapshot(Struct, forbid_unknown_fields=True):
    """All that one service remembers of one workspace. It holds the workspace's secrets.

    Attributes:
        version: of this shape.
        service: which it was taken of.
        workspace: the name of the workspace that it was taken of.
        tables: name -> rows of the workspace.
        memory: name -> what the service keeps beside its tables.
    """

    version: int
    service: str
    workspace: str
    tables: dict[str, SnapshotRows]
    memory: dict[str, object]


class SnapshotTooLargeError(Exception):
    """A snapshot has more bytes than are taken back."""

    def __init__(self, size: int | None, *, largest: int) -> None:
        actual = "has no end in sight" if size is None else f"has {size} bytes"
        super().__init__(f"the snapshot {actual}; at most {largest} bytes are taken back")


class Memory(Protocol):
    """Something that a service keeps of its workspaces beside its tables."""

    @property
    def kept_shape(self) -> Any:
        """Of what ``recall`` returns, once it has been JSON."""

    def recall(self, workspace: Workspace) -> object:
        """Return what is kept of a workspace, as something that becomes JSON."""

    def restore(self, connection: Connection, workspace: Workspace, value: Any) -> Callable[[], None]:
        """Write what was kept of a workspace, and return what else is to be done once that is committed.

        Raises:
            SnapshotError: it cannot be kept so.
        """


Quiesce = Callable[[Workspace], AbstractContextManager[None]]
"""Lets nothing else in the service change a workspace meanwhile, or refuses."""

Moved = Callable[[Snapshot, Workspace], Reworded]
"""Says what the texts of a snapshot become in the workspace that it is restored into."""


def unmoved(_snapshot: Snapshot, _workspace: Workspace) -> Reworded:
    """Leave every text as it is."""
    return lambda _column, text: text


class _UndoneError(Exception):
    """Rolls a transaction back that was only a trial."""


class Snapshots(Struct, frozen=True, kw_only=True):
    """Takes snapshots of one service, and takes them back.

    Attributes:
        memories: name -> what the service keeps beside its tables.
        quiescers: entered one in another, before the transaction.
        moved: says what a snapshot's texts become in another workspace.
        sound: looks at the rows once they are written, and refuses those that do not hold together.
        restored: called once a workspace has been put back.
    """

    service: str
    database: Database
    tables: AllRows
    memories: Mapping[str, Memory]
    quiescers: tuple[Quiesce, ...] = ()
    moved: Moved = unmoved
    sound: Sound = anything
    restored: Callable[[Workspace], object] = lambda _workspace: None

    def take(self, workspace: Workspace) -> Snapshot:
        """Return all that is remembered of a workspace; the same state is the same bytes of JSON.

        Raises:
            Exception: what one of ``quiescers`` refuses with.
        """
        # quiesced first: a transaction that began earlier would miss what the last job or call has just kept
        with self._quiesced(workspace), self.database.read(workspace.name) as tx:
            rows = self.tables.read(tx)
            memory = {name: each.recall(workspace) for name, each in self.memories.items()}
        return Snapshot(
            version=VERSION, service=self.service, workspace=workspace.name, tables=rows, memory=memory
        )

    def restore(self, workspace: Workspace, document: Json, *, check: bool = False) -> int:
        """Put a workspace back to a snapshot: all of it, or nothing if it cannot be.

        Args:
            check: only see whether it could be.

        Returns:
            How many rows the snapshot has.

        Raises:
            SnapshotError: it is no snapshot of this service, something in it cannot be kept, or contradicts the rest.
            TakenError: another workspace has what only one may have.
            Exception: what one of ``quiescers`` refuses with.
        """
        snapshot = read_snapshot(document, service=self.service)
        # all that can be refused without the database is refused before anything is stopped or written
        rows = self.tables.check(snapshot.tables)
        values = self._values(snapshot)
        reworded = self.moved(snapshot, workspace)
        with self._quiesced(workspace), suppress(_UndoneError):
            with self.database.transaction(workspace.name) as tx:
                self.tables.write(tx, rows, reworded)
                # after the rows are in, since what it compares is spread over tables; it still can undo all of it
                self.sound(tx)
                afterwards = [
                    self.memories[name].restore(tx.connection, workspace, value)
                    for name, value in values.items()
                ]
                if check:
                    raise _UndoneError
            # memory follows the tables only once these are committed: a commit that fails must leave both as they
            # were
            for each in afterwards:
                each()
            self.restored(workspace)
        return sum(map(len, rows.values()))

    def _values(self, snapshot: Snapshot) -> dict[str, object]:
        """Return what the memories are given back."""
        if snapshot.memory.keys() != self.memories.keys():
            raise SnapshotError(
                f"memory: expected {', '.join(self.memories)}; got {', '.join(snapshot.memory) or 'nothing'}"
            )
        return {
            name: _converted(snapshot.memory[name], each.kept_shape, f"memory.{name}")
            for name, each in self.memories.items()
        }

    @contextmanager
    def _quiesced(self, workspace: Workspace) -> Iterator[None]:
        with ExitStack() as entered:
            # always in the same order, so that two snapshots at once cannot wait for each other
            for quiesce in self.quiescers:
                entered.enter_context(quiesce(workspace))
            yield


def read_snapshot(document: Json, *, service: str) -> Snapshot:
    """Read a snapshot of a service.

    Raises:
        SnapshotError: it is of another version, of another service, or no snapshot at all.
    """
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(version, int) and version != VERSION:
        raise SnapshotError(f"the snapshot has version {version}; this program reads version {VERSION}")
    snapshot: Snapshot = _converted(document, Snapshot, "the snapshot")
    if snapshot.service != service:
        raise SnapshotError(
            f"this is a snapshot of {snapshot.service!r}; put it to that service, as this is {service!r}"
        )
    return snapshot


def _converted(value: object, shape: Any, root: str) -> Any:
    try:
        return convert(value, shape)
    except ValidationError as error:
        raise SnapshotError(refusal(value, shape, root=root)) from error


WORKSPACE = "workspace"
"""Under which a snapshot's memory has it."""


class WorkspaceSnapshot(Struct, frozen=True, kw_only=True):
    """The workspaces as a memory for snapshots.

    Attributes:
        sink_url: where callbacks go, without the workspace's name; None where there is no sink.
    """

    workspaces: Workspaces
    sink_url: str | None = None

    @property
    def kept_shape(self) -> Any:
        """What snapshots hold."""
        return KeptWorkspace

    def recall(self, workspace: Workspace) -> KeptWorkspace:
        """Return a workspace as it is."""
        clock = workspace.clock
        now = clock.now() if clock.mode is Mode.VIRTUAL else None
        kept_clock = KeptClock(mode=clock.mode, now=now, watermark=clock.watermark)
        return KeptWorkspace(**{**structs.asdict(workspace), "clock": kept_clock, "sink_url": self.sink_url})

    def restore(
        self, connection: Connection, workspace: Workspace, value: KeptWorkspace
    ) -> Callable[[], None]:
        """Write clock and origin, and return what puts them in force once that is committed.

        Raises:
            SnapshotError: a virtual clock stands nowhere, or where no clock goes.
        """
        if value.clock.mode is Mode.VIRTUAL and value.clock.now is None:
            raise SnapshotError("memory.workspace.clock.now: a virtual clock needs an instant; got null")
        try:
            _ = for_clock(value.start), for_clock(value.clock.now or value.start)
        except UnreadableTimeError as error:
            raise SnapshotError(f"memory.workspace: {error}") from error
        return self.workspaces.restore(connection, workspace, value)

    def moved(self, snapshot: Snapshot, workspace: Workspace) -> Reworded:
        """Put the names of the workspace that is restored into in the place of those in the snapshot."""
        names = convert(snapshot.memory[WORKSPACE], KeptWorkspace).names()
        return rewording(dict(zip(names, self.recall(workspace).names(), strict=False)))


def workspace_snapshot_of(workspaces: Workspaces) -> dict[str, Memory]:
    """Return what a service that runs alone remembers beside its own, by name."""
    return {WORKSPACE: WorkspaceSnapshot(workspaces=workspaces)}


def rewording(names: dict[str, str]) -> Reworded:
    """Return what replaces whole names in texts, of two that begin alike the longer one.

    >>> rewording({"http://a": "http://c", "http://a/b": "http://c/d"})("url", '["http://a/b/x", "http://a/bb"]')
    '["http://c/d/x", "http://c/bb"]'
    """
    changed = {old: new for old, new in names.items() if old != new}
    if not changed:
        return lambda _column, text: text
    longest_first = sorted(names, key=len, reverse=True)
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return lambda _column, text: words.sub(lambda found: names[found[0]], text)
