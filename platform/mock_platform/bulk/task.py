"""Runs bulk jobs: reads the hub page by page, or makes records one by one, and tells the receiver when that is done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlencode

from mock_kit.api.json_text import MalformedJsonError, decode, encode, encode_text
from mock_kit.web.wire import Http, NoReply, Reply
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.store import People
from mock_platform.bulk import job as bulk_job
from mock_platform.bulk.job import BulkJob, BulkKind, BulkStatus
from mock_platform.bulk.store import Bulk, BulkStepOutcome
from mock_platform.core import identities
from mock_platform.core.instance import Instance, User
from mock_platform.core.paths import BASE_PATH
from mock_platform.core.registry import StoreRegistry
from mock_platform.core.run_control import RunSummary
from mock_platform.core.settings import PlatformSettings
from mock_platform.core.sort_key import key_of
from mock_platform.elements.insightly.definition import INSIGHTLY
from mock_platform.elements.insightly.dialect import LARGEST_PAGE
from mock_platform.events.event import topic
from mock_platform.events.store_notifications import NewNotification
from mock_platform.instances.store import Instances
from mock_platform.jobs.due_job import Job
from mock_platform.jobs.store import Jobs

_SHOWN = 500
"""Letters of an answer that is no success, in an error."""

Record = dict[str, object]


class _RefusedError(Exception):
    """The hub did not do what was asked.

    Attributes:
        status: of its answer; None if none came.
    """

    def __init__(self, message: str, *, status: int | None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class BulkTask:
    """What is done when a bulk job falls due: all of it, as far as it has not been done before.

    Attributes:
        http: reaches the platform's own hub, so that records are read and made as hub calls do.
    """

    store: StoreRegistry
    http: Http
    settings: PlatformSettings

    def run(self, workspace: Workspace, job: Job) -> RunSummary:
        """Take a job to its end, unless it is cancelled on the way."""
        going = self.store[Bulk].get(workspace.name, int(job.subject))
        instance = None if going is None else self.store[Instances].get(workspace.name, going.instance_id)
        if going is None or instance is None or going.status.is_final:
            self.store[Jobs].remove(job)
            return RunSummary()
        hub = _Hub(http=self.http, url=self.settings.url + BASE_PATH, workspace=workspace, instance=instance)
        owner = self.store[People].user(workspace, instance.user_id)
        step = self._read_page if going.kind is BulkKind.QUERY else self._make_record
        while going is not None and not going.status.is_final:
            going = self.store[Bulk].keep(
                workspace.name,
                going,
                step(hub, going),
                done=_notice(instance, owner),
                first_id=identities.first_notification_id(workspace),
            )
        return RunSummary()

    def _read_page(self, hub: "_Hub", bulk: BulkJob) -> BulkStepOutcome:
        """Read one more page of what a query finds."""
        try:
            records, next_page = hub.page(bulk)
        except _RefusedError as error:
            failed = replace(bulk, status=BulkStatus.FAILED, failed=bulk.failed + 1, updated=hub.now)
            return BulkStepOutcome(job=failed, errors=[_error(bulk.records + 1, error)])
        after = replace(
            bulk,
            status=BulkStatus.RUNNING if next_page else BulkStatus.COMPLETED,
            records=bulk.records + len(records),
            fields=_all_fields(bulk, records),
            next_page=next_page,
            updated=hub.now,
        )
        keyed = [(key_of(record, bulk.order_field), encode_text(record)) for record in records]
        return BulkStepOutcome(job=after, results=keyed)

    def _make_record(self, hub: "_Hub", bulk: BulkJob) -> BulkStepOutcome:
        """Make one more record, or complete the job if there is none."""
        number = bulk.taken + 1
        source = self.store[Bulk].source(hub.workspace.name, bulk.id, number)
        if source is None:
            return BulkStepOutcome(job=replace(bulk, status=BulkStatus.COMPLETED, updated=hub.now))
        tried = replace(bulk, status=BulkStatus.RUNNING, taken=number, updated=hub.now)
        try:
            made = hub.make(bulk, source)
        except _RefusedError as error:
            return BulkStepOutcome(job=replace(tried, failed=bulk.failed + 1), errors=[_error(number, error)])
        after = replace(tried, records=bulk.records + 1, fields=_all_fields(bulk, [made]))
        return BulkStepOutcome(job=after, results=[("", encode_text(made))])


@dataclass(frozen=True, kw_only=True)
class _Hub:
    """The platform's own hub, as one instance reaches it."""

    http: Http
    url: str
    workspace: Workspace
    instance: Instance

    @property
    def now(self) -> datetime:
        return self.workspace.clock.now()

    def page(self, bulk: BulkJob) -> tuple[list[Record], str]:
        """Return the next page of what a query finds, and the token of the one after it; "" on the last."""
        query = {"pageSize": str(LARGEST_PAGE)}
        query |= {"where": bulk.where} if bulk.where else {}
        query |= {"nextPage": bulk.next_page} if bulk.next_page else {}
        reply = self._answer("GET", f"{_path(bulk)}?{urlencode(query, quote_via=quote)}")
        records = _decoded(reply)
        if not isinstance(records, list):
            raise _RefusedError("expected an array of records", status=reply.status)
        token = reply.headers.get("Elements-Next-Page-Token", "")
        if token and token == bulk.next_page:
            raise _RefusedError(f"the page token {token!r} has come before", status=reply.status)
        return [record for record in records if isinstance(record, dict)], token

    def make(self, bulk: BulkJob, source: str) -> Record:
        """Make a record and return it."""
        made = _decoded(self._answer("POST", _path(bulk), body=source.encode()))
        return made if isinstance(made, dict) else {}

    def _answer(self, method: str, path: str, *, body: bytes = b"") -> Reply:
        headers = {"Authorization": f"User {self.workspace.user_secret}, Element {self.instance.token}"}
        headers |= {"Content-Type": "application/json"} if body else {}
        reply = self.http.send(method, self.url + path, headers=headers, body=body)
        if isinstance(reply, NoReply):
            raise _RefusedError(f"no answer: {reply.reason}", status=None)
        if not reply.ok:
            raise _RefusedError(_words(reply.body), status=reply.status)
        return reply


