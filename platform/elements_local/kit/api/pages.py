"""Pages of admin lists: each says how many there are on all, and where the next one is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Generic, Self, TypedDict, TypeVar
from urllib.parse import urlencode

from flask import request
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


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list.

    Attributes:
        total: how many there are on all pages.
        cursor: by what the next page goes on from this one; None on the last.
    """

    items: list[T]
    total: int
    cursor: int | str | None = None

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


def page_json(
    page: Page[T], name: str, *, path: str | None = None, search: Mapping[str, object] | None = None
) -> PageJson:
    """Return what stands beside the items of a page that the present request asked for.

    Args:
        name: of the cursor's parameter.
        path: of the list, if it is not the request's own.
        search: what else the next page is asked for with, beside the parameters of this one.
    """
    if page.cursor is None:
        return {"total": page.total, "next": None}
    cursor = {**(search or {}), name: page.cursor}
    others = {each: values for each, values in request.args.lists() if each not in cursor}
    query = urlencode({**others, **cursor}, doseq=True)
    return {"total": page.total, "next": f"{path or request.path}?{query}"}
