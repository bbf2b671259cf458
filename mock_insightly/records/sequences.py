"""Numbers that are given out once: ids of records, of rows in their collections, and of changes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, bindparam, select

from mock_insightly.account.account import first_number
from mock_insightly.tables import anywhere, sequences
from mock_kit.storage.prepared import InsertInto, Prepared
from mock_kit.workspaces.registry import Workspace

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert

CHANGES = "changes"
FOUNDATIONS = "foundations"
CONVERSIONS = "conversions"


class Count(NamedTuple):
    """What a sequence is to count.

    Attributes:
        more: how many come into use.
        taken: whether their numbers are taken out of this sequence, and for good, rather than out of another one.
    """

    name: str
    more: int
    taken: bool


def _counting(insert: InsertInto) -> "Insert":
    """Return what adds a sequence that begins with a count, or that count to the sequence if it has begun."""
    new = insert(sequences)
    return new.on_conflict_do_update(
        index_elements=[sequences.c.workspace, sequences.c.name],
        set_={
            "next": sequences.c.next + (new.excluded.next - new.excluded.first),
            "live": sequences.c.live + new.excluded.live,
            "edits": sequences.c.edits + 1,
        },
    )


_this = (sequences.c.workspace == bindparam("of_workspace"), sequences.c.name == bindparam("of_name"))
_count = Prepared(_counting)
_take = Prepared(lambda insert: _counting(insert).returning(sequences.c.next))
_begin = Prepared(lambda insert: insert(sequences).on_conflict_do_nothing())
_live = Prepared(select(sequences.c.live).where(*_this))
_edit = Prepared(sequences.update().where(*_this).values(edits=sequences.c.edits + 1))
_release = Prepared(sequences.update().where(*_this).values(live=sequences.c.live - 1))


def reserve(connection: Connection, workspace: Workspace, name: str, count: int = 1) -> int:
    """Take numbers out of a sequence for good, and return the first of them."""
    after = _take.scalar(connection, _row(workspace, Count(name, count, taken=True)))
    return int(after) - count


def join(connection: Connection, workspace: Workspace, name: str, count: int = 1) -> None:
    """Count records whose numbers came from another sequence."""
    _count.run(connection, _row(workspace, Count(name, count, taken=False)))


def count_each(connection: Connection, workspace: Workspace, counts: Iterable[Count]) -> None:
    """Let sequences count, each in its turn; there is at least one of them."""
    _count.run_each(connection, [_row(workspace, count) for count in counts])


def begun(connection: Connection, workspace: Workspace, name: str) -> bool:
    """Say whether anything was ever counted in a sequence."""
    asked = {"of_workspace": workspace.name, "of_name": name}
    return _live.scalar(connection, asked) is not None


def pass_over(connection: Connection, workspace: Workspace, name: str, lowest: int, highest: int) -> None:
    """Note that numbers came from elsewhere, so that they are not given out again."""
    _see_that_it_has_begun(connection, workspace, name)
    key = {"of_workspace": workspace.name, "of_name": name}
    row = connection.execute(select(sequences.c.first, sequences.c.next).where(*_this), key).one()
    wider = {"first": min(row.first, lowest), "next": max(row.next, highest + 1)}
    connection.execute(sequences.update().where(*_this).values(**wider), key)


def recount(connection: Connection, workspace: Workspace, name: str, live: int) -> None:
    """Note how many records of a kind there are by now."""
    _see_that_it_has_begun(connection, workspace, name)
    counted = sequences.update().where(*_this).values(live=live, edits=sequences.c.edits + 1)
    connection.execute(counted, {"of_workspace": workspace.name, "of_name": name})


def note_edit(connection: Connection, workspace: Workspace, name: str) -> None:
    """Note that a record was updated, so that what is known of its list no longer holds."""
    _edit.run(connection, {"of_workspace": workspace.name, "of_name": name})


def release(connection: Connection, workspace: Workspace, name: str) -> None:
    """Note that a number is no longer in use; it is not given out again."""
    _release.run(connection, {"of_workspace": workspace.name, "of_name": name})


def live(connection: Connection, workspace: Workspace, name: str) -> int:
    """Return how many numbers are in use."""
    asked = {"of_workspace": workspace.name, "of_name": name}
    found: int | None = _live.scalar(connection, asked)
    return found or 0


def _see_that_it_has_begun(connection: Connection, workspace: Workspace, name: str) -> None:
    _begin.run(connection, _row(workspace, Count(name, 0, taken=False)))


def _row(workspace: Workspace, count: Count) -> dict[str, object]:
    """Return a sequence that begins with a count."""
    name = count.name
    first = 1 if name in {CHANGES, FOUNDATIONS} else first_number(workspace.seed, name)
    return {
        "workspace": workspace.name,
        "name": name,
        "first": first,
        "next": first + count.more if count.taken else first,
        "live": count.more,
        "edits": anywhere(),
    }
