"""What `trigger` does: a change in the CRM, the poll that finds it, and the callback that comes of it."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from shlex import quote
from threading import Event
from typing import Any, Literal

from msgspec import Struct

from elements_local.clients.errors import HarnessError, UnknownVendorError
from elements_local.clients.guide import block_of, instance_body
from elements_local.clients.records import INSIGHTLY, Kinds, RecordSort, merged, with_value
from elements_local.clients.service_client import segment
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.kit.instants import parse_instant
from elements_local.kit.text import nearest

Change = Literal["created", "updated"]
_TRANSPORT = frozenset({"Host", "User-Agent", "Accept-Encoding", "Accept", "Connection", "Content-Length"})
"""Headers that say nothing of a callback."""


class RecordChange(Struct, frozen=True, kw_only=True):
    """A change that was made.

    Attributes:
        at: when it was made, as the record is dated.
        fields: what was sent.
        ignored: those of them that the CRM does not know, each with the nearest that it does.
    """

    resource: str
    change: Change
    record_id: int | str
    at: str
    fields: Mapping[str, object]
    ignored: Mapping[str, str | None]


def make(
    clients: WorkspaceClients, resource: str, fields: Mapping[str, object], record_id: int | str | None
) -> RecordChange:
    """Create a record, or change one.

    Args:
        fields: to be created, beside what is believable; to be changed, a text unless there are some.
        record_id: which is changed; None creates one.

    Raises:
        CallError: the CRM refuses it.
    """
    kind = kind_of(clients, resource)
    if record_id is None:
        sent = merged(merged(kind.names, kind.needed), fields)
        answer = clients.crm.create(kind.address, sent)
    else:
        text = f"Changed at {clients.clock.show()['now']}"
        sent = dict(fields) or with_value({}, kind.text, text)
        answer = clients.crm.update(kind.address, record_id, sent)
    return RecordChange(
        resource=resource,
        change="created" if record_id is None else "updated",
        record_id=answer[kind.id],
        at=answer.get("DATE_UPDATED_UTC") or clients.clock.show()["now"],
        fields=sent,
        ignored={name: nearest(name, answer) for name in sent if name not in answer},
    )


def kinds_of(clients: WorkspaceClients) -> Kinds:
    """Return the kinds of records that a workspace has; those of its first instance's element go before others."""
    polled = clients.platform.pollers()[:1] if clients.credentials.crms else []
    elements = [
        clients.platform.call("GET", f"{BASE_PATH}/instances/{one['instanceId']}")["element"]["key"]
        for one in polled
    ]
    return Kinds(clients.credentials.crms, first=next(iter(elements), INSIGHTLY))


def kind_of(clients: WorkspaceClients, resource: str) -> RecordSort:
    """Return a kind of records, by its name, or by that with its vendor's before it: ``hubspotcrm/contacts``.

    Raises:
        UnknownVendorError: the stack does not play the vendor.
    """
    element, _, name = resource.rpartition("/")
    crms = clients.credentials.crms
    if element not in {"", INSIGHTLY, *crms}:
        raise UnknownVendorError(element, (INSIGHTLY, *crms))
    return (Kinds(crms, first=element) if element else kinds_of(clients)).of(name)


def namesakes(clients: WorkspaceClients, resource: str) -> list[str]:
    """Return the names of other vendors' kinds that a kind's name could mean as well."""
    own = kind_of(clients, resource).element
    crms = {} if "/" in resource else clients.credentials.crms
    return [f"{key}/{resource}" for key, crm in crms.items() if key != own and resource in crm["kinds"]]


