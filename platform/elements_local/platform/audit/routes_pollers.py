"""``/_local/pollers``: what each instance polls, how far it has come, when it polls next, and if it does not, why."""

from datetime import datetime
from typing import TypedDict

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.workspaces.instants import format_instant
from elements_local.platform.call import AdminCall, Call
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.poll import Resource
from elements_local.platform.explain.facts import InstanceFacts
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.due_job import JobKind
from elements_local.platform.jobs.store import Jobs
from elements_local.platform.polling.window import window

bp = Blueprint("pollers", __name__, url_prefix="/_local/pollers")

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
def index(call: AdminCall) -> Answer[PollersJson]:
    """Show what is polled of each instance, and when next."""
    with call.read() as tx:
        dues = Jobs(tx).dues(JobKind.POLL)
        instances = Instances(tx).all()
    return Answer({"pollers": [_poller(call, one, dues.get(str(one.id))) for one in instances]})


def _poller(call: Call, instance: Instance, due: datetime | None) -> PollerJson:
    facts = InstanceFacts(call, instance)
    return {
        "instanceId": instance.id,
        "name": instance.name,
        "made": format_instant(instance.created),
        "callbackUrl": instance.configuration.get(configuration.CALLBACK_URL) or "",
        "nextPoll": format_instant(due) if due and not instance.disabled else None,
        "silent": _silent(facts, due),
        "resources": [_polled(facts, each) for each in facts.configured.values()],
    }


def _polled(facts: InstanceFacts, resource: Resource) -> PolledJson:
    last, at = facts.last_polls.get(resource.name), facts.call.now
    return {
        "resource": resource.name,
        "collection": facts.collection(resource.name),
        "idField": resource.id_field,
        "from": format_instant(window(resource, last_poll=last.at, at=at).after) if last else None,
    }


def _silent(facts: InstanceFacts, due: datetime | None) -> str:
    """Say why an instance is not polled; nothing if it is."""
    values = facts.instance.configuration
    if not configuration.events_enabled(values):
        return f"{configuration.ENABLED} is not true"
    if not configuration.is_polled(values):
        return f"{configuration.VENDOR_TYPE} is {values.get(configuration.VENDOR_TYPE)}, not polling"
    if not facts.configured:
        return "event.poller.configuration names no resource"
    return facts.silent or ("" if due else "the job of its poller was deleted")
