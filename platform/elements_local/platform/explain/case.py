"""All that is known of one change at the vendor and of one resource of an instance, from which its cause follows. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct

from elements_local.kit.instants import format_instant
from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.bulk.job import BulkErrorJson, BulkJob
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.objects import Transformation
from elements_local.platform.core.poll import Decision, EventType, Poll, Resource
from elements_local.platform.elements.connector import DateCondition, VendorCall, VendorChange
from elements_local.platform.events.records import Attempt, DeliveryStatus
from elements_local.platform.explain.own_calls import OwnCall

_SECOND = timedelta(seconds=1)

MOST_POLLS = 10
"""Polls of which an explanation shows everything."""


class ArrivedCallback(Struct, frozen=True, kw_only=True):
    """A callback as the sink has it: its path without secrets, and the sink's verdict on its signature.

    Attributes:
        relayed: the URL that the sink last sent it on to, without secrets; None if to none.
        unanswered: why no answer came from there, if none did.
    """

    id: int
    at: datetime
    path: str
    status: int | None
    signature: str
    relayed: str | None = None
    unanswered: str | None = None


class ExplainedCallback(Struct, frozen=True, kw_only=True):
    """What became of one notification with one subscriber.

    Attributes:
        events: the changes of the record that it reports.
        active: whether its subscription is.
        url, attempts: without secrets.
        status: None if its subscription has been deleted since, and its callbacks with it.
        due: when it is tried again; None if it is not.
        queue: how many callbacks of its subscription are queued.
        arrived: what the sink has of it; None if that could not be asked.
        own: whether its URL leads to a bin of the workspace's in this stack's sink.
    """

    notification_id: int
    poll_at: datetime
    events: Sequence[EventType]
    url: str
    active: bool
    status: DeliveryStatus | None
    due: datetime | None
    attempts: Sequence[Attempt]
    arrived: Sequence[ArrivedCallback] | None
    own: bool
    queue: int = 0

    @property
    def times(self) -> int:
        """How often its receiver took it."""
        return sum(not attempt.reason for attempt in self.attempts)


class AskedCondition(Struct, frozen=True, kw_only=True):
    """A condition by which a poll asked for records.

    Attributes:
        date: what it asks of one of a record's own dates; None if it is about anything else.
    """

    text: str
    date: DateCondition | None = None


class PollOfRecord(Struct, frozen=True, kw_only=True):
    """A poll since the change, and what it made of the record.

    Attributes:
        decisions: of the record; several if the poll saw it more than once.
        other_id: whether they have another id than the CRM's.
        calls: that were made for it; None if they are no longer known.
        conditions: of its URL, all of which had to hold.
        resource: as it was configured then; None if that is not known.
    """

    poll: Poll
    resource: Resource | None = None
    decisions: Sequence[Decision] = ()
    other_id: bool = False
    calls: Sequence[VendorCall] | None = ()
    conditions: Sequence[AskedCondition] = ()

    @classmethod
    def of(
        cls, poll: Poll, change: VendorChange, logged: "LoggedCollection", own: Sequence[Decision]
    ) -> "PollOfRecord":
        """Return what a poll made of a record, by its own id, or else by one that is nobody's and its date.

        Args:
            own: what it decided under the record's own id.
        """
        if own:
            # Pages that were read before and after a change show two states of the record; that of the change is first.
            return cls(
                poll=poll,
                decisions=sorted(own, key=lambda one: one.date.replace(microsecond=0) != change.dated),
            )
        # An id that is another record's is that record; and what a fault kept from the list was not seen by any.
        others = [one for one in poll.decisions if one.record_id not in logged.ids]
        effects = [one.effect for one in poll.calls or ()]
        if not others or change.record_id in noted(effects, "cut") | noted(effects, "hidden"):
            return cls(poll=poll)
        # The date shows which of several it is; without one to match, an id that no record of the CRM could have, unless
        # the date is another record's.
        dated = [one for one in others if one.date.replace(microsecond=0) == change.dated]
        foreign = dated or [
            one
            for one in others
            if not one.record_id.isdecimal()
            and logged.dated[one.date.replace(microsecond=0)] <= {change.record_id}
        ]
        return cls(poll=poll, decisions=foreign[:1], other_id=bool(foreign))

    def may_tell_of(self, change: VendorChange) -> bool:
        """Say whether it came after a change, or shows that it saw it: at the same instant, or while it was under way."""
        if self.poll.at > change.at:
            return True
        dates = {each.date.replace(microsecond=0) for each in self.decisions}
        # Stamps have no fractions. What is dated before a poll began may be an earlier state of the record.
        is_at_once = self.poll.at >= change.second or self.poll.at < change.dated
        return is_at_once and self.reported_as is not None and change.dated in dates

    def effects(self, service: str = "crm") -> list[Mapping[str, object]]:
        """Return what scripted faults made of the answers to its calls of a service, and what that noted of them."""
        return [one.effect for one in self.calls or () if one.service == service and one.effect]

    @property
    def delay(self) -> timedelta:
        """By how much the next poll asks for what is older than this one."""
        return self.resource.poll_delay if self.resource else timedelta(0)

    def is_repeated_for(self, change: VendorChange) -> bool:
        """Say whether the block's pollDelay has the next poll ask for a change again, so that it is due at that one."""
        return bool(self.delay) and change.dated > self.poll.at - self.delay

    @property
    def named(self) -> str:
        """How sentences speak of it."""
        return f"the poll of {format_instant(self.poll.at)}"

    @property
    def decision(self) -> Decision | None:
        """What it made of the record; rather that it is to be reported than that it is not."""
        reported = (each for each in self.decisions if each.change)
        return next(reported, self.decisions[0] if self.decisions else None)

    @property
    def reported_as(self) -> EventType | None:
        """What it reported the record as; None if it did not."""
        return self.decision.change if self.decision and self.poll.error is None else None


