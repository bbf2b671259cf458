"""Waiting for callbacks: who waits is woken by every arrival in the workspace, or looks for those of other processes."""

from collections.abc import Callable
from datetime import timedelta
from threading import Condition

_OVER = timedelta(0)


class ArrivalNotifier:
    """One condition for each workspace, so that a thousand of them do not wake one another.

    The time-out is the condition's own. Under freezegun it still expires, as ``threading`` keeps the
    real monotonic clock; a deadline reckoned here would stand still with the frozen time.

    Args:
        look_after: how long who waits is content with what this process announces; None is for ever.
    """

    def __init__(self, *, look_after: timedelta | None = None) -> None:
        self._look_after = look_after
        self._conditions: dict[str, Condition] = {}

    def announce(self, workspace: str) -> None:
        """Wake those who wait for callbacks of a workspace; call it when the callback can be read."""
        condition = self._of(workspace)
        with condition:
            condition.notify_all()

    def wait_until(self, workspace: str, ready: Callable[[], bool], *, timeout: timedelta) -> bool:
        """Return True as soon as it is ready, or False once the time is over.

        Args:
            ready: asked at once, and again after arrivals; an arrival while it is asked is not missed.
            timeout: real time; zero asks once more and gives up.
        """
        condition = self._of(workspace)
        pause, left = self._look_after or timeout, timeout
        with condition:
            while not condition.wait_for(ready, min(pause, left).total_seconds()):
                left -= pause
                if left <= _OVER:
                    return False
            return True

    def _of(self, workspace: str) -> Condition:
        return self._conditions.setdefault(workspace, Condition())
