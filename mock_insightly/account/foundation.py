"""What every account has from the start: its owner, and what records choose from.

Source: names and types of lead statuses, "Web" as a source, the order of the categories' ids (recorded v2.1 lists,
    observed); a converted status that lists hide (Insightly v2.2 OpenAPI document, documented); the rest is made up.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache

from mock_insightly.account import users
from mock_insightly.account.account import DEFAULT_LEAD_SOURCE, CrmAccount, account_of, first_number
from mock_insightly.kinds import (
    FILE_CATEGORIES,
    LEAD_SOURCES,
    LEAD_STATUSES,
    OPPORTUNITY_CATEGORIES,
    PROJECT_CATEGORIES,
    TASK_CATEGORIES,
    USERS,
    RecordKind,
)
from mock_insightly.records.dates import EARLIEST, format_date
from mock_insightly.records.fields import Record
from mock_insightly.records.records import created

_SOURCES = ("Web", "Phone Enquiry", "Partner Referral", "Purchased List", "Other")
_STATUSES = (
    ("NotContacted", 0, False),
    ("AttemptedContact", 0, False),
    ("Contacted", 0, False),
    ("Disqualified", 1, False),
    ("Converted", 1, True),
)
_CATEGORIES: tuple[tuple[RecordKind, tuple[str, ...]], ...] = (
    (TASK_CATEGORIES, ("Call", "E-mail", "Follow-up", "Meeting", "To-do")),
    (FILE_CATEGORIES, ("Contract", "Proposal", "Report")),
    (PROJECT_CATEGORIES, ("Consulting", "Implementation", "Support")),
    (OPPORTUNITY_CATEGORIES, ("New Business", "Renewal", "Upsell")),
)
_COLOURS = ("4E9258", "3090C7", "C35817", "6C2DC7", "7F5217")


_NOBODY = account_of(0, email="", currency="", country="")
"""Whose the lists are is not to be seen in them, but for their numbers."""


def foundation(account: CrmAccount, *, since: datetime) -> Iterator[tuple[RecordKind, list[Record]]]:
    """Yield the records of each kind, with the first ids of their sequences."""
    yield USERS, [users.owner(account, since=since)]
    dates: Record = dict.fromkeys(("DATE_CREATED_UTC", "DATE_UPDATED_UTC"), format_date(since))
    for kind, skipped, blanks in _lists():
        first = first_number(account.seed, kind.numbers or kind.name) + skipped
        yield kind, [{**blank, kind.id_field: first + at, **dates} for at, blank in enumerate(blanks)]


@cache
def _lists() -> list[tuple[RecordKind, int, list[Record]]]:
    """Return each list, how far into the numbers of its sequence it begins, and its records without number and dates."""
    lists = [(LEAD_SOURCES, 0, [*_sources()]), (LEAD_STATUSES, 0, [*_statuses()])]
    skipped = 0
    for kind, names in _CATEGORIES:
        lists.append((kind, skipped, [*_categories(names)]))
        skipped += len(names)
    return [
        (
            kind,
            skipped,
            [created(kind, fields, record_id=0, account=_NOBODY, now=EARLIEST) for fields in given],
        )
        for kind, skipped, given in lists
    ]


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