class PolledState(Struct, frozen=True, kw_only=True):
    """How a resource is polled: as it was at the first poll since the change, or if none has come, as it is by now.

    Attributes:
        resource: as it is configured; None if it is not.
        others: the names of all that is polled.
        since: from when on it was polled.
        last: the latest poll before the change that succeeded, or when polling began.
        next_poll: None if none is to come.
        off_because: why the poller was switched off; empty if it was not.
        job_deleted: that its job was deleted; empty if it was not.
        misspelled_keys: keys of its block that are not read, as (what is written, what is meant): the same, if its place is wrong.
        repeated: keys that came twice in its JSON.
        in_dates: those of them that stand in ``datesConfiguration``.
        chosen: the setting that chooses among the blocks, and the names in it; empty if all are polled.
        own: as the element's own block has it; None if it has none.
        transformation: in force for what its URL leads to.
        blocks: the names of all blocks, whether they are polled or not.
        asked: the URL, if what it asks for is another collection than the record's, or none.
    """

    resource: Resource | None
    others: Sequence[str]
    since: datetime
    last: datetime
    next_poll: datetime | None
    off_because: str = ""
    job_deleted: str = ""
    misspelled_keys: Sequence[tuple[str, str]] = ()
    in_dates: Sequence[str] = ()
    repeated: Sequence[str] = ()
    chosen: tuple[str, Sequence[str]] = ("", ())
    own: Resource | None = None
    transformation: Transformation | None = None
    blocks: Sequence[str] = ()
    asked: str | None = None

    @property
    def zone(self) -> str:
        """The zone in which the CRM writes its dates, as far as the element says."""
        return self.own.updated.zone if self.own and self.own.updated else "GMT"

    @property
    def known_fields(self) -> list[str]:
        """The fields of the id and the dates that the element's own block names."""
        if self.own is None:
            return []
        return [self.own.id_field, *(date.path for date in (self.own.updated, self.own.created) if date)]


