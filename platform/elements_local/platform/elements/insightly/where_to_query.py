"""How a clause is put to Insightly: what it filters itself, and what is left to do here. Pure.

Source: the platform leaves filtering to the provider (documented); what Insightly's versions can search by is
documented there, and that the rest is filtered by the platform is assumed.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeGuard
from urllib.parse import urlencode

from msgspec import Struct, field

from elements_local.kit.caching import bounded_cache
from elements_local.platform.ceql import And, Clause, Comparison, In, IsNull, Like, Or
from elements_local.platform.elements.connector import DateCondition
from elements_local.platform.elements.insightly.dialect import is_version_3
from elements_local.platform.elements.insightly.fields import VERSION_2
from elements_local.platform.elements.insightly.resources import InsightlyCollection, collection
from elements_local.platform.errors import InvalidRequestError, quoted
from elements_local.platform.provider.service import ProviderRequest

UPDATED_AFTER = "updated_after_utc"
UPDATED = "DATE_UPDATED_UTC"
_DATES: Mapping[str, Literal["updated", "created"]] = {UPDATED: "updated", "DATE_CREATED_UTC": "created"}

_FIELD = re.compile(r"[A-Za-z]\w*", re.ASCII)

_PLACES = ("city", "country", "email", "phone_number", "postcode", "state", "tag")
_SEARCHES = {
    "/Contacts": (*_PLACES, "first_name", "last_name", "organisation"),
    "/Leads": (*_PLACES, "first_name", "last_name", "organisation"),
    "/Organisations": (*_PLACES, "email_domain", "organisation_name"),
    "/Opportunities": (
        "actual_close_date", "category_id", "forecast_close_date", "opportunity_name", "opportunity_state",
        "owner_user_id", "pipeline_id", "responsible_user_id", "stage_id", "tag",
    ),
    "/Projects": (
        "category_id", "owner_user_id", "pipeline_id", "project_name", "responsible_user_id", "stage_id",
        "status", "tag",
    ),
    "/Tasks": ("category_id", "owner_user_id", "status", "title"),
    "/Events": ("end_date_utc", "owner_user_id", "start_date_utc", "title"),
    "/Notes": ("owner_user_id", "title"),
    "/Emails": ("email_from", "email_to", "tag"),
    "/Users": ("email", "first_name", "last_name"),
    "/Teams": ("team_name",),
}  # fmt: skip
"""What ``/Search`` of version 2.2 takes; one of them a call (documented: v2.2 OpenAPI document, Python client)."""

_NO_FIELDS = frozenset({*_PLACES, "organisation", "email_domain"})
"""Those that are no field of a record, but for a lead's phone number: only Insightly can look for them."""


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


@bounded_cache(256)  # what is polled at one instant is asked for by the same date
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
    pushed = [(part, {UPDATED_AFTER: _value_text(part)}) for part in parts if _is_updated_after(part)][:1]
    # 2.2 takes one filter a call, and the date narrows a poll the most.
    if pushed and not is_version_3(base_url):
        return pushed
    for part in parts:
        if _is_updated_after(part):
            continue
        parameters = _by_field(part) if is_version_3(base_url) else _by_filter(place, part)
        if parameters:
            return [*pushed, (part, parameters)]
    return pushed


def _by_field(part: Clause) -> dict[str, str]:
    """Return what version 3.1 is asked for a condition: a field equal to a value; nothing if it cannot be asked."""
    match part:
        case Comparison(name, "=", str() | int()) if _FIELD.fullmatch(name) and _value_text(part).strip():
            return {"field_name": name, "field_value": _value_text(part)}
        case _:
            return {}


def _by_filter(place: InsightlyCollection, part: Clause) -> dict[str, str]:
    """Return what version 2.2 is asked for a condition: a filter, ``%`` before or after its value a wildcard."""
    match part:
        case Comparison(name, "=", str() | int()):
            value = _value_text(part)
            plain = "%" not in value
        case Like(name, value):
            plain = "%" not in value.removeprefix("%").removesuffix("%")
        case _:
            return {}
    searchable = name.lower() in _SEARCHES.get(place.path, ())
    # A value of nothing but blanks and wildcards is no filter to Insightly, which would list everything.
    return {name.lower(): value} if searchable and plain and value.strip("% ") else {}


def date_condition(condition: Clause) -> DateCondition | None:
    """Return what a condition asks of a record's updated or created date; None if it is about anything else, or not read."""
    if _is_updated_after(condition):
        at = _instant(str(condition.value))
        return None if at is None else DateCondition(of="updated", operator=">", at=at)
    match condition:
        # as texts are compared, which have no T: what is written otherwise than records write it is no date to them
        case Comparison(str(name), operator, str(text)) if name.upper() in _DATES and "T" not in text:
            at = _instant(text)
            return None if at is None else DateCondition(of=_DATES[name.upper()], operator=operator, at=at)
    return None


def _is_parameter(place: InsightlyCollection, name: str) -> bool:
    """Say whether version 2.2 knows a name as a filter only, and no record has a field of it."""
    return (
        name.lower() in _NO_FIELDS
        and name.lower() in _SEARCHES.get(place.path, ())
        and name.upper() not in VERSION_2.get(place.path, "").split()
    )


def _value_text(part: Comparison) -> str:
    """Return what a field is compared with, as a query parameter has it."""
    return str(part.value).lower() if isinstance(part.value, bool) else str(part.value)


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
    """Refuse what looks like a field and is a parameter of Insightly's search."""
    if name.lower() == UPDATED_AFTER:
        raise InvalidRequestError(f"{UPDATED_AFTER} takes = and a date in quotes, nothing else")
    if not is_version_3(base_url) and _is_parameter(place, name):
        raise InvalidRequestError(
            f"{name} is not a field but a filter of Insightly's search, which takes one filter a call, with = or LIKE: "
            f"use {name} = '...' alone, or joined by AND to conditions on fields"
        )


def space_form(instant: datetime) -> str:
    """Return an instant, to the second, as records write theirs."""
    return instant.isoformat(" ")[:19]


def _rewritten_date(text: str) -> str:
    """Return an instant the way records write theirs, so that texts compare as times."""
    instant = _instant(text)
    if instant is None:
        raise InvalidRequestError(
            f"{UPDATED_AFTER} must be a date such as 2026-03-02 10:00:00; got {quoted(text)}"
        )
    return space_form(instant)


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
