"""Calls that are repeated by the calendar; one that is disabled is kept, and on no agenda."""

from collections.abc import Callable
from datetime import datetime

from msgspec import structs
from msgspec.json import Decoder
from sqlalchemy import Row, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.transaction import Transaction
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.counters import next_number
from mock_platform.core.tables import columns_of
from mock_platform.hub.scheduled_call import ScheduledCall
from mock_platform.jobs.due_job import Job, JobKind
from mock_platform.jobs.job import JobRun
from mock_platform.jobs.store import drop_jobs, forget_scheduled_calls, move_or_remove, plan_job
from mock_platform.jobs.tables import scheduled_calls, scheduled_turns

_headers = Decoder(dict[str, str])


class ScheduledCalls(DatabaseStore):
    """The scheduled calls of every workspace."""

    def add(self, workspace: str, make: Callable[[int], ScheduledCall], *, due: datetime) -> ScheduledCall:
        """Keep a call under the next number, to be made first when it falls due."""
        with self._database.writing() as connection:
            call = make(next_number(Transaction(connection, workspace), "scheduled call", first=1))
            row = {**structs.asdict(call), "headers": encode_text(dict(call.headers))}
            connection.execute(scheduled_calls.insert(), {"workspace": workspace, **row})
            plan_job(connection, workspace, JobKind.SCHEDULED, str(call.number), due)
        return call

    def all(self, workspace: str) -> list[ScheduledCall]:
        """Return a workspace's calls by ascending number."""
        query = select(scheduled_calls).where(scheduled_calls.c.workspace == workspace)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(scheduled_calls.c.number))
            return [_call(row) for row in rows]

    def get(self, workspace: str, number: int) -> ScheduledCall | None:
        """Return a call by its number."""
        query = select(scheduled_calls).where(
            scheduled_calls.c.workspace == workspace, scheduled_calls.c.number == number
        )
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _call(row) if row else None

    def next_notification(self, workspace: str, *, first_id: int) -> int:
        """Return the number of the notification that an occurrence's result will be."""
        with self._database.writing() as connection:
            return next_number(Transaction(connection, workspace), "notification", first=first_id)

    def again(self, job: Job, due: datetime | None) -> None:
        """Let a call be made again; without a time to come it is forgotten."""
        with self._database.writing() as connection:
            # only if the job was still there: one that was rescheduled meanwhile has a time to come, and stays
            if move_or_remove(connection, job, due) and due is None:
                forget_scheduled_calls(connection, job.workspace, "number", int(job.subject))

    def ran(self, workspace: str, run: JobRun) -> None:
        """Keep that a call was made."""
        with self._database.writing() as connection:
            connection.execute(scheduled_turns.insert(), {"workspace": workspace, **structs.asdict(run)})

    def reschedule(self, workspace: str, number: int, cron: str, *, due: datetime) -> None:
        """Let a call that is on the agenda be made by another expression."""
        with self._database.writing() as connection:
            connection.execute(
                scheduled_calls.update()
                .where(scheduled_calls.c.workspace == workspace, scheduled_calls.c.number == number)
                .values(cron=cron)
            )
            drop_jobs(connection, workspace, JobKind.SCHEDULED, str(number))
            plan_job(connection, workspace, JobKind.SCHEDULED, str(number), due)

    def delete(self, workspace: str, number: int) -> None:
        """Make a call never again."""
        with self._database.writing() as connection:
            forget_scheduled_calls(connection, workspace, "number", number)


def _call(row: Row[tuple[object, ...]]) -> ScheduledCall:
    return ScheduledCall(**{**columns_of(row), "headers": _headers.decode(row.headers)})
