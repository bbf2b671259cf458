"""Takes in what comes without credentials: finds whose it is, and keeps it as an event with a callback due."""

from collections.abc import Iterable, Iterator, Mapping

from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.call import Platform
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.poll import Resource
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.connector import Element
from elements_local.platform.events.composer import composer_of
from elements_local.platform.events.event import EventStatus
from elements_local.platform.events.store_notifications import Notifications
from elements_local.platform.inbound import inbound
from elements_local.platform.inbound.inbound import HandOff
from elements_local.platform.instances.store import Instances, instances_everywhere

Target = tuple[Workspace, Instance]


def targets(
    database: Database,
    workspaces: Workspaces,
    element: Element,
    instance_ids: Iterable[int],
    *,
    of: Workspace | None,
) -> Iterator[Target]:
    """Yield the instances that are meant: those that exist, are switched on, and report events.

    Args:
        of: whose they are, where the call says so. Providers cannot; then an id counts that only one
            workspace has, or else the default workspace's (assumed).
    """
    for instance_id in instance_ids:
        instances = _found(database, workspaces, instance_id, of)
        if instances is None:
            continue
        _, instance = instances
        reports = configuration.events_enabled(instance.configuration) and not instance.disabled
        if reports and instance.element_key == element.key:
            yield instances


def hand_off(platform: Platform, target: Target, handed: HandOff, element: Element) -> None:
    """Keep what a poller found as a poll keeps it, but for the poll."""
    workspace, instance = target
    at = workspace.clock.now()
    found = inbound.decide(
        handed,
        _resource(instance, handed.object_type, element, empty_block=platform.settings.empty_block),
        at=at,
        default_tolerance=platform.settings.created_check_tolerance,
        undated=platform.settings.undated,
    )
    if not found:
        return
    composer = composer_of(platform.settings, workspace, instance, hub=element.hub)
    with platform.database.transaction(workspace.name) as tx:
        if Instances(tx).is_there(instance.id):
            composer.add_events(
                Notifications(tx), handed.object_type, found, at=at, fresh=EventStatus.RECEIVED
            )
            platform.history.forget(tx, at)


def keep(platform: Platform, target: Target, payload: Mapping[str, object], element: Element) -> None:
    """Keep what a provider sent."""
    workspace, instance = target
    at = workspace.clock.now()
    composer = composer_of(platform.settings, workspace, instance, hub=element.hub)
    with platform.database.transaction(workspace.name) as tx:
        if Instances(tx).is_there(instance.id):
            composer.tell_payload(Notifications(tx), payload, at=at)
            platform.history.forget(tx, at)


def _found(
    database: Database, workspaces: Workspaces, instance_id: int, of: Workspace | None
) -> Target | None:
    if of is not None:
        with database.read(of.name) as tx:
            instance = Instances(tx).get(instance_id)
        return None if instance is None else (of, instance)
    with database.read_across() as tx:
        everywhere = instances_everywhere(tx, instance_id)
    default = workspaces.default
    if default.name in everywhere:
        return default, everywhere[default.name]
    if len(everywhere) != 1:
        return None
    ((name, instance),) = everywhere.items()
    workspace = workspaces.named(name)
    return None if workspace is None else (workspace, instance)


def _resource(instance: Instance, name: str, element: Element, *, empty_block: EmptyBlock) -> Resource:
    """Return how a resource's records are read: as the instance polls it, else without dates."""
    polled = configuration.polled_resources(instance.configuration, element, empty_block=empty_block)
    matches = (resource for resource in polled if resource.name == name)
    return next(matches, Resource(name=name, url="", id_field=element.id_fields.get(name, "")))
