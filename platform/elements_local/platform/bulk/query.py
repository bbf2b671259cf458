"""The query of a bulk job: ``select * from contacts where ... order by LAST_NAME desc``.

Source: the form, and that nothing but ``select *`` is taken, are documented for one element; so are ``order by`` and
``orderby=``.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from elements_local.platform import ceql
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.errors import QueryError

_QUOTED = re.compile(r"'(?:[^']|'')*'|`[^`]*`")
_SELECT = re.compile(
    r"\s*select\s+(?P<fields>\S+)\s+from\s+(?P<object>[A-Za-z_][\w-]*)", re.IGNORECASE | re.DOTALL | re.ASCII
)
_WHERE = re.compile(r"\s+where\s+", re.IGNORECASE)
_ORDER = re.compile(r"(?:^|\s)order\s*by(?:\s*=\s*|\s+)", re.IGNORECASE)
_BY = re.compile(r"(?P<field>[\w.@$-]{1,200})(?:\s+(?P<way>asc|desc))?", re.IGNORECASE)


class BulkQuery(Struct, frozen=True, kw_only=True):
    """Which records are wanted, and in which order.

    Attributes:
        where: a CEQL clause that can be read; "" for all records.
    """

    object_name: str
    where: str = ""
    order: SortOrder | None = None


def parse(text: str) -> BulkQuery:
    """Read a query.

    Raises:
        QueryError: says the column, counted from 1, and what was expected there.

    >>> parse("select * from contacts where LAST_NAME = 'where order by' order by LAST_NAME desc")
    BulkQuery(object_name='contacts', where="LAST_NAME = 'where order by'", order=SortOrder(field='LAST_NAME', \
descending=True))
    """
    if len(text) > ceql.LONGEST:
        start = text[:60] + "..."
        raise QueryError(
            start, column=ceql.LONGEST, reason=f"the query has more than {ceql.LONGEST} characters"
        )
    # What stands in quotes is blanked out, letter by letter: words in it are not read as keywords, and places stay
    # those of the text.
    bare = _QUOTED.sub(lambda found: "\0" * len(found[0]), text)
    selected = _SELECT.match(bare)
    if selected is None:
        raise QueryError(text, column=1, reason="expected select * from <object>")
    if selected["fields"] != "*":
        raise QueryError(text, column=selected.start("fields") + 1, reason="only * can be selected")
    end, order = _order(text, bare, selected.end())
    rest = bare[selected.end() : end]
    where = _WHERE.match(rest)
    if where is None and rest.strip():
        raise QueryError(text, column=selected.end() + 1, reason="expected where, order by or the end")
    clause = text[selected.end() + where.end() : end].strip() if where else ""
    if where:
        ceql.parse(clause)
    return BulkQuery(object_name=selected["object"], where=clause, order=order)


def parse_order(text: str) -> SortOrder:
    """Read what a list is ordered by: a field, and ``asc`` or ``desc``.

    Raises:
        QueryError: it is none.
    """
    match = _BY.fullmatch(text.strip())
    if match is None:
        raise QueryError(
            text, column=1, reason="expected a field, and asc or desc, such as orderby=LAST_NAME desc"
        )
    return SortOrder(field=match["field"], descending=(match["way"] or "").lower() == "desc")


def narrowed(where: str, conditions: Iterable[str]) -> str:
    """Return a clause narrowed to the records that meet further conditions, too."""
    return " AND ".join([*([f"({where})"] if where else []), *conditions])


def _order(text: str, bare: str, start: int) -> tuple[int, SortOrder | None]:
    """Return where an order begins, and the order; the text's end and None where there is none."""
    match = _ORDER.search(bare, start)
    if match is None:
        return len(text), None
    return match.start(), parse_order(text[match.end() :])
