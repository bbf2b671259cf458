"""Records as v2.1 shows them: the graphs of v2.2 in another order, with links to what hangs on them.

Source: keys and their order from recorded v2.1 exchanges, as is which arrays are null, empty or filled in a list, by an
    id, and in the answer to a POST or PUT (observed); that a lead by its id shows what hangs on it is assumed, as nothing
    hung on those on record.
"""

from mock_insightly import kinds
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Field, Record, Rows, Sent, Whole, sent_rows
from mock_insightly.records.row_types import ADDRESSES, ENTITIES, TEAM_MEMBERS
from mock_insightly.records.rules import MEMBER_TEAM, refuse_team
from mock_insightly.versions.shape import Key, Shape, Show, methods, shapes_of
from mock_insightly.versions.v2_keys import RIGHTS, child_links, flats
from mock_insightly.versions.v2_records import (
    CONTACT,
    CONTACTS_ADDRESSES,
    CONTACTS_INFOS,
    LEAD,
    OPPORTUNITY,
    ORGANISATION,
    ORGANISATIONS_ADDRESSES,
    ORGANISATIONS_INFOS,
)
from mock_insightly.versions.v2_work import WORK, body_extract
from mock_kit.api.json_text import Json
from mock_kit.values import replace

_WORK = shapes_of(*WORK)


def _arranged(shape: Shape, names: str, *more: Key) -> Shape:
    """Return a shape with these keys in this order; those that it does not have, or otherwise, are given."""
    keys = {key.name: key for key in (*shape.keys, *more)}
    return replace(shape, keys=tuple(keys[name] for name in names.split()), searched=False)


def _without_rights(shape: Shape) -> Shape:
    return replace(shape, keys=tuple(key for key in shape.keys if key not in RIGHTS), searched=False)


def _looked_up(name: str, child: RecordKind, links: str, number: str, in_lists: Show | None = None) -> Key:
    """Return the key of links to records of another kind, which are looked up when a record is shown by its id.

    Args:
        links, number: the other kind's key of links, and what numbers one of them.
        in_lists: what lists show in their place, if it is not null.
    """
    holds = child_links(child, links, number).holds
    return Key(name=name, holds=holds, show=_null, collection=True, child=(child, links), in_lists=in_lists)


def _null(_record: Record) -> Json:
    return None


def _none(_record: Record) -> Json:
    return []


def _subject() -> Key:
    """Return the key of the kind of record that a note is about.

    Source: ``Contact`` in recorded v2.1 notes by their id and in lists, ``CONTACT`` in the answer to a POST (observed).
    """
    key = _WORK["notes"].key("LINK_SUBJECT_TYPE")
    words: dict[Json, str] = {name.upper(): name for name in ENTITIES}

    def show(note: Record) -> Json:
        return words.get(note[key.name], note[key.name])

    return replace(key, show=show, canonical=None)


def _in_capitals(note: Record) -> Record:
    of = note["LINK_SUBJECT_TYPE"]
    return {**note, "LINK_SUBJECT_TYPE": of.upper() if isinstance(of, str) else of}


def _team_members() -> Key:
    """Return the key of a team's members, which shows none of them: they have a list of their own.

    Source: empty in all recorded v2.1 teams, fields of those in that list (observed), where MEMBER_TEAM_ID stands for a
        team that is a member, as none is here; that an update which brings none leaves them alone, as a team is written
        back without them, is assumed.
    """
    members = _WORK["teams"].key("TEAMMEMBERS")
    team = Field(name=MEMBER_TEAM, type=Whole(), assigned=True)

    def take(sent: Sent, before: Record) -> Record:
        for row, place in sent_rows(sent[members.name], members.name):
            refuse_team(row, f"{place}.{MEMBER_TEAM}")
        return (
            {}
            if before and not sent[members.name]
            else {members.name: TEAM_MEMBERS.read(sent[members.name], members.name)}
        )

    holds = replace(TEAM_MEMBERS, fields=(*TEAM_MEMBERS.fields, team))
    return replace(members, holds=holds, show=_none, take=take, canonical=None)


