"""Threads that answer requests: a few at a time, and more where those few all wait for something."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Condition, Thread, current_thread
from time import monotonic
from typing import Protocol

from msgspec import Struct

_log = logging.getLogger(__name__)


class Connection(Protocol):
    """A connection on which requests have come: waitress's channel."""

    requests: Sequence[object]

    def service(self) -> None:
        """Answer it."""

    def cancel(self) -> None:
        """Hang up without an answer."""


class Pool(Struct, frozen=True, kw_only=True):
    """Threads for some of the requests, which start when they are needed: a hundred that nobody needs yet take 2 MiB.

    Attributes:
        takes: says of a method and a path whether a request is one of them.
        at_once: how many begin side by side; None is as many as there are threads. Threads which want Python's lock at
            the same moment wake one another at each row that SQLite gives: with sixteen of them a list takes twice
            the processor's time (``poe bench --part lists``).
        threads: how many there are at most. One more begins where requests have come and none has begun for the ``patience``,
            as those which are being answered wait for something: a receiver, a lock, another process.
    """

    takes: Callable[[str, str], bool]
    threads: int
    at_once: int | None = None
    patience: timedelta = timedelta(milliseconds=20)


class PoolThreads:
    """The threads of one pool."""

    def __init__(self, pool: Pool) -> None:
        self._at_once, self._most = pool.at_once or pool.threads, pool.threads
        self._patience_s = pool.patience.total_seconds()
        self._changed = Condition()
        self._queue: deque[Connection] = deque()
        self._threads: set[Thread] = set()
        self._busy = self._idle = self._watching = 0
        self._last_begun = 0.0
        self._closing = False

    def add(self, connection: Connection) -> None:
        """Let a connection's request be answered."""
        with self._changed:
            self._queue.append(connection)
            self._wake()

    def stop_beginning(self) -> None:
        """Let threads end with what they are at."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def finish(self, until: float) -> None:
        """Wait for what is being answered, up to a moment of the monotonic clock, and hang up on the rest."""
        with self._changed:
            self._changed.wait_for(lambda: not self._threads, max(0, until - monotonic()))
            left, self._queue = self._queue, deque()
        for connection in left:
            connection.cancel()

    def _wake(self) -> None:
        """See to it that somebody begins with the queue, or watches whether those who may begin get on."""
        if self._watching and self._busy >= self._at_once:
            return
        if self._idle:
            self._changed.notify()
        elif len(self._threads) < self._most and not self._closing:
            thread = Thread(target=self._work, name="requests", daemon=True)
            thread.start()
            self._threads.add(thread)

    def _work(self) -> None:
        while (connection := self._next()) is not None:
            try:
                connection.service()
            except BaseException:  # noqa: BLE001 - logged; the next is answered all the same
                _log.exception("a request could not be answered")
            with self._changed:
                self._busy -= 1
        with self._changed:
            self._threads.discard(current_thread())
            self._changed.notify_all()

    def _next(self) -> Connection | None:
        """Return a connection whose request is to be answered now; None where that is over."""
        with self._changed:
            while not self._may_begin():
                if self._closing:
                    return None
                self._wait()
            connection = self._queue.popleft()
            self._busy += 1
            self._last_begun = monotonic()
            if self._queue:
                self._wake()
            return connection

    def _may_begin(self) -> bool:
        if not self._queue or self._closing:
            return False
        return self._busy < self._at_once or monotonic() - self._last_begun >= self._patience_s

    def _wait(self) -> None:
        """Wait for a request; or, while some wait already, no longer than they ought to."""
        watching = bool(self._queue)
        self._idle += 1
        self._watching += watching
        self._changed.wait(self._patience_s if watching else None)
        self._idle -= 1
        self._watching -= watching


class Pools:
    """Hands each request to the threads that are there for it; what waitress calls a task dispatcher.

    Args:
        pools: the first that takes a request answers it.
    """

    def __init__(self, pools: Sequence[Pool]) -> None:
        self._pools = [(pool.takes, PoolThreads(pool)) for pool in pools]

    def add_task(self, task: Connection) -> None:
        """Let a connection's next request be answered."""
        request = task.requests[0]
        method, path = getattr(request, "command", ""), getattr(request, "path", "")
        next(threads for takes, threads in self._pools if takes(method, path)).add(task)

    def shutdown(self, *, cancel_pending: bool, timeout: float) -> None:  # noqa: ARG002 - waitress's words
        """Let what is being answered finish."""
        until = monotonic() + timeout
        for _, threads in self._pools:
            threads.stop_beginning()
        for _, threads in self._pools:
            threads.finish(until)
