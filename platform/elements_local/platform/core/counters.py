"""Numbers that only go up: ids are never given twice."""

from sqlalchemy import bindparam

from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.platform.core.tables import counters

# one statement that makes or raises the counter: two transactions at once never see the same value
_take = WorkspaceStatement(
    lambda insert_into: (
        insert_into(counters)
        .on_conflict_do_update(
            index_elements=[counters.c.workspace, counters.c.name],
            set_={"value": counters.c.value + bindparam("more")},
        )
        .returning(counters.c.value)
    )
)


def next_number(tx: Transaction, name: str, *, first: int) -> int:
    """Return the next number of a kind; ``first`` is the one to start with."""
    return take_numbers(tx, name, first=first, count=1)


def take_numbers(tx: Transaction, name: str, *, first: int, count: int) -> int:
    """Return the first of the next so many numbers of a kind."""
    last: int = tx.scalar(_take, name=name, value=first + count - 1, more=count)
    return last - count + 1
