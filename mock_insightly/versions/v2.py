"""Version 2: record graphs, full replacement, search by one filter; late v2.2, and v2.3.

v2.3 has the columns of v3.1 in the place of contact infos and addresses. A record's organisation stands in a column there, too,
so LINKS has only what v3.1 has there. DEFAULT_LINKED_ORGANISATION is the same column under the name that v2.2 has for it.

Source: lists, what hangs below records and filters of v2.2 from the Insightly v2.2 and v3.1 OpenAPI documents (documented); that
    rows with other content than their number may repeat one another, and that `organisation` is a name, is assumed. Of v2.3,
    which keys there are, that none may be missing, that an owner is written and an opportunity's state may be left out (a client
    of v2.3, observed); the order of the keys, that LINKS is without the organisation, that an owner is written in other records
    too, and which of two names of one column counts, is assumed.
"""

from collections.abc import Mapping
from functools import partial

from elements_local.kit.values import replace
from mock_insightly.errors import FieldError, TooManyFiltersError
from mock_insightly.fields import lookups
from mock_insightly.fields.definitions import custom_fields
from mock_insightly.fields.fields import Choice, Field, Integer, Record, Sent, Text
from mock_insightly.fields.lookups import Lookup
from mock_insightly.kinds import sales, work
from mock_insightly.kinds.account import TEAMS, USERS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import CONTACTS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.search import Criterion, Query, RecordFilter, exactly, wildcard
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.graph_links import CONTACT_PEERS, ORGANISATION_PEERS, LinkGraph
from mock_insightly.versions.shape import Key, Shape, flat, methods, shapes_of
from mock_insightly.versions.sub_resources import SubResources, below, children, collection
from mock_insightly.versions.v2_records import CONTACT, LEAD, OPPORTUNITY, ORGANISATION, flats
from mock_insightly.versions.v2_work import WORK
from mock_insightly.versions.version import Version

PARENTS = "Contacts Organisations Leads Opportunities Projects"

LOOKUPS = lookups.by_name(
    *lookups.SHARED,
    Lookup(name="CustomFieldGroups", rows=lambda _account: [], paged=False),
    Lookup(name="CustomFields", rows=custom_fields, key="CUSTOM_FIELD_ID", paged=False),
    Lookup(
        name="Instance",
        rows=lookups.only(lookups.instance, "INSTANCE_NAME INSTANCE_SUBDOMAIN PLAN_NAME"),
        single=True,
    ),
)

_IDS = ("CONTACT_ID", "OPPORTUNITY_ID", "ORGANISATION_ID", "PROJECT_ID")
_OF_WORK = (*_IDS, "LEAD_ID")


def shared(*, notes: str, members: str, staged: str, image_status: int) -> SubResources:
    """Return what v2.2 and v3 share.

    Args:
        notes, members: the letters of the methods that notes below a record, and the members of a team, take.
        staged: the resources whose records stand in a pipeline.
        image_status: what the PUT of an image is answered with.
    """
    of_files = partial(subs.Attachments, name="FileAttachments", kind=work.FILE_ATTACHMENTS)
    return dict(
        [
            *below("Teams", collection("TeamMembers", "PERMISSION_ID", "MEMBER_USER_ID", on_all=members)),
            *below(
                PARENTS,
                subs.Assignment(name="ActivitySetAssignment", on_all=methods("C")),
                children(work.EMAILS, "G"),
                children(work.EVENTS, "G"),
                children(work.NOTES, notes),
                children(work.TASKS, "G"),
                subs.Picture(
                    name="Image", on_all=methods("GD"), on_one=methods("U"), put_status=image_status
                ),
            ),
            *below(
                staged,
                subs.PipelinePosition(name="Pipeline", on_all=methods("UD")),
                subs.StagePosition(name="PipelineStage", on_all=methods("U")),
            ),
            *below(
                "Leads Opportunities Projects", subs.Mailbox(name="LinkEmailAddress", on_all=methods("G"))
            ),
            *below("Opportunities", children(work.STATE_CHANGES, "G")),
            *below(f"{PARENTS} Notes Comments", of_files(on_all=methods("GC"))),
            *below("Emails", of_files(on_all=methods("G"))),
            *below("Tasks Notes Emails", children(work.COMMENTS, "GC")),
            *below("Projects", children(sales.MILESTONES, "GCU", "D")),
            *below(f"{PARENTS} Tasks Notes Emails", subs.Following(name="Follow", on_all=methods("GCD"))),
        ]
    )


