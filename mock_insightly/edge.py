"""What stands around the API's routes: plain paths go in, the headers of every answer come out.

This is no hook of Flask's because there a header costs ten times as much, and a poller makes thousands of calls.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mock_insightly.parts import Parts
from mock_insightly.paths import is_api_path, plain_path
from mock_kit.workspaces import Workspace

if TYPE_CHECKING:
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    Headers = list[tuple[str, str]]
    ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None

CALLER = "mock_insightly.caller"
"""Where in a call's environment its workspace stands; None if its API key is nobody's."""

JSON = "application/json; charset=utf-8"
_UNCACHED = [("Cache-Control", "no-cache"), ("Pragma", "no-cache"), ("Expires", "-1")]


class Edge:
    """The API as the outside sees it; other paths pass through."""

    def __init__(self, application: "WSGIApplication", parts: Parts) -> None:
        self._application = application
        self._parts = parts

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a call."""
        path = plain_path(environ.get("PATH_INFO", ""))
        if not is_api_path(path):
            return self._application(environ, start_response)
        workspace = self._parts.with_key_in(environ.get("HTTP_AUTHORIZATION", ""))

        def start(status: str, headers: "Headers", exc_info: "ExcInfo" = None) -> object:
            return start_response(status, self._dressed(headers, workspace), exc_info)

        # a copy: whoever stands before us may still want to know what came
        environ = {**environ, "PATH_INFO": path, CALLER: workspace}
        return self._application(environ, start)  # type: ignore[arg-type]  # what `start` returns is passed on as it is

    def _dressed(self, headers: "Headers", workspace: Workspace | None) -> "Headers":
        """Return an answer's headers with those that the vendor's answers carry.

        Source: the three against caches, and no Content-Type without a body, on v2.1 (recorded, observed), taken for
            later versions (assumed); the daily figures on every answer of v3.1 (observed second-hand).
        """
        empty = ("Content-Length", "0") in headers
        dressed = [(name, value) for name, value in headers if name != "Content-Type"]
        if not empty:
            types = (value for name, value in headers if name == "Content-Type")
            kind = next(types, JSON)
            dressed.append(("Content-Type", JSON if kind.startswith("application/json") else kind))
        dressed += _UNCACHED
        if workspace is not None:
            allowance = self._parts.allowance
            left = allowance.take(workspace.name, workspace.clock.now().date())
            dressed.append(("X-RateLimit-Limit", str(allowance.limit)))
            dressed.append(("X-RateLimit-Remaining", str(left)))
        elif self._parts.settings.www_authenticate:
            dressed.append(("WWW-Authenticate", 'Basic realm="Insightly"'))
        return dressed
