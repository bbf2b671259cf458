"""Flask for the services: routes that are quickly made and found."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.sansio.utils import get_host

_host = lru_cache(maxsize=64)(get_host)  # a stack is called by few names


class _FoundRule(Rule):
    """A route that is found often and hardly ever built.

    werkzeug writes and compiles two functions for each that build its URL; here they are written when one is called.
    Were the method called otherwise, all would work as ever. ``poe bench --part start`` pays for it: without, a stack
    takes 3.4 times as much processor time to start as a bare Flask, and with it 3.1.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return Rule._compile_builder(rule, append_unknown)(rule, **values)  # noqa: SLF001 - as above

        return build


class _RouteFinder(MapAdapter):
    """Finds a request's route, at once if one of the same path and method came lately.

    Without it a CRM list takes an eighth more processor time, a hub list and a list of instances nearly a tenth: called in
    process, with and without by turns.
    """

    def __init__(self, app: "ServiceFlask", request: Request) -> None:
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


class ServiceFlask(Flask):
    """Flask without static files."""

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
