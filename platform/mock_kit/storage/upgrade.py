"""Tables of an earlier version become those of this one, by numbered steps; and whether they are what they should be.

Alembic, which changes tables on either database and compares them, is loaded by whoever imports this module.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from msgspec import Struct
from sqlalchemy import Connection, MetaData, inspect, select

from mock_kit.storage.database import Database
from mock_kit.storage.schema import VERSIONS, SchemaPart, lock_schema, make_part


class PartVersion(Struct, frozen=True):
    """At which version a database has a part.

    Attributes:
        found: None if it has none of its tables.
        expected: what this program reads.
    """

    part: str
    found: int | None
    expected: int

    @property
    def is_current(self) -> bool:
        """Whether this program reads it."""
        return self.found == self.expected


def versions_of(database: Database, parts: Iterable[SchemaPart]) -> list[PartVersion]:
    """Return at which version a database has each part, without changing anything."""
    with database.reading() as connection:
        return _versions(connection, parts)


def upgrade(database: Database, parts: Sequence[SchemaPart]) -> list[PartVersion]:
    """Make all parts' tables what this program reads, in one transaction, and return at which versions they were.

    Raises:
        SchemaVersionError: a part is of a later version, or of one from which no steps lead on; nothing has changed.
    """
    with database.writing() as connection:
        lock_schema(connection)
        before = _versions(connection, parts)
        operations = Operations(MigrationContext.configure(connection))
        for part, version in zip(parts, before, strict=True):
            if version.found is None:
                make_part(connection, part)
            elif not version.is_current:
                for step in part.steps_from(version.found):
                    step(operations)
                mine = VERSIONS.update().where(VERSIONS.c.part == part.name)
                connection.execute(mine.values(version=part.version))
    return before


def differences(database: Database, parts: Iterable[SchemaPart]) -> list[str]:
    """Say in which way a database's tables are other than its versions promise; of tables that are not ours, nothing."""
    metadata = MetaData()
    for part in parts:
        for table in part.metadata.sorted_tables:
            table.to_metadata(metadata)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        return [_words(each) for each in compare_metadata(context, metadata)]


def _versions(connection: Connection, parts: Iterable[SchemaPart]) -> list[PartVersion]:
    found: dict[str, int] = {}
    if inspect(connection).has_table(VERSIONS.name):
        found = {row.part: row.version for row in connection.execute(select(VERSIONS))}
    return [PartVersion(part.name, found.get(part.name), part.version) for part in parts]


def _is_ours(_object: object, _name: str | None, kind: str, reflected: bool, compared: object) -> bool:  # noqa: FBT001 - Alembic's
    """Leave tables alone that the database has beside ours."""
    return not (kind == "table" and reflected and compared is None)


def _words(difference: Any) -> str:
    """Write one of Alembic's differences: what would have to be done, and to what."""
    if isinstance(difference, list):  # those of one column come together
        return "; ".join(map(_words, difference))
    what, *about = difference
    names = [str(getattr(each, "name", each)) for each in about if each is not None]
    return f"{what.replace('_', ' ')}: {' '.join(names)}"
