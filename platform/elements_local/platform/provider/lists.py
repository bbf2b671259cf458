"""A page of a list: filtered and put in order here where the vendor cannot, one page of it in memory at a time."""

from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct, field

from elements_local.platform.ceql import Clause
from elements_local.platform.core.paging import SortOrder, first_in_order, page_token, token_place
from elements_local.platform.provider.service import Record

ReadPage = Callable[[int, int], tuple[list[Record], int]]
"""Asks for at most so many records, after so many, and says where the list ends."""
Keeps = Callable[[Record], bool]
"""Says whether a record is one of those that are asked for."""


class PageRequest(Struct, frozen=True, kw_only=True):
    """Which page of a list is wanted.

    Attributes:
        where: in the vendor's names; all of it is to hold, whoever sees to it.
        size: records at the most.
        token: what the page before gave for this one; for the first, "".
        skip: matching records to pass over from there.
        order: None leaves the vendor's own.
    """

    where: Clause | None = None
    size: int
    token: str = ""
    skip: int = 0
    order: SortOrder | None = None


class ProviderPage(Struct, frozen=True, kw_only=True):
    """A page of a list.

    Attributes:
        next_token: what the page after this one is asked for by; None on the last page.
    """

    records: list[Record] = field(default_factory=list)
    next_token: str | None = None


def page(page_request: PageRequest, read: ReadPage, *, keeps: Keeps | None, largest: int) -> ProviderPage:
    """Return what is asked for of a list in which places are counted.

    Args:
        keeps: what the vendor has not seen to; None if it filters all by itself.
        largest: records that can be read at a time.

    Raises:
        InvalidRequestError: the token is none of a list like this.
    """
    start = token_place(page_request.token) if page_request.token else 0
    # Sorted lists are read whole, from their beginning, for every page: places are those after sorting.
    if page_request.order is not None:
        return _ordered(
            page_request, start + page_request.skip, _kept(_walk(read, 0, largest), keeps), page_request.order
        )
    if keeps is None:
        return _plain(page_request, start + page_request.skip, read)
    return _filtered(page_request, _kept(_walk(read, start, largest), keeps))


def whole(read: Callable[[], list[Record]]) -> ReadPage:
    """Return a list that is read all at once as if it were in pages."""
    # A filter asks for page after page, and the vendor would be asked for the whole list each time.
    once = cache(read)
    return lambda top, skip: (once()[skip : skip + top], len(once()))


def _plain(page_request: PageRequest, start: int, read: ReadPage) -> ProviderPage:
    """Return what the vendor filters all by itself."""
    records, total = read(page_request.size, start)
    end = start + len(records)
    # An empty page ends a list whose total says that there is more.
    return ProviderPage(records=records, next_token=page_token(end) if records and end < total else None)


def _filtered(page_request: PageRequest, matching: Iterator[tuple[int, Record]]) -> ProviderPage:
    """Return what is left after filtering here, reading on until the page is full or nothing is left.

    One more match is looked for, since a last page must not promise another.
    """
    found: list[Record] = []
    skip = page_request.skip
    for at, record in matching:
        if skip:
            skip -= 1
        elif len(found) == page_request.size:
            # At the record that did not fit: the next page begins by looking at it again.
            return ProviderPage(records=found, next_token=page_token(at))
        else:
            found.append(record)
    return ProviderPage(records=found)


def _ordered(
    page_request: PageRequest, start: int, matching: Iterator[tuple[int, Record]], order: SortOrder
) -> ProviderPage:
    """Return a page of the sorted list, whose places are those of the sorted records."""
    end = start + page_request.size
    ordered = first_in_order((record for _, record in matching), order, count=end + 1)
    return ProviderPage(
        records=ordered[start:end], next_token=page_token(end) if len(ordered) > end else None
    )


def _kept(walked: Iterator[tuple[int, Record]], keeps: Keeps | None) -> Iterator[tuple[int, Record]]:
    return ((at, record) for at, record in walked if keeps is None or keeps(record))


def _walk(read: ReadPage, offset: int, largest: int) -> Iterator[tuple[int, Record]]:
    """Yield a list's records with their places, one large page in memory at a time."""
    while True:
        records, total = read(largest, offset)
        yield from enumerate(records, start=offset)
        offset += len(records)
        if not records or offset >= total:
            return
