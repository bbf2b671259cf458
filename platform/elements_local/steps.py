"""What each verb of a scenario does: one function a verb, on a running stack."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec import UNSET, to_builtins

from elements_local import expect, verbs
from elements_local.clients import BASE_PATH, Client, Doors
from elements_local.guide import instance_body
from elements_local.records import COLLECTIONS, Names, default_fields, kind_of
from mock_kit.instants import format_instant, parse_duration, parse_instant
from mock_kit.json_text import MalformedJsonError, decode


class ExpectationError(Exception):
    """What came is not what was expected; a line for each difference."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, kw_only=True)
class Instance:
    """An instance that a scenario has made.

    Attributes:
        callback_url: the bin of its own that its callbacks go to.
        signed: whether they have to carry a valid signature.
    """

    id: int
    token: str
    callback_url: str
    signed: bool


@dataclass(kw_only=True)
class World:
    """What a scenario has to do with while it runs.

    Attributes:
        start: its first instant; ``T+15m`` counts from it.
        seen_callbacks, seen_polls: how many of each an ``expect`` has dealt with.
    """

    doors: Doors
    start: datetime
    instances: dict[str, Instance] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    seen_callbacks: int = 0
    seen_polls: int = 0

    def instance(self, name: str | None = None) -> Instance:
        """Return an instance by its name, or the first.

        Raises:
            ExpectationError: the scenario has none.
        """
        if name is None and self.instances:
            return next(iter(self.instances.values()))
        if name not in self.instances:
            raise ExpectationError(f"no instance {name!r}; there are: {', '.join(self.instances) or 'none'}")
        return self.instances[name]

    def instant(self, text: str) -> datetime:
        """Read an instant: ISO, or ``T+15m`` from the start."""
        return self.start + parse_duration(text[2:]) if text.startswith("T+") else parse_instant(text)


def make_instance(world: World, name: str, differs: Mapping[str, Any]) -> None:
    """Make an instance like the guide's, but for what differs; its callbacks go to a path of its own."""
    credentials = world.doors.credentials
    guide = instance_body(credentials)
    callback_url = f"{credentials.callback_url}/{name}"
    configuration = {
        **guide["configuration"],
        "event.notification.callback.url": callback_url,
        **differs.get("configuration", {}),
    }
    made = world.doors.platform.create_instance(
        {**guide, "name": name, **differs, "configuration": configuration}
    )
    world.instances[name] = Instance(
        id=made["id"],
        token=made["token"],
        callback_url=str(configuration["event.notification.callback.url"]),
        signed=bool(configuration.get("event.notification.signature.key")),
    )


def take(world: World, verb: str, argument: verbs.Argument) -> None:
    """Do what a step says.

    Raises:
        ExpectationError: it was an expectation, and it does not hold.
        HarnessError: a service refused, or did not answer.
    """
    _VERBS[verb](world, argument)


def _create(world: World, argument: verbs.Fields) -> None:
    for name, fields in argument.items():
        collection = COLLECTIONS[kind_of(name)]
        world.names.add(name, world.doors.crm.create(collection, {**default_fields(name), **(fields or {})}))


def _update(world: World, argument: verbs.Fields) -> None:
    for name, fields in argument.items():
        world.doors.crm.update(COLLECTIONS[kind_of(name)], world.names.id_of(name), fields or {})


def _delete(world: World, argument: str | list[str]) -> None:
    for name in [argument] if isinstance(argument, str) else argument:
        world.doors.crm.delete(COLLECTIONS[kind_of(name)], world.names.id_of(name))


def _advance(world: World, argument: str | float | verbs.AdvanceTo) -> None:
    if isinstance(argument, verbs.AdvanceTo):
        world.doors.clock.advance(to=world.instant(argument.to))
    else:
        world.doors.clock.advance(argument)


def _poll(world: World, argument: str | None) -> None:
    world.doors.platform.poll(world.instance(argument).id)


def _fault(world: World, argument: verbs.Fault | list[verbs.Fault]) -> None:
    rules = argument if isinstance(argument, list) else [argument]
    for service in {rule.service for rule in rules}:
        mine = [to_builtins(rule) for rule in rules if rule.service == service]
        _service(world, service).call("PUT", "/_local/faults" + _whose(world, service), json={"faults": mine})


