"""A simulated day as data: a seed becomes a list of actions with virtual times, and what runs is a function of that list alone.

An action is ``{"at": seconds since START, "in": workspace, "do": verb, ...}``. One whose record, instance or snapshot is not there
is passed over, so that any part of a list is a list that runs.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3600
KINDS = ("contacts", "accounts", "leads", "opportunities")
WORKSPACES = ("a", "b", "c")
_OUTAGE = 34_000
"""Seconds for which a receiver may be down: longer than the shorter of the two schedules."""
_MOST_RETURNS = 2
"""Restores of a workspace, so that a day ends."""

Action = dict[str, Any]
Settings = dict[str, str]

_USUAL = {
    "create": 22, "update": 26, "same": 4, "burst": 5, "delete": 7, "bulk": 3, "configure": 4, "unmake": 0.5, "make": 2, "fault": 7,
    "answers": 4, "release": 2, "poll": 3, "poller": 1, "advance": 5, "jump": 1, "snapshot": 2, "restore": 1, "restart": 0.5,
}  # fmt: skip


@dataclass
class _Place:
    """What a workspace has as far as the plan goes.

    Attributes:
        deaf_until: when its receiver, which is down for hours, is up again.
    """

    clock: int = 0
    deaf_until: int = 0
    records: list[tuple[str, str]] = field(default_factory=list)
    instances: list[str] = field(default_factory=list)


def settings_of(seed: int) -> Settings:
    """Return the settings of a seed's stack: a few in the place of the defaults."""
    random = Random(f"settings {seed}")  # noqa: S311 - a plan, no secret
    chosen = {
        "KEEP_TIES": random.choice(["true", "false", "false"]),
        "PLATFORM_RETRY_SCHEDULE": random.choice(["cloud-elements", "open-connectors"]),
        "PLATFORM_RETRY_SCHEDULE_ADDS_UP": random.choice(["true", "false", "false"]),
        "PLATFORM_POLL_FAILURE_LIMIT": random.choice(["100", "4"]),
        "PLATFORM_BATCH_SIZE": random.choice(["10", "10", "3"]),
    }
    return {f"ELEMENTS_LOCAL_{name}": value for name, value in chosen.items()}


def actions_of(seed: int, hours: int) -> list[Action]:
    """Return what happens in so many hours, in the order in which it does; each hour ends with a check."""
    return list(_Planner(seed, hours).actions())


