"""What is typed into a search: a text, filters by their names, and with a minus before them what is left out."""

import re
from collections.abc import Collection

from msgspec import Struct

_TERM = re.compile(r'(?<!\S)(?P<minus>-?)(?:(?P<name>\w+):)?(?P<value>"[^"]+"|\S+)')


class SearchWords(Struct, frozen=True):
    """What is looked for.

    Attributes:
        text: the rest, as it was typed.
        wanted: values of filters, by their names.
        unwanted: what is left out, a filter with its value or a text.
    """

    text: str
    wanted: dict[str, str]
    unwanted: list[str]


def search_words(typed: str, filters: Collection[str] = ()) -> SearchWords:
    """Take apart what was typed.

    Args:
        filters: names that mean one with a colon behind them; any other word with a colon is text.

    >>> search_words('Ada King -objectType:leads status:503 -"a b" x:y', {"objectType", "status"})
    SearchWords(text='Ada King x:y', wanted={'status': '503'}, unwanted=['objectType:leads', 'a b'])
    """
    wanted: dict[str, str] = {}
    unwanted: list[str] = []

    def taken_out(term: re.Match[str]) -> str:
        name, value = term["name"], term["value"].strip('"')
        known = name in filters
        if not value:
            return term[0]
        if term["minus"]:
            unwanted.append(f"{name}:{value}" if name else value)
        elif known:
            wanted[name] = value
        return "" if term["minus"] or known else term[0]

    rest = _TERM.sub(taken_out, typed)
    return SearchWords(rest if rest == typed else " ".join(rest.split()), wanted, unwanted)
