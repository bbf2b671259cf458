"""Changes that report the one record, and do not mend what was wrong: each was offered once, and is not any more."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from planted import DATES, Cure, Planted, World


@dataclass(frozen=True, kw_only=True)
class NoCure:
    """A case, and what must not be offered for it.

    Attributes:
        effect: of the CRM, from the beginning.
        at: when the record is made, and when it is changed, if it is.
        never: changes that must not be offered.
        offered: what is, if it is known.
    """

    name: str
    never: tuple[dict[str, Any], ...]
    offered: dict[str, Any]
    effect: dict[str, Any] = field(default_factory=dict)
    rule: dict[str, Any] = field(default_factory=dict)
    at: tuple[str, ...] = ("14m",)
    planted: dict[str, Any] = field(default_factory=dict)
    start: str = "2026-03-02T10:00:00Z"

    def __str__(self) -> str:
        return self.name


def delays(*seconds):
    return tuple({"pollDelay": each} for each in seconds)


LONDON = {**DATES, "updatedDateTimezone": "Europe/London", "createdDateTimezone": "Europe/London"}
GMT = {"updatedDateTimezone": "GMT", "createdDateTimezone": "GMT"}
BY_MINUTES = {"updatedDateFormat": "yyyy-MM-dd HH:mm", "createdDateFormat": "yyyy-MM-dd HH:mm"}
WITH_SECONDS = {"updatedDateFormat": "yyyy-MM-dd HH:mm:ss", "createdDateFormat": "yyyy-MM-dd HH:mm:ss"}

CASES = [
    *(
        NoCure(
            name=f"a delay of {delay} s for a lag of 120 s",
            effect={"index_lag_s": 120},
            at=(f"{15 * 60 - delay + 1}s",),
            never=delays(delay),
            offered={"pollDelay": 120},
        )
        for delay in (61, 41, 3)
    ),
    NoCure(
        name="a delay of 1 s for a format without seconds",
        at=("15m 20s",),
        planted={"dates": BY_MINUTES},
        never=delays(1, 60),
        offered=WITH_SECONDS,
    ),
    NoCure(
        name="a delay of an hour for a zone that is an hour off",
        at=("7m",),
        start="2026-03-29T12:00:00Z",
        planted={"dates": LONDON},
        never=delays(3600),
        offered=GMT,
    ),
    NoCure(
        name="a tolerance of 959 s for one of 7200 s",
        at=("14m", "16m"),
        planted={"block": {"createdCheckTolerance": 7200}},
        never=({"createdCheckTolerance": 959},),
        offered={"createdCheckTolerance": 5},
    ),
    NoCure(
        name="larger pages for a CRM that fails once",
        effect={"status": 503},
        rule={"match": {"method": "GET"}, "when": {"first_n": 1}},
        planted={"block": {"pageSize": 1}},
        never=({"pageSize": 200}, {"pageSize": 500}),
        offered={"status": None},
    ),
    NoCure(
        name="a tolerance for a record that is changed before it is reported",
        at=("2m", "1m"),
        never=({"createdCheckTolerance": 60},),
        offered={"idempotent": True},
    ),
]


def lived(stack, case):
    """Live through a case, and return what is said of the last change."""

    def story(world):
        if case.effect:
            world.fault(case.effect, **case.rule)
        made, *changed = case.at
        world.wait(made)
        world.create()
        for span in changed:
            world.wait(span)
            world.update()
        world.wait("45m")

    planted = Planted(
        name=case.name, cause="", story=story, about=("ada", -1), start=case.start, **case.planted
    )
    world = World(stack.new_workspace(start=case.start), planted, Cure())
    world.live()
    said: dict[str, Any] = world.clients.platform.explain(**world.asked())
    return said


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_reports_the_one_record_alone_is_not_offered(case, stack_set_to):
    said = lived(stack_set_to({}), case)

    assert said["cause"] is not None
    assert said["fix"]["change"] not in case.never
    assert said["fix"]["change"] == case.offered


def test_a_delay_says_which_records_it_may_repeat(stack_set_to):
    behind = NoCure(
        name="a clock that is behind", effect={"clock_skew_s": -92}, at=("15m 31s",), never=(), offered={}
    )

    said = lived(stack_set_to({}), behind)

    assert said["fix"]["change"] == {"pollDelay": 120}
    assert said["fix"]["text"].endswith("(may repeat records changed in the last 120 s)")
    assert said["tries"][0]["outcome"].endswith("but others are still lost by clock-skew")


def test_what_would_be_worse_for_others_is_said_where_nothing_helps(stack_set_to):
    said = lived(stack_set_to({}), CASES[-1])

    assert said["fix"]["tried"] is None
    assert said["untried"].endswith("of others 3 are lost or misnamed that were not: both at <0 of a poll")


def test_a_queue_is_released_and_the_subscription_reactivated_by_one_command(stack_set_to):
    def story(world):
        world.answers({"status": 503, "times": 10})
        world.wait("1m")
        world.create("bob")
        world.wait("5 days")
        world.create()
        world.wait("20m")

    planted = Planted(name="dead", cause="dead-subscription", story=story)
    stack = stack_set_to({})
    world = World(stack.new_workspace(start=planted.start), planted, Cure())
    world.live()

    fix = world.clients.platform.explain(**world.asked())["fix"]
    world.request(*fix["change"]["release"].split(" ", 1))
    world.wait("1m")

    assert fix["text"].startswith("release the queue and reactivate the subscription: curl -X PUT 'http://")
    assert [event["eventType"] for event in world.taken()] == ["CREATED"]
    active = world.request("GET", "/notifications/subscriptions")
    assert {each["active"] for each in active} == {True}
