"""When a failed callback is tried again: both documented ladders, and that no retry stands still."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.values import replace
from elements_local.platform.callbacks.retry import next_attempt
from elements_local.platform.core.choices import CLOUD_ELEMENTS, OPEN_CONNECTORS, RetrySchedule

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def offsets_s(ladder: RetrySchedule) -> list[float]:
    """Return when the tries of a callback that always fails fall, in seconds after its first failure."""
    offsets, now = [], NOON
    for failures in range(1, 100):
        again = next_attempt(ladder, failures=failures, first_failure=NOON, now=now)
        if again is None:
            return offsets
        offsets.append((again - NOON).total_seconds())
        now = again
    raise AssertionError("it never gives up")


def test_the_older_guides_ladder_has_nine_tries_at_powers_of_four():
    assert offsets_s(CLOUD_ELEMENTS) == [4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144]


def test_the_older_guides_last_try_falls_just_under_73_hours_after_the_first_failure():
    last = timedelta(seconds=offsets_s(CLOUD_ELEMENTS)[-1])

    assert timedelta(hours=72, minutes=45) < last < timedelta(hours=73)


def test_the_newer_guides_ladder_has_five_tries_at_powers_of_eight():
    assert offsets_s(OPEN_CONNECTORS) == [8, 64, 512, 4096, 32768]


@pytest.mark.parametrize(
    ("ladder", "offsets"),
    [
        (CLOUD_ELEMENTS, [4, 20, 84, 340, 1364, 5460, 21844, 87380, 349524]),
        (OPEN_CONNECTORS, [8, 72, 584, 4680, 37448]),
    ],
    ids=["4^x", "8^x"],
)
def test_read_the_other_way_each_wait_counts_from_the_attempt_before_it(ladder, offsets):
    assert offsets_s(replace(ladder, cumulative=True)) == offsets


@pytest.mark.parametrize("ladder", [CLOUD_ELEMENTS, OPEN_CONNECTORS], ids=["4^x", "8^x"])
def test_after_the_last_try_there_is_no_more(ladder):
    def again(failures):
        return next_attempt(ladder, failures=failures, first_failure=NOON, now=NOON)

    assert again(ladder.tries) == NOON + timedelta(seconds=ladder.base**ladder.tries)
    assert again(ladder.tries + 1) is None
    assert again(ladder.tries + 1000) is None


def test_without_tries_the_first_failure_is_the_last():
    assert next_attempt(RetrySchedule(tries=0, base=4), failures=1, first_failure=NOON, now=NOON) is None


def test_waits_count_from_the_first_failure_and_not_from_the_latest():
    late = NOON + timedelta(seconds=5)

    assert next_attempt(CLOUD_ELEMENTS, failures=2, first_failure=NOON, now=late) == NOON + timedelta(
        seconds=16
    )


@pytest.mark.parametrize(
    ("now_s", "again_s"),
    [
        pytest.param(14, 16, id="two seconds before it is due"),
        pytest.param(15, 16, id="a second before"),
        pytest.param(15.5, 16.5, id="half a second before"),
        pytest.param(16, 17, id="when it is due"),
        pytest.param(86_400, 86_401, id="a day after"),
    ],
)
@pytest.mark.assumed
def test_a_try_that_was_missed_comes_a_second_from_now(now_s, again_s):
    now = NOON + timedelta(seconds=now_s)

    again = next_attempt(CLOUD_ELEMENTS, failures=2, first_failure=NOON, now=now)

    assert again == NOON + timedelta(seconds=again_s)


def test_at_the_calendars_end_there_is_no_more():
    last = datetime.max.replace(tzinfo=UTC)

    assert next_attempt(CLOUD_ELEMENTS, failures=1, first_failure=last, now=last) is None
    assert next_attempt(CLOUD_ELEMENTS, failures=9, first_failure=last - timedelta(days=1), now=last) is None


@given(
    st.builds(RetrySchedule, tries=st.integers(1, 9), base=st.integers(1, 10), cumulative=st.booleans()),
    st.integers(1, 10),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_the_next_attempt_lies_strictly_after_now(ladder, failures, first_failure, since):
    now = first_failure + since

    again = next_attempt(ladder, failures=failures, first_failure=first_failure, now=now)

    assert (again is None) is (failures > ladder.tries)
    assert again is None or again > now
