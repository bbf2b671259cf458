"""Flask for the services: routes that are quickly found, each before those that are less literal."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface, SessionMixin
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, RuleFactory
from werkzeug.utils import cached_property

from elements_local.kit.api.operations import WholeResponse, present_request
from elements_local.kit.caching import bounded_cache

_VARIABLE = re.compile(r"<[^>]*>")


class _FoundRoute(MapAdapter):
    """The route of all requests with one path and method, or that there is none; which is looked for once."""

    def __init__(self, routes: "Map", root: str, path: str, method: str) -> None:
        super().__init__(
            routes,
            server_name="",
            script_name=root,
            subdomain="",
            url_scheme="http",
            path_info=path,
            default_method=method,
        )
        self._refusal: NotFound | MethodNotAllowed | None = None
        try:
            self._rule, self._variables = super().match(return_rule=True)
        except (NotFound, MethodNotAllowed) as error:
            self._refusal = error

    def match(self, *_given: Any, **_options: Any) -> Any:
        """Return the route and what the path has for its variables.

        Raises:
            NotFound, MethodNotAllowed: there is none.
        """
        # each request has a refusal of its own, as answers are made of it
        if isinstance(self._refusal, MethodNotAllowed):
            raise MethodNotAllowed(valid_methods=self._refusal.valid_methods)
        if self._refusal is not None:
            raise NotFound
        return self._rule, dict(self._variables)


class ServiceRequest(Request):
    """A request whose query is read once for all that have the same one, as those of a poller have."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the query; nobody changes them."""
        return _parameters(self.query_string)


@bounded_cache(1024)
def _parameters(query: bytes) -> MultiDict[str, str]:
    return Request({"QUERY_STRING": query.decode("latin-1")}).args


_EMPTY = NullSession()

Before = Callable[[Request], Response | None]
After = Callable[[Request, Response], Response]


class _NoSessions(SessionInterface):
    """Gives every request the same empty session, which refuses changes."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:  # noqa: ARG002 - as Flask calls it
        """Return the session of a request."""
        return _EMPTY

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Never called: what is empty is not saved."""


