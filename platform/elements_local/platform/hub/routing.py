"""A Flask application that routes calls without a hub in their path as those with one."""

from functools import cached_property

from flask import Request
from werkzeug.routing import MapAdapter

from elements_local.kit.web.service_flask import ServiceFlask
from elements_local.platform.core.callers import parse_authorization
from elements_local.platform.core.paths import ROUTED
from elements_local.platform.errors import InvalidCredentialsError
from elements_local.platform.hub.path import HubPaths


class HubRouting(ServiceFlask):
    """Flask, but for the one decision which paths are the hub's.

    Args:
        base_path: below which hub and platform share their paths.
    """

    def __init__(self, name: str, *, base_path: str) -> None:
        super().__init__(name)
        self._base = base_path

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request; the request itself keeps the path that came."""
        adapter = super().create_url_adapter(request)
        if adapter is not None and request is not None and request.path.startswith(f"{self._base}/"):
            below = self.hub_paths.routed(
                request.path.removeprefix(self._base), with_element=_names_an_element(request)
            )
            # only the route is looked for elsewhere: journal, errors and views see the path that the client sent
            adapter.path_info = request.environ[ROUTED] = self._base + below
        return adapter

    @cached_property
    def hub_paths(self) -> HubPaths:
        """The platform's own paths, once all its routes are known."""
        rules = (rule.rule for rule in self.url_map.iter_rules())
        return HubPaths.beside(rule.removeprefix(self._base) for rule in rules if rule.startswith(self._base))


def _names_an_element(request: Request) -> bool:
    try:
        return parse_authorization(request.environ.get("HTTP_AUTHORIZATION")).element is not None
    # whether a header can be read is said later, by who needs it: without a token the path is the platform's
    except InvalidCredentialsError:
        return False
