"""Numbers that are given out once: ids of records, of rows in their collections, and of changes."""

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import InsertInto
from elements_local.kit.storage.transaction import Transaction
from mock_insightly.account.account import first_number
from mock_insightly.tables import sequences

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

CHANGES = "changes"
FOUNDATIONS = "foundations"
"""Counts that a workspace got what every account has."""

CONVERSIONS = "conversions"
"""Counts the leads that were ever converted."""


def _counting(insert: InsertInto) -> "ReturningInsert[tuple[int]]":
    """Return what adds a sequence that begins with a count, or that count to the sequence if it has begun."""
    new = insert(sequences)
    return new.on_conflict_do_update(
        index_elements=[sequences.c.workspace, sequences.c.name],
        set_={
            # The row that could not be inserted says how many numbers are taken: by how much its `next` is beyond its
            # `first`.
            "next": sequences.c.next + (new.excluded.next - new.excluded.first),
            "live": sequences.c.live + new.excluded.live,
        },
    ).returning(sequences.c.next)


_this = sequences.c.name == bindparam("of_name")
_count = WorkspaceStatement(_counting)
_get = WorkspaceStatement(select(sequences).where(_this))
_get_live = WorkspaceStatement(select(sequences.c.live).where(_this))
_change_range = WorkspaceStatement(sequences.update().where(_this))
_change_live = WorkspaceStatement(sequences.update().where(_this))
_release = WorkspaceStatement(sequences.update().where(_this).values(live=sequences.c.live - 1))


class Sequences:
    """The sequences of a workspace, in a transaction of it.

    Args:
        seed: the workspace's, from which the first ids follow.
    """

    def __init__(self, tx: Transaction, seed: int) -> None:
        self._tx = tx
        self._seed = seed

    def reserve(self, name: str, count: int = 1) -> int:
        """Take numbers out of a sequence for good, and return the first of them."""
        # One statement adds and tells the outcome: two that reserve at once never get the same numbers.
        after: int = self._add(name, live=count, taken=count)
        return after - count

    def join(self, name: str, count: int = 1) -> None:
        """Count records whose numbers came from another sequence."""
        self._add(name, live=count)

    def pass_over(self, name: str, lowest: int, highest: int) -> None:
        """Note that numbers came from elsewhere, so that they are not given out again."""
        # Counting none begins the sequence, so that there is a row to change.
        self.join(name, 0)
        (kept,) = self._tx.all(_get, of_name=name)
        # `first` moves too: what was imported may lie below what the seed would have begun with.
        ends = {"first": min(kept.first, lowest), "next": max(kept.next, highest + 1)}
        self._tx.run(_change_range, of_name=name, **ends)

    def recount(self, name: str, live: int) -> None:
        """Note how many records of a kind there are by now."""
        self.join(name, 0)
        self._tx.run(_change_live, of_name=name, live=live)

    def release(self, name: str) -> None:
        """Note that a number is no longer in use; it is not given out again."""
        self._tx.run(_release, of_name=name)

    def live(self, name: str) -> int:
        """Return how many numbers are in use."""
        return self._tx.scalar(_get_live, of_name=name) or 0

    def _add(self, name: str, *, live: int, taken: int = 0) -> int:
        """Count on from where a sequence is; return what comes next."""
        # Ids begin at a number out of the seed, as those of a real account are large; changes are ours and count from 1.
        first = 1 if name in {CHANGES, FOUNDATIONS} else first_number(self._seed, name)
        following: int = self._tx.scalar(_count, name=name, first=first, next=first + taken, live=live)
        return following
