"""What is known of an instance, as the reckoning needs it: how it was polled, and what its receiver was told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import Struct, ValidationError
from msgspec.json import Decoder

from mock_platform.audit import reasons
from mock_platform.audit.callbacks import CallbackHistory
from mock_platform.audit.oracle import ExpectedEventType, PollingHistory
from mock_platform.audit.verdicts import ReportedEvent, ResourceHistory, StampedChange
from mock_platform.callbacks.store import Deliveries
from mock_platform.callbacks.store_attempts import Attempts
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.core.instance import Instance
from mock_platform.core.objects import Objects
from mock_platform.core.paths import segments_below_hub
from mock_platform.core.poll import LastPoll, Poll
from mock_platform.core.registry import StoreRegistry
from mock_platform.core.settings import PlatformSettings
from mock_platform.elements.connector import Connector
from mock_platform.errors import NotFoundError
from mock_platform.events.notification import KeptNotification
from mock_platform.events.records import Attempt, DeliveryStatus
from mock_platform.events.store_notifications import Notifications
from mock_platform.instances.store import Instances
from mock_platform.polling.store import Polls
from mock_platform.transformations.name_mapping import names

_EVERY = 1_000_000_000
_NOT_POLLED = "it is polled no more: events are off, or the resource is not configured"


class _Event(Struct, rename="camel"):
    date: datetime
    event_type: ExpectedEventType
    object_type: str
    object_id: str = ""


class _Message(Struct):
    events: list[_Event] = []


class _Body(Struct):
    message: _Message


_body = Decoder(_Body)


@dataclass(frozen=True, kw_only=True)
class AuditedResource:
    """A resource that an instance polls, or has polled.

    Attributes:
        collection: of the CRM's, in lower case; None if its URL leads to no collection as a whole.
        since: from when on it was polled, as far as that is known.
        goes_on: whether there is a poll to come.
        interval: at which it should be polled; None while the instance is disabled.
        on: whether it is polled by now; if not, when in the interval after its last poll that ended is not kept.
        silent: why there is no poll to come; empty if there is.
        is_cut: whether it was polled before ``since``, of which not everything is kept.
    """

    resource: str
    collection: str | None
    polls: Sequence[Poll]
    since: datetime
    goes_on: bool
    interval: timedelta | None
    on: bool
    silent: str
    is_cut: bool = False

    def followed(
        self,
        changes: Mapping[str, Sequence[StampedChange]],
        reports: Sequence[ReportedEvent],
        *,
        until: datetime,
    ) -> ResourceHistory:
        """Return this with what happened to the records of its collection, and what was told of them."""
        own_changes = changes.get(self.collection or "", ())
        if self.is_cut:  # what was told of older changes is owed to nobody, as far as is known
            later = {one.change.record_id for one in own_changes if one.change.at > self.since}
            reports = [
                one
                for one in reports
                if one.poll_at > self.since and (one.date > self.since or one.record_id in later)
            ]
        polls = tuple(sorted({poll.at for poll in self.polls}))
        last = polls[-1] if polls else self.since
        if not self.on and self.interval and self.interval < until - last:
            until = last + self.interval
        watch = PollingHistory(since=self.since, polls=polls, until=until, missing_every=self.interval)
        return ResourceHistory(
            resource=self.resource,
            changes=own_changes,
            watch=watch,
            polls=self.polls,
            reports=reports,
            goes_on=self.goes_on,
            silent=self.silent,
        )

    def kept_since(self, at: datetime) -> "AuditedResource":
        """Return this as far as it is wholly known, if what is older than an instant is no longer kept.

        That is since the first poll then: what it had not seen is of no poll that is forgotten.
        """
        if self.since >= at:
            return self
        seen = (poll.at for poll in self.polls if poll.at >= at and poll.error is None)
        return replace(self, since=min(seen, default=at), is_cut=True)


def polled(
    store: StoreRegistry, workspace: str, instance: Instance, connector: Connector, settings: PlatformSettings
) -> list[AuditedResource]:
    """Return all resources that an instance polls, or has ever polled.

    What it polls now begins with the moment in which that was switched on; what it has polled before is known from its
    polls, the first of which asked for what is later than the same moment.
    """
    last_polls = store[Instances].last_polls(workspace, instance.id)
    kept: dict[str, list[Poll]] = {name: [] for name in last_polls}
    polls = store[Polls].list(workspace, instance_id=instance.id, limit=_EVERY)
    for poll in polls:
        kept.setdefault(poll.resource, []).append(poll)
    known = _Known(
        instance=instance,
        connector=connector,
        urls=_urls(instance, connector, settings),
        silent=silent(instance, polls),
    )
    return [known.polled(name, kept[name], last_polls.get(name)) for name in kept]


def reports(store: StoreRegistry, workspace: str, instance_id: int) -> dict[str, list[ReportedEvent]]:
    """Return all events that an instance's notifications tell of, by the resource."""
    notifications = store[Notifications].of_instance(workspace, instance_id)
    callbacks = _callbacks(store, workspace, notifications)
    by_resource = defaultdict[str, list[ReportedEvent]](list)
    for notification in notifications:
        for event in _events(notification.body):
            by_resource[event.object_type].append(
                ReportedEvent(
                    record_id=event.object_id,
                    told=event.event_type,
                    date=event.date,
                    poll_at=notification.created,
                    callback=callbacks[notification.id],
                )
            )
    return by_resource


