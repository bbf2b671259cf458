"""Bulk jobs and their records: written page by page, and read again a few hundred at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from itertools import count, islice
from typing import Any

from msgspec import Struct, structs
from msgspec.json import Decoder
from sqlalchemy import Connection, Row, and_, func, or_, select

from mock_kit.api.json_text import encode_text
from mock_kit.storage.transaction import Transaction
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_kit.values import replace
from mock_platform.bulk.job import BulkJob, BulkKind, BulkStatus
from mock_platform.bulk.tables import bulk_jobs, bulk_rows
from mock_platform.core.counters import next_number
from mock_platform.core.tables import columns_of
from mock_platform.events.store_notifications import NewNotification, Notifications
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import drop_jobs, plan_job

_AT_ONCE = 500
_fields = Decoder(tuple[str, ...])

Keyed = tuple[str, str]
"""What a record is sorted by, and its JSON text."""


class BulkRowKind(Enum):
    """What a row is."""

    SOURCE = "source"
    RESULT = "result"
    ERROR = "error"


class BulkStepOutcome(Struct, frozen=True, kw_only=True):
    """What one step of a job led to.

    Attributes:
        job: as it is after the step.
        results: records to keep.
        errors: JSON texts to keep.
    """

    job: BulkJob
    results: Sequence[Keyed] = ()
    errors: Sequence[str] = ()


class Bulk(DatabaseStore):
    """The bulk jobs of every workspace."""

    def add(self, workspace: str, new: BulkJob, *, first_id: int, sources: Iterable[str] = ()) -> BulkJob:
        """Keep a new job under the next id, and put it on the agenda for the moment in which it was made.

        Args:
            sources: the records that it is to make; what reading them raises leaves no job.
        """
        with self._database.writing() as connection:
            job = replace(new, id=next_number(Transaction(connection, workspace), "bulk", first=first_id))
            connection.execute(bulk_jobs.insert(), {"workspace": workspace, **_row(job)})
            keyed = (("", source) for source in sources)
            _append(connection, workspace, job, BulkRowKind.SOURCE, keyed, after=0)
            plan_job(connection, workspace, JobKind.BULK, str(job.id), job.created)
        return job

    def get(self, workspace: str, bulk_id: int) -> BulkJob | None:
        """Return the job with this id."""
        with self._database.reading() as connection:
            return _get(connection, workspace, bulk_id)

    def of_instance(
        self, workspace: str, instance_id: int, *, bulk_id: int | None, offset: int, limit: int
    ) -> tuple[list[BulkJob], int]:
        """Return a page of an instance's jobs, the latest first, and how many there are."""
        query = select(bulk_jobs).where(
            bulk_jobs.c.workspace == workspace, bulk_jobs.c.instance_id == instance_id
        )
        if bulk_id is not None:
            query = query.where(bulk_jobs.c.id == bulk_id)
        page = query.order_by(bulk_jobs.c.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            total = connection.scalar(query.with_only_columns(func.count())) or 0
            return [_job(row) for row in connection.execute(page)], total

    def keep(
        self,
        workspace: str,
        before: BulkJob,
        outcome: BulkStepOutcome,
        *,
        done: Callable[[BulkJob, int], NewNotification],
        first_id: int,
    ) -> BulkJob | None:
        """Keep what one step of a job led to, and what is owed if it was the last: all or nothing.

        Args:
            done: makes the notification of a job that has come to its end, under an id.
            first_id: of the workspace's notifications.

        Returns:
            The job as it is now kept; None if it was cancelled meanwhile, and nothing has been kept.
        """
        after = outcome.job
        with self._database.writing() as connection:
            # Cancelled while the step ran: what the step has read is dropped, and nobody is told of an end.
            stored = _get(connection, workspace, before.id, to_change=True)
            if stored is None or stored.status.is_final:
                return None
            errors = (("", error) for error in outcome.errors)
            _append(connection, workspace, before, BulkRowKind.RESULT, outcome.results, after=before.records)
            _append(connection, workspace, before, BulkRowKind.ERROR, errors, after=before.failed)
            _save(connection, workspace, after)
            if after.status.is_final:
                drop_jobs(connection, workspace, JobKind.BULK, str(after.id))
                notifications = Notifications(Transaction(connection, workspace))
                notifications.publish(done(after, notifications.take_ids(first=first_id)))
        return after

    def next_notification(self, workspace: str, *, first_id: int) -> int:
        """Return the number of a notification that goes to a job's own receiver alone."""
        with self._database.writing() as connection:
            return next_number(Transaction(connection, workspace), "notification", first=first_id)

    def cancel(self, workspace: str, bulk_id: int, *, at: datetime) -> BulkJob | None:
        """End a job that has not come to its end by itself, and return it; None if there is none."""
        with self._database.writing() as connection:
            stored = _get(connection, workspace, bulk_id, to_change=True)
            if stored is None or stored.status.is_final:
                return stored
            cancelled = replace(stored, status=BulkStatus.CANCELLED, updated=at)
            _save(connection, workspace, cancelled)
            drop_jobs(connection, workspace, JobKind.BULK, str(bulk_id))
        return cancelled

    def source(self, workspace: str, bulk_id: int, number: int) -> str | None:
        """Return one of the records that a job is to make, counted from 1; None behind the last."""
        query = select(bulk_rows.c.body).where(
            *_of(workspace, bulk_id, BulkRowKind.SOURCE), bulk_rows.c.number == number
        )
        with self._database.reading() as connection:
            body: str | None = connection.scalar(query)
        return body

    def errors(self, workspace: str, bulk_id: int, *, offset: int, limit: int) -> list[str]:
        """Return a page of a job's errors, in the order in which they came."""
        query = (
            select(bulk_rows.c.body)
            .where(*_of(workspace, bulk_id, BulkRowKind.ERROR), bulk_rows.c.number > offset)
            .order_by(bulk_rows.c.number)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def results(self, workspace: str, bulk_id: int, *, descending: bool) -> Iterator[str]:
        """Yield a job's records in its order; those that sort alike as they came."""
        last: Row[Any] | None = None
        while True:
            # Each page is read in its own transaction, so that a slow download keeps no lock.
            page = self._results_behind(workspace, bulk_id, last, descending=descending)
            yield from (row.body for row in page)
            if len(page) < _AT_ONCE:
                return
            last = page[-1]

    def _results_behind(
        self, workspace: str, bulk_id: int, last: Row[Any] | None, *, descending: bool
    ) -> list[Row[Any]]:
        key, number = bulk_rows.c.sort_key, bulk_rows.c.number
        query = select(key, number, bulk_rows.c.body).where(*_of(workspace, bulk_id, BulkRowKind.RESULT))
        if last is not None:
            # By key and number instead of an offset, which would read all earlier rows again for each page.
            further = key < last.sort_key if descending else key > last.sort_key
            query = query.where(or_(further, and_(key == last.sort_key, number > last.number)))
        query = query.order_by(key.desc() if descending else key, number).limit(_AT_ONCE)
        with self._database.reading() as connection:
            return list(connection.execute(query))


def _append(  # noqa: PLR0913 - one statement's worth of facts
    connection: Connection,
    workspace: str,
    job: BulkJob,
    part: BulkRowKind,
    keyed: Iterable[Keyed],
    *,
    after: int,
) -> None:
    """Keep rows behind those that are there, a few hundred in memory at a time."""
    key = {"workspace": workspace, "bulk_id": job.id, "part": part.value}
    numbers = count(after + 1)
    rows = ({**key, "number": next(numbers), "sort_key": sort, "body": body} for sort, body in keyed)
    while some := list(islice(rows, _AT_ONCE)):
        connection.execute(bulk_rows.insert(), some)


def _of(workspace: str, bulk_id: int, part: BulkRowKind) -> tuple[Any, ...]:
    return (
        bulk_rows.c.workspace == workspace,
        bulk_rows.c.bulk_id == bulk_id,
        bulk_rows.c.part == part.value,
    )


def _get(connection: Connection, workspace: str, bulk_id: int, *, to_change: bool = False) -> BulkJob | None:
    query = select(bulk_jobs).where(bulk_jobs.c.workspace == workspace, bulk_jobs.c.id == bulk_id)
    row = connection.execute(query.with_for_update() if to_change else query).first()
    return _job(row) if row else None


def _save(connection: Connection, workspace: str, job: BulkJob) -> None:
    connection.execute(
        bulk_jobs.update().where(bulk_jobs.c.workspace == workspace, bulk_jobs.c.id == job.id), _row(job)
    )


def _row(job: BulkJob) -> dict[str, object]:
    return {
        **structs.asdict(job),
        "kind": job.kind.value,
        "status": job.status.value,
        "fields": encode_text(job.fields),
    }


def _job(row: Row[Any]) -> BulkJob:
    return BulkJob(
        **{
            **columns_of(row),
            "kind": BulkKind(row.kind),
            "status": BulkStatus(row.status),
            "fields": _fields.decode(row.fields),
        }
    )
