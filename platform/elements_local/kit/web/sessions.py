"""Sessions of requests whose calls have one deadline each, headers and body included."""

from socket import socket
from threading import local
from typing import Any

from requests import Session
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import SKIP_HEADER

from elements_local.kit.web.deadlines import Deadline, Watchdog

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


def _watch(sock: socket | None) -> None:
    deadline: Deadline | None = getattr(_present, "deadline", None)
    if deadline is not None and sock is not None:
        deadline.watch(sock)
