"""What is done about people and deals, and what hangs on one record and goes with it.

The first are tasks, events, notes and e-mails, the others comments, files, changes of an opportunity's state, and follows.

Source: fields from the v3.1 OpenAPI document (documented), in the order of recorded v2.1 records (observed), with what
    later versions added before the collections (assumed). What they hold when nothing was sent is that of recorded
    v2.1 tasks and e-mails (observed); that a priority left out is null, as one that is sent so, and that what hangs on a
    record goes with it, is assumed.
"""

from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import Boolean, Choice, Date, Field, Integer, Record, Text
from mock_insightly.fields.row_types import ENTITIES, LinkedName
from mock_insightly.kinds import kind as shared
from mock_insightly.kinds.kind import RecordKind

_CREATED, _UPDATED = shared.STAMPS
_REMINDER = (*shared.of(Date(), "REMINDER_DATE_UTC"), shared.starting("REMINDER_SENT", Boolean(), False))
_PUBLIC = shared.starting("PUBLICLY_VISIBLE", Boolean(), True)


def _assigned(task: Record, account: CrmAccount) -> Record:
    """Say who assigned a task that is not its owner's own: the caller.

    Source: null in all recorded v2.1 tasks, in all of which the owner is responsible (observed); that the caller stands
        there otherwise is assumed.
    """
    if task["ASSIGNED_BY_USER_ID"] is not None or task["RESPONSIBLE_USER_ID"] == task["OWNER_USER_ID"]:
        return task
    return {**task, "ASSIGNED_BY_USER_ID": account.user_id}


TASKS = RecordKind(
    child=True,
    name="Tasks",
    entity="Task",
    id_field="TASK_ID",
    hidden=frozenset({"PUBLICLY_VISIBLE", "PIPELINE_ID"}),
    derive=_assigned,
    refers=(("PROJECT_ID", "Project"), ("OPPORTUNITY_ID", "Opportunity"), ("MILESTONE_ID", "Milestone")),
    fields=(
        shared.identity("TASK_ID"),
        *shared.texts("TITLE", longest=500),
        *shared.of(Integer(lowest=1), "CATEGORY_ID"),
        *shared.of(Date(), "DUE_DATE", "COMPLETED_DATE_UTC"),
        shared.starting("COMPLETED", Boolean(), False),
        *shared.of(Integer(lowest=1), "PROJECT_ID", "OPPORTUNITY_ID", "MILESTONE_ID"),
        *shared.texts("DETAILS"),
        shared.starting(
            "STATUS",
            Choice(options=("NOT STARTED", "IN PROGRESS", "WAITING", "COMPLETED", "DEFERRED")),
            "NOT STARTED",
        ),
        *shared.of(Integer(), "PRIORITY"),
        shared.starting("PERCENT_COMPLETE", Integer(), 0),
        *shared.of(Date(), "START_DATE"),
        *shared.of(
            Integer(lowest=1), "ASSIGNED_BY_USER_ID", "PARENT_TASK_ID", "STAGE_ID", "ASSIGNED_TEAM_ID"
        ),
        shared.starting("OWNER_VISIBLE", Boolean(), False),
        *shared.of(Date(), "ASSIGNED_DATE_UTC"),
        *_REMINDER,
        Field(name="RESPONSIBLE_USER_ID", type=Integer(lowest=1), initial=shared.the_caller),
        shared.OWNER,
        *shared.STAMPS,
        *shared.of(Integer(lowest=1), "EMAIL_ID"),
        *shared.texts("RECURRENCE", longest=20),
        shared.CREATOR,
        shared.custom_rows("Task"),
        shared.LINK_ROWS,
        _PUBLIC,
        *shared.of(Integer(lowest=1), "PIPELINE_ID"),
    ),
)