def _ends(entity: str) -> tuple[str, str]:
    return f"FIRST_{entity}_ID", f"SECOND_{entity}_ID"


SUB_RESOURCES: SubResources = {
    **shared(notes="GC", members="CU", staged="Opportunities Projects", image_status=200),
    **dict(
        [
            *below(f"{PARENTS} Emails", collection("Tags", "TAG_NAME", "TAG_NAME", on_all="C")),
            *below(PARENTS, collection("CustomFields", "CUSTOM_FIELD_ID", on_all="U", upserts=True)),
            *below(
                "Contacts Organisations",
                collection("Addresses", "ADDRESS_ID"),
                collection("ContactInfos", "CONTACT_INFO_ID"),
                collection("Dates", "DATE_ID"),
            ),
            *below(
                "Contacts",
                collection("Links", "LINK_ID", *_IDS, beside="CONTACTLINKS"),
                collection("ContactLinks", "CONTACT_LINK_ID", *_ends("CONTACT"), beside="LINKS"),
            ),
            *below(
                "Organisations",
                collection("Links", "LINK_ID", *_IDS, beside="ORGANISATIONLINKS"),
                collection("OrganisationLinks", "ORG_LINK_ID", *_ends("ORGANISATION"), beside="LINKS"),
            ),
            *below(
                "Opportunities Projects",
                collection("Links", "LINK_ID", *_IDS, "SECOND_PROJECT_ID", "SECOND_OPPORTUNITY_ID"),
            ),
            *below("Events", collection("EventLinks", "EVENT_LINK_ID", *_OF_WORK)),
            *below("Notes", collection("NoteLinks", "NOTE_LINK_ID", *_OF_WORK)),
            *below("Tasks", collection("TaskLinks", "TASK_LINK_ID", *_OF_WORK, on_all="C")),
            *below("Emails", collection("EmailLinks", "EMAIL_LINK_ID", *_OF_WORK, on_all="C")),
            *below("Opportunities", subs.StateSwitch(name="State", on_all=methods("U"))),
        ]
    ),
}


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
    sales.CONTACTS.name: {
        "email": ("EMAIL_ADDRESS", "CONTACTINFOS:EMAIL"),
        "phone_number": (
            *(field.name for field in sales.CONTACTS.fields if field.name.startswith("PHONE")),
            "CONTACTINFOS:PHONE",
        ),
        "organisation": ("ORGANISATION_ID",),
        **_NAMES,
        **_TAG,
        **_place("ADDRESS_MAIL ADDRESS_OTHER"),
    },
    sales.ORGANISATIONS.name: {
        "email": ("CONTACTINFOS:EMAIL",),
        "email_domain": ("EMAILDOMAINS.EMAIL_DOMAIN",),
        "phone_number": ("PHONE", "PHONE_FAX", "CONTACTINFOS:PHONE"),
        **_same("organisation_name"),
        **_TAG,
        **_place("ADDRESS_BILLING ADDRESS_SHIP"),
    },
    sales.LEADS.name: {
        "email": ("EMAIL",),
        "phone_number": ("PHONE", "MOBILE", "FAX"),
        "organisation": ("ORGANISATION_NAME",),
        **_NAMES,
        **_TAG,
        **_place("ADDRESS"),
    },
    sales.OPPORTUNITIES.name: {
        **_same(
            "opportunity_name opportunity_state category_id pipeline_id stage_id responsible_user_id "
            "owner_user_id forecast_close_date actual_close_date"
        ),
        **_TAG,
    },
    sales.PROJECTS.name: {
        **_same("project_name status category_id pipeline_id stage_id responsible_user_id owner_user_id"),
        **_TAG,
    },
    work.TASKS.name: _same("title status category_id owner_user_id"),
    work.EVENTS.name: _same("title owner_user_id start_date_utc end_date_utc"),
    work.NOTES.name: _same("title owner_user_id"),
    work.EMAILS.name: {**_same("email_from email_to"), **_TAG},
    USERS.name: {"email": ("EMAIL_ADDRESS",), **_NAMES},
    TEAMS.name: _same("team_name"),
}
"""The filters of each resource that has some, and where their values stand."""

_VIA = {(sales.CONTACTS.name, "organisation"): (sales.ORGANISATIONS, "ORGANISATION_NAME")}


def _filters(kind: RecordKind) -> Mapping[str, tuple[str, ...]]:
    return FILTERS.get(kind.name, {})


