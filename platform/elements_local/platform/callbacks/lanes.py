"""Receivers are called side by side, each in a lane of its own: one that is slow holds up nobody else.

A lane does one thing after the other. There are only so many lanes at a time, each with a thread; a callback that finds
none comes again when one is free.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Condition, Thread
from typing import NamedTuple, TypeAlias

from elements_local.platform.core.run_control import RunSummary

Work: TypeAlias = Callable[[], RunSummary]

_log = logging.getLogger(__name__)


class LaneKey(NamedTuple):
    """Whose lane it is."""

    workspace: str
    url: str


class Lanes:
    """Runs work in threads of its own; the threads end with the process, even while they wait.

    Args:
        limit: lanes in use at the same time, of one workspace half of them at the most. A workspace that has none gets one
            even if all are in use, so that receivers of one never take the turns of another.
        freed: called when a lane is free again, unless what it did failed: a defect is not to be met at once again.
    """

    def __init__(self, *, limit: int, freed: Callable[[], None]) -> None:
        self._limit = limit
        self._most_of_one = max(1, limit // 2)
        self._freed = freed
        self._queue: SimpleQueue[tuple[LaneKey, Work, Future[RunSummary]]] = SimpleQueue()
        self._busy: set[LaneKey] = set()
        self._threads = 0
        # guards the lanes and their number; waited on by who wants one that is busy
        self._changed = Condition()

    def busy(self, workspace: str) -> set[str]:
        """Return the URLs of a workspace that are being called."""
        with self._changed:
            return {lane.url for lane in self._busy if lane.workspace == workspace}

    def start(self, lane: LaneKey, work: Work) -> "Future[RunSummary] | None":
        """Let work run in a lane; None if that lane is in use, or its workspace may have no more."""
        future: Future[RunSummary] = Future()
        with self._changed:
            # a workspace without a lane always gets one: its receivers wait for nobody else's
            own = sum(other.workspace == lane.workspace for other in self._busy)
            if lane in self._busy or (own and (len(self._busy) >= self._limit or own >= self._most_of_one)):
                return None
            self._busy.add(lane)
            needed = len(self._busy) > self._threads
            # counted under the lock and started outside of it: a thread that starts slowly holds up nobody
            self._threads += needed
        self._queue.put((lane, work, future))
        if needed:
            Thread(target=self._serve, name=f"lane {self._threads}", daemon=True).start()
        return future

    def wait_until_idle(self, workspace: str | None = None, *, timeout_s: float) -> bool:
        """Wait until no lane is in use, of a workspace or at all; says whether that has come about."""

        def idle() -> bool:
            return not any(workspace in {None, lane.workspace} for lane in self._busy)

        with self._changed:
            return self._changed.wait_for(idle, timeout=timeout_s)

    def _serve(self) -> None:
        while True:
            lane, work, future = self._queue.get()
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - logged with its trace; what is due stays due
                _log.exception(
                    "callbacks could not be delivered", extra={"event": "lane_failed", **lane._asdict()}
                )
                # left before the result is set: a waiter may want the lane at once
                self._leave(lane)
                future.set_exception(error)
            else:
                self._leave(lane)
                future.set_result(result)
                self._freed()

    def _leave(self, lane: LaneKey) -> None:
        with self._changed:
            self._busy.discard(lane)
            self._changed.notify_all()
