"""The verb ``expect``: what has to have come since the last one, and how things stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal

from msgspec import UNSET, Struct

from elements_local.kit.instants import parse_instant
from elements_local.scenarios import expect
from elements_local.scenarios.scenario_context import ScenarioContext, ScenarioInstance, fail_if_any, filled
from elements_local.scenarios.verbs import audits
from elements_local.scenarios.verbs.inspect_stack import (
    INSPECT,
    UNSEEN_AT_TENANT,
    ExpectedPoll,
    ExpectedRequests,
    differences_inside,
    inside_objections,
    nothing_objections,
)
from elements_local.scenarios.verbs.records import Fields, record_differences
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, TenantAbilities, Verb, event_objections
from elements_local.stack.failures.observed import Observed, observe
from elements_local.stack.failures.reasons import Explainer, Unreported
from elements_local.stack.failures.timeline import clock_text, event_lines, message_of, taken
from elements_local.stack.shape_errors import Path

_TAKEN = range(200, 300)
UNSEEN = "unseen"
"""The signature of a callback of which nobody shows more than its body."""


class ExpectedCallback(Struct, forbid_unknown_fields=True):
    """One callback that has to have arrived.

    Attributes:
        events: such as ``contacts/ada CREATED``, in their order.
        raw: how many records it carries.
        headers: some that it has to have; null for one that must not be there.
        body: what its JSON has to contain, as ``expect`` of a request has it; ``{Elements-Webhook-Id}`` and the like are
            its own headers.
    """

    events: list[str]
    raw: int | None = None
    signature: Literal["valid", "invalid", "absent", "unchecked"] | None = None
    headers: dict[str, str | None] = {}
    body: object = UNSET


class Expect(Struct, forbid_unknown_fields=True):
    """What has to have come since the last ``expect``, and how things stand.

    Attributes:
        callbacks: taken by their receiver: ``contacts/ada CREATED`` for each event, in any order, no more and no
            fewer; or one mapping for each callback, in order. By instance, if there are several.
        attempts: what each callback was answered, in order; null for one that was dropped.
        events: the states of all events of the first instance, oldest first.
        polls: one by one.
        requests: what services have been sent, since the scenario began.
        records: what the CRM holds now; null for a record that is gone.
        audit: what receivers should have got, compared with what they got, since the scenario began; ``clean`` if all of it
            came, in time, once and under its right name.
    """

    callbacks: list[str | ExpectedCallback] | dict[str, list[str | ExpectedCallback]] | None = None
    attempts: list[int | None] | None = None
    events: list[str] | None = None
    polls: list[ExpectedPoll] | None = None
    requests: list[ExpectedRequests] | None = None
    records: Fields | None = None
    audit: Literal["clean"] | audits.ExpectedAudit | list[audits.ExpectedAudit] | None = None


def _expect(context: ScenarioContext, argument: Expect | str) -> None:
    arrived: list[dict[str, Any]] = []

    def differences() -> list[str]:
        arrived[:] = context.clients.sink.callbacks()
        if isinstance(argument, str):
            return context.golden.differences(_stream(context, arrived))
        return _differences(context, argument, arrived)

    fail_if_any(context.patience(differences))
    context.seen_callback = max([one["id"] for one in arrived], default=0)
    context.dealt_with_all = True


def _differences(context: ScenarioContext, argument: Expect, arrived: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    fresh = [one for one in arrived if one["id"] > context.seen_callback]
    if argument.callbacks is not None:
        differing = _callbacks_by_instance(context, argument.callbacks, [one for one in fresh if taken(one)])
        missing = [line.partition("missing:")[2].strip() for line in differing if "missing:" in line]
        lines += [
            *differing,
            *_closest(context, missing, arrived),
            *(reasons(context, missing) if context.sees_inside else ()),
        ]
    if argument.attempts is not None:
        lines += expect.labelled(
            "attempts", expect.ordered(argument.attempts, [one["status"] for one in fresh])
        )
    if argument.records is not None:
        lines += record_differences(context, argument.records)
    return lines + differences_inside(context, argument)


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
    first = next(iter(context.instances), "instance")
    by_instance = expectation if isinstance(expectation, dict) else {first: expectation}
    lines: list[str] = []
    left = list(fresh)
    for name, expected in by_instance.items():
        own = [one for one in fresh if _goes_to(one, context.instance(name))] if context.instances else []
        left = [one for one in left if one not in own]
        label = name if len(by_instance) > 1 else "callbacks"
        lines += expect.labelled(label, _list_differences(context, expected, own))
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
    context: ScenarioContext, expected: str | ExpectedCallback, callback: dict[str, Any]
) -> list[str]:
    if isinstance(expected, str):
        return expect.ordered([expected], event_lines(context.names, callback))
    lines = expect.ordered(expected.events, event_lines(context.names, callback))
    message = callback["json"]["message"]
    if expected.raw is not None:
        lines += expect.labelled(
            "raw",
            expect.ordered(
                [expected.raw], [len(each) for each in message["raw"].values() if isinstance(each, list)]
            ),
        )
    if expected.signature is not None:
        lines += expect.labelled("signature", expect.ordered([expected.signature], [callback["signature"]]))
    headers = callback["headers"]
    lines += expect.headers(expected.headers, headers)
    if expected.body is not UNSET:
        body = filled(context, expected.body, also=headers)
        lines += expect.labelled("body", expect.contained(body, callback["json"]))
    return lines


def _goes_to(callback: dict[str, Any], instance: ScenarioInstance) -> bool:
    return bool(message_of(callback).get("instanceId") == instance.id)


def _expects_signature(expected: list[Any]) -> bool:
    return any(isinstance(one, ExpectedCallback) and one.signature is not None for one in expected)


def _objections(state: StateSoFar, argument: Expect | str) -> Iterator[Objection]:
    if isinstance(argument, str):
        return
    yield from nothing_objections(argument, "what has to have come")
    by_name = argument.callbacks if isinstance(argument.callbacks, dict) else {None: argument.callbacks}
    for name, callbacks in by_name.items():
        at = ("callbacks",) if name is None else ("callbacks", name)
        if name is not None:
            yield from state.instance_objections(name, at)
        yield from _callback_objections(callbacks or (), at)
    yield from inside_objections(state, argument)
    for name in argument.records or ():
        yield from state.record_objections(name, ("records", name))


def _callback_objections(callbacks: Sequence[str | ExpectedCallback], at: Path) -> Iterator[Objection]:
    for place, callback in enumerate(callbacks):
        for event in [callback] if isinstance(callback, str) else callback.events:
            yield from event_objections(event, (*at, place), EXPECT.forms["callbacks"])


def _obstacles(argument: Expect | str, tenant: TenantAbilities) -> Iterator[str]:
    if isinstance(argument, str):
        yield "a stream has the instants of everything that came"
        return
    for key, reason in UNSEEN_AT_TENANT.items():
        if getattr(argument, key) is not None:
            yield f"{key}: {reason}"
    if argument.attempts is not None and not tenant.has_sink:
        yield "attempts: a collector does not show what it answered"
    elif argument.attempts and argument.attempts[-1] not in _TAKEN:
        yield "attempts: another may come before a tenant's are counted"
    for callbacks in by_instance(argument).values():
        yield from _callback_obstacles(callbacks, tenant)


def _callback_obstacles(
    callbacks: list[str | ExpectedCallback] | None, tenant: TenantAbilities
) -> Iterator[str]:
    whole = _whole(callbacks)
    kinds = Counter(each.events[0].partition("/")[0] for each in whole if each.events)
    if any(count > 1 for count in kinds.values()):
        yield "callbacks: which changes share one depends on what else changes there"
    if not tenant.has_sink and any(each.headers or each.signature for each in whole):
        yield "callbacks: a collector shows no headers"


def by_instance(expected: Expect | str) -> Mapping[str, list[str | ExpectedCallback] | None]:
    """Return the callbacks that are expected, by the instance's name, which is empty for the first."""
    if isinstance(expected, str):
        return {}
    return expected.callbacks if isinstance(expected.callbacks, dict) else {"": expected.callbacks}


