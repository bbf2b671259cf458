"""Insightly's dialect: how its records are asked for, what its answers mean, what a new record may not lack. Pure.

Source: the hub makes an opportunity from its state alone (observed: the vendor's test suite); which fields Insightly
insists on (documented: v2.2 and v3.1 OpenAPI documents); what the hub then says, and that it does the same for
tasks, is assumed.
"""

import json
from base64 import b64encode
from collections.abc import Mapping

from elements_local.platform.elements.hosts import host_pattern
from elements_local.platform.elements.insightly.resources import (
    InsightlyCollection,
    collection,
    number,
    record_path,
)
from elements_local.platform.errors import InvalidRequestError, ProviderError
from elements_local.platform.provider.service import ProviderRequest

LARGEST_PAGE = 500
"""Insightly gives no more at a time, and says nothing if asked for more (documented)."""

HOSTS = ("api.insightly.com", "api.*.insightly.com", "api.insight.ly")
"""The vendor's: without a pod, of an account's pod, na1, eu1, ap1, aps1 or au1, and of 2.x (documented)."""

_VENDOR_HOST = host_pattern(HOSTS)

RESPONSIBLE = "RESPONSIBLE_USER_ID"

_NEEDED: Mapping[str, Mapping[str, object]] = {
    "/Opportunities": {"OPPORTUNITY_NAME": "New opportunity"},
    "/Tasks": {"TITLE": "New task"},
}
_NEEDED_ON_VERSION_2: Mapping[str, Mapping[str, object]] = {
    "/Opportunities": {"OPPORTUNITY_STATE": "Open"},
    "/Tasks": {"STATUS": "NOT STARTED", "COMPLETED": False, "PUBLICLY_VISIBLE": True},
}

_SAME_STATUSES = frozenset({401, 403, 404, 405, 409, 415, 429})
"""Of Insightly's statuses, those that are ours, too; its other refusals become 400, and a fault of its own becomes 502 (the
last is observed, the others assumed)."""


def is_vendor(host: str | None) -> bool:
    """Say whether a host is one of Insightly's own, for which the stack's CRM stands."""
    return _VENDOR_HOST.fullmatch(host or "") is not None


def is_version_3(base_url: str) -> bool:
    """Say whether calls go to version 3.1: flat records, partial updates, search by field (documented)."""
    return "/v3.1" in base_url


def headers(configuration: Mapping[str, str | None]) -> dict[str, str]:
    """Return the headers of every call: the API key as user name, no password (documented)."""
    key = configuration.get("password") or ""
    return {
        "Accept": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }


def me() -> ProviderRequest:
    """Return the call for the user whose credentials these are; it also shows whether they are good."""
    return ProviderRequest(method="GET", path="/Users/Me")


def get(resource: str, record_id: str) -> ProviderRequest:
    """Return the call for one record."""
    return ProviderRequest(method="GET", path=record_path(collection(resource), record_id))


def create(resource: str, body: Mapping[str, object]) -> ProviderRequest:
    """Return the call that makes a record."""
    return ProviderRequest(method="POST", path=_writable(resource).path, body=body)


def update(
    resource: str,
    record_id: str,
    body: Mapping[str, object],
    *,
    base_url: str,
    stored: Mapping[str, object] | None,
) -> ProviderRequest:
    """Return the call that changes some fields of a record.

    Insightly takes updates at the collection, the id in the body. Version 3.1 leaves alone what is not sent;
    2.x replaces the whole record, unless asked to touch top-level values only (documented).

    Args:
        stored: the record as it stands, if ``needs_stored`` says so.
    """
    place = _writable(resource)
    if place.id_field is None:
        return ProviderRequest(method="PUT", path=record_path(place, record_id), body=body)
    # The id in the path counts; one in the body is left out, in any case.
    changed = {key: value for key, value in body.items() if key.upper() != place.id_field}
    identified = {place.id_field: number(place, record_id), **changed}
    if stored is not None:
        given_names = {key.upper() for key in identified}
        unchanged = {key: value for key, value in stored.items() if key.upper() not in given_names}
        return ProviderRequest(method="PUT", path=place.path, body={**unchanged, **identified})
    brief = "" if is_version_3(base_url) else "?brief=true"
    return ProviderRequest(method="PUT", path=place.path + brief, body=identified)


def needs_stored(body: Mapping[str, object], *, base_url: str) -> bool:
    """Say whether an update has to start from the record as it stands: 2.x has no partial one for lists."""
    return not is_version_3(base_url) and any(isinstance(value, list) for value in body.values())


def delete(resource: str, record_id: str) -> ProviderRequest:
    """Return the call that deletes a record."""
    return ProviderRequest(method="DELETE", path=record_path(_writable(resource), record_id))


def refusal(status: int, body: bytes) -> ProviderError:
    """Turn an answer that is no success into the platform's error."""
    text = body.decode("utf-8", "replace").strip()
    refused = 400 if 400 <= status < 500 else 502
    ours = status if status in _SAME_STATUSES else refused
    words = _message(text)
    return ProviderError(
        status=ours,
        message=f"Insightly answered {status}" + (f": {words}" if words else ""),
        provider_message=text or None,
    )


def completed(place: InsightlyCollection, body: Mapping[str, object], *, base_url: str) -> dict[str, object]:
    """Return a new record with what it may not lack; names in any case count as said."""
    required = {**_NEEDED.get(place.path, {})}
    if not is_version_3(base_url):
        required |= _NEEDED_ON_VERSION_2.get(place.path, {})
    given_names = {name.upper() for name in body}
    return {**body, **{name: value for name, value in required.items() if name not in given_names}}


def wants_user(place: InsightlyCollection, body: Mapping[str, object], *, base_url: str) -> bool:
    """Say whether a new record has to name a user, and does not: tasks of version 2.2."""
    given_names = {name.upper() for name in body}
    return place.path == "/Tasks" and not is_version_3(base_url) and RESPONSIBLE not in given_names


def _writable(resource: str) -> InsightlyCollection:
    place = collection(resource)
    if place.read_only:
        raise InvalidRequestError(f"{resource} can only be read")
    return place


def _message(text: str) -> str:
    """Return the words of an Insightly error body."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        # A page of HTML is no message for a client's log.
        return "" if text.startswith("<") else text[:200]
    message = value.get("Message") if isinstance(value, dict) else value
    return message if isinstance(message, str) else ""
