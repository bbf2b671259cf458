"""HTTP as a value: bytes go out, bytes or a reason come back.

Two transports have the same one method. What passes between two services of one process is bytes too,
so it would pass over a socket.
"""

import logging
import re
from collections.abc import Mapping
from contextvars import Context
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from threading import local
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from msgspec import Struct
from werkzeug.datastructures import Headers

from mock_kit.text import HEADER_NAME
from mock_kit.web.wsgi import USUAL_PORTS, DroppedError, begin, environ_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from requests import Session

DELAY_HEADER = "Elements-Local-Delay"
"""How long a scripted fault says the answer took, in seconds. Nobody waits for it."""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_AGENT: Mapping[str, str] = MappingProxyType({"User-Agent": "elements-local"})
_LARGEST_REPLY = 64 * 1024 * 1024
_CUT_OFF = "connection closed before the whole answer came"
_TOO_LONG = "the answer is longer than 64 MiB"
BODILESS = frozenset({204, 304})

_HEADER_NAME = re.compile(HEADER_NAME)
_HEADER_VALUE = re.compile(r"(?!\s)[\0-\t\v\f\x0e-\xff]*")
_INCOMPLETE = re.compile(r"IncompleteRead\(([0-9]+) bytes read, ([0-9]+) more expected\)")
_OBJECT = re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>(?:: )?")

_log = logging.getLogger(__name__)


class HeaderError(ValueError):
    """A header cannot be sent."""

    def __init__(self, name: str) -> None:
        super().__init__(f"cannot be sent: {name!r} is no header of HTTP, or its value is none")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered.

    Attributes:
        elapsed: how long the answer says it took; zero unless a fault delays it.
        phrase: what the status line says beside the status; empty if it is not known.
    """

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    elapsed: timedelta = timedelta(0)
    phrase: str = field(default="", compare=False)

    @property
    def ok(self) -> bool:
        """Whether the status is of the 2xx family."""
        return 200 <= self.status < 300


class NoReply(Struct, frozen=True, kw_only=True):
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
            headers: sent as they are, with ``User-Agent: elements-local`` unless they say another.
            body: sent as it is; empty means none.
        """


class OverNetwork:
    """Sends over sockets, by requests: no redirects followed, no cookies, proxies or netrc.

    Args:
        timeout: for a whole call, its answer's body included.
    """

    def __init__(self, *, timeout: timedelta = timedelta(seconds=30)) -> None:
        self._timeout = timeout
        # a session for each thread: those of requests are not safe to share between threads
        self._kept = local()

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request over the network."""
        from requests import RequestException  # noqa: PLC0415 - an eighth of a second that most starts never need

        from mock_kit.web.sessions import WATCHDOG, keep_to  # noqa: PLC0415 - as above

        # requests' own time-out begins anew with each byte that comes; the whole call has to end in time
        with WATCHDOG.within(self._timeout.total_seconds()) as deadline:
            keep_to(deadline)
            try:
                _check(headers)
                reply = self._sent(method, url, {**_AGENT, **headers}, body)
            except Exception as error:
                if deadline.passed:  # a socket that is closed under its reader may be found so in many ways
                    return NoReply(reason=_timed_out(self._timeout))
                # urllib3 lets its own errors out of a body that is read raw
                is_network_error = isinstance(error, (RequestException, OSError, ValueError))
                if not is_network_error and type(error).__module__.partition(".")[0] != "urllib3":
                    raise
                return NoReply(reason=_reason(error, self._timeout))
            finally:
                keep_to(None)
        if deadline.passed:  # the end of a body without a length looks like its whole
            return NoReply(reason=_timed_out(self._timeout))
        return _received(reply, method, self._timeout)

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        from requests import Request  # noqa: PLC0415 - as in send
        from urllib3.exceptions import IncompleteRead  # noqa: PLC0415 - as in send

        session = self._session()
        prepared = session.prepare_request(Request(method, url, headers=headers, data=body or None))
        # not by the session itself: it reads a redirect's body, fails if it leads nowhere, and keeps cookies
        with session.get_adapter(prepared.url or url).send(
            prepared, stream=True, timeout=self._timeout.total_seconds()
        ) as answer:
            # one byte more than is allowed, to tell a body that is just long enough from one that goes on
            content = answer.raw.read(_LARGEST_REPLY + 1, decode_content=True)
            if answer.raw.length_remaining and len(content) <= _LARGEST_REPLY:
                # as urllib3 says itself since its version 2
                raise IncompleteRead(answer.raw.tell(), answer.raw.length_remaining)
            # requests would join headers that came twice, and cookies cannot be told apart then
            headers_come = Headers(list(answer.raw.headers.items()))
            return Reply(status=answer.status_code, headers=headers_come, body=content)

    def _session(self) -> "Session":
        from mock_kit.web.sessions import watched_session  # noqa: PLC0415 - as in send

        session: Session | None = getattr(self._kept, "session", None)
        if session is None:
            session = self._kept.session = watched_session()
        return session


class InProcess:
    """Calls WSGI applications of this process by their origin; everything else goes elsewhere.

    Args:
        measured: whether what an application really takes counts against the time-out, as it does over sockets.
    """

    def __init__(
        self,
        applications: "Mapping[str, WSGIApplication]",
        *,
        otherwise: Http | None = None,
        timeout: timedelta = timedelta(seconds=30),
        measured: bool = False,
    ) -> None:
        self._applications = applications
        self._measured = measured
        self._otherwise = otherwise or OverNetwork(timeout=timeout)
        self._timeout = timeout

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Call the application that lives at the URL's origin."""
        application = self._application(url)
        if application is None:
            return self._otherwise.send(method, url, headers=headers, body=body)
        try:
            _check(headers)
            environ = environ_of(method, urlsplit(url), {**_AGENT, **headers}, body)
        except ValueError as error:
            return NoReply(reason=_reason(error, self._timeout))
        began = monotonic()
        try:
            # in a context of its own: an application that calls itself would share Flask's `g` with its caller
            reply = Context().run(call, application, environ)
        # before `Exception`: this one is a fault that was asked for, and no defect to be logged
        except DroppedError:
            return NoReply(reason="connection closed without an answer")
        except Exception:  # noqa: BLE001 - logged, and as a server over sockets answers
            _log.exception("an application failed", extra={"event": "application_failed", "url": url})
            return Reply(status=500, body=b"Internal Server Error")
        if self._measured and monotonic() - began >= self._timeout.total_seconds():
            return NoReply(reason=_timed_out(self._timeout))
        return _received(reply, method, self._timeout)

    def _application(self, sent_to: str) -> "WSGIApplication | None":
        """Find an application, whether or not the URL and its origin mention a usual port."""
        try:
            url = urlsplit(sent_to)
        except ValueError:  # whoever sends elsewhere says what is wrong with it
            return None
        host = url.netloc.rpartition("@")[2].lower()
        application = self._applications.get(f"{url.scheme}://{host}")
        usual = f":{USUAL_PORTS.get(url.scheme)}"
        if application is None and host.endswith(usual):
            application = self._applications.get(f"{url.scheme}://{host.removesuffix(usual)}")
        elif application is None:
            application = self._applications.get(f"{url.scheme}://{host}{usual}")
        return application


