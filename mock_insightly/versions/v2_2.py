"""Version 2.2, as it was late in its life: record graphs, full replacement, search by one filter.

Source: of filters, Insightly v2.2 OpenAPI document (documented); that `organisation` is a name is assumed.
"""

from mock_insightly import kinds
from mock_insightly.errors import TooManyFiltersError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Choice, Text
from mock_insightly.records.query import Query
from mock_insightly.records.search import Criterion, RecordFilter, exactly, wildcard
from mock_insightly.versions.shape import Shape, methods, shapes_of
from mock_insightly.versions.v2_paths import LOOKUPS, SUB_RESOURCES
from mock_insightly.versions.v2_records import CONTACT, LEAD, OPPORTUNITY, ORGANISATION
from mock_insightly.versions.v2_work import WORK
from mock_insightly.versions.version import Version


def _place(prefixes: str) -> dict[str, tuple[str, ...]]:
    return {
        part.lower(): (*(f"{prefix}_{part}" for prefix in prefixes.split()), f"ADDRESSES.{part}")
        for part in ("CITY", "STATE", "POSTCODE", "COUNTRY")
    }


def _same(names: str) -> dict[str, tuple[str, ...]]:
    return {name: (name.upper(),) for name in names.split()}


_TAG = {"tag": ("TAGS.TAG_NAME",)}
_NAMES = _same("first_name last_name")

FILTERS: dict[str, dict[str, tuple[str, ...]]] = {
    kinds.CONTACTS.name: {
        "email": ("EMAIL_ADDRESS", "CONTACTINFOS:EMAIL"),
        "phone_number": (
            *(field.name for field in kinds.CONTACTS.fields if field.name.startswith("PHONE")),
            "CONTACTINFOS:PHONE",
        ),
        "organisation": ("ORGANISATION_ID",),
        **_NAMES,
        **_TAG,
        **_place("ADDRESS_MAIL ADDRESS_OTHER"),
    },
    kinds.ORGANISATIONS.name: {
        "email": ("CONTACTINFOS:EMAIL",),
        "email_domain": ("EMAILDOMAINS.EMAIL_DOMAIN",),
        "phone_number": ("PHONE", "PHONE_FAX", "CONTACTINFOS:PHONE"),
        **_same("organisation_name"),
        **_TAG,
        **_place("ADDRESS_BILLING ADDRESS_SHIP"),
    },
    kinds.LEADS.name: {
        "email": ("EMAIL",),
        "phone_number": ("PHONE", "MOBILE", "FAX"),
        "organisation": ("ORGANISATION_NAME",),
        **_NAMES,
        **_TAG,
        **_place("ADDRESS"),
    },
    kinds.OPPORTUNITIES.name: {
        **_same(
            "opportunity_name opportunity_state category_id pipeline_id stage_id responsible_user_id "
            "owner_user_id forecast_close_date actual_close_date"
        ),
        **_TAG,
    },
    kinds.PROJECTS.name: {
        **_same("project_name status category_id pipeline_id stage_id responsible_user_id owner_user_id"),
        **_TAG,
    },
    kinds.TASKS.name: _same("title status category_id owner_user_id"),
    kinds.EVENTS.name: _same("title owner_user_id start_date_utc end_date_utc"),
    kinds.NOTES.name: _same("title owner_user_id"),
    kinds.EMAILS.name: {**_same("email_from email_to"), **_TAG},
    kinds.MILESTONES.name: {},
    kinds.USERS.name: {"email": ("EMAIL_ADDRESS",), **_NAMES},
    kinds.TEAMS.name: _same("team_name"),
}
"""The filters of each resource, and where their values stand."""

_VIA = {(kinds.CONTACTS.name, "organisation"): (kinds.ORGANISATIONS, "ORGANISATION_NAME")}


def search_filter(shape: Shape, query: Query) -> RecordFilter:
    """Read the one filter of a search; none is fine.

    Raises:
        TooManyFiltersError: more than one has a value, ``updated_after_utc`` counted.
        FieldError: a value does not fit its field.
    """
    filters = FILTERS[shape.kind.name]
    came = [name for name in (*filters, "updated_after_utc") if query.get(name, "").strip()]
    if len(came) > 1:
        raise TooManyFiltersError(came)
    if not came or came[0] == "updated_after_utc":
        return RecordFilter()
    return RecordFilter(criterion=_criterion(shape.kind, came[0], query[came[0]]))


def _criterion(kind: RecordKind, name: str, value: str) -> Criterion:
    places = FILTERS[kind.name][name]
    via = _VIA.get((kind.name, name))
    field = kind.field(places[0]) if len(places) == 1 else None
    if via or field is None or isinstance(field.type, Text | Choice):
        return wildcard(places, value, via=via)
    return exactly(field, value, called=name)


VERSION = Version(
    name="v2.2",
    shapes=shapes_of(CONTACT, ORGANISATION, LEAD, OPPORTUNITY, *WORK),
    lookups=LOOKUPS,
    sub_resources=SUB_RESOURCES,
    filters=lambda kind: FILTERS[kind.name],
    search_filter=search_filter,
    replaces=True,
    on_members=methods("GCU"),
    tagged=False,
    briefs=True,
)