class _Planner:
    def __init__(self, seed: int, hours: int) -> None:
        self._random = Random(f"actions {seed}")  # noqa: S311 - a plan, no secret
        self._end = hours * HOUR
        self._names = 0
        self._places = {name: _Place() for name in WORKSPACES}
        self._kept: dict[str, _Place] = {}
        self._returns = dict.fromkeys(WORKSPACES, 0)

    def actions(self) -> Iterator[Action]:
        for name in WORKSPACES:
            yield self._action(name, "make", **self._make(self._places[name]))
        checked = 0
        while True:
            clock, name = min((place.clock, name) for name, place in self._places.items())
            while checked < clock // HOUR:
                checked += 1
                yield {"at": checked * HOUR, "do": "check"}
            if clock >= self._end:
                return
            place = self._places[name]
            do = self._drawn()
            given = getattr(self, f"_{do}")(place)
            if given is not None:
                yield self._action(name, do, **given)
                if do == "restore":
                    self._return(name, given["snapshot"])
            place = self._places[name]
            place.clock = min(self._end, place.clock + self._gap(place.clock))

    def _action(self, name: str, do: str, **given: Any) -> Action:
        return {"at": self._places[name].clock, "in": name, "do": do, **given}

    def _drawn(self) -> str:
        return self._random.choices(list(_USUAL), list(_USUAL.values()))[0]

    def _gap(self, clock: int) -> int:
        """Return how long nothing happens: nothing, seconds, minutes, or until about a poll's time."""
        draw = self._random.random()
        if draw < 0.25:
            return self._random.choice([0, 0, 1, 2, 5])
        if draw < 0.5:
            to_turn = -clock % self._random.choice([300, 900])
            return max(0, to_turn + self._random.choice([-1, 0, 0, 1]))
        return self._random.randint(3, 700)

    def _name(self) -> str:
        self._names += 1
        return f"r{self._names}"

    def _record(self, place: _Place) -> tuple[str, str] | None:
        # mostly a late one: what has just been made is what is changed
        return (
            self._random.choice(place.records[-self._random.choice([3, 12, 100]) :])
            if place.records
            else None
        )

    def _via(self, place: _Place) -> dict[str, str]:
        by_hub = place.instances and self._random.random() < 0.3
        return {"via": self._random.choice(place.instances)} if by_hub else {}

    def _create(self, place: _Place) -> Action:
        kind, name = self._random.choice(KINDS), self._name()
        place.records.append((kind, name))
        return {"record": f"{kind}/{name}", **self._via(place)}

    def _update(self, place: _Place) -> Action | None:
        record = self._record(place)
        return {"record": "/".join(record), **self._via(place)} if record else None

    def _same(self, place: _Place) -> Action | None:
        record = self._record(place)
        return {"record": "/".join(record)} if record else None

    def _burst(self, place: _Place) -> Action | None:
        record = self._record(place)
        return {"record": "/".join(record), "times": self._random.randint(2, 4)} if record else None

    def _delete(self, place: _Place) -> Action | None:
        record = self._record(place)
        if record is None:
            return None
        place.records.remove(record)
        return {"record": "/".join(record), **self._via(place)}

    def _bulk(self, place: _Place) -> Action | None:
        if not place.instances:
            return None
        count = self._random.choice([2, 5, 5, 13, 30])
        return {
            "via": self._random.choice(place.instances),
            "kind": self._random.choice(KINDS),
            "count": count,
        }

    def _make(self, place: _Place) -> Action | None:
        if len(place.instances) >= 2:
            return None
        name = f"i{self._name()}"
        place.instances.append(name)
        return {
            "instance": name,
            "configuration": {
                "events": self._random.random() < 0.95,
                "interval": self._interval(),
                "path": "",
                "key": "a-key-of-your-own",
                "resources": self._resources(),
            },
        }

    def _unmake(self, place: _Place) -> Action | None:
        if not place.instances:
            return None
        name = self._random.choice(place.instances)
        place.instances.remove(name)
        return {"instance": name}

    def _configure(self, place: _Place) -> Action | None:
        if not place.instances:
            return None
        change: Action = self._random.choice(
            [
                {"interval": self._interval()},
                {"events": self._random.random() < 0.85},
                {"path": self._random.choice(["", "/hook", None])},
                {"key": self._random.choice(["", "another", "a-key-of-your-own"])},
                {"resources": self._resources()},
                {"resources": self._resources(), "events": True},
            ]
        )
        return {"instance": self._random.choice(place.instances), "change": change}

    def _interval(self) -> int:
        return self._random.choice([5, 10, 15, 15, 15, 30, 60])

    def _resources(self) -> Action:
        names = self._random.sample(KINDS, self._random.choice([0, 1, 2, 3, 3, 4, 4]))
        return {name: self._rule() for name in names}

    def _rule(self) -> Action:
        """Return how a resource is polled: as the guide has it, or with a few things else."""
        others: list[Action] = [
            {"tolerance": self._random.choice([1, 5, 120])},
            {"delay": self._random.choice([1, 30, 300, 4000])},
            {"page": self._random.choice([2, 5])},
            {"page": 2},
            {"page": 2},
            {"by_current": True},
            {"by_current": True},
            {"by_updated": False},
            {"created": "DATE_UPDATED_UTC"},
            {"created": None},
            {"zone": "Asia/Tokyo"},
        ]
        chosen = self._random.sample(others, self._random.choice([0, 0, 0, 1, 1, 2]))
        return {key: value for one in chosen for key, value in one.items()}

    def _fault(self, place: _Place) -> Action:
        """Return what the CRM does wrong for a while; nothing ends what it did."""
        until = place.clock + self._random.choice([900, 2000, 5000, 9000])
        of = self._random.choice([*KINDS, "*", "*", "*", "*"])
        when = self._random.choice(
            [
                {"until": until},
                {"until": until},
                {"first_n": self._random.randint(1, 9)},
                {"every_n": 2, "until": until},
            ]
        )
        failing = [
            {"status": 429},
            {"status": 500},
            {"status": 503},
            {"drop": True},
            {"truncate": 1},
            {"delay_s": 60},
        ]
        rule = self._random.choice(
            [
                {"of": of, "effect": self._random.choice(failing), **when},
                {"of": of, "effect": self._random.choice(failing), **when},
                {"of": of, "effect": {"status": 200, "body": []}, **when},
                {"of": of, "effect": {"index_lag_s": self._random.choice([5, 60, 600])}, "until": until},
                {"of": "*", "effect": {"page_overlap": self._random.choice([1, 2])}, "until": until},
                {"of": "*", "effect": {"page_overlap": 1}, "until": until},
                {
                    "of": "writes",
                    "effect": {"clock_skew_s": self._random.choice([-90, -5, 5, 90, 1000])},
                    "until": until,
                },
                {"of": "writes", "effect": {"updated_later_s": self._random.choice([1, 3])}, "until": until},
                {"of": "writes", "effect": {"stamp_step_s": self._random.choice([10, 60])}, "until": until},
                {
                    "of": "writes",
                    "effect": {"status": 503},
                    "phase": self._random.choice(["before", "after"]),
                    **when,
                },
                None,
                None,
            ]
        )
        return {"rules": [rule] if rule else []}

    def _answers(self, place: _Place) -> Action | None:
        """Return how callbacks are answered: badly a few times, until said otherwise or for hours; or well."""
        if place.clock < place.deaf_until:
            return None
        bad = self._random.choice(
            [
                {"status": 500},
                {"status": 503},
                {"status": 302},
                {"status": 200, "drop": True},
                {"status": 200, "delay_s": 45},
            ]
        )
        slow = {"status": 200, "delay_s": 20, "times": 2}
        times = {"times": self._random.randint(1, 9)}
        if self._random.random() < 0.07:
            place.deaf_until = place.clock + _OUTAGE
            return {"responses": [bad]}
        return {
            "responses": self._random.choice(
                [[{**bad, **times}], [slow, {**bad, **times}], [bad], [], [], []]
            )
        }

    def _release(self, _place: _Place) -> Action:
        return {}

    def _poll(self, place: _Place) -> Action | None:
        return {"instance": self._random.choice(place.instances)} if place.instances else None

    def _poller(self, place: _Place) -> Action | None:
        if not place.instances:
            return None
        return {"instance": self._random.choice(place.instances), "on": self._random.random() < 0.7}

    def _advance(self, place: _Place) -> Action:
        """Return a move of the clock, by a duration or to an instant, odd or over several turns."""
        place.clock = min(self._end, place.clock + self._random.choice([1, 59, 433, 900, 3601, 5000]))
        return {"by_duration": self._random.random() < 0.5}

    def _jump(self, place: _Place) -> Action:
        """Return a move of the clock that runs nothing: what fell due meanwhile comes late."""
        place.clock = min(self._end, place.clock + self._random.choice([5, 600, 2000]))
        return {}

    def _snapshot(self, place: _Place) -> Action:
        name = f"s{self._name()}"
        self._kept[name] = deepcopy(place)
        return {"snapshot": name}

    def _restore(self, place: _Place) -> Action | None:
        mine = next(name for name, one in self._places.items() if one is place)
        if not self._kept or self._returns[mine] >= _MOST_RETURNS:
            return None
        self._returns[mine] += 1
        return {"snapshot": self._random.choice(sorted(self._kept))}

    def _return(self, name: str, kept: str) -> None:
        self._places[name] = deepcopy(self._kept[kept])

    def _restart(self, _place: _Place) -> Action:
        return {}
