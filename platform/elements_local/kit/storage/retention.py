"""What has become too old is forgotten, in a transaction that adds to it; that it was is remembered, and shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Column, Insert, MetaData, Table, Text, select

from elements_local.kit.instants import EARLIEST, earlier
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import InsertInto
from elements_local.kit.storage.transaction import Transaction

_LOOKS = 64
"""How often it is looked what is too old, while as much time passes as things are kept."""


class Pruned(Struct, frozen=True, kw_only=True):
    """What is no longer kept.

    Attributes:
        at: when something was forgotten last.
        before: what is older is gone.
    """

    at: datetime
    before: datetime


class RetentionRule(Struct, frozen=True, kw_only=True):
    """How things of one sort are forgotten.

    Attributes:
        keep: for how long they are kept, by the workspace's clock.
        statements: delete what is older, given ``before``; run one after the other.
    """

    keep: timedelta
    statements: Sequence[WorkspaceStatement]


def pruned_table(name: str, metadata: MetaData) -> Table:
    """Return the table in which a service remembers, of each workspace, what it has forgotten."""
    return Table(
        name,
        metadata,
        Column("workspace", Text, primary_key=True),
        Column("looked_at", Instant, nullable=False),
        Column("pruned_at", Instant),
        Column("before", Instant),
    )


class Retention:
    """Forgets what has become too old.

    Args:
        table: as ``pruned_table`` makes it.
    """

    def __init__(self, table: Table, forgetting: Sequence[RetentionRule]) -> None:
        self._deletion = forgetting
        self._pause = min(each.keep for each in forgetting) / _LOOKS
        self._find = WorkspaceStatement(select(table))
        self._note = WorkspaceStatement(lambda insert: _noting(insert, table))

    def forget(self, tx: Transaction, now: datetime) -> None:
        """Forget what is too old by now, unless it was looked a little while ago."""
        noted = tx.first(self._find)
        # a clock that was set back makes the difference negative: it is looked again then, or nothing would be for as
        # long as it went back
        if noted is not None and timedelta(0) <= now - noted.looked_at < self._pause:
            return
        row = {
            "looked_at": now,
            "pruned_at": noted and noted.pruned_at,
            "before": noted and noted.before,
        }
        for each in self._deletion:
            before = earlier(now, each.keep)
            # every statement has to run, so this is a sum and no `any`, which would stop at the first that deletes
            # something
            if sum(tx.run(statement, before=before) for statement in each.statements):
                row |= {"pruned_at": now, "before": max(before, row["before"] or EARLIEST)}
        tx.run(self._note, **row)

    def pruned(self, tx: Transaction) -> Pruned | None:
        """Return what is no longer kept of the workspace; None if that is nothing."""
        noted = tx.first(self._find)
        if noted is None or noted.pruned_at is None:
            return None
        return Pruned(at=noted.pruned_at, before=noted.before)


def _noting(insert: InsertInto, table: Table) -> Insert:
    noted = insert(table)
    columns = ("looked_at", "pruned_at", "before")
    return noted.on_conflict_do_update(
        index_elements=[table.c.workspace], set_={name: noted.excluded[name] for name in columns}
    )
