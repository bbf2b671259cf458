"""The kinds of record there are, each in its canonical shape: what v3.1 shows, in its order, and what it hides.

To add a kind, add a table to one of the modules here and its shape to each version.
"""

from mock_insightly.kinds.account import (
    CATEGORIES,
    FILE_CATEGORIES,
    LEAD_SOURCES,
    LEAD_STATUSES,
    OPPORTUNITY_CATEGORIES,
    PROJECT_CATEGORIES,
    TASK_CATEGORIES,
    TEAMS,
    USERS,
    custom_object,
)
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import (
    CONTACTS,
    LEADS,
    MILESTONES,
    OPPORTUNITIES,
    ORGANISATIONS,
    PER_UNIT,
    PROJECTS,
    opportunity_value,
)
from mock_insightly.kinds.work import (
    COMMENTS,
    EMAILS,
    EVENTS,
    FILE_ATTACHMENTS,
    FOLLOWS,
    NOTES,
    STATE_CHANGES,
    TASKS,
)

__all__ = [
    "CATEGORIES",
    "COMMENTS",
    "CONTACTS",
    "EMAILS",
    "EVENTS",
    "FILE_ATTACHMENTS",
    "FILE_CATEGORIES",
    "FOLLOWS",
    "KINDS",
    "LEADS",
    "LEAD_SOURCES",
    "LEAD_STATUSES",
    "MILESTONES",
    "NOTES",
    "OPPORTUNITIES",
    "OPPORTUNITY_CATEGORIES",
    "ORGANISATIONS",
    "PER_UNIT",
    "PROJECTS",
    "PROJECT_CATEGORIES",
    "STATE_CHANGES",
    "TASKS",
    "TASK_CATEGORIES",
    "TEAMS",
    "USERS",
    "RecordKind",
    "custom_object",
    "kind_of_rows",
    "opportunity_value",
]

KINDS: tuple[RecordKind, ...] = (
    CONTACTS,
    ORGANISATIONS,
    LEADS,
    OPPORTUNITIES,
    PROJECTS,
    TASKS,
    EVENTS,
    NOTES,
    EMAILS,
    MILESTONES,
    USERS,
    TEAMS,
    LEAD_SOURCES,
    LEAD_STATUSES,
    *CATEGORIES,
    COMMENTS,
    FILE_ATTACHMENTS,
    STATE_CHANGES,
    FOLLOWS,
)
"""All but those of custom objects."""

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of_rows(name: str) -> RecordKind:
    """Return the kind that rows of the database name; a name that is none of these is a custom object's."""
    return _BY_NAME.get(name) or custom_object(name)
