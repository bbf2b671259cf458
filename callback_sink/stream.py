"""Waiting for callbacks, and following them as server-sent events; who lost the connection resumes where it was."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Condition, Lock
from weakref import WeakValueDictionary

from msgspec import Struct

from callback_sink.errors import TooManyStreamsError
from callback_sink.inbox import Callback
from callback_sink.search import Filters
from callback_sink.store import Callbacks, SinkStore
from elements_local.kit.api.json_text import encode


class ArrivalNotifier:
    """One condition for each workspace for which somebody waits, so that a thousand of them do not wake one another.

    The time-out is the condition's own. Under freezegun it still expires, as ``threading`` keeps the
    real monotonic clock; a deadline reckoned here would stand still with the frozen time.

    Args:
        look_after: how long who waits is content with what this process announces; None is for ever.
    """

    def __init__(self, *, look_after: timedelta | None = None) -> None:
        self._look_after = look_after
        self._conditions: WeakValueDictionary[str, Condition] = WeakValueDictionary()
        self._finding = Lock()

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
                if left <= timedelta(0):
                    return False
            return True

    def _of(self, workspace: str) -> Condition:
        with self._finding:
            return self._conditions.setdefault(workspace, Condition())


PULSE = timedelta(seconds=15)
"""How long nothing is said at the most: only who writes notices that nobody reads any more."""

_AT_ONCE = 50
_OPENING = b"retry: 1000\n\n"
_PULSE = b": nothing yet\n\n"


class StreamSlots:
    """How many streams may be open at the same time: each holds a thread of the server for as long as it lasts."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.open = 0
        # looking whether there is room and taking it is one step
        self._changing = Lock()

    def take(self) -> None:
        """Open a stream.

        Raises:
            TooManyStreamsError: all places are taken.
        """
        with self._changing:  # streams are opened in one thread of the server and closed in another
            if self.open >= self.most:
                raise TooManyStreamsError(self.most)
            self.open += 1

    def leave(self) -> None:
        """Close one."""
        with self._changing:
            self.open -= 1


class Stream(Struct, frozen=True, kw_only=True):
    """What somebody follows.

    Attributes:
        after: the id of the last callback that is known already.
        limit: the stream ends after so many.
        patience: it ends when nothing came for so long, in real time; clients connect again by themselves.
    """

    store: SinkStore
    arrivals: ArrivalNotifier
    workspace: str
    wanted: Filters
    after: int
    limit: int
    patience: timedelta

    def __iter__(self) -> Iterator[bytes]:
        """Write the events as they come."""
        yield _OPENING
        left, seen, silence = self.limit, self.after, timedelta(0)
        while left:
            # Read before the callbacks: what comes in between is looked at now or in the next round, never skipped.
            latest = self._last_id()
            seen = seen if seen <= latest else 0  # a reset starts anew
            at_most = min(left, _AT_ONCE)
            with self.store.read(self.workspace) as tx:
                found = Callbacks(tx).search(self.wanted, after=seen, at_most=at_most)
            yield from map(event_of, found)
            left -= len(found)
            silence = timedelta(0) if found else silence
            # As many as were asked for: there may be more, and the next look begins behind the last of them.
            if len(found) == at_most:
                seen = found[-1].id
                continue
            # All up to `latest` has been looked at, so what was not meant is not looked at again.
            seen = max(latest, *(each.id for each in found), 0)
            # Patience is added up from pauses: a clock that tests freeze would never run out.
            pause = min(PULSE, self.patience - silence)
            if not self._comes_more(seen, pause):
                silence += pause
                if silence >= self.patience:
                    return
            if not found:
                yield _PULSE

    def _comes_more(self, seen: int, pause: timedelta) -> bool:
        return self.arrivals.wait_until(self.workspace, lambda: self._last_id() != seen, timeout=pause)

    def _last_id(self) -> int:
        with self.store.read(self.workspace) as tx:
            return Callbacks(tx).last_id()


def event_of(callback: Callback) -> bytes:
    """Write a callback as an event. JSON has no line breaks, so nothing of it can pass for another field."""
    return b"id: %d\nevent: callback\ndata: %b\n\n" % (callback.id, encode(callback.to_json()))