def search_filter(shape: Shape, query: Query) -> RecordFilter:
    """Read the one filter of a search; none is fine.

    Raises:
        TooManyFiltersError: more than one has a value, ``updated_after_utc`` counted.
        FieldError: a value does not fit its field.
    """
    filters = _filters(shape.kind)
    came = [name for name in (*filters, "updated_after_utc") if name in query and query[name].strip()]
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


V2_2 = Version(
    name="v2.2",
    shapes=shapes_of(CONTACT, ORGANISATION, LEAD, OPPORTUNITY, *WORK),
    lookups=LOOKUPS,
    sub_resources=SUB_RESOURCES,
    filters=_filters,
    search_filter=search_filter,
    replaces=True,
    on_members=methods("GCU"),
    tagged=False,
    briefs=True,
)


_COLUMN, _ALSO = "ORGANISATION_ID", "DEFAULT_LINKED_ORGANISATION"
_OWNER = "OWNER_USER_ID"
_ID = Field(name=_COLUMN, type=Integer(lowest=1))
_ROWS = frozenset({"ADDRESSES", "CONTACTINFOS"})


def _agree(sent: Sent, before: Record) -> Sent:
    """Give both names of a contact's organisation the value that a body means: of two, the one that is a change.

    Raises:
        FieldError: one is no id; both are changes, and differ.
    """
    named = {_ID.take(sent[name], name) for name in (_COLUMN, _ALSO) if name in sent}
    # A client that writes a whole record back sends both names, and has changed only one of them.
    meant = named - {before.get(_COLUMN)} if len(named) > 1 else named
    if len(meant) > 1:
        raise FieldError(_ALSO, f"what {_COLUMN} is, which names the same organisation", sent[_ALSO])
    return {**sent, **dict.fromkeys((_COLUMN, _ALSO), *meant)} if meant else sent


def _written_by_owner(shape: Shape) -> Shape:
    """Return a shape whose owner a client may write."""
    owner = shape.kind.field(_OWNER)
    return replace(
        shape,
        keys=tuple(flat(owner) if owner and key.name == _OWNER else key for key in shape.keys),
    )


def _flat(shape: Shape, columns: str, *links: Key) -> Shape:
    """Return a shape with columns before its custom fields, without rows that say the same, and with these links."""
    instead = {key.name: key for key in links}
    keys: list[Key] = []
    for key in shape.keys:
        # Columns stand where v3.1 has them, before the custom fields.
        if key.name == "CUSTOMFIELDS":
            keys += flats(shape.kind, columns)
        if key.name not in {*_ROWS, *columns.split()}:
            keys.append(instead.get(key.name, key))
    return replace(shape, keys=tuple(keys))


def _address(prefix: str, parts: str = "STREET CITY STATE POSTCODE COUNTRY") -> str:
    return " ".join(f"{prefix}_{part}" for part in parts.split())


_SHAPES = V2_2.shapes
_CONTACT = replace(
    _flat(
        _SHAPES["contacts"],
        "DATE_OF_BIRTH PHONE PHONE_HOME PHONE_MOBILE PHONE_OTHER PHONE_ASSISTANT PHONE_FAX EMAIL_ADDRESS ASSISTANT_NAME "
        f"{_address('ADDRESS_MAIL')} {_address('ADDRESS_OTHER')} {_COLUMN} TITLE",
        *LinkGraph(kind=CONTACTS, peers=CONTACT_PEERS, employs=False).keys(),
    ),
    agree=_agree,
)
_ORGANISATION = _flat(
    _SHAPES["organisations"],
    f"PHONE PHONE_FAX WEBSITE {_address('ADDRESS_BILLING', 'STREET CITY STATE COUNTRY POSTCODE')} "
    f"{_address('ADDRESS_SHIP')} EMAILDOMAINS",
    *LinkGraph(kind=ORGANISATIONS, peers=ORGANISATION_PEERS, employs=False).keys(),
)
_OPPORTUNITY = replace(
    _flat(_SHAPES["opportunities"], _COLUMN, *LinkGraph(kind=OPPORTUNITIES, employs=False).keys()),
    required=("OPPORTUNITY_NAME",),
)

V2_3 = replace(
    V2_2,
    name="v2.3",
    shapes=shapes_of(
        *map(
            _written_by_owner,
            {**_SHAPES, **shapes_of(_CONTACT, _ORGANISATION, _OPPORTUNITY)}.values(),
        )
    ),
    sub_resources={place: sub for place, sub in V2_2.sub_resources.items() if sub.name.upper() not in _ROWS},
)
