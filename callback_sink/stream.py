"""Callbacks as they come, as server-sent events; who lost the connection resumes where it was."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Lock

from msgspec import Struct

from callback_sink.arrivals import ArrivalNotifier
from callback_sink.errors import TooManyStreamsError
from callback_sink.inbox import Callback
from callback_sink.search import Filters
from callback_sink.store import CallbackStore
from mock_kit.api.json_text import encode

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

    store: CallbackStore
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
            latest = self.store.last_id(self.workspace)
            seen = seen if seen <= latest else 0  # a reset starts anew
            at_most = min(left, _AT_ONCE)
            found = self.store.callbacks(self.workspace, self.wanted, after=seen, at_most=at_most)
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
        return self.arrivals.wait_until(
            self.workspace, lambda: self.store.last_id(self.workspace) != seen, timeout=pause
        )


def event_of(callback: Callback) -> bytes:
    """Write a callback as an event. JSON has no line breaks, so nothing of it can pass for another field."""
    return b"id: %d\nevent: callback\ndata: %b\n\n" % (callback.id, encode(callback.to_json()))
