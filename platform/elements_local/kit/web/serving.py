"""Serving WSGI applications on real ports, by waitress, in threads of this process.

What waitress's parser would fail at is answered with 400, as the rest is; waitress documents no way to do so. Without
it, who calls with https waits for an answer until the connection is given up.
"""

import errno
import os
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest

from elements_local.kit.http_message import DroppedError
from elements_local.kit.os_errors import os_reason
from elements_local.kit.storage.database_errors import is_away

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 16
_MOST_CONNECTIONS = 2000
"""Open at the same time; one that has sent half a request is among them, and takes no thread."""

_IDLE_S = 60
"""How long a connection on which nothing happens stays open."""

_LARGEST_REQUEST = 257 * 1024 * 1024
"""Where the server itself hangs up; a service refuses a body in its own words before."""

_FORWARDED = {"x-forwarded-proto", "x-forwarded-host"}
_PREFIX = re.compile(r"(/[\w.~!$&'()*+,;=:@%-]+)+", re.ASCII)

_OTHER_PORT = "stop what uses it, or choose another port (0 takes any free one)"
_OTHER_HOST = "choose an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them"


class PortError(Exception):
    """A port cannot be listened on."""

    def __init__(self, host: str, port: int, reason: str, *, cure: str = _OTHER_PORT) -> None:
        super().__init__(f"cannot listen on {_bracketed(host)}:{port} ({reason}); {cure}")


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket, before the application that will answer on it is made.

    Raises:
        PortError: the port is taken, or the host is not this machine's.
    """
    if not 0 <= port <= 65535:
        raise PortError(host, port, "a port is 0 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            # without it a port stays taken for a minute after a stack that used it has stopped; on Windows two could have it
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        elsewhere = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
        cure = _OTHER_HOST if elsewhere else _OTHER_PORT
        raise PortError(host, port, os_reason(error), cure=cure) from error
    except ValueError as error:  # what Python says of a name that cannot be one
        raise PortError(host, port, "this is not a host name", cure=_OTHER_HOST) from error
    return listener


def client_gone(environ: "WSGIEnvironment") -> Callable[[], bool]:
    """Return what says whether a request's client has hung up, as far as the server tells."""
    disconnected: Callable[[], bool] = environ.get("waitress.client_disconnected", lambda: False)
    return disconnected


def url_of(listener: socket.socket) -> str:
    """Return the URL at which a socket can be reached from this machine."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://{_bracketed(host)}:{port}"


class Server:
    """One application on one socket, answering from a thread until it is closed.

    Args:
        threads: requests that are answered at the same time; an idle one takes 16 KiB.
        patience: how long ``close`` waits for answers to be finished, and then for clients to read them.
        trusted_proxy: the address of a proxy that says how it was called itself; empty for none.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        listener: socket.socket,
        *,
        threads: int = THREADS,
        patience: timedelta = timedelta(seconds=5),
        trusted_proxy: str = "",
    ) -> None:
        from waitress.channel import ClientDisconnected  # noqa: PLC0415 - not needed where nothing is served
        from waitress.server import create_server  # noqa: PLC0415 - as above

        self._patience_s = patience.total_seconds()
        self._server = create_server(
            _hanging_up(
                _below_prefix(application, trusted_proxy) if trusted_proxy else application,
                ClientDisconnected,
            ),
            map={},
            sockets=[listener],
            threads=threads,
            ident=None,
            max_request_body_size=_LARGEST_REQUEST,
            clear_untrusted_proxy_headers=True,
            trusted_proxy=trusted_proxy or None,
            trusted_proxy_headers=_FORWARDED if trusted_proxy else set(),
            connection_limit=_MOST_CONNECTIONS,
            channel_timeout=_IDLE_S,
            # with `select`, a connection beyond the thousandth of the process would end the server
            asyncore_use_poll=True,
            # else nobody reads while an answer is made, and would see that its client has hung up
            channel_request_lookahead=1,
        )
        self._server.channel_class = HttpConnection
        self._thread = Thread(target=self._server.run, name=f"serve {url_of(listener)}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let requests that are being answered finish, then hang up and give the port back."""
        if not self._thread.is_alive():
            return
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=self._patience_s)
        # the thread, awake for another reason, may have hung up and closed the trigger before it is pulled
        with suppress(OSError):
            self._server.trigger.pull_trigger(self._hang_up)
        self._thread.join(timeout=self._patience_s)
        for channel in list(self._server.active_channels.values()):
            with suppress(OSError):  # it may just have ended
                channel.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=self._patience_s)

    def _hang_up(self) -> None:
        """Stop listening, and end each connection once its client has all of its answer. Runs in the thread."""
        for channel in list(self._server.active_channels.values()):
            if channel.total_outbufs_len:
                channel.close_when_flushed = True
            else:
                channel.handle_close()
        self._server.close()


def _below_prefix(application: "WSGIApplication", trusted_proxy: str) -> "WSGIApplication":
    """Return an application that knows below which path a trusted proxy is called; waitress has no word for that."""

    def with_prefix(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        prefix = environ.pop("HTTP_X_FORWARDED_PREFIX", "").rstrip("/")
        if environ["REMOTE_ADDR"] == trusted_proxy and _PREFIX.fullmatch(prefix):
            environ["SCRIPT_NAME"] = prefix
        return application(environ, start_response)

    return with_prefix


def _hanging_up(application: "WSGIApplication", error: type[Exception]) -> "WSGIApplication":
    """Wrap an application for a server that closes a connection when it meets its own error."""

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            answer = application(environ, start_response)
        except DroppedError as dropped:
            raise error from dropped
        return answer if isinstance(answer, list | tuple) else sent(answer)

    def sent(answer: Any) -> Iterator[bytes]:
        with closing(answer):
            try:
                for chunk in answer:  # noqa: UP028 - if its client hangs up, `yield from` would close it once more
                    yield chunk
            # what has been sent cannot be taken back, so the client is to see that the rest is missing
            except Exception as failed:
                if is_away(failed):
                    raise error from failed
                raise

    return wrapped


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


_CLIENT_HELLO = b"\x16\x03"
"""How TLS begins: the type of a handshake's record, and its version."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """What reads a request's head."""

    def received(self, data: bytes) -> int:
        """Take bytes, and refuse those of a client that speaks TLS at once: it waits for an answer, and so would we."""
        if not self.header_plus and data.startswith(_CLIENT_HELLO):
            self.error = BadRequest("This port speaks plain HTTP: the URL has to begin with http://")
            self.completed = True
            return len(data)
        consumed: int = super().received(data)
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read it.

        Raises:
            ParsingError: it cannot be read.
        """
        try:
            # waitress lets its parser's ValueError out, which would end the connection without an answer
            super().parse_header(header_plus)
            # of a target with a host, that is whom the request is for, not the header Host (RFC 9112, 3.2.2)
            if self.proxy_netloc:
                self.headers["HOST"] = self.proxy_netloc
        except ValueError as error:  # of a length with thousands of digits, an address with half its brackets
            raise ParsingError(
                "The head of the request cannot be read: its length is not a number, or its target is not a URL"
            ) from error


class HttpConnection(HTTPChannel):  # type: ignore[misc]  # as above
    """A connection."""

    parser_class = _Parser
