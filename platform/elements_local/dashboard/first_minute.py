"""What a new user sees at one click: a change that polling loses, its cause and its cure; and one signed callback.

Both are done by calls that any client can make, in workspaces of their own, and what is said of them is made of the answers.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from elements_local.clients.guide import instance_body
from elements_local.clients.records import believable_fields
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.kit.instants import format_instant, parse_instant
from elements_local.stack.stack import Stack

_LAG = {"match": {"path": "/v2.2/Contacts/Search"}, "effect": {"index_lag_s": 3}}
_BEFORE_THE_POLL = timedelta(seconds=2)


class ShownStep(Struct, frozen=True, kw_only=True):
    """A step of what is shown.

    Attributes:
        text: what was done, and what came of it.
        at: the instant, by the workspace's clock.
        kind: as what it is shown: ``good``, ``bad`` or ``quiet``.
        page: the endpoint of the page that has more of it, and ``about`` what it is about.
    """

    text: str
    at: str
    kind: str = "quiet"
    page: str
    about: Mapping[str, Any]


def new_workspace(stack: Stack, purpose: str) -> WorkspaceClients:
    """Make a workspace with a virtual clock, named after a purpose and how many there are for it."""
    taken = {each.name for each in stack.workspaces()}
    names = (f"{purpose}-{number}" if number > 1 else purpose for number in range(1, len(taken) + 2))
    return stack.new_workspace(name=next(name for name in names if name not in taken), clock="virtual")


def lost_change(clients: WorkspaceClients) -> Iterator[ShownStep]:
    """Lose a contact's change by a lag of the CRM's search, ask for the cause, apply the cure, and see the next one reported."""
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    of_instance = {"instance_id": instance["id"]}
    (poller,) = clients.platform.pollers()
    polled = ", ".join(each["resource"] for each in poller["resources"])
    minutes = instance["configuration"]["event.poller.refresh_interval"]
    yield _step(
        clients,
        f"{instance['name']} is made: it polls {polled} every {minutes} minutes, first at {poller['nextPoll']}.",
        page="instances.show",
        about=of_instance,
    )
    clients.crm.script_faults([_LAG])
    (rule,) = clients.crm.call_object("GET", "/_local/faults")["faults"]
    lag = rule["effect"]["index_lag_s"]
    yield _step(
        clients,
        f"The CRM's search, {rule['match']['path']}, finds a record {lag:g} seconds after it was written, as many do.",
        page="faults.index",
        about={},
    )
    lost, made = _contact_before_the_poll(clients, believable_fields("contacts"))
    yield made
    # past the poll after the next one, which does not ask for it either
    clients.clock.advance(f"{minutes}m10s")
    explanation = _explained(clients, instance, lost)
    yield _explanation_step(clients, instance, lost, explanation)
    fix = explanation.get("fix") or {}
    if not fix.get("patch"):
        return
    change = json.dumps(fix["change"])
    yield _step(
        clients,
        f"The cure: {fix['text']}. Tried on a copy of the workspace: {fix['tried']}.",
        page="explain.show",
        about=_about(instance, lost),
    )
    clients.platform.patch_instance(instance["id"], fix["patch"])
    yield _step(
        clients,
        f"The instance is changed: contacts has {change} now.",
        page="instances.show",
        about=of_instance,
    )
    cured, made = _contact_before_the_poll(clients, {"FIRST_NAME": "Grace", "LAST_NAME": "Hopper"})
    yield made
    condition = {"callbacks": 1, "instanceId": instance["id"], "objectType": "contacts", "objectId": cured}
    clients.clock.advance(until=condition, limit=timedelta(hours=1))
    yield _explanation_step(clients, instance, cured, _explained(clients, instance, cured))


def send_test_event(clients: WorkspaceClients, url: str) -> tuple[dict[str, Any], str]:
    """Have one contact reported to a URL, of a new instance.

    Returns:
        The delivery as ``/_local/deliveries`` shows it, and what came of its first attempt.

    Raises:
        CallError: the platform refuses the URL.
    """
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = url or clients.credentials.callback_url
    clients.platform.create_instance(body)
    clients.crm.create("Contacts", believable_fields("contacts"))
    clients.clock.advance(to=_next_poll(clients))
    (delivery,) = clients.platform.call_object("GET", "/_local/deliveries")["deliveries"]
    return delivery, str(delivery["attempts"][0]["outcome"] if delivery["attempts"] else delivery["status"])


def _next_poll(clients: WorkspaceClients) -> str:
    (poller,) = clients.platform.pollers()
    return str(poller["nextPoll"])


def _contact_before_the_poll(
    clients: WorkspaceClients, fields: Mapping[str, object]
) -> tuple[str, ShownStep]:
    """Make a contact shortly before the next poll; return its id and the step."""
    poll = _next_poll(clients)
    clients.clock.advance(to=format_instant(parse_instant(poll) - _BEFORE_THE_POLL))
    record = clients.crm.create("Contacts", dict(fields))
    change = clients.crm.changes()[-1]
    before = (parse_instant(poll) - parse_instant(change["at"])).total_seconds()
    name = f"{record['FIRST_NAME']} {record['LAST_NAME']}"
    step = ShownStep(
        text=f"{name}, contact {change['recordId']}, is {change['change']} {before:g} seconds before the poll of {poll}.",
        at=change["at"],
        page="records.show",
        about={"kind": "Contacts", "record_id": change["recordId"]},
    )
    return str(change["recordId"]), step


def _explained(clients: WorkspaceClients, instance: Mapping[str, Any], record_id: str) -> dict[str, Any]:
    return clients.platform.explain(instance_id=instance["id"], resource="contacts", record_id=record_id)


def _about(instance: Mapping[str, Any], record_id: str) -> dict[str, Any]:
    return {"instanceId": instance["id"], "resource": "contacts", "recordId": record_id}


def _explanation_step(
    clients: WorkspaceClients, instance: Mapping[str, Any], record_id: str, explanation: Mapping[str, Any]
) -> ShownStep:
    cause = f" ({explanation['cause']})" if explanation.get("cause") else ""
    return _step(
        clients,
        f"Contact {record_id} was {explanation['verdict']}{cause}: {explanation['why']}.",
        kind="bad" if explanation["wrong"] else "good",
        page="explain.show",
        about=_about(instance, record_id),
    )


def _step(
    clients: WorkspaceClients, text: str, *, page: str, about: Mapping[str, Any], kind: str = "quiet"
) -> ShownStep:
    return ShownStep(text=text, at=clients.clock.show()["now"], page=page, about=about, kind=kind)
