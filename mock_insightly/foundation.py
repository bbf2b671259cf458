"""What every account has from the start: its owner, and what records choose from.

Source: names and types of lead statuses, "Web" as a source, the order of the categories' ids (recorded v2.1 lists,
    observed); a converted status that lists hide (Insightly v2.2 OpenAPI document, documented); the rest is made up.
"""

from collections.abc import Iterator
from datetime import datetime

from mock_insightly import users
from mock_insightly.account import DEFAULT_LEAD_SOURCE, Account, first_number
from mock_insightly.fields import Record
from mock_insightly.kinds import (
    FILE_CATEGORIES,
    LEAD_SOURCES,
    LEAD_STATUSES,
    OPPORTUNITY_CATEGORIES,
    PROJECT_CATEGORIES,
    TASK_CATEGORIES,
    USERS,
    Kind,
)
from mock_insightly.records import created

_SOURCES = ("Web", "Phone Enquiry", "Partner Referral", "Purchased List", "Other")
_STATUSES = (
    ("NotContacted", 0, False),
    ("AttemptedContact", 0, False),
    ("Contacted", 0, False),
    ("Disqualified", 1, False),
    ("Converted", 1, True),
)
_CATEGORIES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (TASK_CATEGORIES, ("Call", "E-mail", "Follow-up", "Meeting", "To-do")),
    (FILE_CATEGORIES, ("Contract", "Proposal", "Report")),
    (PROJECT_CATEGORIES, ("Consulting", "Implementation", "Support")),
    (OPPORTUNITY_CATEGORIES, ("New Business", "Renewal", "Upsell")),
)
_COLOURS = ("4E9258", "3090C7", "C35817", "6C2DC7", "7F5217")


def foundation(account: Account, *, since: datetime) -> Iterator[tuple[Kind, list[Record]]]:
    """Yield the records of each kind, with the first ids of their sequences."""
    yield USERS, [users.owner(account, since=since)]
    yield LEAD_SOURCES, _numbered(account, LEAD_SOURCES, since, [*_sources()])
    yield LEAD_STATUSES, _numbered(account, LEAD_STATUSES, since, [*_statuses()])
    skipped = 0
    for kind, names in _CATEGORIES:
        yield kind, _numbered(account, kind, since, [*_categories(names)], skipped=skipped)
        skipped += len(names)


def _sources() -> Iterator[Record]:
    for place, name in enumerate(_SOURCES, start=1):
        yield {"FIELD_ORDER": place, "LEAD_SOURCE": name, "DEFAULT_VALUE": place == DEFAULT_LEAD_SOURCE}


def _statuses() -> Iterator[Record]:
    for place, (name, type_, converted) in enumerate(_STATUSES, start=1):
        yield {
            "LEAD_STATUS": name,
            "DEFAULT_STATUS": place == 1,
            "STATUS_TYPE": type_,
            "FIELD_ORDER": place,
            "FOR_CONVERTED": converted,
        }


def _categories(names: tuple[str, ...]) -> Iterator[Record]:
    for name, colour in zip(names, _COLOURS, strict=False):
        yield {"CATEGORY_NAME": name, "BACKGROUND_COLOR": colour}


def _numbered(
    account: Account, kind: Kind, since: datetime, given: list[Record], *, skipped: int = 0
) -> list[Record]:
    first = first_number(account.seed, kind.numbers or kind.name) + skipped
    return [
        created(kind, fields, record_id=first + at, account=account, now=since)
        for at, fields in enumerate(given)
    ]
