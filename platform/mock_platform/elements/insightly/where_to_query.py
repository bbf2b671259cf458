"""How a clause is put to Insightly: what it filters itself, and what is left to do here. Pure.

Source: the platform leaves filtering to the provider (documented); what Insightly's versions can search by is
documented there, and that the rest is filtered by the platform is assumed.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeGuard
from urllib.parse import urlencode

from msgspec import Struct, field

from mock_platform.ceql import And, Clause, Comparison, In, IsNull, Like, Or
from mock_platform.elements.insightly.resources import InsightlyCollection, collection
from mock_platform.elements.insightly.search import by_field, by_filter, is_parameter, value_text
from mock_platform.elements.insightly.version import is_version_3
from mock_platform.errors import InvalidRequestError, shown
from mock_platform.provider.request import ProviderRequest

UPDATED_AFTER = "updated_after_utc"
UPDATED = "DATE_UPDATED_UTC"


class ListRequest(Struct, frozen=True, kw_only=True):
    """How a list is asked for.

    Attributes:
        residual: the part of the clause that Insightly does not understand; None if it takes all of it.
    """

    collection: InsightlyCollection
    filters: Mapping[str, str] = field(default_factory=dict)
    residual: Clause | None = None

    def page(self, *, top: int, skip: int) -> ProviderRequest:
        """Return the request for a page of the list, with a count of all of it."""
        search = f"/Search?{_encoded(*self.filters.items())}&" if self.filters else "?"
        return ProviderRequest(
            method="GET", path=f"{self.collection.path}{search}top={top}&skip={skip}&count_total=true"
        )


@lru_cache(maxsize=256)  # what is polled at one instant is asked for by the same date
def _encoded(*filters: tuple[str, str]) -> str:
    return urlencode(filters, errors="replace")


def listing(resource: str, where: Clause | None, *, base_url: str) -> ListRequest:
    """Split a clause into what Insightly filters and what is left.

    ``updated_after_utc = '...'`` is no field but its name for "updated later than"; alone or joined by AND it
    goes to Insightly as it is, anywhere else it is held against the updated date here.

    Raises:
        NotFoundError: the hub has no such resource.
        InvalidRequestError: ``updated_after_utc``, or another search parameter, stands where nothing understands it.

    Source: the poll filter of the vendor's guide (documented); its meaning (inferred).
    """
    place = collection(resource)
    parts = where.clauses if isinstance(where, And) else () if where is None else (where,)
    pushed = _pushed(place, parts, base_url=base_url) if place.searchable else ()
    rest = tuple(
        _rewrite(part, place, base_url) for part in parts if not any(part is sent for sent, _ in pushed)
    )
    return ListRequest(
        collection=place,
        filters={name: value for _, filters in pushed for name, value in filters.items()},
        residual=And(rest) if len(rest) > 1 else rest[0] if rest else None,
    )


def _pushed(
    place: InsightlyCollection, parts: tuple[Clause, ...], *, base_url: str
) -> Sequence[tuple[Clause, dict[str, str]]]:
    """Return the parts that Insightly is asked for, each with its parameters.

    Source: version 3.1 takes a field beside ``updated_after_utc``, 2.2 one filter in all (documented).
    """
    # Only the first: Insightly takes the parameter once. Another one is held against the updated date here.
    pushed = [(part, {UPDATED_AFTER: value_text(part)}) for part in parts if _is_updated_after(part)][:1]
    # 2.2 takes one filter a call, and the date narrows a poll the most.
    if pushed and not is_version_3(base_url):
        return pushed
    for part in parts:
        parameters = {} if _is_updated_after(part) else _search(place, part, base_url)
        if parameters:
            return [*pushed, (part, parameters)]
    return pushed


def _search(place: InsightlyCollection, part: Clause, base_url: str) -> dict[str, str]:
    return by_field(part) if is_version_3(base_url) else by_filter(place, part)


def _is_updated_after(clause: Clause) -> TypeGuard[Comparison]:
    return isinstance(clause, Comparison) and clause.field.lower() == UPDATED_AFTER and clause.operator == "="


def _rewrite(clause: Clause, place: InsightlyCollection, base_url: str) -> Clause:
    """Return a clause that means the same to a record: later than, on the updated date."""
    match clause:
        case And(clauses) | Or(clauses):
            return type(clause)(tuple(_rewrite(inner, place, base_url) for inner in clauses))
        case Comparison(value=value) if _is_updated_after(clause):
            return Comparison(UPDATED, ">", _rewritten_date(str(value)))
        case Comparison(name) | Like(name) | In(name) | IsNull(name):
            _refuse_parameter(name, place, base_url)
            return clause


def _refuse_parameter(name: str, place: InsightlyCollection, base_url: str) -> None:
    """Refuse what looks like a field and is a parameter of Insightly's search.

    Raises:
        InvalidRequestError: says how it can be used.
    """
    if name.lower() == UPDATED_AFTER:
        raise InvalidRequestError(f"{UPDATED_AFTER} takes = and a date in quotes, nothing else")
    if not is_version_3(base_url) and is_parameter(place, name):
        raise InvalidRequestError(
            f"{name} is no field but a filter of Insightly's search, which takes one filter a call, with = or LIKE: "
            f"use {name} = '...' alone, or joined by AND to conditions on fields"
        )


def space_form(instant: datetime) -> str:
    """Return an instant, to the second, as records write theirs."""
    return instant.isoformat(" ")[:19]


def _rewritten_date(text: str) -> str:
    """Return an instant the way records write theirs, so that texts compare as times.

    Raises:
        InvalidRequestError: it is no instant.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
        utc = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequestError(
            f"{UPDATED_AFTER} must be a date such as 2026-03-02 10:00:00; got {shown(text)}"
        ) from error
    return space_form(utc)
