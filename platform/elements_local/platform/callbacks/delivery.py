"""What an attempt to deliver a callback means for the delivery, and what a release does."""

from datetime import datetime

from msgspec import Struct

from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.callbacks.retry import next_attempt
from elements_local.platform.core.choices import RetrySchedule
from elements_local.platform.events.records import Delivery, DeliveryStatus


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
