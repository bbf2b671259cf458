"""What is kept of an instance: the vendor's log, polls, callbacks, and what the sink has of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import quote, urlsplit

from msgspec import Struct, ValidationError, field
from msgspec.json import Decoder

from elements_local.kit.instants import format_instant as shown
from elements_local.kit.masks import mask_url
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import FailurePolicy, failure_policy
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.bulk.job import BulkErrorJson, BulkJob, BulkKind
from elements_local.platform.bulk.store import Bulk, results
from elements_local.platform.call import Call
from elements_local.platform.callbacks.store import Deliveries
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.ceql.record_path import find
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.identities import job_id
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paths import poll_key, segments_below_hub
from elements_local.platform.core.poll import EventType, LastPoll, Poll, Resource
from elements_local.platform.elements.connector import (
    ChangeLog,
    Connector,
    StackAccess,
    VendorCall,
    VendorChange,
)
from elements_local.platform.events.records import Attempt, DeliveryStatus
from elements_local.platform.events.store_notifications import KeptNotification, Notifications
from elements_local.platform.events.subscription import KeptDelivery
from elements_local.platform.explain import polled
from elements_local.platform.explain.arrivals import SinkArrivals
from elements_local.platform.explain.case import AskedCondition
from elements_local.platform.explain.own_calls import OwnCall, own_calls
from elements_local.platform.instances.store import Instances, PastConfiguration
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.polling.store import Polls, PollSearch
from elements_local.platform.transformations.name_mapping import names

EVER = datetime(1970, 1, 1, tzinfo=UTC)
EVERY = 1_000_000_000
_SECOND = timedelta(seconds=1)
_REFUSED = 400
_MOST_REFUSED = 5
_LATEST = 1000
"""Polls among which the one is looked for that failed last."""


class NotifiedEvent(Struct, rename="camel"):
    """An event as a callback has it; ``object_id`` is empty where it names no record."""

    date: datetime
    event_type: EventType
    object_type: str
    object_id: str = ""


class NotifiedJob(Struct):
    """A bulk job whose end a callback reports."""

    id: int


class NotifiedMessage(Struct):
    """What a callback reports, and of which instance; nothing, and of none, where it was not polled."""

    instance: int = field(default=0, name="instanceId")
    events: list[NotifiedEvent] = []
    bulk: NotifiedJob | None = None


class _Body(Struct):
    message: NotifiedMessage


_body = Decoder(_Body)
_record = Decoder(dict[str, object])
_refused = Decoder(BulkErrorJson)


def read_message(body: bytes) -> NotifiedMessage:
    """Read the body of a callback."""
    try:
        return _body.decode(body).message
    except ValidationError:
        return NotifiedMessage()


def masked(url: str) -> str:
    """Return a receiver's URL without secrets."""
    return mask_url(url)


class NotifiedRecord(Struct, frozen=True, kw_only=True):
    """An event that a notification reported.

    Attributes:
        at: of its poll.
    """

    notification_id: int
    at: datetime
    event: NotifiedEvent


def notified(kept: Iterable[KeptNotification]) -> list[NotifiedRecord]:
    """Return the events that notifications report."""
    return [
        NotifiedRecord(notification_id=one.id, at=one.created, event=event)
        for one in kept
        for event in read_message(one.body).events
    ]


