"""HTTP as a value: bytes go out, bytes or a reason come back.

Two transports have the same one method. What passes between two services of one process is bytes too,
so it would pass over a socket.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from threading import local
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from requests import Session

DELAY_HEADER = "Elements-Local-Delay"
"""How long a scripted fault says the answer took, in seconds. Nobody waits for it."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_LARGEST_REPLY = 64 * 1024 * 1024


class DroppedError(Exception):
    """Raised out of a WSGI application to hang up without an answer."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered.

    Attributes:
        elapsed: how long the answer says it took; zero unless a fault delays it.
    """

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    elapsed: timedelta = timedelta(0)

    @property
    def ok(self) -> bool:
        """Whether the status is of the 2xx family."""
        return 200 <= self.status < 300


@dataclass(frozen=True, kw_only=True)
class NoReply:
    """Refused, timed out or cut off; a value to decide on, not an exception to forget."""

    reason: str
    elapsed: timedelta = timedelta(0)


class Http(Protocol):
    """Sends one request."""

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request and return what came of it.

        Args:
            method: upper case.
            url: absolute and already percent-encoded.
            headers: sent as they are.
            body: sent as it is; empty means none.
        """


class OverNetwork:
    """Sends over sockets, by requests: no redirects followed, no cookies, proxies or netrc."""

    def __init__(self, *, timeout: timedelta = timedelta(seconds=30)) -> None:
        self._timeout = timeout
        self._kept = local()

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request over the network."""
        from requests import RequestException  # noqa: PLC0415 - an eighth of a second that most starts never need

        try:
            with self._session().request(
                method,
                url,
                headers=headers,
                data=body or None,
                timeout=self._timeout.total_seconds(),
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = answer.raw.read(_LARGEST_REPLY, decode_content=True)
                reply = Reply(
                    status=answer.status_code, headers=Headers(answer.headers.items()), body=content
                )
        except (RequestException, OSError, ValueError) as error:
            return NoReply(reason=_reason(error, self._timeout))
        except Exception as error:
            # urllib3 lets its own errors out of a body that is read raw
            if type(error).__module__.partition(".")[0] != "urllib3":
                raise
            return NoReply(reason=_reason(error, self._timeout))
        return in_time(reply, self._timeout)

    def _session(self) -> "Session":
        from http.cookiejar import DefaultCookiePolicy  # noqa: PLC0415 - as in send

        from requests import Session  # noqa: PLC0415 - as in send

        session: Session | None = getattr(self._kept, "session", None)
        if session is None:
            session = self._kept.session = Session()
            session.trust_env = False
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session


class InProcess:
    """Calls WSGI applications of this process by their origin; everything else goes elsewhere."""

    def __init__(
        self,
        applications: "Mapping[str, WSGIApplication]",
        *,
        otherwise: Http | None = None,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self._applications = applications
        self._otherwise = otherwise or OverNetwork(timeout=timeout)
        self._timeout = timeout

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Call the application that lives at the URL's origin."""
        parts = urlsplit(url)
        application = self._applications.get(f"{parts.scheme}://{parts.netloc}")
        if application is None:
            return self._otherwise.send(method, url, headers=headers, body=body)
        environ = _environ(method, parts, headers, body)
        try:
            reply = call(application, environ)
        except DroppedError:
            return NoReply(reason="connection closed without an answer")
        promised = reply.headers.get("Content-Length", type=int)
        if promised is not None and promised > len(reply.body) and method != "HEAD":
            return NoReply(reason=f"connection closed after {len(reply.body)} of {promised} bytes")
        return in_time(reply, self._timeout)


def call(application: "WSGIApplication", environ: "WSGIEnvironment") -> Reply:
    """Run a WSGI application to its end and return its answer."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> object:
        started.append((status, headers))
        return written.append

    chunks: Iterable[bytes] = application(environ, start_response)  # type: ignore[arg-type]  # the `exc_info` argument
    try:
        written.extend(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started[-1]
    return Reply(status=int(status[:3]), headers=Headers(headers), body=b"".join(written))


def in_time(reply: Reply, timeout: timedelta) -> Reply | NoReply:
    """Hold a reply's scripted delay against the time-out; the wait itself never happens."""
    delay = reply.headers.get(DELAY_HEADER, type=float)
    if not delay:
        return reply
    elapsed = timedelta(seconds=delay)
    if elapsed >= timeout:
        return NoReply(reason=f"timed out after {timeout.total_seconds():g} s", elapsed=timeout)
    return Reply(status=reply.status, headers=reply.headers, body=reply.body, elapsed=elapsed)


def _environ(method: str, url: SplitResult, headers: Mapping[str, str], body: bytes) -> "WSGIEnvironment":
    """Build a WSGI environment by hand: werkzeug's builder costs as much as the rest of the call."""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for key, value in headers.items():
        name = key.upper().replace("-", "_")
        environ[name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"] = value
    return environ


def _reason(error: Exception, timeout: timedelta) -> str:
    """Say in a few words why no answer came, without addresses of objects."""
    text = str(error)
    kind = type(error).__name__
    if "timeout" in kind.lower() or "timed out" in text:
        return f"timed out after {timeout.total_seconds():g} s"
    for words, plain in (
        ("Connection refused", "connection refused"),
        ("IncompleteRead", "connection closed before the whole answer came"),
        ("RemoteDisconnected", "connection closed without an answer"),
        ("Connection reset", "connection reset"),
        ("Name or service not known", "host name not found"),
        ("NameResolutionError", "host name not found"),
    ):
        if words in text:
            return plain
    return f"{kind}: {text}"
