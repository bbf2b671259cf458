"""Calls that are repeated by the calendar: what is kept of them, and how the jobs API shows them.

Source: ``Elements-Schedule-Request`` turns a call into a scheduled job (documented), ``POST /jobs`` makes one of any
call (observed); everything else is assumed after pollers' jobs and asynchronous calls.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from mock_platform.core.instance import Instance
from mock_platform.hub.async_call import AsyncCall
from mock_platform.jobs.job import CreatedJobJson, JobDataJson, JobJson, JobWork, job_json

REQUEST = "Elements-Schedule-Request"


class ScheduledCall(Struct, frozen=True, kw_only=True):
    """A call that is made again and again.

    Attributes:
        instance_id: None where it is about no instance.
        user_id: who made it by ``POST /jobs``; None where it was a call through its instance.
        name, description: None where they follow from the rest.
        target: path and query, the base path included.
        headers: those of the request that make a difference.
        url: where each result goes; None where nobody is told.
        cron: when it is made.
    """

    number: int
    instance_id: int | None
    user_id: int | None = None
    name: str | None = None
    description: str | None = None
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    url: str | None
    cron: str
    created: datetime


class ScheduledJob(Struct, frozen=True, kw_only=True):
    """A scheduled call as a job.

    Attributes:
        due: when it is made next; None while it or its instance is disabled.
    """

    id: str
    call: ScheduledCall
    instance: Instance | None
    due: datetime | None


def occurrence(call: ScheduledCall, *, number: int) -> AsyncCall | None:
    """Return what is to be done at one instant, its result a notification of its own; None where nobody is told."""
    if call.instance_id is None or call.url is None:
        return None
    return AsyncCall(
        number=number,
        instance_id=call.instance_id,
        method=call.method,
        target=call.target,
        headers=call.headers,
        body=call.body,
        url=call.url,
    )


def work(call: ScheduledCall, instance: Instance | None) -> JobWork:
    """Return what a scheduled call's job does."""
    data: JobDataJson = {}
    name = f"request-{call.number}"
    if instance is not None:
        data = {"id": instance.id, "elementKey": instance.element_key}
        name = f"{instance.element_key}-{instance.id}-{name}"
    data |= {"method": call.method, "uri": call.target}
    if call.url is not None:
        data["callbackUrl"] = call.url
    return JobWork(
        name=call.name or name,
        description=call.description or f"{call.method} {call.target} by {call.cron}",
        group="requests",
        class_name="ScheduledRequestJob",
        data=data,
    )


def created_json(job: ScheduledJob) -> CreatedJobJson:
    """Return a scheduled call as making or rescheduling it is answered (observed)."""
    return {"id": job.id, "name": work(job.call, job.instance).name, "schedule": job.call.cron}


def to_json(job: ScheduledJob) -> JobJson:
    """Return a scheduled call as the platform shows it."""
    call = job.call
    return job_json(job.id, work(call, job.instance), due=job.due, started=call.created, cron=call.cron)
