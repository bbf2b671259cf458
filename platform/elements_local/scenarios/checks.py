"""What a scenario expects, held against what has come."""

from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from msgspec import UNSET, to_builtins

from elements_local.failures import missing_callbacks
from elements_local.failures.timeline import clock_text, event_lines, taken
from elements_local.scenarios import audits, expect, verbs
from elements_local.scenarios.placeholders import filled
from elements_local.scenarios.records import COLLECTIONS, kind_of
from elements_local.scenarios.scenario_context import (
    ExpectationError,
    ScenarioContext,
    ScenarioInstance,
    client_of,
    whose,
)
from mock_kit.api.json_text import decode
from mock_kit.workspaces.instants import format_instant, parse_instant

_PAGE = 500


def check(context: ScenarioContext, argument: verbs.Expect | str) -> None:
    """Hold what has come since the last expectation against what was expected.

    Raises:
        ExpectationError: they differ; says how, and what came closest.
    """
    arrived = context.clients.sink.callbacks()
    if isinstance(argument, str):
        refuse(context.golden.differences(_stream(context, arrived)))
    else:
        refuse(_differences(context, argument, arrived))
    context.seen_callback = max([one["id"] for one in arrived], default=0)
    context.dealt_with_all = True


def check_never(context: ScenarioContext, argument: verbs.Never) -> None:
    """Refuse what must not have come since the scenario began.

    Raises:
        ExpectationError: it came.
    """
    came = [
        line
        for one in context.clients.sink.callbacks()
        if taken(one)
        for line in event_lines(context.names, one)
    ]
    lines = [
        f"unexpected: {line}" for line in came if any(map(partial(fnmatchcase, line), argument.callbacks))
    ]
    for wanted in argument.polls:
        found = [poll for poll in context.polls() if not _differs(context, wanted, poll)]
        lines += [f"unexpected: a poll of {poll['resource']} at {poll['at']}" for poll in found]
    for request in argument.requests:
        found = _requests(context, request)
        lines += [f"unexpected: {one['method']} {one['target']} ({one['status']})" for one in found]
    for name, fields in argument.records.items():
        if not _records(context, {name: fields}):
            lines.append(f"unexpected: {name} is {'gone' if fields is None else 'like that'}")
    refuse(lines + audits.unwanted(context, argument.audit))


def _differences(
    context: ScenarioContext, argument: verbs.Expect, arrived: list[dict[str, Any]]
) -> list[str]:
    lines: list[str] = []
    fresh = [one for one in arrived if one["id"] > context.seen_callback]
    if argument.callbacks is not None:
        differing = _callbacks(context, argument.callbacks, [one for one in fresh if taken(one)])
        missing = [line.partition("missing:")[2].strip() for line in differing if "missing:" in line]
        lines += [
            *differing,
            *_closest(context, missing, arrived),
            *missing_callbacks.reasons(context, missing),
        ]
    if argument.attempts is not None:
        lines += _labelled("attempts", expect.ordered(argument.attempts, [one["status"] for one in fresh]))
    if argument.events is not None:
        lines += _events(context, argument.events)
    if argument.polls is not None:
        lines += _polls(context, argument.polls)
    if argument.requests is not None:
        lines += [line for wanted in argument.requests for line in _asked(context, wanted)]
    if argument.records is not None:
        lines += _records(context, argument.records)
    if argument.audit is not None:
        lines += audits.differences(context, argument.audit)
    return lines


def _closest(context: ScenarioContext, missing: list[str], arrived: list[dict[str, Any]]) -> list[str]:
    """Say which callbacks, of the whole scenario, come closest to those that are missing."""
    shown = {
        line: f"at {clock_text(parse_instant(one['received_at']) - context.start)}, answered {one['status']}"
        for one in arrived
        for line in event_lines(context.names, one)
    }
    near = [(line, found) for line in missing for found in get_close_matches(line, shown, n=1, cutoff=0.5)]
    return [f"closest to {line}: {found} {shown[found]}" for line, found in near]


def _stream(context: ScenarioContext, arrived: list[dict[str, Any]]) -> list[str]:
    """Return all that arrived as lines without ids: ``T+00:15:00 contacts/ada CREATED``."""
    lines: list[str] = []
    for one in arrived:
        after = clock_text(parse_instant(one["received_at"]) - context.start)
        whose = [name for name, instance in context.instances.items() if _goes_to(one, instance)]
        instance = f"{whose[0]} " if whose and len(context.instances) > 1 else ""
        answered = "" if taken(one) else f" ({one['status'] or 'dropped'})"
        lines += [f"{after} {instance}{line}{answered}" for line in event_lines(context.names, one)]
    return lines


def _callbacks(context: ScenarioContext, wanted: Any, fresh: list[dict[str, Any]]) -> list[str]:
    """Hold callbacks against a list, or against one for each instance."""
    by_instance = wanted if isinstance(wanted, dict) else {next(iter(context.instances), "instance"): wanted}
    lines: list[str] = []
    left = list(fresh)
    for name, expected in by_instance.items():
        mine = [one for one in fresh if _goes_to(one, context.instance(name))] if context.instances else []
        left = [one for one in left if one not in mine]
        lines += _labelled(
            name if len(by_instance) > 1 else "callbacks", _held_against(context, expected, mine)
        )
        if context.instances and context.instance(name).signed:
            bad = [
                one["signature"]
                for one in mine
                if one["signature"] != "valid" and not _says_signature(expected)
            ]
            lines += [f"{name}: a callback's signature is {verdict}, expected valid" for verdict in bad]
    return lines + [f"unexpected: a callback at {one['path']}" for one in left]


