"""``/_local/pollers``: what each instance polls, how far it has come, when it polls next, and if it does not, why."""

from datetime import datetime
from typing import TypedDict

from flask import Blueprint

from mock_kit.admin.routes import asked_workspace
from mock_kit.api.operations import Answer, operation
from mock_kit.workspaces.instants import format_instant
from mock_kit.workspaces.registry import Workspace
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.core.poll import Resource
from mock_platform.elements.service import connector_of
from mock_platform.explain.polled import collection_of, silent
from mock_platform.instances.store import Instances
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import Jobs
from mock_platform.polling import window as polling
from mock_platform.polling.store import Polls, PollSearch

bp = Blueprint("pollers", __name__, url_prefix="/_local/pollers")

_LATEST = 1000
"""Polls among which the one is looked for that failed last."""

PolledJson = TypedDict(
    "PolledJson",
    {"resource": str, "collection": str | None, "idField": str, "from": str | None},
)
"""A resource that an instance is configured to poll; ``from`` is a word of Python's.

``collection`` is the CRM's, in lower case, null if its URL leads to none as a whole. ``from`` is what the next poll asks
for changes later than; null while it is not polled.
"""


class PollerJson(TypedDict):
    """An instance. ``silent`` says why there is no poll to come; it is empty if there is."""

    instanceId: int
    name: str
    made: str
    callbackUrl: str
    nextPoll: str | None
    silent: str
    resources: list[PolledJson]


class PollersJson(TypedDict):
    """The instances of a workspace, whether they are polled or not."""

    pollers: list[PollerJson]


@bp.get("")
@operation(problems=(401, 403))
def index() -> Answer[PollersJson]:
    """Show what is polled of each instance, and when next."""
    workspace = asked_workspace()
    dues = dependencies().store[Jobs].dues(workspace.name, JobKind.POLL)
    instances = dependencies().store[Instances].all(workspace.name)
    return Answer({"pollers": [_poller(workspace, one, dues.get(str(one.id))) for one in instances]})


def _poller(workspace: Workspace, instance: Instance, due: datetime | None) -> PollerJson:
    element, block = connector_of(instance).element, dependencies().settings.empty_block
    resources = configuration.polled_resources(instance.configuration, element, empty_block=block)
    return {
        "instanceId": instance.id,
        "name": instance.name,
        "made": format_instant(instance.created),
        "callbackUrl": instance.configuration.get(configuration.CALLBACK_URL) or "",
        "nextPoll": format_instant(due) if due and not instance.disabled else None,
        "silent": _silent(workspace, instance, resources, due),
        "resources": _polled(workspace, instance, resources),
    }


def _polled(workspace: Workspace, instance: Instance, resources: tuple[Resource, ...]) -> list[PolledJson]:
    last_polls = dependencies().store[Instances].last_polls(workspace.name, instance.id)
    at = workspace.clock.now()
    asked_from = {
        each.name: polling.window(each, last_poll=last_polls[each.name].at, at=at).after
        for each in resources
        if each.name in last_polls
    }
    return [
        {
            "resource": each.name,
            "collection": collection_of(each.url, instance.objects, connector_of(instance)),
            "idField": each.id_field,
            "from": format_instant(asked_from[each.name]) if each.name in asked_from else None,
        }
        for each in resources
    ]


def _silent(
    workspace: Workspace, instance: Instance, resources: tuple[Resource, ...], due: datetime | None
) -> str:
    """Say why an instance is not polled; nothing if it is."""
    values = instance.configuration
    if not configuration.events_enabled(values):
        return f"{configuration.ENABLED} is not true"
    if not configuration.is_polled(values):
        return f"{configuration.VENDOR_TYPE} is {values.get(configuration.VENDOR_TYPE)}, not polling"
    if not resources:
        return "event.poller.configuration names no resource"
    if instance.disabled or instance.polling_disabled:
        polls = (
            dependencies()
            .store[Polls]
            .list(workspace.name, PollSearch(instance_id=instance.id), limit=_LATEST)
        )
        return silent(instance, polls)
    return "" if due else "the job of its poller was deleted"
