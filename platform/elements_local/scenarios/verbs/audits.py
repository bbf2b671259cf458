"""What ``expect``, ``inspect`` and ``never`` say of audits, compared with what these say."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

from elements_local.kit.instants import parse_instant
from elements_local.scenarios import expect
from elements_local.scenarios.scenario_context import ScenarioContext
from elements_local.scenarios.verbs.verb import Objection, StateSoFar, event_objections
from elements_local.stack.failures.timeline import clock_text

_COUNTS = ("owed", "delivered")
AUDITED = ("reported", "late", "duplicate", "misclassified", "lost")
"""The lists of an audit."""

FORM = (
    "`audit: clean`, `audit: {owed: 2, delivered: 1, lost: [contacts/ada UPDATED]}` (also reported, late, "
    "duplicate, misclassified), or a list of such mappings, each with its `instance`"
)
"""What may be expected of audits, for messages about something else that is."""


class ExpectedAudit(Struct, forbid_unknown_fields=True):
    """What an audit has to say of an instance; what is left out may be anything.

    Attributes:
        instance: its name; the first unless given.
        owed, delivered: how many events.
        reported, late, duplicate, misclassified, lost: such as ``contacts/ada UPDATED``, in any order, no more and no
            fewer.
    """

    instance: str | None = None
    owed: int | None = None
    delivered: int | None = None
    reported: list[str] | None = None
    late: list[str] | None = None
    duplicate: list[str] | None = None
    misclassified: list[str] | None = None
    lost: list[str] | None = None


class AuditNever(Struct, forbid_unknown_fields=True):
    """What an audit must not say of an instance: ``contacts/ada UPDATED``, with ``*`` for anything.

    Attributes:
        instance: its name; the first unless given.
    """

    instance: str | None = None
    reported: list[str] = []
    late: list[str] = []
    duplicate: list[str] = []
    misclassified: list[str] = []
    lost: list[str] = []


class _AuditEntry(Struct, frozen=True):
    """An entry of an audit: ``contacts/ada UPDATED``, in which of its lists, and why."""

    kind: str
    line: str
    why: str


def differences(
    context: ScenarioContext, expected: str | ExpectedAudit | Sequence[ExpectedAudit]
) -> list[str]:
    """Return where audits differ from what is expected, and why; the text ``clean`` expects nothing but good of all."""
    if isinstance(expected, str):
        expected = [
            ExpectedAudit(instance=name, late=[], duplicate=[], misclassified=[], lost=[])
            for name in context.instances
        ]
    audits = [expected] if isinstance(expected, ExpectedAudit) else expected
    return [line for audit in audits for line in _audit_differences(context, audit)]


def unwanted(context: ScenarioContext, never: AuditNever | Sequence[AuditNever]) -> list[str]:
    """Return what audits say that they must not."""
    return [
        f"{_label(context, audit.instance)}: unexpected: {entry.kind} {entry.line}: {entry.why}"
        for audit in ([never] if isinstance(never, AuditNever) else never)
        for entry in _entries(context, _audit(context, audit.instance))
        if any(fnmatchcase(entry.line, pattern) for pattern in getattr(audit, entry.kind))
    ]


def _audit_differences(context: ScenarioContext, expected: ExpectedAudit) -> list[str]:
    audit = _audit(context, expected.instance)
    entries = _entries(context, audit)
    lines: list[str] = []
    for key in _COUNTS:
        count = getattr(expected, key)
        if count not in {None, audit[key]}:
            lines.append(f"{key}: expected {count}, actual {audit[key]}")
    for kind in AUDITED:
        events = getattr(expected, kind)
        if events is not None:
            lines += [f"{kind}: {line}" for line in _list_differences(kind, events, entries)]
    if not lines and _checks_nothing(context, expected, audit):
        lines.append("nothing has been polled that could be expected; `audit: {owed: 0}` expects that")
    lines += [f"note: {note}" for note in audit["notes"]] if lines else []
    label = _label(context, expected.instance)
    return [f"{label}: {line}" for line in lines]


def _checks_nothing(context: ScenarioContext, expected: ExpectedAudit, audit: dict[str, Any]) -> bool:
    """Say whether an audit is as expected only because its instance was never polled."""
    if expected.owed is not None or not any(getattr(expected, kind) is not None for kind in AUDITED):
        return False
    number = context.instance(expected.instance).id
    return not (
        audit["owed"] or audit["delivered"] or any(poll["instanceId"] == number for poll in context.polls())
    )


def _list_differences(kind: str, expected: list[str], entries: list[_AuditEntry]) -> list[str]:
    """Return how one of an audit's lists differs, and in which list each event of the difference is, and why."""
    lines = expect.unordered(expected, [entry.line for entry in entries if entry.kind == kind])
    reasons = (
        f"{entry.line} is {entry.kind}: {entry.why}"
        for entry in entries
        if any(entry.line in line for line in lines)
    )
    return [*lines, *reasons]


def _audit(context: ScenarioContext, name: str | None) -> dict[str, Any]:
    return context.clients.platform.audit(context.instance(name).id)


def _entries(context: ScenarioContext, audit: dict[str, Any]) -> list[_AuditEntry]:
    return [
        _AuditEntry(
            kind=kind,
            line=f"{context.names.shown(entry['resource'], entry['recordId'])} {entry['change']}",
            why=f"at {clock_text(parse_instant(entry['at']) - context.start)}, {entry['why']}",
        )
        for kind in AUDITED
        for entry in audit[kind]
    ]


def _label(context: ScenarioContext, name: str | None) -> str:
    return f"audit of {name}" if name and len(context.instances) > 1 else "audit"


def objections(
    state: StateSoFar,
    expected: str | ExpectedAudit | AuditNever | list[ExpectedAudit] | list[AuditNever] | None,
) -> Iterator[Objection]:
    """Check what audits are expected to say; what they must not say are patterns, which may be anything."""
    if isinstance(expected, str):
        yield from state.instance_objections(None, ("audit",))
        return
    for place, audit in enumerate(expected if isinstance(expected, list) else [expected] if expected else []):
        at: tuple[str | int, ...] = ("audit", place) if isinstance(expected, list) else ("audit",)
        yield from state.instance_objections(audit.instance, (*at, "instance") if audit.instance else at)
        for kind in AUDITED if isinstance(audit, ExpectedAudit) else ():
            for number, event in enumerate(getattr(audit, kind) or ()):
                yield from event_objections(event, (*at, kind, number), FORM)
