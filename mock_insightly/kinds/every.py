"""All kinds of record, but those of custom objects."""

from mock_insightly.kinds.attachments import COMMENTS, FILE_ATTACHMENTS, FOLLOWS, STATE_CHANGES
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
