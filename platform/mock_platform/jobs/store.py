"""What falls due, and when."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    bindparam,
    func,
    select,
)

from mock_kit.storage.prepared import Prepared
from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.tables import jobs, subscriptions
from mock_platform.jobs.due_job import Job, JobKind

_due = (
    select(jobs)
    .where(jobs.c.workspace == bindparam("of_workspace"), jobs.c.due <= bindparam("until"))
    .order_by(jobs.c.due, jobs.c.rank, jobs.c.number)
    .limit(1)
)
_first_due = Prepared(_due)
_first_other = Prepared(_due.where(jobs.c.kind != JobKind.DELIVER.value))
_deliveries_due = (
    select(jobs, subscriptions.c.url)
    .outerjoin(
        subscriptions,
        (subscriptions.c.workspace == jobs.c.workspace) & (subscriptions.c.id == jobs.c.subscription_id),
    )
    .where(
        jobs.c.workspace == bindparam("of_workspace"),
        jobs.c.kind == JobKind.DELIVER.value,
        jobs.c.due <= bindparam("until"),
        # A delivery whose subscription is gone has no URL; and is due all the same.
        func.coalesce(subscriptions.c.url, "").not_in(bindparam("but", expanding=True)),
    )
    .order_by(jobs.c.due, jobs.c.rank, jobs.c.number)
    .limit(bindparam("most"))
)
_next_due = select(func.min(jobs.c.due)).where(
    jobs.c.workspace == bindparam("of_workspace"), jobs.c.due > bindparam("after")
)
_add = Prepared(jobs.insert())
_move = Prepared(jobs.update().where(jobs.c.number == bindparam("of_number")).values(due=bindparam("to")))
_remove = Prepared(jobs.delete().where(jobs.c.number == bindparam("of_number")))
_subject = (
    jobs.c.workspace == bindparam("of_workspace"),
    jobs.c.kind == bindparam("of_kind"),
    jobs.c.subject == bindparam("of_subject"),
)
_of_subject = select(jobs).where(*_subject)
_remove_subject = Prepared(jobs.delete().where(*_subject))
_move_subject = jobs.update().where(*_subject).values(due=bindparam("to"))


class NextRun(Struct, frozen=True, kw_only=True):
    """When a job falls due again; None takes it off the agenda."""

    job: Job
    due: datetime | None


class Jobs(DatabaseStore):
    """The agenda of every workspace."""

    def first_due(self, workspace: str, *, until: datetime, deliveries: bool = True) -> Job | None:
        """Return the job that comes first, if it falls due no later than ``until``.

        Args:
            deliveries: whether they count.
        """
        first = _first_due if deliveries else _first_other
        with self._database.autocommit_read() as connection:
            row = first.first(connection, {"of_workspace": workspace, "until": until})
        return _job(row) if row else None

    def deliveries_due(
        self,
        workspace: str,
        *,
        until: datetime,
        but: Collection[str] = (),
        subscription_id: int | None = None,
        limit: int,
    ) -> list[tuple[str, Job]]:
        """Return deliveries that fall due no later than ``until``, in their order, with where they go.

        Args:
            but: URLs whose deliveries are left out.
            subscription_id: that of the only ones; None is all.
        """
        query = _deliveries_due
        if subscription_id is not None:
            query = query.where(jobs.c.subscription_id == subscription_id)
        parameters = {"of_workspace": workspace, "until": until, "but": list(but), "most": limit}
        with self._database.reading() as connection:
            return [(row.url or "", _job(row)) for row in connection.execute(query, parameters)]

    def of(self, workspace: str, kind: JobKind, subject: str) -> Job | None:
        """Return the job about a subject, if there is one."""
        with self._database.autocommit_read() as connection:
            row = connection.execute(_of_subject, _key(workspace, kind, subject)).first()
        return _job(row) if row else None

    def dues(self, workspace: str, kind: JobKind) -> dict[str, datetime]:
        """Return when each subject's job of a kind falls due."""
        query = select(jobs.c.subject, jobs.c.due).where(
            jobs.c.workspace == workspace, jobs.c.kind == kind.value
        )
        with self._database.reading() as connection:
            return {row.subject: row.due for row in connection.execute(query)}

    def drop(self, workspace: str, kind: JobKind, subject: str) -> None:
        """Take all jobs about a subject off the agenda."""
        with self._database.writing() as connection:
            drop_jobs(connection, workspace, kind, subject)

    def next_due(self, workspace: str, *, after: datetime) -> datetime | None:
        """Return when the first job falls due that does so later than ``after``."""
        with self._database.autocommit_read() as connection:
            due: datetime | None = connection.scalar(_next_due, {"of_workspace": workspace, "after": after})
        return due

    def count(self, workspace: str) -> int:
        """Return how many jobs wait."""
        with self._database.reading() as connection:
            waiting = connection.scalar(select(func.count()).where(jobs.c.workspace == workspace))
        return waiting or 0

    def plan_next(self, then: NextRun) -> None:
        """Let a job fall due again, or take it off the agenda; one that was taken off meanwhile stays off."""
        with self._database.writing() as connection:
            move_or_remove(connection, then.job, then.due)

    def remove(self, job: Job) -> None:
        """Take a job off the agenda."""
        with self._database.writing() as connection:
            _remove.run(connection, {"of_number": job.number})