def record_to_change(clients: WorkspaceClients, resource: str, record_id: int | str | None) -> int | str:
    """Return the id of a record that is there: this one, or the one that was made last, or one from the start.

    Raises:
        NothingToTriggerError: there is none.
        CallError: it is not there.
    """
    kind = kind_of(clients, resource)
    if record_id is not None:
        clients.crm.get(kind.address, record_id)
        return record_id
    is_crms = kind.element == INSIGHTLY
    log = clients.crm if is_crms else clients.fakes[kind.element]
    changes = [change for change in log.changes() if change["resource"] == kind.collection]
    gone = {change["recordId"] for change in changes if change["change"] == "DELETED"}
    created = [
        change["recordId"]
        for change in changes
        if change["change"] == "CREATED" and change["recordId"] not in gone
    ]
    if created:
        return int(created[-1]) if is_crms else str(created[-1])
    if is_crms:
        for record in clients.crm.call("GET", f"{clients.crm.version}/{kind.collection}?top=1"):
            number: int = record[kind.id]
            return number
    raise NothingToTriggerError(
        f"the CRM of workspace {clients.credentials.name!r} has no {resource}; "
        f"`elements-local trigger {resource} created` makes one"
    )


class SentCallback(Struct, frozen=True, kw_only=True):
    """A callback, as the platform sent it.

    Attributes:
        at: when it was tried last.
        status: what the receiver answered; None if it did not.
        outcome: ``delivered``, or why it is not.
        headers: those that a receiver goes by; of a receiver that is not the sink, only the notification's id is known.
        signature: the sink's verdict, if it was the receiver.
        body: of what a receiver that is not the sink has not taken, the notification's message and what is around it.
        event_types: what it says of the record.
    """

    url: str
    at: str
    status: int | None
    outcome: str
    headers: Mapping[str, str]
    signature: str | None
    body: Any
    event_types: tuple[str, ...]


class TriggerOutcome(Struct, frozen=True, kw_only=True):
    """What came of a change.

    Attributes:
        sent: None if no callback was sent.
        reasons: why there is none, or why it is not as it should be; none if all is well.
    """

    sent: SentCallback | None
    reasons: tuple[str, ...]


class Poller(Struct, frozen=True, kw_only=True):
    """What will find a change.

    Attributes:
        resource: what the instance calls such records.
        made: when the instance was made.
        due: when they are polled next; None while the poller is paused.
    """

    instance_id: int
    resource: str
    made: datetime
    due: datetime | None

    def last_poll(self, clients: WorkspaceClients) -> dict[str, Any] | None:
        """Return its last poll of these records."""
        polls = clients.platform.polls(instanceId=self.instance_id, resource=self.resource, limit=1)
        return polls[-1] if polls else None


def outcome_of(clients: WorkspaceClients, poller: Poller, change: RecordChange) -> TriggerOutcome:
    """Return what came of a change, once the poller has run."""
    poll = poller.last_poll(clients)
    is_virtual = clients.clock.show()["mode"] == "virtual"
    if poll is None or (is_virtual and poller.due and parse_instant(poll["at"]) < poller.due):
        reason = f"instance {poller.instance_id} has not polled {poller.resource} since the change"
        return TriggerOutcome(sent=None, reasons=(reason,))
    decision = next((one for one in poll["records"] if one["id"] == str(change.record_id)), None)
    sent = _sent(clients, poll, change)
    if sent is None:
        return TriggerOutcome(sent=None, reasons=(_why_none(poll, decision, change),))
    return TriggerOutcome(sent=sent, reasons=tuple(_why_not_so(sent, decision, change)))


def _why_none(poll: Mapping[str, Any], decision: Mapping[str, Any] | None, change: RecordChange) -> str:
    record = f"{change.resource} {change.record_id}"
    poll_text = f"the poll of {poll['resource']} at {poll['at']}"
    if poll["error"]:
        return f"{poll_text} failed: {poll['error']}"
    if decision is None:
        window = f"it asked for changes after {poll['from']}, and saw {poll['seen']}"
        return f"{poll_text} has not seen {record}, which is dated {change.at}: {window}"
    if decision["verdict"] == "ignored":
        return f"{poll_text} passed over {record}: {decision['why']}"
    return (
        f"{poll_text} found {record} {decision['verdict']}, and no callback has been sent yet: has instance "
        f"{poll['instanceId']} a callback URL, and is its subscription active?"
    )


