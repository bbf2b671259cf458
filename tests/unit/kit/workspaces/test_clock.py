"""Clocks: who may move them, which way, and who goes along."""

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import freezegun
import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.clock import (
    LAST_OF_CLOCKS,
    FastClock,
    FrozenClock,
    Mode,
    MovedBackError,
    NaiveInstantError,
    SetClock,
    SystemClock,
    VirtualClock,
    WorkspaceClock,
    in_utc,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Nowhere(tzinfo):
    """A zone that knows no offset, which leaves an instant as naive as no zone would."""

    def utcoffset(self, _instant):
        return None

    def dst(self, _instant):
        return None

    def tzname(self, _instant):
        return "nowhere"


NAIVE = [
    pytest.param(datetime(2026, 3, 2, 12), id="no zone"),  # noqa: DTZ001 - what is refused
    pytest.param(datetime(2026, 3, 2, 12, tzinfo=Nowhere()), id="a zone without an offset"),
]


@given(
    passed=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)), speed=st.integers(1, 86_400)
)
def test_a_fast_clock_starts_with_the_machines_and_runs_so_many_times_as_fast(passed, speed):
    machine = VirtualClock(NOON)
    clock = WorkspaceClock(FastClock(speed, machine=machine))
    machine.move_to(NOON + passed)

    assert clock.now() - NOON == speed * passed
    assert (clock.mode, clock.speed) == (Mode.REAL, speed)


def test_a_virtual_clock_stands_still_until_it_is_moved_forward_or_to_where_it_is():
    clock = VirtualClock(NOON)
    assert [clock.now(), clock.now()] == [NOON, NOON]

    for instant in (NOON, NOON + MINUTE):
        clock.move_to(instant)
        assert clock.now() == instant


@each_row("back", [timedelta(microseconds=1), timedelta(days=900)])
def test_a_virtual_clock_refuses_to_move_back_and_stays_where_it_is(back):
    clock = VirtualClock(NOON)

    with pytest.raises(MovedBackError) as refusal:
        clock.move_to(NOON - back)

    assert str(refusal.value) == (
        f"time only moves forward: it is 2026-03-02T12:00:00+00:00, and {(NOON - back).isoformat()} was asked for"
    )
    assert clock.now() == NOON


def test_a_virtual_clock_tells_utc_whatever_zone_it_is_told():
    clock = VirtualClock(datetime(2026, 3, 2, 14, tzinfo=timezone(timedelta(hours=2))))

    assert (clock.now(), clock.now().tzinfo) == (NOON, UTC)


def test_a_clock_compares_instants_and_not_what_the_hands_show():
    """Eleven in London is later than half past eleven in Paris."""
    clock = VirtualClock(datetime(2026, 3, 2, 11, 30, tzinfo=timezone(timedelta(hours=1))))

    clock.move_to(datetime(2026, 3, 2, 11, tzinfo=UTC))

    assert clock.now() == datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.mark.parametrize("naive", NAIVE)
def test_an_instant_without_a_zone_is_refused(naive):
    clock = VirtualClock(NOON)

    for asked in (VirtualClock, clock.move_to, in_utc):
        with pytest.raises(NaiveInstantError, match=r"such as 2026-03-02T10:00:00Z; got 2026-03-02T12:00:00"):
            asked(naive)

    assert clock.now() == NOON


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones())  # noqa: DTZ001 - bounds
)
def test_an_instant_stays_the_same_instant_in_utc(instant):
    assert in_utc(instant) == instant.astimezone(UTC)
    assert in_utc(instant).tzinfo is UTC


def process_time() -> tuple[datetime, float]:
    """What a receiver in the same process reads, by both of the usual ways."""
    return datetime.now(UTC), time.time()  # noqa: TID251 - it is the process's time that is asked for


def test_a_frozen_clock_takes_the_process_along_at_each_move_and_nowhere_if_it_refuses_one():
    start = NOON.replace(microsecond=123_456)
    with freezegun.freeze_time("2020-01-01") as frozen:
        clock = WorkspaceClock(FrozenClock(start, frozen))
        assert process_time() == (start, start.timestamp())

        clock.move_to((start + MINUTE).astimezone(timezone(timedelta(hours=-5))))
        with pytest.raises(MovedBackError):
            clock.move_to(start)

        assert (clock.mode, clock.now()) == (Mode.VIRTUAL, start + MINUTE)
        assert process_time() == (start + MINUTE, (start + MINUTE).timestamp())


def test_after_a_freeze_the_process_has_its_own_time_and_the_clock_still_moves():
    before = SystemClock().now()
    with freezegun.freeze_time("2020-01-01") as frozen:
        clock = FrozenClock(datetime(2021, 1, 1, tzinfo=UTC), frozen)

    clock.move_to(NOON)

    assert clock.now() == NOON
    assert process_time()[0] >= before


WATERMARK = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


@each_row(
    ("watermark", "now", "change"),
    {
        "nothing was read": (None, 0, 0),
        "read at this instant": (0, 0, 1),
        "read in this second": (0, 0.999999, 1),
        "read within this second": (0.5, 0.75, 1),
        "read in the second before": (0, 1, 1),
        "read long ago": (0, 900, 900),
        "time was set back since": (5, 0, 0),
    },
)
def test_a_change_in_the_second_of_the_watermark_begins_the_next_one(watermark, now, change):
    def at(seconds):
        return WATERMARK + timedelta(seconds=seconds)

    clock = WorkspaceClock(VirtualClock(at(now)), watermark=None if watermark is None else at(watermark))

    assert clock.next_change() == at(change)
    assert clock.now() == at(now)


def test_where_ties_are_kept_a_change_happens_now():
    clock = WorkspaceClock(VirtualClock(WATERMARK), watermark=WATERMARK, keeps_ties=True)

    assert clock.next_change() == WATERMARK


def test_on_a_real_clock_a_change_happens_now():
    clock = WorkspaceClock(SystemClock())
    clock.watermark = clock.now()

    assert clock.next_change() - clock.watermark < timedelta(minutes=1)
    assert clock.next_change() >= clock.watermark


@each_row(
    ("found", "stands"),
    {
        "a later one is": (11, 11),
        "this one": (10, 10),
        "one that is no later than the answer took": (7, 10),
        "one that is later than that is not, and is gone by": (6, 6),
    },
)
def test_a_real_clock_is_set_right_and_not_back_for_an_answer_that_took_three_seconds(found, stands):
    def ahead(seconds):
        return SetClock(machine.now() + timedelta(seconds=seconds), like=machine)

    machine = FastClock(1, machine=VirtualClock(WATERMARK))
    clock = WorkspaceClock(ahead(10))

    clock.set_right(ahead(found), late=timedelta(seconds=3), watermark=WATERMARK)

    assert clock.now() == WATERMARK + timedelta(seconds=stands)
    assert clock.watermark == WATERMARK


def test_another_clock_has_no_watermark_unless_it_is_told():
    clock = WorkspaceClock(VirtualClock(WATERMARK), watermark=WATERMARK)

    clock.use(VirtualClock(WATERMARK))

    assert clock.next_change() == WATERMARK


def test_the_last_second_of_clocks_has_none_after_it():
    last = LAST_OF_CLOCKS.replace(microsecond=0)

    assert WorkspaceClock(VirtualClock(last), watermark=last).next_change() == last
