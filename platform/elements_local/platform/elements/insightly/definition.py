"""The Insightly element as the platform describes it.

Source: the platform's catalogue and its Insightly guide (documented); which hidden keys it has, and their
input types, is taken from exported definitions of other connectors (observed there, assumed here).
"""

from elements_local.platform.elements.connector import Element, numbered
from elements_local.platform.elements.event_keys import event_keys, hidden_key, shown_key
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


_KEYS = (
    shown_key("username", "Username", "TEXTFIELD_128", required=True),
    shown_key("password", "API Key", "PASSWORD", required=True),
    hidden_key("base.url", "Base URL", "TEXTFIELD_1000", "https://api.insight.ly/v2.2"),
    hidden_key("pagination.max", "Page Size", "TEXTFIELD_32", "200"),
    hidden_key("pagination.type", "Pagination", "TEXTFIELD_32", "offset"),
    shown_key("filter.response.nulls", "Filter Null Values", "BOOLEAN", "true", order=99),
    *event_keys(POLLER_DEFAULTS),
    hidden_key("bulk.query.field_name", "Bulk Date Field", "TEXTFIELD_128", "DATE_UPDATED_UTC"),
    hidden_key("bulk.query.operator", "Bulk Operator", "TEXTFIELD_32", ">="),
    hidden_key("bulk.query.date_mask", "Bulk Date Mask", "TEXTFIELD_128", "yyyy-MM-dd HH:mm:ss"),
    hidden_key("bulk.query.download_format", "Bulk Download Format", "TEXTFIELD_128", "json"),
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
