"""The dashboard as a WSGI application that is made when the first page is asked for, so that no start pays for it."""

from collections.abc import Callable, Iterable
from threading import Event, Lock
from typing import TYPE_CHECKING

from elements_local.dashboard.advances import Advances

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from elements_local.stack.stack import Stack

ScenarioSoFar = Callable[["Stack", str], str]
"""Returns what was done in a workspace as the text of a scenario; raises HarnessError if that cannot be written down."""


class DashboardPages:
    """All pages of a stack.

    Args:
        stack: what is shown; asked for nothing before the first page is.
        scenario: writes what was done in one of its workspaces as a scenario.
    """

    def __init__(self, stack: "Stack", *, scenario: ScenarioSoFar) -> None:
        self._stack = stack
        self._scenario = scenario
        self._closing = Event()
        self._advances = Advances()
        self._making = Lock()
        self._application: WSGIApplication | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request for a page."""
        return self._made()(environ, start_response)

    def close(self) -> None:
        """End all streams, and what was begun from pages."""
        self._closing.set()
        self._advances.close()

    def _made(self) -> "WSGIApplication":
        with self._making:
            if self._application is None:
                from elements_local.dashboard import app, context  # noqa: PLC0415 - as said above
                from elements_local.dashboard.access import PageAccess  # noqa: PLC0415 - as above

                self._application = app.create_dashboard(
                    context.DashboardDependencies(
                        stack=self._stack,
                        scenario=self._scenario,
                        closing=self._closing,
                        advances=self._advances,
                        access=PageAccess(token=self._stack.token),
                    )
                )
            return self._application
