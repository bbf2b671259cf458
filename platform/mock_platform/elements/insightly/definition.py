"""The Insightly element as the platform describes it.

Source: the platform's catalogue and its Insightly guide (documented); which hidden keys it has, and their
input types, is taken from exported definitions of other connectors (observed there, assumed here).
"""

import json

from mock_platform.elements.element import ConfigurationKey, Element, numbered
from mock_platform.elements.insightly.resources import ID_FIELDS

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


POLLER_DEFAULTS: dict[str, object] = {resource: _entry(resource) for resource in POLLED}
"""The guide prints entries for contacts and accounts and lists all four as supported (documented); those of
leads and opportunities follow the same form (assumed). They are the key's default in full and indented, as another
element's were captured (observed)."""

_EVENT_METADATA = {"polling": {resource: {"eventTypes": ["created", "updated"]} for resource in POLLED}}

_KEYS = (
    ConfigurationKey(key="username", name="Username", type="TEXTFIELD_128", required=True),
    ConfigurationKey(key="password", name="API Key", type="PASSWORD", required=True),
    ConfigurationKey(
        key="base.url",
        name="Base URL",
        type="TEXTFIELD_1000",
        default="https://api.insight.ly/v2.2",
        hidden=True,
    ),
    ConfigurationKey(key="pagination.max", name="Page Size", type="TEXTFIELD_32", default="200", hidden=True),
    ConfigurationKey(
        key="pagination.type", name="Pagination", type="TEXTFIELD_32", default="offset", hidden=True
    ),
    ConfigurationKey(
        key="filter.response.nulls", name="Filter Null Values", type="BOOLEAN", default="true", order=99
    ),
    ConfigurationKey(
        key="event.vendor.type",
        name="Vendor Event Type",
        type="TEXTFIELD_128",
        default="polling",
        hidden=True,
    ),
    ConfigurationKey(key="event.notification.enabled", name="Enable Events", type="BOOLEAN", default="false"),
    ConfigurationKey(key="event.notification.callback.url", name="Callback URL", type="TEXTFIELD_1000"),
    ConfigurationKey(key="event.notification.signature.key", name="Signature Key", type="TEXTFIELD_128"),
    ConfigurationKey(
        key="event.notification.subscription.id", name="Subscription ID", type="TEXTFIELD_1000", hidden=True
    ),
    ConfigurationKey(
        key="event.notification.basic.username", name="Callback Username", type="TEXTFIELD_128", hidden=True
    ),
    ConfigurationKey(
        key="event.notification.basic.password", name="Callback Password", type="PASSWORD", hidden=True
    ),
    ConfigurationKey(
        key="event.notification.callback.headers", name="Callback Headers", type="TEXTFIELD_128", hidden=True
    ),
    ConfigurationKey(
        key="event.poller.refresh_interval",
        name="Refresh Interval in Minutes",
        type="TEXTFIELD_32",
        default="15",
    ),
    ConfigurationKey(
        key="event.poller.configuration",
        name="Configure Polling",
        type="TEXTAREA",
        default=json.dumps(POLLER_DEFAULTS, indent=2),
    ),
    ConfigurationKey(key="event.poller.urls", name="Event Poller Resources", type="TEXTAREA", hidden=True),
    ConfigurationKey(key="event.objects", name="Objects to Monitor", type="TEXTAREA", hidden=True),
    ConfigurationKey(
        key="event.metadata",
        name="Event Metadata",
        type="TEXTAREA",
        default=json.dumps(_EVENT_METADATA, separators=(",", ":")),
        hidden=True,
    ),
    ConfigurationKey(
        key="event.notification.instance.finder", name="Instance Finder", type="TEXTAREA", hidden=True
    ),
    ConfigurationKey(key="event.helper.key", name="Event Helper", type="TEXTFIELD_128", hidden=True),
    ConfigurationKey(
        key="bulk.query.field_name",
        name="Bulk Date Field",
        type="TEXTFIELD_128",
        default="DATE_UPDATED_UTC",
        hidden=True,
    ),
    ConfigurationKey(
        key="bulk.query.operator", name="Bulk Operator", type="TEXTFIELD_32", default=">=", hidden=True
    ),
    ConfigurationKey(
        key="bulk.query.date_mask",
        name="Bulk Date Mask",
        type="TEXTFIELD_128",
        default="yyyy-MM-dd HH:mm:ss",
        hidden=True,
    ),
    ConfigurationKey(
        key="bulk.query.download_format",
        name="Bulk Download Format",
        type="TEXTFIELD_128",
        default="json",
        hidden=True,
    ),
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
