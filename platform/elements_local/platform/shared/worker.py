"""A worker of the queue: takes what is due, runs it, and takes over what others that have died were doing."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from threading import Event
from time import monotonic
from typing import Any, TypeVar

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from elements_local.kit.storage.database import Database
from elements_local.kit.storage.database_errors import is_away
from elements_local.kit.storage.postgresql import DatabaseLock, DatabaseLocks, connect_timeout_s
from elements_local.platform.core.settings import WorkerChoices
from elements_local.platform.shared.due_lanes import DueLanes, Left
from elements_local.platform.shared.job_queue import QUEUE, JobLane, is_doing, plan_lane, plan_missing

_TELLING_LESS = ("procrastinate", "psycopg.pool")
"""Whose log says at length, and again and again, what a worker says in a sentence."""

_AGAIN_S = 1.0
"""How long a database that is away is left alone, and a lane that somebody else is in the way of."""

_AFTER_A_DEFECT_S = 60.0
_BETWEEN_LOOKS_S = 0.5
_TAKING_OVER = "taking over"

_log = logging.getLogger(__name__)

T = TypeVar("T")


class QueueWorker:
    """Runs what is due, some of it at the same time, until it is stopped; a database that is away is waited for.

    Args:
        stopped: set before ``stop`` is called.
    """

    def __init__(
        self,
        database: Database,
        locks: DatabaseLocks,
        lanes: DueLanes,
        choices: WorkerChoices,
        *,
        stopped: Event,
    ) -> None:
        self._database = database
        self._locks = locks
        self._lanes = lanes
        self._at_once = choices.at_once
        self._silence_s = choices.silence.total_seconds()
        self._stopped = stopped
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker | None = None
        self._former: int | None = None
        self._at_work: set[int] = set()
        self._missed: dict[int, float] = {}

    def work(self) -> None:
        """Take what is due, until ``stop``; what is being done by then is done to its end."""
        for name in _TELLING_LESS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        while not self._stopped.is_set():
            try:
                asyncio.run(self._work())
            except Exception as error:  # noqa: BLE001 - logged, and tried again
                self._stopped.wait(_told(error, "the queue could not be worked through"))

    def stop(self) -> None:
        """Take nothing more; from any thread."""
        loop, worker = self._loop, self._worker
        if loop is not None and worker is not None and not loop.is_closed():
            loop.call_soon_threadsafe(worker.stop)

    async def _work(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_passing_over_outages)
        # a thread for each job, and some for what is looked after beside them
        self._loop.set_default_executor(ThreadPoolExecutor(self._at_once + 4))
        app = self._app()
        async with app.open_async():
            if self._former is not None:  # all that it did has ended, though it could not say so
                await app.job_manager.unregister_worker(self._former)
            self._former = None
            await asyncio.to_thread(self._plan_missing)
            worker = self._worker = Worker(
                app,
                [QUEUE],
                concurrency=self._at_once,
                fetch_job_polling_interval=1,
                delete_jobs="always",
                install_signal_handlers=False,
                # whether one is dead is seen by its lock
                stalled_worker_timeout=86_400,
            )
            running = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
            while worker.worker_id is None and not running.done():  # noqa: ASYNC110 - it has no event to wait for
                await asyncio.sleep(0.01)
            looking = asyncio.create_task(self._keep_looking(app.job_manager, worker))
            if self._stopped.is_set():
                worker.stop()  # type: ignore[no-untyped-call]
            try:
                await running
            finally:
                self._former = worker.worker_id
                looking.cancel()

    def _plan_missing(self) -> None:
        with self._database.writing() as connection:
            plan_missing(connection)

    def _plan(self, lane: JobLane, after_s: float) -> None:
        with self._database.writing() as connection:
            plan_lane(connection, lane, after_s=after_s)

    async def _keep_looking(self, jobs: JobManager, worker: Worker) -> None:
        """Have the lock by which others see that this worker lives, and look again and again for some that are dead."""
        living: DatabaseLock | None = None
        try:
            while True:
                try:
                    living = await asyncio.to_thread(self._renewed, living, worker.worker_id)
                    await asyncio.to_thread(self._take_over, jobs, worker.worker_id)
                except Exception as error:  # noqa: BLE001 - who stopped looking would lose its lock, and count as dead
                    _told(error, "dead workers could not be looked for")
                await asyncio.sleep(_BETWEEN_LOOKS_S)
        finally:
            if living is not None:
                living.release()

    def _renewed(self, living: DatabaseLock | None, worker_id: int | None) -> DatabaseLock | None:
        """Return the lock of a worker, anew if the database has lost it."""
        if living is not None and living.is_held():
            return living
        if living is not None:
            living.release()
        return None if worker_id is None else self._locks.acquire(_living(worker_id), timeout_s=_AGAIN_S)

    def _app(self) -> App:
        url = self._database.engine.url.set(drivername="postgresql")
        conninfo = url.render_as_string(hide_password=False)
        # a database that is away is waited for in `work`, and not by the pool
        wait_s = connect_timeout_s(url)
        app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=1, timeout=wait_s))

        @app.task(name="fall_due", queue=QUEUE, pass_context=True)
        async def fall_due(context: JobContext, /, **arguments: str) -> None:
            lane = JobLane.of(arguments)
            async with self._working_at(context, lane):
                turn = await asyncio.to_thread(self._lanes.turn_of, lane)
                if turn is None:
                    return
                # one that waits is enough: it looks for what is due when it begins
                waiting = " ".join(("run", turn.lock, *arguments.values()))
                with suppress(AlreadyEnqueued):
                    await run.configure(lock=turn.lock, queueing_lock=waiting, priority=1).defer_async(
                        **arguments, receiver=turn.receiver
                    )

        @app.task(name="run", queue=QUEUE, pass_context=True)
        async def run(context: JobContext, /, receiver: str, **arguments: str) -> None:
            lane = JobLane.of(arguments)
            async with self._working_at(context, lane):
                left = await asyncio.to_thread(
                    self._lanes.run, lane, receiver, partial(self._goes_on, context.job)
                )
                if left is not Left.NOTHING:
                    await self._plan_again(lane, 0 if left is Left.MORE else _AGAIN_S)

        return app

    @asynccontextmanager
    async def _working_at(self, context: JobContext, lane: JobLane) -> AsyncIterator[None]:
        """Be at a job; if it fails, its lane is planned again, as the queue forgets the job even if it failed."""
        number = context.job.id or 0
        self._at_work.add(number)
        try:
            yield
        except Exception as error:  # noqa: BLE001 - logged, and tried again
            what = "what fell due in real time could not be run"
            await self._plan_again(lane, _told(error, what, workspace=lane.workspace))
        finally:
            self._at_work.discard(number)

    def _goes_on(self, job: Job) -> bool:
        """Say whether this worker has neither been stopped, nor taken for dead, so that others do its job."""
        return not self._stopped.is_set() and is_doing(self._database, job)

    def _asked(self, question: Coroutine[Any, Any, T]) -> T:
        """Return what Procrastinate answers in the loop, to another thread."""
        assert self._loop is not None  # noqa: S101 - threads are its own
        return asyncio.run_coroutine_threadsafe(question, self._loop).result()

    async def _plan_again(self, lane: JobLane, after_s: float) -> None:
        while True:
            try:
                await asyncio.to_thread(self._plan, lane, after_s)
            except Exception as error:
                if self._stopped.is_set():
                    raise
                await asyncio.sleep(_told(error, "what fell due could not be planned again"))
            else:
                return

    def _take_over(self, jobs: JobManager, own_id: int | None) -> None:
        """Plan anew what dead workers were doing, and what this one has done and could not say so."""
        alone = self._locks.acquire(_TAKING_OVER, timeout_s=0)
        if alone is None:
            return
        try:
            doing = {
                job.id or 0: job for job in self._asked(jobs.list_jobs_async(queue=QUEUE, status="doing"))
            }
            workers = {job.worker_id for job in doing.values()} - {own_id}
            gone = {number for number in workers if self._is_gone(number)}
            forsaken = [
                number
                for number, job in doing.items()
                if job.worker_id in gone or (job.worker_id == own_id and number not in self._at_work)
            ]
            now = monotonic()
            self._missed = {number: self._missed.get(number, now) for number in forsaken}
            for number in forsaken:
                if now - self._missed[number] >= self._silence_s:
                    # planned before it is ended: who dies in between leaves it to be done twice, and not never
                    self._plan(JobLane.of(doing[number].task_kwargs), 0)
                    self._asked(jobs.finish_job(doing[number], Status.FAILED, delete_job=True))
        finally:
            alone.release()

    def _is_gone(self, worker_id: int | None) -> bool:
        """Say whether nobody has the lock of a worker; who has ended well has no id any more."""
        held = self._locks.acquire(_living(worker_id), timeout_s=0)
        if held is not None:
            held.release()
        return held is not None


def _passing_over_outages(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of jobs that could not be ended as the database is away: they are taken over."""
    error = context.get("exception")
    if error is None or not _is_away(error):
        loop.default_exception_handler(context)


def _is_away(error: Exception) -> bool:
    """Say whether something failed as the database is away, of which the database itself tells."""
    cause = error.__cause__ if isinstance(error, ConnectorException) else error
    return isinstance(cause, Exception) and is_away(cause)


def _told(error: Exception, what: str, **known: str) -> float:
    """Tell of a defect with its trace, and return after how many seconds what failed is to be tried again."""
    if _is_away(error):
        return _AGAIN_S
    _log.error(what, exc_info=error, extra={"event": "real_time_failed", **known})
    return _AFTER_A_DEFECT_S


def _living(worker_id: int | None) -> str:
    return f"worker {worker_id}"
