"""A page of a list: filtered and put in order here where the vendor cannot, one page of it in memory at a time."""

from collections.abc import Callable, Iterator
from functools import cache

from elements_local.kit.api.pages import Slice
from elements_local.platform.ceql import Clause
from elements_local.platform.core.ordering import SortOrder, first_in_order
from elements_local.platform.core.paging import Paging, page_token, slice_of
from elements_local.platform.provider.service import Record

ReadPage = Callable[[int, int], tuple[list[Record], int]]
"""Asks for at most so many records, after so many, and says where the list ends."""
Keeps = Callable[[Record], bool]
"""Says whether a record is one of those that are asked for."""


class PageRequest(Paging, frozen=True, kw_only=True):
    """Which page of which records is wanted.

    Attributes:
        where: in the vendor's names; all of it is to hold; the vendor or the platform checks it.
        skip: matching records to pass over.
        order: None leaves the vendor's own.
    """

    where: Clause | None = None
    order: SortOrder | None = None


def page(page_request: PageRequest, read: ReadPage, *, keeps: Keeps | None, largest: int) -> Slice[Record]:
    """Return what is asked for of a list in which places are counted.

    Args:
        keeps: what the vendor has not seen to; None if it filters all by itself.
        largest: records that can be read at a time.

    Raises:
        InvalidRequestError: the token is none of a list like this.
    """
    start = page_request.offset
    if page_request.order is not None:
        # Sorted lists are read whole, from their beginning, for every page: places are those after sorting.
        end, matching = start + page_request.size, _kept(_walk(read, 0, largest), keeps)
        ordered = first_in_order((record for _, record in matching), page_request.order, count=end + 1)
        return slice_of(ordered[start:end], page_request, total=len(ordered))
    if keeps is None:
        records, total = read(page_request.size, start)
        return slice_of(records, page_request, total=total)
    return _filtered(page_request, _kept(_walk(read, page_request.place() or 0, largest), keeps))


def whole(read: Callable[[], list[Record]]) -> ReadPage:
    """Return a list that is read all at once as if it were in pages."""
    # A filter asks for page after page, and the vendor would be asked for the whole list each time.
    once = cache(read)
    return lambda top, skip: (once()[skip : skip + top], len(once()))


def _filtered(page_request: PageRequest, matching: Iterator[tuple[int, Record]]) -> Slice[Record]:
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
            return Slice(items=found, cursor=page_token(at))
        else:
            found.append(record)
    return Slice(items=found)


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
