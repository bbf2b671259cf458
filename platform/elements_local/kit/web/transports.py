"""Two transports with the same one method: over sockets, and to applications of this process.

What passes between two services of one process is bytes too, so it would pass over a socket.
"""

import logging
from collections.abc import Mapping
from contextvars import Context
from datetime import timedelta
from threading import local
from time import monotonic
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers

from elements_local.kit.web.network_errors import reason_of
from elements_local.kit.web.wire import (
    AGENT,
    LARGEST_REPLY,
    NO_HEADERS,
    Http,
    NoReply,
    Reply,
    check_headers,
    received,
    timed_out,
)
from elements_local.kit.web.wsgi import DroppedError, begin, environ_of, origins_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from requests import Session

_log = logging.getLogger(__name__)


class OverNetwork:
    """Sends over sockets, by requests: no redirects followed, no cookies, proxies or netrc.

    Args:
        timeout: for a whole call, its answer's body included.
        handshake: for a connection with TLS: a port that speaks plain HTTP answers nothing to what it takes for the
            beginning of a request.
    """

    def __init__(
        self, *, timeout: timedelta = timedelta(seconds=30), handshake: timedelta = timedelta(seconds=5)
    ) -> None:
        self._timeout = timeout
        self._handshake = min(handshake, timeout)
        # a session for each thread: those of requests are not safe to share between threads
        self._kept = local()

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request over the network."""
        from requests import RequestException  # noqa: PLC0415 - an eighth of a second that most starts never need

        from elements_local.kit.web.sessions import WATCHDOG, keep_to  # noqa: PLC0415 - as above

        # requests' own time-out begins anew with each byte that comes; the whole call has to end in time
        with WATCHDOG.within(self._timeout.total_seconds()) as deadline:
            keep_to(deadline)
            try:
                check_headers(headers)
                reply = self._sent(method, url, {**AGENT, **headers}, body)
            except Exception as error:
                if deadline.passed:  # a socket that is closed under its reader may be found so in many ways
                    return NoReply(reason=timed_out(self._timeout))
                # urllib3 lets its own errors out of a body that is read raw
                is_network_error = isinstance(error, (RequestException, OSError, ValueError))
                if not is_network_error and type(error).__module__.partition(".")[0] != "urllib3":
                    raise
                return NoReply(reason=reason_of(error, self._timeout, handshake=self._connecting(url)))
            finally:
                keep_to(None)
        if deadline.passed:  # the end of a body without a length looks like its whole
            return NoReply(reason=timed_out(self._timeout))
        return received(reply, method, self._timeout)

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        from requests import Request  # noqa: PLC0415 - as in send
        from urllib3.exceptions import IncompleteRead  # noqa: PLC0415 - as in send

        session = self._session()
        prepared = session.prepare_request(Request(method, url, headers=headers, data=body or None))
        # not by the session itself: it reads a redirect's body, fails if it leads nowhere, and keeps cookies
        with session.get_adapter(prepared.url or url).send(
            prepared, stream=True, timeout=self._limits(url)
        ) as answer:
            # one byte more than is allowed, to tell a body that is just long enough from one that goes on
            content = answer.raw.read(LARGEST_REPLY + 1, decode_content=True)
            if answer.raw.length_remaining and len(content) <= LARGEST_REPLY:
                # as urllib3 says itself since its version 2
                raise IncompleteRead(answer.raw.tell(), answer.raw.length_remaining)
            # requests would join headers that came twice, and cookies cannot be told apart then
            headers_come = Headers(list(answer.raw.headers.items()))
            return Reply(status=answer.status_code, headers=headers_come, body=content)

    def _connecting(self, url: str) -> timedelta | None:
        """Return how long a connection with TLS may take; None without TLS."""
        return self._handshake if url[:6].lower() == "https:" else None

    def _limits(self, url: str) -> tuple[float, float]:
        whole = self._timeout.total_seconds()
        connecting = self._connecting(url)
        return (whole if connecting is None else connecting.total_seconds()), whole

    def _session(self) -> "Session":
        from elements_local.kit.web.sessions import watched_session  # noqa: PLC0415 - as in send

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
            check_headers(headers)
            environ = environ_of(method, url, {**AGENT, **headers}, body)
        except ValueError as error:
            return NoReply(reason=reason_of(error, self._timeout))
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
            return NoReply(reason=timed_out(self._timeout))
        return received(reply, method, self._timeout)

    def _application(self, url: str) -> "WSGIApplication | None":
        """Find an application, whether or not the URL and its origin mention a usual port."""
        # of what is no URL there is none: whoever sends elsewhere says what is wrong with it
        known = map(self._applications.get, origins_of(url.partition("?")[0]))
        return next((application for application in known if application is not None), None)


def call(application: "WSGIApplication", environ: "WSGIEnvironment") -> Reply:
    """Run a WSGI application to its end and return its answer."""
    status, headers, body, _ = begin(application, environ)
    return Reply(status=int(status[:3]), headers=Headers(headers), body=body, phrase=status[4:])
