"""Bulk jobs and their records: written page by page, and read again a few hundred at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import count, islice
from typing import Any

from msgspec import Struct, convert, structs
from msgspec.json import Decoder
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.database import Database, Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.values import replace
from elements_local.platform.bulk.job import BulkJob, BulkStatus
from elements_local.platform.core.identities import next_number
from elements_local.platform.core.tables import OutsideText, platform_table
from elements_local.platform.events.store_notifications import NewNotification, Notifications
from elements_local.platform.jobs.store import JobKind, Jobs

bulk_jobs = platform_table(
    "platform_bulk_jobs",
    Column("id", BigInteger, primary_key=True),
    Column("instance_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("object_name", OutsideText, nullable=False),
    Column("created", Instant, nullable=False),
    Column("updated", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("where", OutsideText, nullable=False),
    Column("order_field", OutsideText, nullable=False),
    Column("descending", Boolean, nullable=False),
    Column("records", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("fields", Text, nullable=False),
    Column("payload", Text),
    Column("next_page", OutsideText, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("callback_url", OutsideText),
    Index("platform_bulk_jobs_of_instance", "workspace", "instance_id", "id"),
)

bulk_rows = platform_table(
    "platform_bulk_rows",
    Column("bulk_id", BigInteger, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sort_key", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index("platform_bulk_rows_sorted", "workspace", "bulk_id", "part", "sort_key", "number"),
)


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


_get = select(bulk_jobs).where(bulk_jobs.c.id == bindparam("of_id"))
_to_read = WorkspaceStatement(_get)
_to_change = WorkspaceStatement(_get.with_for_update())
_add = WorkspaceStatement(bulk_jobs.insert())
_save = WorkspaceStatement(bulk_jobs.update().where(bulk_jobs.c.id == bindparam("of_id")))
_add_row = WorkspaceStatement(bulk_rows.insert())
_of_job = (bulk_rows.c.bulk_id == bindparam("of_id"), bulk_rows.c.part == bindparam("of_part"))
_source = WorkspaceStatement(
    select(bulk_rows.c.body).where(*_of_job, bulk_rows.c.number == bindparam("of_number"))
)
_errors = WorkspaceStatement(
    select(bulk_rows.c.body)
    .where(*_of_job, bulk_rows.c.number > bindparam("skip"))
    .order_by(bulk_rows.c.number)
    .limit(bindparam("most"))
)


class Bulk:
    """The bulk jobs of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, new: BulkJob, *, first_id: int, sources: Iterable[str] = ()) -> BulkJob:
        """Keep a new job under the next id, and put it on the agenda for the moment in which it was made.

        Args:
            sources: the records that it is to make; what reading them raises leaves no job.
        """
        job = replace(new, id=next_number(self._tx, "bulk", first=first_id))
        self._tx.run(_add, **_row(job))
        self._append(job, BulkRowKind.SOURCE, (("", source) for source in sources), after=0)
        Jobs(self._tx).plan(JobKind.BULK, str(job.id), job.created)
        return job

    def get(self, bulk_id: int) -> BulkJob | None:
        """Return the job with this id."""
        row = self._tx.first(_to_read, of_id=bulk_id)
        return None if row is None else _job(row)

    def of_instance(
        self, instance_id: int, *, bulk_id: int | None, offset: int, limit: int
    ) -> tuple[list[BulkJob], int]:
        """Return a page of an instance's jobs, the latest first, and how many there are."""
        given = {"of_instance": instance_id, **({} if bulk_id is None else {"of_id": bulk_id})}
        total: int = self._tx.scalar(_number(of_one=bulk_id is not None), **given)
        page = self._tx.all(_page(of_one=bulk_id is not None), **given, skip=offset, most=limit)
        return [_job(row) for row in page], total

    def keep(
        self,
        before: BulkJob,
        outcome: BulkStepOutcome,
        *,
        done: Callable[[BulkJob, int], NewNotification],
        first_id: int,
    ) -> BulkJob | None:
        """Keep what one step of a job led to, and what is to be sent if it was the last.

        Args:
            done: makes the notification of a job that has come to its end, under an id.
            first_id: of the workspace's notifications.

        Returns:
            The job as it is now kept; None if it was cancelled meanwhile, and nothing has been kept.
        """
        after = outcome.job
        # Cancelled while the step ran: what the step has read is dropped, and no end is reported.
        kept = self._to_change(before.id)
        if kept is None or kept.status.is_final:
            return None
        self._append(before, BulkRowKind.RESULT, outcome.results, after=before.records)
        self._append(
            before, BulkRowKind.ERROR, (("", error) for error in outcome.errors), after=before.failed
        )
        self._save(after)
        if after.status.is_final:
            Jobs(self._tx).drop(JobKind.BULK, str(after.id))
            notifications = Notifications(self._tx)
            number = notifications.take_ids(1 + bool(after.callback_url), first=first_id)
            if after.callback_url:
                # a job of its own, under an id of its own: killed before it has run, the stack still has to make the call
                Jobs(self._tx).plan(JobKind.BULK, f"{after.id}/{number + 1}", after.updated)
            notifications.publish(done(after, number))
        return after

    def cancel(self, bulk_id: int, *, at: datetime) -> BulkJob | None:
        """End a job that has not come to its end by itself, and return it; None if there is none."""
        kept = self._to_change(bulk_id)
        if kept is None or kept.status.is_final:
            return kept
        cancelled = replace(kept, status=BulkStatus.CANCELLED, updated=at)
        self._save(cancelled)
        Jobs(self._tx).drop(JobKind.BULK, str(bulk_id))
        return cancelled

    def source(self, bulk_id: int, number: int) -> str | None:
        """Return one of the records that a job is to make, counted from 1; None behind the last."""
        body: str | None = self._tx.scalar(
            _source, of_id=bulk_id, of_part=BulkRowKind.SOURCE.value, of_number=number
        )
        return body

    def errors(self, bulk_id: int, *, offset: int, limit: int) -> list[str]:
        """Return a page of a job's errors, in the order in which they came."""
        rows = self._tx.all(_errors, of_id=bulk_id, of_part=BulkRowKind.ERROR.value, skip=offset, most=limit)
        return [row.body for row in rows]

    def results_behind(self, bulk_id: int, last: Row | None, *, descending: bool) -> list[Row]:
        """Return the next few hundred of a job's records in its order; those that sort alike as they came.

        Args:
            last: the last of those before; None for the first.
        """
        behind = {} if last is None else {"last_key": last.sort_key, "last_number": last.number}
        query = _results(first=last is None, descending=descending)
        return self._tx.all(query, of_id=bulk_id, of_part=BulkRowKind.RESULT.value, **behind)

    def _to_change(self, bulk_id: int) -> BulkJob | None:
        """Return a job that nobody else changes before the transaction ends."""
        row = self._tx.first(_to_change, of_id=bulk_id)
        return None if row is None else _job(row)

    def _save(self, job: BulkJob) -> None:
        self._tx.run(_save, of_id=job.id, **_row(job))

    def _append(self, job: BulkJob, part: BulkRowKind, keyed: Iterable[Keyed], *, after: int) -> None:
        """Keep rows behind those that are there, a few hundred in memory at a time."""
        key = {"bulk_id": job.id, "part": part.value}
        numbers = count(after + 1)
        rows = ({**key, "number": next(numbers), "sort_key": sort, "body": body} for sort, body in keyed)
        while some := list(islice(rows, _AT_ONCE)):
            self._tx.run_each(_add_row, some)


