"""Usage: one record for each call of the platform, as the platform shows it.

Source: the keys, older ones in camelCase and newer ones in snake_case (observed, in conflict by age); thirty days of
retention (documented). What ``request_status`` and ``element_api`` say is assumed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from msgspec import Struct

from mock_platform.accounts.people import Organization
from mock_platform.dates.iso_dates import iso_date_exact


class UsageRecord(Struct, frozen=True, kw_only=True):
    """One call of the platform.

    Attributes:
        user_id: who called.
        status: of the answer.
        path: without what all paths of the platform begin with.
        element_key: of the element that was called; None for calls of the platform's own.
        process_ms: how long it took by the workspace's clock.
    """

    id: int = 0
    workspace: str
    at: datetime
    user_id: int
    method: str
    uri: str
    path: str
    status: int
    ip: str
    request_id: str
    instance_id: int | None = None
    element_key: str | None = None
    process_ms: int = 0


class UsageJson(TypedDict):
    """A call; with the setting for it, its keys are in camelCase and its id is ``id``."""

    traffic_id: str
    traffic_date: str
    user_id: int
    account_id: int
    company_id: int
    company_external_id: str
    company_external_name: str
    process_time: int
    request_status: str
    request_ip: str
    request_uri: str
    request_id: str
    element_key: NotRequired[str]
    element_name: NotRequired[str]
    element_api: str


def to_json(
    call: UsageRecord, organization: Organization, account_id: int, element_names: Mapping[str, str]
) -> UsageJson:
    """Return a call as the platform shows it.

    Args:
        element_names: by the elements' keys.
    """
    key = call.element_key
    element = {"element_key": key, "element_name": element_names.get(key, "")} if key else {}
    return {
        "traffic_id": str(call.id),
        "traffic_date": iso_date_exact(call.at),
        "user_id": call.user_id,
        "account_id": account_id,
        "company_id": organization.id,
        "company_external_id": organization.external_id,
        "company_external_name": organization.name,
        "process_time": call.process_ms,
        "request_status": "SUCCESS" if call.status < 400 else "FAILED",
        "request_ip": call.ip,
        "request_uri": call.uri,
        "request_id": call.request_id,
        **element,  # type: ignore[typeddict-item]  # keys that may be missing keep their place so
        "element_api": f"{call.method} {call.path}",
    }


def in_camel_case(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record with its keys in camelCase, and its id as ``id``.

    >>> in_camel_case({"traffic_id": "1", "request_status": "SUCCESS"})
    {'id': '1', 'requestStatus': 'SUCCESS'}
    """
    return {"id" if key == "traffic_id" else _camel(key): value for key, value in record.items()}


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(word.capitalize() for word in others)
