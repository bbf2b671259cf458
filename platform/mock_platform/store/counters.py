"""Numbers that only go up: ids are never given twice."""

from sqlalchemy import Connection, bindparam

from mock_kit.prepared import Prepared
from mock_platform.store.tables import counters

_take = Prepared(
    counters.update()
    .where(counters.c.workspace == bindparam("of_workspace"), counters.c.name == bindparam("of_name"))
    .values(value=counters.c.value + bindparam("more"))
    .returning(counters.c.value)
)


def next_number(connection: Connection, workspace: str, name: str, *, first: int) -> int:
    """Return the next number of a kind; ``first`` is the one to start with."""
    return take_numbers(connection, workspace, name, first=first, count=1)


def take_numbers(connection: Connection, workspace: str, name: str, *, first: int, count: int) -> int:
    """Return the first of the next so many numbers of a kind."""
    taken = {"of_workspace": workspace, "of_name": name, "more": count}
    last: int | None = _take.scalar(connection, taken)
    if last is None:
        last = first + count - 1
        connection.execute(counters.insert(), {"workspace": workspace, "name": name, "value": last})
    return last - count + 1
