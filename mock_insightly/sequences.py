"""Numbers that are given out once: ids of records, of rows in their collections, and of changes."""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from mock_insightly.account import first_number
from mock_insightly.tables import sequences
from mock_kit.prepared import Prepared
from mock_kit.workspaces import Workspace

CHANGES = "changes"
FOUNDATIONS = "foundations"
CONVERSIONS = "conversions"

_this = (sequences.c.workspace == bindparam("of_workspace"), sequences.c.name == bindparam("of_name"))
_take = Prepared(
    sequences.update()
    .where(*_this)
    .values(next=sequences.c.next + bindparam("count"), live=sequences.c.live + bindparam("count"))
    .returning(sequences.c.next)
)
_live = Prepared(select(sequences.c.live).where(*_this))
_edit = Prepared(sequences.update().where(*_this).values(edits=sequences.c.edits + 1))
_join = (
    sequences.update()
    .where(*_this)
    .values(live=sequences.c.live + bindparam("count"), edits=sequences.c.edits + 1)
)
_release = sequences.update().where(*_this).values(live=sequences.c.live - 1)


def reserve(connection: Connection, workspace: Workspace, name: str, count: int = 1) -> int:
    """Take numbers out of a sequence for good, and return the first of them."""
    taken = {"of_workspace": workspace.name, "of_name": name, "count": count}
    after = _take.scalar(connection, taken)
    if after is None:
        _begin(connection, workspace, name)
        after = _take.scalar(connection, taken)
    return int(after) - count


def join(connection: Connection, workspace: Workspace, name: str, count: int = 1) -> None:
    """Count records whose numbers came from another sequence."""
    if not begun(connection, workspace, name):
        _begin(connection, workspace, name)
    connection.execute(_join, {"of_workspace": workspace.name, "of_name": name, "count": count})


def begun(connection: Connection, workspace: Workspace, name: str) -> bool:
    """Say whether anything was ever counted in a sequence."""
    asked = {"of_workspace": workspace.name, "of_name": name}
    return _live.scalar(connection, asked) is not None


def pass_over(connection: Connection, workspace: Workspace, name: str, lowest: int, highest: int) -> None:
    """Note that numbers came from elsewhere, so that they are not given out again."""
    if not begun(connection, workspace, name):
        _begin(connection, workspace, name)
    key = {"of_workspace": workspace.name, "of_name": name}
    row = connection.execute(select(sequences.c.first, sequences.c.next).where(*_this), key).one()
    wider = {"first": min(row.first, lowest), "next": max(row.next, highest + 1)}
    connection.execute(sequences.update().where(*_this).values(**wider), key)


def recount(connection: Connection, workspace: Workspace, name: str, live: int) -> None:
    """Note how many records of a kind there are by now."""
    if not begun(connection, workspace, name):
        _begin(connection, workspace, name)
    counted = sequences.update().where(*_this).values(live=live, edits=sequences.c.edits + 1)
    connection.execute(counted, {"of_workspace": workspace.name, "of_name": name})


def note_edit(connection: Connection, workspace: Workspace, name: str) -> None:
    """Note that a record was updated, so that what is known of its list no longer holds."""
    _edit.run(connection, {"of_workspace": workspace.name, "of_name": name})


def release(connection: Connection, workspace: Workspace, name: str) -> None:
    """Note that a number is no longer in use; it is not given out again."""
    connection.execute(_release, {"of_workspace": workspace.name, "of_name": name})


def live(connection: Connection, workspace: Workspace, name: str) -> int:
    """Return how many numbers are in use."""
    asked = {"of_workspace": workspace.name, "of_name": name}
    found: int | None = _live.scalar(connection, asked)
    return found or 0


def _begin(connection: Connection, workspace: Workspace, name: str) -> None:
    """Begin a sequence, unless another process just did."""
    first = 1 if name in {CHANGES, FOUNDATIONS} else first_number(workspace.seed, name)
    row = {"workspace": workspace.name, "name": name, "first": first, "next": first, "live": 0}
    try:
        with connection.begin_nested():
            connection.execute(sequences.insert(), row)
    except IntegrityError:
        pass
