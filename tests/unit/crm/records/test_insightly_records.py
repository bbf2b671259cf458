"""What becomes of a record when it is created, and what follows from its fields: activity, places of tasks, references."""

import re
from datetime import UTC, datetime

import pytest
from each_row import each_row

from mock_insightly.account.account import account_of
from mock_insightly.errors import FieldError
from mock_insightly.kinds import KINDS
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES
from mock_insightly.kinds.work import COMMENTS, TASKS
from mock_insightly.records.record import created, link_to, number_rows, reference, references, without
from mock_insightly.records.rules import activity, refuse_misplaced

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
STAMP = "2026-03-02 10:00:00"
ACCOUNT = account_of(7, email="integration.test@default.example", currency="EUR", country="Germany")


def new(kind, **given):
    return created(kind, given, record_id=12345678, account=ACCOUNT, now=NOW)


@each_row("kind", KINDS)
def test_a_new_record_has_every_field_of_its_kind_in_order_and_equal_stamps(kind):
    record = new(kind)

    assert list(record) == [field.name for field in kind.fields]
    assert record["DATE_CREATED_UTC"] == record["DATE_UPDATED_UTC"] == STAMP


@pytest.mark.assumed
@each_row(
    ("amount", "bid_type", "duration", "value"),
    [
        (100, "Fixed Bid", 3, 100),
        (100, None, 3, 100),
        (100, "Per Month", 3, 300),
        (12.5, "Per Hour", 2, 25.0),
        (100, "Per Year", None, 100),
        (None, "Per Hour", 3, 0),
    ],
)
def test_the_value_of_an_opportunity_follows_from_its_bid(amount, bid_type, duration, value):
    record = new(OPPORTUNITIES, BID_AMOUNT=amount, BID_TYPE=bid_type, BID_DURATION=duration)

    assert record["OPPORTUNITY_VALUE"] == value


def test_mail_is_linked_by_an_address_of_the_form_on_record():
    address = new(LEADS)["LINKED_EMAIL_ADDRESS"]

    assert re.fullmatch(r"integration\.test\.default-L12345678-[A-Z2-7]{7}@mailbox\.insight\.ly", address)
    assert new(LEADS)["LINKED_EMAIL_ADDRESS"] == address


def test_old_rows_keep_their_numbers_and_come_first():
    before = new(CONTACTS, DATES=[{"DATE_ID": 8}, {"DATE_ID": 7}])
    record = {**before, "DATES": [{"DATE_ID": None}, {"DATE_ID": 8}, {"DATE_ID": 7}, {"DATE_ID": 8}]}

    numbered = number_rows(CONTACTS, record, before, lambda _sequence, _count: 50)

    assert [row["DATE_ID"] for row in numbered["DATES"]] == [7, 8, 50, 51]


@each_row(
    ("dates", "last", "following"),
    [
        ([], None, None),
        ([STAMP], STAMP, None),
        (["2026-03-02 10:00:01"], None, "2026-03-02 10:00:01"),
        (
            ["2027-01-01 00:00:00", "2025-01-01 00:00:00", "2026-01-01 00:00:00", "2028-01-01 00:00:00"],
            "2026-01-01 00:00:00",
            "2027-01-01 00:00:00",
        ),
    ],
)
def test_the_latest_of_the_past_and_the_earliest_of_the_future_count(dates, last, following):
    assert activity(dates, STAMP) == {"LAST_ACTIVITY_DATE_UTC": last, "NEXT_ACTIVITY_DATE_UTC": following}


NOWHERE = dict.fromkeys(["PROJECT_ID", "OPPORTUNITY_ID", "MILESTONE_ID", "STAGE_ID"])
STAGES = [
    {"PIPELINE_ID": 1, "STAGE_ID": 11},
    {"PIPELINE_ID": 1, "STAGE_ID": 12},
    {"PIPELINE_ID": 2, "STAGE_ID": 21},
]
FIRST, SECOND = ({"PIPELINE_ID": number} for number in (1, 2))


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


@each_row(
    ("deleted", "parent"),
    [(reference("Note", 3), None), (reference("Note", 4), 3), (reference("Task", 3), 3)],
)
def test_a_comment_loses_its_parent_only_when_that_is_deleted(deleted, parent):
    before = {"COMMENT_ID": 1, "PARENT_TYPE": "NOTE", "PARENT_ID": 3}

    after = {**before, "PARENT_TYPE": parent and "NOTE", "PARENT_ID": parent}
    assert without(COMMENTS, before, deleted) == after
