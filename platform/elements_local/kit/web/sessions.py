"""Sessions of requests whose calls have one deadline each, headers and body included, however slowly bytes come.

A socket's own time-out counts each read anew, so that a byte a second would hold a caller for ever.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from heapq import heappop, heappush
from itertools import count
from threading import Condition, Lock, Thread, local
from time import monotonic
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import SKIP_HEADER


class Deadline:
    """One call that has to end in time.

    Attributes:
        passed: whether it has been ended because time was over.
        over: whether it has ended, and need not be ended any more.
    """

    def __init__(self) -> None:
        self.passed = False
        self.over = False
        self._socket: socket.socket | None = None
        # of a call that ends just as its time is over, one of the two is first
        self._ending = Lock()

    def watch(self, sock: socket.socket) -> None:
        """Note over which socket the call goes; its connection may forget it before an answer has come to its end.

        Raises:
            TimeoutError: time is over already.
        """
        self._socket = sock
        if self.passed:
            raise TimeoutError("timed out")

    def end(self) -> None:
        """Note that the call is over."""
        with self._ending:
            self.over = True

    def expire(self) -> None:
        """Let a thread that waits for the connection's socket find it closed."""
        with self._ending:  # once the call is over, its connection may be another's
            if self.over:
                return
            self.passed = True
            if self._socket is not None:
                with suppress(OSError):  # it may just have been closed
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Watchdog:
    """Ends calls that take too long, in one thread for all of them, which starts with the first call."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: list[tuple[float, int, Deadline]] = []
        self._numbers = count()
        self._thread: Thread | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[Deadline]:
        """Give a call so long."""
        deadline = Deadline()
        when = monotonic() + seconds
        with self._changed:
            # the number breaks ties: two deadlines of one instant cannot be compared
            heappush(self._waiting, (when, next(self._numbers), deadline))
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            # only an earlier end than all others changes how long the thread has to sleep
            elif self._waiting[0][2] is deadline:
                self._changed.notify()
        try:
            yield deadline
        finally:
            deadline.end()
            with self._changed:
                # one in the midst of the heap cannot be taken out cheaply; it goes as soon as it has come to the top
                while self._waiting and self._waiting[0][2].over:
                    heappop(self._waiting)

    def _watch(self) -> None:
        while True:
            self._next().expire()

    def _next(self) -> Deadline:
        with self._changed:
            while True:
                left = self._waiting[0][0] - monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    return heappop(self._waiting)[2]
                self._changed.wait(left)


WATCHDOG = Watchdog()

_present = local()
"""The deadline of the call that a thread is making."""


class _Watched:
    """A connection that says of which call it is."""

    sock: Any

    def connect(self) -> None:
        """Connect, unless time is over by then."""
        super().connect()  # type: ignore[misc]  # the connection that this is mixed into
        _watch(self.sock)

    def request(self, *given: Any, **named: Any) -> None:
        """Send a request; the connection may have been used for another before."""
        _watch(self.sock)
        super().request(*given, **named)  # type: ignore[misc]  # as above


class _WatchedHttp(_Watched, HTTPConnection):
    pass


class _WatchedHttps(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _WatchedHttp


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHttps


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def watched_session() -> Session:
    """Return a session that goes by nothing of the environment, keeps to the deadline of ``keep_to`` and adds no headers."""
    session = Session()
    session.trust_env = False
    session.headers = CaseInsensitiveDict({"Accept-Encoding": SKIP_HEADER})
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


def keep_to(deadline: Deadline | None) -> None:
    """Let the present thread's calls keep to a deadline from now on, or to none."""
    _present.deadline = deadline


def _watch(sock: socket.socket | None) -> None:
    deadline: Deadline | None = getattr(_present, "deadline", None)
    if deadline is not None and sock is not None:
        deadline.watch(sock)
