"""Performs a plan on a stack, by its public doors alone, and writes down what it did; at each check the count judges that."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from count import Count, Evidence, Judgement, judge
from plan import START, WORKSPACES, Action, Settings
from story import Deed, Finding, seconds

from elements_local.clients.guide import instance_body, poller_entry
from elements_local.clients.workspace_clients import BASE_PATH, ServiceClient, WorkspaceClients
from elements_local.kit.api.json_text import decode
from elements_local.kit.http_message import Http
from elements_local.stack.stack import Stack
from elements_local.start import Options, in_process

COLLECTIONS = {
    "contacts": ("Contacts", "CONTACT_ID", "FIRST_NAME"),
    "accounts": ("Organisations", "ORGANISATION_ID", "ORGANISATION_NAME"),
    "leads": ("Leads", "LEAD_ID", "LAST_NAME"),
    "opportunities": ("Opportunities", "OPPORTUNITY_ID", "OPPORTUNITY_NAME"),
}
"""Resource -> the CRM's collection, its field of ids, and one of names."""

_KNOWN = ("story", "records", "instances", "rules")
"""What of a workspace a snapshot takes along."""

_WRITES = {"create", "update", "same", "burst", "delete"}
_RUNS = {"advance", "poll"}
"""Only these change the CRM's log, and only what falls due is told to the sink: elsewhere nobody asks again."""

RELEASE = "/notifications/subscriptions/deliveries?where=status%3D%27queued%27"
_BOUNDARY = "chaos-boundary"

Wire = Callable[[Http], Http]
Progress = Callable[[int, Count], None]
Facts = Mapping[str, Any]


@dataclass(kw_only=True)
class _Place:
    """A workspace, and what the plan knows of it.

    Attributes:
        records: names of the records that there are -> their ids.
        instances: names of instances -> id, token and configuration.
        rules: the faults of the CRM, as the plan has them.
    """

    clients: WorkspaceClients
    story: list[Deed] = field(default_factory=list)
    records: dict[str, int] = field(default_factory=dict)
    instances: dict[str, dict[str, Any]] = field(default_factory=dict)
    rules: list[Action] = field(default_factory=list)

    @property
    def now(self) -> int:
        """What its clock shows: only what the plan does moves it."""
        return self.story[-1].ended if self.story else 0

    def has(self, action: Action) -> bool:
        """Say whether there is what an action is about."""
        made = {"create": "record", "make": "instance"}.get(action["do"])
        there = {"record": self.records, "instance": self.instances, "via": self.instances}
        return all(action[key] in there[key] for key in there.keys() & action.keys() - {made})

    def hub(self, action: Action) -> ServiceClient:
        """Return the hub as the instance of an action sees it."""
        return self.clients.platform.hub(self.instances[action["via"]]["token"])


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A workspace at a check."""

    evidence: Evidence
    judgement: Judgement


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What no rule explains, and the workspaces at the last check."""

    findings: list[Finding]
    judged: Mapping[str, Judged]

    @property
    def count(self) -> Count:
        """How often each verdict was given, in all workspaces."""
        return counted(self.judged)


def counted(judged: Mapping[str, Judged]) -> Count:
    """Return how often each verdict was given, in all workspaces."""
    return sum((one.judgement.count for one in judged.values()), Counter())


