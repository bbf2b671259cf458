"""What others choose from, and an account may change: lead sources, lead statuses, categories.

Source: fields and their order from recorded v2.1 records (observed); lists are ordered by FIELD_ORDER (the same); that
    the four sorts of category share one sequence of ids (the same).
"""

from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.shared_fields import STAMPS, identity, of, starting, texts
from mock_insightly.records.fields import Field, Flag, Text, Whole

_DATES = frozenset({"DATE_CREATED_UTC", "DATE_UPDATED_UTC"})
"""Every record is kept with its stamps; these show none."""

LEAD_SOURCES = RecordKind(
    name="LeadSources",
    entity="LeadSource",
    id_field="LEAD_SOURCE_ID",
    hidden=_DATES,
    order=("FIELD_ORDER",),
    founded=True,
    used_by=("Leads", "LEAD_SOURCE_ID"),
    fields=(
        *of(Whole(), "FIELD_ORDER"),
        *texts("LEAD_SOURCE", longest=255),
        starting("DEFAULT_VALUE", Flag(), False),
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
    founded=True,
    used_by=("Leads", "LEAD_STATUS_ID"),
    fields=(
        identity("LEAD_STATUS_ID"),
        *texts("LEAD_STATUS", longest=255),
        starting("DEFAULT_STATUS", Flag(), False),
        starting("STATUS_TYPE", Whole(), 0),
        *of(Whole(), "FIELD_ORDER"),
        *STAMPS,
        starting("FOR_CONVERTED", Flag(), False),
    ),
)


def _categories(name: str, entity: str, used_by: tuple[str, str]) -> RecordKind:
    return RecordKind(
        name=name,
        entity=entity,
        id_field="CATEGORY_ID",
        hidden=_DATES,
        numbers="Categories",
        founded=True,
        used_by=used_by,
        retires="ACTIVE",
        fields=(
            identity("CATEGORY_ID"),
            *texts("CATEGORY_NAME", longest=255),
            starting("ACTIVE", Flag(), True),
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
