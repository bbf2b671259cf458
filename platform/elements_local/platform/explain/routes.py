"""``/_local/explain``: why a change did, or did not, lead to a callback, and what would have led to one."""

from collections.abc import Mapping
from typing import Annotated

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.text import whole_number
from elements_local.platform.call import AdminCall, Call
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.core import identities
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.connector import own_block
from elements_local.platform.errors import InvalidRequestError, NotFoundError, quoted
from elements_local.platform.events.store import EventFilter, Events
from elements_local.platform.events.store_notifications import Notifications
from elements_local.platform.explain.arrivals import SinkArrivals
from elements_local.platform.explain.case import ExplainedCase
from elements_local.platform.explain.case_reader import CaseReader
from elements_local.platform.explain.cause import CureCase, FixFinder
from elements_local.platform.explain.facts import masked, read_message
from elements_local.platform.explain.verdict import Explanation, explained
from elements_local.platform.explain.views import ExplainJson, explanation_json
from elements_local.platform.instances.call import instance_named
from elements_local.platform.instances.store import Instances

_Number = Annotated[int, Meta(ge=0, le=10**18)]
_NAMED = 10
"""How many instances a refusal names."""
_Text = Annotated[str, Meta(min_length=1, max_length=500)]


class ExplainQuery(Struct, rename="camel"):
    """What is asked about: a record, a change, an event, or a callback.

    Attributes:
        instance_id: whose polls are meant; without it, the only one of the workspace.
        resource, record_id: the latest change of this record.
        change: the ``seq`` of one of the CRM's log.
        event: an event's id, or its notification's.
        callback: the sink's id of it.
        cures: whether changes that would have helped are tried.
    """

    instance_id: _Number | None = None
    resource: _Text | None = None
    record_id: _Text | None = None
    change: _Number | None = None
    event: _Text | None = None
    callback: _Number | None = None
    cures: bool = True


def explain_routes(cures: FixFinder) -> Blueprint:
    """Return the routes of an application that asks there for what would have helped."""
    bp = Blueprint("explain", __name__, url_prefix="/_local/explain")

    @bp.get("")
    @operation(problems=(400, 401, 403, 404, 409, 502))
    def show(call: AdminCall, query: ExplainQuery) -> Answer[ExplainJson]:
        """Say why a change did, or did not, lead to the callback that it should have."""
        case = _case(call, query)
        said = explained(case)
        sought = _sought(call, case, said) if query.cures else None
        found = None if sought is None else cures.search(sought)
        return Answer(explanation_json(case, said, found))

    return bp


def _case(call: Call, query: ExplainQuery) -> ExplainedCase:
    """Return the case that a query means.

    Raises:
        InvalidRequestError: it means none, or several.
        NotFoundError: what it names is not there.
    """
    of_record = query.record_id if query.change is None else query.change
    ways = sum(each is not None for each in (of_record, query.event, query.callback))
    if ways != 1:
        raise InvalidRequestError(
            "expected one of resource with recordId, change, event, or callback, the first two with instanceId where "
            "the workspace has several instances; "
            f"got {quoted('more than one' if ways else 'nothing')}"
        )
    if query.event is not None:
        return _case_of_event(call, query.event)
    if query.callback is not None:
        return _case_of_callback(call, query.callback)
    reader = CaseReader(call, _instance(call, query.instance_id))
    if query.change is not None:
        change = reader.change(query.change)
        resource = query.resource or reader.resource_of(change.collection)
        return reader.case(resource, change.record_id, seq=change.seq)
    if query.resource is None:
        raise InvalidRequestError("expected resource with recordId, such as resource=contacts")
    return reader.case(query.resource, query.record_id or "")


