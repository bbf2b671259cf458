"""What is done about people and deals: tasks, events, notes, e-mails.

Source: fields from the v3.1 OpenAPI document (documented), in the order of recorded v2.1 records (observed), with what
    later versions added before the collections (assumed).
"""

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.shared_fields import (
    CREATOR,
    LINK_ROWS,
    OWNER,
    STAMPS,
    TAG_ROWS,
    VISIBLE_TEAM,
    VISIBLE_TO,
    custom_rows,
    identity,
    of,
    starting,
    texts,
    the_caller,
)
from mock_insightly.records.fields import Choice, Date, Field, Flag, Text, Whole

_CREATED, _UPDATED = STAMPS
_REMINDER = (*of(Date(), "REMINDER_DATE_UTC"), starting("REMINDER_SENT", Flag(), False))
_PUBLIC = starting("PUBLICLY_VISIBLE", Flag(), True)

TASKS = RecordKind(
    child=True,
    name="Tasks",
    entity="Task",
    id_field="TASK_ID",
    hidden=frozenset({"PUBLICLY_VISIBLE", "PIPELINE_ID"}),
    refers=(("PROJECT_ID", "Project"), ("OPPORTUNITY_ID", "Opportunity"), ("MILESTONE_ID", "Milestone")),
    fields=(
        identity("TASK_ID"),
        *texts("TITLE", longest=500),
        *of(Whole(lowest=1), "CATEGORY_ID"),
        *of(Date(), "DUE_DATE", "COMPLETED_DATE_UTC"),
        starting("COMPLETED", Flag(), False),
        *of(Whole(lowest=1), "PROJECT_ID", "OPPORTUNITY_ID", "MILESTONE_ID"),
        *texts("DETAILS"),
        starting(
            "STATUS",
            Choice(options=("NOT STARTED", "IN PROGRESS", "WAITING", "COMPLETED", "DEFERRED")),
            "NOT STARTED",
        ),
        starting("PRIORITY", Whole(), 2),
        starting("PERCENT_COMPLETE", Whole(), 0),
        *of(Date(), "START_DATE"),
        Field(name="ASSIGNED_BY_USER_ID", type=Whole(lowest=1), initial=the_caller),
        *of(Whole(lowest=1), "PARENT_TASK_ID", "STAGE_ID", "ASSIGNED_TEAM_ID"),
        starting("OWNER_VISIBLE", Flag(), True),
        *of(Date(), "ASSIGNED_DATE_UTC"),
        *_REMINDER,
        Field(name="RESPONSIBLE_USER_ID", type=Whole(lowest=1), initial=the_caller),
        OWNER,
        *STAMPS,
        *of(Whole(lowest=1), "EMAIL_ID"),
        *texts("RECURRENCE"),
        CREATOR,
        custom_rows("Task"),
        LINK_ROWS,
        _PUBLIC,
        *of(Whole(lowest=1), "PIPELINE_ID"),
    ),
)

EVENTS = RecordKind(
    child=True,
    name="Events",
    entity="Event",
    id_field="EVENT_ID",
    hidden=frozenset({"PUBLICLY_VISIBLE"}),
    fields=(
        identity("EVENT_ID"),
        *texts("TITLE", longest=500),
        *texts("LOCATION", "DETAILS"),
        *of(Date(), "START_DATE_UTC", "END_DATE_UTC"),
        starting("ALL_DAY", Flag(), False),
        *_REMINDER,
        OWNER,
        *STAMPS,
        custom_rows("Event"),
        LINK_ROWS,
        _PUBLIC,
    ),
)

NOTES = RecordKind(
    child=True,
    name="Notes",
    entity="Note",
    id_field="NOTE_ID",
    hidden=frozenset({"LINK_SUBJECT_TYPE", "LINK_SUBJECT_ID", "VISIBLE_TO", "VISIBLE_TEAM_ID"}),
    parent=("LINK_SUBJECT_TYPE", "LINK_SUBJECT_ID"),
    fields=(
        identity("NOTE_ID"),
        *texts("TITLE", longest=500),
        *texts("BODY"),
        *STAMPS,
        OWNER,
        LINK_ROWS,
        *of(Whole(lowest=1), "LINK_SUBJECT_ID"),
        Field(name="LINK_SUBJECT_TYPE", type=Text()),
        VISIBLE_TO,
        VISIBLE_TEAM,
    ),
)

EMAILS = RecordKind(
    name="Emails",
    entity="Email",
    id_field="EMAIL_ID",
    hidden=frozenset(
        {
            "DATE_UPDATED_UTC",
            "GMAIL_MESSAGE_ID",
            "EMAIL_TO",
            "EMAIL_CC",
            "BODY",
            "VISIBLE_TO",
            "VISIBLE_TEAM_ID",
        }
    ),
    fields=(
        identity("EMAIL_ID"),
        *texts("EMAIL_FROM", "SUBJECT"),
        *of(Date(), "EMAIL_DATE_UTC"),
        starting("FORMAT", Text(), "HTML"),
        starting("SIZE", Whole(), 0),
        OWNER,
        _CREATED,
        *of(Date(), "QUEUED_SEND_DATE_UTC"),
        CREATOR,
        TAG_ROWS,
        LINK_ROWS,
        _UPDATED,
        *texts("GMAIL_MESSAGE_ID", "EMAIL_TO", "EMAIL_CC", "BODY"),
        VISIBLE_TO,
        VISIBLE_TEAM,
    ),
)
