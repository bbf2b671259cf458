"""Polls: what each found and decided. Its events and its new last-poll time are written together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import Struct, structs
from msgspec.json import Decoder
from sqlalchemy import ColumnElement, Row, bindparam, exists, func, not_, or_, select, union

from mock_kit.api.json_text import encode_text
from mock_kit.storage.database import Database
from mock_kit.storage.prepared import Prepared
from mock_platform.accounts.emails import Email
from mock_platform.accounts.store_emails import keep_email
from mock_platform.core.counters import take_numbers
from mock_platform.core.instance import Instance
from mock_platform.core.poll import Decision, Poll, PollVerdict
from mock_platform.core.tables import columns_of, instances, last_polls, polls
from mock_platform.events.store_history import HistoryRetention
from mock_platform.events.store_notifications import NotificationTransaction
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import NextRun, drop_jobs, move_or_remove

_of_instance = (
    last_polls.c.workspace == bindparam("of_workspace"),
    last_polls.c.instance_id == bindparam("of_id"),
)
# asked in the same statement that moves the last-poll time: read before, it could be out of date by then
_is_enabled = exists().where(
    instances.c.workspace == bindparam("of_workspace"),
    instances.c.id == bindparam("of_id"),
    not_(instances.c.disabled),
)
_still_polled = last_polls.update().where(*_of_instance, _is_enabled)
# counted up in the database, and not from a number that was read before: a change of the instance may have set it to
# 0
_fail = Prepared(
    _still_polled.where(last_polls.c.resource == bindparam("of_resource"))
    .values(failures=last_polls.c.failures + 1)
    .returning(last_polls.c.resource, last_polls.c.failures)
)
_add_poll = Prepared(polls.insert())

_DECISION_FIELDS = ("record_id", "updated", "created", "date", "verdict", "why")
_decision_values = attrgetter(*_DECISION_FIELDS)
_decisions = Decoder[Any](list[tuple[str, str | None, str | None, datetime, PollVerdict, str]])
"""Decisions are kept as arrays, without names: a poll may have thousands."""


class PollSearch(Struct, frozen=True, kw_only=True):
    """Which polls are meant.

    Attributes:
        unwanted: a resource that they are not of.
        idle: whether those count that saw no record and did not fail.
        before: only those with a lower id.
    """

    instance_id: int | None = None
    resource: str | None = None
    unwanted: str | None = None
    idle: bool = True
    before: int | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """The values of the conditions that narrow it."""
        narrowed = {
            "of_instance": self.instance_id,
            "of_resource": self.resource,
            "of_others": self.unwanted,
            "seen_over": None if self.idle else 0,
            "before": self.before,
        }
        return {name: value for name, value in narrowed.items() if value is not None}


_ANY = PollSearch()


class PollTransaction(NotificationTransaction):
    """A transaction that writes what came of a poll; each method is one step of it."""

    def keep(self, polls: Sequence[Poll]) -> Mapping[str, int]:
        """Keep an instance's polls of one instant, with their decisions.

        The last-poll time of a resource moves to a poll that succeeded; one that failed is counted.

        Returns:
            Those resources whose polls are kept, with how often each has failed in a row. One may be polled no longer: its
            instance was deleted or disabled, or its configuration changed, while the poll was under way.
        """
        succeeded = [poll.resource for poll in polls if not poll.error]
        failed = [poll.resource for poll in polls if poll.error]
        of_instance = {"of_workspace": self.workspace, "of_id": polls[0].instance_id}
        rows: list[Any] = []
        if succeeded:
            names = {f"resource_{place}": name for place, name in enumerate(succeeded)}
            moved = {**of_instance, "polled_at": polls[0].at, **names}
            rows += _advance(len(names)).all(self.connection, moved)
        for name in failed:
            rows += _fail.all(self.connection, {**of_instance, "of_resource": name})
        failures = {row.resource: row.failures for row in rows}
        self._add([poll for poll in polls if poll.resource in failures])
        return failures

    def _add(self, polls: Sequence[Poll]) -> None:
        if not polls:
            return
        # numbered as they are written: polls that are not kept leave no gaps, and two never get one number
        first = take_numbers(self.connection, self.workspace, "poll", first=1, count=len(polls))
        rows = [_row(self.workspace, poll, number) for number, poll in enumerate(polls, start=first)]
        _add_poll.run_each(self.connection, rows)
        self.forget_old(polls[0].at)

    def switch_poller_off(self, instance: Instance, email: Email | None) -> None:
        """Poll an instance no more, and keep the e-mail that says so, if there is one.

        Source: one resource that fails too often in a row disables the whole poller of the instance (documented).
        """
        # in the transaction of the failure that was one too many, or a stack that is killed here would poll on
        drop_jobs(self.connection, self.workspace, JobKind.POLL, str(instance.id))
        self.connection.execute(
            instances.update()
            .where(instances.c.workspace == self.workspace, instances.c.id == instance.id)
            .values(polling_disabled=True)
        )
        if email:
            keep_email(self.connection, self.workspace, email)

    def plan_next(self, then: NextRun) -> None:
        """Say when the job falls due again whose last poll this is."""
        move_or_remove(self.connection, then.job, then.due)


class Polls:
    """The polls of every workspace."""

    def __init__(self, database: Database, history: HistoryRetention) -> None:
        self._database = database
        self._history = history

    @contextmanager
    def transaction(self, workspace: str) -> Iterator[PollTransaction]:
        """Write what came of a poll: all of it, or nothing."""
        with self._database.writing() as connection:
            yield PollTransaction(connection, workspace, self._history)

    def list(self, workspace: str, search: PollSearch = _ANY, *, limit: int) -> "list[Poll]":
        """Return the latest of the polls that are meant, oldest first."""
        parameters = search.parameters
        with self._database.autocommit_read() as connection:
            # one statement for each set of filters, instead of one with `OR ... IS NULL`, which no index would help
            rows = _latest(frozenset(parameters)).all(
                connection, {**parameters, "of_workspace": workspace, "most": limit}
            )
        return [_poll(row) for row in reversed(rows)]

    def count(self, workspace: str, search: PollSearch = _ANY) -> int:
        """Return how many of the polls that are meant are kept."""
        parameters = search.parameters
        with self._database.autocommit_read() as connection:
            counted = select(func.count()).where(*_chosen(frozenset(parameters)))
            return connection.scalar(counted, {**parameters, "of_workspace": workspace}) or 0

    def resources(self, workspace: str) -> "set[str]":
        """Return the names of all resources that are polled, or have been."""
        with self._database.autocommit_read() as connection:
            return {name for (name,) in connection.execute(_resources, {"of_workspace": workspace})}


_resources = union(
    *(
        select(each.c.resource).where(each.c.workspace == bindparam("of_workspace"))
        for each in (polls, last_polls)
    )
)
_NARROWED = {
    "of_instance": polls.c.instance_id == bindparam("of_instance"),
    "of_resource": polls.c.resource == bindparam("of_resource"),
    "of_others": polls.c.resource != bindparam("of_others"),
    "seen_over": or_(polls.c.seen > bindparam("seen_over"), polls.c.error.is_not(None)),
    "before": polls.c.id < bindparam("before"),
}


def _chosen(names: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of a search, as narrow as is asked."""
    return [polls.c.workspace == bindparam("of_workspace"), *(_NARROWED[name] for name in sorted(names))]


@cache
def _advance(count: int) -> Prepared:
    """Return what moves the last-poll times of so many resources of an instance, and tells of which."""
    named = last_polls.c.resource.in_([bindparam(f"resource_{place}") for place in range(count)])
    moved = _still_polled.where(named).values(at=bindparam("polled_at"), failures=0)
    return Prepared(moved.returning(last_polls.c.resource, last_polls.c.failures))


@cache
def _latest(names: frozenset[str]) -> Prepared:
    """Return what looks for the latest polls, as narrowly as is asked."""
    return Prepared(select(polls).where(*_chosen(names)).order_by(polls.c.id.desc()).limit(bindparam("most")))


def _row(workspace: str, poll: Poll, number: int) -> dict[str, object]:
    decisions = encode_text(list(map(_decision_values, poll.decisions)))
    return {**structs.asdict(poll), "workspace": workspace, "id": number, "decisions": decisions}


def _poll(row: Row[tuple[object, ...]]) -> Poll:
    decisions = tuple(
        Decision(**dict(zip(_DECISION_FIELDS, values, strict=True)))
        for values in _decisions.decode(row.decisions)
    )
    return Poll(**{**columns_of(row), "decisions": decisions})