EVENTS = RecordKind(
    child=True,
    name="Events",
    entity="Event",
    id_field="EVENT_ID",
    hidden=frozenset({"PUBLICLY_VISIBLE"}),
    fields=(
        shared.identity("EVENT_ID"),
        *shared.texts("TITLE", longest=500),
        *shared.texts("LOCATION", "DETAILS"),
        *shared.of(Date(), "START_DATE_UTC", "END_DATE_UTC"),
        shared.starting("ALL_DAY", Boolean(), False),
        *_REMINDER,
        shared.OWNER,
        *shared.STAMPS,
        shared.custom_rows("Event"),
        shared.LINK_ROWS,
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
        shared.identity("NOTE_ID"),
        *shared.texts("TITLE", longest=500),
        *shared.texts("BODY"),
        *shared.STAMPS,
        shared.OWNER,
        shared.LINK_ROWS,
        *shared.of(Integer(lowest=1), "LINK_SUBJECT_ID"),
        Field(name="LINK_SUBJECT_TYPE", type=LinkedName(known=tuple(map(str.upper, ENTITIES)))),
        *shared.VISIBILITY,
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
        shared.identity("EMAIL_ID"),
        *shared.texts("EMAIL_FROM", "SUBJECT"),
        *shared.of(Date(), "EMAIL_DATE_UTC"),
        shared.starting("FORMAT", Text(), "HTML"),
        shared.starting("SIZE", Integer(), 0),
        shared.OWNER,
        _CREATED,
        *shared.of(Date(), "QUEUED_SEND_DATE_UTC"),
        shared.CREATOR,
        shared.TAG_ROWS,
        shared.LINK_ROWS,
        _UPDATED,
        *shared.texts("GMAIL_MESSAGE_ID"),
        shared.starting("EMAIL_TO", Text(), ""),
        shared.starting("EMAIL_CC", Text(), ""),
        *shared.texts("BODY"),
        *shared.VISIBILITY,
    ),
)


_PARENT = ("PARENT_TYPE", "PARENT_ID")
_HIDDEN_PARENT = (*shared.assigned("PARENT_TYPE"), *shared.assigned("PARENT_ID", type_=Integer()))

COMMENTS = RecordKind(
    name="Comments",
    entity="Comment",
    id_field="COMMENT_ID",
    hidden=frozenset(_PARENT),
    parent=_PARENT,
    deleted_with_parent=True,
    child=True,
    fields=(
        shared.identity("COMMENT_ID"),
        *shared.texts("BODY"),
        shared.OWNER,
        *shared.STAMPS,
        *_HIDDEN_PARENT,
    ),
)

FILE_ATTACHMENTS = RecordKind(
    name="FileAttachments",
    entity="FileAttachment",
    id_field="FILE_ID",
    hidden=frozenset(_PARENT),
    parent=_PARENT,
    deleted_with_parent=True,
    child=True,
    fields=(
        shared.identity("FILE_ID"),
        *shared.texts("FILE_NAME", "CONTENT_TYPE"),
        *shared.of(Integer(), "FILE_SIZE"),
        *shared.of(Integer(lowest=1), "FILE_CATEGORY_ID"),
        shared.OWNER,
        *shared.STAMPS,
        *shared.assigned("URL"),
        *_HIDDEN_PARENT,
    ),
)

STATE_CHANGES = RecordKind(
    name="StateHistory",
    entity="StateChange",
    id_field="STATE_CHANGE_ID",
    hidden=frozenset({"STATE_CHANGE_ID", "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}),
    refers=(("OPPORTUNITY_ID", "Opportunity"),),
    deleted_with_parent=True,
    unlogged=True,
    fields=(
        *shared.of(Integer(), "OPPORTUNITY_ID"),
        *shared.of(Date(), "DATE_CHANGED_UTC"),
        Field(name="FOR_OPPORTUNITY_STATE", type=Text()),
        *shared.of(Integer(), "STATE_REASON_ID"),
        *shared.texts("STATE_REASON"),
        shared.identity("STATE_CHANGE_ID"),
        *shared.STAMPS,
    ),
)

FOLLOWS = RecordKind(
    name="Follows",
    entity="Follow",
    id_field="FOLLOW_ID",
    hidden=frozenset({"FOLLOW_ID", "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}),
    parent=("RECORD_TYPE", "RECORD_ID"),
    deleted_with_parent=True,
    unlogged=True,
    fields=(
        *shared.assigned("RECORD_TYPE"),
        *shared.assigned("RECORD_ID", "FOLLOW_ID", type_=Integer()),
        *shared.STAMPS,
    ),
)
