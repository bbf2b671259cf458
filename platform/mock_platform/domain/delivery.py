"""What an attempt to deliver a callback means for the delivery."""

from dataclasses import replace
from datetime import datetime

from mock_platform.domain.models import Delivery, DeliveryStatus
from mock_platform.domain.retry import Ladder, next_attempt


def after_attempt(
    delivery: Delivery, *, succeeded: bool, ladder: Ladder, now: datetime
) -> tuple[Delivery, datetime | None]:
    """Return the delivery as it stands after an attempt, and when the next one is due, if one is.

    Source: the first success ends the sequence; a failed one is in state ``retry`` (observed), and ``queued``
        once all tries are used (documented).
    """
    if succeeded:
        return replace(delivery, status=DeliveryStatus.DELIVERED, updated=now), None
    failures = delivery.failures + 1
    first_failure = delivery.first_failure or now
    again = next_attempt(ladder, failures=failures, first_failure=first_failure, now=now)
    status = DeliveryStatus.QUEUED if again is None else DeliveryStatus.RETRY
    return replace(
        delivery, status=status, updated=now, failures=failures, first_failure=first_failure
    ), again