_EMAILS = _looked_up("EMAILLINKS", kinds.EMAILS, "EMAILLINKS", "EMAIL_LINK_ID")
_FILES = Key(
    name="FILE_ATTACHMENTS",
    holds=Rows(fields=kinds.FILE_ATTACHMENTS.fields),
    show=_null,
    collection=True,
    child=(kinds.FILE_ATTACHMENTS, ""),
    in_lists=_none,
)

_CONTACT = replace(
    _arranged(
        CONTACT,
        "CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION "
        "DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS CUSTOMFIELDS ADDRESSES "
        "CONTACTINFOS DATES TAGS LINKS CONTACTLINKS EMAILLINKS",
        replace(CONTACTS_ADDRESSES, rows=ADDRESSES).key(),
        replace(CONTACTS_INFOS, flat=frozenset(), subtypes=True).key(),
        _EMAILS,
    ),
    order=("FIRST_NAME", "LAST_NAME"),
)
_ORGANISATION = replace(
    _arranged(
        ORGANISATION,
        "ORGANISATION_ID ORGANISATION_NAME BACKGROUND IMAGE_URL OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC "
        "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS CUSTOMFIELDS ADDRESSES CONTACTINFOS DATES TAGS LINKS "
        "ORGANISATIONLINKS EMAILLINKS",
        replace(ORGANISATIONS_INFOS, flat=frozenset(), subtypes=True).key(),
        replace(ORGANISATIONS_ADDRESSES, rows=ADDRESSES, null=False).key(),
        _EMAILS,
    ),
    order=("ORGANISATION_NAME",),
    upserts=True,
    replies=dict.fromkeys(("POST", "PUT"), lambda shown: {**shown, "IMAGE_URL": None, "EMAILLINKS": None}),
)
_LEAD = replace(
    _arranged(
        LEAD,
        "LEAD_ID SALUTATION TITLE FIRST_NAME LAST_NAME ORGANIZATION_NAME PHONE_NUMBER MOBILE_PHONE_NUMBER FAX_NUMBER "
        "EMAIL_ADDRESS WEBSITE_URL OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC CONVERTED CONVERTED_DATE_UTC "
        "CONVERTED_CONTACT_ID CONVERTED_ORGANIZATION_ID CONVERTED_OPPORTUNITY_ID VISIBLE_TO RESPONSIBLE_USER_ID "
        "INDUSTRY LEAD_STATUS_ID LEAD_SOURCE_ID VISIBLE_TEAM_ID EMPLOYEE_COUNT LEAD_RATING LEAD_DESCRIPTION "
        "VISIBLE_USER_IDS CUSTOMFIELDS ADDRESS_STREET ADDRESS_CITY ADDRESS_STATE ADDRESS_POSTCODE ADDRESS_COUNTRY "
        "TAGS EMAIL_LINKS EVENT_LINKS TASK_LINKS NOTE_LINKS FILE_ATTACHMENTS IMAGE_URL",
        _looked_up("EMAIL_LINKS", kinds.EMAILS, "EMAILLINKS", "EMAIL_LINK_ID", _none),
        _looked_up("EVENT_LINKS", kinds.EVENTS, "EVENTLINKS", "EVENT_LINK_ID", _none),
        _looked_up("TASK_LINKS", kinds.TASKS, "TASKLINKS", "TASK_LINK_ID", _none),
        _looked_up("NOTE_LINKS", kinds.NOTES, "NOTELINKS", "NOTE_LINK_ID", _none),
        _FILES,
    ),
    hides=("includeconverted", "CONVERTED"),
)
_OPPORTUNITY = replace(
    _arranged(
        OPPORTUNITY,
        "OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS PROBABILITY BID_CURRENCY BID_AMOUNT BID_TYPE BID_DURATION "
        "FORECAST_CLOSE_DATE CATEGORY_ID PIPELINE_ID STAGE_ID OPPORTUNITY_STATE IMAGE_URL RESPONSIBLE_USER_ID "
        "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS CUSTOMFIELDS TAGS "
        "LINKS EMAILLINKS",
        *flats(kinds.OPPORTUNITIES, "PIPELINE_ID STAGE_ID", writable=True),
        _EMAILS,
    ),
    upserts=True,
)
_PROJECT = replace(
    _arranged(
        _WORK["projects"],
        "PROJECT_ID PROJECT_NAME STATUS PROJECT_DETAILS OPPORTUNITY_ID STARTED_DATE COMPLETED_DATE IMAGE_URL "
        "RESPONSIBLE_USER_ID OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC CATEGORY_ID PIPELINE_ID STAGE_ID "
        "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS CUSTOMFIELDS TAGS LINKS EMAILLINKS",
        *flats(kinds.PROJECTS, "PIPELINE_ID STAGE_ID", writable=True),
        _EMAILS,
    ),
    at_first=lambda given: {**given, "STARTED_DATE": None},
)
_TASK = replace(
    _arranged(
        _WORK["tasks"],
        "TASK_ID Title CATEGORY_ID DUE_DATE COMPLETED_DATE_UTC PUBLICLY_VISIBLE COMPLETED PROJECT_ID DETAILS STATUS "
        "PRIORITY PERCENT_COMPLETE START_DATE ASSIGNED_BY_USER_ID PARENT_TASK_ID OWNER_VISIBLE RESPONSIBLE_USER_ID "
        "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC TASKLINKS",
        *flats(kinds.TASKS, "Title", {"Title": "TITLE"}),
    ),
    required=("Title", "COMPLETED", "PUBLICLY_VISIBLE"),
    minds_places=False,
    stamps=("DATE_CREATED_UTC", "DATE_UPDATED_UTC"),
)
_NOTE = replace(
    _arranged(
        _WORK["notes"],
        "NOTE_ID TITLE BODY LINK_SUBJECT_ID LINK_SUBJECT_TYPE OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC "
        "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS FILE_ATTACHMENTS NOTELINKS",
        _subject(),
        _FILES,
    ),
    on_all=methods("GCU"),
    required=("TITLE",),
    replies={"POST": _in_capitals},
)
_EMAIL = replace(
    _arranged(
        _WORK["emails"],
        "EMAIL_ID GMAIL_MESSAGE_ID EMAIL_DATE_UTC EMAIL_FROM EMAIL_TO EMAIL_CC SUBJECT BODY FORMAT SIZE OWNER_USER_ID "
        "DATE_CREATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS FILE_ATTACHMENTS EMAILLINKS",
        replace(_WORK["emails"].key("BODY"), in_lists=body_extract),
        _FILES,
    ),
    on_one=methods("GD"),
)
_TEAM = _arranged(
    _WORK["teams"],
    "TEAM_ID TEAM_NAME ANONYMOUS_TEAM DATE_CREATED_UTC DATE_UPDATED_UTC TEAMMEMBERS",
    _team_members(),
)
_USER = _arranged(
    _WORK["users"],
    "USER_ID CONTACT_ID FIRST_NAME LAST_NAME TIMEZONE_ID EMAIL_ADDRESS EMAIL_DROPBOX_IDENTIFIER ADMINISTRATOR "
    "ACCOUNT_OWNER ACTIVE DATE_CREATED_UTC DATE_UPDATED_UTC USER_CURRENCY CONTACT_DISPLAY CONTACT_ORDER "
    "TASK_WEEK_START INSTANCE_ID",
)
_COMMENT = replace(
    _arranged(
        _WORK["comments"],
        "COMMENT_ID BODY OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC FILE_ATTACHMENTS",
        _FILES,
    ),
    replies={"POST": lambda shown: {**shown, "FILE_ATTACHMENTS": None}},
)

_SAME = (
    "leadsources",
    "filecategories",
    "opportunitycategories",
    "projectcategories",
    "taskcategories",
    "statehistory",
)

SHAPES = shapes_of(
    replace(_CONTACT, required=()),
    _ORGANISATION,
    _LEAD,
    _OPPORTUNITY,
    _PROJECT,
    _TASK,
    _without_rights(_WORK["events"]),
    _NOTE,
    _EMAIL,
    _COMMENT,
    replace(_without_rights(_WORK["fileattachments"]), on_one=methods("G")),
    replace(_TEAM, stamps=()),
    _USER,
    replace(_WORK["leadstatuses"], hides=("includeconverted", "FOR_CONVERTED")),
    *(replace(_WORK[name], searched=False) for name in _SAME),
)
