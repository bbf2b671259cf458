"""What an attempt to deliver means for the delivery, and what a release does."""

from datetime import UTC, datetime, timedelta

import pytest

from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.callbacks.delivery import (
    AttemptOutcome,
    after_attempt,
    queue_undelivered,
    released,
)
from elements_local.platform.core.choices import CLOUD_ELEMENTS, OPEN_CONNECTORS, RetrySchedule
from elements_local.platform.events.records import Delivery, DeliveryStatus

MADE = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TRIED = MADE + timedelta(seconds=30)
NEW = Delivery(
    notification_id=1, subscription_id=2, status=DeliveryStatus.CREATED, created=MADE, updated=MADE
)


def failed(
    delivery: Delivery,
    now: datetime,
    ladder: RetrySchedule = CLOUD_ELEMENTS,
    policy: FailurePolicy = FailurePolicy.RETRY,
) -> AttemptOutcome:
    return after_attempt(delivery, succeeded=False, policy=policy, schedule=ladder, now=now)


def taken(delivery: Delivery, now: datetime) -> AttemptOutcome:
    return after_attempt(
        delivery, succeeded=True, policy=FailurePolicy.RETRY, schedule=CLOUD_ELEMENTS, now=now
    )


def to_the_end(ladder: RetrySchedule) -> list[AttemptOutcome]:
    """Return what comes of every attempt at a delivery that always fails."""
    outcomes = [failed(NEW, TRIED, ladder)]
    while (again := outcomes[-1].again) is not None:
        outcomes.append(failed(outcomes[-1].delivery, again, ladder))
    return outcomes


def test_a_success_ends_the_sequence():
    outcome = taken(NEW, TRIED)

    assert outcome == AttemptOutcome(
        delivery=replace(NEW, status=DeliveryStatus.DELIVERED, updated=TRIED, tries=1)
    )


def test_a_first_failure_is_retried_four_seconds_later():
    outcome = failed(NEW, TRIED)

    assert outcome.delivery == replace(
        NEW, status=DeliveryStatus.RETRY, updated=TRIED, tries=1, failures=1, first_failure=TRIED
    )
    assert outcome.again == TRIED + timedelta(seconds=4)


def test_a_second_failure_keeps_the_time_of_the_first():
    first = failed(NEW, TRIED)

    second = failed(first.delivery, first.again)

    delivery = second.delivery
    assert (delivery.failures, delivery.first_failure, delivery.updated) == (2, TRIED, first.again)
    assert second.again == TRIED + timedelta(seconds=16)


def test_where_waits_add_up_the_second_wait_counts_from_the_second_failure():
    ladder = replace(CLOUD_ELEMENTS, cumulative=True)
    first = failed(NEW, TRIED, ladder)

    second = failed(first.delivery, first.again, ladder)

    assert second.again == TRIED + timedelta(seconds=4 + 16)


def test_a_success_after_failures_keeps_their_count():
    first = failed(NEW, TRIED)

    outcome = taken(first.delivery, first.again)

    assert (outcome.delivery.status, outcome.delivery.failures) == (DeliveryStatus.DELIVERED, 1)
    assert (outcome.again, outcome.gives_up) == (None, False)


@pytest.mark.parametrize(
    ("ladder", "attempts", "last_s"),
    [
        pytest.param(CLOUD_ELEMENTS, 10, 262_144, id="nine tries"),
        pytest.param(OPEN_CONNECTORS, 6, 32_768, id="five"),
        pytest.param(replace(CLOUD_ELEMENTS, cumulative=True), 10, 349_524, id="nine that add up"),
        pytest.param(replace(OPEN_CONNECTORS, cumulative=True), 6, 37_448, id="five that add up"),
        pytest.param(RetrySchedule(tries=0, base=4), 1, 0, id="none"),
    ],
)
def test_a_delivery_whose_tries_are_used_up_is_queued_and_its_subscription_given_up(ladder, attempts, last_s):
    outcomes = to_the_end(ladder)

    last = outcomes[-1].delivery
    assert len(outcomes) == attempts
    assert (last.status, last.failures, last.first_failure) == (DeliveryStatus.QUEUED, attempts, TRIED)
    assert last.updated == TRIED + timedelta(seconds=last_s)
    assert [outcome.gives_up for outcome in outcomes] == [False] * (attempts - 1) + [True]


def test_until_then_it_is_in_retry():
    seen = [outcome.delivery.status for outcome in to_the_end(CLOUD_ELEMENTS)]

    assert seen == [DeliveryStatus.RETRY] * 9 + [DeliveryStatus.QUEUED]


@pytest.mark.parametrize("before", [0, 1, 4])
def test_with_the_policy_queue_a_failure_is_queued_at_once_and_its_subscription_is_not_given_up(before):
    delivery = replace(NEW, failures=before, first_failure=MADE if before else None)

    outcome = failed(delivery, TRIED, policy=FailurePolicy.QUEUE)

    assert outcome.delivery.status is DeliveryStatus.QUEUED
    assert outcome.delivery.failures == before + 1
    assert (outcome.again, outcome.gives_up) == (None, False)


@pytest.mark.parametrize("policy", FailurePolicy)
def test_a_success_is_one_under_either_policy(policy):
    outcome = after_attempt(NEW, succeeded=True, policy=policy, schedule=CLOUD_ELEMENTS, now=TRIED)

    assert outcome.delivery.status is DeliveryStatus.DELIVERED


@pytest.mark.assumed
def test_what_falls_due_while_its_subscription_is_dead_is_queued_without_a_try():
    delivery = failed(NEW, TRIED).delivery

    aside = queue_undelivered(delivery, now=TRIED)

    assert aside == replace(delivery, status=DeliveryStatus.QUEUED)


@pytest.mark.assumed
def test_a_release_gives_the_whole_ladder_again():
    dead = to_the_end(CLOUD_ELEMENTS)[-1].delivery
    now = dead.updated + timedelta(days=1)

    again = released(dead, now=now)
    first = failed(again, now)

    assert (again.status, again.failures, again.first_failure) == (DeliveryStatus.CREATED, 0, None)
    assert (again.created, again.tries) == (MADE, 10)
    assert first.again == now + timedelta(seconds=4)


def test_the_states_are_named_as_the_deliveries_api_names_them():
    assert {status.value for status in DeliveryStatus} == {
        "created",
        "delivered",
        "notified",
        "retry",
        "queued",
    }


def test_the_policies_are_named_as_the_account_setting_names_them():
    assert {policy.value for policy in FailurePolicy} == {"retry", "queue"}