class InstanceFacts:
    """What is kept of one instance, each thing read once, when it is first asked for.

    Attributes:
        since, after: changes before, and up to this place in the log, are not read.
        arrivals: what the sink has of the instance's callbacks.
    """

    def __init__(self, call: Call, instance: Instance) -> None:
        self.call = call
        self.instance = instance
        self.since, self.after = EVER, 0
        self.arrivals = SinkArrivals(call)

    @cached_property
    def log(self) -> ChangeLog:
        """The vendor's log of changes.

        Raises:
            ProviderError: the vendor does not answer, refuses, or answers with something else.
            ConflictError: it keeps no such log.
        """
        vendor = self.call.vendor(self.instance, self.call.platform.http)
        return vendor.change_log(since=self.since, after=self.after, own_stack=self._access())

    @cached_property
    def polls(self) -> Mapping[str, Sequence[Poll]]:
        """The polls by resource, oldest first."""
        by_resource = defaultdict[str, list[Poll]](list)
        with self.call.read() as tx:
            found = Polls(tx).latest(PollSearch(instance_id=self.instance.id), limit=EVERY)
        for poll in found:
            by_resource[poll.resource].append(poll)
        return by_resource

    @cached_property
    def last_polls(self) -> Mapping[str, LastPoll]:
        """How far each resource has been polled that is polled by now."""
        with self.call.read() as tx:
            return Instances(tx).last_polls(self.instance.id)

    @cached_property
    def configured(self) -> Mapping[str, Resource]:
        """The resources that are configured, by name."""
        return self._resources(self.instance)

    @cached_property
    def policy(self) -> FailurePolicy:
        """What the account wants of callbacks that fail."""
        with self.call.read() as tx:
            return failure_policy(Accounts(tx).settings())

    def collection(self, resource: str) -> str | None:
        """Return the vendor's collection of a resource, in lower case; None if it has none, or nobody knows it."""
        configured = self.configured.get(resource)
        if configured:
            url = configured.url
        else:
            polls = self.polls.get(resource)
            url = polls[-1].request_url if polls else f"/{resource}"
        return self.collection_of(url)

    def collection_of(self, url: str) -> str | None:
        """Return the vendor's collection that a hub's URL leads to, in lower case; None if to none as a whole."""
        return polled.collection_of(url, self.instance.objects, self.connector)

    def conditions_of(self, url: str) -> Sequence[AskedCondition]:
        """Return the conditions by which a hub's URL asks for records."""
        return polled.conditions_of(url, self.instance.objects, self.connector)

    def own_resource(self, collection: str | None) -> Resource | None:
        """Return how the element's own block has a collection polled; None if it has none."""
        own = configuration.own_resources(self.connector.element)
        return next((each for each in own if self.collection_of(each.url) == collection), None)

    def collection_named(self, resource: str) -> str | None:
        """Return the vendor's collection by a resource's name, not by what its block asks for; None if there is none."""
        return self.collection_of(f"/{quote(resource, safe='')}")

    def polled_since(self, resource: str) -> datetime:
        """Return from when on a resource was polled: what its first poll asked for, as far as there was an instance then."""
        polls = self.polls.get(resource)
        if polls:
            return max(polls[0].window_from, self.instance.created)
        last = self.last_polls.get(resource)
        return last.at if last else self.instance.created

    @cached_property
    def job_deleted(self) -> str:
        """That the job of the instance's poller was deleted; empty if it was not, or nothing is to be polled."""
        is_polled = configuration.is_polled(self.instance.configuration) and self.configured
        if self.next_poll or self.instance.polling_disabled or not is_polled:
            return ""
        calls = (one for one in self._own_calls if (one.method, one.path) == self._job_endings[0])
        deletion = next(calls, None)
        at = f" at {shown(deletion.at)}" if deletion else ""
        return f"the job of its poller was deleted{at}; events that are switched off and on again start a new one"

    @cached_property
    def silent(self) -> str:
        """Why an instance that has events is polled no more; empty if it is."""
        if not self.instance.polling_disabled:
            return polled.silent(self.instance, ()) or self.job_deleted
        with self.call.read() as tx:
            latest = Polls(tx).latest(PollSearch(instance_id=self.instance.id), limit=_LATEST)
        return polled.silent(self.instance, latest)

    @cached_property
    def own_log(self) -> ChangeLog:
        """The log of the workspace's own account, as the caller sees it: the instance's key may open another.

        Raises:
            ProviderError, ConflictError: as for the instance's.
        """
        if self.call.workspace.crm_api_key in self.instance.configuration.values():
            return self.log
        vendor = self.call.vendor(self.instance, self.call.platform.http)
        return vendor.change_log(since=self.since, own_stack=self._access(first=True))

    def instance_at(self, at: datetime) -> Instance:
        """Return the instance as it was configured at an instant: in that of a change, as before it."""
        then = next((one.configuration for one in self._past if at <= one.until), None)
        return self.instance if then is None else replace(self.instance, configuration=then)

    def configured_at(self, at: datetime) -> Mapping[str, Resource]:
        """Return the resources that were configured at an instant, by name."""
        return self._resources(self.instance_at(at)) if self._past else self.configured

    @cached_property
    def _past(self) -> Sequence[PastConfiguration]:
        with self.call.read() as tx:
            return Instances(tx).past_configurations(self.instance.id)

    def _resources(self, instance: Instance) -> Mapping[str, Resource]:
        element, empty = self.connector.element, self.call.settings.empty_block
        polled = configuration.polled_resources(instance.configuration, element, empty_block=empty)
        return {resource.name: resource for resource in polled}

    @property
    def connector(self) -> Connector:
        """The connector of the instance's element."""
        return self.call.connector_of(self.instance)

    def _access(self, *, first: bool = False) -> StackAccess:
        key, platform = self.call.workspace.crm_api_key, self.call.platform
        # of a vendor whom this stack does not play, calls may go to the vendor itself
        is_own = self.connector.fake is None or self.connector.element.key in platform.fakes
        admin = platform.admin_headers if is_own else {}
        return StackAccess(crm_api_key=key, admin_headers=admin, first=first)

    @cached_property
    def of_collection(self) -> Mapping[str, Sequence[VendorChange]]:
        """The changes by the vendor's collection, oldest first."""
        by_collection = defaultdict[str, list[VendorChange]](list)
        for one in self.log.changes:
            by_collection[one.collection].append(one)
        return by_collection

    @cached_property
    def pruned(self) -> datetime | None:
        """Before when something has been forgotten; None if nothing has."""
        with self.call.read() as tx:
            own = self.call.platform.history.pruned(tx)
        gone = [each.before for each in (own, self.log.pruned) if each]
        return max(gone, default=None)

    @cached_property
    def events(self) -> Sequence[NotifiedRecord]:
        """All events that the instance's notifications report."""
        with self.call.read() as tx:
            return notified(Notifications(tx).of_instance(self.instance.id))

    @cached_property
    def events_of(self) -> Mapping[str, Sequence[NotifiedRecord]]:
        """Those events by the id of the record that each is about."""
        by_record = defaultdict[str, list[NotifiedRecord]](list)
        for one in self.events:
            by_record[one.event.object_id].append(one)
        return by_record

    @cached_property
    def deliveries(self) -> Mapping[int, Sequence[KeptDelivery]]:
        """The deliveries by their notifications."""
        by_notification = defaultdict[int, list[KeptDelivery]](list)
        with self.call.read() as tx:
            found = Deliveries(tx).find(raw=False)
        for one in found:
            by_notification[one.notification.id].append(one)
        return by_notification

    @cached_property
    def queues(self) -> Counter[int]:
        """How many callbacks are queued of each subscription."""
        kept = (one for each in self.deliveries.values() for one in each)
        return Counter(one.key[1] for one in kept if one.delivery.status is DeliveryStatus.QUEUED)

    @cached_property
    def tries(self) -> Mapping[int, Mapping[int, list[Attempt]]]:
        """The tries to deliver, by notification and subscription, without secrets in URLs."""
        return self.tries_of({one.notification_id for one in self.events})

    def tries_of(self, notification_ids: Collection[int]) -> Mapping[int, Mapping[int, list[Attempt]]]:
        """Return those of some notifications, bulk jobs' ends among them."""
        by_notification = defaultdict[int, dict[int, list[Attempt]]](dict)
        with self.call.read() as tx:
            found = Attempts(tx).of_each(notification_ids)
        for (number, subscription), attempts in found.items():
            by_notification[number][subscription] = [replace(one, url=masked(one.url)) for one in attempts]
        return by_notification

    def unlogged_write(self, record_id: str, after: datetime) -> VendorCall | None:
        """Return the first write below a record's path after an instant, if the vendor has noted one."""
        return next(
            (
                one
                for one in self._writes
                if one.at > after
                and (one.status or 0) < _REFUSED
                and record_id in urlsplit(one.target).path.split("/")
            ),
            None,
        )

    def upload_of(self, change: VendorChange) -> BulkJob | None:
        """Return the bulk job of the instance that made a record by a change, if one did."""
        running = self._uploads_during(change)
        return next((job for job in running if change.record_id in self._made_by(job)), None)

    def _uploads_during(self, change: VendorChange) -> Sequence[BulkJob]:
        """Return the bulk jobs that may have made a record by a change."""
        return [
            job
            for job in self._uploads
            if change.kind == "CREATED"
            and job.created <= change.at
            and change.second <= job.updated
            and self.collection_named(job.object_name) == change.collection
        ]

    @cached_property
    def _uploads(self) -> Sequence[BulkJob]:
        with self.call.read() as tx:
            jobs, _ = Bulk(tx).of_instance(self.instance.id, bulk_id=None, offset=0, limit=EVERY)
        return [job for job in jobs if job.kind is BulkKind.UPLOAD]

    def _made_by(self, job: BulkJob) -> frozenset[str]:
        """Return the ids of the records that a bulk job has made, as far as its results show them."""
        if job.id not in self._made:
            shown = names(job.object_name, self.instance.objects)
            vendors = self.connector.collection(shown.resource).id_field
            paths = [one.path for one in shown.fields if one.vendor_path == vendors] or [vendors or ""]
            rows = map(_record.decode, results(self.call.platform.database, self.call.workspace.name, job))
            self._made[job.id] = frozenset(str(find(row, path)) for row in rows for path in paths)
        return self._made[job.id]

    @cached_property
    def _made(self) -> dict[int, frozenset[str]]:
        return {}

    def refused_by(self, job: BulkJob) -> Sequence[BulkErrorJson]:
        """Return the first rows of a job that were refused, and why."""
        with self.call.read() as tx:
            return [_refused.decode(row) for row in Bulk(tx).errors(job.id, offset=0, limit=_MOST_REFUSED)]

    def struck(self, job: BulkJob) -> Sequence[str]:
        """Return the effects of scripted faults on what the vendor was asked to write while a job ran."""
        ran = (one for one in self._writes if job.created <= one.at <= job.updated)
        return sorted({name for one in ran for name in one.effect if name != "noted"})

    def own_write(self, change: VendorChange) -> str:
        """Return what made a change through the instance's hub: a bulk job, or a call as method and path; empty if nothing did."""
        job = self.upload_of(change)
        if job or self._uploads_during(change):
            # Each row of an upload is such a call, too.
            return f"bulk job {job.id}" if job else ""
        # A change may begin the second after its call.
        calls = self._calls(change.second - _SECOND, change.second + _SECOND)
        of_instance = (one for one in calls if one.instance_id == str(self.instance.id))
        return next((f"{one.method} {one.path}" for one in of_instance if self._wrote(one.path, change)), "")

    def put_off(self, since: datetime, until: datetime) -> OwnCall | None:
        """Return the call that disabled or saved the instance within a time that is longer than between two polls, if any."""
        if until - since <= configuration.refresh_interval(self.instance.configuration):
            return None
        own = f"/instances/{self.instance.id}"
        disabling = {("DELETE", f"{own}/enabled"), *self._job_endings}
        saving = {("PATCH", own), ("PUT", own)}
        calls = [(one, (one.method, one.path)) for one in self._calls(since, until)]
        # What ended the polls comes before what began them anew.
        return next((one for wanted in (disabling, saving) for one, asked in calls if asked in wanted), None)

    @property
    def _job_endings(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The calls that pause or delete the job of the instance's poller."""
        path = f"/jobs/{job_id(self.call.workspace, self.instance.id)}"
        return ("DELETE", path), ("PUT", f"{path}/disable")

    def _calls(self, since: datetime, until: datetime) -> Sequence[OwnCall]:
        return [one for one in self._own_calls if since <= one.at <= until]

    @cached_property
    def _own_calls(self) -> Sequence[OwnCall]:
        return own_calls(self.call.platform.journal, self.call.workspace.name)

    def _wrote(self, path: str, change: VendorChange) -> bool:
        resource, *below = segments_below_hub(path) or [""]
        is_record = below[:1] == [change.record_id] if below else change.kind == "CREATED"
        return is_record and self.collection_named(resource) == change.collection

    @cached_property
    def others_there(self) -> Sequence["InstanceFacts"]:
        """The other instances of the workspace that call the same URL."""
        url = self.instance.configuration.get(configuration.CALLBACK_URL)
        with self.call.read() as tx:
            everyone = Instances(tx).all()
        return [
            InstanceFacts(self.call, one)
            for one in everyone
            if url and one.id != self.instance.id and one.configuration.get(configuration.CALLBACK_URL) == url
        ]

    def twin(self, change: VendorChange) -> Instance | None:
        """Return another instance that has reported a record to the same receiver since a change."""
        return next(
            (
                one.instance
                for one in self.others_there
                if any(
                    each.at > change.at and one.collection(each.event.object_type) == change.collection
                    for each in one.events_of.get(change.record_id, ())
                )
            ),
            None,
        )

    def twin_block(self, resource: str, change: VendorChange) -> str:
        """Return another block that has reported a record since a change; empty if none has."""
        later = (one for one in self.events_of.get(change.record_id, ()) if one.at > change.at)
        others = (one.event.object_type for one in later if one.event.object_type != resource)
        return next((name for name in others if self.collection(name) == change.collection), "")

    def moved_to(self, then: Instance) -> str | None:
        """Return the callback URL by now; empty if there is none, None if it is the one that the instance had."""
        before, now = (
            one.configuration.get(configuration.CALLBACK_URL) or "" for one in (then, self.instance)
        )
        return None if now == before else masked(now)

    @cached_property
    def next_poll(self) -> datetime | None:
        """When the instance polls next; None if it does not."""
        with self.call.read() as tx:
            dues = Jobs(tx).dues(JobKind.POLL)
        return dues.get(str(self.instance.id))

    @cached_property
    def dues(self) -> Mapping[str, datetime]:
        """When deliveries are tried next, by notification and subscription."""
        with self.call.read() as tx:
            return Jobs(tx).dues(JobKind.DELIVER)

    def calls_of(self, poll: Poll) -> Sequence[VendorCall] | None:
        """Return the calls that were made for a poll; None if they are no longer known.

        They are kept with the poll. Of one that saw nothing and that no fault struck they are not: the vendor's journal may have
        them still, or that of a vendor which does not say whose a call was, what came in the poll's second.
        """
        own = poll_key(poll.instance_id, poll.resource)
        if poll.calls:
            return [
                VendorCall(
                    service=one.service,
                    method=one.method,
                    target=one.target,
                    status=one.status,
                    effect=one.effect,
                    at=poll.at,
                    poll=own,
                )
                for one in poll.calls
            ]
        noted = self._noted_at.get(poll.at.replace(microsecond=0), ())
        return [call for call in noted if call.poll in {own, None} and call.at >= poll.at] or None

    @cached_property
    def _noted_at(self) -> Mapping[datetime, Sequence[VendorCall]]:
        by_second = defaultdict[datetime, list[VendorCall]](list)
        for one in self._noted(writes=False):
            by_second[one.at.replace(microsecond=0)].append(one)
        return by_second

    @cached_property
    def _writes(self) -> Sequence[VendorCall]:
        return self._noted(writes=True)

    def _noted(self, *, writes: bool) -> Sequence[VendorCall]:
        vendor = self.call.vendor(self.instance, self.call.platform.http)
        return vendor.noted_calls(own_stack=self._access(), writes=writes)
