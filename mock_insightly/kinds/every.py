"""All kinds of record."""

from mock_insightly.kinds.attachments import COMMENTS, FILE_ATTACHMENTS, FOLLOWS, STATE_CHANGES
from mock_insightly.kinds.custom import custom_object
from mock_insightly.kinds.deals import MILESTONES, OPPORTUNITIES, PROJECTS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.lists import CATEGORIES, LEAD_SOURCES, LEAD_STATUSES
from mock_insightly.kinds.members import TEAMS, USERS
from mock_insightly.kinds.people import CONTACTS, LEADS, ORGANISATIONS
from mock_insightly.kinds.work import EMAILS, EVENTS, NOTES, TASKS

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
