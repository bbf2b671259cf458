"""Polls: what each found and decided. Its events and its new last-poll time are written together."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any

from msgspec import Struct, structs
from msgspec.json import Decoder
from sqlalchemy import ColumnElement, Subquery, bindparam, func, not_, or_, select

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.pages import Page
from elements_local.kit.storage.narrowing import WorkspaceStatement, bound
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.storage.value_lists import by_count, numbered, one_of
from elements_local.kit.values import replace
from elements_local.platform.core.identities import take_numbers
from elements_local.platform.core.paging import Paging
from elements_local.platform.core.poll import Decision, Poll, PollCall, PollVerdict
from elements_local.platform.core.tables import columns_of, instances, last_polls, polls
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.polling.poller_job import PollerRun

_is_enabled = bound(
    select(instances.c.id).where(instances.c.id == bindparam("of_id"), not_(instances.c.disabled))
).exists()
# locked until the transaction ends: a change of the instance meanwhile would be undone by what is written then
_still_polled = WorkspaceStatement(
    select(last_polls.c.resource, last_polls.c.at, last_polls.c.failures)
    .where(last_polls.c.instance_id == bindparam("of_id"), _is_enabled)
    .with_for_update(of=last_polls)
)
_move = WorkspaceStatement(
    last_polls.update()
    .where(last_polls.c.instance_id == bindparam("of_id"), last_polls.c.resource == bindparam("of_resource"))
    .values(at=bindparam("to"), failures=bindparam("failed"))
)
_add_poll = WorkspaceStatement(polls.insert())

_switch_off = WorkspaceStatement(
    instances.update().where(instances.c.id == bindparam("of_id")).values(polling_disabled=True)
)

_DECISION_FIELDS = ("record_id", "updated", "created", "date", "verdict", "why")
_decision_values = attrgetter(*_DECISION_FIELDS)
_decisions = Decoder[Any](list[tuple[str, str | None, str | None, datetime, PollVerdict, str]])
"""Decisions are kept as arrays, without names: a poll may have thousands."""


_CALL_FIELDS = ("service", "method", "target", "status", "effect")
_call_values = attrgetter(*_CALL_FIELDS)
_calls = Decoder[Any](list[tuple[str, str, str, int | None, dict[str, Any]]])


class PollSearch(Struct, frozen=True, kw_only=True):
    """Which polls are meant.

    Attributes:
        unwanted: a resource that they are not of.
        idle: whether those count that saw no record and did not fail.
        before, after: only those with a lower id, with a higher one.
    """

    instance_id: int | None = None
    resource: str | None = None
    unwanted: str | None = None
    idle: bool = True
    before: int | None = None
    after: int | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """The values of the conditions that narrow it."""
        narrowed = {
            "of_instance": self.instance_id,
            "of_resource": self.resource,
            "of_others": self.unwanted,
            "seen_over": None if self.idle else 0,
            "before": self.before,
            "after": self.after,
        }
        return {name: value for name, value in narrowed.items() if value is not None}


_ANY = PollSearch()


class Polls:
    """The polls of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def keep(self, read: Sequence[tuple[Poll, datetime]]) -> Mapping[str, int]:
        """Keep an instance's polls, each with its watermark, and their decisions.

        A resource whose poll succeeded goes on from the watermark; a poll that failed is counted.

        Returns:
            Those resources whose polls are kept, with how often each has failed in a row. One may be polled no longer: its
            instance was deleted or disabled, or its configuration changed, while the poll was under way.
        """
        of_instance = read[0][0].instance_id
        before = {row.resource: row for row in self._tx.all(_still_polled, of_id=of_instance)}
        kept = [
            (poll, watermark, before[poll.resource]) for poll, watermark in read if poll.resource in before
        ]
        if not kept:
            return {}
        failures = {poll.resource: last.failures + 1 if poll.error else 0 for poll, _, last in kept}
        moved = [
            {
                "of_id": of_instance,
                "of_resource": poll.resource,
                "to": last.at if poll.error else watermark,
                "failed": failures[poll.resource],
            }
            for poll, watermark, last in kept
        ]
        self._tx.run_each(_move, moved)
        self._add([poll for poll, _, _ in kept])
        return failures

    def _add(self, polls: Sequence[Poll]) -> None:
        # numbered as they are written: polls that are not kept leave no gaps, and two never get one number
        first = take_numbers(self._tx, "poll", first=1, count=len(polls))
        self._tx.run_each(_add_poll, [_row(poll, number) for number, poll in enumerate(polls, start=first)])

    def switch_poller_off(self, instance_id: int) -> None:
        """Poll an instance no more.

        Source: one resource that fails too often in a row disables the whole poller of the instance (documented).
        """
        Jobs(self._tx).drop(JobKind.POLL, str(instance_id))
        self._tx.run(_switch_off, of_id=instance_id)

    def latest(self, search: PollSearch = _ANY, *, limit: int) -> list[Poll]:
        """Return the latest of the polls that are meant, oldest first."""
        parameters = search.parameters
        # one statement for each set of filters, instead of one with `OR ... IS NULL`, which no index would help
        rows = self._tx.all(_latest(frozenset(parameters)), **parameters, most=limit)
        return [_poll(row) for row in reversed(rows)]

    def page(self, search: PollSearch, *, limit: int) -> Page[Poll]:
        """Return a page of the polls that are meant, the latest first."""
        found = self.latest(search, limit=limit + 1)[::-1]
        total = self.count(replace(search, before=None))
        return Page.of(found, limit, total=total, cursor=attrgetter("id"))

    def count(self, search: PollSearch = _ANY) -> int:
        """Return how many of the polls that are meant are kept."""
        parameters = search.parameters
        number: int = self._tx.scalar(_number(frozenset(parameters)), **parameters)
        return number

    def runs(self, instance_ids: Collection[int], page: Paging) -> tuple[list[PollerRun], int]:
        """Return a page of the runs that the pollers of instances had, the latest first, and how many there are."""
        ids = numbered("instance", instance_ids)
        rows = self._tx.all(_runs(len(instance_ids)), **ids, skipped=page.offset, most=page.size)
        number: int = self._tx.scalar(_number_of_runs(len(instance_ids)), **ids)
        return [PollerRun(**row._asdict()) for row in rows], number

    def resources(self) -> set[str]:
        """Return the names of all resources that are polled, or have been."""
        return {row.resource for names in _resources for row in self._tx.all(names)}


