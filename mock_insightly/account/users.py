"""The users of an account: the owner, whose API key it is, and colleagues."""

from datetime import datetime

from mock_insightly.account.account import CrmAccount
from mock_insightly.kinds import USERS
from mock_insightly.records.dates import format_date
from mock_insightly.records.fields import Record
from mock_kit.workspaces import seeded


def owner(account: CrmAccount, *, since: datetime) -> Record:
    """Return the account's owner.

    Source: fields and the values of time zone, display, order and week's start as recorded on v2.1 (observed).
    """
    return {
        **colleague(account, 0, ("Local", "Owner"), since=since),
        "EMAIL_ADDRESS": account.email,
        "ADMINISTRATOR": True,
        "ACCOUNT_OWNER": True,
    }


def colleague(account: CrmAccount, number: int, name: tuple[str, str], *, since: datetime) -> Record:
    """Return another user of the account; number 0 would be the owner."""
    first_name, last_name = name
    token = seeded.hexadecimal(account.seed, "crm", "dropbox", number, length=8)
    identifier = f"{first_name}.{last_name}-{token}".lower()
    values: Record = {
        "USER_ID": account.user_id + number,
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
