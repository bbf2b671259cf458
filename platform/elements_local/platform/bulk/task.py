"""Runs bulk jobs: reads the hub page by page, or makes records one by one, and tells the receiver when that is done."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from msgspec import Struct

from elements_local.kit.api.json_text import decode, encode, encode_text
from elements_local.kit.clock import Mode
from elements_local.kit.http_message import Reply, in_time
from elements_local.kit.storage.database import Database
from elements_local.kit.values import replace
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.bulk import job as bulk_job
from elements_local.platform.bulk.job import BulkJob, BulkKind, BulkStatus, to_json
from elements_local.platform.bulk.store import Bulk, BulkStepOutcome
from elements_local.platform.callbacks.headers import callback_headers
from elements_local.platform.callbacks.task import Receivers
from elements_local.platform.core import identities
from elements_local.platform.core.hub_client import HubClient, HubError, InstanceHub, Record
from elements_local.platform.core.instance import Instance, User, Values
from elements_local.platform.core.ordering import key_of
from elements_local.platform.core.run_control import RunSummary
from elements_local.platform.core.settings import PlatformSettings
from elements_local.platform.elements.catalogue import Catalogue
from elements_local.platform.elements.connector import Connector
from elements_local.platform.errors import InvalidRequestError, quoted
from elements_local.platform.events.event import topic
from elements_local.platform.events.store_notifications import NewNotification
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.store import Job, Jobs, NextRun

URL = "Elements-Async-Callback-Url"


def read_url(text: str) -> str:
    """Read the header.

    Raises:
        InvalidRequestError: it is not a URL of http or https.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise InvalidRequestError(f"{URL} must be a URL of http or https; got {quoted(url)}")
    return url


class BulkCallbacks(Struct, frozen=True, kw_only=True):
    """Tells the receivers that requests have named.

    Attributes:
        receivers: reaches them, as far as they may be reached.
    """

    receivers: Receivers
    settings: PlatformSettings

    def tell(
        self, workspace: Workspace, url: str, job: BulkJob, values: Values, *, notification_id: int
    ) -> RunSummary:
        """Tell a receiver of a job's end once, signed as the callbacks of its instance are.

        Args:
            values: the instance's configuration.
        """
        body = encode(to_json(job))
        headers = callback_headers(body, values, notification_id=notification_id)
        reply = self.receivers.of(workspace).send("POST", url, headers=headers, body=body)
        answer = in_time(reply, self.settings.callback_timeout) if isinstance(reply, Reply) else reply
        return RunSummary(attempts=1, deliveries=int(isinstance(answer, Reply) and answer.ok))


