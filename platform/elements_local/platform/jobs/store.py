"""What falls due, and when: the jobs of a workspace, and where they are kept."""

from collections.abc import Collection
from datetime import datetime
from enum import Enum

from msgspec import Struct, convert
from sqlalchemy import bindparam, func, not_, select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of
from elements_local.platform.core.tables import jobs, subscriptions


class JobKind(Enum):
    """What can fall due."""

    POLL = "poll"
    DELIVER = "deliver"
    BULK = "bulk"


class Job(Struct, frozen=True, kw_only=True):
    """Something that falls due: jobs of one instant run in the order of their numbers.

    Attributes:
        subject: the instance of a poll; ``notification/subscription`` of a delivery; the id of a bulk job, and
            ``id/notification`` of the call that tells of its end.
    """

    number: int
    workspace: str
    kind: JobKind
    subject: str
    due: datetime


_due = (
    select(jobs)
    .where(jobs.c.due <= bindparam("until"))
    .order_by(jobs.c.due, jobs.c.rank, jobs.c.number)
    .limit(1)
)
_first_due = WorkspaceStatement(_due)
_first_other = WorkspaceStatement(_due.where(jobs.c.kind != JobKind.DELIVER.value))
_deliveries_due = (
    select(jobs, subscriptions.c.url)
    .outerjoin(
        subscriptions,
        (subscriptions.c.workspace == jobs.c.workspace) & (subscriptions.c.id == jobs.c.subscription_id),
    )
    .where(jobs.c.kind == JobKind.DELIVER.value, jobs.c.due <= bindparam("until"))
    .order_by(jobs.c.due, jobs.c.rank, jobs.c.number)
    .limit(bindparam("most"))
)
_next_due = WorkspaceStatement(select(func.min(jobs.c.due)).where(jobs.c.due > bindparam("after")))
_dues = WorkspaceStatement(select(jobs.c.subject, jobs.c.due).where(jobs.c.kind == bindparam("of_kind")))
_count = WorkspaceStatement(select(func.count()).select_from(jobs))
_add = WorkspaceStatement(jobs.insert())
_this = jobs.c.number == bindparam("of_number")
_move = WorkspaceStatement(jobs.update().where(_this).values(due=bindparam("to")))
_remove = WorkspaceStatement(jobs.delete().where(_this))
# the number alone is not enough: a job that was moved keeps its number, and is due at another time
_as_planned = jobs.c.due == bindparam("was_due")
_move_as_planned = WorkspaceStatement(jobs.update().where(_this, _as_planned).values(due=bindparam("to")))
_remove_as_planned = WorkspaceStatement(jobs.delete().where(_this, _as_planned))
_subject = (jobs.c.kind == bindparam("of_kind"), jobs.c.subject == bindparam("of_subject"))
_of_subject = WorkspaceStatement(select(jobs).where(*_subject))
_remove_subject = WorkspaceStatement(jobs.delete().where(*_subject))
_move_subject = WorkspaceStatement(jobs.update().where(*_subject).values(due=bindparam("to")))
_remove_of_subscription = WorkspaceStatement(
    jobs.delete().where(jobs.c.subscription_id == bindparam("of_subscription"))
)


class NextRun(Struct, frozen=True, kw_only=True):
    """When a job falls due again; None takes it off the agenda."""

    job: Job
    due: datetime | None


class Jobs:
    """The agenda of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def first_due(self, *, until: datetime, deliveries: bool = True) -> Job | None:
        """Return the job that comes first, if it falls due no later than ``until``.

        Args:
            deliveries: whether they count.
        """
        row = self._tx.first(_first_due if deliveries else _first_other, until=until)
        return _job(row) if row else None

    def deliveries_due(
        self,
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
        query = _due_but(len(but), of_one=subscription_id is not None)
        only = {} if subscription_id is None else {"of_subscription": subscription_id}
        rows = self._tx.all(query, until=until, most=limit, **only, **numbered("but", but))
        return [(row.url or "", _job(row)) for row in rows]

    def of(self, kind: JobKind, subject: str) -> Job | None:
        """Return the job about a subject, if there is one."""
        row = self._tx.first(_of_subject, **_key(kind, subject))
        return _job(row) if row else None

    def dues(self, kind: JobKind) -> dict[str, datetime]:
        """Return when each subject's job of a kind falls due."""
        return {row.subject: row.due for row in self._tx.all(_dues, of_kind=kind.value)}

    def next_due(self, *, after: datetime) -> datetime | None:
        """Return when the first job falls due that does so later than ``after``."""
        due: datetime | None = self._tx.scalar(_next_due, after=after)
        return due

    def count(self) -> int:
        """Return how many jobs wait."""
        waiting: int = self._tx.scalar(_count)
        return waiting

    def plan(self, kind: JobKind, subject: str, due: datetime, *, subscription_id: int | None = None) -> None:
        """Put a job on the agenda; a delivery's says whose it is."""
        # of what falls due at one instant, polls come first: a bulk job, or a receiver that writes back, may begin
        # another second
        rank = 0 if kind is JobKind.POLL else 1
        self._tx.run(
            _add, kind=kind.value, subject=subject, due=due, rank=rank, subscription_id=subscription_id
        )

    def drop(self, kind: JobKind, subject: str) -> None:
        """Take all jobs about a subject off the agenda."""
        self._tx.run(_remove_subject, **_key(kind, subject))

    def drop_deliveries(self, subscription_id: int) -> None:
        """Take all that is due to a subscription off the agenda."""
        self._tx.run(_remove_of_subscription, of_subscription=subscription_id)

    def move(self, kind: JobKind, subject: str, to: datetime) -> bool:
        """Let the jobs about a subject fall due at another time; says whether there are any."""
        return bool(self._tx.run(_move_subject, **_key(kind, subject), to=to))

    def run_again(self, then: NextRun) -> bool:
        """Let a job fall due again, or take it off the agenda; says whether it was still there."""
        if then.due is None:
            return bool(self._tx.run(_remove, of_number=then.job.number))
        return bool(self._tx.run(_move, of_number=then.job.number, to=then.due))

    def run_again_as_planned(self, then: NextRun) -> bool:
        """Do as ``run_again``, unless the job was moved meanwhile; says whether it was still there, and due as then."""
        job = {"of_number": then.job.number, "was_due": then.job.due}
        if then.due is None:
            return bool(self._tx.run(_remove_as_planned, **job))
        return bool(self._tx.run(_move_as_planned, **job, to=then.due))

    def remove(self, job: Job) -> bool:
        """Take a job off the agenda; says whether it was still there."""
        return self.run_again(NextRun(job=job, due=None))


@by_count
def _due_but(urls: int, *, of_one: bool) -> WorkspaceStatement:
    """Return what looks for deliveries, but for those to so many URLs."""
    # A delivery whose subscription is gone has no URL; and is due all the same.
    query = _deliveries_due.where(not_(one_of(func.coalesce(subscriptions.c.url, ""), "but", urls)))
    if of_one:
        query = query.where(jobs.c.subscription_id == bindparam("of_subscription"))
    return WorkspaceStatement(query)


def _key(kind: JobKind, subject: str) -> dict[str, str]:
    return {"of_kind": kind.value, "of_subject": subject}


def _job(row: Row) -> Job:
    return convert(row._asdict(), Job)
