"""What becomes of a record when it is created and when it is changed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row

from mock_insightly.account.account import account_of
from mock_insightly.kinds import KINDS
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES
from mock_insightly.records.record import created, number_rows

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
ACCOUNT = account_of(7, email="integration.test@default.example", currency="EUR", country="Germany")


def new(kind, **given):
    return created(kind, given, record_id=12345678, account=ACCOUNT, now=NOW)


@each_row("kind", KINDS)
def test_a_new_record_has_every_field_of_its_kind_in_order_and_equal_stamps(kind):
    record = new(kind)

    assert list(record) == [field.name for field in kind.fields]
    assert record["DATE_CREATED_UTC"] == record["DATE_UPDATED_UTC"] == "2026-03-02 10:00:00"


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
