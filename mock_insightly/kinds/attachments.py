"""What hangs on one record and goes with it: comments, files, changes of an opportunity's state, follows.

Source: fields and their order from recorded v2.1 records (observed) and the v3.1 OpenAPI document (documented); that it
    goes with its record is assumed.
"""

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.shared_fields import OWNER, STAMPS, assigned, identity, of, texts
from mock_insightly.records.fields import Date, Field, Text, Whole

_PARENT = ("PARENT_TYPE", "PARENT_ID")
_HIDDEN_PARENT = (*assigned("PARENT_TYPE"), *assigned("PARENT_ID", type_=Whole()))

COMMENTS = RecordKind(
    name="Comments",
    entity="Comment",
    id_field="COMMENT_ID",
    hidden=frozenset(_PARENT),
    parent=_PARENT,
    mortal=True,
    child=True,
    fields=(identity("COMMENT_ID"), *texts("BODY"), OWNER, *STAMPS, *_HIDDEN_PARENT),
)

FILE_ATTACHMENTS = RecordKind(
    name="FileAttachments",
    entity="FileAttachment",
    id_field="FILE_ID",
    hidden=frozenset(_PARENT),
    parent=_PARENT,
    mortal=True,
    child=True,
    fields=(
        identity("FILE_ID"),
        *texts("FILE_NAME", "CONTENT_TYPE"),
        *of(Whole(), "FILE_SIZE"),
        *of(Whole(lowest=1), "FILE_CATEGORY_ID"),
        OWNER,
        *STAMPS,
        *assigned("URL"),
        *_HIDDEN_PARENT,
    ),
)

STATE_CHANGES = RecordKind(
    name="StateHistory",
    entity="StateChange",
    id_field="STATE_CHANGE_ID",
    hidden=frozenset({"STATE_CHANGE_ID", "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}),
    refers=(("OPPORTUNITY_ID", "Opportunity"),),
    mortal=True,
    quiet=True,
    fields=(
        *of(Whole(), "OPPORTUNITY_ID"),
        *of(Date(), "DATE_CHANGED_UTC"),
        Field(name="FOR_OPPORTUNITY_STATE", type=Text()),
        *of(Whole(), "STATE_REASON_ID"),
        *texts("STATE_REASON"),
        identity("STATE_CHANGE_ID"),
        *STAMPS,
    ),
)

FOLLOWS = RecordKind(
    name="Follows",
    entity="Follow",
    id_field="FOLLOW_ID",
    hidden=frozenset({"FOLLOW_ID", "DATE_CREATED_UTC", "DATE_UPDATED_UTC"}),
    parent=("RECORD_TYPE", "RECORD_ID"),
    mortal=True,
    quiet=True,
    fields=(
        *assigned("RECORD_TYPE"),
        *assigned("RECORD_ID", "FOLLOW_ID", type_=Whole()),
        *STAMPS,
    ),
)
