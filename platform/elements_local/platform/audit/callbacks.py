"""What became of a notification: whether its receiver took it, when, how often, and what stood in the way. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from elements_local.platform.dates.iso_dates import iso_date_exact
from elements_local.platform.events.records import Attempt, DeliveryStatus

_PROMPT = timedelta(minutes=1)
"""A callback that is taken within the shortest interval there is, at its first try, is not late."""

_PLANNED = frozenset({DeliveryStatus.CREATED, DeliveryStatus.RETRY})


class CallbackHistory(Struct, frozen=True, kw_only=True):
    """What became of one notification.

    Attributes:
        sent: when it was first owed to anybody.
        tries: the attempts to tell each subscriber, in their order.
        states: of its deliveries; empty if nobody is told.
    """

    sent: datetime
    tries: Sequence[Sequence[Attempt]] = ()
    states: Collection[DeliveryStatus] = ()

    @property
    def taken(self) -> Attempt | None:
        """The first attempt that a receiver took."""
        delivered = [attempt for tried in self.tries for attempt in tried if not attempt.reason]
        return min(delivered, key=lambda attempt: attempt.at, default=None)

    @property
    def times(self) -> int:
        """How often one receiver took it, or may have: an attempt whose answer did not come may have come through."""
        if self.taken is None:
            return 0
        # By receiver: two that took it once each have each got it once.
        return max(sum(not one.reason or one.is_unheard for one in tried) for tried in self.tries)

    @property
    def is_late(self) -> bool:
        """Whether it was taken, but neither at the first try nor within the shortest interval that there is."""
        delivered = self.taken
        return delivered is not None and (bool(self._failed()) or delivered.at - self.sent > _PROMPT)

    @property
    def is_given_up(self) -> bool:
        """Whether nothing is going to be sent any more, unless somebody does something about it."""
        return self.taken is None and _PLANNED.isdisjoint(self.states)

    def delay(self) -> str:
        """Say why it was late, or has not been taken."""
        reasons = Counter(attempt.reason for attempt in self._failed())
        causes = [f"{reason}{f' ({count} times)' if count > 1 else ''}" for reason, count in reasons.items()]
        failed = f"its receiver failed to take it: {', '.join(causes)}" if causes else ""
        if self.taken is not None:
            return f"{failed or 'it was queued'}; it was taken at {iso_date_exact(self.taken.at)}"
        return "; ".join(part for part in (failed, self._standing()) if part)

    def repeats(self) -> str:
        """Say why it was taken more than once."""
        attempts = (attempt for tried in self.tries for attempt in tried)
        slow = next((one for one in attempts if one.is_unheard), None)
        if slow is None:
            return "it was sent again by a release, though it had been taken"
        return f"the attempt of {iso_date_exact(slow.at)} may have arrived ({slow.reason}), and it was sent again"

    def _failed(self) -> list[Attempt]:
        """Return the attempts in vain, of whoever took it first, before that; of everybody, if nobody did."""
        delivered = self.taken
        if delivered is None:
            return [attempt for tried in self.tries for attempt in tried]
        first = next(tried for tried in self.tries if delivered in tried)
        return [attempt for attempt in first[: first.index(delivered)] if attempt.reason]

    def _standing(self) -> str:
        """Say what is to become of it as it has not been taken."""
        if not self.is_given_up:
            return "the next try is to come"
        if DeliveryStatus.QUEUED in self.states:
            return "it is queued until it is released, and its subscription may be dead"
        return "nobody is called: there is no callback URL, or its subscription is gone"