def _held_against(context: ScenarioContext, expected: list[Any], mine: list[dict[str, Any]]) -> list[str]:
    if all(isinstance(line, str) for line in expected):
        return expect.unordered(expected, [line for one in mine for line in event_lines(context.names, one)])
    if len(expected) != len(mine):
        shown = [event_lines(context.names, one) for one in mine]
        return [f"expected: {len(expected)} callbacks", f"actual:   {len(mine)}: {shown}"]
    return [
        line for one, other in zip(expected, mine, strict=True) for line in _one_callback(context, one, other)
    ]


def _one_callback(
    context: ScenarioContext, wanted: str | verbs.ExpectedCallback, came: dict[str, Any]
) -> list[str]:
    if isinstance(wanted, str):
        return expect.ordered([wanted], event_lines(context.names, came))
    lines = expect.ordered(wanted.events, event_lines(context.names, came))
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
    if wanted.body is not UNSET:
        lines += _labelled("body", expect.contained(filled(context, wanted.body), came["json"]))
    return lines


def _events(context: ScenarioContext, wanted: list[str]) -> list[str]:
    states = [event["status"] for event in reversed(context.clients.platform.events(context.instance().id))]
    return _labelled("events", expect.ordered(wanted, states))


def _polls(context: ScenarioContext, wanted: list[verbs.ExpectedPoll]) -> list[str]:
    polls = context.fresh_polls()
    if len(polls) != len(wanted):
        shown = [f"{poll['at']} {poll['resource']}" for poll in polls]
        return [f"polls: expected {len(wanted)}, actual {len(polls)}: {', '.join(shown)}"]
    pairs = enumerate(zip(wanted, polls, strict=True))
    return [
        line for place, (one, poll) in pairs for line in _differs(context, one, poll, at=f"polls[{place}]")
    ]


def _differs(
    context: ScenarioContext, wanted: verbs.ExpectedPoll, poll: dict[str, Any], *, at: str = ""
) -> list[str]:
    came = {
        "resource": poll["resource"],
        "at": poll["at"],
        "start": poll["from"],
        "status": poll["request"]["status"],
        "seen": poll["seen"],
        "events": poll["events"],
        "failed": poll["error"] is not None,
    }
    expected = to_builtins(wanted)
    for key in {"at", "start"} & expected.keys():
        expected[key] = format_instant(context.instant(expected[key]))
    return expect.contained(expected, came, at=at)


def _asked(context: ScenarioContext, wanted: verbs.ExpectedRequests) -> list[str]:
    """Return the difference between how often a request was made and how often it was to be."""
    found = _requests(context, wanted)
    if wanted.count is None and found:
        return []
    if len(found) == wanted.count:
        return []
    expected = "any" if wanted.count is None else wanted.count
    asked = f"{wanted.method} {wanted.path} of the {wanted.service}"
    return [f"requests: expected {expected} {asked}, actual {len(found)}"]


def _requests(context: ScenarioContext, expected: verbs.ExpectedRequests) -> list[dict[str, Any]]:
    """Return what a service's journal has of such requests, since the scenario began."""
    service = client_of(context, expected.service)
    path = f"/_local/journal?limit={_PAGE}" + whose(context, expected.service, join="&")
    return [
        one
        for one in service.listed(path, "exchanges", newest_first=True)
        if fnmatchcase(one["method"], expected.method)
        and fnmatchcase(one["target"], expected.path)
        and expected.status in {None, one["status"]}
    ]


def _records(context: ScenarioContext, wanted: verbs.Fields) -> list[str]:
    lines: list[str] = []
    for name, fields in wanted.items():
        path = f"/v3.1/{COLLECTIONS[kind_of(name)]}/{context.names.id_of(name)}"
        reply = context.clients.crm.send("GET", path)
        if fields is None:
            lines += [] if reply.status == 404 else [f"{name}: expected to be gone, answered {reply.status}"]
        elif reply.ok:
            lines += expect.contained(fields, decode(reply.body), at=name)
        else:
            lines.append(f"{name}: expected to be there, answered {reply.status}")
    return lines


def _goes_to(callback: dict[str, Any], instance: ScenarioInstance) -> bool:
    message = (callback["json"] or {}).get("message", {})
    return bool(message.get("instanceId") == instance.id)


def _says_signature(expected: list[Any]) -> bool:
    return any(isinstance(one, verbs.ExpectedCallback) and one.signature is not None for one in expected)


def _labelled(label: str, lines: list[str]) -> list[str]:
    return [f"{label}: {line}" for line in lines]


def refuse(lines: list[str]) -> None:
    """Raise what differs, if anything does.

    Raises:
        ExpectationError: something does.
    """
    if lines:
        raise ExpectationError(*lines)
