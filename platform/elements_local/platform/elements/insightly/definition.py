"""The Insightly element as the platform describes it.

Source: the platform's catalogue and its Insightly guide (documented); which hidden keys it has, and their
input types, is taken from exported definitions of other connectors (observed there, assumed here).
"""

import json
from functools import partial
from typing import Any

from elements_local.platform.elements.connector import ConfigurationKey, Element, numbered
from elements_local.platform.elements.insightly.resources import ID_FIELDS

_ID = 5993

_DATES = {
    "updatedDateField": "DATE_UPDATED_UTC",
    "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
    "updatedDateTimezone": "GMT",
    "createdDateField": "DATE_CREATED_UTC",
    "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
    "createdDateTimezone": "GMT",
}

POLLED = ("contacts", "accounts", "leads", "opportunities")


def _entry(resource: str) -> dict[str, object]:
    return {
        "url": f"/hubs/crm/{resource}?where=updated_after_utc='${{gmtDate:yyyy-MM-dd HH:mm:ss}}'",
        "idField": ID_FIELDS[resource],
        "datesConfiguration": dict(_DATES),
    }


POLLER_DEFAULTS = {resource: _entry(resource) for resource in POLLED}
"""The guide prints entries for contacts and accounts and lists all four as supported (documented); those of
leads and opportunities follow the same form (assumed). They are the key's default in full and indented, as another
element's were captured (observed)."""

_EVENT_METADATA = {"polling": {resource: {"eventTypes": ["created", "updated"]} for resource in POLLED}}


def _shown(key: str, name: str, kind: str, default: str | None = None, **more: Any) -> ConfigurationKey:
    return ConfigurationKey(key=key, name=name, type=kind, default=default, **more)


_hidden = partial(_shown, hidden=True)

_KEYS = (
    _shown("username", "Username", "TEXTFIELD_128", required=True),
    _shown("password", "API Key", "PASSWORD", required=True),
    _hidden("base.url", "Base URL", "TEXTFIELD_1000", "https://api.insight.ly/v2.2"),
    _hidden("pagination.max", "Page Size", "TEXTFIELD_32", "200"),
    _hidden("pagination.type", "Pagination", "TEXTFIELD_32", "offset"),
    _shown("filter.response.nulls", "Filter Null Values", "BOOLEAN", "true", order=99),
    _hidden("event.vendor.type", "Vendor Event Type", "TEXTFIELD_128", "polling"),
    _shown("event.notification.enabled", "Enable Events", "BOOLEAN", "false"),
    _shown("event.notification.callback.url", "Callback URL", "TEXTFIELD_1000"),
    _shown("event.notification.signature.key", "Signature Key", "TEXTFIELD_128"),
    _hidden("event.notification.subscription.id", "Subscription ID", "TEXTFIELD_1000"),
    _hidden("event.notification.basic.username", "Callback Username", "TEXTFIELD_128"),
    _hidden("event.notification.basic.password", "Callback Password", "PASSWORD"),
    _hidden("event.notification.callback.headers", "Callback Headers", "TEXTFIELD_128"),
    _shown("event.poller.refresh_interval", "Refresh Interval in Minutes", "TEXTFIELD_32", "15"),
    _shown(
        "event.poller.configuration", "Configure Polling", "TEXTAREA", json.dumps(POLLER_DEFAULTS, indent=2)
    ),
    _hidden("event.poller.urls", "Event Poller Resources", "TEXTAREA"),
    _hidden("event.objects", "Objects to Monitor", "TEXTAREA"),
    _hidden(
        "event.metadata", "Event Metadata", "TEXTAREA", json.dumps(_EVENT_METADATA, separators=(",", ":"))
    ),
    _hidden("event.notification.instance.finder", "Instance Finder", "TEXTAREA"),
    _hidden("event.helper.key", "Event Helper", "TEXTFIELD_128"),
    _hidden("bulk.query.field_name", "Bulk Date Field", "TEXTFIELD_128", "DATE_UPDATED_UTC"),
    _hidden("bulk.query.operator", "Bulk Operator", "TEXTFIELD_32", ">="),
    _hidden("bulk.query.date_mask", "Bulk Date Mask", "TEXTFIELD_128", "yyyy-MM-dd HH:mm:ss"),
    _hidden("bulk.query.download_format", "Bulk Download Format", "TEXTFIELD_128", "json"),
)

INSIGHTLY = Element(
    id=_ID,
    key="insightly",
    name="Insightly",
    hub="crm",
    description="Add an Insightly instance to connect your existing Insightly account to the CRM Hub.",
    image="elements/provider_insightly.png",
    keys=numbered(_ID, _KEYS),
    credentials=("username", "password"),
    authentication="basic",
    poller_defaults=POLLER_DEFAULTS,
    id_fields=ID_FIELDS,
)
