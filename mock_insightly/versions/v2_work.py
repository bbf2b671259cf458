"""What v2.2 shows of work, teams and lists.

Source: fields and their order from recorded v2.1 records (observed), with what the v2.2 OpenAPI document adds
    (documented) where it belongs (assumed).
"""

from dataclasses import replace

from mock_insightly import kinds
from mock_insightly.kinds import RecordKind
from mock_insightly.records.extracts import extract
from mock_insightly.records.fields import Field, Record, Text, Whole, rows_of
from mock_insightly.records.row_types import TEAM_MEMBERS
from mock_insightly.versions.graph import custom_fields
from mock_insightly.versions.graph_children import child_links
from mock_insightly.versions.graph_links import LinkGraph
from mock_insightly.versions.methods import methods
from mock_insightly.versions.shape import Key, Shape
from mock_insightly.versions.v2_keys import flats
from mock_kit.api.json_text import Json

_PROJECT = Shape(
    kind=kinds.PROJECTS,
    required=("PROJECT_NAME", "STATUS"),
    keys=(
        *flats(
            kinds.PROJECTS,
            "PROJECT_ID PROJECT_NAME STATUS PROJECT_DETAILS OPPORTUNITY_ID STARTED_DATE COMPLETED_DATE IMAGE_URL "
            "RESPONSIBLE_USER_ID OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC CATEGORY_ID PIPELINE_ID STAGE_ID "
            "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        custom_fields(kinds.PROJECTS),
        *flats(kinds.PROJECTS, "TAGS"),
        *LinkGraph(kind=kinds.PROJECTS, employs=False).keys(),
    ),
)

_TASK = Shape(
    kind=kinds.TASKS,
    required=("TITLE", "STATUS", "COMPLETED", "PUBLICLY_VISIBLE", "RESPONSIBLE_USER_ID"),
    keys=(
        *flats(
            kinds.TASKS,
            "TASK_ID TITLE CATEGORY_ID DUE_DATE COMPLETED_DATE_UTC PUBLICLY_VISIBLE COMPLETED PROJECT_ID "
            "OPPORTUNITY_ID MILESTONE_ID PIPELINE_ID STAGE_ID DETAILS STATUS PRIORITY PERCENT_COMPLETE START_DATE "
            "ASSIGNED_BY_USER_ID ASSIGNED_TEAM_ID ASSIGNED_DATE_UTC PARENT_TASK_ID OWNER_VISIBLE "
            "REMINDER_DATE_UTC REMINDER_SENT RESPONSIBLE_USER_ID OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC",
        ),
        child_links(kinds.TASKS, "TASKLINKS", "TASK_LINK_ID"),
    ),
)

_EVENT = Shape(
    kind=kinds.EVENTS,
    required=("TITLE", "START_DATE_UTC", "END_DATE_UTC"),
    keys=(
        *flats(
            kinds.EVENTS,
            "EVENT_ID TITLE LOCATION DETAILS START_DATE_UTC END_DATE_UTC ALL_DAY PUBLICLY_VISIBLE "
            "REMINDER_DATE_UTC REMINDER_SENT",
        ),
        child_links(kinds.EVENTS, "EVENTLINKS", "EVENT_LINK_ID"),
        *flats(kinds.EVENTS, "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC"),
    ),
)

_NOTE = Shape(
    kind=kinds.NOTES,
    required=("TITLE",),
    on_all=methods("GU"),
    keys=(
        *flats(
            kinds.NOTES,
            "NOTE_ID TITLE BODY LINK_SUBJECT_ID LINK_SUBJECT_TYPE OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC "
            "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        child_links(kinds.NOTES, "NOTELINKS", "NOTE_LINK_ID"),
    ),
)


def body_extract(email: Record) -> Json:
    """Return the beginning of an e-mail's text."""
    return extract(email["BODY"], email["FORMAT"])


def _bodies() -> tuple[Key, ...]:
    """Return the keys of an e-mail's body: by its id all of it, in lists an extract.

    Source: Insightly v2.2 OpenAPI document (documented).
    """
    (body,) = flats(kinds.EMAILS, "BODY")
    return (
        replace(body, in_lists=lambda email: None if email["BODY"] is None else ""),
        Key(name="BODY_EXTRACT", holds=Text(), show=body_extract),
    )


_EMAIL = Shape(
    kind=kinds.EMAILS,
    on_all=methods("G"),
    on_one=methods("G"),
    keys=(
        *flats(kinds.EMAILS, "EMAIL_ID GMAIL_MESSAGE_ID EMAIL_DATE_UTC EMAIL_FROM EMAIL_TO EMAIL_CC SUBJECT"),
        *_bodies(),
        *flats(
            kinds.EMAILS,
            "FORMAT SIZE OWNER_USER_ID DATE_CREATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        *flats(kinds.EMAILS, "TAGS"),
        child_links(kinds.EMAILS, "EMAILLINKS", "EMAIL_LINK_ID"),
    ),
)


def _list(
    kind: RecordKind, names: str, on_all: str, on_one: str, *required: str, searched: bool = False
) -> Shape:
    return Shape(
        kind=kind,
        keys=flats(kind, names),
        required=required,
        on_all=methods(on_all),
        on_one=methods(on_one),
        searched=searched,
    )


def _team_members() -> Key:
    """Return the key of a team's members, of which one may be a team itself; none is here.

    Source: fields of recorded v2.1 team members (observed); MEMBER_TEAM_ID is gone in v3 (Insightly v3.1 OpenAPI
        document, documented).
    """
    (key,) = flats(kinds.TEAMS, "TEAMMEMBERS")
    team = Field(name="MEMBER_TEAM_ID", type=Whole(), assigned=True)

    def show(record: Record) -> Json:
        return [{**row, team.name: None} for row in rows_of(record, key.name)]

    return replace(
        key, holds=replace(TEAM_MEMBERS, fields=(*TEAM_MEMBERS.fields, team)), show=show, canonical=None
    )


_TEAM = _list(
    kinds.TEAMS,
    "TEAM_ID TEAM_NAME ANONYMOUS_TEAM DATE_CREATED_UTC DATE_UPDATED_UTC",
    "GCU",
    "GD",
    "TEAM_NAME",
    searched=True,
)
_TEAM = replace(_TEAM, keys=(*_TEAM.keys, _team_members()))

WORK = (
    _PROJECT,
    _TASK,
    _EVENT,
    _NOTE,
    _EMAIL,
    _list(
        kinds.MILESTONES,
        "MILESTONE_ID TITLE COMPLETED DUE_DATE OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC COMPLETED_DATE_UTC "
        "PROJECT_ID RESPONSIBLE_USER",
        "G",
        "",
        "TITLE",
        searched=True,
    ),
    _list(
        kinds.USERS,
        "USER_ID CONTACT_ID FIRST_NAME LAST_NAME TIMEZONE_ID EMAIL_ADDRESS EMAIL_DROPBOX_IDENTIFIER "
        "ADMINISTRATOR ACCOUNT_OWNER ACTIVE DATE_CREATED_UTC DATE_UPDATED_UTC USER_CURRENCY CONTACT_DISPLAY "
        "CONTACT_ORDER TASK_WEEK_START INSTANCE_ID",
        "G",
        "G",
        searched=True,
    ),
    _TEAM,
    _list(
        kinds.LEAD_SOURCES, "FIELD_ORDER LEAD_SOURCE DEFAULT_VALUE LEAD_SOURCE_ID", "GCU", "D", "LEAD_SOURCE"
    ),
    replace(
        _list(
            kinds.LEAD_STATUSES,
            "LEAD_STATUS_ID LEAD_STATUS DEFAULT_STATUS STATUS_TYPE FIELD_ORDER",
            "GCU",
            "D",
            "LEAD_STATUS",
        ),
        hides=("include_converted", "FOR_CONVERTED"),
    ),
    *(
        _list(kind, "CATEGORY_ID CATEGORY_NAME ACTIVE BACKGROUND_COLOR", "GCU", "GD", "CATEGORY_NAME")
        for kind in kinds.CATEGORIES
    ),
    _list(kinds.FOLLOWS, "RECORD_TYPE RECORD_ID", "G", ""),
    _list(kinds.COMMENTS, "COMMENT_ID BODY OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC", "U", "GD"),
    _list(
        kinds.FILE_ATTACHMENTS,
        "FILE_ID FILE_NAME CONTENT_TYPE FILE_SIZE FILE_CATEGORY_ID OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC URL",
        "",
        "GD",
    ),
    _list(
        kinds.STATE_CHANGES,
        "OPPORTUNITY_ID DATE_CHANGED_UTC FOR_OPPORTUNITY_STATE STATE_REASON_ID STATE_REASON",
        "",
        "",
    ),
)
