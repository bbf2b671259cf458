"""The verbs ``make`` and ``configure``: instances, by names of the scenario's own."""

from collections.abc import Iterator, Mapping
from typing import Any

from elements_local.clients.guide import usual_body
from elements_local.clients.records import INSIGHTLY, Kinds
from elements_local.kit.masks import MASK
from elements_local.scenarios.scenario_context import ScenarioContext, ScenarioInstance, filled
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, TenantAbilities, Verb
from elements_local.stack.shape_errors import unknown

INSTANCE_KEYS = (
    "element",
    "name",
    "configuration",
    "providerData",
    "tags",
    "externalAuthentication",
    "retrieveObjectsAfterInstantiation",
)
"""What a scenario may say of an instance: what the platform reads of one."""

USUAL_INTERVAL = 15
"""Minutes between two polls of the guide's instance."""

INTERVAL = "event.poller.refresh_interval"
_FILTERED = "where=${}"
_CREDENTIALS = ("username", "password")


def make_instance(context: ScenarioContext, name: str, differs: Mapping[str, Any]) -> None:
    """Make an instance like the guide's, but for what differs; its callbacks go to a path of its own."""
    credentials = context.clients.credentials
    differs = filled(context, dict(differs))
    element = differs["element"].get("key") if isinstance(differs.get("element"), dict) else INSIGHTLY
    guide = usual_body(credentials, element=str(element))
    if not context.instances:
        context.kinds = Kinds(credentials.crms, first=str(element))
    callback_url = f"{credentials.callback_url}/{name}"
    configuration = {
        **guide["configuration"],
        "event.notification.callback.url": callback_url,
        **differs.get("configuration", {}),
    }
    instance = context.clients.platform.create_instance(
        {**guide, "name": name, **differs, "configuration": configuration}
    )
    context.instances[name] = ScenarioInstance(
        id=instance["id"],
        token=instance["token"],
        callback_url=str(configuration["event.notification.callback.url"]),
        signed=bool(configuration.get("event.notification.signature.key")),
    )


def _make(context: ScenarioContext, argument: dict[str, dict[str, Any]]) -> None:
    for name, differs in argument.items():
        make_instance(context, name, differs)


def _make_objections(state: StateSoFar, argument: dict[str, dict[str, object]]) -> Iterator[Objection]:
    for name, differs in argument.items():
        for key in differs:
            if key not in INSTANCE_KEYS:
                yield (name, key), unknown("key", key, INSTANCE_KEYS)
        state.add_instance(name, differs)


def _make_obstacles(argument: dict[str, dict[str, Any]], tenant: TenantAbilities) -> Iterator[str]:
    for differs in argument.values():
        yield from configuration_obstacles(configuration_of(differs), tenant)


def _configure(context: ScenarioContext, argument: dict[str, Any]) -> None:
    changes = {key: value for key, value in argument.items() if key != "instance"}
    instance = context.instance(argument.get("instance"))
    context.clients.platform.patch_instance(instance.id, {"configuration": filled(context, changes)})


def _configure_obstacles(argument: dict[str, Any], tenant: TenantAbilities) -> Iterator[str]:
    if "event.notification.signature.key" in argument:
        yield "at a tenant the signature key is ours"
    yield from configuration_obstacles(argument, tenant)


def configuration_of(differs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the configuration of an instance by what differs from the guide's."""
    return {INTERVAL: USUAL_INTERVAL, **differs.get("configuration", {})}


def configuration_obstacles(configuration: Mapping[str, Any], tenant: TenantAbilities) -> Iterator[str]:
    """Yield what of an instance's configuration a tenant's cannot have."""
    if any(configuration.get(key, MASK) != MASK for key in _CREDENTIALS):
        yield "at a tenant credentials are those of its CRM"
    if any(key.startswith("elements-local.") for key in configuration):
        yield "elements-local.*: keys of our own stack alone"
    url = configuration.get("event.notification.callback.url")
    if url and not str(url).startswith("{callback_url}"):
        yield "at a tenant callbacks go to its receiver"
    interval = str(configuration.get(INTERVAL, ""))
    if interval.isdecimal() and int(interval) < tenant.shortest_interval:
        yield f"it polls every {interval} minutes, the tenant every {tenant.shortest_interval} at most"
    blocks = configuration.get("event.poller.configuration")
    for name, block in blocks.items() if isinstance(blocks, dict) else ():
        block_url = str(block.get("url", _FILTERED)) if isinstance(block, dict) else _FILTERED
        if "where=" not in block_url or "${" not in block_url:
            yield f"{name}: without a where clause since the last poll it reads all that others have"


MAKE = Verb(
    name="make",
    shape=dict[str, dict[str, object]],
    example="`make: {second: {name: My second Insightly}}`",
    take=_make,
    objections=_make_objections,
    obstacles=_make_obstacles,
)
CONFIGURE = Verb(
    name="configure",
    shape=dict[str, object],
    example="`configure: {event.poller.refresh_interval: 5}`",
    take=_configure,
    objections=lambda state, argument: state.instance_objections(argument.get("instance"), ("instance",)),
    obstacles=_configure_obstacles,
)
