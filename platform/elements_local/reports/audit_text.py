"""An audit as the lines that people read, and what in several is wrong, in one. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WRONG = ("lost", "misclassified", "duplicate", "late")
"""What an audit lists of what went wrong."""

_OBJECTED = ("lost", "misclassified", "duplicate")
"""What makes an audit fail; what is late has come, or is to be tried again."""

Json = Mapping[str, Any]


def audit_text(audit: Json) -> str:
    """Write what an audit found: what is wrong, with its cause, and what there is to know beside."""
    counts = ", ".join(f"{len(audit[kind])} {kind}" for kind in ("reported", *reversed(WRONG)))
    lines = [f"{audit['owed']} owed, {audit['delivered']} delivered: {counts}"]
    for kind in WRONG:
        for one in audit[kind]:
            cause = f" [{one['cause']}]" if one["cause"] else ""
            lines += [f"{kind} {one['resource']}/{one['recordId']} {one['change']} at {one['at']}{cause}"]
            lines += [f"  {one['why']}"]
    lines += [f"note: {note}" for note in audit["notes"]]
    lines += [f"warning {one['rule']}: {one['message']} ({one['path']})" for one in audit["warnings"]]
    return "\n".join(lines)


def objections(audits: Sequence[Json]) -> Iterator[str]:
    """Say of each instance what is wrong, if anything is."""
    for one in audits:
        found = [f"{len(one[kind])} {kind}" for kind in _OBJECTED if one[kind]]
        found += [
            f"{_counted(each['polls'], 'poll')} of {each['resource']} failed, the last at {each['at']}: {each['why']}"
            for each in one["failedPolls"]
        ]
        if found:
            yield f"instance {one['instanceId']}: {', '.join(found)}"


def unpolled(audits: Sequence[Json]) -> list[str]:
    """Say of which collections there are changes that none of the instances polls."""
    counts = [{each["collection"]: each["changes"] for each in one["unpolled"]} for one in audits]
    return [
        f"no instance polls {_counted(max(each[name] for each in counts), 'change')} of {name}"
        for name in (counts[0] if counts else ())
        if all(name in each for each in counts)
    ]


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
