"""What is known of an instance, as the reckoning needs it: how it was polled, and what its receiver was sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from elements_local.kit.values import replace
from elements_local.platform.audit.oracle import ExpectedEventType, PollingHistory
from elements_local.platform.audit.verdicts import (
    CallbackHistory,
    ReportedEvent,
    ResourceHistory,
    StampedChange,
)
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.poll import Poll
from elements_local.platform.elements.connector import VendorChange
from elements_local.platform.explain.facts import InstanceFacts, NotifiedRecord


class AuditedResource(Struct, frozen=True, kw_only=True):
    """A resource that an instance polls, or has polled.

    Attributes:
        collection: of the CRM's, in lower case; None if its URL leads to no collection as a whole.
        since: from when on it was polled, as far as that is known.
        interval: at which it should be polled; None while the instance is disabled.
        delay: the pollDelay of its block.
        on: whether it is polled by now; if not, when in the interval after its last poll that ended is not kept.
        ended: whether there is no poll to come.
        is_cut: whether it was polled before ``since``, of which not everything is kept.
    """

    resource: str
    collection: str | None
    polls: Sequence[Poll]
    since: datetime
    interval: timedelta | None
    delay: timedelta
    on: bool
    ended: bool
    is_cut: bool = False

    def followed(
        self,
        changes: Mapping[str, Sequence[StampedChange]],
        reports: Sequence[ReportedEvent],
        *,
        until: datetime,
    ) -> ResourceHistory:
        """Return this with what happened to the records of its collection, and what was reported of them."""
        own_changes = changes.get(self.collection or "", ())
        if self.is_cut:  # reports of older changes are expected by nobody, as far as is known
            later = {one.record_id for one in own_changes if one.at > self.since}
            reports = [
                one
                for one in reports
                if one.poll_at > self.since and (one.date > self.since or one.record_id in later)
            ]
        return ResourceHistory(
            resource=self.resource,
            changes=own_changes,
            watch=self.watch(until),
            polls=self.polls,
            reports=reports,
            ended=self.ended,
        )

    def watch(self, until: datetime) -> PollingHistory:
        """Return how it was polled."""
        polls = tuple(sorted({poll.at for poll in self.polls}))
        last = polls[-1] if polls else self.since
        # A resource that is polled no more was missed once at the most: when it was taken out is not known more
        # exactly.
        if not self.on and self.interval and self.interval < until - last:
            until = last + self.interval
        return PollingHistory(
            since=self.since, polls=polls, until=until, missing_every=self.interval, delay=self.delay
        )

    def missed(self, until: datetime) -> int:
        """Return how many polls should have come since the last: what time alone may change follows from them."""
        watch = self.watch(until)
        last = watch.polls[-1] if watch.polls else self.since
        return (watch.until - last) // self.interval if self.interval else 0

    def kept_since(self, at: datetime) -> "AuditedResource":
        """Return this as far as it is wholly known, if what is older than an instant is no longer kept.

        That is since the first poll then: what it had not seen is of no poll that is forgotten.
        """
        if self.since >= at:
            return self
        # A poll that failed has seen nothing, and cannot be the beginning.
        seen = (poll.at for poll in self.polls if poll.at >= at and poll.error is None)
        return replace(self, since=min(seen, default=at), is_cut=True)


def polled(reader: InstanceFacts) -> list[AuditedResource]:
    """Return all resources that an instance polls, or has ever polled.

    What it polls now begins with the moment in which that was switched on; what it has polled before is known from its
    polls, the first of which asked for changes after the same moment.
    """
    instance, last_polls = reader.instance, reader.last_polls
    polls = {**dict.fromkeys(last_polls, ()), **reader.polls}
    return [
        AuditedResource(
            resource=name,
            collection=reader.collection(name),
            polls=polls[name],
            since=reader.polled_since(name),
            interval=None if instance.disabled else configuration.refresh_interval(instance.configuration),
            delay=reader.configured[name].poll_delay if name in reader.configured else timedelta(0),
            on=name in last_polls,
            ended=name not in last_polls or instance.disabled or instance.polling_disabled,
        )
        for name in polls
    ]


def reported(one: NotifiedRecord, callback: CallbackHistory) -> ReportedEvent:
    """Return an event that a notification tells of, as it is reckoned with."""
    return ReportedEvent(
        record_id=one.event.object_id,
        event_type=ExpectedEventType(one.event.event_type.value),
        date=one.event.date,
        poll_at=one.at,
        callback=callback,
    )


def stamped(one: VendorChange) -> StampedChange:
    """Return a change of the vendor's own log as it is reckoned with."""
    return StampedChange(
        seq=one.seq,
        record_id=one.record_id,
        kind=ExpectedEventType(one.kind),
        at=one.at,
        updated=one.updated,
    )
