"""Created or updated, by two dates and a tolerance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.poll import EventType
from elements_local.platform.polling.created_or_updated import classify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def classified(apart_s: float, tolerance_s: float) -> EventType:
    return classify(NOON, NOON + timedelta(seconds=apart_s), tolerance=timedelta(seconds=tolerance_s))


@pytest.mark.parametrize(
    ("apart_s", "tolerance_s", "change"),
    [
        pytest.param(0, 0, EventType.CREATED, id="equal dates"),
        pytest.param(0.000_001, 0, EventType.UPDATED, id="a microsecond later"),
        pytest.param(1, 0, EventType.UPDATED, id="a second later without a tolerance"),
        pytest.param(2, 2, EventType.CREATED, id="the tolerance itself"),
        pytest.param(2.000_001, 2, EventType.UPDATED, id="a microsecond beyond the tolerance"),
        pytest.param(3, 2, EventType.UPDATED, id="beyond the tolerance"),
        pytest.param(120, 60, EventType.UPDATED, id="two minutes against one"),
        pytest.param(365 * 86400, 10, EventType.UPDATED, id="a year later"),
    ],
)
def test_dates_within_the_tolerance_are_a_creation(apart_s, tolerance_s, change):
    assert classified(apart_s, tolerance_s) is change


@pytest.mark.assumed
@pytest.mark.parametrize("tolerance_s", [0, 5])
@pytest.mark.parametrize("apart_s", [-1, -3600])
def test_a_created_date_later_than_the_updated_one_is_a_creation(apart_s, tolerance_s):
    assert classified(apart_s, tolerance_s) is EventType.CREATED


seconds = st.integers(-(10**6), 10**6)


@given(seconds, st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_longer_tolerance_turns_no_creation_into_an_update(apart_s, tolerance_s, more_s):
    if classified(apart_s, tolerance_s) is EventType.CREATED:
        assert classified(apart_s, tolerance_s + more_s) is EventType.CREATED


def test_changes_are_named_as_callbacks_name_them():
    assert [change.value for change in EventType] == ["CREATED", "UPDATED", "DELETED", "UNKNOWN"]