class BulkTask(Struct, frozen=True, kw_only=True):
    """What is done when a bulk job falls due: all steps that are left; on a real clock those whose time has come.

    Attributes:
        hub: through which records are read and made as other callers do.
    """

    database: Database
    hub: HubClient
    catalogue: Catalogue
    callbacks: BulkCallbacks

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Take a job to its end, unless it is cancelled on the way."""
        number, _, end_of = job.subject.partition("/")
        with self.database.read(workspace.name) as tx:
            going = Bulk(tx).get(int(number))
            instance = None if going is None else Instances(tx).get(going.instance_id)
        if going is not None and end_of:
            return self._tell(workspace, job, going, instance)
        if going is None or instance is None or going.status.is_final:
            with self.database.transaction(workspace.name) as tx:
                Jobs(tx).remove(job)
            return RunSummary()
        way = _BulkWay(
            workspace=workspace,
            hub=self.hub.of(workspace, instance),
            connector=self.catalogue.connector(instance.element_key),
        )
        step = self._read_page if going.kind is BulkKind.QUERY else self._make_record
        first_id = identities.first_notification_id(workspace)
        # Step by step, each kept before the next: after a crash the job goes on where it was, and a record is never
        # made twice but by the step that was cut off.
        while going is not None and not going.status.is_final:
            if workspace.clock.mode is Mode.REAL and self._is_early(workspace, job, going):
                return RunSummary()
            outcome, done = step(way, going), _notice(instance, user_of(workspace))
            with self.database.transaction(workspace.name) as tx:
                going = Bulk(tx).keep(going, outcome, done=done, first_id=first_id)
        return RunSummary()

    def _tell(self, workspace: Workspace, job: Job, ended: BulkJob, instance: Instance | None) -> RunSummary:
        """Call the receiver that a request has named; any answer will do. A process killed before that is kept calls it again."""
        values = instance.configuration if instance else {}
        number = int(job.subject.partition("/")[2])
        ran = self.callbacks.tell(workspace, ended.callback_url or "", ended, values, notification_id=number)
        with self.database.transaction(workspace.name) as tx:
            Jobs(tx).remove(job)
        return ran

    def _is_early(self, workspace: Workspace, job: Job, going: BulkJob) -> bool:
        """Say whether the time of what is next has not come, and let the job fall due then."""
        due = going.next_step(self.callbacks.settings.bulk_time)
        if workspace.clock.now() >= due:
            return False
        with self.database.transaction(workspace.name) as tx:
            Jobs(tx).run_again(NextRun(job=job, due=due))
        return True

    def _read_page(self, way: "_BulkWay", bulk: BulkJob) -> BulkStepOutcome:
        """Read one more page of what a query finds, or complete the job behind the last one."""
        if bulk.status is BulkStatus.RUNNING and not bulk.next_page:
            return BulkStepOutcome(job=replace(bulk, status=BulkStatus.COMPLETED, updated=way.now))
        try:
            page = way.hub.page(f"{way.path(bulk)}?{way.query(bulk)}")
            # A hub that gives the same token again would let the job run for ever.
            next_page = page.next_token({bulk.next_page} if bulk.next_page else set()) or ""
        except HubError as error:
            failed = replace(bulk, status=BulkStatus.FAILED, failed=bulk.failed + 1, updated=way.now)
            return BulkStepOutcome(job=failed, errors=[_error(bulk.records + 1, error)])
        after = replace(
            bulk,
            status=BulkStatus.RUNNING,
            records=bulk.records + len(page.records),
            fields=_all_fields(bulk, page.records),
            next_page=next_page,
            updated=way.now,
        )
        keyed = [(key_of(record, bulk.order_field), encode_text(record)) for record in page.records]
        return BulkStepOutcome(job=after, results=keyed)

    def _make_record(self, way: "_BulkWay", bulk: BulkJob) -> BulkStepOutcome:
        """Make one more record, or complete the job if there is none."""
        number = bulk.taken + 1
        with self.database.read(way.workspace.name) as tx:
            source = Bulk(tx).source(bulk.id, number)
        if source is None:
            return BulkStepOutcome(job=replace(bulk, status=BulkStatus.COMPLETED, updated=way.now))
        tried = replace(bulk, status=BulkStatus.RUNNING, taken=number, updated=way.now)
        try:
            record = way.hub.create(way.path(bulk), source.encode())
        except HubError as error:
            return BulkStepOutcome(job=replace(tried, failed=bulk.failed + 1), errors=[_error(number, error)])
        after = replace(tried, records=bulk.records + 1, fields=_all_fields(bulk, [record]))
        return BulkStepOutcome(job=after, results=[("", encode_text(record))])


class _BulkWay(Struct, frozen=True, kw_only=True):
    """How a job reaches the records of its instance."""

    workspace: Workspace
    hub: InstanceHub
    connector: Connector

    @property
    def now(self) -> datetime:
        return self.workspace.clock.now()

    def path(self, bulk: BulkJob) -> str:
        return f"/hubs/{self.connector.element.hub}/{quote(bulk.object_name, safe='')}"

    def query(self, bulk: BulkJob) -> str:
        """Return the query of the next page's request."""
        parameters = {"pageSize": str(self.connector.largest_page)}
        parameters |= {"where": bulk.where} if bulk.where else {}
        parameters |= {"nextPage": bulk.next_page} if bulk.next_page else {}
        return urlencode(parameters, quote_via=quote)


def _notice(instance: Instance, owner: User) -> Callable[[BulkJob, int], NewNotification]:
    """Return what makes the notification that an instance's receiver gets when a job is done."""

    def notification(bulk: BulkJob, number: int) -> NewNotification:
        payload = None if bulk.payload is None else decode(bulk.payload)
        callback = bulk_job.callback(bulk, instance, owner, notification_id=number, payload=payload)
        return NewNotification(
            id=number, topic=topic(instance), created=bulk.updated, body=encode(callback), owner=owner
        )

    return notification


def _all_fields(bulk: BulkJob, records: list[Record]) -> tuple[str, ...]:
    """Return the keys that have come so far, those of new records behind the others."""
    return tuple(dict.fromkeys([*bulk.fields, *(key for record in records for key in record)]))


def _error(number: int, error: HubError) -> str:
    status = {} if error.status is None else {"status": error.status}
    return encode_text({"number": number, **status, "message": error.words})
