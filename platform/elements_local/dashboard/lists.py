"""The lists: each says what it asks a service for, and which columns and filters its page has; one view shows them all.

What is typed into a search is a text, filters by their names, and with a minus before them what is left out.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask import redirect, request, url_for
from msgspec import Struct
from werkzeug.exceptions import NotFound

from elements_local.clients.errors import CallError
from elements_local.dashboard.context import Answer, page_or_copy, read
from elements_local.dashboard.copies import Copies

_PAGE = 50
LARGEST = 10**17
_TERM = re.compile(r'(?<!\S)(?P<minus>-?)(?:(?P<name>\w+):)?(?P<value>"[^"]+"|\S+)')


class Listing(Struct, frozen=True, kw_only=True):
    """Things of one kind, and how a page lists them: the latest first.

    Attributes:
        name: of the admin route that lists them, and of the template that extends ``list.html`` with what a row shows.
        one: what one of them is called; anchors of rows begin with it.
        service: that knows them; empty where each service has such ones.
        rows: what the route calls them; empty if that is its own name.
        names_filters: the search knows filters by their names, and what is left out is sent with the name.
    """

    name: str
    one: str
    service: str = ""
    rows: str = ""
    filters: tuple[str, ...] = ()
    names_filters: bool = False

    def read(self, of: Mapping[str, Any], **asked: object) -> dict[str, Any]:
        """Return a page of them, the latest first, with what the service says of all.

        Args:
            of: what they are of, as the addresses of list and things have it: a service, or a kind.
        """
        query = {**of, **asked, "before": asked.get("before") or LARGEST}
        listed = read(self.service or query.pop("service"), self.name, **query)
        return {**listed, "rows": sorted(listed[self.rows or self.name], key=id_of, reverse=True)}

    def find(self, number: int, **of: Any) -> dict[str, Any]:
        """Return one of them.

        Raises:
            NotFound: it is not there.
        """
        found: list[dict[str, Any]] = self.read(of, before=min(number, LARGEST) + 1, limit=1)["rows"]
        if not found or id_of(found[0]) != number:
            raise NotFound(f"There is no {self.one} {str(number)[:40]} in this workspace, or no longer.")
        return found[0]

    def link(self, each: Mapping[str, Any], **of: Any) -> str:
        """Return the path of the page of one of them."""
        return url_for(".show", **{f"{self.one}_id": id_of(each), **of})

    def latest(self, *, otherwise: str = "", **of: Any) -> Answer:
        """Lead to the latest; without any to the list, or elsewhere."""
        found = self.read(of, limit=1)["rows"]
        to = self.link(found[0], **of) if found else otherwise or url_for(".index", **of)
        return redirect(to)

    def asked(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """Return what a service is asked for: a minus before the value of a filter leaves out what has it."""
        words = search_words(typed.get("q", ""), self.filters if self.names_filters else ())
        wanted = {**typed, "q": words.text, **words.wanted}
        without = sorted(name for name, value in wanted.items() if name != "q" and value.startswith("-"))
        unwanted = [*((name, wanted.pop(name)[1:]) for name in without), *words.unwanted]
        left_out = [f"{name}:{value}" if self.names_filters else value for name, value in unwanted if value]
        return {name: value for name, value in {**wanted, "not": left_out}.items() if value}


def id_of(thing: Mapping[str, Any]) -> int:
    """Return the id of what a service lists, which is the first of its fields."""
    number: int = next(iter(thing.values()))
    return number


def list_page(
    listing: Listing,
    copies_of: Callable[[dict[str, Any]], Copies] | None = None,
    *,
    of: Mapping[str, str],
    one: dict[str, Any] | None = None,
    detail_of: Callable[[dict[str, Any]], object] = id_of,
    **values: object,
) -> Answer:
    """Return a page of a list, or a copy of what is shown beside it.

    Args:
        copies_of: returns the copies of what is shown beside the list; None if nothing is.
        of: as ``Listing.read`` takes it.
        one: is shown beside the list; None is the first of the list.
        detail_of: returns what else is shown of it.
    """
    typed, error = {name: request.args[name] for name in listing.filters if request.args.get(name)}, ""
    asked = listing.asked(typed)
    listed: dict[str, Any] = {"rows": [], "total": 0, "next": None}
    try:
        listed = listing.read(of, **asked, before=request.args.get("before", type=int), limit=_PAGE)
    except CallError as refused:
        if not asked:
            raise
        error = refused.message
    whole = listing.read(of, limit=1)["total"] if asked else listed["total"]
    shown = one if one or not copies_of else next(iter(listed["rows"]), None)
    return page_or_copy(
        f"{listing.name}.html",
        copies_of(shown) if copies_of and shown else {},
        listing=listing,
        of=of,
        one=shown,
        is_opened=one is not None,
        detail=detail_of(shown) if shown else None,
        typed=typed,
        asked=asked,
        error=error,
        listed=listed,
        hidden=whole - listed["total"],
        **values,
    )


class SearchWords(Struct, frozen=True):
    """What is looked for.

    Attributes:
        text: the rest, as it was typed.
        wanted: values of filters, by their names.
        unwanted: what is left out, a value with the name of its filter; of a text, that is ``q``.
    """

    text: str
    wanted: dict[str, str]
    unwanted: list[tuple[str, str]]


def search_words(typed: str, filters: Collection[str] = ()) -> SearchWords:
    """Take apart what was typed.

    Args:
        filters: names that mean one with a colon behind them; any other word with a colon is text.

    >>> search_words('Ada King -objectType:leads status:503 -"a b" x:y', {"objectType", "status"})
    SearchWords(text='Ada King x:y', wanted={'status': '503'}, unwanted=[('objectType', 'leads'), ('q', 'a b')])
    """
    wanted: dict[str, str] = {}
    unwanted: list[tuple[str, str]] = []

    def taken_out(term: re.Match[str]) -> str:
        name, value = term["name"], term["value"].strip('"')
        known = name in filters
        if not value:
            return term[0]
        if term["minus"]:
            unwanted.append((name, value) if known else ("q", f"{name}:{value}" if name else value))
        elif known:
            wanted[name] = value
        return "" if term["minus"] or known else term[0]

    rest = _TERM.sub(taken_out, typed)
    return SearchWords(rest if rest == typed else " ".join(rest.split()), wanted, unwanted)
