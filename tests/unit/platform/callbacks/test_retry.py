"""When a failed callback is tried again, by both documented ladders, and what each attempt means for its delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.callbacks.delivery import (
    AttemptOutcome,
    after_attempt,
    next_attempt,
    queue_undelivered,
    released,
)
from elements_local.platform.core.settings import CLOUD_ELEMENTS, OPEN_CONNECTORS, RetrySchedule
from elements_local.platform.events.records import Delivery, DeliveryStatus

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def offsets_s(ladder: RetrySchedule) -> list[float]:
    """Return when the tries of a callback that always fails fall, in seconds after its first failure."""
    offsets, now = [], NOON
    for failures in range(1, 100):
        again = next_attempt(ladder, failures=failures, first_failure=NOON, now=now)
        if again is None:
            return offsets
        offsets.append((again - NOON).total_seconds())
        now = again
    raise AssertionError("it never gives up")


@each_row(
    ("ladder", "offsets"),
    {
        "the older guide's, nine tries at powers of four": (
            CLOUD_ELEMENTS,
            [4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144],
        ),
        "the newer guide's, five tries at powers of eight": (OPEN_CONNECTORS, [8, 64, 512, 4096, 32768]),
        "the older read the other way": (
            replace(CLOUD_ELEMENTS, cumulative=True),
            [4, 20, 84, 340, 1364, 5460, 21844, 87380, 349524],
        ),
        "the newer read the other way": (
            replace(OPEN_CONNECTORS, cumulative=True),
            [8, 72, 584, 4680, 37448],
        ),
        "none": (RetrySchedule(tries=0, base=4), []),
    },
)
def test_waits_count_from_the_first_failure_or_from_the_attempt_before(ladder, offsets):
    assert offsets_s(ladder) == offsets


@each_row(
    ("now_s", "again_s"),
    {
        "counted from the first failure, and not from the latest": (5, 16),
        "two seconds before it is due": (14, 16),
        "a second before": (15, 16),
        "half a second before": (15.5, 16.5),
        "when it is due": (16, 17),
        "a day after": (86_400, 86_401),
    },
)
@pytest.mark.assumed
def test_waits_count_from_the_first_failure_and_one_that_is_over_ends_a_second_from_now(now_s, again_s):
    now = NOON + timedelta(seconds=now_s)

    again = next_attempt(CLOUD_ELEMENTS, failures=2, first_failure=NOON, now=now)

    assert again == NOON + timedelta(seconds=again_s)


def test_at_the_calendars_end_there_is_no_more():
    last = datetime.max.replace(tzinfo=UTC)

    assert next_attempt(CLOUD_ELEMENTS, failures=1, first_failure=last, now=last) is None
    assert next_attempt(CLOUD_ELEMENTS, failures=9, first_failure=last - timedelta(days=1), now=last) is None


@given(
    st.builds(RetrySchedule, tries=st.integers(1, 9), base=st.integers(1, 10), cumulative=st.booleans()),
    st.integers(1, 10),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_the_next_attempt_lies_strictly_after_now(ladder, failures, first_failure, since):
    now = first_failure + since

    again = next_attempt(ladder, failures=failures, first_failure=first_failure, now=now)

    assert (again is None) is (failures > ladder.tries)
    assert again is None or again > now


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


def test_a_failure_is_retried_counted_from_the_first_and_a_success_ends_the_sequence():
    first = failed(NEW, TRIED)
    second = failed(first.delivery, first.again)

    retried = replace(
        NEW, status=DeliveryStatus.RETRY, updated=TRIED, tries=1, failures=1, first_failure=TRIED
    )
    assert first == AttemptOutcome(delivery=retried, again=TRIED + timedelta(seconds=4))
    assert second == AttemptOutcome(
        delivery=replace(retried, updated=first.again, tries=2, failures=2),
        again=TRIED + timedelta(seconds=16),
    )
    for before in (NEW, second.delivery):
        assert taken(before, TRIED) == AttemptOutcome(
            delivery=replace(before, status=DeliveryStatus.DELIVERED, updated=TRIED, tries=before.tries + 1)
        )


@each_row(
    ("ladder", "attempts", "last_s"),
    {
        "nine tries": (CLOUD_ELEMENTS, 10, 262_144),
        "five": (OPEN_CONNECTORS, 6, 32_768),
        "nine that add up": (replace(CLOUD_ELEMENTS, cumulative=True), 10, 349_524),
        "five that add up": (replace(OPEN_CONNECTORS, cumulative=True), 6, 37_448),
        "none": (RetrySchedule(tries=0, base=4), 1, 0),
    },
)
def test_a_delivery_whose_tries_are_used_up_is_queued_and_its_subscription_given_up(ladder, attempts, last_s):
    outcomes = to_the_end(ladder)

    last = outcomes[-1].delivery
    assert len(outcomes) == attempts
    assert (last.status, last.failures, last.first_failure) == (DeliveryStatus.QUEUED, attempts, TRIED)
    assert last.updated == TRIED + timedelta(seconds=last_s)
    assert [outcome.gives_up for outcome in outcomes] == [False] * (attempts - 1) + [True]


@each_row("before", [0, 1, 4])
def test_with_the_policy_queue_a_failure_is_queued_at_once_and_its_subscription_is_not_given_up(before):
    delivery = replace(NEW, failures=before, first_failure=MADE if before else None)

    outcome = failed(delivery, TRIED, policy=FailurePolicy.QUEUE)

    assert outcome.delivery.status is DeliveryStatus.QUEUED
    assert outcome.delivery.failures == before + 1
    assert (outcome.again, outcome.gives_up) == (None, False)


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
