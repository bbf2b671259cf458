"""Who may call a service at all: looked at before everything else, so that what is refused leaves no trace.

A page of any site can make a browser of this machine send requests here. It cannot choose what the browser says of
them: ``Origin``, ``Sec-Fetch-Site``, and in ``Host`` the name that it used, which it may have bound to this machine.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flask import Request, Response
from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.kit.text import whole_number
from elements_local.kit.traffic.calls import READS
from elements_local.kit.web.origins import POSTMAN, host_in, is_address, is_local, may_call

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

ADMIN = "/_local"

_SEGMENT = ADMIN[1:]
_STEPS = frozenset({".", ".."})
_LEFT_OUT = re.compile(r"[\t\r\n]")


def is_admin(path: str) -> bool:
    """Say whether a path, decoded, is that of an admin route, there or not; slashes before it count as one."""
    return f"/{path.lstrip('/')}/".startswith(f"{ADMIN}/")


def leads_to_admin(url: str) -> bool:
    """Say whether a URL may end at an admin route of the server that listens there.

    On the way to a service each takes steps out of a path, decodes it and joins its slashes in an order of its own. So
    of a path with steps it is enough that the segment stands anywhere.

    >>> leads_to_admin("http://127.0.0.1:4701/%5flocal/reset"), leads_to_admin("http://a/x/../_local")
    (True, True)
    >>> leads_to_admin("http://127.0.0.1:4702/default/_local"), leads_to_admin("http://a/_locale?at=/_local")
    (False, False)
    """
    return _ends_at_admin(url.partition("?")[0])


@bounded_cache(1024)  # all but the query comes again and again (``poe bench``, virtual day)
def _ends_at_admin(place: str) -> bool:
    _, _, rest = _LEFT_OUT.sub("", place).partition("#")[0].partition("://")
    _host, *path = re.split(r"[/\\]", unquote(rest))
    segments = [each for each in path if each]
    return _SEGMENT in segments and (segments[0] == _SEGMENT or not _STEPS.isdisjoint(segments))


TOKEN_HEADER = "Elements-Local-Token"  # noqa: S105 - a header's name

_PRIVATE_NETWORK = "Access-Control-Request-Private-Network"
_LONGEST = 300


class Guard(Struct, frozen=True, kw_only=True):
    """Who may call a stack.

    Attributes:
        token: what must come in ``Elements-Local-Token`` to admin routes; None on a stack bound to loopback.
        served_as: names that the stack is called by, beside those of loopback. Where it has a token, any address does.
        allow_origins: whose pages may call vendor routes, beside those of this machine; see ``origins.may_call``.
    """

    token: str | None = None
    served_as: frozenset[str] = frozenset()
    allow_origins: frozenset[str] = frozenset()

    @property
    def headers(self) -> dict[str, str]:
        """What a caller of admin routes has to send to be let through."""
        return {} if self.token is None else {TOKEN_HEADER: self.token}

    @property
    def pages(self) -> frozenset[str]:
        """Whose pages may call vendor routes, beside those of this machine."""
        return POSTMAN | self.allow_origins

    def answers_to(self, host: str) -> bool:
        """Say whether a ``Host`` header names this stack; a name that it was not given may have been bound to it."""
        name = host_in(host)
        if name is None:
            return False
        return is_local(name) or name in self.served_as or (self.token is not None and is_address(name))

    def refusal(self, environ: "WSGIEnvironment", changing: tuple[str, ...] = ()) -> tuple[str, str] | None:
        """Return the status of a request that may not come in, and why; None if it may.

        Args:
            changing: how paths begin outside the admin routes of which even a GET changes something.
        """
        if not _is_length(environ.get("CONTENT_LENGTH")):
            return "400 Bad Request", "Content-Length is not the length of a body"
        reason = self._foreign(environ, changing)
        return None if reason is None else ("403 Forbidden", reason)

    def _foreign(self, environ: "WSGIEnvironment", changing: tuple[str, ...]) -> str | None:
        host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
        # there may be none in HTTP/1.0, which no browser speaks
        is_older = host is None and environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
        if not is_older and not _answers_to(self, host or ""):
            return self._foreign_host(host or "")
        if origin is None and "HTTP_SEC_FETCH_SITE" not in environ:
            return None
        path = f"/{environ['PATH_INFO'].lstrip('/')}"
        administers = is_admin(path)
        if origin is not None and origin != f"{environ['wsgi.url_scheme']}://{host}":
            if administers:
                return f"admin routes answer no other origin's pages; the origin was {_shown(origin)}"
            if not may_call(origin, self.pages):
                return self._foreign_origin(origin)
        changes = environ["REQUEST_METHOD"] not in READS or path.startswith(changing)
        if "cross-site" in environ.get("HTTP_SEC_FETCH_SITE", "") and (
            administers or (origin is None and changes)
        ):
            request = f"{environ['REQUEST_METHOD']} {_shown(environ['PATH_INFO'])}"
            return f"{request} was sent by a page of another site (Sec-Fetch-Site: cross-site); open the address by hand"
        return None

    def _foreign_host(self, host: str) -> str:
        names = ", ".join(sorted({"localhost", "127.0.0.1", "[::1]", *self.served_as}))
        any_address = "" if self.token is None else " and any address"
        name = host_in(host)
        reason = f"this stack answers to {names}{any_address}; the Host was {_shown(host)}"
        if name is None or len(name) > _LONGEST:
            return reason
        return f"{reason}; if it is served as {name}, say so: up --served-as {name} or ELEMENTS_LOCAL_SERVED_AS={name}"

    def _foreign_origin(self, origin: str) -> str:
        origins = ", ".join(sorted(self.pages))
        return (
            f"this stack answers pages of its own, of localhost and 127.0.0.1, and of {origins}; the origin was "
            f"{_shown(origin)}; up --allow-origin or ELEMENTS_LOCAL_ALLOW_ORIGINS lets others in by name"
        )


@bounded_cache(64)  # the names that a stack is called by are few
def _answers_to(guard: Guard, host: str) -> bool:
    return guard.answers_to(host)


def share(response: Response, request: Request, allowed: Mapping[str, str]) -> None:
    """Let the page that sent a request, and was let through, read the answer; what the answer has itself goes first.

    Args:
        allowed: further CORS headers: what the page may send and see.
    """
    origin = request.environ.get("HTTP_ORIGIN")
    if origin is None:
        return
    shared = {"Access-Control-Allow-Origin": origin, **allowed}
    if request.method == "OPTIONS" and request.headers.get(_PRIVATE_NETWORK) == "true":
        shared["Access-Control-Allow-Private-Network"] = "true"
    for name, value in shared.items():
        response.headers.setdefault(name, value)
    response.vary.add("Origin")


def _is_length(header: str | None) -> bool:
    """Say whether a Content-Length is one; Python itself fails at numbers of some thousands of digits."""
    return not header or whole_number(header) is not None


def _shown(text: str) -> str:
    return repr(text[:_LONGEST])
