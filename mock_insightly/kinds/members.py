"""Who works with the account: users and teams."""

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.shared_fields import STAMPS, assigned, identity, no_rows, starting, texts
from mock_insightly.records.fields import Field, Flag, Whole
from mock_insightly.records.row_types import TEAM_MEMBERS

USERS = RecordKind(
    name="Users",
    entity="User",
    id_field="USER_ID",
    founded=True,
    refers=(("CONTACT_ID", "Contact"),),
    fields=(
        *assigned("USER_ID", "CONTACT_ID", type_=Whole()),
        *assigned("FIRST_NAME", "LAST_NAME", "TIMEZONE_ID", "EMAIL_ADDRESS"),
        *assigned("EMAIL_DROPBOX_IDENTIFIER", "EMAIL_DROPBOX_ADDRESS"),
        *assigned("ADMINISTRATOR", "ACCOUNT_OWNER", "ACTIVE", type_=Flag()),
        *STAMPS,
        *assigned("USER_CURRENCY", "CONTACT_DISPLAY", "CONTACT_ORDER"),
        *assigned("TASK_WEEK_START", "INSTANCE_ID", "PROFILE_ID", "ROLE_ID", type_=Whole()),
    ),
)

TEAMS = RecordKind(
    name="Teams",
    entity="Team",
    id_field="TEAM_ID",
    fields=(
        identity("TEAM_ID"),
        *texts("TEAM_NAME", longest=255),
        *STAMPS,
        Field(name="TEAMMEMBERS", type=TEAM_MEMBERS, initial=no_rows),
        starting("ANONYMOUS_TEAM", Flag(), False),
    ),
)
