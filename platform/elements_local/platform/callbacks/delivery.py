"""What an attempt to deliver a callback means for the delivery: tried again, and when; given up; or released."""

from datetime import datetime, timedelta

from msgspec import Struct

from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.core.settings import RetrySchedule
from elements_local.platform.events.records import Delivery, DeliveryStatus

_SOONEST = timedelta(seconds=1)


def next_attempt(
    schedule: RetrySchedule, *, failures: int, first_failure: datetime, now: datetime
) -> datetime | None:
    """Return when to try again, or None once all tries are used.

    Args:
        failures: failed attempts so far, the first one included.
        first_failure: when that was.
        now: when the latest attempt failed. What lies before it (the stack was down meanwhile) is due a
            second later.

    Source: the ninth try falls just under 73 hours after the original failure, so the waits count from that
        (documented); "x falls 4^x seconds after the failure" can be read as the latest failure too, hence
        ``cumulative``.

    >>> from datetime import UTC
    >>> from elements_local.kit.values import replace
    >>> from elements_local.platform.core.settings import CLOUD_ELEMENTS
    >>> noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    >>> next_attempt(CLOUD_ELEMENTS, failures=9, first_failure=noon, now=noon) - noon
    datetime.timedelta(days=3, seconds=2944)
    >>> next_attempt(CLOUD_ELEMENTS, failures=10, first_failure=noon, now=noon) is None
    True
    >>> late = noon + timedelta(seconds=4)
    >>> next_attempt(replace(CLOUD_ELEMENTS, cumulative=True), failures=2, first_failure=noon, now=late) - noon
    datetime.timedelta(seconds=20)
    """
    if failures > schedule.tries:
        return None
    counted_from = now if schedule.cumulative else first_failure
    try:
        # strictly later than now, even if the schedule says otherwise: a try that is due at once would be run in the same
        # round again and again
        return max(counted_from + timedelta(seconds=schedule.base**failures), now + _SOONEST)
    except OverflowError:  # a clock was moved to the calendar's end, and there is no later
        return None


class AttemptOutcome(Struct, frozen=True, kw_only=True):
    """What follows from an attempt.

    Attributes:
        delivery: as it stands from now on.
        again: when the next attempt is due; None if none is.
        gives_up: whether the subscription is to be deactivated.
    """

    delivery: Delivery
    again: datetime | None = None
    gives_up: bool = False


def after_attempt(
    delivery: Delivery, *, succeeded: bool, policy: FailurePolicy, schedule: RetrySchedule, now: datetime
) -> AttemptOutcome:
    """Say what an attempt means.

    Source: the first success ends the sequence (documented); a failed one is in state ``retry`` (observed); once
        all tries are used the subscription is deactivated (documented), and that the delivery is queued then is
        assumed. With the policy ``queue`` a failed delivery is queued at once and stays so (observed); that its
        subscription stays active is assumed.
    """
    tried = replace(delivery, tries=delivery.tries + 1, updated=now)
    if succeeded:
        return AttemptOutcome(delivery=replace(tried, status=DeliveryStatus.DELIVERED))
    failures = delivery.failures + 1
    first_failure = delivery.first_failure or now
    # with the policy `queue` there is no second try; what is queued waits for a release
    again = None
    if policy is FailurePolicy.RETRY:
        again = next_attempt(schedule, failures=failures, first_failure=first_failure, now=now)
    return AttemptOutcome(
        delivery=replace(
            tried,
            status=DeliveryStatus.QUEUED if again is None else DeliveryStatus.RETRY,
            failures=failures,
            first_failure=first_failure,
        ),
        again=again,
        # under `queue` the first failure ends the tries as well, but the subscription goes on (assumed)
        gives_up=again is None and policy is FailurePolicy.RETRY,
    )


def queue_undelivered(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return a delivery that falls due while its subscription is dead: queued, without an attempt.

    Source: later events of a deactivated subscription are queued (documented); that tries which were already
        planned are queued as well is assumed.
    """
    return replace(delivery, status=DeliveryStatus.QUEUED, updated=now)


def released(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return a delivery that is to be sent again, with the whole schedule before it.

    Source: that a PUT redelivers (observed); the state until then, and that tries are counted anew, is assumed.
    """
    # `tries` stays: attempts keep their numbers, only the schedule begins anew
    return replace(delivery, status=DeliveryStatus.CREATED, updated=now, failures=0, first_failure=None)