def _urls(instance: Instance, connector: Connector, settings: PlatformSettings) -> dict[str, str]:
    resources = configuration.polled_resources(
        instance.configuration, connector.element, empty_block=settings.empty_block
    )
    return {resource.name: resource.url for resource in resources}


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What is known of an instance beside its polls.

    Attributes:
        urls: of the resources that it is configured to poll.
    """

    instance: Instance
    connector: Connector
    urls: Mapping[str, str]
    silent: str

    def polled(self, resource: str, polls: Sequence[Poll], last: LastPoll | None) -> AuditedResource:
        """Return what is known of one resource."""
        instance = self.instance
        on = last is not None
        url = self.urls.get(resource) or (polls[-1].request_url if polls else "")
        return AuditedResource(
            resource=resource,
            collection=collection_of(url, instance.objects, self.connector),
            polls=polls,
            since=_since(instance, polls, last),
            goes_on=on and not instance.polling_disabled and not instance.disabled,
            interval=None if instance.disabled else configuration.refresh_interval(instance.configuration),
            on=on,
            silent=self.silent if on else _NOT_POLLED,
        )


def _since(instance: Instance, polls: Sequence[Poll], last: LastPoll | None) -> datetime:
    """Return from when on a resource was polled: what its first poll asked for, as far as there was an instance then."""
    if polls:
        return max(polls[0].window_from, instance.created)
    return last.at if last else instance.created


def silent(instance: Instance, polls: Sequence[Poll]) -> str:
    """Say why an instance that has events is polled no more; nothing if it is."""
    if instance.polling_disabled:
        failed = [
            f"; the last of {poll.resource} {reasons.failed(poll.error)}" for poll in polls if poll.error
        ]
        return (
            f"the poller was switched off, as too many polls in a row had failed{failed[-1] if failed else ''}; "
            "enabling the instance starts it again"
        )
    return "the instance is disabled" if instance.disabled else ""


def collection_of(url: str, objects: Objects, connector: Connector) -> str | None:
    """Return the vendor's collection that a poll's URL leads to, in lower case; None if it is none as a whole.

    >>> from mock_platform.elements.catalogue import shipped
    >>> (connector,) = shipped()
    >>> collection_of("/hubs/crm/accounts?where=ORGANISATION_NAME='Acme'", Objects(), connector)
    'organisations'
    >>> collection_of("/contacts/5/notes", Objects(), connector) is None
    True
    """
    below = segments_below_hub(url)
    if len(below) != 1:
        return None
    try:
        return connector.collection(names(below[0], objects).resource).name
    except NotFoundError:
        return None


def _callbacks(
    store: StoreRegistry, workspace: str, notifications: Sequence[KeptNotification]
) -> dict[int, CallbackHistory]:
    """Return what became of notifications, by their ids."""
    if not notifications:
        return {}
    ids = [notification.id for notification in notifications]
    tries, states = defaultdict[int, list[list[Attempt]]](list), defaultdict[int, list[DeliveryStatus]](list)
    for (number, _), attempts in store[Attempts].of_each(workspace, ids).items():
        tries[number].append(attempts)
    for (number, _), state in store[Deliveries].states_of(workspace, ids).items():
        states[number].append(state)
    return {
        one.id: CallbackHistory(sent=one.created, tries=tries[one.id], states=states[one.id])
        for one in notifications
    }


def _events(body: bytes) -> list[_Event]:
    """Return the events of a callback's body; none if it tells of something that was not polled."""
    try:
        return _body.decode(body).message.events
    except ValidationError:
        return []
