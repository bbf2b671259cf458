"""What an attempt to deliver means for the delivery."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mock_platform.domain.delivery import after_attempt
from mock_platform.domain.models import Delivery, DeliveryStatus
from mock_platform.domain.retry import CLOUD_ELEMENTS, OPEN_CONNECTORS, Ladder

MADE = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TRIED = MADE + timedelta(seconds=30)
NEW = Delivery(
    notification_id=1, subscription_id=2, status=DeliveryStatus.CREATED, created=MADE, updated=MADE
)


def failed(delivery: Delivery, now: datetime, ladder: Ladder = CLOUD_ELEMENTS):
    return after_attempt(delivery, succeeded=False, ladder=ladder, now=now)


def test_a_success_ends_the_sequence():
    delivery, again = after_attempt(NEW, succeeded=True, ladder=CLOUD_ELEMENTS, now=TRIED)

    assert delivery == replace(NEW, status=DeliveryStatus.DELIVERED, updated=TRIED)
    assert again is None


def test_a_first_failure_is_retried_four_seconds_later():
    delivery, again = failed(NEW, TRIED)

    assert delivery == replace(
        NEW, status=DeliveryStatus.RETRY, updated=TRIED, failures=1, first_failure=TRIED
    )
    assert again == TRIED + timedelta(seconds=4)


def test_a_second_failure_keeps_the_time_of_the_first():
    first, due = failed(NEW, TRIED)

    second, again = failed(first, due)

    assert (second.failures, second.first_failure, second.updated) == (2, TRIED, due)
    assert again == TRIED + timedelta(seconds=16)


def test_a_success_after_failures_keeps_their_count():
    first, due = failed(NEW, TRIED)

    delivery, again = after_attempt(first, succeeded=True, ladder=CLOUD_ELEMENTS, now=due)

    assert (delivery.status, delivery.failures) == (DeliveryStatus.DELIVERED, 1)
    assert again is None


@pytest.mark.parametrize(
    ("ladder", "attempts", "last_s"),
    [
        pytest.param(CLOUD_ELEMENTS, 10, 262_144, id="nine tries"),
        pytest.param(OPEN_CONNECTORS, 6, 32_768, id="five"),
        pytest.param(Ladder(tries=0, base=4), 1, 0, id="none"),
    ],
)
def test_a_delivery_whose_tries_are_used_up_is_queued(ladder, attempts, last_s):
    delivery, again, made = NEW, TRIED, 0
    while again is not None:
        now = again
        delivery, again = failed(delivery, now, ladder)
        made += 1

    assert made == attempts
    assert (delivery.status, delivery.failures, delivery.first_failure) == (
        DeliveryStatus.QUEUED,
        attempts,
        TRIED,
    )
    assert delivery.updated == TRIED + timedelta(seconds=last_s)


def test_until_then_it_is_in_retry():
    delivery, again, seen = NEW, TRIED, []
    while again is not None:
        delivery, again = failed(delivery, again)
        seen.append(delivery.status)

    assert seen == [DeliveryStatus.RETRY] * 9 + [DeliveryStatus.QUEUED]


def test_the_states_are_named_as_the_deliveries_api_names_them():
    assert {status.value for status in DeliveryStatus} == {"created", "delivered", "retry", "queued"}
