"""Lanes: one thing after the other in each, all side by side, and only so many."""

import logging
from threading import Event

import pytest
from deadline import DEADLINE_S

from elements_local.platform.callbacks.lanes import LaneKey, Lanes
from elements_local.platform.core.run_control import RunSummary


@pytest.fixture
def held():
    """Return what work waits for; it is let go at the end whatever happens."""
    go_on = Event()
    yield go_on
    go_on.set()


def lanes(limit=4, freed=lambda: None):
    return Lanes(limit=limit, freed=freed)


def hold(event):
    def work():
        assert event.wait(DEADLINE_S)
        return RunSummary(attempts=1)

    return work


def test_what_runs_in_one_lane_does_not_hold_up_another(held):
    made = lanes()
    slow = made.start(LaneKey("acme", "slow"), hold(held))

    quick = made.start(LaneKey("acme", "quick"), lambda: RunSummary(attempts=5))

    assert quick.result(DEADLINE_S) == RunSummary(attempts=5)
    assert not slow.done()
    assert made.busy("acme") == {"slow"}
    held.set()
    assert slow.result(DEADLINE_S) == RunSummary(attempts=1)


def test_a_lane_in_use_takes_nothing_else(held):
    made = lanes()
    made.start(LaneKey("acme", "slow"), hold(held))

    assert made.start(LaneKey("acme", "slow"), RunSummary) is None
    assert made.start(LaneKey("other", "slow"), RunSummary) is not None, "another workspace's"


def test_a_workspace_has_half_of_them_at_the_most(held):
    made = lanes(limit=4)
    first = made.start(LaneKey("acme", "a"), hold(held))
    made.start(LaneKey("acme", "b"), hold(held))

    refused = made.start(LaneKey("acme", "c"), RunSummary)
    held.set()
    first.result(DEADLINE_S)
    assert made.wait_until_idle(timeout_s=DEADLINE_S)

    assert refused is None
    assert made.start(LaneKey("acme", "c"), RunSummary) is not None


def test_there_are_only_so_many_for_who_has_one(held):
    made = lanes(limit=4)
    taken = [made.start(LaneKey(name, url), hold(held)) for name in ("acme", "other") for url in ("a", "b")]
    third = made.start(LaneKey("third", "a"), hold(held))

    assert None not in taken
    assert made.start(LaneKey("third", "b"), RunSummary) is None
    assert third is not None, "whoever has none gets one, whatever the others' receivers do"


def test_a_limit_of_one_is_one_for_each_workspace(held):
    made = lanes(limit=1)
    made.start(LaneKey("acme", "a"), hold(held))

    assert made.start(LaneKey("acme", "b"), RunSummary) is None
    assert made.start(LaneKey("other", "a"), RunSummary).result(DEADLINE_S) == RunSummary()


def test_who_is_told_that_a_lane_is_free_finds_it_free(held):
    told, seen = Event(), []

    def freed():
        seen.append(made.busy("acme"))
        told.set()

    made = lanes(freed=freed)
    made.start(LaneKey("acme", "a"), hold(held))
    held.set()

    assert told.wait(DEADLINE_S)
    assert seen == [set()]


def test_idle_is_of_a_workspace_or_of_all(held):
    made = lanes()
    made.start(LaneKey("acme", "a"), hold(held))

    assert made.wait_until_idle("other", timeout_s=0)
    assert not made.wait_until_idle("acme", timeout_s=0)
    assert not made.wait_until_idle(timeout_s=0)
    held.set()
    assert made.wait_until_idle("acme", timeout_s=DEADLINE_S)


def test_a_defect_is_logged_leaves_the_lane_and_asks_nobody_to_try_again_at_once(caplog):
    told = []
    made = lanes(freed=lambda: told.append(True))

    def broken():
        raise ZeroDivisionError("a defect of ours")

    with caplog.at_level(logging.ERROR):
        future = made.start(LaneKey("acme", "a"), broken)
        assert isinstance(future.exception(DEADLINE_S), ZeroDivisionError)

    assert made.busy("acme") == set()
    assert told == []
    assert [(record.event, record.workspace) for record in caplog.records] == [("lane_failed", "acme")]


def test_threads_serve_again_and_again():
    made = lanes(limit=3)
    for number in range(100):
        assert made.start(LaneKey("acme", str(number)), RunSummary).result(DEADLINE_S) == RunSummary()
        assert made.wait_until_idle(timeout_s=DEADLINE_S)

    assert made._threads <= 3
