"""Pages of admin lists: each says how many there are on all, and where the next one is."""

from collections.abc import Mapping
from typing import Annotated, TypedDict
from urllib.parse import urlencode

from flask import request
from msgspec import Meta

PAGE = 1000
"""How many a page has, unless the query says otherwise."""

LARGEST_PAGE = 10_000
LARGEST_CURSOR = 10**18
UnwantedTexts = Annotated[list[Annotated[str, Meta(min_length=1, max_length=1_000)]], Meta(max_length=20)]
"""Texts that what is listed must not contain; case does not count."""


class PageJson(TypedDict):
    """What stands beside the items of a page.

    ``total`` is how many there are on all pages, and ``next`` the path and query of the next one; null on the last.
    """

    total: int
    next: str | None


def page_json(total: int, cursor: Mapping[str, object] | None, *, path: str | None = None) -> PageJson:
    """Return what stands beside the items of a page that the present request asked for.

    Args:
        cursor: the parameters that the next page is asked for with, beside those of this one; None if there is none.
        path: of the list, if it is not the request's own.
    """
    if cursor is None:
        return {"total": total, "next": None}
    others = {name: values for name, values in request.args.lists() if name not in cursor}
    query = urlencode({**others, **cursor}, doseq=True)
    return {"total": total, "next": f"{path or request.path}?{query}"}
