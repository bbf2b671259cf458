"""Chooses who runs what falls due by real clocks: threads of the one process, or workers, by the database."""

from typing import TYPE_CHECKING, Any

from elements_local.kit.storage.database import Database
from elements_local.platform.core.settings import WorkerChoices
from elements_local.platform.jobs.task import RunLocks
from elements_local.platform.real_time import RealTime

if TYPE_CHECKING:
    from elements_local.platform.shared.real_time import SharedRealTime


def real_time_on(
    database: Database,
    *,
    run_locks: RunLocks,
    limit: int,
    workers: WorkerChoices,
    **same: Any,
) -> "RealTime | SharedRealTime":
    """Return what runs jobs as they fall due.

    Args:
        limit: as ``RealTime`` takes it.
        workers: as ``SharedRealTime`` takes it.
        same: what both take.
    """
    if database.locks is None:
        return RealTime(database=database, locks=run_locks, limit=limit, **same)
    from elements_local.platform.shared.due_lanes import DueLanes  # noqa: PLC0415 - not needed by one process
    from elements_local.platform.shared.real_time import SharedRealTime  # noqa: PLC0415 - as above

    lanes = DueLanes(database=database, locks=database.locks, **same)
    return SharedRealTime(database, database.locks, lanes, run_locks=run_locks, workers=workers)
