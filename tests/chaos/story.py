"""What was done to a workspace, as far as the plan knows: all that the count is given beside the CRM's log and the sink's callbacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plan import START


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One action that was performed. Times are seconds since START, by the workspace's clock.

    Attributes:
        began, ended: what the clock showed before and after it.
        logged: changes that the CRM's log had after it.
        heard: callbacks that the sink had after it.
        facts: what the action gave, and ids that the answer did.
    """

    do: str
    began: int
    ended: int
    logged: int
    heard: int
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """Something that no rule explains.

    Attributes:
        kind: lost, duplicate, misclassified, foreign, unexplained, timing, signature, receiver, audit, error or restart.
    """

    kind: str
    workspace: str
    what: str


def seconds(instant: str) -> int:
    """Return an ISO instant as seconds since START.

    Raises:
        ValueError: it is no whole second, which nothing in virtual time ever is not.
    """
    since = (datetime.fromisoformat(instant) - START).total_seconds()
    if since != int(since):
        raise ValueError(f"expected whole seconds; got {instant}")
    return int(since)
