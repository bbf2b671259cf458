"""What falls due by real clocks where several processes share a database: it waits in a queue for any of their workers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event
from time import monotonic

from elements_local.kit.admin.metrics import Measure
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.postgresql import DatabaseLocks
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.core.settings import WorkerChoices
from elements_local.platform.errors import ConflictError
from elements_local.platform.jobs.task import RunLocks
from elements_local.platform.shared.due_lanes import DueLanes, sending_lock
from elements_local.platform.shared.job_queue import figures, prepare
from elements_local.platform.shared.worker import QueueWorker

_BETWEEN_LOOKS_S = 0.02


class SharedRealTime:
    """As ``RealTime``; what it runs is what this process gets from the queue.

    Args:
        locks: those of the database.
        lanes: what is done as it falls due.
        workers: how this process works, while it is a worker.
    """

    def __init__(
        self,
        database: Database,
        locks: DatabaseLocks,
        lanes: DueLanes,
        *,
        run_locks: RunLocks,
        workers: WorkerChoices,
    ) -> None:
        prepare(database)
        self._database = database
        self._locks = locks
        self._lanes = lanes
        self._run_locks = run_locks
        self._stopped = Event()
        self._worker = QueueWorker(database, locks, lanes, workers, stopped=self._stopped)

    def wake(self) -> None:
        """Do nothing: the queue notifies the workers, whichever process has changed an agenda."""

    def deliver(self, workspace: Workspace, until: datetime) -> Callable[[], RunSummary]:
        """Leave what is due to the workers, in whose queue it has been since it was planned.

        Returns:
            What waits for that, with patience; what was sent is the workers' to count.
        """

        def sent() -> RunSummary:
            end = monotonic() + self._lanes.patience_s
            while self._lanes.has_due(workspace, until) and monotonic() < end:
                self._stopped.wait(_BETWEEN_LOOKS_S)
            return RunSummary()

        return sent

    def wait_for_receivers(self, workspace: Workspace, *, patience_s: float) -> None:
        """Wait until no receiver of a workspace is being called by any process.

        Raises:
            ConflictError: one still is.
        """
        held = self._locks.acquire(sending_lock(workspace.name), timeout_s=patience_s)
        if held is None:
            raise ConflictError(
                "callbacks that were due on the real clock are still under way; ask again soon"
            )
        held.release()

    def leave(self, workspace: Workspace) -> None:
        """Give back the run lock of a workspace."""
        self._run_locks.release(workspace.name)

    def measures(self) -> Mapping[str, Measure]:
        """Return how much waits in the queue."""
        waiting = figures(self._database)
        return {
            "queue_due": Measure("Jobs of real clocks that a free worker would begin.", waiting.due),
            "queue_planned": Measure("Those, and what is planned for later.", waiting.planned),
            "queue_lag_seconds": Measure("For how long the first of them has been due.", waiting.lag_s),
        }

    def stop(self) -> None:
        """Let ``follow`` return when what it runs has ended; what is due stays in the queue."""
        self._stopped.set()
        self._worker.stop()

    def follow(self) -> None:
        """Be a worker, until ``stop``."""
        self._worker.work()
