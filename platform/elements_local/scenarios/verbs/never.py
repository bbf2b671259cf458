"""The verb ``never``: what must not have come since the scenario began."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

from elements_local.scenarios.scenario_context import ScenarioContext, fail_if_any
from elements_local.scenarios.verbs import audits
from elements_local.scenarios.verbs.inspect_stack import (
    UNSEEN_AT_TENANT,
    ExpectedPoll,
    ExpectedRequests,
    nothing_objections,
    poll_differences,
    poll_objections,
    requests_made,
)
from elements_local.scenarios.verbs.records import Fields, record_differences
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, TenantAbilities, Verb
from elements_local.stack.failures.timeline import event_lines, taken
from elements_local.stack.shape_errors import shown

_EVENTS = re.compile(r"(?:\S+/\S*|\*) (?:CREATED|UPDATED|DELETED|UNKNOWN|\*)")
"""What stands for one event or several, with ``*`` for anything."""


class Never(Struct, forbid_unknown_fields=True):
    """What must not have come since the scenario began.

    Attributes:
        polls, requests: none of those kinds.
        records: what the CRM must not hold now; null for one that must not be gone.
        audit: what no audit must say.
    """

    callbacks: list[str] = []
    polls: list[ExpectedPoll] = []
    requests: list[ExpectedRequests] = []
    records: Fields = {}
    audit: audits.AuditNever | list[audits.AuditNever] = []


def _never(context: ScenarioContext, argument: Never) -> None:
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
            if not poll_differences(context, refused, poll)
        ]
    for request in argument.requests:
        lines += [
            f"unexpected: {exchange['method']} {exchange['target']} ({exchange['status']})"
            for exchange in requests_made(context, request)
        ]
    for name, fields in argument.records.items():
        if not record_differences(context, {name: fields}):
            lines.append(f"unexpected: {name} is {'gone' if fields is None else 'like that'}")
    fail_if_any(lines + audits.unwanted(context, argument.audit))


def _objections(state: StateSoFar, argument: Never) -> Iterator[Objection]:
    yield from nothing_objections(argument, "what must not have come")
    for place, events in enumerate(argument.callbacks):
        if not _EVENTS.fullmatch(events):
            expected = f"expected {NEVER.forms['callbacks']}"
            yield ("callbacks", place), f"{expected}; got {shown(events)}"
    yield from audits.objections(state, argument.audit or None)
    yield from poll_objections(argument.polls)
    for name in argument.records:
        yield from state.record_objections(name, ("records", name))


def _obstacles(argument: Never, _tenant: TenantAbilities) -> Iterator[str]:
    for key, reason in UNSEEN_AT_TENANT.items():
        if getattr(argument, key, None):
            yield f"{key}: {reason}"


NEVER = Verb(
    name="never",
    shape=Never,
    example="`never: {callbacks: [contacts/ada UPDATED]}`",
    forms={
        "callbacks": '`callbacks: [contacts/ada UPDATED]`, or `callbacks: ["contacts/* DELETED"]` with * for anything',
        "polls": "`polls: [{resource: contacts, failed: true}]`",
        "requests": '`requests: [{path: "/v2.2/Leads*", method: POST}]`, with * for anything',
        "records": "`records: {contacts/ada: {FIRST_NAME: Ada}}`, or `records: {contacts/ada: null}` for one that must not be gone",
        "audit": '`audit: {lost: ["contacts/* UPDATED"]}` with * for anything (also reported, late, duplicate, '
        "misclassified), or a list of such mappings, each with its `instance`",
    },
    take=_never,
    objections=_objections,
    obstacles=_obstacles,
    shown=True,
)
