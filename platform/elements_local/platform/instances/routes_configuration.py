"""``/instances/{id}/configuration``: an instance's configuration, entry by entry."""

from msgspec import Struct

from elements_local.kit.api.operations import Answer, Link, operation
from elements_local.platform.configuration.entry import EntryJson, entries, key_named
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.listing import counted
from elements_local.platform.core.paging import COUNT_HEADERS
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances.instance import InstanceBody
from elements_local.platform.instances.named_instance import NamedInstance, instance_blueprint, named_instance
from elements_local.platform.instances.service import ProviderCheck, change
from elements_local.platform.lint.service import WARNING_HEADERS

bp = instance_blueprint("instance_configuration")

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
@operation(needs=named_instance, problems=(404,), headers=COUNT_HEADERS, links=_LINKS)
def index(named: NamedInstance) -> Answer[list[EntryJson]]:
    """List the entries, those of keys that the element does not know after its own."""
    return counted(_entries(named, named.instance))


@bp.get("/configuration/<config_id>")
@operation(needs=named_instance, problems=(404,))
def get(named: NamedInstance, config_id: str) -> Answer[EntryJson]:
    """Show one entry."""
    key = _key(named, config_id)
    return Answer(_entry(named, named.instance, key))


@bp.patch("/configuration/<config_id>")
@operation(needs=named_instance, problems=(403, 404, 429, 502), headers=WARNING_HEADERS)
def patch(named: NamedInstance, config_id: str, body: ValueRequest) -> Answer[EntryJson]:
    """Change one value, with effect at once (observed); a mask that is sent back keeps the secret (assumed)."""
    key = _key(named, config_id)
    instance_body = InstanceBody(configuration={key: body.property_value})
    element = named.element
    saved = change(
        named,
        lambda stored: rules.patch(stored, instance_body, element),
        ask=ProviderCheck.WHERE_NEW,
        sent={},
    )
    return Answer(_entry(named, saved, key))


def _key(named: NamedInstance, config_id: str) -> str:
    return key_named(named.instance.configuration, named.element, config_id)


def _entry(named: NamedInstance, instance: Instance, key: str) -> EntryJson:
    return next(entry for entry in _entries(named, instance) if entry["key"] == key)


def _entries(named: NamedInstance, instance: Instance) -> list[EntryJson]:
    return entries(instance.configuration, named.element, dependencies().settings.unset)
