"""A bulk job: many records read, or made, at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import NotRequired, TypedDict

from msgspec import Struct

from elements_local.kit.instants import format_to_second
from elements_local.platform.accounts.emails import SENDER
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.events.event import java_text, topic


class BulkKind(Enum):
    """What a job does."""

    QUERY = "query"
    UPLOAD = "upload"


class BulkStatus(Enum):
    """Where a job stands.

    Source: CREATED, COMPLETED and CANCELLED (observed); the others are assumed.
    """

    CREATED = "CREATED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self not in {BulkStatus.CREATED, BulkStatus.RUNNING}


class BulkJob(Struct, frozen=True, kw_only=True):
    """A bulk job.

    Attributes:
        where: a CEQL clause; of queries.
        order_field: "" where records are not sorted.
        fields: keys of the records, in the order in which they first came.
        payload: what a client wants back when the job is done; JSON text.
        next_page: token of the page to read next; "" for the first one.
        taken: records of an upload that have been tried.
        callback_url: another URL that is called when the job is done; of its own request.
    """

    id: int
    instance_id: int
    kind: BulkKind
    object_name: str
    created: datetime
    updated: datetime
    status: BulkStatus = BulkStatus.CREATED
    where: str = ""
    order_field: str = ""
    descending: bool = False
    records: int = 0
    failed: int = 0
    fields: tuple[str, ...] = ()
    payload: str | None = None
    next_page: str = ""
    taken: int = 0
    callback_url: str | None = None

    def next_step(self, bulk_time: timedelta) -> datetime:
        """Return when the next step is due on a real clock, which depends on how many records are done.

        Args:
            bulk_time: what a thousand records take; half of it passes in any case.
        """
        return self.created + bulk_time * max(self.records, self.taken, 500) / 1000


class BulkCreatedJson(TypedDict):
    """A job that has just been made."""

    id: int
    status: str


class BulkJobJson(TypedDict):
    """How far a job is."""

    id: int
    status: str
    objectName: str
    instanceId: int
    recordsCount: int
    recordsFailedCount: int
    createdDate: str
    updatedDate: str


class BulkLoadJson(TypedDict):
    """A job as the list of all of them has it."""

    id: int
    jobId: int
    groupName: str
    jobType: str
    objectName: str
    status: str
    recordsCount: int
    recordsFailedCount: int
    createdDate: str
    updatedDate: str


class BulkErrorJson(TypedDict):
    """Why a record was not read or made."""

    number: int
    status: NotRequired[int]
    message: str


def to_json(job: BulkJob) -> BulkJobJson:
    """Return how far a job is (the keys up to the counts: observed)."""
    return {
        "id": job.id,
        "status": job.status.value,
        "objectName": job.object_name,
        "instanceId": job.instance_id,
        "recordsCount": job.records,
        "recordsFailedCount": job.failed,
        "createdDate": format_to_second(job.created),
        "updatedDate": format_to_second(job.updated),
    }


def listed(job: BulkJob) -> BulkLoadJson:
    """Return a job as a list has it (``status`` and ``groupName``: observed; what the latter says is assumed)."""
    return {
        "id": job.id,
        "jobId": job.id,
        "groupName": f"instance-{job.instance_id}",
        "jobType": job.kind.value,
        "objectName": job.object_name,
        "status": job.status.value,
        "recordsCount": job.records,
        "recordsFailedCount": job.failed,
        "createdDate": format_to_second(job.created),
        "updatedDate": format_to_second(job.updated),
    }


def callback(
    job: BulkJob, instance: Instance, owner: User, *, notification_id: int, payload: object
) -> Mapping[str, object]:
    """Return what the instance's receiver gets when a job is done.

    Source: that it is called, and signed like an event (documented); the envelope is that of events (assumed).
    """
    return {
        "severity": "medium",
        "createdDate": java_text(job.updated),
        "topic": topic(instance),
        "action": "update",
        "id": str(notification_id),
        "message": {
            "elementKey": instance.element_key,
            "accountId": owner.account_id,
            "companyId": owner.company_id,
            "userId": owner.id,
            "instanceId": instance.id,
            "instance_id": instance.id,
            "instanceName": instance.name,
            "instanceTags": list(instance.tags),
            "bulk": {"jobType": job.kind.value, **to_json(job)},
            "callback-payload": payload,
        },
        "user": SENDER,
    }