class ExplainedCase(Struct, frozen=True, kw_only=True, dict=True):
    """What is known of one change.

    Attributes:
        resource: its name.
        change: None if none is logged.
        history: all changes of the record, oldest first.
        was_reported: whether its receiver had heard of the record before.
        beside: what else was changed in the collection in the second of the change, or of a poll since.
        polls: since the change, oldest first.
        sent: the callbacks of those polls that report the record.
        step: the span in whole steps of which the collection's changes are dated; none if they are dated by the second.
        in_account: whether the account that the instance's key opens has the change.
        pruned: before when the evidence is no longer kept; None if all is.
        sink_pruned: whether callbacks have made room for others in the sink.
        default_tolerance: of a resource that has none of its own.
        policy: what the account wants of callbacks that fail.
        unlogged: a write of the record since its latest change, which has left its updated date as it was.
        job: the bulk job that made the record by the change; if there is none, the one whose end is asked about.
        refused: the first rows of it that were refused, and why.
        struck: the effects that scripted faults of the CRM had on it.
        own_write: the call or bulk job through the instance's own hub that made the change; empty if none did.
        twin: another instance that has reported it to the same receiver.
        put_off: the call that disabled or saved the instance, if the first poll since the change came late.
        twin_block: another block of the instance that has reported it; empty if none has.
        moved_to: the callback URL that has taken the place of the poll's; empty if none has, None if it is the same.
    """

    instance: Instance
    resource: str
    record_id: str
    change: VendorChange | None
    history: Sequence[VendorChange] = ()
    in_account: bool = True
    was_reported: bool = False
    beside: Sequence[VendorChange] = ()
    state: PolledState
    polls: Sequence[PollOfRecord] = ()
    sent: Sequence[ExplainedCallback] = ()
    step: timedelta = timedelta(0)
    pruned: datetime | None = None
    sink_pruned: bool = False
    now: datetime
    default_tolerance: timedelta = timedelta(0)
    policy: FailurePolicy = FailurePolicy.RETRY
    unlogged: VendorCall | None = None
    job: BulkJob | None = None
    refused: Sequence[BulkErrorJson] = ()
    struck: Sequence[str] = ()
    own_write: str = ""
    twin: Instance | None = None
    moved_to: str | None = None
    put_off: OwnCall | None = None
    twin_block: str = ""

    @property
    def next_date(self) -> str:
        """How much later a change is sure to get another date, in words."""
        return f"{self.step.total_seconds():g} s" if self.step else "a second"

    @cached_property
    def chances(self) -> list[PollOfRecord]:
        """The polls since the change that succeeded."""
        return [each for each in self.polls if each.poll.error is None]

    @cached_property
    def due(self) -> PollOfRecord | None:
        """The poll at which the change was due: the first that reported it, or that no pollDelay repeats; None if none has come."""
        change = self.change
        if change is None:
            return None
        return next(
            (one for one in self.chances if one is self.telling or not one.is_repeated_for(change)), None
        )

    @cached_property
    def together(self) -> list[VendorChange]:
        """The changes of the record that the poll at which the change was due had to report as one, itself included."""
        change = self.change
        if change is None:
            return []
        due = self.due.poll.at if self.due else None
        return [
            one
            for one in self.history
            # Between the poll before and the poll after: polling sees the last state of all of them.
            if one is change or (self.state.last <= one.at < change.at) or (due and change.at <= one.at < due)
        ]

    @cached_property
    def expected(self) -> tuple[EventType, ...]:
        """What a callback may call the change; the first is what it should."""
        if self.change is None or self.change.kind == "DELETED":
            return () if self.change is None else (EventType.DELETED,)
        if any(one.kind == "CREATED" for one in self.together):
            # A poll that read pages before and after a change has reported both.
            states = {one.date for one in self.telling.decisions} if self.telling else set()
            return (EventType.CREATED, EventType.UPDATED) if len(states) > 1 else (EventType.CREATED,)
        # To a receiver that does not know the record, an update may be reported as a creation.
        made = any(one.kind == "CREATED" for one in self.history)
        return (
            (EventType.UPDATED, EventType.CREATED) if made and not self.was_reported else (EventType.UPDATED,)
        )

    @cached_property
    def telling(self) -> PollOfRecord | None:
        """The first poll that reported the record as it was after the change, or later."""
        return next((each for each in self.chances if self._tells(each)), None)

    @cached_property
    def repeats(self) -> list[PollOfRecord]:
        """The polls that reported the record once more, though nothing had changed since."""
        if self.telling is None:
            return []
        after = self.chances[self.chances.index(self.telling) + 1 :]
        changed = next((one.at for one in self.history if self.change and one.seq > self.change.seq), None)
        return [each for each in after if each.reported_as and not (changed and changed < each.poll.at)]

    def as_of(self, seen: PollOfRecord) -> VendorChange | None:
        """Return the latest change of the record that a poll could see."""
        before = [one for one in self.history if one.at < seen.poll.at]
        return self.came_during(seen) or (before[-1] if before else self.change)

    def came_during(self, seen: PollOfRecord) -> VendorChange | None:
        """Return the change of the record that came while a poll was under way, which saw it; None if none did."""
        began, dates = seen.poll.at, {one.date.replace(microsecond=0) for one in seen.decisions}
        came = (one for one in self.history if one.at > began and one.dated > began and one.dated in dates)
        return next(came, None)

    def _tells(self, seen: PollOfRecord) -> bool:
        if self.change is None or seen.reported_as is None or self.change.kind == "DELETED":
            return False
        if seen.poll.at - self.change.at >= _SECOND:
            return True
        # Of about the same instant: whether it saw the record with the date that it bore after the change.
        decision = seen.decision
        return decision is not None and (
            seen.poll.at > self.change.at or decision.date.replace(microsecond=0) >= self.change.dated
        )


