"""The dashboard as a WSGI application that is made when the first page is asked for, so that no start pays for it."""

from collections.abc import Iterable
from threading import Event, Lock
from typing import TYPE_CHECKING

from elements_local.dashboard.advances import Advances

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from elements_local.dashboard.context import ScenarioSoFar, SettingsInEffect
    from elements_local.stack.stack import Stack


class DashboardPages:
    """All pages of a stack.

    Args:
        stack: what is shown; asked for nothing before the first page is.
        scenario: writes what was done in one of its workspaces as a scenario.
        settings: lists those that the stack goes by.
    """

    def __init__(
        self, stack: "Stack", *, scenario: "ScenarioSoFar", settings: "SettingsInEffect" = list
    ) -> None:
        self._stack = stack
        self._scenario = scenario
        self._settings = settings
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
                from elements_local.dashboard.app import create_dashboard  # noqa: PLC0415 - as said above

                self._application = create_dashboard(
                    self._stack,
                    scenario=self._scenario,
                    settings=self._settings,
                    closing=self._closing,
                    advances=self._advances,
                )
            return self._application