def plan_job(  # noqa: PLR0913 - a row's columns
    connection: Connection,
    workspace: str,
    kind: JobKind,
    subject: str,
    due: datetime,
    *,
    subscription_id: int | None = None,
) -> None:
    """Put a job on the agenda; a delivery's says whose it is."""
    row = {"workspace": workspace, "kind": kind.value, "subject": subject, "due": due}
    # of what falls due at one instant, deliveries come last: a receiver that writes back may begin another second
    rank = 1 if kind is JobKind.DELIVER else 0
    _add.run(connection, {**row, "rank": rank, "subscription_id": subscription_id})


def drop_jobs(connection: Connection, workspace: str, kind: JobKind, subject: str) -> None:
    """Take all jobs about a subject off the agenda."""
    _remove_subject.run(connection, _key(workspace, kind, subject))


def drop_deliveries(connection: Connection, workspace: str, subscription_ids: Iterable[int]) -> None:
    """Take all that is owed to subscriptions off the agenda."""
    owed = jobs.c.subscription_id.in_(list(subscription_ids))
    connection.execute(jobs.delete().where(jobs.c.workspace == workspace, owed))


def move_jobs(connection: Connection, workspace: str, kind: JobKind, subject: str, to: datetime) -> bool:
    """Let the jobs about a subject fall due at another time; says whether there are any."""
    return bool(connection.execute(_move_subject, {**_key(workspace, kind, subject), "to": to}).rowcount)


def still_planned(connection: Connection, jobs: Collection[Job]) -> set[int]:
    """Return the numbers of those jobs that have been neither taken off the agenda nor moved meanwhile."""
    # One parameter for each place, so that the statement is compiled once for each count.
    numbers = {f"number_{place}": job.number for place, job in enumerate(jobs)}
    dues = {row.number: row.due for row in _planned(len(jobs)).all(connection, numbers)}
    # The number alone is not enough: a job that was moved keeps its number, and is due at another time.
    return {job.number for job in jobs if dues.get(job.number) == job.due}


def move_or_remove(connection: Connection, job: Job, to: datetime | None) -> bool:
    """Let a job fall due again, or take it off the agenda, in a transaction that does more.

    Returns:
        whether it was still there.
    """
    if to is None:
        return bool(_remove.run(connection, {"of_number": job.number}))
    return bool(_move.run(connection, {"of_number": job.number, "to": to}))


def move_or_remove_all(connection: Connection, moves: Collection[tuple[Job, datetime | None]]) -> None:
    """Let jobs fall due again, or take them off the agenda, in a transaction that does more."""
    removed = [{"of_number": job.number} for job, to in moves if to is None]
    moved = [{"of_number": job.number, "to": to} for job, to in moves if to is not None]
    if removed:
        _remove.run_each(connection, removed)
    if moved:
        _move.run_each(connection, moved)


@cache
def _planned(count: int) -> Prepared:
    """Return what looks for so many jobs by their numbers."""
    numbers = [bindparam(f"number_{place}", type_=BigInteger) for place in range(count)]
    return Prepared(select(jobs.c.number, jobs.c.due).where(jobs.c.number.in_(numbers)))


def _key(workspace: str, kind: JobKind, subject: str) -> dict[str, str]:
    return {"of_workspace": workspace, "of_kind": kind.value, "of_subject": subject}


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        number=row.number, workspace=row.workspace, kind=JobKind(row.kind), subject=row.subject, due=row.due
    )
