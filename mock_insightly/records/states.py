"""An opportunity's state: how it changes, and what is told of that afterwards."""

from mock_insightly.account.account import CrmAccount
from mock_insightly.account.lookups import state_reasons
from mock_insightly.errors import FieldError
from mock_insightly.records.fields import Record
from mock_kit.api.json_text import Json


def state_change(before: Record | None, after: Record, account: CrmAccount) -> Record | None:
    """Return the entry that an update adds to the history of an opportunity; None if its state is what it was.

    Source: the entry's fields from the v3.1 OpenAPI document (documented); that an update tells as well, and that a
        creation does not, is assumed.
    """
    told = ("OPPORTUNITY_STATE", "OPPORTUNITY_STATE_REASON_ID")
    if before is None or all(before[name] == after[name] for name in told):
        return None
    return state_entry(after, account)


def state_entry(record: Record, account: CrmAccount) -> Record:
    """Return the entry of the history that tells an opportunity's state since it was updated."""
    number = record["OPPORTUNITY_STATE_REASON_ID"]
    reason = next(
        (one["STATE_REASON"] for one in state_reasons(account) if one["STATE_REASON_ID"] == number), None
    )
    return {
        "OPPORTUNITY_ID": record["OPPORTUNITY_ID"],
        "DATE_CHANGED_UTC": record["DATE_UPDATED_UTC"],
        "FOR_OPPORTUNITY_STATE": record["OPPORTUNITY_STATE"],
        "STATE_REASON_ID": number,
        "STATE_REASON": reason,
    }


def known_reason(account: CrmAccount, number: Json) -> Json:
    """Return a reason's number; null is none.

    Raises:
        FieldError: the account has no such reason.
    """
    known = [one["STATE_REASON_ID"] for one in state_reasons(account)]
    if number is not None and number not in known:
        raise FieldError("STATE_REASON_ID", f"one of {', '.join(map(str, known))}", number)
    return number
