"""The effects that only the CRM knows: how they are read, and what they make of stamps and pages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.faults import NO_FAULT, CrmEffect, CrmRules
from mock_kit.admin.fault_rules import FaultRuleError, parse_rules

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
instants = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def parsed(rule):
    return parse_rules({"faults": [rule]}, service="crm", shape=CrmRules)[0]


@pytest.mark.parametrize(
    "effect",
    [
        pytest.param({"clock_skew_s": -90}, id="a clock that is behind"),
        pytest.param({"stamp_step_s": 60}, id="whole minutes"),
        pytest.param({"updated_later_s": 1, "updated_within_s": 3}, id="stamps apart"),
        pytest.param({"index_lag_s": 2.5}, id="a late index"),
        pytest.param({"page_overlap": 1}, id="pages that overlap"),
        pytest.param({"delete_listed": 1, "delay_s": 3}, id="a delete, and an effect of all services"),
    ],
)
def test_a_rule_is_shown_as_it_was_written(effect):
    assert parsed({"effect": effect}).to_json() == {"effect": effect}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        pytest.param({"effect": {"clock_skew_s": "90"}}, "clock_skew_s", id="a skew as text"),
        pytest.param({"effect": {"clock_skew_s": 10**9}}, "clock_skew_s", id="a skew beyond a year"),
        pytest.param({"effect": {"stamp_step_s": 0}}, "stamp_step_s", id="steps of nothing"),
        pytest.param({"effect": {"updated_within_s": -1}}, "updated_within_s", id="an update before"),
        pytest.param({"effect": {"index_lag_s": -1}}, "index_lag_s", id="an index ahead"),
        pytest.param({"effect": {"page_overlap": 501}}, "page_overlap", id="more than any page"),
        pytest.param({"effect": {"delete_listed": 0}}, "no effect: give status, body", id="none deleted"),
        pytest.param(
            {"effect": {"index_lag": 1}},
            "index_lag_s, page_overlap, burst_limit, daily_limit, delete_listed",
            id="misspelt",
        ),
        pytest.param(
            {"effect": {"status": 503, "clock_skew_s": 5}},
            "clock_skew_s cannot come of a call that the CRM never sees",
            id="stamps of a call that never comes to it",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule, told):
    with pytest.raises(FaultRuleError) as refusal:
        parsed(rule)

    assert told in str(refusal.value)


def test_other_services_refuse_them_and_say_which_they_know():
    with pytest.raises(FaultRuleError) as refusal:
        parse_rules({"faults": [{"effect": {"index_lag_s": 60}}]}, service="sink")

    assert "unknown key 'index_lag_s' in faults[0].effect" in str(refusal.value)
    assert 'expected {"status"?: a whole number from 200 to 599, "body"?: ' in str(refusal.value)


@pytest.mark.parametrize(
    ("effect", "at", "stamp"),
    [
        pytest.param(CrmEffect(), "12:00:59.9", "12:00:59", id="none"),
        pytest.param(CrmEffect(clock_skew_s=90), "12:00:00", "12:01:30", id="ahead"),
        pytest.param(CrmEffect(clock_skew_s=-1), "12:00:00", "11:59:59", id="behind"),
        pytest.param(CrmEffect(stamp_step_s=60), "12:00:59.9", "12:00:00", id="the minute"),
        pytest.param(CrmEffect(stamp_step_s=60), "12:01:00", "12:01:00", id="a minute that is whole"),
        pytest.param(CrmEffect(stamp_step_s=60, clock_skew_s=1), "12:00:59", "12:01:00", id="both"),
    ],
)
def test_what_a_write_is_stamped_with(effect, at, stamp):
    day = "2026-03-02T{}+00:00"

    assert effect.stamped(datetime.fromisoformat(day.format(at))) == datetime.fromisoformat(day.format(stamp))


@given(instants, st.integers(1, 100_000))
def test_a_stamp_never_lies_ahead_of_an_exact_clock_nor_a_step_behind(instant, step):
    stamp = CrmEffect(stamp_step_s=step).stamped(instant)

    assert stamp <= instant < stamp + timedelta(seconds=step)


@given(st.integers(1, 10**9), st.integers(), st.integers(0, 5), st.integers(0, 5))
def test_the_second_stamp_is_later_by_what_the_rule_says_and_always_by_the_same(record_id, seed, least, more):
    effect = CrmEffect(updated_later_s=least, updated_within_s=more)

    drawn = effect.later_s(record_id, seed=seed)

    assert least <= drawn <= least + more
    assert drawn == effect.later_s(record_id, seed=seed)


@pytest.mark.parametrize(
    ("skew", "at", "stamp"),
    [
        (90, datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (-90, datetime(1, 1, 1, 0, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_stamps_keep_to_the_calendar(skew, at, stamp):
    assert CrmEffect(clock_skew_s=skew).stamped(at) == stamp


def test_seconds_apart_are_of_all_sizes():
    effect = CrmEffect(updated_within_s=3)

    assert {effect.later_s(record_id, seed=7) for record_id in range(50)} == {0, 1, 2, 3}


def test_without_a_fault_nothing_is_different():
    assert NO_FAULT.effect.stamped(NOON) == NOON
    assert NO_FAULT.effect.later_s(1, seed=0) == 0
