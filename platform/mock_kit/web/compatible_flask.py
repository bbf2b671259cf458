"""Flask for the services: routes that are quickly made and found."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response, current_app, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.sansio.utils import get_host

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_host = lru_cache(maxsize=64)(get_host)  # a stack is called by few names


class _FoundRule(Rule):
    """A route that is found often and hardly ever built.

    werkzeug writes and compiles two functions for each that build its URL; here they are written when one is called.
    Were the method called otherwise, all would work as ever. ``poe bench-scenarios`` pays for it: without, a stack
    starts in 85 ms instead of 35, and all scenarios take a seventh longer, since many have settings of their own.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return Rule._compile_builder(rule, append_unknown)(rule, **values)  # noqa: SLF001 - as above

        return build


class _RouteFinder(MapAdapter):
    """Finds a request's route, at once if one of the same path and method came lately.

    ``poe bench`` pays for it: without, a hub list, which is two requests, takes a tenth longer.
    """

    def __init__(self, app: "CompatibleFlask", request: Request) -> None:
        super().__init__(
            app.url_map,
            server_name=_host(request.scheme, request.environ.get("HTTP_HOST"), request.server).lower(),
            script_name=request.root_path,
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
            query_args=request.query_string.decode(errors="replace"),
        )
        self._found = app.found_route

    def match(self, *given: Any, **options: Any) -> Any:
        """Return the route and what the path has for its variables."""
        found = self._found(self.path_info, self.default_method)
        # a redirect leads to the host that the request was sent to, which only werkzeug's own search knows
        if found is None:
            return super().match(*given, **options)
        rule, variables = found
        return rule, dict(variables)


class WholeResponse(Response):
    """A response that is handed over as it is, where werkzeug would find nothing to mend: 200, and all of it there.

    ``poe bench`` pays for it: without, hub lists and CRM lists take a twentieth longer. Flask takes one that views make
    themselves as it is, too, and makes it of every other.
    """

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        headers = self.headers.to_wsgi_list()
        names = dict(headers)
        is_whole = isinstance(self.response, list) and "Content-Length" in names and not self._on_close
        if (
            self.status_code != 200
            or not is_whole
            or "Location" in names
            or environ["REQUEST_METHOD"] == "HEAD"
        ):
            return super().__call__(environ, start_response)
        start_response(self.status, headers)
        return self.response  # type: ignore[return-value]  # with a length that is known, it is bytes


class _NoSessions(SessionInterface):
    """Gives every request the same session, which cannot be written to; Flask would make each one of its own."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002 - as Flask calls it
        """Return the session of a request."""
        return self._none


class CompatibleFlask(Flask):
    """Flask without static files."""

    response_class = WholeResponse
    session_interface = _NoSessions()
    url_rule_class: type[Rule] = _FoundRule

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.found_route = lru_cache(maxsize=1024)(self._find_route)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request."""
        # werkzeug knows what to say to those who would rather speak another protocol
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        return _RouteFinder(self, request)

    def _find_route(self, path: str, method: str) -> tuple[Rule, Mapping[str, Any]] | None:
        try:
            return self.url_map.bind("", path_info=path, default_method=method).match(return_rule=True)
        except HTTPException:
            return None

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is: none is a coroutine, which Flask would look for at every call of each."""
        return func


def present_app() -> Flask:
    """Return the application that is called, itself: who asks for it often would be led there by Flask each time.

    ``poe bench`` pays for it and for ``present_request``: without, a poll of the virtual day takes a twentieth longer.
    """
    itself: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - werkzeug's documented name
    return itself


def present_request() -> Request:
    """Return the present request itself, as above."""
    itself: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - werkzeug's documented name
    return itself
