"""Whether the rows of a snapshot hold together: what counts them agrees with them, and texts are what they are read as.

It is looked at in the transaction that wrote them, which is undone if they do not: accepted, they would fail later.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import EnumType
from typing import Any, TypeAlias

from msgspec import ValidationError, convert
from sqlalchemy import Column, Select, func, select

from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.api.shape_words import refusal
from elements_local.kit.storage.table_rows import SnapshotError
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.kit.text import shortened

Sound: TypeAlias = "Callable[[Transaction], None]"
"""Looks at a workspace's rows, and raises ``SnapshotError`` if they do not hold together."""

LARGEST_COUNT = 2**62
"""Of a number that is counted on from; it leaves room for all that will ever be counted."""


def anything(_tx: Transaction) -> None:
    """Take any rows."""


def check_counted(tx: Transaction, columns: Iterable[Column[int]], last: int | None, counter: str) -> None:
    """Check that no number of these columns is beyond the last that was given out.

    Args:
        last: None if none ever was.
        counter: its place in the snapshot.

    Raises:
        SnapshotError: one is, or the counter itself leaves no room.
    """
    if last is not None and not 0 <= last < LARGEST_COUNT:
        raise SnapshotError(f"{counter}: expected a count from 0 to {LARGEST_COUNT - 1}; got {last}")
    for column in columns:
        highest = tx.scalar(WorkspaceStatement(select(func.max(column))))
        if highest is not None and (last is None or highest > last):
            actual = "there is none" if last is None else f"got {last}"
            raise SnapshotError(
                f"{counter}: expected {highest} or more, as tables.{column.table.name} has the {column.name} {highest}; {actual}"
            )


def check_texts(
    tx: Transaction,
    shapes: Mapping[Column[Any], Any],
    *,
    may_be_empty: Collection[Column[Any]] = frozenset(),
) -> None:
    """Check that texts are what they are read as: values of an ``Enum``, or else JSON of a shape.

    Args:
        may_be_empty: columns in which an empty text stands for nothing.

    Raises:
        SnapshotError: one is not.
    """
    for column, shape in shapes.items():
        is_word = isinstance(shape, EnumType)
        query = select(column).where(column.is_not(None))
        if column in may_be_empty:
            query = query.where(column != "")
        for (text,) in tx.all(WorkspaceStatement(query.distinct() if is_word else query)):
            try:
                value = text if is_word else decode(text)
            except MalformedJsonError as error:
                raise SnapshotError(
                    f"tables.{column.table.name}: {column.name} {shortened(text, 100)!r}: {error}"
                ) from error
            try:
                convert(value, shape)
            except ValidationError as error:
                reason = refusal(value, shape, root=column.name)
                raise SnapshotError(f"tables.{column.table.name}: {reason}") from error


def check_none(tx: Transaction, query: "Select[Any]", says: str) -> None:
    """Check that a query finds nothing.

    Args:
        says: what is wrong with a row that it finds, with the row's columns in braces.

    Raises:
        SnapshotError: it finds something.
    """
    row = tx.first(WorkspaceStatement(query.limit(1)))
    if row is not None:
        raise SnapshotError(says.format(**row._asdict()))
