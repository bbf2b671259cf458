"""A page of a list: filtered and put in order here where the CRM cannot, one page of it in memory at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mock_platform.ceql import Clause, matches
from mock_platform.core.ordering import SortOrder, first_in_order
from mock_platform.elements.insightly.dialect import LARGEST_PAGE
from mock_platform.elements.insightly.fields import with_custom_fields

Record = dict[str, object]
ReadPage = Callable[[int, int], tuple[list[Record], int]]
"""Asks for at most so many records, after so many, and says where the list ends."""


@dataclass(frozen=True, kw_only=True)
class PageRequest:
    """Which page of a list is wanted.

    Attributes:
        size: records at the most.
        offset: the place to start at, as the page before said it; for the first, 0.
        skip: matching records to pass over from there.
        order: None leaves the CRM's own.
    """

    where: Clause | None = None
    size: int
    offset: int = 0
    skip: int = 0
    order: SortOrder | None = None


@dataclass(frozen=True, kw_only=True)
class ProviderPage:
    """A page of a list.

    Attributes:
        next_offset: where the page after this one starts; None on the last page.
    """

    records: list[Record] = field(default_factory=list)
    next_offset: int | None = None


def page(asked: PageRequest, read: ReadPage, *, residual: Clause | None) -> ProviderPage:
    """Return what is asked for of a list.

    Args:
        residual: the part of the clause that the CRM has not seen to.
    """
    if asked.order is not None:
        return _ordered(asked, _kept(_walk(read, 0), residual), asked.order)
    if residual is None:
        return _plain(asked, read)
    return _filtered(asked, _kept(_walk(read, asked.offset), residual))


def whole(records: list[Record]) -> ReadPage:
    """Return a list that is known already as if it were asked for."""
    return lambda top, skip: (records[skip : skip + top], len(records))


def _plain(asked: PageRequest, read: ReadPage) -> ProviderPage:
    """Return what the CRM filters all by itself."""
    start = asked.offset + asked.skip
    records, total = read(asked.size, start)
    end = start + len(records)
    return ProviderPage(records=records, next_offset=end if records and end < total else None)


def _filtered(asked: PageRequest, matching: Iterator[tuple[int, Record]]) -> ProviderPage:
    """Return what is left after filtering here, reading on until the page is full or nothing is left.

    One more match is looked for, since a last page must not promise another.
    """
    found: list[Record] = []
    skip = asked.skip
    for at, record in matching:
        if skip:
            skip -= 1
        elif len(found) == asked.size:
            return ProviderPage(records=found, next_offset=at)
        else:
            found.append(record)
    return ProviderPage(records=found)


def _ordered(asked: PageRequest, matching: Iterator[tuple[int, Record]], order: SortOrder) -> ProviderPage:
    """Return a page of the sorted list, whose places are those of the sorted records."""
    start = asked.offset + asked.skip
    end = start + asked.size
    found = first_in_order((record for _, record in matching), order, count=end + 1)
    return ProviderPage(records=found[start:end], next_offset=end if len(found) > end else None)


def _kept(walked: Iterator[tuple[int, Record]], residual: Clause | None) -> Iterator[tuple[int, Record]]:
    return (
        (at, record)
        for at, record in walked
        if residual is None or matches(residual, with_custom_fields(record))
    )


def _walk(read: ReadPage, offset: int) -> Iterator[tuple[int, Record]]:
    """Yield a list's records with their places, one large page in memory at a time."""
    while True:
        records, total = read(LARGEST_PAGE, offset)
        yield from enumerate(records, start=offset)
        offset += len(records)
        if not records or offset >= total:
            return
