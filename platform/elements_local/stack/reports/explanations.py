"""Explanations and audits of a workspace: asked for, where no instance is named, and as the lines that people read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.kit.api.json_text import encode_text

_MOST_TRIES = 5

Json = Mapping[str, Any]


def explanation_text(said: Json) -> str:
    """Write why a change did, or did not, lead to a callback, what was seen on the way, and what would have helped."""
    return "\n".join([*_verdict(said), *_chain(said), *_fix(said)])


def _verdict(said: Json) -> Iterator[str]:
    change, job = said["change"], said["job"]
    what = (
        f"{said['resource']}/{said['recordId']}" if said["recordId"] else f"the end of bulk job {job['id']}"
    )
    did = f" {change['change']} at {change['at']}" if change else ""
    if change and job:
        did += f" by bulk job {job['id']}"
    late = ", late" if said["late"] else ""
    yield f"instance {said['instanceId']} ({said['instanceName']}): {what}{did}: {said['verdict']}{late}"
    if said["cause"]:
        yield f"cause: {said['cause']}: {said['about']}"
    yield f"  {said['why']}"
    for also in said["causes"][1:]:
        yield f"also: {also['cause']}: {also['about']}"
        yield f"  {also['why']}"


def _chain(said: Json) -> Iterator[str]:
    for poll in said["polls"]:
        request = poll["request"]
        outcome = poll["error"] or f"{request['status']}, {poll['seen']} seen"
        yield f"poll {poll['at']}, of changes after {poll['window']['after']}: GET {request['url']} -> {outcome}"
        if poll["calls"] is None:
            yield "  CRM: the calls of this poll are no longer known"
        for call in poll["calls"] or ():
            effect = f", struck by a fault rule: {encode_text(call['effect'])}" if call["effect"] else ""
            service = "CRM" if call["service"] == "crm" else call["service"]
            yield f"  {service}: {call['method']} {call['target']} -> {call['status'] or 'dropped'}{effect}"
        for record in poll["records"]:
            yield from _record(record)
    for callback in said["callbacks"]:
        yield from _callback(callback)


def _record(record: Json) -> Iterator[str]:
    yield f"  record {record['id'] or 'without an id'}: {record['verdict']}, {record['why']}"
    for name, date in record["dates"].items():
        read = date["read"] or "unreadable"
        yield f"    {name} {date['field']} {date['text']!r} by {date['pattern']!r} in {date['zone']}: {read}"
    for each in record["filters"]:
        yield f"    {each['filter']}: {'holds' if each['holds'] else 'does not hold'}: {each['why']}"


def _callback(callback: Json) -> Iterator[str]:
    events = f"the poll {callback['pollAt']} ({', '.join(callback['events'])})"
    of = events if callback["events"] else callback["pollAt"]
    due = f", due {callback['due']}" if callback["due"] else ""
    yield f"callback of {of} to {callback['url']}: {callback['status']}{due}"
    for attempt in callback["attempts"]:
        yield f"  attempt {attempt['number']} at {attempt['at']}: {attempt['status'] or 'no answer'}, {attempt['outcome']}"
    for arrived in callback["arrived"] or ():
        yield f"  at the sink: callback {arrived['id']} at {arrived['at']}, signature {arrived['signature']}"


def _fix(said: Json) -> Iterator[str]:
    for one in said["tries"][:_MOST_TRIES]:
        yield f"tried {one['where']} {encode_text(one['change'])}: {one['outcome']}"
    if (more := len(said["tries"]) - _MOST_TRIES) > 0:
        yield f"and {more} more"
    fix = said["fix"]
    if fix:
        tried = fix["tried"] or "not tried"
        parts = [f"{each['where']} {encode_text(each['change'])}" for each in (fix, *fix["also"])]
        yield f"fix: {fix['text']} ({', '.join(parts)}): {tried}"
        if fix["patch"]:
            yield f"  PATCH {BASE_PATH}/instances/{said['instanceId']} {encode_text(fix['patch'])}"
    if "untried" in said:
        yield f"no cure has been tried: {said['untried']}" if fix else f"no fix: {said['untried']}"


WRONG = ("lost", "misclassified", "duplicate", "late")
"""What an audit lists of what went wrong."""

_OBJECTED = ("lost", "misclassified", "duplicate")
"""What makes an audit fail; what is late has come, or is to be tried again."""


def audit_text(audit: Json) -> str:
    """Write what an audit found: what is wrong, with its cause, and what there is to know beside."""
    counts = ", ".join(f"{len(audit[kind])} {kind}" for kind in ("reported", *reversed(WRONG)))
    lines = [f"{audit['owed']} owed, {audit['delivered']} delivered: {counts}"]
    for kind in WRONG:
        for one in audit[kind]:
            cause = f" [{one['cause']}]" if one["cause"] else ""
            lines += [f"{kind} {one['resource']}/{one['recordId']} {one['change']} at {one['at']}{cause}"]
            lines += [f"  {one['why']}"]
    lines += [f"note: {note}" for note in audit["notes"]]
    lines += [f"warning {one['rule']}: {one['message']} ({one['path']})" for one in audit["warnings"]]
    return "\n".join(lines)


def objections(audits: Sequence[Json]) -> Iterator[str]:
    """Say of each instance what is wrong, if anything is."""
    for one in audits:
        found = [f"{len(one[kind])} {kind}" for kind in _OBJECTED if one[kind]]
        found += [
            f"{_counted(each['polls'], 'poll')} of {each['resource']} failed, the last at {each['at']}: {each['why']}"
            for each in one["failedPolls"]
        ]
        if found:
            yield f"instance {one['instanceId']}: {', '.join(found)}"


def unpolled(audits: Sequence[Json]) -> list[str]:
    """Say of which collections there are changes that none of the instances polls."""
    counts = [{each["collection"]: each["changes"] for each in one["unpolled"]} for one in audits]
    return [
        f"no instance polls {_counted(max(each[name] for each in counts), 'change')} of {name}"
        for name in (counts[0] if counts else ())
        if all(name in each for each in counts)
    ]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


class NoInstanceError(HarnessError):
    """There is nothing to explain or to audit."""

    def __init__(self) -> None:
        super().__init__("there is no instance in this workspace, so nothing is polled")


def instances_polling(clients: WorkspaceClients, resource: str | None = None) -> list[int]:
    """Return the instances that poll a resource, by its own name or the CRM's; all if none does.

    Raises:
        NoInstanceError: there is none.
    """
    pollers = clients.pollers()
    if not pollers:
        raise NoInstanceError
    polls_it = [
        one
        for one in pollers
        if any(resource in {each["resource"], each["collection"]} for each in one["resources"])
    ]
    return [one["instanceId"] for one in polls_it or pollers]


def instance_polling(clients: WorkspaceClients, resource: str | None = None) -> int:
    """Return the first of them."""
    return instances_polling(clients, resource)[0]


def explain(
    clients: WorkspaceClients, resource: str | None = None, record_id: str | int | None = None, **asked: Any
) -> dict[str, Any]:
    """Explain the latest change of a record, or what else is asked about."""
    if "instance_id" not in asked and not asked.keys() & {"event", "callback"}:
        asked["instance_id"] = instance_polling(clients, resource)
    return clients.platform.explain(resource=resource, record_id=record_id, **asked)


def audit(clients: WorkspaceClients, instance_id: int | None = None) -> dict[str, Any]:
    """Audit an instance, the first unless it is said which."""
    return clients.platform.audit(instance_id or instance_polling(clients))
