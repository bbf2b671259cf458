"""Records as v2.1 shows them: the graphs of v2.2 in another order, with links to what hangs on them.

Source: keys and their order from recorded v2.1 exchanges (observed).
"""

from dataclasses import replace

from mock_insightly import kinds
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record, Rows
from mock_insightly.versions.graph_children import child_links
from mock_insightly.versions.methods import methods
from mock_insightly.versions.shape import Key, Shape, shapes_of
from mock_insightly.versions.v2_keys import flats
from mock_insightly.versions.v2_records import (
    CONTACT,
    CONTACTS_INFOS,
    LEAD,
    OPPORTUNITY,
    ORGANISATION,
    ORGANISATIONS_ADDRESSES,
    ORGANISATIONS_INFOS,
)
from mock_insightly.versions.v2_work import WORK, body_extract

_WORK = shapes_of(*WORK)


def _arranged(shape: Shape, names: str, *more: Key) -> Shape:
    """Return a shape with these keys in this order; those that it does not have, or otherwise, are given."""
    keys = {key.name: key for key in (*shape.keys, *more)}
    return replace(shape, keys=tuple(keys[name] for name in names.split()), searched=False)


def _looked_up(name: str, child: RecordKind, links: str, number: str) -> Key:
    """Return the key of links to records of another kind, which are looked up when a record is shown.

    Args:
        links, number: the other kind's key of links, and what numbers one of them.
    """
    holds = child_links(child, links, number).holds
    return Key(name=name, holds=holds, show=lambda _record: None, collection=True, child=(child, links))


def _in_capitals(note: Record) -> Record:
    """Return a new note with the kind of record that it is about in capitals, which an update leaves as it came."""
    of = note["LINK_SUBJECT_TYPE"]
    return {**note, "LINK_SUBJECT_TYPE": of.upper() if isinstance(of, str) else of}


_EMAILS = _looked_up("EMAILLINKS", kinds.EMAILS, "EMAILLINKS", "EMAIL_LINK_ID")
_FILES = Key(
    name="FILE_ATTACHMENTS",
    holds=Rows(fields=kinds.FILE_ATTACHMENTS.fields),
    show=lambda _record: None,
    collection=True,
    child=(kinds.FILE_ATTACHMENTS, ""),
)

_CONTACT = replace(
    _arranged(
        CONTACT,
        "CONTACT_ID SALUTATION FIRST_NAME LAST_NAME BACKGROUND IMAGE_URL DEFAULT_LINKED_ORGANISATION "
        "DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS CUSTOMFIELDS ADDRESSES "
        "CONTACTINFOS DATES TAGS LINKS CONTACTLINKS EMAILLINKS",
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
        ORGANISATIONS_ADDRESSES.key(),
        _EMAILS,
    ),
    order=("ORGANISATION_NAME",),
    upserts=True,
    bare_replies=True,
)
_LEAD = replace(
    _arranged(
        LEAD,
        "LEAD_ID SALUTATION TITLE FIRST_NAME LAST_NAME ORGANIZATION_NAME PHONE_NUMBER MOBILE_PHONE_NUMBER FAX_NUMBER "
        "EMAIL_ADDRESS WEBSITE_URL OWNER_USER_ID RESPONSIBLE_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC CONVERTED "
        "CONVERTED_DATE_UTC CONVERTED_CONTACT_ID CONVERTED_ORGANIZATION_ID CONVERTED_OPPORTUNITY_ID LEAD_STATUS_ID "
        "LEAD_SOURCE_ID INDUSTRY EMPLOYEE_COUNT LEAD_RATING LEAD_DESCRIPTION VISIBLE_TO VISIBLE_TEAM_ID "
        "VISIBLE_USER_IDS ADDRESS_STREET ADDRESS_CITY ADDRESS_STATE ADDRESS_POSTCODE ADDRESS_COUNTRY CUSTOMFIELDS "
        "TAGS EMAIL_LINKS EVENT_LINKS TASK_LINKS NOTE_LINKS FILE_ATTACHMENTS IMAGE_URL",
        _looked_up("EMAIL_LINKS", kinds.EMAILS, "EMAILLINKS", "EMAIL_LINK_ID"),
        _looked_up("EVENT_LINKS", kinds.EVENTS, "EVENTLINKS", "EVENT_LINK_ID"),
        _looked_up("TASK_LINKS", kinds.TASKS, "TASKLINKS", "TASK_LINK_ID"),
        _looked_up("NOTE_LINKS", kinds.NOTES, "NOTELINKS", "NOTE_LINK_ID"),
        _FILES,
    ),
    hides=("includeconverted", "CONVERTED"),
)
_OPPORTUNITY = replace(
    _arranged(
        OPPORTUNITY,
        "OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_DETAILS OPPORTUNITY_STATE RESPONSIBLE_USER_ID OWNER_USER_ID "
        "BID_CURRENCY BID_AMOUNT BID_TYPE BID_DURATION PROBABILITY FORECAST_CLOSE_DATE CATEGORY_ID PIPELINE_ID "
        "STAGE_ID IMAGE_URL DATE_CREATED_UTC DATE_UPDATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS "
        "CUSTOMFIELDS TAGS LINKS EMAILLINKS",
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
    required=("Title", "STATUS", "COMPLETED", "PUBLICLY_VISIBLE", "RESPONSIBLE_USER_ID"),
    stamps=("DATE_CREATED_UTC", "DATE_UPDATED_UTC"),
)
_NOTE = replace(
    _arranged(
        _WORK["notes"],
        "NOTE_ID TITLE BODY LINK_SUBJECT_ID LINK_SUBJECT_TYPE OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC "
        "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS FILE_ATTACHMENTS NOTELINKS",
        _FILES,
    ),
    on_all=methods("GCU"),
    at_first=_in_capitals,
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
    replace(_WORK["teams"].key("TEAMMEMBERS"), in_lists=lambda _record: []),
)
_COMMENT = replace(
    _arranged(
        _WORK["comments"],
        "COMMENT_ID BODY OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC FILE_ATTACHMENTS",
        _FILES,
    ),
    bare_replies=True,
)

_SAME = (
    "users",
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
    replace(_WORK["events"], searched=False),
    _NOTE,
    _EMAIL,
    _COMMENT,
    replace(_WORK["fileattachments"], on_one=methods("G")),
    replace(_TEAM, stamps=()),
    replace(_WORK["leadstatuses"], hides=("includeconverted", "FOR_CONVERTED")),
    *(replace(_WORK[name], searched=False) for name in _SAME),
)
