"""The users of an account: the owner, whose API key it is, and colleagues."""

from datetime import datetime

from mock_insightly.account.account import CrmAccount
from mock_insightly.kinds import CONTACTS, USERS
from mock_insightly.records.dates import format_date
from mock_insightly.records.fields import Record
from mock_insightly.records.stamps import created
from mock_kit.workspaces import seeded


def owner(account: CrmAccount, *, since: datetime, contact_id: int | None = None) -> Record:
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