_resources = [WorkspaceStatement(select(each.c.resource).distinct()) for each in (polls, last_polls)]
_NARROWED = {
    "of_instance": polls.c.instance_id == bindparam("of_instance"),
    "of_resource": polls.c.resource == bindparam("of_resource"),
    "of_others": polls.c.resource != bindparam("of_others"),
    "seen_over": or_(polls.c.seen > bindparam("seen_over"), polls.c.error.is_not(None)),
    "before": polls.c.id < bindparam("before"),
    "after": polls.c.id > bindparam("after"),
}


def _chosen(names: frozenset[str]) -> list[ColumnElement[bool]]:
    """Return the conditions of a search, as narrow as is asked."""
    return [_NARROWED[name] for name in sorted(names)]


@cache
def _latest(names: frozenset[str]) -> WorkspaceStatement:
    """Return what looks for the latest polls, as narrowly as is asked."""
    latest_first = select(polls).where(*_chosen(names)).order_by(polls.c.id.desc())
    return WorkspaceStatement(latest_first.limit(bindparam("most")))


@cache
def _number(names: frozenset[str]) -> WorkspaceStatement:
    return WorkspaceStatement(select(func.count()).select_from(polls).where(*_chosen(names)))


def _turns(count: int) -> Subquery:
    """Return the runs of the pollers of so many instances: one turn asks for several resources, and is shown as one."""
    columns = (polls.c.instance_id, polls.c.at, func.min(polls.c.error).label("error"))
    turns = select(func.min(polls.c.id).label("number"), *columns)
    of_instances = turns.where(one_of(polls.c.instance_id, "instance", count))
    return bound(of_instances.group_by(polls.c.instance_id, polls.c.at)).subquery()


@by_count
def _runs(count: int) -> WorkspaceStatement:
    turns = _turns(count)
    latest_first = select(turns).order_by(turns.c.at.desc(), turns.c.number.desc())
    return WorkspaceStatement(latest_first.offset(bindparam("skipped")).limit(bindparam("most")))


@by_count
def _number_of_runs(count: int) -> WorkspaceStatement:
    return WorkspaceStatement(select(func.count()).select_from(_turns(count)))


def _row(poll: Poll, number: int) -> dict[str, object]:
    decisions = encode_text(list(map(_decision_values, poll.decisions)))
    calls = encode_text(list(map(_call_values, poll.calls))) if poll.calls else ""
    return {**structs.asdict(poll), "id": number, "decisions": decisions, "calls": calls}


def _poll(row: Row) -> Poll:
    decisions = tuple(
        Decision(**dict(zip(_DECISION_FIELDS, values, strict=True)))
        for values in _decisions.decode(row.decisions)
    )
    calls = tuple(
        PollCall(**dict(zip(_CALL_FIELDS, values, strict=True)))
        for values in (_calls.decode(row.calls) if row.calls else ())
    )
    return Poll(**{**columns_of(row), "decisions": decisions, "calls": None if row.calls is None else calls})
