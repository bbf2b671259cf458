"""The kinds of record there are, each in its canonical shape: what v3.1 shows, in its order, and what it hides.

To add a kind, add a table to one of the modules here, its name to KINDS, and its shape to each version.
"""

from mock_insightly.kinds import sales, work
from mock_insightly.kinds.account import CATEGORIES, LEAD_SOURCES, LEAD_STATUSES, TEAMS, USERS, custom_object
from mock_insightly.kinds.kind import RecordKind

KINDS: tuple[RecordKind, ...] = (
    sales.CONTACTS,
    sales.ORGANISATIONS,
    sales.LEADS,
    sales.OPPORTUNITIES,
    sales.PROJECTS,
    work.TASKS,
    work.EVENTS,
    work.NOTES,
    work.EMAILS,
    sales.MILESTONES,
    USERS,
    TEAMS,
    LEAD_SOURCES,
    LEAD_STATUSES,
    *CATEGORIES,
    work.COMMENTS,
    work.FILE_ATTACHMENTS,
    work.STATE_CHANGES,
    work.FOLLOWS,
)
"""All but those of custom objects."""

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of_rows(name: str) -> RecordKind:
    """Return the kind that rows of the database name; a name that is none of these is a custom object's."""
    return _BY_NAME.get(name) or custom_object(name)
