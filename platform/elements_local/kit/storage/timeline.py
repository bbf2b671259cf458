"""How much happened in each stretch of time, as the database counts it: for who draws more than can be listed."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypedDict

from msgspec import Meta, Struct
from sqlalchemy import BigInteger, Column, ColumnElement, bindparam, case, func, select, type_coerce

from elements_local.kit.instants import format_instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction

_SECOND = 1_000_000
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 9999))


class TimelineQuery(Struct, kw_only=True):
    """What is counted.

    Attributes:
        since: what happened at this instant or later; an ISO 8601 instant with its zone.
        until: what happened at this instant or earlier.
        every: seconds; what happened in so long a stretch is counted as one, and stretches without anything are left out.
    """

    since: Annotated[datetime, Meta(tz=True)] = _FIRST
    until: Annotated[datetime, Meta(tz=True)] = _LAST
    every: Annotated[int, Meta(ge=1, le=10**10)] = 3600


class StretchJson(TypedDict):
    """What happened in a stretch: the first and the last of it, and how many there were of each kind.

    ``latest`` is the highest number of what is counted, from which its list can be read; 0 of what has no list.
    """

    of: str
    first: str
    last: str
    latest: int
    counts: dict[str, int]


class TimelineJson(TypedDict):
    """The stretches in which something happened: by what is counted, then the oldest first."""

    stretches: list[StretchJson]


def per_stretch(
    at: Column[datetime],
    number: ColumnElement[int],
    *where: ColumnElement[bool],
    **counts: ColumnElement[bool] | Column[int],
) -> WorkspaceStatement:
    """Return what counts the rows of a table by stretches of time.

    Args:
        counts: conditions, or a column that itself says how many.
    """
    # None of the parameters of what is grouped by is selected too: PostgreSQL would take them for different ones.
    stretch = type_coerce(at, BigInteger) // bindparam("every", type_=BigInteger)
    sums = (
        func.sum(each if isinstance(each, Column) else case((each, 1), else_=0)).label(name)
        for name, each in counts.items()
    )
    columns: list[Any] = [func.min(at), func.max(at), func.max(number), *sums]
    inside = at.between(bindparam("since", type_=at.type), bindparam("until", type_=at.type))
    return WorkspaceStatement(select(*columns).where(inside, *where).group_by(stretch).order_by(func.min(at)))


def stretches(tx: Transaction, query: TimelineQuery, **counted: WorkspaceStatement) -> TimelineJson:
    """Count what is asked for, by the name that each is shown as."""
    found: list[StretchJson] = []
    for of, statement in counted.items():
        for row in tx.all(statement, since=query.since, until=query.until, every=query.every * _SECOND):
            first, last, latest, *numbers = row
            counts = dict(zip(row._fields[3:], map(int, numbers), strict=True))
            found.append({
                "of": of,
                "first": format_instant(first),
                "last": format_instant(last),
                "latest": latest,
                "counts": {name: number for name, number in counts.items() if number},
            })  # fmt: skip
    return {"stretches": found}
