"""Pages of lists, and those of admin routes: each says how many there are on all, and where the next one is."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, Self, TypedDict, TypeVar

from msgspec import Meta, Struct

PAGE = 1000
"""How many a page has, unless the query says otherwise."""

LARGEST_PAGE = 10_000
Limit = Annotated[int, Meta(ge=1, le=LARGEST_PAGE)]
Cursor = Annotated[int, Meta(ge=0, le=10**18)]
UnwantedTexts = Annotated[list[Annotated[str, Meta(min_length=1, max_length=1_000)]], Meta(max_length=20)]
"""Texts that what is listed must not contain; case does not count."""

T = TypeVar("T")


class ListQuery(Struct, kw_only=True):
    """Which page of a list is asked for whose first page has the latest.

    Attributes:
        before: only those before this one, as ``next`` says it.
        limit: how many at the most, the latest of them.
    """

    before: Cursor | None = None
    limit: Limit = PAGE


class LogQuery(Struct, kw_only=True):
    """Which page of a list is asked for whose first page has the oldest.

    Attributes:
        after: only those after this one, as ``next`` says it.
        limit: how many at the most, the oldest of them.
    """

    after: Cursor = 0
    limit: Limit = PAGE


class Slice(Struct, Generic[T], frozen=True, kw_only=True):
    """Part of a list, and where the next part begins.

    Attributes:
        cursor: by what the next part goes on from this one; None on the last.
    """

    items: list[T]
    cursor: int | str | None = None


class Page(Slice[T], Generic[T], frozen=True, kw_only=True):
    """Part of a list, and how many the whole of it has.

    Attributes:
        total: how many there are on all pages.
    """

    total: int

    @classmethod
    def of(cls, found: Sequence[T], limit: int, *, total: int, cursor: Callable[[T], int | str]) -> Self:
        """Return the page that begins what was found: one more than fit, if there is a next page."""
        items = list(found[:limit])
        return cls(items=items, total=total, cursor=cursor(items[-1]) if len(found) > limit else None)


class PageJson(TypedDict):
    """What stands beside the items of a page.

    ``total`` is how many there are on all pages, and ``next`` the path and query of the next one; null on the last.
    """

    total: int
    next: str | None
