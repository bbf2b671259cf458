"""The Insightly guide's instance: four resources polled every fifteen minutes, callbacks signed.

Source: the platform's Insightly events guide, the one comma added that its cURL lacks (documented), without
the grant's code in it, which means nothing beside a user name and an API key (inferred).
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from elements_local.clients.errors import UnknownVendorError
from elements_local.clients.records import INSIGHTLY, Kinds
from elements_local.clients.workspace_clients import Credentials

SIGNATURE_KEY = "a-key-of-your-own"
DATES = "datesConfiguration"
TOLERANCE = "createdCheckTolerance"
DATE_KEYS = ("updatedDate", "createdDate")
"""How keys begin that belong into ``datesConfiguration``."""

_DATES = {
    "updatedDateField": "DATE_UPDATED_UTC",
    "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
    "updatedDateTimezone": "GMT",
    "createdDateField": "DATE_CREATED_UTC",
    "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
    "createdDateTimezone": "GMT",
}


def poller_entry(resource: str, id_field: str) -> dict[str, Any]:
    """Return the block by which the guide has a resource polled.

    Args:
        resource: such as ``contacts``.
        id_field: the record's field that becomes ``objectId``.

    Returns:
        ``url``, ``idField`` and ``datesConfiguration``, to be changed at will; *Poller configuration* has every key.

    Example:
        >>> poller_entry("contacts", "CONTACT_ID")["url"]
        "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"
    """
    return {
        "url": f"/hubs/crm/{resource}?where=updated_after_utc='${{gmtDate:yyyy-MM-dd HH:mm:ss}}'",
        "idField": id_field,
        DATES: dict(_DATES),
    }


def block_of(kinds: Kinds, kind: str) -> dict[str, Any]:
    """Return the block by which the element of a kind of records has these polled: the one place that makes one.

    Raises:
        UnknownRecordError: there is no such kind.
    """
    sort = kinds.of(kind)
    return poller_entry(kind, sort.id) if sort.element == INSIGHTLY else deepcopy(dict(kinds.poller_of(kind)))


def changed_block(block: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, Any]:
    """Return a block with keys changed, those of dates inside ``datesConfiguration``.

    >>> changed_block({"idField": "ID"}, {"pollDelay": 60, "updatedDateTimezone": "GMT", "idField": None})
    {'pollDelay': 60, 'datesConfiguration': {'updatedDateTimezone': 'GMT'}}
    """
    written = block.get(DATES)
    dates = dict(written) if isinstance(written, Mapping) else {}
    beside = {key: value for key, value in block.items() if key != DATES}
    for key, value in changes.items():
        if key == DATES and isinstance(value, Mapping):
            dates = dict(value)
            continue
        # The tolerance is read in either place: it is changed where it stands.
        stands_there = key in dates and (value is None or (key == TOLERANCE and key not in beside))
        of_dates = key.startswith(DATE_KEYS) or stands_there
        target = dates if of_dates else beside
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
    return {**beside, **({DATES: dates} if dates else {})}


def patched(target: Any, patch: Any) -> Any:
    """Return a value with a merge patch applied, in which null takes away (RFC 7396); neither is changed.

    >>> patched({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": None, "e": 4}})
    {'a': 1, 'b': {'d': 3, 'e': 4}}
    """
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = patched(merged.get(key), value)
    return merged


def instance_body(
    workspace: Credentials, *, signature_key: str = SIGNATURE_KEY, element: str = INSIGHTLY
) -> dict[str, Any]:
    """Return the body of the guide's instance: four resources polled every fifteen minutes, callbacks signed and sent to the sink.

    Args:
        workspace: whose CRM it polls, and where its callbacks go.
        signature_key: signs the callbacks.
        element: another than the guide's, of a vendor that the stack plays: with its kinds of records polled as it says itself.

    Returns:
        What ``create_instance`` takes, to be changed at will: ``element``, ``configuration``, ``tags`` and ``name``.

    Raises:
        HarnessError: the stack plays no such vendor; says which it plays, and how one is added.

    Example:
        >>> body = instance_body(Credentials(name="acme", callback_url="http://127.0.0.1:4702/acme"))
        >>> list(body["configuration"]["event.poller.configuration"])
        ['contacts', 'accounts', 'leads', 'opportunities']
        >>> body["configuration"]["event.notification.callback.url"]
        'http://127.0.0.1:4702/acme'
    """
    if element not in {INSIGHTLY, *workspace.crms}:
        raise UnknownVendorError(element, (INSIGHTLY, *workspace.crms))
    return usual_body(workspace, signature_key=signature_key, element=element)


def usual_body(
    workspace: Credentials, *, signature_key: str = SIGNATURE_KEY, element: str = INSIGHTLY
) -> dict[str, Any]:
    """Return what ``instance_body`` does, and the guide's own body for an element that a connector without a fake brings."""
    body = _guides_body(workspace, signature_key)
    if element not in workspace.crms:
        return body
    crm, guides = workspace.crms[element], body["configuration"]
    kept = {name: value for name, value in guides.items() if name.startswith("event.")}
    own = {kind: deepcopy(dict(found.get("poller", {}))) for kind, found in crm.get("kinds", {}).items()}
    blocks: dict[str, object] = {"event.poller.configuration": own}
    return {
        **body,
        "element": {"key": element},
        "tags": [element],
        "name": f"My {element}",
        "configuration": {**crm["credentials"], **kept, **blocks},
    }


def _guides_body(workspace: Credentials, signature_key: str) -> dict[str, Any]:
    return {
        "element": {"key": INSIGHTLY},
        "configuration": {
            "username": workspace.crm_username,
            "password": workspace.crm_api_key,
            "event.notification.enabled": True,
            "event.vendor.type": "polling",
            "event.notification.callback.url": workspace.callback_url,
            "event.notification.signature.key": signature_key,
            "event.poller.refresh_interval": "15",
            "event.poller.configuration": {
                "contacts": poller_entry("contacts", "CONTACT_ID"),
                "accounts": poller_entry("accounts", "ORGANISATION_ID"),
                "leads": {},
                "opportunities": {},
            },
        },
        "tags": ["insightly"],
        "name": "My Insightly",
    }
