"""What follows from a record's fields: activity, states, places of tasks, references."""

import re
from datetime import UTC, datetime

import pytest
from each_row import each_row

from mock_insightly.account.account import account_of
from mock_insightly.errors import FieldError
from mock_insightly.fields.lookups import activity_sets, entered, pipelines, stages, state_reasons
from mock_insightly.kinds.sales import CONTACTS, LEADS
from mock_insightly.kinds.work import COMMENTS, EVENTS, NOTES, TASKS
from mock_insightly.records.record import child_fields, created, link_to, reference, references, without
from mock_insightly.records.rules import (
    activity,
    contact_of,
    date_of,
    known_reason,
    opportunity_of,
    organisation_of,
    refuse_misplaced,
    state_change,
)

ACCOUNT = account_of(7, email="owner@default.example", currency="USD", country="United States")
SALES, DELIVERY = (one["PIPELINE_ID"] for one in pipelines(ACCOUNT))
OF_SALES = [one["STAGE_ID"] for one in stages(ACCOUNT) if one["PIPELINE_ID"] == SALES]
OF_DELIVERY = [one["STAGE_ID"] for one in stages(ACCOUNT) if one["PIPELINE_ID"] == DELIVERY]
REASON = state_reasons(ACCOUNT)[0]


def deal(**fields):
    return {
        "OPPORTUNITY_ID": 5,
        "OPPORTUNITY_STATE": "OPEN",
        "OPPORTUNITY_STATE_REASON_ID": None,
        "DATE_UPDATED_UTC": "2026-03-02 10:00:00",
        **fields,
    }


def lead(**fields):
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    return created(LEADS, {"LAST_NAME": "Lovelace", **fields}, record_id=5, account=ACCOUNT, now=now)


def test_stages_have_one_order_in_each_pipeline_and_numbers_of_their_own():
    rows = stages(ACCOUNT)

    for pipeline in (SALES, DELIVERY):
        orders = [one["STAGE_ORDER"] for one in rows if one["PIPELINE_ID"] == pipeline]
        assert orders == list(range(1, len(orders) + 1))
    assert len({one["STAGE_ID"] for one in rows}) == len(rows)


def test_activities_belong_to_their_set():
    (chosen,) = activity_sets(ACCOUNT)

    assert {one["ACTIVITYSET_ID"] for one in chosen["ACTIVITIES"]} == {chosen["ACTIVITYSET_ID"]}


@each_row(
    ("entity", "pipeline", "stage", "expected"),
    [
        ("Opportunity", SALES, OF_SALES[2], OF_SALES[2]),
        ("Opportunity", SALES, None, OF_SALES[0]),
        ("Project", DELIVERY, None, OF_DELIVERY[0]),
        ("Lead", DELIVERY, None, OF_DELIVERY[0]),
    ],
)
def test_a_record_enters_a_pipeline_at_a_stage_or_at_the_first(entity, pipeline, stage, expected):
    assert entered(ACCOUNT, entity, pipeline, stage) == {"PIPELINE_ID": pipeline, "STAGE_ID": expected}


@each_row(
    ("entity", "pipeline", "stage", "words"),
    [
        ("Opportunity", DELIVERY, None, f"PIPELINE_ID must be one of {SALES}; got {DELIVERY}"),
        ("Project", None, None, f"PIPELINE_ID must be one of {DELIVERY}; got null"),
        ("Opportunity", SALES, OF_DELIVERY[0], "STAGE_ID must be one of"),
    ],
)
def test_a_pipeline_or_a_stage_that_does_not_fit_is_refused(entity, pipeline, stage, words):
    with pytest.raises(FieldError, match=words):
        entered(ACCOUNT, entity, pipeline, stage)


def test_a_state_that_is_what_it_was_is_not_told():
    assert state_change(deal(), deal(DATE_UPDATED_UTC="2027-01-01 00:00:00"), ACCOUNT) is None


