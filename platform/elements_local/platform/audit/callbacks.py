"""What became of a notification: whether its receiver took it, when, how often, and what stood in the way. Pure."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

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

    def _failed(self) -> list[Attempt]:
        """Return the attempts in vain, of whoever took it first, before that; of everybody, if nobody did."""
        delivered = self.taken
        if delivered is None:
            return [attempt for tried in self.tries for attempt in tried]
        first = next(tried for tried in self.tries if delivered in tried)
        return [attempt for attempt in first[: first.index(delivered)] if attempt.reason]
