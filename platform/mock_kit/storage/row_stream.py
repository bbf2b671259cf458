"""Rows that are read some at a time, so that not all of them have to fit into memory."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select


def row_stream(
    connection: Connection, query: "Select[Any]", values: Mapping[str, object] | None = None, *, at_once: int
) -> Iterator[Row[Any]]:
    """Yield a query's rows; whoever wants no more of them just lets go, within the connection's transaction.

    Args:
        at_once: how many are in memory.
    """
    # PostgreSQL keeps a cursor for them, which only an end to the reading closes
    with connection.execute(query, values, execution_options={"yield_per": at_once}) as rows:
        yield from rows
