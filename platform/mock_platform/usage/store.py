"""Usage: each call is kept as it ends, a poll's calls in the transaction that keeps the poll."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any

from msgspec import Struct, structs
from sqlalchemy import Column, Connection, Label, Row, Select, bindparam, case, func, select

from mock_kit.storage.database import Database
from mock_kit.storage.database_errors import has_no_room, is_away
from mock_kit.storage.prepared import Prepared
from mock_kit.text import whole_number
from mock_kit.workspaces.instants import earlier
from mock_platform.core.analytics import Tally
from mock_platform.core.counters import take_numbers
from mock_platform.core.tables import instance_tags
from mock_platform.core.time_units import unit_number, unit_start
from mock_platform.usage.analytics_view import CallDurations
from mock_platform.usage.record import UsageRecord
from mock_platform.usage.tables import usage

_add = Prepared(usage.insert())
_earliest = Prepared(select(func.min(usage.c.at)).where(usage.c.workspace == bindparam("of_workspace")))
_prune = usage.delete().where(
    usage.c.workspace == bindparam("of_workspace"), usage.c.at < bindparam("oldest")
)


class UsageCriteria(Struct, frozen=True, kw_only=True):
    """Which calls are asked for.

    Attributes:
        since, until: both instants included.
        user_ids: whose; None for everybody's.
        elements: keys of elements that were called; None for all calls.
        tags: each of which the instance has that was called.
        text: part of the URI, in any case.
        succeeded: None for both.
    """

    workspace: str
    since: datetime
    until: datetime
    user_ids: tuple[int, ...] | None = None
    elements: tuple[str, ...] | None = None
    tags: tuple[str, ...] = ()
    text: str = ""
    succeeded: bool | None = None


_TOGETHER = 50
"""Calls for which a temporary database is written to; one by one they would cost a sixth of a short list, and a seventh of
what polls write (``poe bench``)."""

_MOST_NOTED = 10_000
"""Calls that wait for room; older ones are forgotten."""


class UsageStore:
    """The calls of every workspace.

    A call that ends while somebody else writes is kept as soon as that is done, so that nobody waits for it. In a temporary
    database, of which nothing is left anyhow once the process is killed, calls are kept many together.

    Args:
        retention: how long calls are kept.
    """

    def __init__(self, database: Database, *, retention: timedelta) -> None:
        self._database = database
        self._retention = retention
        self._noted: list[UsageRecord] = []
        # never held while the database is waited for: a request that ends only notes its call
        self._noting = Lock()
        self._earliest: dict[str, datetime] = {}
        database.afterwards(self.keep_unless_busy)

    def note(self, call: UsageRecord) -> None:
        """Remember a call for the next transaction, which keeps it, or is followed by one that does."""
        with self._noting:
            self._noted.append(call)

    def keep_unless_busy(self) -> None:
        """Keep what is due, unless somebody writes, who sees to it then; if the database cannot now, some time later."""
        if not self._is_due:
            return
        try:
            with self.noting_again() as taken, self._database.writing_unless_busy() as connection:
                if connection is not None:
                    self.keep(connection, taken)
        except Exception as error:
            if not _will_pass(error):
                raise

    def flush(self) -> None:
        """Keep what has been noted."""
        if self._noted:
            with self.noting_again() as taken, self._database.writing() as connection:
                self._keep_noted(connection, taken)

    @contextmanager
    def noting_again(self) -> Iterator[list[UsageRecord]]:
        """Give a list for what is taken to be kept meanwhile, which is noted again if the database cannot keep it now."""
        taken: list[UsageRecord] = []
        try:
            yield taken
        except Exception as error:
            if _will_pass(error):
                with self._noting:
                    self._noted = [*taken, *self._noted][-_MOST_NOTED:]
            raise

    def keep(self, connection: Connection, taken: list[UsageRecord]) -> None:
        """Keep what is due, and drop what has become too old, in a transaction that does more.

        Args:
            taken: that of ``noting_again`` around the transaction.
        """
        if self._is_due:
            self._keep_noted(connection, taken)

    @property
    def _is_due(self) -> bool:
        """Whether what has been noted might be lost, or has become much."""
        return len(self._noted) >= (_TOGETHER if self._database.is_temporary else 1)

    def _keep_noted(self, connection: Connection, taken: list[UsageRecord]) -> None:
        with self._noting:
            # Taken under the lock, written outside it: calls go on being noted meanwhile.
            taken[:], self._noted = self._noted, []
        by_workspace: dict[str, list[UsageRecord]] = defaultdict(list)
        for call in taken:
            by_workspace[call.workspace].append(call)
        for workspace, calls in by_workspace.items():
            numbers = count(take_numbers(connection, workspace, "usage", first=1, count=len(calls)))
            _add.run_each(connection, [{**structs.asdict(call), "id": next(numbers)} for call in calls])
            self._prune(connection, workspace, calls)

    def forget(self, workspace: str) -> None:
        """Drop what has been noted of a workspace; what is kept of it goes with the rest of its rows."""
        with self._noting:
            self._noted = [call for call in self._noted if call.workspace != workspace]
            self._earliest.pop(workspace, None)

    def look_again(self, workspace: str) -> None:
        """Know no more when a workspace's earliest call was: its rows may be others by now."""
        with self._noting:
            self._earliest.pop(workspace, None)

    def find(self, criteria: UsageCriteria, *, offset: int, limit: int) -> tuple[list[UsageRecord], int]:
        """Return a page of calls, the latest first, and how many there are."""
        self.flush()
        chosen = _chosen(criteria)
        page = chosen.order_by(usage.c.id.desc()).offset(offset).limit(limit)
        with self._database.reading() as connection:
            total = connection.scalar(chosen.with_only_columns(func.count())) or 0
            return [_call(row) for row in connection.execute(page)], total

    def get(self, criteria: UsageCriteria, name: str) -> UsageRecord | None:
        """Return one of the calls by its request id, or by its own."""
        self.flush()
        number = whole_number(name)
        named = usage.c.request_id == name if number is None else usage.c.id == number
        chosen = _chosen(criteria).where(named)
        with self._database.reading() as connection:
            row = connection.execute(chosen).first()
        return _call(row) if row else None

    def tally(self, criteria: UsageCriteria, unit: timedelta) -> list[Tally[str]]:
        """Count calls in units of time by the element's key, which is empty where none was called."""
        failed = func.sum(case((usage.c.status >= 400, 1), else_=0))
        rows = self._by_unit(criteria, unit, usage.c.element_key, failed.label("failed"))
        return [
            Tally(
                at=unit_start(row.unit, unit),
                of=row.element_key or "",
                count=row.calls,
                success=row.calls - row.failed,
                failed=row.failed,
            )
            for row in rows
        ]

    def durations(self, criteria: UsageCriteria, unit: timedelta) -> list[CallDurations]:
        """Tell how long calls took in units of time; those without any are left out."""
        took = usage.c.process_ms
        rows = self._by_unit(
            criteria,
            unit,
            None,
            func.min(took).label("shortest"),
            func.max(took).label("longest"),
            func.sum(took).label("total"),
        )
        return [
            CallDurations(
                at=unit_start(row.unit, unit),
                count=row.calls,
                shortest=row.shortest,
                longest=row.longest,
                total=int(row.total),
            )
            for row in rows
        ]

    def _by_unit(
        self, criteria: UsageCriteria, unit: timedelta, key: Column[str] | None, *sums: Label[int]
    ) -> Sequence[Any]:
        """Return a row for each unit of time, and each value of a key, with how many calls there were, and sums."""
        self.flush()
        number = unit_number(usage.c.at, unit)
        keys = [number] if key is None else [number, key]
        counted = (
            _chosen(criteria)
            .with_only_columns(
                number.label("unit"), func.count().label("calls"), *([] if key is None else [key]), *sums
            )
            .group_by(*keys)
            .order_by(*keys)
        )
        with self._database.reading() as connection:
            return connection.execute(counted).all()

    def _prune(self, connection: Connection, workspace: str, kept: list[UsageRecord]) -> None:
        """Drop what has become too old, if there can be any."""
        oldest = earlier(max(call.at for call in kept), self._retention)
        known = self._earliest.get(workspace)
        earliest: datetime | None = (
            _earliest.scalar(connection, {"of_workspace": workspace})
            if known is None
            else min(known, *(call.at for call in kept))
        )
        # The earliest is remembered, so that most writes need not look for anything old.
        if earliest is not None and earliest < oldest:
            connection.execute(_prune, {"of_workspace": workspace, "oldest": oldest})
            earliest = _earliest.scalar(connection, {"of_workspace": workspace})
        if earliest is not None:
            self._earliest[workspace] = earliest


def _will_pass(error: Exception) -> bool:
    return has_no_room(error) or is_away(error)


def _chosen(criteria: UsageCriteria) -> Select[tuple[Any, ...]]:
    chosen = select(usage).where(
        usage.c.workspace == criteria.workspace,
        usage.c.at >= criteria.since,
        usage.c.at <= criteria.until,
    )
    if criteria.user_ids is not None:
        chosen = chosen.where(usage.c.user_id.in_(criteria.user_ids))
    if criteria.elements is not None:
        chosen = chosen.where(usage.c.element_key.in_(criteria.elements))
    if criteria.succeeded is not None:
        chosen = chosen.where(usage.c.status < 400 if criteria.succeeded else usage.c.status >= 400)
    if criteria.text:
        chosen = chosen.where(usage.c.uri.icontains(criteria.text, autoescape=True))
    for tag in criteria.tags:
        tagged = select(instance_tags.c.instance_id).where(
            instance_tags.c.workspace == criteria.workspace, instance_tags.c.tag == tag
        )
        chosen = chosen.where(usage.c.instance_id.in_(tagged))
    return chosen


def _call(row: Row[Any]) -> UsageRecord:
    return UsageRecord(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
