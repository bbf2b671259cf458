"""Lists that are asked for in pages, and in an order: how answers say which page they are, and ``orderBy``.

Values that are ordered by are kept as texts that sort so in any database.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, to_builtins

from elements_local.kit.api.operations import Answer
from elements_local.platform.ceql import matches, parse
from elements_local.platform.ceql.record_path import find_in_any_case
from elements_local.platform.errors import InvalidRequestError, NothingFoundError, quoted

DEFAULT_PAGE_SIZE = 200
_LARGEST_PAGE = 5000


class PageQuery(Struct, rename="camel", kw_only=True):
    """Which page of a list is asked for.

    Attributes:
        page_size: records at the most.
        page: counted from 1.
        next_page: a token from Elements-Next-Page-Token; takes the place of page.
    """

    page_size: Annotated[int, Meta(ge=1, le=999_999_999)] | None = None
    page: Annotated[int, Meta(ge=1, le=999_999_999)] = 1
    next_page: str = ""


COUNT_HEADERS = {
    "Elements-Returned-Count": "items in this answer",
    "Elements-Total-Count": "items in all, where that is known",
}
"""What the answer of a list carries that comes whole, for its operation's declaration."""


PAGE_HEADERS = {
    **COUNT_HEADERS,
    "Elements-Next-Page-Token": "what to send as nextPage; absent on the last page",
    "Elements-Error": "a soft warning, such as a pageSize that is more than may be had",
}
"""What a list's answer may carry, for its operation's declaration."""


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Which page of a list is asked for.

    Attributes:
        shortened_from: the page size that was asked for, where it is more than may be had.
    """

    offset: int
    size: int
    shortened_from: int | None = None


def paging(query: PageQuery, *, default: int = DEFAULT_PAGE_SIZE, largest: int = _LARGEST_PAGE) -> Paging:
    """Return the page that a list's query asks for; ``nextPage`` takes the place of ``page`` (documented).

    Raises:
        InvalidRequestError: the token is none of ours.
    """
    requested = query.page_size or default
    size = min(requested, largest)
    offset = token_place(query.next_page) if query.next_page else (query.page - 1) * size
    return Paging(offset=offset, size=size, shortened_from=requested if requested > largest else None)


def page_headers(page: Paging, *, returned: int, more: bool, total: int | None = None) -> dict[str, str]:
    """Return the headers of a list: counts, and a token unless this is the last page (observed)."""
    headers = {"Elements-Returned-Count": str(returned)}
    if total is not None:
        headers["Elements-Total-Count"] = str(total)
    if more:
        headers["Elements-Next-Page-Token"] = page_token(page.offset + returned)
    if page.shortened_from:
        headers["Elements-Error"] = (
            f"pageSize {page.shortened_from} is more than {page.size}, which is used instead"
        )
    return headers


def page_token(place: int | str, *, counted: str = "offset") -> str:
    """Return the opaque token of a list's stretch (base64 in practice: observed).

    Args:
        counted: what the place is: how many come before, or the id of the one before.
    """
    return urlsafe_b64encode(f"{counted}:{place}".encode()).decode()


def token_place(token: str, *, counted: str = "offset") -> int:
    """Return the place that a token means.

    Raises:
        InvalidRequestError: it is none of ours.
    """
    try:
        number = urlsafe_b64decode(token.encode()).decode().removeprefix(f"{counted}:")
    except ValueError:
        number = ""
    # written again and compared: a token that decodes, but is not as we write it, was put together by hand
    if not number.isdecimal() or len(number) > 18 or page_token(int(number), counted=counted) != token:
        raise InvalidRequestError(
            f"nextPage must be a token from Elements-Next-Page-Token; got {quoted(token)}"
        )
    return int(number)


Item = TypeVar("Item")


class WhereQuery(PageQuery, rename="camel", kw_only=True):
    """Which of a list are asked for.

    Attributes:
        where: a CEQL clause over the fields that the list shows.
    """

    where: str = ""


def narrowed(items: Sequence[Item], where: str) -> list[Item]:
    """Return those that a clause describes.

    Raises:
        QueryError: it cannot be read.
    """
    clause = parse(where) if where.strip() else None
    return [one for one in items if clause is None or matches(clause, to_builtins(one))]


def counted(items: Sequence[Item]) -> Answer[list[Item]]:
    """Answer with a list that comes whole, and how many it has (documented: always, on the platform's own lists)."""
    number = str(len(items))
    return Answer(list(items), {"Elements-Returned-Count": number, "Elements-Total-Count": number})


def paginated(items: Sequence[Item], page: Paging, *, kinds: str = "") -> Answer[list[Item]]:
    """Answer with a page of a list.

    Args:
        kinds: what there is none of where the whole list is empty; without it, an empty list is answered.

    Raises:
        NothingFoundError: nothing is in the list.
    """
    if not items and kinds:
        raise NothingFoundError(kinds)
    return part_of(items[page.offset : page.offset + page.size], page, total=len(items))


def part_of(items: Sequence[Item], page: Paging, *, total: int) -> Answer[list[Item]]:
    """Answer with a page of a list that has so many in all."""
    more = bool(items) and page.offset + len(items) < total
    return Answer(list(items), page_headers(page, returned=len(items), more=more, total=total))


_DIRECTIONS = {"asc": False, "desc": True}


class SortOrder(Struct, frozen=True, kw_only=True):
    """By one field, upwards unless said otherwise."""

    field: str
    descending: bool = False


def parse_order(text: str) -> SortOrder | None:
    """Read ``Field``, ``Field asc`` or ``Field desc``; None if there is nothing.

    Raises:
        InvalidRequestError: there is more than a field and a direction, or the direction is none.

    Source: the two forms with a direction (documented); that a bare field means upwards is assumed.

    >>> parse_order("LAST_NAME desc")
    SortOrder(field='LAST_NAME', descending=True)
    """
    if not text.strip():
        return None
    field, _, direction = text.strip().rpartition(" ")
    if not field:
        return SortOrder(field=direction)
    if direction.lower() not in _DIRECTIONS:
        raise InvalidRequestError(
            f"orderBy must be a field and asc or desc, such as LAST_NAME desc; got {quoted(text)}"
        )
    return SortOrder(field=field.strip().strip("`"), descending=_DIRECTIONS[direction.lower()])


def first_in_order(
    records: Iterable[dict[str, object]], order: SortOrder, *, count: int
) -> list[dict[str, object]]:
    """Return the first records in an order, never holding more than that many.

    Numbers come before texts, records without a value last in both directions, equals as they came (assumed).
    """

    def key(record: Mapping[str, object]) -> tuple[bool, int, float, str]:
        rank, number, text = _rank(find_in_any_case(record, order.field))
        # turned round with the direction, as `nlargest` would otherwise put those without a value first
        missing = rank is None
        return missing is not order.descending, rank or 0, number, text

    choose = nlargest if order.descending else nsmallest
    return choose(count, records, key=key)


def _rank(value: object) -> tuple[int | None, float, str]:
    """Return what tells values of a kind apart, and kinds; None for a value that has no order."""
    if isinstance(value, bool | int | float):
        return 0, value, ""
    return (1, 0.0, value.casefold()) if isinstance(value, str) else (None, 0.0, "")


_LETTERS = 120
"""Of a text; what differs only later keeps the order in which it came."""


def key_of(record: Mapping[str, object], field: str) -> str:
    """Return what a record is sorted by: a field of it, its name in any case; "" if it is not to be sorted."""
    return sort_key(find_in_any_case(record, field)) if field else ""


def sort_key(value: object) -> str:
    """Return a text for a value of JSON: nothing first, then flags, numbers, and texts without regard to case.

    Only hexadecimal digits are used: databases agree on their order.

    >>> sort_key(None) < sort_key(-1.5) < sort_key(2) < sort_key("Ada") < sort_key("babbage")
    True
    """
    if isinstance(value, bool):
        return f"1{int(value)}"
    if isinstance(value, int | float):
        return "2" + _number(value)
    if isinstance(value, str):
        return "3" + value.casefold()[:_LETTERS].encode("utf-8", "replace").hex()
    return "0"


def _number(value: float) -> str:
    """Write a number so that texts sort as numbers: the bits of a double, those of negative ones turned over."""
    try:
        bits: int = struct.unpack(">Q", struct.pack(">d", float(value)))[0]
    except OverflowError:
        return "f" * 16 if value > 0 else "0" * 16
    flipped = bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63)
    return f"{flipped:016x}"
