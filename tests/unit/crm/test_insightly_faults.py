"""The effects that only the CRM knows: how they are read, and what they make of stamps and pages."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.traffic.fault_rules import FaultRuleError, parse_rules
from mock_insightly.faults import CrmEffect, CrmRules

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
instants = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def parsed(rule):
    return parse_rules({"faults": [rule]}, service="crm", shape=CrmRules)[0]


@each_row(
    ("rule", "told"),
    {
        "a skew as text": ({"effect": {"clock_skew_s": "90"}}, "clock_skew_s"),
        "a skew beyond a year": ({"effect": {"clock_skew_s": 10**9}}, "clock_skew_s"),
        "an update before": ({"effect": {"updated_within_s": -1}}, "updated_within_s"),
        "a list of nothing": ({"effect": {"list_cap": 0}}, "list_cap"),
        "a field without a name": ({"effect": {"rename_fields": {"TITLE": ""}}}, "rename_fields"),
        "more than any page": ({"effect": {"page_overlap": 501}}, "page_overlap"),
        "none deleted": ({"effect": {"delete_listed": 0}}, "no effect: give status, body"),
        "misspelt": (
            {"effect": {"index_lag": 1}},
            "index_lag_s, index_lag_within_s, list_cap, delete_listed, update_listed, unordered, page_overlap, repeat_page",
        ),
        "stamps of a call that never comes to it": (
            {"effect": {"status": 503, "clock_skew_s": 5}},
            "clock_skew_s cannot come of a call that the CRM never sees",
        ),
    },
)
def test_a_rule_that_cannot_be_meant_is_refused(rule, told):
    with pytest.raises(FaultRuleError) as refusal:
        parsed(rule)

    assert told in str(refusal.value)


LISTS = "only on lists and searches of records"
SHIFTED = "only on lists that are read page by page"


@each_row(
    ("effect", "match", "told"),
    {
        "a write": ({"index_lag_s": 60}, {"method": "POST"}, LISTS),
        "one record": ({"index_lag_s": 60}, {"path": "/v2.2/Contacts/5"}, LISTS),
        "the caller": ({"list_cap": 3}, {"path": "/v3.1/Users/Me"}, LISTS),
        "a list that is whole": ({"page_overlap": 1}, {"path": "/v3.1/Notes/5/Comment"}, SHIFTED),
        "what cannot be deleted": ({"delete_listed": 1}, {"path": "/v3.1/Users"}, "can be deleted"),
        "what cannot be updated": ({"update_listed": 1}, {"path": "/v3.1/Users"}, "can be updated"),
        "stamps of a read": ({"clock_skew_s": 5}, {"method": "GET"}, "only on writes"),
        "an update": ({"updated_within_s": 3}, {"method": "PUT"}, "only on calls that create"),
        "another vendor's path": (
            {"index_lag_s": 4},
            {"path": "/v1/deals"},
            "put the rule to that vendor's fake: `service: NAME`",
        ),
        "a field of others": (
            {"rename_fields": {"CONTACT_ID": "ID"}},
            {"path": "/v2.2/Leads*"},
            "only on answers with records that have CONTACT_ID",
        ),
        "no field": ({"rename_fields": {"Ttile": "T"}}, {}, "no record has a field Ttile"),
        "a field taken": ({"rename_fields": {"TITLE": "first_name"}}, {}, "first_name is a field already"),
    },
)
def test_a_rule_that_could_never_show_is_refused_and_says_where_it_would(effect, match, told):
    with pytest.raises(FaultRuleError) as refusal:
        parsed({"effect": effect, "match": match})

    assert told in str(refusal.value)


@each_row(
    ("effect", "match"),
    {
        "HEAD": ({"index_lag_s": 60}, {"method": "head"}),
        "slashes and case": ({"index_lag_s": 60}, {"path": "//V2.2/CONTACTS/Search/"}),
        "below a record": ({"index_lag_s": 60}, {"path": "/v3.1/contacts/5/notes"}),
        "a custom object": ({"list_cap": 60}, {"path": "/v3.1/Fruit__c"}),
        "a list that is whole": ({"list_cap": 60}, {"path": "/v3.1/Notes/5/Comment"}),
        "a search by tag": ({"page_overlap": 1}, {"path": "*/searchbytag"}),
        "a deletion": ({"clock_skew_s": 5}, {"path": "/v2.2/contacts/*", "method": "DELETE"}),
        "an update between pages": ({"clock_skew_s": 5, "update_listed": 1}, {"method": "GET"}),
        "what any path can meet": ({"status": 503}, {"path": "/v2.2/nowhere"}),
    },
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


@each_row(
    ("effect", "at", "stamp"),
    {
        "none": (CrmEffect(), "12:00:59.9", "12:00:59"),
        "ahead": (CrmEffect(clock_skew_s=90), "12:00:00", "12:01:30"),
        "behind": (CrmEffect(clock_skew_s=-1), "12:00:00", "11:59:59"),
        "the minute": (CrmEffect(stamp_step_s=60), "12:00:59.9", "12:00:00"),
        "a minute that is whole": (CrmEffect(stamp_step_s=60), "12:01:00", "12:01:00"),
        "both": (CrmEffect(stamp_step_s=60, clock_skew_s=1), "12:00:59", "12:01:00"),
    },
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


@each_row(
    ("skew", "at", "stamp"),
    [
        (90, datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (-90, datetime(1, 1, 1, 0, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_stamps_keep_to_the_calendar(skew, at, stamp):
    assert CrmEffect(clock_skew_s=skew).stamped(at) == stamp