def call(application: "WSGIApplication", environ: "WSGIEnvironment") -> Reply:
    """Run a WSGI application to its end and return its answer."""
    status, headers, body, _ = begin(application, environ)
    return Reply(status=int(status[:3]), headers=Headers(headers), body=body, phrase=status[4:])


def in_time(reply: Reply, timeout: timedelta) -> Reply | NoReply:
    """Hold a reply's scripted delay against the time-out; the wait itself never happens."""
    # nearly always there is none, and ``get`` makes an exception of that, which costs as much as the rest
    delay = reply.headers.get(DELAY_HEADER, type=float) if reply.headers.getlist(DELAY_HEADER) else None
    if delay is None or not delay > 0:  # a stranger may send anything, NaN included
        return reply
    if delay >= timeout.total_seconds():
        return NoReply(reason=_timed_out(timeout), elapsed=timeout)
    return replace(reply, elapsed=timedelta(seconds=delay))


def _received(reply: Reply, method: str, timeout: timedelta) -> Reply | NoReply:
    """Return what a client makes of an answer: it may be cut off, late, or have a body that it must not have."""
    # a client reads no body here, so whatever length was promised means nothing
    if method == "HEAD" or reply.status in BODILESS:
        return in_time(replace(reply, body=b""), timeout)
    if len(reply.body) > _LARGEST_REPLY:
        return NoReply(reason=_TOO_LONG)
    # the length is that of the packed body, and what came has been unpacked by now
    packed = reply.headers.getlist("Content-Encoding")
    promised = None if packed else reply.headers.get("Content-Length", type=int)
    if promised is not None and len(reply.body) < promised:
        return NoReply(reason=_cut_off(len(reply.body), promised))
    if promised is not None and 0 <= promised < len(reply.body):
        reply = replace(reply, body=reply.body[:promised])
    return in_time(reply, timeout)


def _check(headers: Mapping[str, str]) -> None:
    """Refuse headers that are none.

    Raises:
        HeaderError: names the first of them, and not its value, which may be a secret.
    """
    for name, value in headers.items():
        if not _is_header(name, value):
            raise HeaderError(name)


@lru_cache(maxsize=1024)  # of thousands of calls nearly all send the same ones
def _is_header(name: str, value: str) -> bool:
    return bool(_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value))


def _cut_off(came: int, promised: int) -> str:
    return f"connection closed after {came} of {promised} bytes"


def _timed_out(timeout: timedelta) -> str:
    return f"timed out after {timeout.total_seconds():g} s"


def _reason(error: Exception, timeout: timedelta) -> str:
    """Say in a few words why no answer came, without addresses of objects."""
    text = str(error)
    kind = type(error).__name__
    if isinstance(error, HeaderError):
        return text
    if cut := _INCOMPLETE.search(text):
        return _cut_off(int(cut[1]), int(cut[1]) + int(cut[2]))
    if "timeout" in kind.lower() or "timed out" in text:
        return _timed_out(timeout)
    for words, plain in (
        ("Connection refused", "connection refused"),
        ("IncompleteRead", _CUT_OFF),
        ("RemoteDisconnected", "connection closed without an answer"),
        ("Connection reset", "connection reset"),
        ("Name or service not known", "host name not found"),
        ("NameResolutionError", "host name not found"),
    ):
        if words in text:
            return plain
    return f"{kind}: {_OBJECT.sub('', text)}"