def _respond(world: World, argument: verbs.Response | list[verbs.Response]) -> None:
    responses = argument if isinstance(argument, list) else [argument]
    world.doors.sink.respond(*(to_builtins(response) for response in responses))


def _configure(world: World, argument: dict[str, Any]) -> None:
    named = argument.pop("instance", None)
    world.doors.platform.patch_instance(world.instance(named).id, {"configuration": argument})


def _request(world: World, argument: verbs.Request) -> None:
    client = _service(world, argument.service)
    path = _with_ids(world, argument.path)
    headers: dict[str, str | None] = {}
    if argument.service == "platform":
        headers = _platform_headers(world, path)
        path = path if path.startswith("/_local") else BASE_PATH + path
    headers.update(argument.headers)
    caller = Client(
        http=client.http,
        url=client.url,
        headers={key: value for key, value in {**client.headers, **headers}.items() if value is not None},
    )
    body = None if argument.json is UNSET else argument.json
    reply = caller.send(argument.method, path, json=body, body=(argument.text or "").encode())
    text = reply.body.decode("utf-8", "replace")
    if reply.status != argument.status:
        raise ExpectationError(f"expected: {argument.status}", f"actual:   {reply.status} {text[:1000]}")
    if argument.expect is not UNSET:
        try:
            _refuse(expect.contained(argument.expect, decode(text) if text else None))
        except MalformedJsonError as error:
            raise ExpectationError(f"expected JSON; {error}", f"actual:   {text[:1000]}") from error


def _expect(world: World, argument: verbs.Expect) -> None:
    lines: list[str] = []
    arrived = world.doors.sink.callbacks()
    fresh = arrived[world.seen_callbacks :]
    if argument.callbacks is not None:
        lines += _callbacks(world, argument.callbacks, [one for one in fresh if _taken(one)])
    if argument.attempts is not None:
        lines += _labelled("attempts", expect.ordered(argument.attempts, [one["status"] for one in fresh]))
    if argument.events is not None:
        lines += _events(world, argument.events)
    if argument.polls is not None:
        lines += _polls(world, argument.polls)
    if argument.records is not None:
        lines += _records(world, argument.records)
    _refuse(lines)
    world.seen_callbacks = len(arrived)
    world.seen_polls = len(world.doors.platform.polls())


def _never(world: World, argument: verbs.Never) -> None:
    came = [line for one in world.doors.sink.callbacks() if _taken(one) for line in _event_lines(world, one)]
    _refuse([f"unexpected: {line}" for line in argument.callbacks if line in came])


def _callbacks(world: World, wanted: Any, fresh: list[dict[str, Any]]) -> list[str]:
    """Hold callbacks against a list, or against one for each instance."""
    by_instance = wanted if isinstance(wanted, dict) else {next(iter(world.instances), "instance"): wanted}
    lines: list[str] = []
    left = list(fresh)
    for name, expected in by_instance.items():
        mine = [one for one in fresh if _goes_to(one, world.instance(name))] if world.instances else []
        left = [one for one in left if one not in mine]
        lines += _labelled(
            name if len(by_instance) > 1 else "callbacks", _held_against(world, expected, mine)
        )
        if world.instances and world.instance(name).signed:
            bad = [
                one["signature"]
                for one in mine
                if one["signature"] != "valid" and not _says_signature(expected)
            ]
            lines += [f"{name}: a callback's signature is {verdict}, expected valid" for verdict in bad]
    return lines + [f"unexpected: a callback at {one['path']}" for one in left]


def _held_against(world: World, expected: list[Any], mine: list[dict[str, Any]]) -> list[str]:
    if all(isinstance(line, str) for line in expected):
        return expect.unordered(expected, [line for one in mine for line in _event_lines(world, one)])
    if len(expected) != len(mine):
        shown = [_event_lines(world, one) for one in mine]
        return [f"expected: {len(expected)} callbacks", f"actual:   {len(mine)}: {shown}"]
    return [
        line for one, other in zip(expected, mine, strict=True) for line in _one_callback(world, one, other)
    ]


def _one_callback(world: World, wanted: str | verbs.Callback, came: dict[str, Any]) -> list[str]:
    if isinstance(wanted, str):
        return expect.ordered([wanted], _event_lines(world, came))
    lines = expect.ordered(wanted.events, _event_lines(world, came))
    message = came["json"]["message"]
    if wanted.raw is not None:
        lines += _labelled(
            "raw", expect.ordered([wanted.raw], [len(message["raw"][message["raw"]["objectType"]])])
        )
    if wanted.signature is not None:
        lines += _labelled("signature", expect.ordered([wanted.signature], [came["signature"]]))
    sent = {name.lower(): value for name, value in came["headers"].items()}
    for name, value in wanted.headers.items():
        lines += _labelled(name, expect.ordered([value], [sent.get(name.lower())]))
    return lines