def _why_not_so(
    sent: SentCallback, decision: Mapping[str, Any] | None, change: RecordChange
) -> Iterator[str]:
    expected = change.change.upper()
    if expected not in sent.event_types:
        why = f": {decision['why']}" if decision else ""
        yield f"it was to say {expected}, and says {', '.join(sent.event_types)}{why}"
    if sent.outcome != "delivered":
        yield f"the receiver has not taken it: {sent.outcome}"


def _sent(clients: WorkspaceClients, poll: Mapping[str, Any], change: RecordChange) -> SentCallback | None:
    polled_at = parse_instant(poll["at"])
    for event in clients.platform.events(poll["instanceId"]):  # the newest first
        if parse_instant(event["eventDate"]) < polled_at:
            break
        for recipient in event["eventElementInstances"]:
            if str(change.record_id) in event["providerData"] and (
                found := _callback_of(clients, recipient, change)
            ):
                return found
    return None


def _callback_of(
    clients: WorkspaceClients, recipient: Mapping[str, Any], change: RecordChange
) -> SentCallback | None:
    """Return the callback that a notification was sent as; None if it is not about the record, or was not sent."""
    number = recipient["notificationId"]
    notification = clients.platform.call("GET", f"{BASE_PATH}/notifications/{segment(number)}")
    message = json.loads(notification["message"])
    event_types = [
        event["eventType"] for event in message["events"] if event["objectId"] == str(change.record_id)
    ]
    deliveries = clients.platform.call("GET", f"/_local/deliveries?notificationId={number}")["deliveries"]
    attempts = [attempt for delivery in deliveries for attempt in delivery["attempts"]]
    if not (event_types and attempts):
        return None
    callbacks = clients.sink.callbacks(q=str(number), objectId=change.record_id)
    headers = callbacks[-1]["headers"] if callbacks else {"Elements-Webhook-Id": str(number)}
    delivered = recipient["notifiedData"]
    envelope = {**notification, "message": message}
    return SentCallback(
        url=attempts[-1]["url"],
        at=attempts[-1]["at"],
        status=attempts[-1]["status"],
        outcome=attempts[-1]["outcome"],
        headers={name: value for name, value in headers.items() if name not in _TRANSPORT},
        signature=callbacks[-1]["signature"] if callbacks else None,
        body=callbacks[-1]["json"] if callbacks else json.loads(delivered) if delivered else envelope,
        event_types=tuple(event_types),
    )


_MOST = 5000
_BETWEEN_LOOKS_S = 0.1


class NothingToTriggerError(HarnessError):
    """Nothing polls such records, or there is none to change; says what to do. Nothing has been changed."""


def instance_of_its_own(clients: WorkspaceClients, resource: str) -> int | None:
    """Make the guide's instance, which polls such records, where there is none at all, and return its id."""
    if clients.platform.pollers():
        return None
    body = instance_body(clients.credentials, element=kind_of(clients, resource).element)
    blocks = body["configuration"]["event.poller.configuration"]
    body["configuration"]["event.poller.configuration"] = {**_block(clients, resource), **blocks}
    made: int = clients.platform.create_instance(body)["id"]
    return made


def poller_of(clients: WorkspaceClients, resource: str) -> Poller:
    """Return what will find a change of such a record first.

    Raises:
        NothingToTriggerError: nothing will.
    """
    instances, kind = clients.pollers(), kind_of(clients, resource)
    collection = clients.crm.named(kind.element, kind.collection.lower())
    pollers = [*_pollers(instances, resource.rpartition("/")[2], collection)]
    due = [(poller.due, poller.instance_id, poller) for poller in pollers if poller.due]
    if due:
        return min(due)[-1]
    jobs = clients.platform.call("GET", f"{BASE_PATH}/jobs?pageSize={_MOST}")
    paused = {job["data"]["id"]: job["id"] for job in jobs}
    for poller in pollers:
        if poller.instance_id in paused:
            job_id = paused[poller.instance_id]
            raise NothingToTriggerError(_paused(clients, poller.instance_id, job_id, resource))
    raise NothingToTriggerError(_none(clients, [each["instanceId"] for each in instances], resource))


