"""Lists of what the platform itself keeps: narrowed by ``where``, then a page of them."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import to_builtins

from elements_local.kit.api.operations import Answer
from elements_local.platform.ceql import matches, parse
from elements_local.platform.core.paging import PageQuery, Paging, page_headers
from elements_local.platform.errors import NothingFoundError

Item = TypeVar("Item")


class WhereQuery(PageQuery, rename="camel", kw_only=True):
    """Which of a list are asked for.

    Attributes:
        where: a CEQL clause over the fields that the list shows.
        include_inactive: with those that are switched off.
    """

    where: str = ""
    include_inactive: bool = False


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