def _counts_callbacks(argument: Expect | str) -> bool:
    """Say whether it matters to an expectation which changes share a callback."""
    return any(_whole(each) for each in by_instance(argument).values()) or (
        not isinstance(argument, str) and argument.attempts is not None
    )


def _whole(callbacks: list[str | ExpectedCallback] | None) -> list[ExpectedCallback]:
    return [each for each in callbacks or () if not isinstance(each, str)]


EXPECT = Verb(
    name="expect",
    shape=Expect | Literal["stream"],
    example="`expect: {callbacks: [contacts/ada CREATED]}`, or `expect: stream`",
    forms={
        "callbacks": "`callbacks: [contacts/ada CREATED]` (also UPDATED and DELETED), a mapping for each callback such as "
        "`callbacks: [{events: [contacts/ada CREATED], raw: 1, signature: valid, headers: {X-Mine: yes}, body: {action: "
        "create}}]`, by instance such as `callbacks: {second: [contacts/ada CREATED]}`, or `callbacks: []` for none",
        "attempts": "`attempts: [503, null, 200]`, null for one that was dropped",
        "events": INSPECT.forms["events"],
        "polls": INSPECT.forms["polls"],
        "requests": INSPECT.forms["requests"],
        "records": "`records: {contacts/ada: {FIRST_NAME: Ada}}`, or `records: {contacts/ada: null}` for one that is gone",
        "audit": audits.FORM,
    },
    take=_expect,
    objections=_objections,
    obstacles=_obstacles,
    needs_quiet=_counts_callbacks,
    shown=True,
)


