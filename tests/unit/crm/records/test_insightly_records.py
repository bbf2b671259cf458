"""What becomes of a record when it is created and when it is changed."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from elements_local.kit.api.json_text import encode_text
from mock_insightly.account.account import account_of, first_number
from mock_insightly.kinds import CONTACTS, KINDS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.records.record import changed, created, number_rows, record_in, stamp

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
ACCOUNT = account_of(7, email="integration.test@default.example", currency="EUR", country="Germany")


def new(kind, **given):
    return created(kind, given, record_id=12345678, account=ACCOUNT, now=NOW)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_record_has_every_field_of_its_kind_in_order(kind):
    assert list(new(kind)) == [field.name for field in kind.fields]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_both_stamps_of_a_new_record_are_equal(kind):
    record = new(kind)

    assert record["DATE_CREATED_UTC"] == record["DATE_UPDATED_UTC"] == "2026-03-02 10:00:00"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            CONTACTS,
            {
                "CONTACT_ID": 12345678,
                "OWNER_USER_ID": ACCOUNT.user_id,
                "CREATED_USER_ID": ACCOUNT.user_id,
                "VISIBLE_TO": "EVERYONE",
                "VISIBLE_TEAM_ID": None,
                "EMAIL_OPTED_OUT": False,
                "IMAGE_URL": None,
                "LAST_ACTIVITY_DATE_UTC": None,
                "TAGS": [],
            },
        ),
        (
            LEADS,
            {
                "EMAIL": "",
                "EMPLOYEE_COUNT": 0,
                "CONVERTED": False,
                "RESPONSIBLE_USER_ID": ACCOUNT.user_id,
                "LEAD_SOURCE_ID": ACCOUNT.lead_source_id,
                "LEAD_STATUS_ID": ACCOUNT.lead_status_id,
                "ADDRESS_COUNTRY": "Germany",
            },
        ),
        (
            OPPORTUNITIES,
            {
                "OPPORTUNITY_STATE": "OPEN",
                "BID_CURRENCY": "EUR",
                "RESPONSIBLE_USER_ID": None,
                "OPPORTUNITY_VALUE": 0,
            },
        ),
        (ORGANISATIONS, {"EMAILDOMAINS": [], "OWNER_USER_ID": ACCOUNT.user_id}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_server_assigns_what_was_not_given(kind, expected):
    record = new(kind)

    assert {name: record[name] for name in expected} == expected


def test_an_update_changes_what_is_given_and_the_stamp():
    before = new(CONTACTS, FIRST_NAME="Ada", LAST_NAME="L")

    after = changed(CONTACTS, before, {"LAST_NAME": "K"}, account=ACCOUNT, now=LATER)

    assert after == {**before, "LAST_NAME": "K", "DATE_UPDATED_UTC": "2026-03-02 10:05:00"}


@pytest.mark.assumed
def test_null_brings_a_field_back_to_what_it_holds_initially():
    before = new(LEADS, EMAIL="a@b", EMPLOYEE_COUNT=5, TITLE="CTO")

    after = changed(
        LEADS,
        before,
        {"EMAIL": None, "EMPLOYEE_COUNT": None, "TITLE": None, "TAGS": None},
        account=ACCOUNT,
        now=LATER,
    )

    assert (after["EMAIL"], after["EMPLOYEE_COUNT"], after["TITLE"], after["TAGS"]) == ("", 0, None, [])


@pytest.mark.assumed
@pytest.mark.parametrize(
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


def test_new_rows_get_numbers_and_links_learn_where_they_hang():
    taken = []
    blocks = count(100, 100)

    def reserve(sequence, how_many):
        taken.append((sequence, how_many))
        return next(blocks)

    record = new(
        CONTACTS,
        DATES=[{"DATE_ID": 5, "OCCASION_NAME": "a"}, {"DATE_ID": None, "OCCASION_NAME": "b"}],
        LINKS=[{"LINK_ID": None, "OBJECT_NAME": None, "OBJECT_ID": None}],
    )
    numbered = number_rows(CONTACTS, record, {}, reserve)

    assert [row["DATE_ID"] for row in numbered["DATES"]] == [100, 101]
    assert numbered["LINKS"] == [{"LINK_ID": 200, "OBJECT_NAME": "Contact", "OBJECT_ID": 12345678}]
    assert taken == [("DATE_ID", 2), ("LINK_ID", 1)]
    assert record["LINKS"][0]["LINK_ID"] is None


def test_old_rows_keep_their_numbers_and_come_first():
    before = new(CONTACTS, DATES=[{"DATE_ID": 8}, {"DATE_ID": 7}])
    record = {**before, "DATES": [{"DATE_ID": None}, {"DATE_ID": 8}, {"DATE_ID": 7}, {"DATE_ID": 8}]}

    numbered = number_rows(CONTACTS, record, before, lambda _sequence, _count: 50)

    assert [row["DATE_ID"] for row in numbered["DATES"]] == [7, 8, 50, 51]


def test_a_kept_record_reads_back_as_it_was():
    record = new(OPPORTUNITIES, OPPORTUNITY_NAME="ü\r\n", BID_AMOUNT=1.5)

    assert record_in(encode_text(record)) == record
    assert stamp(record, "DATE_CREATED_UTC") == NOW


@pytest.mark.parametrize("seed", [0, 1, 2**53])
def test_numbers_start_with_eight_digits_that_follow_from_the_seed(seed):
    first = first_number(seed, "Contacts")

    assert 10_000_000 <= first < 90_000_000
    assert first == first_number(seed, "Contacts")
    assert first != first_number(seed, "Leads")
