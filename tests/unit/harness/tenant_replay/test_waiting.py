"""A scenario's clock at a tenant waits, and stands still while something is late."""

from datetime import UTC, datetime, timedelta

from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.commands.tenant_replay.replays import MOMENT, TenantTiming, WaitingClock

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
THERE = datetime(2031, 1, 1, tzinfo=UTC)
SETTLE = timedelta(seconds=10)
QUARTER = timedelta(minutes=15)


class _Tenant:
    """Its clock moves only while it is waited."""

    def __init__(self):
        self.now = THERE
        self.clock = WaitingClock(
            lambda: self.now,
            self.wait,
            TenantTiming(settle=SETTLE, intervals=2),
            start=START,
            interval=QUARTER,
        )
        self.clock.begin()

    def wait(self, duration):
        self.now += duration

    @property
    def passed(self):
        return self.now - THERE - MOMENT


def test_what_is_due_at_an_instant_has_time_to_run():
    tenant = _Tenant()

    tenant.clock.advance("15m")

    assert tenant.passed == QUARTER + SETTLE
    assert tenant.clock.present() == START + QUARTER + SETTLE


@given(st.lists(st.integers(min_value=30, max_value=3600), min_size=1))
@settings(max_examples=examples(25))
def test_settling_does_not_add_up(seconds):
    tenant = _Tenant()
    for each in seconds:
        tenant.clock.advance(each)

    assert tenant.passed == timedelta(seconds=sum(seconds)) + SETTLE


def test_what_has_come_is_not_waited_for():
    tenant = _Tenant()

    assert tenant.clock.patience(list) == []
    assert tenant.passed == timedelta()


def test_a_poll_that_is_late_is_waited_for_and_the_scenarios_clock_stands_still():
    tenant = _Tenant()
    tenant.clock.advance(to=START + QUARTER)
    comes = tenant.now + timedelta(minutes=5)

    assert tenant.clock.patience(lambda: [] if tenant.now >= comes else ["missing"]) == []

    tenant.clock.advance(to=START + 2 * QUARTER)
    assert tenant.now >= comes + QUARTER - SETTLE


def test_what_comes_with_the_rest_is_seen_though_nothing_is_missing_any_more():
    tenant = _Tenant()
    first = tenant.now + timedelta(minutes=1)

    def look():
        return ["missing"] if tenant.now < first else ["unexpected"] if tenant.now > first else []

    assert tenant.clock.patience(look) == ["unexpected"]


def test_what_never_comes_is_waited_for_within_the_window():
    tenant = _Tenant()

    assert tenant.clock.patience(lambda: ["missing"]) == ["missing"]
    assert 2 * QUARTER + SETTLE <= tenant.passed <= 2 * QUARTER + SETTLE + QUARTER / 60


def test_time_that_goes_by_while_it_is_looked_counts_as_waited_for():
    tenant = _Tenant()

    def look():
        tenant.wait(QUARTER)
        return ["missing"]

    assert tenant.clock.patience(look) == ["missing"]

    assert tenant.passed <= 4 * QUARTER
    assert tenant.clock.present() - START <= QUARTER
