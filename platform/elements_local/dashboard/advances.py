"""Moving time from a page: a short advance is waited for, a long one goes on while pages show how far it is."""

from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotDoneError
from contextlib import suppress
from threading import Lock, Thread, current_thread
from typing import Any

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import ClockClient
from elements_local.kit.instants import parse_instant

PATIENCE_S = 2.0
"""How long an advance is waited for before the page is shown while it goes on."""

_FAREWELL_S = 5.0
_WHY = {
    "asked": " It was stopped there.",
    "shutdown": " It was stopped there.",
    "idle": " Nothing more is due so soon.",
    "limit": " What it went on to has not come within the limit.",
}
"""Why an advance ended, where what it was asked for does not say it."""


class Advances:
    """The advances that were begun from pages, each in a thread of its own."""

    def __init__(self) -> None:
        self._running: dict[Thread, ClockClient] = {}
        # pages begin advances in several threads of the server
        self._changing = Lock()
        self._untold: dict[str, Future[dict[str, Any]]] = {}

    def begin(self, workspace: str, clock: ClockClient, how_far: Mapping[str, Any]) -> tuple[str, bool]:
        """Move a workspace's time; return what came of it, or that it is under way, and whether it ended short of what was asked for.

        Args:
            how_far: what ``ClockClient.advance`` takes, such as a ``duration``, or the instant ``to``.

        Raises:
            HarnessError: it is refused.
        """
        done: Future[dict[str, Any]] = Future()
        thread = Thread(target=self._run, args=(clock, how_far, done), name="advance", daemon=True)
        with self._changing:
            self._running[thread] = clock
        thread.start()
        try:
            ran = done.result(timeout=PATIENCE_S)
        except NotDoneError:
            self._untold[workspace] = done
            return "Time is being moved; this page shows how far it is, and can stop it.", False
        return summary(ran), ran.get("stopped") == "limit"

    def ended(self, workspace: str) -> tuple[str, bool] | None:
        """Return once what came of an advance of a workspace that was not waited for to its end, as ``begin`` does."""
        done = self._untold.get(workspace)
        if (
            done is None
            or not done.done()
            or self._untold.pop(workspace, None) is not done
            or done.exception()
        ):
            return None
        ran = done.result()
        return summary(ran), ran.get("stopped") == "limit"

    def close(self) -> None:
        """End those that are under way, each at the border of a job, as the stack is about to go."""
        with self._changing:
            running = dict(self._running)
        for thread, clock in running.items():
            with suppress(HarnessError):
                clock.stop()
            thread.join(timeout=_FAREWELL_S)

    def _run(self, clock: ClockClient, how_far: Mapping[str, Any], done: "Future[dict[str, Any]]") -> None:
        try:
            done.set_result(clock.advance(**how_far))
        except HarnessError as error:  # who no longer waits sees on the timeline how far it came
            done.set_exception(error)
        finally:
            with self._changing:
                del self._running[current_thread()]


def summary(ran: Mapping[str, Any]) -> str:
    """Say what an advance did.

    >>> summary({"now": "2026-03-02T10:15:00Z", "polls": 4, "events": 1, "attempts": 1})
    'Time is 2026-03-02T10:15:00Z: 4 polls, 1 event, 1 callback.'
    """
    counts = (
        (ran.get("polls", 0), "poll"),
        (ran.get("events", 0), "event"),
        (ran.get("attempts", 0), "callback"),
    )
    did = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counts if number)
    return f"Time is {ran['now']}: {did or 'nothing fell due'}.{_WHY.get(ran.get('stopped', ''), '')}"


def progress(run: Mapping[str, Any], now: str) -> int:
    """Return in thousandths how far an advance is."""
    start, end, at = (parse_instant(text) for text in (run["from"], run["to"], now))
    return round(1000 * ((at - start) / (end - start))) if end > start else 1000