def results(database: Database, workspace: str, job: BulkJob) -> Iterator[str]:
    """Yield a job's records in its order."""
    last: Row | None = None
    while True:
        # Each page is read in its own transaction, so that a slow download keeps no lock.
        with database.read(workspace) as tx:
            page = Bulk(tx).results_behind(job.id, last, descending=job.descending)
        yield from (row.body for row in page)
        if len(page) < _AT_ONCE:
            return
        last = page[-1]


def _of_instance(*, of_one: bool) -> "Select[Any]":
    query = select(bulk_jobs).where(bulk_jobs.c.instance_id == bindparam("of_instance"))
    return query.where(bulk_jobs.c.id == bindparam("of_id")) if of_one else query


@cache
def _number(*, of_one: bool) -> WorkspaceStatement:
    return WorkspaceStatement(_of_instance(of_one=of_one).with_only_columns(func.count()))


@cache
def _page(*, of_one: bool) -> WorkspaceStatement:
    latest_first = _of_instance(of_one=of_one).order_by(bulk_jobs.c.id.desc())
    return WorkspaceStatement(latest_first.offset(bindparam("skip")).limit(bindparam("most")))


@cache
def _results(*, first: bool, descending: bool) -> WorkspaceStatement:
    key, number = bulk_rows.c.sort_key, bulk_rows.c.number
    query = select(key, number, bulk_rows.c.body).where(*_of_job)
    if not first:
        # By key and number instead of an offset, which would read all earlier rows again for each page.
        last_key = bindparam("last_key", type_=key.type)
        further = key < last_key if descending else key > last_key
        query = query.where(or_(further, and_(key == last_key, number > bindparam("last_number"))))
    return WorkspaceStatement(query.order_by(key.desc() if descending else key, number).limit(_AT_ONCE))


def _row(job: BulkJob) -> dict[str, object]:
    return {
        **structs.asdict(job),
        "kind": job.kind.value,
        "status": job.status.value,
        "fields": encode_text(job.fields),
    }


def _job(row: Row) -> BulkJob:
    return convert(row._asdict() | {"fields": _fields.decode(row.fields)}, BulkJob)