def run(
    actions: list[Action],
    settings: Settings,
    *,
    seed: int = 0,
    wire: Wire = lambda http: http,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Perform actions up to the first check that finds something; after the last one there is always a check.

    Args:
        seed: what ids follow from.
        wire: what calls of the plan go through.
    """
    with TemporaryDirectory() as folder, ExitStack() as stacks:
        world = _World(Path(folder) / "data", settings, seed, wire, stacks)
        last = actions[-1:] or [{"do": "make", "at": 0}]
        for action in [*actions, *({"do": "check", "at": one["at"]} for one in last if one["do"] != "check")]:
            world.perform(action)
            if action["do"] == "check":
                progress(action["at"], counted(world.judged))
            if world.findings:
                break
        return Outcome(findings=sorted(world.findings), judged=world.judged)


class _World:
    def __init__(self, data: Path, settings: Settings, seed: int, wire: Wire, stacks: ExitStack) -> None:
        self.findings: list[Finding] = []
        self.judged: dict[str, Judged] = {}
        self._options = Options(data=data, start=START, environment=settings)
        self._settings = settings
        self._wire = wire
        self._stacks = stacks
        self._stack = self._started()
        self._kept: dict[str, tuple[Any, _Place]] = {}
        self._places = {
            name: _Place(
                clients=self._stack.new_workspace(name=name, seed=seed * 3 + at, start=START.isoformat())
            )
            for at, name in enumerate(WORKSPACES)
        }

    def _started(self) -> Stack:
        stack = self._stacks.enter_context(in_process(self._options))
        return replace(stack, http=self._wire(stack.http))

    def perform(self, action: Action) -> None:
        """Perform an action at its instant, to which time is moved before; one whose subject is not there is passed over."""
        do = action["do"]
        if do == "check":
            self._check()
            return
        place = self._places[action["in"]]
        if not place.has(action):
            return
        if do == "jump":
            self._jump(place, action["at"])
            return
        self._advance(place, action["at"], by_duration=action.get("by_duration", False))
        if do == "advance":
            return
        facts = getattr(self, f"_{do}")(place, action)
        if facts is not None:
            self._write_down(place, do, facts)

    # time

    def _advance(self, place: _Place, to: int, *, by_duration: bool) -> None:
        # it is later already if a write has begun the next second, or an action that brought time back was left out
        if to >= place.now:
            body = {"duration": to - place.now} if by_duration else {"to": instant(to)}
            ran = self._call(place, place.clients.clock, "POST", "/_local/clock/advance", json=body) or {}
            counted = ("polls", "events", "deliveries", "attempts")
            self._write_down(place, "advance", {name: ran[name] for name in counted if name in ran})

    def _jump(self, place: _Place, to: int) -> None:
        if to > place.now:
            self._call(place, place.clients.clock, "PUT", "/_local/clock", json={"now": instant(to)})
            self._write_down(place, "jump", {})

    # records

    def _create(self, place: _Place, action: Action) -> Facts:
        _, id_field, name_field = collection_of(action["record"])
        made = self._record(place, action, "POST", {name_field: action["record"]})
        if made is not None:
            place.records[action["record"]] = made[id_field]
        return {}

    def _update(self, place: _Place, action: Action) -> Facts:
        self._record(place, action, "PUT", {collection_of(action["record"])[2]: f"at {action['at']}"})
        return {}

    def _same(self, place: _Place, action: Action) -> Facts:
        """Write a record without changing anything, which stamps it all the same."""
        self._record(
            place, action, "PUT", {collection_of(action["record"])[1]: place.records[action["record"]]}
        )
        return {}

    def _burst(self, place: _Place, action: Action) -> Facts:
        for number in range(action["times"]):
            self._record(place, action, "PUT", {collection_of(action["record"])[2]: f"{number}"})
        return {}

    def _delete(self, place: _Place, action: Action) -> Facts:
        self._record(place, action, "DELETE", None)
        del place.records[action["record"]]
        return {}

    def _record(self, place: _Place, action: Action, method: str, fields: Facts | None) -> Any:
        """Write a record: in the CRM, or by the hub of an instance; a fault of writes may fail it."""
        collection, _, _ = collection_of(action["record"])
        record_id = place.records.get(action["record"])
        below = "" if record_id is None else f"/{record_id}"
        client: ServiceClient = place.clients.crm
        path = f"/v3.1/{collection}{below}"
        if "via" in action:
            client, path = place.hub(action), f"/{action['record'].partition('/')[0]}{below}"
            method = "PATCH" if method == "PUT" else method
        asked = any(rule["of"] == "writes" and "status" in rule["effect"] for rule in place.rules)
        return self._call(place, client, method, path, json=fields, asked=asked)

    def _bulk(self, place: _Place, action: Action) -> Facts:
        lines = [collection_of(action["kind"])[2], *(f"bulk {number}" for number in range(action["count"]))]
        part = 'Content-Disposition: form-data; name="file"; filename="some.csv"\r\nContent-Type: text/csv'
        body = f"--{_BOUNDARY}\r\n{part}\r\n\r\n{chr(10).join(lines)}\r\n--{_BOUNDARY}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        self._call(place, place.hub(action), "POST", f"/bulk/{action['kind']}", body=body, headers=headers)
        return {"instance": place.instances[action["via"]]["id"]}

    # instances

    def _make(self, place: _Place, action: Action) -> Facts | None:
        chosen = action["configuration"]
        body = instance_body(place.clients.credentials)
        body["configuration"] |= configuration_keys(chosen, place.clients.credentials.callback_url)
        made = self._call(place, place.clients.platform, "POST", f"{BASE_PATH}/instances", json=body)
        if made is None:
            return None
        place.instances[action["instance"]] = {"id": made["id"], "token": made["token"]}
        return {"instance": made["id"], "configuration": chosen}

    def _configure(self, place: _Place, action: Action) -> Facts:
        keys = configuration_keys(action["change"], place.clients.credentials.callback_url)
        number = place.instances[action["instance"]]["id"]
        path = f"{BASE_PATH}/instances/{number}"
        self._call(place, place.clients.platform, "PATCH", path, json={"configuration": keys})
        return {"instance": number, "change": action["change"]}

    def _unmake(self, place: _Place, action: Action) -> Facts:
        number = place.instances.pop(action["instance"])["id"]
        self._call(place, place.clients.platform, "DELETE", f"{BASE_PATH}/instances/{number}")
        return {"instance": number}

    def _poll(self, place: _Place, action: Action) -> Facts:
        number = place.instances[action["instance"]]["id"]
        self._call(place, place.clients.platform, "POST", "/_local/polls", json={"instanceId": number})
        return {"instance": number}

    def _poller(self, place: _Place, action: Action) -> Facts | None:
        """Pause a poller or let it go on, as long as there is one: an instance that polls nothing has no job."""
        number = place.instances[action["instance"]]["id"]
        jobs = self._call(place, place.clients.platform, "GET", f"{BASE_PATH}/jobs")
        job = next((job["id"] for job in jobs if str(job["data"].get("id")) == str(number)), None)
        if job is None:
            return None
        path = f"{BASE_PATH}/jobs/{job}/{'enable' if action['on'] else 'disable'}"
        self._call(place, place.clients.platform, "PUT", path)
        return {"instance": number, "on": action["on"]}

    # what goes wrong

    def _fault(self, place: _Place, action: Action) -> Facts:
        place.rules = action["rules"]
        rules = [fault_rule(rule) for rule in place.rules]
        self._call(place, place.clients.crm, "PUT", "/_local/faults", json={"faults": rules})
        return {"rules": place.rules}

    def _answers(self, place: _Place, action: Action) -> Facts:
        body = {"bin": place.clients.credentials.name, "responses": action["responses"]}
        self._call(place, place.clients.sink, "PUT", "/_local/responses", json=body)
        return {"responses": action["responses"]}

    def _release(self, place: _Place, _action: Action) -> Facts:
        self._call(place, place.clients.platform, "PUT", f"{BASE_PATH}{RELEASE}")
        return {}

    def _swallow(self, place: _Place, action: Action) -> Facts:
        """Let the sink take callbacks without keeping them: a defect for the tests, of which the count knows nothing."""
        match = {"method": "POST", "path": f"/{place.clients.credentials.name}*"}
        rule = {"match": match, "effect": {"status": 200}, "when": {"first_n": action["times"]}}
        path = f"/_local/faults?workspace={place.clients.credentials.name}"
        self._call(place, place.clients.sink, "PUT", path, json={"faults": [rule]})
        return {}

    # the past

    def _snapshot(self, place: _Place, action: Action) -> None:
        known = replace(place, **deepcopy({name: getattr(place, name) for name in _KNOWN}))
        self._kept[action["snapshot"]] = place.clients.snapshot(), known

    def _restore(self, place: _Place, action: Action) -> None:
        if action["snapshot"] in self._kept:
            document, known = self._kept[action["snapshot"]]
            place.clients.restore(document)
            for name in _KNOWN:
                setattr(place, name, deepcopy(getattr(known, name)))
            before, after = kept_of(document), kept_of(place.clients.snapshot())
            if known.clients is place.clients and before != after:
                self._found("restart", place, f"restored, and yet: {difference(before, after)}")

    def _restart(self, _place: _Place, _action: Action) -> None:
        """Close the stack and open it again: nothing that can be seen may differ."""
        before = {name: self._seen(place) for name, place in self._places.items()}
        self._stacks.close()
        self._stack = self._started()
        for name, place in self._places.items():
            place.clients = self._stack.workspace(name)
            for what, seen in self._seen(place).items():
                if seen != before[name][what]:
                    self._found("restart", place, f"{what} differs: {difference(before[name][what], seen)}")

    def _seen(self, place: _Place) -> Mapping[str, Any]:
        clients = place.clients
        services = (clients.platform, clients.crm, clients.sink)
        return {
            "health": [self._call(place, service, "GET", "/_local/health") for service in services],
            "clock": clients.clock.show(),
            "changes": len(clients.crm.changes()),
            "callbacks": len(clients.sink.callbacks()),
            "snapshot": kept_of(clients.snapshot()),
        }

    # what comes of it

    def _check(self) -> None:
        for name, place in self._places.items():
            clients = place.clients
            evidence = Evidence(
                workspace=name,
                settings=self._settings,
                story=place.story,
                log=clients.crm.changes(),
                recorded=clients.sink.callbacks(),
                audits={one["id"]: clients.platform.audit(one["id"]) for one in place.instances.values()},
            )
            self.judged[name] = Judged(evidence=evidence, judgement=judge(evidence))
            self.findings += self.judged[name].judgement.findings

    def _write_down(self, place: _Place, do: str, facts: Mapping[str, Any]) -> None:
        """Add a deed, with where clock, log and callbacks stand, which says what came before what."""
        logged = heard = 0
        if place.story:
            logged, heard = place.story[-1].logged, place.story[-1].heard
        if do in _WRITES or do in _RUNS:
            logged = self._call(place, place.clients.crm, "GET", "/_local/changes?limit=1")["total"]
        if do in _RUNS:
            path = f"/_local/callbacks?workspace={place.clients.credentials.name}&limit=1"
            heard = self._call(place, place.clients.sink, "GET", path)["total"]
        ended = seconds(self._call(place, place.clients.clock, "GET", "/_local/clock")["now"])
        place.story.append(Deed(do=do, began=place.now, ended=ended, logged=logged, heard=heard, facts=facts))

    def _call(
        self,
        place: _Place,
        client: ServiceClient,
        method: str,
        path: str,
        *,
        asked: bool = False,
        **sent: Any,
    ) -> Any:
        """Return the JSON of an answer; one that is no success is found, unless a fault was asked for, and is None."""
        reply = client.send(method, path, **sent)
        if reply.ok:
            return decode(reply.body) if reply.body else {}
        if not (asked and reply.status >= 500):
            self._found("error", place, f"{method} {path}: {reply.status} {reply.body.decode()[:300]}")
        return None

    def _found(self, kind: str, place: _Place, what: str) -> None:
        self.findings.append(Finding(kind=kind, workspace=place.clients.credentials.name, what=what))


def instant(at: int) -> str:
    """Write a plan's time."""
    return (START + timedelta(seconds=at)).isoformat()


def collection_of(record: str) -> tuple[str, str, str]:
    """Return the CRM's collection of a record or a resource, its field of ids, and one of names."""
    return COLLECTIONS[record.partition("/")[0]]


def configuration_keys(chosen: Action, callback_url: str) -> dict[str, Any]:
    """Return the vendor's keys for what a plan says of an instance."""
    keys = {
        "events": lambda on: {"event.notification.enabled": on},
        "interval": lambda minutes: {"event.poller.refresh_interval": str(minutes)},
        "key": lambda key: {"event.notification.signature.key": key},
        "path": lambda path: {"event.notification.callback.url": "" if path is None else callback_url + path},
        "resources": lambda rules: {
            "event.poller.configuration": {name: _block(name, rule) for name, rule in rules.items()}
        },
    }
    return {key: value for name, given in chosen.items() for key, value in keys[name](given).items()}


def _block(name: str, rule: Action) -> dict[str, Any]:
    block = poller_entry(name, COLLECTIONS[name][1])
    dates = block["datesConfiguration"]
    if "created" in rule:
        dates["createdDateField"] = rule["created"]
    if rule.get("created", "") is None:
        for key in ("createdDateField", "createdDateFormat", "createdDateTimezone"):
            del dates[key]
    if "zone" in rule:
        dates["updatedDateTimezone"] = rule["zone"]
    keys = {
        "tolerance": "createdCheckTolerance", "delay": "pollDelay", "page": "pageSize",
        "by_updated": "filterByUpdatedDate", "by_current": "filterByCurrentDate",
    }  # fmt: skip
    return block | {keys[key]: value for key, value in rule.items() if key in keys}


def fault_rule(rule: Action) -> dict[str, Any]:
    """Return the CRM's rule: about the searches that polls make by 2.2, or about whatever writes."""
    collection = COLLECTIONS[rule["of"]][0] if rule["of"] in COLLECTIONS else "*"
    writes = rule["of"] == "writes"
    match = (
        {"method": "P*", "path": "/v*"} if writes else {"method": "GET", "path": f"/v2.2/{collection}/Search"}
    )
    when = {key: rule[key] for key in ("first_n", "every_n") if key in rule}
    until = {"until": instant(rule["until"])} if "until" in rule else {}
    phase = {"phase": rule["phase"]} if "phase" in rule else {}
    return {"match": match, "effect": rule["effect"], **({"when": when} if when else {}), **until, **phase}


def kept_of(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return a snapshot without what a service keeps in its memory alone, whatever ``data`` says (docs/limits.md)."""
    parts = {name: part for name, part in snapshot.items() if name != "version"}
    forgotten = {"journal": None, "allowance": None}
    return {name: part | {"memory": {**part["memory"], **forgotten}} for name, part in parts.items()}


def difference(before: Any, after: Any, path: str = "") -> str:
    """Say where two documents differ first."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        key = next(key for key in before if before[key] != after[key])
        return difference(before[key], after[key], f"{path}.{key}")
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        at = next(at for at in range(len(before)) if before[at] != after[at])
        return difference(before[at], after[at], f"{path}[{at}]")
    return f"{path}: {str(before)[:200]} != {str(after)[:200]}"
