"""What a scenario expects of audits, held against what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from elements_local.failures.timeline import clock_text
from elements_local.scenarios import expect, verbs
from elements_local.scenarios.scenario_context import ScenarioContext
from mock_kit.workspaces.instants import parse_instant

_COUNTS = ("owed", "delivered")


@dataclass(frozen=True)
class _Found:
    """An entry of an audit: ``contacts/ada UPDATED``, in which of its lists, and why."""

    kind: str
    line: str
    why: str


def differences(
    context: ScenarioContext, wanted: str | verbs.ExpectedAudit | Sequence[verbs.ExpectedAudit]
) -> list[str]:
    """Return where audits say something else than they have to, and what they say about it."""
    if isinstance(wanted, str):
        clean = [
            verbs.ExpectedAudit(instance=name, late=[], duplicate=[], misclassified=[], lost=[])
            for name in context.instances
        ]
        return [line for audit in clean for line in _differences(context, audit)]
    each = [wanted] if isinstance(wanted, verbs.ExpectedAudit) else wanted
    return [line for audit in each for line in _differences(context, audit)]


def unwanted(context: ScenarioContext, wanted: verbs.AuditNever | Sequence[verbs.AuditNever]) -> list[str]:
    """Return what audits say that they must not."""
    each = [wanted] if isinstance(wanted, verbs.AuditNever) else wanted
    return [
        f"{_label(context, audit.instance)}: unexpected: {found.kind} {found.line}: {found.why}"
        for audit in each
        for found in _found(context, _audit(context, audit.instance))
        if any(fnmatchcase(found.line, pattern) for pattern in getattr(audit, found.kind))
    ]


def _differences(context: ScenarioContext, wanted: verbs.ExpectedAudit) -> list[str]:
    audit = _audit(context, wanted.instance)
    found = _found(context, audit)
    lines: list[str] = []
    for key in _COUNTS:
        number = getattr(wanted, key)
        if number not in {None, audit[key]}:
            lines.append(f"{key}: expected {number}, actual {audit[key]}")
    for kind in verbs.AUDITED:
        expected = getattr(wanted, kind)
        if expected is not None:
            lines += [f"{kind}: {line}" for line in _of_kind(kind, expected, found)]
    if not lines and _is_vain(context, wanted, audit):
        lines.append("nothing has been polled that could be owed; `audit: {owed: 0}` expects that")
    lines += [f"note: {note}" for note in audit["notes"]] if lines else []
    label = _label(context, wanted.instance)
    return [f"{label}: {line}" for line in lines]


def _is_vain(context: ScenarioContext, expected: verbs.ExpectedAudit, audit: dict[str, Any]) -> bool:
    """Say whether an audit has nothing of what must not be, since its instance was never polled."""
    if expected.owed is not None or not any(getattr(expected, kind) is not None for kind in verbs.AUDITED):
        return False
    number = context.instance(expected.instance).id
    return not (
        audit["owed"] or audit["delivered"] or any(poll["instanceId"] == number for poll in context.polls())
    )


def _of_kind(kind: str, expected: list[str], found: list[_Found]) -> list[str]:
    """Return how one of an audit's lists differs, and why what is missing or too much came to be where it is."""
    differing = expect.unordered(expected, [one.line for one in found if one.kind == kind])
    about = [one for one in found if any(one.line in line for line in differing)]
    return [*differing, *(f"{one.line} is {one.kind}: {one.why}" for one in about)]


def _audit(context: ScenarioContext, name: str | None) -> dict[str, Any]:
    return context.clients.platform.audit(context.instance(name).id)


def _found(context: ScenarioContext, audit: dict[str, Any]) -> list[_Found]:
    return [
        _Found(
            kind=kind,
            line=f"{context.names.shown(entry['resource'], entry['recordId'])} {entry['change']}",
            why=f"at {clock_text(parse_instant(entry['at']) - context.start)}, {entry['why']}",
        )
        for kind in verbs.AUDITED
        for entry in audit[kind]
    ]


def _label(context: ScenarioContext, name: str | None) -> str:
    return f"audit of {name}" if name and len(context.instances) > 1 else "audit"