@each_row(
    ("after", "reason"),
    [
        (deal(OPPORTUNITY_STATE="WON"), None),
        (deal(OPPORTUNITY_STATE_REASON_ID=REASON["STATE_REASON_ID"]), REASON["STATE_REASON"]),
        (deal(OPPORTUNITY_STATE="LOST", OPPORTUNITY_STATE_REASON_ID=9), None),
    ],
)
def test_a_state_or_a_reason_that_differs_is_told(after, reason):
    assert state_change(deal(), after, ACCOUNT) == {
        "OPPORTUNITY_ID": 5,
        "DATE_CHANGED_UTC": "2026-03-02 10:00:00",
        "FOR_OPPORTUNITY_STATE": after["OPPORTUNITY_STATE"],
        "STATE_REASON_ID": after["OPPORTUNITY_STATE_REASON_ID"],
        "STATE_REASON": reason,
    }


def test_only_a_reason_that_there_is_will_do():
    assert known_reason(ACCOUNT, REASON["STATE_REASON_ID"]) == REASON["STATE_REASON_ID"]
    assert known_reason(ACCOUNT, None) is None
    with pytest.raises(FieldError, match=r"STATE_REASON_ID must be one of .*; got 5"):
        known_reason(ACCOUNT, 5)


@pytest.mark.assumed
def test_a_lead_becomes_a_contact():
    contact = contact_of(lead(MOBILE="1", EMAIL="a@b.example", ADDRESS_CITY="Oslo", TITLE="Dr"), 9)

    told = {name: contact[name] for name in ("LAST_NAME", "TITLE", "PHONE_MOBILE", "EMAIL_ADDRESS")}
    assert told == {
        "LAST_NAME": "Lovelace",
        "TITLE": "Dr",
        "PHONE_MOBILE": "1",
        "EMAIL_ADDRESS": "a@b.example",
    }
    assert (contact["ADDRESS_MAIL_CITY"], contact["ORGANISATION_ID"]) == ("Oslo", 9)
    assert contact_of(lead(), None)["EMAIL_ADDRESS"] is None


@pytest.mark.assumed
def test_a_lead_that_names_a_company_brings_it():
    assert organisation_of(lead()) is None
    assert organisation_of(lead(ORGANISATION_NAME="Acme", WEBSITE="w")) == {
        "ORGANISATION_NAME": "Acme",
        "WEBSITE": "w",
    }


@pytest.mark.assumed
def test_an_opportunity_of_a_lead_is_linked_to_its_contact():
    assert opportunity_of("Deal", 5, 9) == {
        "OPPORTUNITY_NAME": "Deal",
        "ORGANISATION_ID": 9,
        "LINKS": [link_to("Contact", 5)],
    }


NOW = "2026-03-02 10:00:00"


@each_row(
    ("dates", "last", "following"),
    [
        ([], None, None),
        ([NOW], NOW, None),
        (["2026-03-02 10:00:01"], None, "2026-03-02 10:00:01"),
        (
            ["2027-01-01 00:00:00", "2025-01-01 00:00:00", "2026-01-01 00:00:00", "2028-01-01 00:00:00"],
            "2026-01-01 00:00:00",
            "2027-01-01 00:00:00",
        ),
    ],
)
def test_the_latest_of_the_past_and_the_earliest_of_the_future_count(dates, last, following):
    assert activity(dates, NOW) == {"LAST_ACTIVITY_DATE_UTC": last, "NEXT_ACTIVITY_DATE_UTC": following}


def test_a_task_counts_when_it_was_completed_or_else_is_due():
    task = {"COMPLETED_DATE_UTC": None, "DUE_DATE": NOW}

    assert date_of(TASKS, task) == NOW
    assert date_of(TASKS, {**task, "COMPLETED_DATE_UTC": "2026-01-01 00:00:00"}) == "2026-01-01 00:00:00"
    assert date_of(TASKS, {**task, "DUE_DATE": None}) is None
    assert date_of(EVENTS, {"START_DATE_UTC": NOW}) == NOW


NOWHERE = dict.fromkeys(["PROJECT_ID", "OPPORTUNITY_ID", "MILESTONE_ID", "STAGE_ID"])
STAGES = [
    {"PIPELINE_ID": 1, "STAGE_ID": 11},
    {"PIPELINE_ID": 1, "STAGE_ID": 12},
    {"PIPELINE_ID": 2, "STAGE_ID": 21},
]
FIRST, SECOND = ({"PIPELINE_ID": number} for number in (1, 2))


