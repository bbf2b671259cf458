"""Calls over sockets, and in a few words why no answer came."""

import http.client
import ssl
from collections.abc import Iterator, Mapping
from datetime import timedelta
from threading import local
from typing import TYPE_CHECKING

from elements_local.kit.http_message import (
    AGENT,
    CUT_OFF,
    LARGEST_REPLY,
    NO_HEADERS,
    HeaderError,
    NoReply,
    Reply,
    check_headers,
    cut_off,
    no_answer,
    received,
    timed_out,
)
from elements_local.kit.os_errors import os_reason

if TYPE_CHECKING:
    from requests import Session

_NO_TLS = "; if what listens there speaks plain HTTP, the URL has to begin with http://"
_PLAIN = {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
"""What OpenSSL calls an answer that is none of TLS."""

_NO_URL = "nothing can be sent there: it is not a URL of http or https"


class OverNetwork:
    """Sends over sockets, by requests: no redirects followed, no cookies, proxies or netrc.

    Args:
        timeout: for a whole call, its answer's body included.
        wait: how much of that is really waited for, where the rest passes in virtual time.
        handshake: for a connection with TLS: a port that speaks plain HTTP answers nothing to what it takes for the
            beginning of a request.

    Attributes:
        has_answered: whether anything has answered yet, with any status.
    """

    def __init__(
        self,
        *,
        timeout: timedelta = timedelta(seconds=30),
        wait: timedelta | None = None,
        handshake: timedelta = timedelta(seconds=5),
    ) -> None:
        self._timeout = timeout
        self._wait = timeout if wait is None else min(wait, timeout)
        self._handshake = min(handshake, self._wait)
        # a session for each thread: those of requests are not safe to share between threads
        self._kept = local()
        self.has_answered = False

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request over the network."""
        from requests import RequestException  # noqa: PLC0415 - an eighth of a second that most starts never need

        from elements_local.kit.web.sessions import WATCHDOG, keep_to  # noqa: PLC0415 - as above

        # requests' own time-out begins anew with each byte that comes; the whole call has to end in time
        with WATCHDOG.within(self._wait.total_seconds()) as deadline:
            keep_to(deadline)
            try:
                check_headers(headers)
                reply = self._sent(method, url, {**AGENT, **headers}, body)
            except Exception as error:
                if deadline.passed:  # a socket that is closed under its reader may be found so in many ways
                    return self._late
                # urllib3 lets its own errors out of a body that is read raw
                is_network_error = isinstance(error, (RequestException, OSError, ValueError))
                if not is_network_error and type(error).__module__.partition(".")[0] != "urllib3":
                    raise
                reason = reason_of(error, self._wait, handshake=self._connecting(url))
                return self._late if reason == timed_out(self._wait) else NoReply(reason=reason)
            finally:
                keep_to(None)
        if deadline.passed:  # the end of a body without a length looks like its whole
            return self._late
        self.has_answered = True
        return received(reply, method, self._timeout)

    @property
    def _late(self) -> NoReply:
        return no_answer(self._timeout, waited=self._wait)

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        from requests import Request  # noqa: PLC0415 - as in send
        from urllib3.exceptions import IncompleteRead  # noqa: PLC0415 - as in send

        session = self._session()
        # a server may send a body after all, which would be read as the next answer's beginning
        once = {"Connection": "close"} if method == "HEAD" else {}
        prepared = session.prepare_request(
            Request(method, url, headers={**headers, **once}, data=body or None)
        )
        # not by the session itself: it reads a redirect's body, fails if it leads nowhere, and keeps cookies
        with session.get_adapter(prepared.url or url).send(
            prepared, stream=True, timeout=self._limits(url)
        ) as answer:
            # one byte more than is allowed, to tell a body that is just long enough from one that goes on
            content = answer.raw.read(LARGEST_REPLY + 1, decode_content=True)
            if answer.raw.length_remaining and len(content) <= LARGEST_REPLY:
                # as urllib3 says itself since its version 2
                raise IncompleteRead(answer.raw.tell(), answer.raw.length_remaining)
            # requests would join headers that came twice, and cookies cannot be distinguished then
            headers_come = list(answer.raw.headers.items())
            return Reply(status=answer.status_code, header_list=headers_come, body=content)

    def _connecting(self, url: str) -> timedelta | None:
        """Return how long a connection with TLS may take; None without TLS."""
        return self._handshake if url[:6].lower() == "https:" else None

    def _limits(self, url: str) -> tuple[float, float]:
        whole = self._wait.total_seconds()
        connecting = self._connecting(url)
        return (whole if connecting is None else connecting.total_seconds()), whole

    def _session(self) -> "Session":
        from elements_local.kit.web.sessions import watched_session  # noqa: PLC0415 - as in send

        session: Session | None = getattr(self._kept, "session", None)
        if session is None:
            session = self._kept.session = watched_session()
        return session


def reason_of(error: Exception, timeout: timedelta, *, handshake: timedelta | None = None) -> str:
    """Say why no answer came: libraries wrap what happened in errors of theirs, each of which is looked at.

    Args:
        handshake: how long there was for a connection with TLS, where that is what ended before the whole time did.
    """
    if isinstance(error, HeaderError):
        return str(error)
    found = list(_unwrapped(error))
    for each in found:
        if isinstance(each, http.client.IncompleteRead):
            return _incomplete(each)
        if isinstance(each, http.client.RemoteDisconnected):
            return "connection closed without an answer"
        if isinstance(each, ssl.SSLError):
            return f"TLS failed{_tls_reason(each)}"
    system = [each for each in found if isinstance(each, OSError) and each.errno]
    if system and not isinstance(system[-1], TimeoutError):
        return os_reason(system[-1])
    late = (
        timed_out(timeout)
        if handshake is None
        else f"TLS failed: no connection within {handshake.total_seconds():g} s{_NO_TLS}"
    )
    known = (words for kinds, words in _kinds(late) if any(isinstance(each, kinds) for each in found))
    return next(known, "the connection failed")


def _kinds(late: str) -> Iterator[tuple[type | tuple[type, ...], str]]:
    from requests import exceptions as of_requests  # noqa: PLC0415 - an eighth of a second that most starts never need
    from urllib3 import exceptions as of_urllib3  # noqa: PLC0415 - as above

    yield (TimeoutError, of_requests.Timeout, of_urllib3.TimeoutError), late
    yield of_requests.ProxyError, "the proxy cannot be used"
    yield of_urllib3.DecodeError, "the body is not encoded as its Content-Encoding says"
    yield (UnicodeError, http.client.InvalidURL, of_urllib3.LocationValueError), _NO_URL
    yield (of_requests.InvalidURL, of_requests.InvalidSchema, of_requests.MissingSchema), _NO_URL
    yield (http.client.HTTPException, of_urllib3.HTTPError), "the answer is not HTTP"


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ": the certificate is not trusted here, or is another host's"
    return _NO_TLS if error.reason in _PLAIN else ""


def _incomplete(error: http.client.IncompleteRead) -> str:
    partial: object = error.partial  # of urllib3's a number
    came = partial if isinstance(partial, int) else len(error.partial)
    return CUT_OFF if error.expected is None else cut_off(came, came + error.expected)


def _unwrapped(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was made of: its cause, what it was raised for, and what it carries."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
        waiting += [other for other in inner if isinstance(other, BaseException)]
