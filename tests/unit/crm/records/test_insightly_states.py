"""Where deals stand: pipelines and stages, states and their history, and what becomes of a lead."""

from datetime import UTC, datetime

import pytest

from mock_insightly.account.account import account_of
from mock_insightly.errors import FieldError
from mock_insightly.fields.lookups import activity_sets, entered, pipelines, stages, state_reasons
from mock_insightly.kinds import LEADS
from mock_insightly.records.record import created, link_to
from mock_insightly.records.rules import (
    contact_of,
    known_reason,
    opportunity_of,
    organisation_of,
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