@each_row(
    ("task", "milestone", "related"),
    [
        ({}, None, None),
        ({"PROJECT_ID": 5}, None, None),
        ({"OPPORTUNITY_ID": 6}, None, FIRST),
        ({"PROJECT_ID": 5, "MILESTONE_ID": 7}, {"PROJECT_ID": 5}, None),
        ({"OPPORTUNITY_ID": 6, "STAGE_ID": 12}, None, FIRST),
        ({"PROJECT_ID": 5, "STAGE_ID": 21}, None, SECOND),
    ],
)
def test_places_that_agree_are_fine(task, milestone, related):
    refuse_misplaced(NOWHERE | task, milestone=milestone, related=related, stages=STAGES)


NO_PIPELINE = "STAGE_ID must be null, since what it is for has no pipeline; got 11"
OF_PROJECT = "MILESTONE_ID must be the id of a milestone of project 5; got 7"


@each_row(
    ("task", "milestone", "related", "words"),
    [
        (
            {"PROJECT_ID": 5, "OPPORTUNITY_ID": 6},
            None,
            None,
            "OPPORTUNITY_ID must be null, since PROJECT_ID is not; got 6",
        ),
        (
            {"MILESTONE_ID": 7},
            {"PROJECT_ID": 5},
            None,
            "MILESTONE_ID must be null, since PROJECT_ID is; got 7",
        ),
        ({"PROJECT_ID": 5, "MILESTONE_ID": 7}, {"PROJECT_ID": 8}, None, OF_PROJECT),
        ({"PROJECT_ID": 5, "MILESTONE_ID": 7}, None, None, OF_PROJECT),
        ({"PROJECT_ID": 5, "STAGE_ID": 11}, None, SECOND, "STAGE_ID must be one of 21; got 11"),
        ({"OPPORTUNITY_ID": 5, "STAGE_ID": 21}, None, FIRST, "STAGE_ID must be one of 11, 12; got 21"),
        ({"PROJECT_ID": 5, "STAGE_ID": 11}, None, {"PIPELINE_ID": None}, NO_PIPELINE),
        ({"STAGE_ID": 11}, None, None, NO_PIPELINE),
    ],
)
def test_places_that_do_not_agree_are_refused(task, milestone, related, words):
    with pytest.raises(FieldError, match=f"^{re.escape(words)}$"):
        refuse_misplaced(NOWHERE | task, milestone=milestone, related=related, stages=STAGES)


CONTACT = reference("Contact", 5)


def task(**fields):
    return {"PROJECT_ID": None, "OPPORTUNITY_ID": None, "MILESTONE_ID": None, "LINKS": [], **fields}


def test_case_of_an_entity_does_not_count():
    assert reference("CONTACT", 5) == CONTACT


def test_a_record_refers_by_links_by_fields_and_by_what_it_hangs_on():
    found = references(TASKS, task(PROJECT_ID=7, LINKS=[link_to("contact", 5)]))

    assert found == {CONTACT, reference("Project", 7)}
    assert references(COMMENTS, {"PARENT_TYPE": "NOTE", "PARENT_ID": 3}) == {reference("Note", 3)}
    assert references(COMMENTS, {"PARENT_TYPE": None, "PARENT_ID": None}) == set()


def test_what_is_gone_is_forgotten_and_the_rest_stays():
    before = task(PROJECT_ID=5, OPPORTUNITY_ID=5, LINKS=[link_to("Contact", 5), link_to("Contact", 6)])

    assert without(TASKS, before, CONTACT) == {**before, "LINKS": [link_to("Contact", 6)]}
    assert without(TASKS, before, reference("Project", 5)) == {**before, "PROJECT_ID": None}
    assert without(CONTACTS, {"ORGANISATION_ID": 9, "LINKS": []}, reference("Organisation", 9)) == {
        "ORGANISATION_ID": None,
        "LINKS": [],
    }


def test_a_note_is_about_what_it_hangs_on_and_linked_to_it_once():
    given = child_fields(NOTES, {"TITLE": "x"}, "Contact", 5)

    assert given == {
        "TITLE": "x",
        "LINK_SUBJECT_TYPE": "CONTACT",
        "LINK_SUBJECT_ID": 5,
        "LINKS": [link_to("Contact", 5)],
    }
    assert child_fields(NOTES, given, "Contact", 5) == given


def test_what_hangs_by_a_field_says_so():
    assert child_fields(TASKS, {"LINKS": []}, "Project", 5)["PROJECT_ID"] == 5
