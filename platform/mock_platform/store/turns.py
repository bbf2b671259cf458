"""The turns that pollers took: polls of one instance at one instant, taken together."""

from sqlalchemy import func, select

from mock_kit.database import Database
from mock_platform.domain.poller_job import Turn
from mock_platform.store.tables import polls


class Turns:
    """The turns of every workspace's pollers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(
        self, workspace: str, instance_ids: list[int], *, offset: int, limit: int
    ) -> tuple[list[Turn], int]:
        """Return a stretch of the turns that pollers took, the latest first, and how many there are in all."""
        grouped = (
            select(
                func.min(polls.c.id).label("number"),
                polls.c.instance_id,
                polls.c.at,
                func.sum(polls.c.events).label("events"),
                func.min(polls.c.error).label("error"),
            )
            .where(polls.c.workspace == workspace, polls.c.instance_id.in_(instance_ids))
            .group_by(polls.c.instance_id, polls.c.at)
        )
        wanted = grouped.order_by(func.min(polls.c.id).desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            total = connection.scalar(select(func.count()).select_from(grouped.subquery())) or 0
            rows = connection.execute(wanted).all()
        turns = [
            Turn(
                number=row.number,
                instance_id=row.instance_id,
                at=row.at,
                events=int(row.events),
                error=row.error,
            )
            for row in rows
        ]
        return turns, total
