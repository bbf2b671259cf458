"""Compares what a scenario expects with what has arrived."""

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from msgspec import UNSET, to_builtins

from elements_local.failures import missing_callbacks
from elements_local.failures.timeline import clock_text, event_lines, message_of, taken
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
UNSEEN = "unseen"
"""The signature of a callback of which nobody shows more than its body."""


def check(context: ScenarioContext, argument: verbs.Expect | str) -> None:
    """Compare what has arrived since the last expectation with what was expected.

    Raises:
        ExpectationError: they differ; says how, and what came closest.
    """
    arrived: list[dict[str, Any]] = []

    def differences() -> list[str]:
        arrived[:] = context.clients.sink.callbacks()
        if isinstance(argument, str):
            return context.golden.differences(_stream(context, arrived))
        return _differences(context, argument, arrived)

    fail_if_any(context.patience(differences))
    context.seen_callback = max([one["id"] for one in arrived], default=0)
    context.dealt_with_all = True


def inspect(context: ScenarioContext, argument: verbs.Inspect) -> None:
    """Compare how things stand inside of the stack with what was expected; at a tenant, which nobody sees into, nothing is done.

    Raises:
        ExpectationError: they differ.
    """
    if context.sees_inside:
        fail_if_any(_differences_inside(context, argument))


def check_never(context: ScenarioContext, argument: verbs.Never) -> None:
    """Refuse what must not have come since the scenario began.

    Raises:
        ExpectationError: it came.
    """
    lines = [
        f"unexpected: {line}"
        for callback in context.clients.sink.callbacks()
        if taken(callback)
        for line in event_lines(context.names, callback)
        if any(fnmatchcase(line, pattern) for pattern in argument.callbacks)
    ]
    for refused in argument.polls:
        lines += [
            f"unexpected: a poll of {poll['resource']} at {poll['at']}"
            for poll in context.polls()
            if not _poll_differences(context, refused, poll)
        ]
    for request in argument.requests:
        lines += [
            f"unexpected: {exchange['method']} {exchange['target']} ({exchange['status']})"
            for exchange in _requests(context, request)
        ]
    for name, fields in argument.records.items():
        if not _record_differences(context, {name: fields}):
            lines.append(f"unexpected: {name} is {'gone' if fields is None else 'like that'}")
    fail_if_any(lines + audits.unwanted(context, argument.audit))


def _differences(
    context: ScenarioContext, argument: verbs.Expect, arrived: list[dict[str, Any]]
) -> list[str]:
    lines: list[str] = []
    fresh = [one for one in arrived if one["id"] > context.seen_callback]
    if argument.callbacks is not None:
        differing = _callbacks_by_instance(context, argument.callbacks, [one for one in fresh if taken(one)])
        missing = [line.partition("missing:")[2].strip() for line in differing if "missing:" in line]
        lines += [
            *differing,
            *_closest(context, missing, arrived),
            *(missing_callbacks.reasons(context, missing) if context.sees_inside else ()),
        ]
    if argument.attempts is not None:
        lines += _labelled("attempts", expect.ordered(argument.attempts, [one["status"] for one in fresh]))
    if argument.records is not None:
        lines += _record_differences(context, argument.records)
    return lines + _differences_inside(context, argument)


def _differences_inside(context: ScenarioContext, argument: verbs.Expect | verbs.Inspect) -> list[str]:
    lines: list[str] = []
    if argument.events is not None:
        lines += _event_differences(context, argument.events)
    if argument.polls is not None:
        lines += _all_poll_differences(context, argument.polls)
    if argument.requests is not None:
        lines += [line for request in argument.requests for line in _request_differences(context, request)]
    if argument.audit is not None:
        lines += audits.differences(context, argument.audit)
    return lines


def _closest(context: ScenarioContext, missing: list[str], arrived: list[dict[str, Any]]) -> list[str]:
    """Say which callbacks, of the whole scenario, come closest to those that are missing."""
    arrivals = {
        line: f"at {clock_text(parse_instant(one['received_at']) - context.start)}, answered {one['status']}"
        for one in arrived
        for line in event_lines(context.names, one)
    }
    return [
        f"closest to {line}: {near} {arrivals[near]}"
        for line in missing
        for near in get_close_matches(line, arrivals, n=1, cutoff=0.5)
    ]


def _stream(context: ScenarioContext, arrived: list[dict[str, Any]]) -> list[str]:
    """Return all that arrived as lines without ids: ``T+00:15:00 contacts/ada CREATED``."""
    lines: list[str] = []
    for one in arrived:
        after = clock_text(parse_instant(one["received_at"]) - context.start)
        owners = [name for name, instance in context.instances.items() if _goes_to(one, instance)]
        owner = f"{owners[0]} " if owners and len(context.instances) > 1 else ""
        answer = "" if taken(one) else f" ({one['status'] or 'dropped'})"
        lines += [f"{after} {owner}{line}{answer}" for line in event_lines(context.names, one)]
    return lines