def _instance(call: Call, number: int | None) -> Instance:
    """Return an instance by its id, or the only one of the workspace.

    Raises:
        InvalidRequestError: no id is given, and the workspace has no instance, or several.
        NotFoundError: there is none, or no longer.
    """
    if number is None:
        return _only_instance(call)
    try:
        return instance_named(call, str(number))
    except NotFoundError as error:
        first = identities.first_instance_id(call.workspace)
        with call.read() as tx:
            if identities.was_given(tx, "instance", number, first=first):
                gone = f"{number}: it was deleted, and its polls with it"
                raise NotFoundError("element instance", gone) from error
        raise


def _only_instance(call: Call) -> Instance:
    """Return the instance of a workspace that has one.

    Raises:
        InvalidRequestError: it has none, or several.
    """
    with call.read() as tx:
        there = Instances(tx).all()
    if len(there) == 1:
        return there[0]
    ids = ", ".join(str(each.id) for each in there[:_NAMED])
    more = ", and more" if len(there) > _NAMED else ""
    raise InvalidRequestError(
        f"expected instanceId, as workspace {call.workspace.name!r} has {len(there)} instances: {ids}{more}"
        if there
        else f"workspace {call.workspace.name!r} has no instance yet: make one with POST /instances"
    )


def _case_of_event(call: Call, event: str) -> ExplainedCase:
    """Return the case of the first record that an event is about, by the event's id or its notification's.

    Raises:
        NotFoundError: there is no such event, or it is about no record.
    """
    number = whole_number(event)
    with call.read() as tx:
        if number is None or not Notifications(tx).get(number):
            found = Events(tx).get(EventFilter(), event)
            number = found.notification_id if found else None
    if number is None:
        raise NotFoundError("event", event)
    return _reported_case(call, number, named=event)


def _case_of_callback(call: Call, callback: int) -> ExplainedCase:
    """Return the case of the first record that a callback of the sink is about, or of the bulk job whose end it reports.

    Raises:
        NotFoundError: the sink has no such callback, or it is about neither.
    """
    number = whole_number(SinkArrivals(call).notification_of(callback) or "")
    if number is None:
        raise NotFoundError("callback", str(callback))
    return _reported_case(call, number, named=str(callback))


def _reported_case(call: Call, notification_id: int, *, named: str) -> ExplainedCase:
    with call.read() as tx:
        # A callback to a job's own URL has the id behind that of the notification of the same end.
        kept = Notifications(tx).get(notification_id) or Notifications(tx).get(notification_id - 1)
    message = read_message(kept.body) if kept else None
    if kept is None or message is None or not message.instance:
        raise NotFoundError("event of a record", named)
    reader = CaseReader(call, _instance(call, message.instance))
    if message.bulk:
        return reader.end_case(kept, message.bulk.id)
    if kept.id != notification_id or not message.events:
        raise NotFoundError("event of a record", named)
    event = message.events[0]
    return reader.reported_case(event.object_type, event.object_id, at=kept.created)


def _sought(call: Call, case: ExplainedCase, said: Explanation) -> CureCase | None:
    """Return what a cure is sought for; None if nothing went wrong, or with the end of a bulk job."""
    if said.cause is None or (case.job and case.change is None):
        return None
    connector = call.connector_of(case.instance)
    url = case.instance.configuration.get(configuration.CALLBACK_URL) or ""
    return CureCase(
        workspace=call.workspace.name,
        case=case,
        # What is done again has no key twice: it is the configuration that came of it.
        cause=said.beneath or said.cause,
        own=own_block(connector, case.resource, case.change.collection) if case.change else {},
        block=_block(case, connector.element.poller_defaults.get(case.resource, {})),
        nth=case.history.index(case.change) if case.change else 0,
        receiver="" if SinkArrivals(call).is_own(url) else masked(url),
    )


def _block(case: ExplainedCase, own: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return the block of a resource, the element's own if it is empty; None where lines take the place of blocks."""
    values = case.instance.configuration
    if poller_configuration.has_lines(values):
        return None
    return poller_configuration.entries_of(values).get(case.resource) or own or None
