"""Deliveries that are due on a real clock: one lane for each receiver, as many at a time as there are lanes."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime

from mock_kit.workspaces.registry import Workspace
from mock_platform.callbacks.lanes import LaneKey, Lanes
from mock_platform.callbacks.task import DeliveryTask
from mock_platform.core.run_control import RunSummary
from mock_platform.errors import ConflictError
from mock_platform.jobs.due_job import Job
from mock_platform.jobs.store import Jobs

_LOOKED_AT = 500
"""Callbacks, of one receiver at the most, that are sent before it is looked again what is due."""


class DeliveryLanes:
    """Sends what is due to each receiver in a lane of its own.

    Args:
        limit: receivers that are called at the same time.
        freed: called when a lane is free again.
    """

    def __init__(
        self, agenda: Jobs, deliveries: DeliveryTask, *, limit: int, freed: Callable[[], None]
    ) -> None:
        self._agenda = agenda
        self._deliveries = deliveries
        self._lanes = Lanes(limit=limit, freed=freed)
        self._stopped = False

    def deliver(self, workspace: Workspace, until: datetime) -> list[Future[RunSummary]]:
        """Let the deliveries that are due run in lanes, as far as these are free."""
        under_way: list[Future[RunSummary]] = []
        # whoever is being called is left out: the lane looks for more by itself, and nobody gets two callbacks at
        # once
        called = self._lanes.busy(workspace.name)
        # again and again, as each look returns only so many; receivers with a lane are left out of the next
        while turns := self._turns(workspace, until, called):
            started = [self._start(workspace, url, jobs) for url, jobs in turns.items()]
            under_way += [future for future in started if future]
            called |= turns.keys()
            if not all(started):  # no lane is free any more
                break
        return under_way

    def wait_for(self, workspace: Workspace, *, patience_s: float) -> None:
        """Wait until no receiver of a workspace is being called.

        Raises:
            ConflictError: one still is.
        """
        if not self._lanes.wait_until_idle(workspace.name, timeout_s=patience_s):
            raise ConflictError(
                "callbacks that were due on the real clock are still under way; ask again soon"
            )

    def stop(self) -> None:
        """Begin no further attempt; what is left stays due."""
        self._stopped = True

    def wait_until_idle(self, *, timeout_s: float) -> bool:
        """Wait until no receiver is being called; says whether that has come about."""
        return self._lanes.wait_until_idle(timeout_s=timeout_s)

    def _turns(self, workspace: Workspace, until: datetime, but: set[str]) -> dict[str, list[Job]]:
        """Return what is due to receivers by their URL, some of them left out."""
        turns: dict[str, list[Job]] = {}
        for url, job in self._agenda.deliveries_due(workspace.name, until=until, but=but, limit=_LOOKED_AT):
            turns.setdefault(url, []).append(job)
        return turns

    def _start(self, workspace: Workspace, url: str, jobs: list[Job]) -> Future[RunSummary] | None:
        def work() -> RunSummary:
            # `stopped` is asked when the lane runs and not now, so that a stop reaches what is waiting for its turn
            return self._deliveries.run_all(workspace, url, jobs, stopped=lambda: self._stopped)

        return self._lanes.start(LaneKey(workspace.name, url), work)
