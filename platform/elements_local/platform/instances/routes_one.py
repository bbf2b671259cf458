"""Changes of one instance, ``/instances/{id}`` or, named by its token, ``/instances``: put, patch, delete, switch.

And what it polls: ``event-poller-records``.
"""

from collections.abc import Callable
from typing import Annotated, TypedDict

from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.activity.store import Activities
from elements_local.platform.configuration.instance_json import InstanceJson
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.listing import counted
from elements_local.platform.core.paging import COUNT_HEADERS
from elements_local.platform.dates.iso_dates import iso_date
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances import lines as instance_lines
from elements_local.platform.instances.named_instance import NamedInstance, instance_blueprint, named_instance
from elements_local.platform.instances.requests import InstanceRequest
from elements_local.platform.instances.routes_traces import TRACE_HEADERS, wire_to_vendor
from elements_local.platform.instances.service import ProviderCheck, change, instance_json, sent_body
from elements_local.platform.instances.service_granted import with_grant
from elements_local.platform.instances.store import Instances
from elements_local.platform.lint.service import WARNING_HEADERS

bp = instance_blueprint("instance")


class ReauthenticateQuery(Struct, rename="camel"):
    """Whether a replacement is to be tried on the CRM.

    Attributes:
        re_authenticate: false leaves the CRM unasked (observed: to change event settings alone).
    """

    re_authenticate: bool = True


class TraceLogging(Struct):
    """How long traces are to be logged.

    Attributes:
        duration: in minutes (assumed).
    """

    duration: Annotated[int, Meta(ge=1, le=999_999_999)]


class PollerRecordJson(TypedDict):
    """How far a resource has been polled; the vendor's keys are unknown, these are assumed."""

    objectName: str
    lastPolledDate: str


@bp.put("")
@operation(needs=named_instance, problems=(403, 404, 429, 502), headers={**TRACE_HEADERS, **WARNING_HEADERS})
def put(named: NamedInstance, query: ReauthenticateQuery, body: InstanceRequest) -> Answer[InstanceJson]:
    """Replace an instance's name, tags and configuration."""
    ask = ProviderCheck.ALWAYS if query.re_authenticate else ProviderCheck.NEVER
    return _saved(named, body, rules.put, ask)


@bp.patch("")
@operation(needs=named_instance, problems=(403, 404, 429, 502), headers={**TRACE_HEADERS, **WARNING_HEADERS})
def patch(named: NamedInstance, body: InstanceRequest) -> Answer[InstanceJson]:
    """Change what is sent; the CRM is asked if the credentials, or the place where they hold, are new."""
    ask = ProviderCheck.ALWAYS if body.is_reauthorized else ProviderCheck.WHERE_NEW
    return _saved(named, body, rules.patch, ask)


@bp.delete("")
@operation(needs=named_instance, problems=(404,))
def delete(named: NamedInstance) -> Answer[None]:
    """Delete an instance; its token is nobody's from now on (observed)."""
    store = dependencies().store
    with store.transaction(named.workspace.name) as tx:
        Instances(tx).delete(named.instance.id)
    store[Activities].tell(named.workspace, instance_lines.deleted(named.instance))
    return Answer(None)


@bp.put("/enabled")
@operation(needs=named_instance, problems=(404,))
def enable(named: NamedInstance) -> Answer[None]:
    """Let hub calls and polls through again; a poller that was switched off starts anew (documented)."""
    change(named, lambda stored: rules.switch(stored, disabled=False), ask=ProviderCheck.NEVER)
    return Answer(None)


@bp.delete("/enabled")
@operation(needs=named_instance, problems=(404,))
def disable(named: NamedInstance) -> Answer[None]:
    """Refuse hub calls (observed) and pause polls (assumed)."""
    change(named, lambda stored: rules.switch(stored, disabled=True), ask=ProviderCheck.NEVER)
    return Answer(None)


@bp.put("/trace-logging")
@operation(needs=named_instance, problems=(404,))
def trace(named: NamedInstance, body: TraceLogging) -> Answer[None]:
    """Let traces be logged for a while; the instance says so as long as that lasts (assumed)."""
    now = named.workspace.clock.now()
    change(named, lambda stored: rules.trace(stored, minutes=body.duration, now=now), ask=ProviderCheck.NEVER)
    return Answer(None)


@bp.delete("/trace-logging")
@operation(needs=named_instance, problems=(404,))
def end_trace(named: NamedInstance) -> Answer[None]:
    """Log no more traces."""
    now = named.workspace.clock.now()
    change(named, lambda stored: rules.trace(stored, minutes=None, now=now), ask=ProviderCheck.NEVER)
    return Answer(None)


@bp.get("/event-poller-records")
@operation(needs=named_instance, problems=(404,), headers=COUNT_HEADERS)
def poller_records(named: NamedInstance) -> Answer[list[PollerRecordJson]]:
    """List an entry for each resource that is polled, by its name; one that is left out goes at once (observed)."""
    with dependencies().store.read(named.workspace.name) as tx:
        polled = Instances(tx).last_polls(named.instance.id)
    return counted(
        [{"objectName": name, "lastPolledDate": iso_date(polled[name].at)} for name in sorted(polled)]
    )


def _saved(
    named: NamedInstance, body: InstanceRequest, rule: Callable[..., Instance], ask: ProviderCheck
) -> Answer[InstanceJson]:
    """Change an instance by what was sent, and show it."""
    element = body.element.find() if body.element else named.element
    wire = wire_to_vendor(named.workspace, element.key, body)
    sent = with_grant(body, element, named.instance.configuration)
    saved = change(named, lambda stored: rule(stored, sent, element), ask=ask, wire=wire, sent=sent_body())
    return Answer(instance_json(named.workspace, saved))
