"""What every transaction on a workspace's records can do."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Table, and_

from mock_insightly.kinds import RecordKind
from mock_insightly.records import sequences
from mock_insightly.records.fields import LARGEST_WHOLE, Record
from mock_insightly.records.references import references as references_of
from mock_insightly.records.stamps import stamp
from mock_insightly.tables import records, references
from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import Prepared
from mock_kit.workspaces.registry import Workspace

_insert = Prepared(records.insert())  # each workspace gets some thirty records (``poe bench-scenarios``)


class RecordTransaction:
    """An open transaction on the records of a workspace."""

    def __init__(self, connection: Connection, workspace: Workspace) -> None:
        self._connection = connection
        self._workspace = workspace

    def reserve(self, sequence: str, count: int) -> int:
        """Take numbers out of a sequence for good, and return the first of them."""
        return sequences.reserve(self._connection, self._workspace, sequence, count)

    def insert(self, kind: RecordKind, added: Sequence[Record]) -> None:
        """Keep records whose ids have been reserved, and what they refer to."""
        rows = [{**self._key(kind, kind.id_of(record)), **kept_columns(record)} for record in added]
        _insert.run_each(self._connection, rows)
        self._refer(kind, added)

    def _refer(self, kind: RecordKind, added: Iterable[Record]) -> None:
        """Keep what records refer to."""
        rows = [
            {**self._key(kind, kind.id_of(record)), "to_entity": one.entity, "to_id": one.id}
            for record in added
            for one in references_of(kind, record)
        ]
        if rows:
            self._connection.execute(references.insert(), rows)

    def _key(self, kind: RecordKind, record_id: int) -> dict[str, object]:
        return {"workspace": self._workspace.name, "kind": kind.name, "id": record_id}

    def _is(self, table: Table, kind: RecordKind, record_id: int | None = None) -> ColumnElement[bool]:
        """Return the condition for the rows of a kind, or of one record of it."""
        mine = and_(table.c.workspace == self._workspace.name, table.c.kind == kind.name)
        # a larger number than any database could hold is nobody's, as the largest is
        return mine if record_id is None else and_(mine, table.c.id == min(record_id, LARGEST_WHOLE))


def kept_columns(record: Record) -> dict[str, object]:
    """Return the columns of a record's row that an update changes."""
    return {"updated": stamp(record, "DATE_UPDATED_UTC"), "document": encode_text(record)}
