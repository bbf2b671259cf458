"""``/instances/{id}/configuration``: an instance's configuration, entry by entry."""

from flask import Blueprint
from msgspec import Struct

from elements_local.kit.api.operations import Answer, Link, operation
from elements_local.platform.configuration.instance_configuration import EntryJson, entries, key_named
from elements_local.platform.configuration.instance_json import InstanceRequest
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paging import COUNT_HEADERS, counted
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances.call import InstanceCall
from elements_local.platform.instances.service import ProviderCheck, change
from elements_local.platform.lint.service import WARNING_HEADERS

bp = Blueprint("instance_configuration", __name__)

_LINKS = {
    "entry": Link(
        operation="instance_configuration_of_token.get", parameters={"config_id": "$response.body#/0/id"}
    )
}


class ValueRequest(Struct, rename="camel"):
    """A new value; clients send the whole entry back, of which nothing else counts (observed).

    Attributes:
        property_value: null or an empty text brings back the default (assumed).
    """

    property_value: object


@bp.get("/configuration")
@operation(problems=(404,), headers=COUNT_HEADERS, links=_LINKS)
def index(call: InstanceCall) -> Answer[list[EntryJson]]:
    """List the entries, those of keys that the element does not know after its own."""
    return counted(_entries(call, call.instance))


@bp.get("/configuration/<config_id>")
@operation(problems=(404,))
def get(call: InstanceCall, config_id: str) -> Answer[EntryJson]:
    """Show one entry."""
    key = _key(call, config_id)
    return Answer(_entry(call, call.instance, key))


@bp.patch("/configuration/<config_id>")
@operation(problems=(403, 404, 429, 502), headers=WARNING_HEADERS)
def patch(call: InstanceCall, config_id: str, body: ValueRequest) -> Answer[EntryJson]:
    """Change one value, with effect at once (observed); a mask that is sent back keeps the secret (assumed)."""
    key = _key(call, config_id)
    instance_body = InstanceRequest(configuration={key: body.property_value})
    element = call.element
    saved = change(
        call,
        call.instance,
        lambda stored: rules.patch(stored, instance_body, element),
        ask=ProviderCheck.WHERE_NEW,
        sent={},
    )
    return Answer(_entry(call, saved, key))


def _key(call: InstanceCall, config_id: str) -> str:
    return key_named(call.instance.configuration, call.element, config_id)


def _entry(call: InstanceCall, instance: Instance, key: str) -> EntryJson:
    return next(entry for entry in _entries(call, instance) if entry["key"] == key)


def _entries(call: InstanceCall, instance: Instance) -> list[EntryJson]:
    return entries(instance.configuration, call.element, call.settings.unset)
