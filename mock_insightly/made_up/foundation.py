"""What every account has from the start: its owner, and what records choose from; and the colleagues that it may have.

Source: names and types of lead statuses, "Web" as a source, the order of the categories' ids (recorded v2.1 lists,
    observed); a converted status that lists hide (Insightly v2.2 OpenAPI document, documented); the rest is made up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from elements_local.kit import seeded
from mock_insightly import kinds
from mock_insightly.account.account import DEFAULT_LEAD_SOURCE, CrmAccount, first_number
from mock_insightly.fields.dates import format_date
from mock_insightly.fields.fields import Record
from mock_insightly.kinds import CONTACTS, USERS, RecordKind
from mock_insightly.records.record import created

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
    owner = owner_of(account, since=since, contact_id=next_contact() if next_contact else None)
    yield kinds.USERS, [owner]
    if next_contact:
        yield kinds.CONTACTS, [as_contact(account, owner, since=since)]
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


def owner_of(account: CrmAccount, *, since: datetime, contact_id: int | None = None) -> Record:
    """Return the account's owner.

    Args:
        contact_id: the contact that stands for a user; None if there is none.

    Source: fields and the values of time zone, display, order and week's start as recorded on v2.1 (observed).
    """
    return {
        **colleague(account, 0, ("Local", "Owner"), since=since, contact_id=contact_id),
        "EMAIL_ADDRESS": account.email,
        "ADMINISTRATOR": True,
        "ACCOUNT_OWNER": True,
    }


def colleague(
    account: CrmAccount, number: int, name: tuple[str, str], *, since: datetime, contact_id: int | None = None
) -> Record:
    """Return another user of the account; number 0 would be the owner."""
    first_name, last_name = name
    token = seeded.hexadecimal(account.seed, "crm", "dropbox", number, length=8)
    identifier = f"{first_name}.{last_name}-{token}".lower()
    values: Record = {
        "USER_ID": account.user_id + number,
        "CONTACT_ID": contact_id,
        "FIRST_NAME": first_name,
        "LAST_NAME": last_name,
        "TIMEZONE_ID": "Central Standard Time",
        "EMAIL_ADDRESS": f"{first_name}.{last_name}@{account.email.rpartition('@')[2]}".lower(),
        "EMAIL_DROPBOX_IDENTIFIER": identifier,
        "EMAIL_DROPBOX_ADDRESS": f"{identifier}@mailbox.insight.ly",
        "ADMINISTRATOR": False,
        "ACCOUNT_OWNER": False,
        "ACTIVE": True,
        "DATE_CREATED_UTC": format_date(since),
        "DATE_UPDATED_UTC": format_date(since),
        "USER_CURRENCY": account.currency,
        "CONTACT_DISPLAY": "FirstLast",
        "CONTACT_ORDER": "FirstLast",
        "TASK_WEEK_START": 2,
        "INSTANCE_ID": account.instance_id,
        "PROFILE_ID": seeded.number(account.seed, "crm", "profile", low=10_000, high=100_000),
        "ROLE_ID": seeded.number(account.seed, "crm", "role", low=10_000, high=100_000),
    }
    return {field.name: values.get(field.name) for field in USERS.fields}


def as_contact(account: CrmAccount, user: Record, *, since: datetime) -> Record:
    """Return the contact that stands for a user.

    Source: a user's CONTACT_ID is the id of a contact in the same account, made in the same second (recorded v2.1
        exchanges, observed); what else it says is assumed.
    """
    given = {name: user[name] for name in ("FIRST_NAME", "LAST_NAME", "EMAIL_ADDRESS")}
    given["OWNER_USER_ID"] = user["USER_ID"]
    return created(CONTACTS, given, record_id=int(str(user["CONTACT_ID"])), account=account, now=since)