def _callbacks_by_instance(
    context: ScenarioContext, expectation: Any, fresh: list[dict[str, Any]]
) -> list[str]:
    """Compare callbacks with one expected list, or with a list for each instance."""
    first = next(iter(context.instances), "instance")
    by_instance = expectation if isinstance(expectation, dict) else {first: expectation}
    lines: list[str] = []
    left = list(fresh)
    for name, expected in by_instance.items():
        own = [one for one in fresh if _goes_to(one, context.instance(name))] if context.instances else []
        left = [one for one in left if one not in own]
        label = name if len(by_instance) > 1 else "callbacks"
        lines += _labelled(label, _list_differences(context, expected, own))
        if context.instances and context.instance(name).signed:
            lines += [
                f"{name}: a callback's signature is {one['signature']}, expected valid"
                for one in own
                if one["signature"] not in {"valid", UNSEEN} and not _expects_signature(expected)
            ]
    return lines + [f"unexpected: a callback at {one['path']}" for one in left]


def _list_differences(
    context: ScenarioContext, expected: list[Any], callbacks: list[dict[str, Any]]
) -> list[str]:
    if all(isinstance(line, str) for line in expected):
        return expect.unordered(
            expected, [line for one in callbacks for line in event_lines(context.names, one)]
        )
    if len(expected) != len(callbacks):
        shown = [event_lines(context.names, one) for one in callbacks]
        return [f"expected: {len(expected)} callbacks", f"actual:   {len(callbacks)}: {shown}"]
    return [
        line
        for one, other in zip(expected, callbacks, strict=True)
        for line in _callback_differences(context, one, other)
    ]


def _callback_differences(
    context: ScenarioContext, expected: str | verbs.ExpectedCallback, callback: dict[str, Any]
) -> list[str]:
    if isinstance(expected, str):
        return expect.ordered([expected], event_lines(context.names, callback))
    lines = expect.ordered(expected.events, event_lines(context.names, callback))
    message = callback["json"]["message"]
    if expected.raw is not None:
        lines += _labelled(
            "raw",
            expect.ordered(
                [expected.raw], [len(each) for each in message["raw"].values() if isinstance(each, list)]
            ),
        )
    if expected.signature is not None:
        lines += _labelled("signature", expect.ordered([expected.signature], [callback["signature"]]))
    headers = callback["headers"]
    lines += expect.headers(expected.headers, headers)
    if expected.body is not UNSET:
        body = filled(context, expected.body, also=headers)
        lines += _labelled("body", expect.contained(body, callback["json"]))
    return lines


def _event_differences(context: ScenarioContext, expected: list[str]) -> list[str]:
    states = [event["status"] for event in reversed(context.clients.platform.events(context.instance().id))]
    return _labelled("events", expect.ordered(expected, states))


def _all_poll_differences(context: ScenarioContext, expected: list[verbs.ExpectedPoll]) -> list[str]:
    polls = context.fresh_polls()
    if len(polls) != len(expected):
        shown = [f"{poll['at']} {poll['resource']}" for poll in polls]
        return [f"polls: expected {len(expected)}, actual {len(polls)}: {', '.join(shown)}"]
    pairs = enumerate(zip(expected, polls, strict=True))
    return [
        line
        for place, (one, poll) in pairs
        for line in _poll_differences(context, one, poll, at=f"polls[{place}]")
    ]


def _poll_differences(
    context: ScenarioContext, expectation: verbs.ExpectedPoll, poll: dict[str, Any], *, at: str = ""
) -> list[str]:
    actual = {
        "resource": poll["resource"],
        "at": poll["at"],
        "start": poll["from"],
        "status": poll["request"]["status"],
        "seen": poll["seen"],
        "events": poll["events"],
        "failed": poll["error"] is not None,
    }
    expected = to_builtins(expectation)
    for key in {"at", "start"} & expected.keys():
        expected[key] = format_instant(context.instant(expected[key]))
    return expect.contained(expected, actual, at=at)


def _request_differences(context: ScenarioContext, expected: verbs.ExpectedRequests) -> list[str]:
    """Return the difference between how often a request was made and how often it should have been."""
    actual = len(_requests(context, expected))
    if actual == expected.count or (actual and expected.count is None):
        return []
    count = "any" if expected.count is None else expected.count
    request = f"{expected.method} {expected.path} of the {expected.service}"
    return [f"requests: expected {count} {request}, actual {actual}"]


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


def _record_differences(context: ScenarioContext, expected: verbs.Fields) -> list[str]:
    lines: list[str] = []
    for name, fields in expected.items():
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
    return bool(message_of(callback).get("instanceId") == instance.id)


def _expects_signature(expected: list[Any]) -> bool:
    return any(isinstance(one, verbs.ExpectedCallback) and one.signature is not None for one in expected)


def _labelled(label: str, lines: list[str]) -> list[str]:
    return [f"{label}: {line}" for line in lines]


def fail_if_any(lines: list[str]) -> None:
    """Raise the differences.

    Raises:
        ExpectationError: there are any.
    """
    if lines:
        raise ExpectationError(*lines)
