"""What the hub says where a client says nothing, since Insightly insists on it. Pure.

Source: the hub makes an opportunity from its state alone (observed: the vendor's test suite); which fields Insightly
insists on (documented: v2.2 and v3.1 OpenAPI documents); what the hub then says, and that it does the same for
tasks, is assumed.
"""

from collections.abc import Mapping

from mock_platform.elements.insightly.resources import InsightlyCollection
from mock_platform.elements.insightly.version import is_version_3

RESPONSIBLE = "RESPONSIBLE_USER_ID"

_ALWAYS: Mapping[str, Mapping[str, object]] = {
    "/Opportunities": {"OPPORTUNITY_NAME": "New opportunity"},
    "/Tasks": {"TITLE": "New task"},
}
_ON_VERSION_2: Mapping[str, Mapping[str, object]] = {
    "/Opportunities": {"OPPORTUNITY_STATE": "Open"},
    "/Tasks": {"STATUS": "NOT STARTED", "COMPLETED": False, "PUBLICLY_VISIBLE": True},
}


def completed(place: InsightlyCollection, body: Mapping[str, object], *, base_url: str) -> dict[str, object]:
    """Return a new record with what it may not lack; names in any case count as said."""
    required = {**_ALWAYS.get(place.path, {})}
    if not is_version_3(base_url):
        required |= _ON_VERSION_2.get(place.path, {})
    given_names = {name.upper() for name in body}
    return {**body, **{name: value for name, value in required.items() if name not in given_names}}


def wants_user(place: InsightlyCollection, body: Mapping[str, object], *, base_url: str) -> bool:
    """Say whether a new record has to name a user, and does not: tasks of version 2.2."""
    given_names = {name.upper() for name in body}
    return place.path == "/Tasks" and not is_version_3(base_url) and RESPONSIBLE not in given_names
