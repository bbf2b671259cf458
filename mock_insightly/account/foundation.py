"""What every account has from the start: its owner, and what records choose from.

Source: names and types of lead statuses, "Web" as a source, the order of the categories' ids (recorded v2.1 lists,
    observed); a converted status that lists hide (Insightly v2.2 OpenAPI document, documented); the rest is made up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from mock_insightly import kinds
from mock_insightly.account import users
from mock_insightly.account.account import DEFAULT_LEAD_SOURCE, CrmAccount, first_number
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record
from mock_insightly.records.stamps import created

_SOURCES = ("Web", "Phone Enquiry", "Partner Referral", "Purchased List", "Other")
_STATUSES = (
    ("NotContacted", 0, False),
    ("AttemptedContact", 0, False),
    ("Contacted", 0, False),
    ("Disqualified", 1, False),
    ("Converted", 1, True),
)
_CATEGORIES: tuple[tuple[RecordKind, tuple[str, ...]], ...] = (
    (kinds.TASK_CATEGORIES, ("Call", "E-mail", "Follow-up", "Meeting", "To-do")),
    (kinds.FILE_CATEGORIES, ("Contract", "Proposal", "Report")),
    (kinds.PROJECT_CATEGORIES, ("Consulting", "Implementation", "Support")),
    (kinds.OPPORTUNITY_CATEGORIES, ("New Business", "Renewal", "Upsell")),
)
_COLOURS = ("4E9258", "3090C7", "C35817", "6C2DC7", "7F5217")


def foundation(
    account: CrmAccount, *, since: datetime, next_contact: Callable[[], int] | None = None
) -> Iterator[tuple[RecordKind, list[Record]]]:
    """Yield the records of each kind, with the first ids of their sequences.

    Args:
        next_contact: says which id the next contact has; None if the owner is no contact.
    """
    owner = users.owner(account, since=since, contact_id=next_contact() if next_contact else None)
    yield kinds.USERS, [owner]
    if next_contact:
        yield kinds.CONTACTS, [users.as_contact(account, owner, since=since)]
    skipped = 0
    for kind, rows in _lists():
        first = first_number(account.seed, kind.numbers or kind.name) + (skipped if kind.numbers else 0)
        yield (
            kind,
            [
                created(kind, fields, record_id=first + at, account=account, now=since)
                for at, fields in enumerate(rows)
            ],
        )
        skipped += len(rows) if kind.numbers else 0


def _lists() -> Iterator[tuple[RecordKind, list[Record]]]:
    yield (
        kinds.LEAD_SOURCES,
        [
            {"FIELD_ORDER": place, "LEAD_SOURCE": name, "DEFAULT_VALUE": place == DEFAULT_LEAD_SOURCE}
            for place, name in enumerate(_SOURCES, start=1)
        ],
    )
    yield (
        kinds.LEAD_STATUSES,
        [
            {
                "LEAD_STATUS": name,
                "DEFAULT_STATUS": place == 1,
                "STATUS_TYPE": type_,
                "FIELD_ORDER": place,
                "FOR_CONVERTED": converted,
            }
            for place, (name, type_, converted) in enumerate(_STATUSES, start=1)
        ],
    )
    for kind, names in _CATEGORIES:
        colours = zip(names, _COLOURS, strict=False)
        yield kind, [{"CATEGORY_NAME": name, "BACKGROUND_COLOR": colour} for name, colour in colours]
