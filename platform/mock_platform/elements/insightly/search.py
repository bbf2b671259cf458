"""What Insightly can search by: one filter on version 2.2, one field on version 3.1. Pure."""

import re

from mock_platform.ceql import Clause, Comparison, Like
from mock_platform.elements.insightly.field_names import VERSION_2
from mock_platform.elements.insightly.resources import InsightlyCollection

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


def by_field(part: Clause) -> dict[str, str]:
    """Return what version 3.1 is asked for a condition: a field equal to a value; nothing if it cannot be asked."""
    match part:
        case Comparison(name, "=", str() | int()) if _FIELD.fullmatch(name) and value_text(part).strip():
            return {"field_name": name, "field_value": value_text(part)}
        case _:
            return {}


def by_filter(place: InsightlyCollection, part: Clause) -> dict[str, str]:
    """Return what version 2.2 is asked for a condition: a filter, ``%`` before or after its value a wildcard."""
    match part:
        case Comparison(name, "=", str() | int()):
            value = value_text(part)
            plain = "%" not in value
        case Like(name, value):
            plain = "%" not in value.removeprefix("%").removesuffix("%")
        case _:
            return {}
    searchable = name.lower() in _SEARCHES.get(place.path, ())
    # A value of nothing but blanks and wildcards is no filter to Insightly, which would list everything.
    return {name.lower(): value} if searchable and plain and value.strip("% ") else {}


def is_parameter(place: InsightlyCollection, name: str) -> bool:
    """Say whether version 2.2 knows a name as a filter only, and no record has a field of it."""
    return (
        name.lower() in _NO_FIELDS
        and name.lower() in _SEARCHES.get(place.path, ())
        and name.upper() not in VERSION_2.get(place.path, "").split()
    )


def value_text(part: Comparison) -> str:
    """Return what a field is compared with, as a query parameter has it."""
    return str(part.value).lower() if isinstance(part.value, bool) else str(part.value)
