"""Changes of one instance, ``/instances/{id}`` or, named by its token, ``/instances``: put, patch, delete, switch.

And what it polls: ``event-poller-records``.
"""

from collections.abc import Callable
from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.configuration.instance_json import InstanceJson
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.listing import counted
from elements_local.platform.core.paging import COUNT_HEADERS
from elements_local.platform.dates.iso_dates import iso_date
from elements_local.platform.instances import instance as rules
from elements_local.platform.instances import lines as instance_lines
from elements_local.platform.instances.call import InstanceCall
from elements_local.platform.instances.requests import InstanceRequest
from elements_local.platform.instances.routes_traces import TRACE_HEADERS, wire_to_vendor
from elements_local.platform.instances.service import ProviderCheck, change, instance_json, sent_body
from elements_local.platform.instances.service_granted import with_grant
from elements_local.platform.instances.store import Instances
from elements_local.platform.lint.service import WARNING_HEADERS

bp = Blueprint("instance", __name__)


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
@operation(problems=(403, 404, 429, 502), headers={**TRACE_HEADERS, **WARNING_HEADERS})
def put(call: InstanceCall, query: ReauthenticateQuery, body: InstanceRequest) -> Answer[InstanceJson]:
    """Replace an instance's name, tags and configuration."""
    ask = ProviderCheck.ALWAYS if query.re_authenticate else ProviderCheck.NEVER
    return _saved(call, body, rules.put, ask)


@bp.patch("")
@operation(problems=(403, 404, 429, 502), headers={**TRACE_HEADERS, **WARNING_HEADERS})
def patch(call: InstanceCall, body: InstanceRequest) -> Answer[InstanceJson]:
    """Change what is sent; the CRM is asked if the credentials, or the place where they hold, are new."""
    ask = ProviderCheck.ALWAYS if body.is_reauthorized else ProviderCheck.WHERE_NEW
    return _saved(call, body, rules.patch, ask)


@bp.delete("")
@operation(problems=(404,))
def delete(call: InstanceCall) -> Answer[None]:
    """Delete an instance; its token is nobody's from now on (observed)."""
    with call.transaction() as tx:
        Instances(tx).delete(call.instance.id)
    call.tell(instance_lines.deleted(call.instance))
    return Answer(None)


@bp.put("/enabled")
@operation(problems=(404,))
def enable(call: InstanceCall) -> Answer[None]:
    """Let hub calls and polls through again; a poller that was switched off starts anew (documented)."""
    change(call, call.instance, lambda stored: rules.switch(stored, disabled=False))
    return Answer(None)


@bp.delete("/enabled")
@operation(problems=(404,))
def disable(call: InstanceCall) -> Answer[None]:
    """Refuse hub calls (observed) and pause polls (assumed)."""
    change(call, call.instance, lambda stored: rules.switch(stored, disabled=True))
    return Answer(None)


@bp.put("/trace-logging")
@operation(problems=(404,))
def trace(call: InstanceCall, body: TraceLogging) -> Answer[None]:
    """Let traces be logged for a while; the instance says so as long as that lasts (assumed)."""
    change(call, call.instance, lambda stored: rules.trace(stored, minutes=body.duration, now=call.now))
    return Answer(None)


@bp.delete("/trace-logging")
@operation(problems=(404,))
def end_trace(call: InstanceCall) -> Answer[None]:
    """Log no more traces."""
    change(call, call.instance, lambda stored: rules.trace(stored, minutes=None, now=call.now))
    return Answer(None)


@bp.get("/event-poller-records")
@operation(problems=(404,), headers=COUNT_HEADERS)
def poller_records(call: InstanceCall) -> Answer[list[PollerRecordJson]]:
    """List an entry for each resource that is polled, by its name; one that is left out goes at once (observed)."""
    with call.read() as tx:
        polled = Instances(tx).last_polls(call.instance.id)
    return counted(
        [{"objectName": name, "lastPolledDate": iso_date(polled[name].at)} for name in sorted(polled)]
    )


def _saved(
    call: InstanceCall, body: InstanceRequest, rule: Callable[..., Instance], ask: ProviderCheck
) -> Answer[InstanceJson]:
    """Change an instance by what was sent, and show it."""
    element = body.element.find(call.catalogue) if body.element else call.element
    wire = wire_to_vendor(call, element.key, body)
    sent = with_grant(call, body, element, call.instance.configuration)
    saved = change(
        call,
        call.instance,
        lambda stored: rule(stored, sent, element),
        ask=ask,
        wire=wire,
        sent=sent_body(),
    )
    return Answer(instance_json(call, saved))
