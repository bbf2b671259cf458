"""Lists that are asked for in pages: which page a query asks for, and how answers say which one they are."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, to_builtins

from elements_local.kit.api.operations import Answer
from elements_local.kit.api.pages import Slice
from elements_local.platform.ceql import matches, parse
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


class InvalidPageTokenError(InvalidRequestError):
    """``nextPage`` is none of our tokens."""

    def __init__(self, token: str) -> None:
        super().__init__(f"nextPage must be a token from Elements-Next-Page-Token; got {quoted(token)}")


def page_token(place: int | str, *, counted: str = "offset") -> str:
    """Return the opaque token of a place in a list (base64 in practice: observed).

    Args:
        counted: what the place is: how many come before, or the id of the one before.
    """
    return urlsafe_b64encode(f"{counted}:{place}".encode()).decode()


class Paging(Struct, frozen=True, kw_only=True):
    """Which page of a list is asked for.

    Attributes:
        size: how many at the most.
        token: what the page before gave for this one; for the first, "".
        skip: how many to pass over from there.
        shortened_from: the page size that was asked for, where it is more than may be had.
    """

    size: int
    token: str = ""
    skip: int = 0
    shortened_from: int | None = None

    def place(self, counted: str = "offset") -> int | None:
        """Return the place that the token means; None without a token.

        Raises:
            InvalidPageTokenError: the token is none of ours.
        """
        token = self.token
        if not token:
            return None
        try:
            number = urlsafe_b64decode(token.encode()).decode().removeprefix(f"{counted}:")
        except ValueError:
            number = ""
        # written again and compared: a token that decodes, but is not as we write it, was put together by hand
        if not number.isdecimal() or len(number) > 18 or page_token(int(number), counted=counted) != token:
            raise InvalidPageTokenError(token)
        return int(number)

    @property
    def offset(self) -> int:
        """How many come before the page, in a list whose places are counted."""
        return (self.place() or 0) + self.skip


def paging(query: PageQuery, *, default: int = DEFAULT_PAGE_SIZE, largest: int = _LARGEST_PAGE) -> Paging:
    """Return the page that a list's query asks for; ``nextPage`` takes the place of ``page`` (documented)."""
    requested = query.page_size or default
    size = min(requested, largest)
    return Paging(
        size=size,
        token=query.next_page,
        skip=0 if query.next_page else (query.page - 1) * size,
        shortened_from=requested if requested > largest else None,
    )


Item = TypeVar("Item")


def slice_of(items: Sequence[Item], page: Paging, *, total: int) -> Slice[Item]:
    """Return the page that has these items, of a list that has so many in all."""
    end = page.offset + len(items)
    # an empty page ends a list whose total says that there is more
    return Slice(items=list(items), cursor=page_token(end) if items and end < total else None)


def answered(found: Slice[Item], page: Paging, *, total: int | None = None) -> Answer[list[Item]]:
    """Answer with a page of a list: with counts, and a token unless this is the last page (observed)."""
    headers = {"Elements-Returned-Count": str(len(found.items))}
    if total is not None:
        headers["Elements-Total-Count"] = str(total)
    if found.cursor is not None:
        headers["Elements-Next-Page-Token"] = str(found.cursor)
    if page.shortened_from:
        headers["Elements-Error"] = (
            f"pageSize {page.shortened_from} is more than {page.size}, which is used instead"
        )
    return Answer(found.items, headers)


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
    start = page.offset
    if not items and kinds:
        raise NothingFoundError(kinds)
    return part_of(items[start : start + page.size], page, total=len(items))


def part_of(items: Sequence[Item], page: Paging, *, total: int) -> Answer[list[Item]]:
    """Answer with a page of a list that has so many in all."""
    return answered(slice_of(items, page, total=total), page, total=total)
