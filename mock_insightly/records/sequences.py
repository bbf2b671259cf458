"""Numbers that are given out once: ids of records, of rows in their collections, and of changes."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, bindparam, select

from mock_insightly.account.account import first_number
from mock_insightly.tables import sequences
from mock_kit.storage.prepared import InsertInto, Prepared
from mock_kit.workspaces.registry import Workspace

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


_this = and_(sequences.c.workspace == bindparam("of_workspace"), sequences.c.name == bindparam("of_name"))
_count = Prepared(_counting)
_get_live = Prepared(
    select(sequences.c.live).where(_this)
)  # each poll of leads asks (``poe bench``, virtual day)


def reserve(connection: Connection, workspace: Workspace, name: str, count: int = 1) -> int:
    """Take numbers out of a sequence for good, and return the first of them."""
    # One statement adds and tells the outcome: two that reserve at once never get the same numbers.
    after: int = _count.scalar(connection, _row(workspace, name, live=count, taken=count))
    return after - count


def join(connection: Connection, workspace: Workspace, name: str, count: int = 1) -> None:
    """Count records whose numbers came from another sequence."""
    _count.scalar(connection, _row(workspace, name, live=count))


def pass_over(connection: Connection, workspace: Workspace, name: str, lowest: int, highest: int) -> None:
    """Note that numbers came from elsewhere, so that they are not given out again."""
    # Counting none begins the sequence, so that there is a row to change.
    join(connection, workspace, name, 0)
    kept = connection.execute(select(sequences).where(_this), _key(workspace, name)).one()
    # `first` moves too: what was imported may lie below what the seed would have begun with.
    _change(connection, workspace, name, first=min(kept.first, lowest), next=max(kept.next, highest + 1))


def recount(connection: Connection, workspace: Workspace, name: str, live: int) -> None:
    """Note how many records of a kind there are by now."""
    join(connection, workspace, name, 0)
    _change(connection, workspace, name, live=live)


def release(connection: Connection, workspace: Workspace, name: str) -> None:
    """Note that a number is no longer in use; it is not given out again."""
    _change(connection, workspace, name, live=sequences.c.live - 1)


def live(connection: Connection, workspace: Workspace, name: str) -> int:
    """Return how many numbers are in use."""
    return _get_live.scalar(connection, _key(workspace, name)) or 0


def _change(connection: Connection, workspace: Workspace, name: str, **values: object) -> None:
    connection.execute(sequences.update().where(_this).values(**values), _key(workspace, name))


def _key(workspace: Workspace, name: str) -> dict[str, str]:
    return {"of_workspace": workspace.name, "of_name": name}


def _row(workspace: Workspace, name: str, *, live: int, taken: int = 0) -> dict[str, object]:
    """Return a sequence that begins with a count, of which so many numbers are its own."""
    # Ids begin at a number out of the seed, as those of a real account are large; changes are ours and count from 1.
    first = 1 if name in {CHANGES, FOUNDATIONS} else first_number(workspace.seed, name)
    row = {"workspace": workspace.name, "name": name}
    return {**row, "first": first, "next": first + taken, "live": live}
