"""Calls to WSGI applications of this process: what passes is bytes, so it would pass over a socket."""

import logging
import re
import sys
from base64 import b64encode
from collections.abc import Generator, Iterable, Mapping
from contextvars import Context
from datetime import timedelta
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, unquote_to_bytes, urljoin, urlsplit

from elements_local.kit.caching import bounded_cache
from elements_local.kit.http_message import (
    AGENT,
    NO_HEADERS,
    DroppedError,
    Http,
    NoReply,
    Reply,
    check_headers,
    no_answer,
    received,
    variable_of,
)
from elements_local.kit.masks import mask_url
from elements_local.kit.web.origins import USUAL_PORTS
from elements_local.kit.web.over_network import OverNetwork, reason_of

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_QUERY_MARKS = "!#$%&'()*+,/:;=?@[]~"
"""What a client over sockets leaves in a query as it is."""

_ENCODED = re.compile(f"[A-Za-z0-9_.~{re.escape(_QUERY_MARKS)}-]*")
"""A query that is sent as it is."""

_log = logging.getLogger(__name__)


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
        # of what is not a URL there is none: sending it elsewhere reports what is wrong with it
        known = map(self._applications.get, _origins_of(url.partition("?")[0]))
        application = next((each for each in known if each is not None), None)
        if application is None:
            return self._otherwise.send(method, url, headers=headers, body=body)
        try:
            check_headers(headers)
            environ = _environ_of(method, url, {**AGENT, **headers}, body)
        except ValueError as error:
            return NoReply(reason=reason_of(error, self._timeout))
        began = monotonic()
        try:
            # in a context of its own: an application that calls itself would share Flask's `g` with its caller
            reply = Context().run(begin, application, environ).reply
        # before `Exception`: this one is a fault that was asked for, and no defect to be logged
        except DroppedError:
            return NoReply(reason="connection closed without an answer")
        except Exception:  # noqa: BLE001 - logged, and as a server over sockets answers
            _log.exception(
                "an application failed", extra={"event": "application_failed", "url": mask_url(url)}
            )
            return Reply(status=500, body=b"Internal Server Error")
        if self._measured and monotonic() - began >= self._timeout.total_seconds():
            return no_answer(self._timeout)
        return received(reply, method, self._timeout)


class WsgiResponse(NamedTuple):
    """What a WSGI application answers: status with phrase, and all of the body, or its start and ``rest`` of it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    rest: Generator[bytes, None, None] | None = None

    @property
    def reply(self) -> Reply:
        """The answer to a client."""
        status, headers, body, _ = self
        return Reply(status=int(status[:3]), header_list=headers, body=body, phrase=status[4:])


def begin(
    application: "WSGIApplication", environ: "WSGIEnvironment", *, enough: int | None = None
) -> WsgiResponse:
    """Run a WSGI application until its answer is there, or so many bytes of one that does not say how long it is."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> object:
        started.append((status, headers))
        return written.append

    chunks = application(environ, start_response)  # type: ignore[arg-type]  # the `exc_info` argument
    if isinstance(chunks, list):
        return WsgiResponse(*started[-1], b"".join([*written, *chunks]))
    rest = _closing(chunks)
    for chunk in rest:
        written.append(chunk)
        if enough is None or sum(map(len, written)) <= enough:
            continue
        if not any(name.lower() == "content-length" for name, _ in started[-1][1]):
            return WsgiResponse(*started[-1], b"".join(written), rest)
    return WsgiResponse(*started[-1], b"".join(written))


def _closing(chunks: Iterable[bytes]) -> Generator[bytes, None, None]:
    try:
        yield from chunks
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _environ_of(method: str, url: str, headers: Mapping[str, str], body: bytes) -> "WSGIEnvironment":
    """Build a WSGI environment by hand: werkzeug's builder costs as much as the rest of the call.

    Raises:
        ValueError: the URL could not be sent over a socket either.
    """
    place, _, query = url.partition("?")
    environ: WSGIEnvironment = {
        **_environ_of_place(place),
        "REQUEST_METHOD": method,
        "QUERY_STRING": "" if "#" in place else _encoded(query.partition("#")[0]),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for name, value in headers.items():
        if "_" not in name:  # servers drop such a header: in WSGI it would pass for one with a hyphen
            environ[variable_of(name)] = value.rstrip(" \t")
    # what the client says of the length is not trusted: the body is here, and its length is known
    environ["CONTENT_LENGTH"] = str(len(body))
    if "@" in place and "@" in (url_parts := urlsplit(place)).netloc:
        credentials = f"{unquote(url_parts.username or '')}:{unquote(url_parts.password or '')}"
        environ["HTTP_AUTHORIZATION"] = f"Basic {b64encode(credentials.encode('latin-1')).decode()}"
    return environ


def _encoded(query: str) -> str:
    """Return a query as a client over sockets sends it."""
    return query if _ENCODED.fullmatch(query) else quote(query, safe=_QUERY_MARKS)


@bounded_cache(1024)  # all but the query comes again and again (``poe bench``, virtual day)
def _environ_of_place(place: str) -> Mapping[str, object]:
    url = urlsplit(place)
    # clients over sockets take the steps `.` and `..` out before they send; the service must see the same path
    path = urljoin("/", f"/{url.path.lstrip('/')}") if "/." in url.path else url.path
    return {
        "SCRIPT_NAME": "",
        # WSGI wants the bytes of a path as latin-1 text (PEP 3333), in any encoding
        "PATH_INFO": "/" + unquote_to_bytes(path).decode("latin-1").lstrip("/"),
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or USUAL_PORTS.get(url.scheme, "")),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@bounded_cache(1024)  # as above
def _origins_of(place: str) -> tuple[str, ...]:
    """Return what the origin of a URL may be called, with and without a usual port; nothing of what is not a URL."""
    try:
        url = urlsplit(place)
    except ValueError:
        return ()
    host = url.netloc.rpartition("@")[2].lower()
    usual = f":{USUAL_PORTS.get(url.scheme)}"
    other = host.removesuffix(usual) if host.endswith(usual) else host + usual
    return f"{url.scheme}://{host}", f"{url.scheme}://{other}"
