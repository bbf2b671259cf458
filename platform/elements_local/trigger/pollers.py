"""Which poller will find a change first, and letting it run."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from shlex import quote
from threading import Event
from typing import Any

from msgspec import Struct

from elements_local.clients import BASE_PATH, WorkspaceClients
from elements_local.errors import HarnessError
from elements_local.guide import instance_body, poller_entry
from elements_local.kit.workspaces.instants import parse_instant
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.records import COLLECTIONS, ID_FIELDS

_MOST = 5000
_BETWEEN_LOOKS_S = 0.1


class NothingToTriggerError(HarnessError):
    """Nothing polls such records, or there is none to change; says what mends it. Nothing has been changed."""


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


def poller_of(clients: WorkspaceClients, resource: str) -> Poller:
    """Return what will find a change of such a record first.

    Raises:
        NothingToTriggerError: nothing will.
    """
    instances = clients.platform.pollers()
    pollers = [*_pollers(instances, resource)]
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


def leave_the_second(clients: WorkspaceClients, poller: Poller) -> None:
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


def let_it_poll(clients: WorkspaceClients, poller: Poller) -> str:
    """Let a poller run, and return the instant: a virtual clock is advanced to it, on a real one it polls at once."""
    clock = clients.clock.show()
    if clock["mode"] == "real" or poller.due is None:
        clients.platform.poll(poller.instance_id)
    else:
        clients.clock.advance(to=max(poller.due, parse_instant(clock["now"])))
    now: str = clients.clock.show()["now"]
    return now


def _pollers(instances: list[dict[str, Any]], resource: str) -> Iterator[Poller]:
    """Yield what polls such records, by their usual name or by one of the instance's own."""
    collection = COLLECTIONS[resource].lower()
    for instance in instances:
        due = instance["nextPoll"]
        for polled in instance["resources"]:
            if polled["resource"] == resource or polled["collection"] == collection:
                yield Poller(
                    instance_id=instance["instanceId"],
                    resource=polled["resource"],
                    made=parse_instant(instance["made"]),
                    due=None if due is None else parse_instant(due),
                )


def _paused(clients: WorkspaceClients, instance_id: int, job_id: str, resource: str) -> str:
    curl = _curl(clients, "PUT", f"/jobs/{job_id}/enable")
    return f"instance {instance_id} polls {resource}, but its poller is paused. This lets it run:\n{curl}"


def _none(clients: WorkspaceClients, instance_ids: list[int], resource: str) -> str:
    """Say that nothing polls such records, and what makes an instance that does."""
    body = instance_body(clients.credentials)
    usual = resource in Catalogue(shipped()).element(body["element"]["key"]).poller_defaults
    entry = {} if usual else poller_entry(resource, ID_FIELDS[resource])
    body["configuration"]["event.poller.configuration"] = {resource: entry}
    there = ", ".join(map(str, instance_ids))
    others = f" (not polling them: {there})" if there else ""
    curl = _curl(clients, "POST", "/instances", body)
    return f"no instance of workspace {clients.credentials.name!r} polls {resource}{others}. This makes one:\n{curl}"


def _curl(clients: WorkspaceClients, method: str, path: str, body: object = None) -> str:
    authorization = quote(f"Authorization: {clients.platform.headers['Authorization']}")
    lines = [f"curl -X {method} {clients.platform.url}{BASE_PATH}{path}", f"-H {authorization}"]
    if body is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d {quote(json.dumps(body))}"]
    return "  " + " \\\n    ".join(lines)
