"""Numbers that only go up: ids are never given twice."""

from sqlalchemy import Connection, bindparam, select

from mock_platform.store.tables import counters

_read = select(counters.c.value).where(
    counters.c.workspace == bindparam("of_workspace"), counters.c.name == bindparam("of_name")
)
_write = (
    counters.update()
    .where(counters.c.workspace == bindparam("of_workspace"), counters.c.name == bindparam("of_name"))
    .values(value=bindparam("now"))
)


def next_number(connection: Connection, workspace: str, name: str, *, first: int) -> int:
    """Return the next number of a kind; ``first`` is the one to start with."""
    key = {"of_workspace": workspace, "of_name": name}
    last: int | None = connection.scalar(_read, key)
    if last is None:
        connection.execute(counters.insert(), {"workspace": workspace, "name": name, "value": first})
        return first
    connection.execute(_write, {**key, "now": last + 1})
    return last + 1


def take_numbers(connection: Connection, workspace: str, name: str, *, first: int, count: int) -> int:
    """Return the first of the next so many numbers of a kind."""
    start = next_number(connection, workspace, name, first=first)
    connection.execute(_write, {"of_workspace": workspace, "of_name": name, "now": start + count - 1})
    return start
