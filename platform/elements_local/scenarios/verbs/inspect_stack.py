"""The verb ``inspect``: how things stand inside of the stack, which ``expect`` and ``never`` look at, too."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal, Protocol

from msgspec import UNSET, Struct, UnsetType, to_builtins

from elements_local.kit.instants import format_instant
from elements_local.scenarios import expect
from elements_local.scenarios.scenario_context import ScenarioContext, client_of, fail_if_any, whose
from elements_local.scenarios.verbs import audits
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, Verb, instant_objections

_PAGE = 500
UNSEEN_AT_TENANT = {
    "polls": "a tenant does not show its polls",
    "requests": "a tenant does not show what it was sent",
    "audit": "an audit needs the polls, and every change of the CRM",
    "events": "an instance's events are of all that changes at a tenant",
}


class ExpectedPoll(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What a poll has to have been like; what is left out may be anything."""

    resource: str | UnsetType = UNSET
    at: str | UnsetType = UNSET
    start: str | UnsetType = UNSET
    status: int | UnsetType | None = UNSET
    seen: int | UnsetType = UNSET
    events: int | UnsetType = UNSET
    failed: bool | UnsetType = UNSET


class ExpectedRequests(Struct, forbid_unknown_fields=True):
    """Requests that a service has been sent.

    Attributes:
        method, path: with ``*`` for anything; the path has its query.
        status: what they were answered; null for any.
        count: how many there are; null for at least one.
    """

    path: str
    service: Literal["platform", "crm", "sink"] = "crm"
    method: str = "*"
    status: int | None = None
    count: int | None = None


class Inspect(Struct, forbid_unknown_fields=True):
    """How things stand inside of a stack of ours, as ``Expect`` has it; at a tenant, which nobody sees into, it is passed over."""

    events: list[str] | None = None
    polls: list[ExpectedPoll] | None = None
    requests: list[ExpectedRequests] | None = None
    audit: Literal["clean"] | audits.ExpectedAudit | list[audits.ExpectedAudit] | None = None


class LooksInside(Protocol):
    """What is expected of the inside of a stack."""

    events: list[str] | None
    polls: list[ExpectedPoll] | None
    requests: list[ExpectedRequests] | None
    audit: Literal["clean"] | audits.ExpectedAudit | list[audits.ExpectedAudit] | None


def _inspect(context: ScenarioContext, argument: Inspect) -> None:
    if context.sees_inside:
        fail_if_any(differences_inside(context, argument))


def differences_inside(context: ScenarioContext, argument: LooksInside) -> list[str]:
    """Return how the inside of the stack differs from what was expected."""
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


def _event_differences(context: ScenarioContext, expected: list[str]) -> list[str]:
    states = [event["status"] for event in reversed(context.clients.platform.events(context.instance().id))]
    return expect.labelled("events", expect.ordered(expected, states))


def _all_poll_differences(context: ScenarioContext, expected: list[ExpectedPoll]) -> list[str]:
    polls = context.fresh_polls()
    if len(polls) != len(expected):
        shown = [f"{poll['at']} {poll['resource']}" for poll in polls]
        return [f"polls: expected {len(expected)}, actual {len(polls)}: {', '.join(shown)}"]
    pairs = enumerate(zip(expected, polls, strict=True))
    return [
        line
        for place, (one, poll) in pairs
        for line in poll_differences(context, one, poll, at=f"polls[{place}]")
    ]


def poll_differences(
    context: ScenarioContext, expectation: ExpectedPoll, poll: dict[str, Any], *, at: str = ""
) -> list[str]:
    """Return how a poll differs from what was expected of it."""
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


def _request_differences(context: ScenarioContext, expected: ExpectedRequests) -> list[str]:
    """Return the difference between how often a request was made and how often it should have been."""
    actual = len(requests_made(context, expected))
    if actual == expected.count or (actual and expected.count is None):
        return []
    count = "any" if expected.count is None else expected.count
    request = f"{expected.method} {expected.path} of the {expected.service}"
    return [f"requests: expected {count} {request}, actual {actual}"]


def requests_made(context: ScenarioContext, expected: ExpectedRequests) -> list[dict[str, Any]]:
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


def _objections(state: StateSoFar, argument: Inspect) -> Iterator[Objection]:
    yield from nothing_objections(argument, "what to look at")
    yield from inside_objections(state, argument)


def inside_objections(state: StateSoFar, argument: LooksInside) -> Iterator[Objection]:
    """Yield what is wrong with what is expected of the inside of the stack."""
    yield from audits.objections(state, argument.audit)
    yield from poll_objections(argument.polls or ())


def nothing_objections(argument: Struct, what: str) -> Iterator[Objection]:
    """Object to a step that looks at nothing."""
    if argument == type(argument)():
        yield (), f"expected {what}: {', '.join(argument.__struct_fields__)}; got nothing"


def poll_objections(polls: Sequence[ExpectedPoll]) -> Iterator[Objection]:
    """Yield what is wrong with the instants of polls."""
    for place, poll in enumerate(polls):
        for key in ("at", "start"):
            text = getattr(poll, key)
            if isinstance(text, str):
                yield from instant_objections(text, ("polls", place, key))


INSPECT = Verb(
    name="inspect",
    shape=Inspect,
    example="`inspect: {audit: clean}`",
    forms={
        "events": "`events: [NOTIFIED, DISPATCHED]`",
        "polls": "`polls: [{resource: contacts, at: T+15m, start: T+0s, status: 200, seen: 1, events: 1, failed: false}]`, "
        "of which any key may be left out",
        "requests": '`requests: [{path: "/v2.2/Contacts*", service: crm, method: GET, status: 200, count: 1}]`, of which '
        "only the path is needed, with * for anything",
        "audit": audits.FORM,
    },
    take=_inspect,
    objections=_objections,
)
