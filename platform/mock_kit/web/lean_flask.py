"""Flask without what our services have no use for, and every request would pay for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, current_app, g, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import IntegerConverter, MapAdapter, Rule, ValidationError

if TYPE_CHECKING:
    from flask.ctx import _AppCtxGlobals

_HOSTS_KEPT = 64
_OPTIONS = "PROVIDE_AUTOMATIC_OPTIONS"
_NO_SESSION = NullSession()


class _NoSessions(SessionInterface):
    """No request belongs to a session."""

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002 - as Flask calls it
        """Return the one that stands for none."""
        return _NO_SESSION


class _FoundRule(Rule):
    """A route that is found often and hardly ever built.

    werkzeug writes and compiles two functions for each that build its URL, which is most of what putting an application
    together takes. Here they are written when one is called. Were the method called otherwise, all would work as ever.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return Rule._compile_builder(rule, append_unknown)(rule, **values)  # noqa: SLF001 - as above

        return build


class _Request(Request):
    """A request whose view may say how much it takes, as Flask itself lets it only since 3.1."""

    _own_limit: int | None = None

    @property
    def max_content_length(self) -> int | None:
        """Bytes of a body that are taken: the view's own limit, or the application's."""
        return super().max_content_length if self._own_limit is None else self._own_limit

    @max_content_length.setter
    def max_content_length(self, limit: int | None) -> None:
        self._own_limit = limit


class _IntegerConverter(IntegerConverter):
    """A number in a path; one of more digits than Python reads is none, as werkzeug knows only since 3.1."""

    def to_python(self, value: str) -> int:
        """Return the number."""
        try:
            number: int = super().to_python(value)
        except ValueError as error:
            raise ValidationError from error
        return number


class LeanFlask(Flask):
    """Flask without sessions and asynchronous views, which looks at each host but once."""

    request_class = _Request
    session_interface = _NoSessions()
    url_rule_class = _FoundRule

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.converters["int"] = _IntegerConverter
        self._known_hosts: dict[tuple[str, str], str] = {}

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Add a route, without OPTIONS if the configuration says so, which Flask itself reads only since 3.1."""
        if options.get("provide_automatic_options") is None and not self.config.get(_OPTIONS, True):
            options["provide_automatic_options"] = False
        super().add_url_rule(rule, *args, **options)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is: none is asynchronous, and looking costs with every call."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request; werkzeug itself reads, or refuses, a host that is new."""
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        environ = request.environ
        host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        server_name = self._known_hosts.get(host)
        if server_name is None:
            adapter = super().create_url_adapter(request)
            if adapter is not None and host[1] and len(self._known_hosts) < _HOSTS_KEPT:
                self._known_hosts[host] = adapter.server_name
            return adapter
        return MapAdapter(
            self.url_map,
            server_name,
            script_name=environ.get("SCRIPT_NAME", ""),
            subdomain="",
            url_scheme=environ["wsgi.url_scheme"],
            path_info=environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace"),
            default_method=environ["REQUEST_METHOD"],
            query_args=environ.get("QUERY_STRING", ""),
        )


def this_request() -> Request:
    """Return the present request itself, for who looks at it often: each look through Flask's proxy costs."""
    itself: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - documented
    return itself


def this_app() -> Flask:
    """Return the present application itself."""
    itself: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - as above
    return itself


def notes() -> "_AppCtxGlobals":
    """Return what is noted about the present request, Flask's ``g`` itself."""
    itself: _AppCtxGlobals = g._get_current_object()  # noqa: SLF001 - as above
    return itself