def _events(world: World, wanted: list[str]) -> list[str]:
    states = [event["status"] for event in reversed(world.doors.platform.events(world.instance().id))]
    return _labelled("events", expect.ordered(wanted, states))


def _polls(world: World, wanted: list[verbs.Poll]) -> list[str]:
    polls = world.doors.platform.polls()[world.seen_polls :]
    if len(polls) != len(wanted):
        shown = [f"{poll['at']} {poll['resource']}" for poll in polls]
        return [f"polls: expected {len(wanted)}, actual {len(polls)}: {', '.join(shown)}"]
    lines: list[str] = []
    for place, (one, poll) in enumerate(zip(wanted, polls, strict=True)):
        came = {
            "resource": poll["resource"],
            "at": poll["at"],
            "start": poll["from"],
            "status": poll["request"]["status"],
            "seen": poll["seen"],
            "events": poll["events"],
            "failed": poll["error"] is not None,
        }
        expected = to_builtins(one)
        for key in {"at", "start"} & expected.keys():
            expected[key] = format_instant(world.instant(expected[key]))
        lines += expect.contained(expected, came, at=f"polls[{place}]")
    return lines


def _records(world: World, wanted: verbs.Fields) -> list[str]:
    lines: list[str] = []
    for name, fields in wanted.items():
        path = f"/v3.1/{COLLECTIONS[kind_of(name)]}/{world.names.id_of(name)}"
        reply = world.doors.crm.send("GET", path)
        if fields is None:
            lines += [] if reply.status == 404 else [f"{name}: expected to be gone, answered {reply.status}"]
        elif reply.ok:
            lines += expect.contained(fields, decode(reply.body), at=name)
        else:
            lines.append(f"{name}: expected to be there, answered {reply.status}")
    return lines


def _event_lines(world: World, callback: dict[str, Any]) -> list[str]:
    """Return a callback's events as scenarios write them."""
    message = (callback["json"] or {}).get("message", {})
    return [
        f"{world.names.shown(event['objectType'], event.get('objectId', ''))} {event['eventType']}"
        for event in message.get("events", [])
    ]


def _goes_to(callback: dict[str, Any], instance: Instance) -> bool:
    message = (callback["json"] or {}).get("message", {})
    return bool(message.get("instanceId") == instance.id)


def _taken(callback: dict[str, Any]) -> bool:
    return callback["status"] is not None and 200 <= callback["status"] < 300


def _says_signature(expected: list[Any]) -> bool:
    return any(isinstance(one, verbs.Callback) and one.signature is not None for one in expected)


def _service(world: World, name: str) -> Client:
    return {"platform": world.doors.platform, "crm": world.doors.crm, "sink": world.doors.sink}[name]


def _whose(world: World, service: str) -> str:
    return f"?workspace={world.doors.credentials.name}" if service == "sink" else ""


def _platform_headers(world: World, path: str) -> dict[str, str | None]:
    """Return what a hub call needs beside the user: the token of the first instance."""
    own = world.doors.platform.headers["Authorization"]
    token = f", Element {world.instance().token}" if path.startswith("/hubs") and world.instances else ""
    return {"Authorization": own + token}


def _with_ids(world: World, path: str) -> str:
    known = {"instance": str(world.instance().id)} if world.instances else {}
    known |= {name: str(one.id) for name, one in world.instances.items()}
    known |= {name: str(number) for name, number in world.names.ids.items()}
    for name, number in known.items():
        path = path.replace(f"{{{name}}}", number)
    return path


def _labelled(label: str, lines: list[str]) -> list[str]:
    return [f"{label}: {line}" for line in lines]


def _refuse(lines: list[str]) -> None:
    if lines:
        raise ExpectationError(*lines)


_VERBS: dict[str, Callable[[World, Any], None]] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
    "advance": _advance,
    "poll": _poll,
    "fault": _fault,
    "respond": _respond,
    "configure": _configure,
    "request": _request,
    "expect": _expect,
    "never": _never,
}
