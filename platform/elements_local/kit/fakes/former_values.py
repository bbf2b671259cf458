"""What values the fields of records have had, from their first change on; before it, a field has the value of its creation."""

from datetime import datetime
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import BigInteger, Column, MetaData, Text, bindparam, func, select

from elements_local.kit.api.json_text import decode, encode_text
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.schema import workspace_table
from elements_local.kit.storage.transaction import Transaction


class FormerValue(Struct, frozen=True, kw_only=True):
    """A value of a field, and since when the field had it."""

    value: Any
    at: datetime


class FormerValues:
    """The statements for them; each runs in a transaction of the records.

    Args:
        metadata: of the fake's tables.
        name: the fake's name.
    """

    def __init__(self, metadata: MetaData, name: str) -> None:
        values = workspace_table(
            metadata,
            f"{name}_values",
            Column("seq", BigInteger, primary_key=True, autoincrement=False),
            *(Column(each, Text, nullable=False) for each in ("kind", "record_id", "field", "value")),
            Column("at", Instant, nullable=False),
        )
        this = values.c.kind == bindparam("of_kind"), values.c.record_id == bindparam("of_id")
        self._of = WorkspaceStatement(select(values).where(*this).order_by(values.c.seq))
        self._last = WorkspaceStatement(select(func.max(values.c.seq)))
        self._insert = WorkspaceStatement(values.insert())

    def of(self, tx: Transaction, kind: str, record_id: str) -> dict[str, list[FormerValue]]:
        """Return the values of the fields of a record that have changed, the oldest first."""
        found = dict[str, list[FormerValue]]()
        for row in tx.all(self._of, of_kind=kind, of_id=record_id):
            value = cast("Any", decode(row.value))
            found.setdefault(row.field, []).append(FormerValue(value=value, at=row.at))
        return found

    def note(
        self, tx: Transaction, kind: str, record_id: str, changed: dict[str, tuple[FormerValue, FormerValue]]
    ) -> None:
        """Note the values of fields that change: that before, unless it is known, and the new one."""
        known, last = self.of(tx, kind, record_id), tx.scalar(self._last) or 0
        several = [
            (field, each)
            for field, (before, after) in changed.items()
            for each in ([] if field in known else [before]) + [after]
        ]
        rows = [
            {
                "seq": last + place,
                "kind": kind,
                "record_id": record_id,
                "field": field,
                "value": encode_text(each.value),
                "at": each.at,
            }
            for place, (field, each) in enumerate(several, 1)
        ]
        if rows:
            tx.run_each(self._insert, rows)
