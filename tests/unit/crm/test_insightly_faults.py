"""The effects that only the CRM knows: how they are read, and what they make of stamps and pages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.traffic.fault_rules import FaultRuleError, parse_rules
from mock_insightly.faults import NO_FAULT, CrmEffect, CrmRules

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
        pytest.param({"index_lag_within_s": 60}, id="an index with a delay of its own for each write"),
        pytest.param({"list_cap": 3}, id="a list that is cut"),
        pytest.param({"rename_fields": {"TITLE": "JOB_TITLE"}}, id="a field that is renamed"),
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
        pytest.param({"effect": {"index_lag_within_s": 0.5}}, "index_lag_within_s", id="half seconds"),
        pytest.param({"effect": {"list_cap": 0}}, "list_cap", id="a list of nothing"),
        pytest.param(
            {"effect": {"rename_fields": {"TITLE": ""}}}, "rename_fields", id="a field without a name"
        ),
        pytest.param({"effect": {"page_overlap": 501}}, "page_overlap", id="more than any page"),
        pytest.param({"effect": {"delete_listed": 0}}, "no effect: give status, body", id="none deleted"),
        pytest.param(
            {"effect": {"index_lag": 1}},
            "index_lag_s, index_lag_within_s, list_cap, page_overlap, burst_limit, daily_limit, delete_listed",
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


LISTS = "only on lists and searches of records"
SHIFTED = "only on lists that are read page by page"


@pytest.mark.parametrize(
    ("effect", "match", "told"),
    [
        pytest.param({"index_lag_s": 60}, {"method": "POST"}, LISTS, id="a write"),
        pytest.param({"index_lag_s": 60}, {"path": "/v2.2/Contacts/5"}, LISTS, id="one record"),
        pytest.param({"index_lag_s": 60}, {"path": "/v2.2/Contcts*"}, LISTS, id="no resource"),
        pytest.param({"index_lag_within_s": 60}, {"method": "PUT"}, LISTS, id="another write"),
        pytest.param({"list_cap": 3}, {"path": "/v3.1/Users/Me"}, LISTS, id="the caller"),
        pytest.param(
            {"page_overlap": 1}, {"path": "/v3.1/Notes/5/Comment"}, SHIFTED, id="a list that is whole"
        ),
        pytest.param(
            {"delete_listed": 1}, {"path": "/v3.1/Users"}, "can be deleted", id="what cannot be deleted"
        ),
        pytest.param(
            {"update_listed": 1}, {"path": "/v3.1/Users"}, "can be updated", id="what cannot be updated"
        ),
        pytest.param({"clock_skew_s": 5}, {"method": "GET"}, "only on writes", id="stamps of a read"),
        pytest.param(
            {"stamp_step_s": 5}, {"path": "/v2.2/leads/search"}, "only on writes", id="stamps of a search"
        ),
        pytest.param({"updated_within_s": 3}, {"method": "PUT"}, "only on calls that create", id="an update"),
        pytest.param(
            {"rename_fields": {"CONTACT_ID": "ID"}},
            {"path": "/v2.2/Leads*"},
            "only on answers with records that have CONTACT_ID",
            id="a field of others",
        ),
        pytest.param({"rename_fields": {"Ttile": "T"}}, {}, "no record has a field Ttile", id="no field"),
        pytest.param(
            {"rename_fields": {"TITLE": "first_name"}},
            {},
            "first_name is a field already",
            id="a field taken",
        ),
    ],
)
def test_a_rule_that_could_never_show_is_refused_and_says_where_it_would(effect, match, told):
    with pytest.raises(FaultRuleError) as refusal:
        parsed({"effect": effect, "match": match})

    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("effect", "match"),
    [
        pytest.param({"index_lag_s": 60}, {"method": "*", "path": "*"}, id="whatever there is"),
        pytest.param({"index_lag_s": 60}, {"method": "head"}, id="HEAD"),
        pytest.param({"index_lag_s": 60}, {"path": "//V2.2/CONTACTS/Search/"}, id="slashes and case"),
        pytest.param({"index_lag_s": 60}, {"path": "/v3.1/contacts/5/notes"}, id="below a record"),
        pytest.param({"list_cap": 60}, {"path": "/v3.1/Fruit__c"}, id="a custom object"),
        pytest.param({"list_cap": 60}, {"path": "/v3.1/Notes/5/Comment"}, id="a list that is whole"),
        pytest.param({"page_overlap": 1}, {"path": "*/searchbytag"}, id="a search by tag"),
        pytest.param({"clock_skew_s": 5}, {"path": "/v2.2/contacts/*", "method": "DELETE"}, id="a deletion"),
        pytest.param(
            {"clock_skew_s": 5, "update_listed": 1}, {"method": "GET"}, id="an update between pages"
        ),
        pytest.param({"burst_limit": 5}, {"path": "/v2.2/Users/Me"}, id="a limit of any call"),
        pytest.param({"status": 503}, {"path": "/v2.2/nowhere"}, id="what any path can meet"),
    ],
)
def test_a_rule_that_can_show_somewhere_is_taken(effect, match):
    assert parsed({"effect": effect, "match": match}).effect.own is not None


@given(st.integers(0, 10**6), st.integers(1, 10**9), st.integers(0, 600), st.integers(0, 600))
def test_each_write_is_known_after_a_delay_of_its_own_within_the_bound(seed, seq, least, within):
    effect = CrmEffect(index_lag_s=least, index_lag_within_s=within)

    delay = (effect.indexed(NOON, seq, seed=seed) - NOON).total_seconds()

    assert least <= delay <= least + within
    assert effect.indexed(NOON, seq, seed=seed) - NOON == timedelta(seconds=delay)


def test_delays_are_of_all_sizes_and_other_ones_with_another_seed():
    effect = CrmEffect(index_lag_within_s=3)
    delays = [[(effect.indexed(NOON, seq, seed=seed) - NOON).seconds for seq in range(50)] for seed in (1, 2)]

    assert {*delays[0]} == {*delays[1]} == {0, 1, 2, 3}
    assert delays[0] != delays[1]


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
