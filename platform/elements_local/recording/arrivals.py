"""What arrived at the receivers while time was moved: by the sink's callbacks, or by what the polls found."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from elements_local.failures.timeline import event_lines, message_of, taken
from elements_local.kit.workspaces.instants import parse_instant
from elements_local.records import RecordNames

_REPORTED = frozenset({"CREATED", "UPDATED"})


@dataclass
class Arrivals:
    """What arrived in a span of time.

    Attributes:
        callbacks: as the sink lists them.
        events: by instance, as the polls found them.
        from_polls: the sink does not have all that was sent, so the events of the polls count.
    """

    callbacks: list[Mapping[str, Any]] = field(default_factory=list)
    events: dict[int, list[str]] = field(default_factory=dict)
    from_polls: bool = False

    def __bool__(self) -> bool:
        """Say whether anything arrived."""
        return bool(self.callbacks or (self.from_polls and self.events))

    def add(self, other: "Arrivals") -> None:
        """Append the arrivals of a later span."""
        self.callbacks += other.callbacks
        for instance, lines in other.events.items():
            self.events.setdefault(instance, []).extend(lines)
        self.from_polls = self.from_polls or other.from_polls


class ArrivalQueue:
    """Hands out callbacks and polls, oldest first, to the steps that brought them."""

    def __init__(self, callbacks: Sequence[Mapping[str, Any]], polls: Sequence[Mapping[str, Any]]) -> None:
        self._callbacks = deque(callbacks)
        self._polls = deque(polls)

    def until(self, end: datetime, names: RecordNames, ran: Mapping[str, int] | None = None) -> Arrivals:
        """Take what came up to an instant.

        Args:
            ran: how many polls and attempts there were, if that is known; what came in the very same instant
                by another step is left then.
        """
        polls = _take(self._polls, "at", end, ran["polls"] if ran else None)
        # Several steps may fall into one instant; the counts of the step itself tell how much of it is its own.
        attempts = ran["attempts"] if ran else None
        arrivals = Arrivals(callbacks=_take(self._callbacks, "received_at", end, attempts))
        # Fewer came to the sink than were sent: the instance has another receiver.
        arrivals.from_polls = attempts is not None and len(arrivals.callbacks) < attempts
        for poll in polls:
            for record in poll["records"]:
                if record["verdict"] in _REPORTED and not poll["error"]:
                    line = f"{names.shown(poll['resource'], record['id'])} {record['verdict']}"
                    arrivals.events.setdefault(poll["instanceId"], []).append(line)
        return arrivals


def expected(arrivals: Arrivals, instances: Mapping[int, str], names: RecordNames) -> dict[str, Any]:
    """Return what a step ``expect`` says of arrivals.

    Args:
        instances: id -> name of those that the scenario has, the first one first.
    """
    if arrivals.from_polls:
        events = {
            instances[number]: lines for number, lines in arrivals.events.items() if number in instances
        }
        return {"callbacks": _by_instance(events, instances)}
    accepted = [one for one in arrivals.callbacks if taken(one)]
    expectation: dict[str, Any] = {}
    owners = [instances.get(_instance_of(one), "") for one in accepted]
    if "" not in owners:  # others, such as the ends of bulk jobs, are no instance's
        expectation["callbacks"] = _by_instance(_lines(accepted, owners, names), instances)
    if len(accepted) < len(arrivals.callbacks) or "" in owners:
        expectation["attempts"] = [one["status"] for one in arrivals.callbacks]
    return expectation


def _lines(
    callbacks: Sequence[Mapping[str, Any]], owners: Sequence[str], names: RecordNames
) -> dict[str, list[Any]]:
    """Return lines by instance; those without a signature say so, which takes a mapping for each callback."""
    by_instance: dict[str, list[Any]] = {}
    for name in dict.fromkeys(owners):
        own = [one for one, owner in zip(callbacks, owners, strict=True) if owner == name]
        if any(one["signature"] == "absent" for one in own):
            by_instance[name] = [_with_signature(one, names) for one in own]
        else:
            by_instance[name] = [line for one in own for line in event_lines(names, one)]
    return by_instance


def _with_signature(callback: Mapping[str, Any], names: RecordNames) -> dict[str, Any]:
    signature = "absent" if callback["signature"] == "absent" else "valid"
    return {"events": event_lines(names, callback), "signature": signature}


def _by_instance(lines: Mapping[str, list[Any]], instances: Mapping[int, str]) -> Any:
    """Return a list if it is all the first instance's, and otherwise one for each."""
    first = next(iter(instances.values()), "")
    return lines.get(first, []) if lines.keys() <= {first} else dict(lines)


def _instance_of(callback: Mapping[str, Any]) -> int:
    number = message_of(callback).get("instanceId")
    return number if isinstance(number, int) else 0


def _take(
    waiting: deque[Mapping[str, Any]], key: str, end: datetime, most: int | None
) -> list[Mapping[str, Any]]:
    items: list[Mapping[str, Any]] = []
    while waiting and (most is None or len(items) < most) and parse_instant(waiting[0][key]) <= end:
        items.append(waiting.popleft())
    return items
