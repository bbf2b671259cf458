"""WSGI applications of this process, called without a server."""

import sys
from base64 import b64encode
from collections.abc import Generator, Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urlsplit

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

USUAL_PORTS = {"http": "80", "https": "443"}
_QUERY_MARKS = "!#$%&'()*+,/:;=?@[]~"
"""What a client over sockets leaves in a query as it is."""


class DroppedError(Exception):
    """Raised out of a WSGI application to hang up without an answer."""


class WsgiResponse(NamedTuple):
    """What a WSGI application answers, in WSGI's own terms.

    Attributes:
        status: with its phrase.
        body: all of it, or its start.
        rest: what is still to come, to be read or closed; None if that is nothing.
    """

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    rest: Generator[bytes, None, None] | None = None


def begin(
    application: "WSGIApplication", environ: "WSGIEnvironment", *, enough: int | None = None
) -> WsgiResponse:
    """Run a WSGI application until its answer is there, or enough of one that does not say how long it is.

    Args:
        enough: bytes; None waits for all of it.
    """
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> object:
        started.append((status, headers))
        return written.append

    given = application(environ, start_response)  # type: ignore[arg-type]  # the `exc_info` argument
    if isinstance(given, list):  # all of it is there, and nothing to be closed
        return WsgiResponse(*started[-1], b"".join([*written, *given]))
    rest = _body(given, written)
    chunks: list[bytes] = []
    for chunk in rest:
        chunks.append(chunk)
        if enough is not None and sum(map(len, chunks)) > enough and not _says_its_length(started[-1][1]):
            return WsgiResponse(*started[-1], b"".join(chunks), rest)
    return WsgiResponse(*started[-1], b"".join(chunks))


def _says_its_length(headers: list[tuple[str, str]]) -> bool:
    return any(name.lower() == "content-length" for name, _ in headers)


def _body(chunks: Iterable[bytes], written: list[bytes]) -> Generator[bytes, None, None]:
    """Yield what an application gives, and what it wrote before that, and close it in the end."""
    try:
        for chunk in chunks:
            yield from written
            written.clear()
            yield chunk
        yield from written
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def environ_of(method: str, url: str, headers: Mapping[str, str], body: bytes) -> "WSGIEnvironment":
    """Build a WSGI environment by hand: werkzeug's builder costs as much as the rest of the call.

    Raises:
        ValueError: the URL could not be sent over a socket either.
    """
    place, _, query = url.partition("?")
    environ: WSGIEnvironment = {
        **_environ_of_place(place),
        "REQUEST_METHOD": method,
        "QUERY_STRING": "" if "#" in place else quote(query.partition("#")[0], safe=_QUERY_MARKS),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for name, value in headers.items():
        if "_" not in name:  # servers drop such a header: in WSGI it would pass for one with a hyphen
            environ[_variable(name)] = value.rstrip(" \t")
    # what the client says of the length is not trusted: the body is here, and its length is known
    environ["CONTENT_LENGTH"] = str(len(body))
    if "@" in place:
        environ |= _credentials(urlsplit(place))
    return environ


@lru_cache(maxsize=1024)  # all but the query comes again and again (``poe bench``, virtual day)
def _environ_of_place(place: str) -> Mapping[str, object]:
    """Return what a WSGI environment has of a URL without its query."""
    url = urlsplit(place)
    # clients over sockets resolve the steps before they send; the service must see the same path either way
    path = _without_steps(url.path) if "/." in url.path else url.path
    return {
        "SCRIPT_NAME": "",
        # WSGI wants the bytes of a path as latin-1 text (PEP 3333), whatever their encoding is
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


@lru_cache(maxsize=1024)  # as above
def origins_of(place: str) -> tuple[str, ...]:
    """Return what the origin of a URL may be called, with and without a usual port; nothing of what is no URL.

    Args:
        place: the URL without its query.
    """
    try:
        url = urlsplit(place)
    except ValueError:
        return ()
    host = url.netloc.rpartition("@")[2].lower()
    usual = f":{USUAL_PORTS.get(url.scheme)}"
    other = host.removesuffix(usual) if host.endswith(usual) else host + usual
    return f"{url.scheme}://{host}", f"{url.scheme}://{other}"


@lru_cache(maxsize=1024)
def _variable(name: str) -> str:
    """Return what WSGI calls a header."""
    variable = name.upper().replace("-", "_")
    return variable if variable in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{variable}"


def _without_steps(path: str) -> str:
    """Take the steps ``.`` and ``..`` out of a path, as RFC 3986 has it in section 5.2.4."""
    segments = path.split("/")
    resolved: list[str] = []
    for segment in segments:
        if segment == ".." and len(resolved) > 1:
            resolved.pop()
        elif segment not in {".", ".."}:
            resolved.append(segment)
    if segments[-1] in {".", ".."}:
        resolved.append("")
    return "/".join(resolved)


def _credentials(url: SplitResult) -> dict[str, str]:
    """Return the header that a client sends for the user whom its URL names; none if only its path has an ``@``."""
    if "@" not in url.netloc:
        return {}
    credentials = f"{unquote(url.username or '')}:{unquote(url.password or '')}".encode("latin-1")
    return {"HTTP_AUTHORIZATION": f"Basic {b64encode(credentials).decode()}"}
