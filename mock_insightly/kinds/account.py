"""What an account has for itself: users and teams, what records choose from, and the objects that it has defined.

Source: fields and their order from recorded v2.1 records (observed), of custom objects recorded from v3.1 by the Ampersand
    connector (observed); lists are ordered by FIELD_ORDER, and the four sorts of category share one sequence of ids
    (recorded v2.1 records, observed).
"""

from elements_local.kit.caching import bounded_cache
from mock_insightly.fields.fields import Boolean, Field, Integer, Text
from mock_insightly.fields.row_types import TEAM_MEMBERS
from mock_insightly.kinds import kind as shared
from mock_insightly.kinds.kind import (
    STAMPS,
    RecordKind,
    assigned,
    identity,
    no_rows,
    of,
    starting,
    texts,
)

USERS = RecordKind(
    name="Users",
    entity="User",
    id_field="USER_ID",
    predefined=True,
    refers=(("CONTACT_ID", "Contact"),),
    fields=(
        *assigned("USER_ID", "CONTACT_ID", type_=Integer()),
        *assigned("FIRST_NAME", "LAST_NAME", "TIMEZONE_ID", "EMAIL_ADDRESS"),
        *assigned("EMAIL_DROPBOX_IDENTIFIER", "EMAIL_DROPBOX_ADDRESS"),
        *assigned("ADMINISTRATOR", "ACCOUNT_OWNER", "ACTIVE", type_=Boolean()),
        *STAMPS,
        *assigned("USER_CURRENCY", "CONTACT_DISPLAY", "CONTACT_ORDER"),
        *assigned("TASK_WEEK_START", "INSTANCE_ID", "PROFILE_ID", "ROLE_ID", type_=Integer()),
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
        starting("ANONYMOUS_TEAM", Boolean(), False),
    ),
)


_DATES = frozenset({"DATE_CREATED_UTC", "DATE_UPDATED_UTC"})
"""Every record is kept with its stamps; these show none."""

LEAD_SOURCES = RecordKind(
    name="LeadSources",
    entity="LeadSource",
    id_field="LEAD_SOURCE_ID",
    hidden=_DATES,
    order=("FIELD_ORDER",),
    predefined=True,
    used_by=("Leads", "LEAD_SOURCE_ID"),
    fields=(
        *of(Integer(), "FIELD_ORDER"),
        *texts("LEAD_SOURCE", longest=255),
        starting("DEFAULT_VALUE", Boolean(), False),
        identity("LEAD_SOURCE_ID"),
        *STAMPS,
    ),
)

LEAD_STATUSES = RecordKind(
    name="LeadStatuses",
    entity="LeadStatus",
    id_field="LEAD_STATUS_ID",
    hidden=_DATES | {"FOR_CONVERTED"},
    order=("FIELD_ORDER",),
    predefined=True,
    used_by=("Leads", "LEAD_STATUS_ID"),
    fields=(
        identity("LEAD_STATUS_ID"),
        *texts("LEAD_STATUS", longest=255),
        starting("DEFAULT_STATUS", Boolean(), False),
        starting("STATUS_TYPE", Integer(), 0),
        *of(Integer(), "FIELD_ORDER"),
        *STAMPS,
        starting("FOR_CONVERTED", Boolean(), False),
    ),
)


def _categories(name: str, entity: str, used_by: tuple[str, str]) -> RecordKind:
    return RecordKind(
        name=name,
        entity=entity,
        id_field="CATEGORY_ID",
        hidden=_DATES,
        numbers="Categories",
        predefined=True,
        used_by=used_by,
        retires="ACTIVE",
        fields=(
            identity("CATEGORY_ID"),
            *texts("CATEGORY_NAME", longest=255),
            starting("ACTIVE", Boolean(), True),
            Field(name="BACKGROUND_COLOR", type=Text(longest=6)),
            *STAMPS,
        ),
    )


FILE_CATEGORIES = _categories("FileCategories", "FileCategory", ("FileAttachments", "FILE_CATEGORY_ID"))
OPPORTUNITY_CATEGORIES = _categories(
    "OpportunityCategories", "OpportunityCategory", ("Opportunities", "CATEGORY_ID")
)
PROJECT_CATEGORIES = _categories("ProjectCategories", "ProjectCategory", ("Projects", "CATEGORY_ID"))
TASK_CATEGORIES = _categories("TaskCategories", "TaskCategory", ("Tasks", "CATEGORY_ID"))

CATEGORIES = (FILE_CATEGORIES, OPPORTUNITY_CATEGORIES, PROJECT_CATEGORIES, TASK_CATEGORIES)


@bounded_cache(128)
def custom_object(name: str) -> RecordKind:
    """Return the kind of a custom object's records.

    Args:
        name: with ``__c`` at its end.
    """
    return RecordKind(
        name=name,
        entity=name,
        id_field="RECORD_ID",
        fields=(
            shared.identity("RECORD_ID"),
            *shared.texts("RECORD_NAME", longest=255),
            shared.OWNER,
            *shared.STAMPS,
            shared.CREATOR,
            *shared.VISIBILITY,
            shared.custom_rows(name),
        ),
    )
