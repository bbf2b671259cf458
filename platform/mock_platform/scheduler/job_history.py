"""The runs that jobs had: polls of one instance at one instant, taken together, and scheduled requests."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BigInteger, Select, func, null, select, union_all

from mock_kit.storage.workspace_tables import DatabaseStore
from mock_platform.core.paging import Paging
from mock_platform.core.tables import polls
from mock_platform.jobs.job import JobRun
from mock_platform.jobs.tables import scheduled_turns


class JobHistory(DatabaseStore):
    """The runs of every workspace's jobs."""

    def latest(
        self,
        workspace: str,
        *,
        pollers: Collection[int],
        calls: Collection[int],
        since: datetime,
        page: Paging,
    ) -> tuple[list[JobRun], int]:
        """Return a page of the runs that jobs had, the latest first, and how many there are in all.

        Args:
            pollers: the ids of their instances.
            calls: the numbers of the scheduled requests.
            since: when the first of the runs may have been.
        """
        runs = union_all(_polled(workspace, pollers), _called(workspace, calls)).subquery()
        found = select(runs).where(runs.c.at >= since)
        latest = found.order_by(runs.c.at.desc(), runs.c.number.desc())
        with self._database.reading() as connection:
            total = connection.scalar(select(func.count()).select_from(found.subquery())) or 0
            rows = connection.execute(latest.offset(page.offset).limit(page.size)).all()
        return [JobRun(**row._asdict()) for row in rows], total


def _polled(workspace: str, instance_ids: Collection[int]) -> "Select[tuple[object, ...]]":
    return (
        select(
            # One turn of a poller asks for several resources; its runs are shown as one.
            func.min(polls.c.id).label("number"),
            polls.c.instance_id,
            polls.c.at,
            func.min(polls.c.error).label("error"),
            null().cast(BigInteger).label("call"),
        )
        .where(polls.c.workspace == workspace, polls.c.instance_id.in_(instance_ids))
        .group_by(polls.c.instance_id, polls.c.at)
    )


def _called(workspace: str, numbers: Collection[int]) -> "Select[tuple[object, ...]]":
    columns = scheduled_turns.c
    return select(columns.number, columns.instance_id, columns.at, columns.error, columns.call).where(
        columns.workspace == workspace, columns.call.in_(numbers)
    )
