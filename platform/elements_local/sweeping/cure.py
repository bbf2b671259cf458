"""What ``--with`` changes of a configuration: ``pollDelay=1`` of the block that is swept, ``event...=`` of the whole."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from elements_local.cures.candidate import DATE_KEYS, DATES
from elements_local.errors import HarnessError
from elements_local.linting.configured import POLLER

_OF_THE_WHOLE = ("event.", "base.", "filter.", "pagination.")


class CureError(HarnessError):
    """A change is none."""


def patch_of(assignments: Sequence[str], resource: str) -> dict[str, Any]:
    """Return the merge patch of a configuration that assignments mean.

    Args:
        assignments: ``NAME=VALUE``, the value as JSON or else a text, null to leave a key out; a dot leads into an object,
            keys of dates are those of ``datesConfiguration``.
        resource: whose block is meant.

    Raises:
        CureError: one is no assignment; says what came.

    >>> patch_of(["pollDelay=1", "updatedDateTimezone=GMT"], "contacts")
    {'event.poller.configuration': {'contacts': {'pollDelay': 1, 'datesConfiguration': {'updatedDateTimezone': 'GMT'}}}}
    """
    patch: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not (equals and name):
            raise CureError(f"--with expects NAME=VALUE, such as pollDelay=1; got {assignment!r}")
        # Keys of dates stand in an object of their own, which nobody wants to type.
        within = [*([DATES] if name.startswith(DATE_KEYS) else []), *name.split(".")]
        steps = [name] if name.startswith(_OF_THE_WHOLE) else [POLLER, resource, *within]
        inside = patch
        for step in steps[:-1]:
            inside = inside.setdefault(step, {})
        inside[steps[-1]] = _value(text)
    return patch


def unread(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what lint says of keys that a change brings and nothing reads.

    Args:
        before, after: findings without and with the change.
    """
    known = [finding["path"] for finding in before]
    return [
        finding["message"]
        for finding in after
        if finding["rule"] in {"misspelt-key", "unknown-key", "key-without-effect"}
        and finding["path"] not in known
    ]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