class _GatheredRoutes(Map):
    """The routes of an application that is being made: a few hundred, each of which takes long to bind to a map."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.gathered: list[RuleFactory] = []

    def add(self, rulefactory: RuleFactory) -> None:
        """Note a route, without binding it."""
        self.gathered.append(rulefactory)


class _SharedRoutes(Map):
    """The routes of all applications with the same ones; none comes later, as it would be a route of the others, too."""

    complete = False

    def add(self, rulefactory: RuleFactory) -> None:
        """Bind a route, as long as the map is being made."""
        if self.complete:
            late = ", ".join(rule.rule for rule in rulefactory.get_rules(self))
            raise RuntimeError(f"the route {late} comes after bind_routes(): register it before")
        super().add(rulefactory)


_SHARED: dict[object, _SharedRoutes] = {}


class ServiceFlask(Flask):
    """Flask without static files, sessions, coroutines and signals, which finds the route of a path once.

    ``poe bench --part day`` pays for it, for ``present_request`` and for ``WholeResponse``: 2.7 of the bare loop without
    them, 2.4 with them.

    Attributes:
        before_view: all that a service does before a view; what it returns takes the place of the view's answer. Hooks
            that are registered as Flask has them run after it.
        after_view: all that it does with an answer; Flask's own hooks run after it.
    """

    before_view: Before
    after_view: After

    request_class = ServiceRequest
    response_class = WholeResponse
    url_map_class = _GatheredRoutes
    session_interface: SessionInterface = _NoSessions()

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self._found_route = bounded_cache(1024)(self._find_route)
        self.before_view = lambda _asked: None
        self.after_view = lambda _asked, response: response

    def bind_routes(self) -> None:
        """Let the routes that have been registered be found; there are none before.

        A test run makes many stacks, and most of what one costs is to bind the same routes again: so they are bound
        once a process.
        """
        made: Any = self.url_map
        rules = [rule for each in made.gathered for rule in each.get_rules(made)]
        options = {"converters": made.converters, "strict_slashes": made.strict_slashes}
        asked = [(rule.rule, rule.endpoint, frozenset(rule.methods or ())) for rule in rules]
        same = (type(self), self.import_name, *options["converters"].items(), made.strict_slashes, *asked)
        if same not in _SHARED:
            _SHARED[same] = _SharedRoutes(rules, **options)
            _SHARED[same].complete = True
        self.url_map = _SHARED[same]

    def full_dispatch_request(self) -> Response:
        """Do what comes before a view, and unless that answers, let the view answer; then do what comes after it."""
        try:
            answer: Any = self.before_view(present_request())
            if answer is None and (self.before_request_funcs or self.url_value_preprocessors):
                answer = self.preprocess_request()
            if answer is None:
                answer = self.dispatch_request()
        except Exception as error:  # noqa: BLE001 - Flask's way: raised again unless a handler knows it
            answer = self.handle_user_exception(error)
        return self.process_response(self.make_response(answer))

    def process_response(self, response: Response) -> Response:
        """Do what comes after a view; ``after_this_request`` and sessions are not for services."""
        response = self.after_view(present_request(), response)
        return super().process_response(response) if self.after_request_funcs else response

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view or hook as it is, since none is a coroutine."""
        return func

    def routed_path(self, request: Request) -> str:
        """Return the path by which the route of a request is looked for."""
        return request.path

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request."""
        if request is None:  # outside of a request no URL is made
            return None
        path = self.routed_path(request)
        # werkzeug knows what to say to those who would rather speak another protocol
        speaks_http = "HTTP_UPGRADE" not in request.environ
        found = self._found_route(request.root_path, path, request.method) if speaks_http else None
        if found is not None:
            return found
        # a redirect, which leads to the host that the request was sent to
        adapter = super().create_url_adapter(request)
        if adapter is not None:
            adapter.path_info = path
        return adapter

    def _find_route(self, root: str, path: str, method: str) -> _FoundRoute | None:
        try:
            return _FoundRoute(self.url_map, root, path, method)
        except HTTPException:
            return None


class Precedence:
    """The routes of an application, those that stand before others by being more literal."""

    def __init__(self, routes: "Map") -> None:
        self._methods: dict[str, set[str]] = {}
        for rule in routes.iter_rules():
            self._methods.setdefault(_shape(rule.rule), set()).update(rule.methods or ())
        self._alike: dict[int, list[str]] = {}
        for shape in sorted(self._methods, key=_literalness, reverse=True):
            self._alike.setdefault(len(_segments(shape)), []).append(shape)
        self._rivals = cache(self._found_rivals)
        self._of_rival = bounded_cache(1024)(self._found_rival)  # clients ask for the same again and again

    def check(self, path: str, rule: str, method: str) -> None:
        """Refuse a method that only a less literal route takes.

        Args:
            rule: the one that was found.

        Raises:
            MethodNotAllowed: the path belongs to another route, which takes other methods.
        """
        methods = self._of_rival(path, _shape(rule))
        if methods is not None and method not in methods:
            raise MethodNotAllowed(valid_methods=sorted(methods))

    def methods(self, path: str) -> set[str] | None:
        """Return what the route of a path takes; None if there is none."""
        segments = _segments(path)
        matches = (shape for shape in self._methods if _fits(segments, _segments(shape)))
        best = max(matches, key=_literalness, default=None)
        return None if best is None else self._methods[best]

    def _found_rival(self, path: str, shape: str) -> set[str] | None:
        rivals = self._rivals(shape)
        if not rivals:
            return None
        segments = _segments(path)
        return next((self._methods[each] for each in rivals if _fits(segments, _segments(each))), None)

    def _found_rivals(self, shape: str) -> list[str]:
        alike = self._alike.get(len(_segments(shape)), [])
        return [each for each in alike if _stands_before(each, shape)]


@cache  # there are as many rules as the program has
def _shape(rule: str) -> str:
    return _VARIABLE.sub("*", rule)


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _literalness(shape: str) -> list[bool]:
    """Order shapes: the one that is literal where they first differ is the greater."""
    return ["*" not in segment for segment in _segments(shape)]


def _stands_before(one: str, other: str) -> bool:
    """Say of two shapes of one length whether every path of some kind fits both, and the first is the more literal."""
    pairs = zip(_segments(one), _segments(other), strict=True)
    alike = all(first == second or "*" in first + second for first, second in pairs)
    return alike and _literalness(one) > _literalness(other)


def _fits(segments: Iterable[str], shape: list[str]) -> bool:
    segments = list(segments)
    return len(segments) == len(shape) and all(
        segment == pattern or "*" in pattern for segment, pattern in zip(segments, shape, strict=True)
    )