def _notice(instance: Instance, owner: User) -> Callable[[BulkJob, int], NewNotification]:
    """Return what makes the word that an instance's receiver is owed when a job is done."""

    def notification(bulk: BulkJob, number: int) -> NewNotification:
        payload = None if bulk.payload is None else decode(bulk.payload)
        said = bulk_job.callback(bulk, instance, owner, notification_id=number, payload=payload)
        return NewNotification(
            id=number, topic=topic(instance), created=bulk.updated, body=encode(said), owner=owner
        )

    return notification


def _all_fields(bulk: BulkJob, records: list[Record]) -> tuple[str, ...]:
    """Return the keys that have come so far, those of new records behind the others."""
    return tuple(dict.fromkeys([*bulk.fields, *(key for record in records for key in record)]))


def _path(bulk: BulkJob) -> str:
    return f"/hubs/{INSIGHTLY.hub}/{quote(bulk.object_name, safe='')}"


def _decoded(reply: Reply) -> object:
    try:
        return decode(reply.body)
    except MalformedJsonError as error:
        raise _RefusedError(str(error), status=reply.status) from error


def _error(number: int, error: _RefusedError) -> str:
    status = {} if error.status is None else {"status": error.status}
    return encode_text({"number": number, **status, "message": str(error)})


def _words(body: bytes) -> str:
    """Return the words of an error of the hub's; whatever else it is, as it is."""
    text = body.decode("utf-8", "replace")[:_SHOWN]
    try:
        value = decode(body)
    except MalformedJsonError:
        return text
    words = value.get("message") if isinstance(value, dict) else None
    return words if isinstance(words, str) else text