def advance_past_poll_second(clients: WorkspaceClients, poller: Poller) -> None:
    """Let time pass until a change is later than the last poll, since records are dated to the second.

    A real clock is waited for, and a virtual one advanced if ties are kept; otherwise the CRM moves that by itself.
    """
    poll, pause = poller.last_poll(clients), Event()
    last = parse_instant(poll["at"]) if poll else poller.made
    later = last.replace(microsecond=0) + timedelta(seconds=1)
    while parse_instant((clock := clients.clock.show())["now"]) < later:
        if clock["mode"] == "real":
            pause.wait(_BETWEEN_LOOKS_S)
        elif "keep_ties" in clock:
            clients.clock.advance(to=later)
        else:
            return


def advance_to_next_poll(clients: WorkspaceClients, poller: Poller) -> str:
    """Let a poller run, and return the instant: a virtual clock is advanced to it, on a real one it polls at once."""
    clock = clients.clock.show()
    if clock["mode"] == "real" or poller.due is None:
        clients.platform.poll(poller.instance_id)
    else:
        clients.clock.advance(to=max(poller.due, parse_instant(clock["now"])))
    now: str = clients.clock.show()["now"]
    return now


def _pollers(instances: list[dict[str, Any]], resource: str, collection: str) -> Iterator[Poller]:
    """Yield what polls such records, by their usual name or by one of the instance's own."""
    for instance in instances:
        due = instance["nextPoll"]
        for polled in instance["resources"]:
            is_of_vendor = _vendor(polled["collection"] or "") == _vendor(collection)
            if is_of_vendor and (polled["resource"] == resource or polled["collection"] == collection):
                yield Poller(
                    instance_id=instance["instanceId"],
                    resource=polled["resource"],
                    made=parse_instant(instance["made"]),
                    due=None if due is None else parse_instant(due),
                )


def _vendor(collection: str) -> str:
    return collection.rpartition("/")[0]


def _paused(clients: WorkspaceClients, instance_id: int, job_id: str, resource: str) -> str:
    curl = _curl(clients, "PUT", f"/jobs/{segment(job_id)}/enable")
    return f"instance {instance_id} polls {resource}, but its poller is paused. This lets it run:\n{curl}"


def _block(clients: WorkspaceClients, resource: str) -> dict[str, object]:
    """Return what of a poller's configuration has such records polled by an instance of their element."""
    kinds = Kinds(clients.credentials.crms, first=kind_of(clients, resource).element)
    name = resource.rpartition("/")[2]
    return {name: block_of(kinds, name)}


def _none(clients: WorkspaceClients, instance_ids: list[int], resource: str) -> str:
    """Say that nothing polls such records, and what makes an instance that does."""
    body = instance_body(clients.credentials, element=kind_of(clients, resource).element)
    body["configuration"]["event.poller.configuration"] = _block(clients, resource)
    there = ", ".join(map(str, instance_ids))
    curl = _curl(clients, "POST", "/instances", body)
    return (
        f"no instance of workspace {clients.credentials.name!r} polls {resource} (not polling them: {there}). "
        f"This makes one:\n{curl}"
    )


def _curl(clients: WorkspaceClients, method: str, path: str, body: object = None) -> str:
    authorization = quote(f"Authorization: {clients.platform.headers['Authorization']}")
    lines = [f"curl -X {method} {clients.platform.url}{BASE_PATH}{path}", f"-H {authorization}"]
    if body is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d {quote(json.dumps(body))}"]
    return "  " + " \\\n    ".join(lines)