class LoggedCollection:
    """The changes of a collection in a log, ordered once for all cases.

    Attributes:
        ids: of the records.
        dated: the ids of those that bore a date.
        step: by how much of them dates are apart, if that is a usual span, and a date shows that it was cut to it.
    """

    def __init__(self, changes: Iterable[VendorChange]) -> None:
        every = list(changes)
        self._changed = defaultdict[datetime, list[VendorChange]](list)
        for one in every:
            if one.kind != "CREATED":
                self._changed[one.second].append(one)
        self.ids = {one.record_id for one in every}
        self.dated = defaultdict[datetime, set[str]](set)
        for one in every:
            self.dated[one.dated].add(one.record_id)
        is_cut = any(one.dated < one.second for one in every)
        self.step = step_of([one.dated for one in every]) if is_cut else timedelta(0)

    def beside(self, change: VendorChange, polls: Sequence[PollOfRecord]) -> list[VendorChange]:
        """Return what else was updated or deleted in the second of a change, or of a poll since."""
        seconds = sorted({change.second, *(each.poll.at.replace(microsecond=0) for each in polls)})
        found = (one for second in seconds for one in self._changed.get(second, ()))
        return [one for one in found if one.record_id != change.record_id]


def noted(effects: Iterable[Mapping[str, object]], what: str) -> set[str]:
    """Return the ids of the records that scripted faults kept from a list, or moved in it, as the CRM noted them."""
    each = (effect.get("noted") for effect in effects)
    lists = (ids.get(what) for ids in each if isinstance(ids, Mapping))
    return {str(one) for ids in lists if isinstance(ids, list) for one in ids}


def step_of(dates: Sequence[datetime]) -> timedelta:
    """Return the longest of some usual spans in whole steps of which dates are written; none if it is none of them.

    >>> step_of([datetime(2026, 3, 2, 10, 15), datetime(2026, 3, 2, 10, 30)])
    datetime.timedelta(seconds=900)
    """
    seconds = [date.hour * 3600 + date.minute * 60 + date.second for date in dates]
    steps = (step for step in (3600, 900, 300, 60, 10) if not any(each % step for each in seconds))
    return timedelta(seconds=next(steps, 0))
