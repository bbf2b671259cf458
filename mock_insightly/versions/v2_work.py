"""What v2.2 shows of work, teams and lists.

Source: keys, in the order in which the later v2.2 OpenAPI document declares them (documented).
"""

from elements_local.kit.api.json_text import Json
from elements_local.kit.values import replace
from mock_insightly.fields.fields import Choice, Record, Sent, Text
from mock_insightly.kinds import sales, work
from mock_insightly.kinds.account import CATEGORIES, LEAD_SOURCES, LEAD_STATUSES, TEAMS, USERS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.contents import extract
from mock_insightly.versions.graph_links import LinkGraph
from mock_insightly.versions.shape import Key, Shape, methods, parent_id_key
from mock_insightly.versions.v2_records import RIGHTS, child_links, custom_fields, flats

_PROJECT = Shape(
    kind=sales.PROJECTS,
    required=("PROJECT_NAME", "STATUS"),
    keys=(
        *flats(
            sales.PROJECTS,
            "PROJECT_ID PROJECT_NAME STATUS PROJECT_DETAILS OPPORTUNITY_ID STARTED_DATE COMPLETED_DATE IMAGE_URL "
            "RESPONSIBLE_USER_ID OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC CATEGORY_ID PIPELINE_ID STAGE_ID "
            "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        custom_fields(sales.PROJECTS),
        *flats(sales.PROJECTS, "TAGS"),
        *LinkGraph(kind=sales.PROJECTS, employs=False).keys(),
        *RIGHTS,
    ),
)


def _recurrence() -> Key:
    """Return the key RECURRENCE of a task, which says ``None`` where v3 shows null.

    Source: the words, spelt so, are those of the later v2.2 OpenAPI document (documented); that others are refused, but
        for one that v3 has written, is assumed.
    """
    name, never = "RECURRENCE", "None"
    words = (
        "Daily",
        "Weekday",
        "Weekly",
        "Biweekly",
        "Monthly",
        "Bimontly",
        "Quaterly",
        "Sixmonthly",
        "Yearly",
    )
    holds = Choice(options=(never, *words))

    def take(sent: Sent, before: Record) -> Record:
        if before and sent[name] == before[name]:
            return {}
        word = never if sent[name] in (None, "") else holds.read(sent[name], name)
        return {name: None if word == never else word}

    return Key(name=name, holds=holds, show=lambda task: task[name] or never, take=take)


_TASK = Shape(
    kind=work.TASKS,
    required=("TITLE", "COMPLETED", "PUBLICLY_VISIBLE"),
    checks_task_links=True,
    keys=(
        *flats(
            work.TASKS,
            "TASK_ID TITLE CATEGORY_ID DUE_DATE COMPLETED_DATE_UTC PUBLICLY_VISIBLE COMPLETED PROJECT_ID "
            "OPPORTUNITY_ID MILESTONE_ID PIPELINE_ID STAGE_ID DETAILS STATUS PRIORITY PERCENT_COMPLETE START_DATE "
            "ASSIGNED_BY_USER_ID PARENT_TASK_ID OWNER_VISIBLE RESPONSIBLE_USER_ID ASSIGNED_TEAM_ID ASSIGNED_DATE_UTC "
            "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC REMINDER_DATE_UTC REMINDER_SENT",
        ),
        _recurrence(),
        child_links(work.TASKS, "TASKLINKS", "TASK_LINK_ID"),
        *RIGHTS,
    ),
)

_EVENT = Shape(
    kind=work.EVENTS,
    required=("TITLE", "START_DATE_UTC", "END_DATE_UTC"),
    keys=(
        *flats(
            work.EVENTS,
            "EVENT_ID TITLE LOCATION DETAILS START_DATE_UTC END_DATE_UTC ALL_DAY PUBLICLY_VISIBLE "
            "REMINDER_DATE_UTC REMINDER_SENT",
        ),
        child_links(work.EVENTS, "EVENTLINKS", "EVENT_LINK_ID"),
        *flats(work.EVENTS, "OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC"),
        *RIGHTS,
    ),
)

_NOTE = Shape(
    kind=work.NOTES,
    required=("TITLE", "LINK_SUBJECT_ID", "LINK_SUBJECT_TYPE"),
    on_all=methods("GU"),
    keys=(
        *flats(
            work.NOTES,
            "NOTE_ID TITLE BODY LINK_SUBJECT_ID LINK_SUBJECT_TYPE OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC "
            "VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        child_links(work.NOTES, "NOTELINKS", "NOTE_LINK_ID"),
        *RIGHTS,
    ),
)


def _body_extract(email: Record) -> Json:
    return extract(email["BODY"], email["FORMAT"])


def _bodies() -> tuple[Key, ...]:
    """Return the keys of an e-mail's body: by its id all of it, in lists an extract.

    Source: Insightly v2.2 OpenAPI document (documented).
    """
    (body,) = flats(work.EMAILS, "BODY")
    return (
        replace(body, in_lists=lambda email: None if email["BODY"] is None else ""),
        Key(name="BODY_EXTRACT", holds=Text(), show=_body_extract),
    )


_EMAIL = Shape(
    kind=work.EMAILS,
    on_all=methods("G"),
    on_one=methods("G"),
    keys=(
        *flats(work.EMAILS, "EMAIL_ID GMAIL_MESSAGE_ID EMAIL_DATE_UTC EMAIL_FROM EMAIL_TO EMAIL_CC SUBJECT"),
        *_bodies(),
        *flats(
            work.EMAILS,
            "FORMAT SIZE OWNER_USER_ID DATE_CREATED_UTC VISIBLE_TO VISIBLE_TEAM_ID VISIBLE_USER_IDS",
        ),
        child_links(work.EMAILS, "EMAILLINKS", "EMAIL_LINK_ID"),
        *flats(work.EMAILS, "TAGS"),
        *RIGHTS,
    ),
)


_RENAMED = {"RESPONSIBLE_USER_ID": "RESPONSIBLE_USER"}
"""What a milestone calls otherwise than v3 does."""


def _list(  # noqa: PLR0913 - a table's columns
    kind: RecordKind,
    names: str,
    on_all: str,
    on_one: str,
    *required: str,
    searched: bool = False,
    rights: bool = False,
) -> Shape:
    return Shape(
        kind=kind,
        keys=(*flats(kind, names, _RENAMED), *(RIGHTS if rights else ())),
        required=required,
        on_all=methods(on_all),
        on_one=methods(on_one),
        searched=searched,
    )


_COMMENT = Shape(
    kind=work.COMMENTS,
    on_all=methods("U"),
    searched=False,
    keys=(
        *flats(work.COMMENTS, "COMMENT_ID BODY OWNER_USER_ID"),
        *(parent_id_key(work.COMMENTS, kind) for kind in (work.NOTES, work.EMAILS, work.TASKS)),
        *flats(work.COMMENTS, "DATE_CREATED_UTC DATE_UPDATED_UTC"),
        *RIGHTS,
    ),
)

WORK = (
    _PROJECT,
    _TASK,
    _EVENT,
    _NOTE,
    _EMAIL,
    _list(
        sales.MILESTONES,
        "MILESTONE_ID PROJECT_ID TITLE DUE_DATE COMPLETED COMPLETED_DATE_UTC RESPONSIBLE_USER_ID DATE_CREATED_UTC "
        "DATE_UPDATED_UTC",
        "G",
        "",
        "TITLE",
        searched=True,
    ),
    _list(
        USERS,
        "USER_ID CONTACT_ID FIRST_NAME LAST_NAME TIMEZONE_ID EMAIL_ADDRESS EMAIL_DROPBOX_IDENTIFIER "
        "EMAIL_DROPBOX_ADDRESS ADMINISTRATOR ACCOUNT_OWNER ACTIVE DATE_CREATED_UTC DATE_UPDATED_UTC USER_CURRENCY "
        "CONTACT_DISPLAY CONTACT_ORDER TASK_WEEK_START INSTANCE_ID",
        "G",
        "G",
        searched=True,
    ),
    _list(
        TEAMS,
        "TEAM_ID TEAM_NAME ANONYMOUS_TEAM DATE_CREATED_UTC DATE_UPDATED_UTC TEAMMEMBERS",
        "GCU",
        "GD",
        "TEAM_NAME",
        searched=True,
    ),
    _list(LEAD_SOURCES, "FIELD_ORDER LEAD_SOURCE DEFAULT_VALUE LEAD_SOURCE_ID", "GCU", "D", "LEAD_SOURCE"),
    replace(
        _list(
            LEAD_STATUSES,
            "LEAD_STATUS_ID LEAD_STATUS DEFAULT_STATUS STATUS_TYPE FIELD_ORDER",
            "GCU",
            "D",
            "LEAD_STATUS",
        ),
        hides="FOR_CONVERTED",
    ),
    *(
        _list(kind, "CATEGORY_ID CATEGORY_NAME ACTIVE BACKGROUND_COLOR", "GCU", "GD", "CATEGORY_NAME")
        for kind in CATEGORIES
    ),
    _list(work.FOLLOWS, "RECORD_TYPE RECORD_ID", "G", ""),
    _COMMENT,
    _list(
        work.FILE_ATTACHMENTS,
        "FILE_ID FILE_NAME CONTENT_TYPE FILE_SIZE FILE_CATEGORY_ID OWNER_USER_ID DATE_CREATED_UTC DATE_UPDATED_UTC URL",
        "",
        "GD",
        rights=True,
    ),
    _list(
        work.STATE_CHANGES,
        "OPPORTUNITY_ID DATE_CHANGED_UTC FOR_OPPORTUNITY_STATE STATE_REASON_ID STATE_REASON",
        "",
        "",
    ),
)