class _ScenarioWording(Struct, frozen=True):
    """A scenario's own names, and time since its start."""

    context: ScenarioContext

    def record(self, resource: str, record_id: str) -> str:
        return self.context.names.shown(resource, record_id)

    def instant(self, at: str) -> str:
        return clock_text(parse_instant(at) - self.context.start)

    def instance(self, instance_id: int) -> str:
        names = [name for name, instance in self.context.instances.items() if instance.id == instance_id]
        several = len(self.context.instances) > 1
        return f"the instance {names[0]}" if names and several else "the instance"


def reasons(context: ScenarioContext, missing: Iterable[str]) -> list[str]:
    """Return why the latest change of each record that is missing has not come; nothing of one that has.

    Args:
        missing: ``contacts/ada CREATED``.
    """
    names = [name for name in dict.fromkeys(line.partition(" ")[0] for line in missing) if _is_name(name)]
    if not names:
        return []
    observed = observe(context.clients)
    return [line for name in names for line in _about(context, observed, name)]


def _about(context: ScenarioContext, observed: Observed, name: str) -> Iterator[str]:
    created_as = _own_name(context, observed, name)
    if created_as is None:
        near = get_close_matches(name, context.names.ids, n=1, cutoff=0.8)
        yield f"no record is called {name}" + (f"; is {near[0]} meant?" if near else "")
        return
    collection, number = context.kinds.of(created_as).collection, str(context.names.ids[created_as])
    words = _ScenarioWording(context)
    explain = context.clients.platform.explain
    explainer = Explainer(explain=explain, observed=observed, words=words, cures=context.cures)
    yield from explainer.lines(Unreported(observed).of(name.partition("/")[0], collection, number))


def _is_name(text: str) -> bool:
    """Say whether it is a record's name, and no id of one that a scenario has no name for."""
    word = text.partition("/")[2]
    return bool(word) and not word.isdecimal()


def _own_name(context: ScenarioContext, observed: Observed, name: str) -> str | None:
    """Return the name that a record was created by: a resource that copies another has names of its own."""
    resource, _, word = name.partition("/")
    polled = {each["resource"] for poller in observed.pollers for each in poller["resources"]}
    if name in context.names.ids or resource not in polled:
        return name if name in context.names.ids else None
    return next((each for each in context.names.ids if each.endswith(f"/{word}")), None)
