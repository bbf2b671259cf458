"""Hub calls that are repeated by the calendar: what is kept of them, and how the jobs API shows them.

Source: ``Elements-Schedule-Request`` turns a call into a scheduled job (documented); everything else is assumed after
pollers' jobs and asynchronous calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mock_platform.core.instance import Instance
from mock_platform.hub.async_call import AsyncCall
from mock_platform.jobs.job import JobJson, JobWork, job_json, trigger

REQUEST = "Elements-Schedule-Request"


@dataclass(frozen=True, kw_only=True)
class ScheduledCall:
    """A call that is made again and again.

    Attributes:
        target: path and query, below the base path.
        headers: those of the request that make a difference.
        url: where each result goes.
        cron: when it is made.
    """

    number: int
    instance_id: int
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    url: str
    cron: str
    created: datetime


@dataclass(frozen=True, kw_only=True)
class ScheduledJob:
    """A scheduled call as a job.

    Attributes:
        due: when it is made next; None while it or its instance is disabled.
    """

    id: str
    call: ScheduledCall
    instance: Instance
    due: datetime | None


def occurrence(call: ScheduledCall, *, number: int, event_id: str) -> AsyncCall:
    """Return what is to be done at one instant; its result is a notification of its own."""
    return AsyncCall(
        number=number,
        event_id=event_id,
        instance_id=call.instance_id,
        method=call.method,
        target=call.target,
        headers=call.headers,
        body=call.body,
        url=call.url,
    )


def work(call: ScheduledCall, instance: Instance) -> JobWork:
    """Return what a scheduled call's job does."""
    return JobWork(
        name=f"{instance.element_key}-{instance.id}-request-{call.number}",
        description=f"{call.method} {call.target} by {call.cron}",
        group="requests",
        class_name="ScheduledRequestJob",
        data={
            "id": instance.id,
            "elementKey": instance.element_key,
            "method": call.method,
            "uri": call.target,
            "callbackUrl": call.url,
        },
    )


def to_json(job: ScheduledJob) -> JobJson:
    """Return a scheduled call as the platform shows it."""
    fires = trigger(job.id, due=job.due, started=job.call.created, cron=job.call.cron)
    return job_json(job.id, work(job.call, job.instance), fires)
