"""What a scenario expects of audits, held against what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from elements_local.failures.timeline import clock_text
from elements_local.scenarios import expect, verbs
from elements_local.scenarios.world import World
from mock_kit.workspaces.instants import parse_instant

_COUNTS = ("owed", "delivered")


@dataclass(frozen=True)
class _Found:
    """An entry of an audit: ``contacts/ada UPDATED``, in which of its lists, and why."""

    kind: str
    line: str
    why: str


def differences(world: World, wanted: str | verbs.Audit | Sequence[verbs.Audit]) -> list[str]:
    """Return where audits say something else than they have to, and what they say about it."""
    if isinstance(wanted, str):
        clean = [
            verbs.Audit(instance=name, late=[], duplicate=[], misclassified=[], lost=[])
            for name in world.instances
        ]
        return [line for audit in clean for line in _differences(world, audit)]
    each = [wanted] if isinstance(wanted, verbs.Audit) else wanted
    return [line for audit in each for line in _differences(world, audit)]


def unwanted(world: World, wanted: verbs.AuditNever | Sequence[verbs.AuditNever]) -> list[str]:
    """Return what audits say that they must not."""
    each = [wanted] if isinstance(wanted, verbs.AuditNever) else wanted
    return [
        f"{_label(world, audit.instance)}: unexpected: {found.kind} {found.line}: {found.why}"
        for audit in each
        for found in _found(world, _audit(world, audit.instance))
        if any(fnmatchcase(found.line, pattern) for pattern in getattr(audit, found.kind))
    ]


def _differences(world: World, wanted: verbs.Audit) -> list[str]:
    audit = _audit(world, wanted.instance)
    found = _found(world, audit)
    lines: list[str] = []
    for key in _COUNTS:
        number = getattr(wanted, key)
        if number not in {None, audit[key]}:
            lines.append(f"{key}: expected {number}, actual {audit[key]}")
    for kind in verbs.AUDITED:
        expected = getattr(wanted, kind)
        if expected is not None:
            lines += [f"{kind}: {line}" for line in _of_kind(kind, expected, found)]
    if not lines and _is_vain(world, wanted, audit):
        lines.append("nothing has been polled that could be owed; `audit: {owed: 0}` expects that")
    lines += [f"note: {note}" for note in audit["notes"]] if lines else []
    label = _label(world, wanted.instance)
    return [f"{label}: {line}" for line in lines]


def _is_vain(world: World, wanted: verbs.Audit, audit: dict[str, Any]) -> bool:
    """Say whether an audit has nothing of what must not be, since its instance was never polled."""
    if wanted.owed is not None or not any(getattr(wanted, kind) is not None for kind in verbs.AUDITED):
        return False
    number = world.instance(wanted.instance).id
    return not (
        audit["owed"] or audit["delivered"] or any(poll["instanceId"] == number for poll in world.polls())
    )


def _of_kind(kind: str, expected: list[str], found: list[_Found]) -> list[str]:
    """Return how one of an audit's lists differs, and why what is missing or too much came to be where it is."""
    differing = expect.unordered(expected, [one.line for one in found if one.kind == kind])
    about = [one for one in found if any(one.line in line for line in differing)]
    return [*differing, *(f"{one.line} is {one.kind}: {one.why}" for one in about)]


def _audit(world: World, name: str | None) -> dict[str, Any]:
    return world.doors.platform.audit(world.instance(name).id)


def _found(world: World, audit: dict[str, Any]) -> list[_Found]:
    return [
        _Found(
            kind=kind,
            line=f"{world.names.shown(entry['resource'], entry['recordId'])} {entry['change']}",
            why=f"at {clock_text(parse_instant(entry['at']) - world.start)}, {entry['why']}",
        )
        for kind in verbs.AUDITED
        for entry in audit[kind]
    ]


def _label(world: World, name: str | None) -> str:
    return f"audit of {name}" if name and len(world.instances) > 1 else "audit"
