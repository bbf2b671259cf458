"""Jobs as the platform's scheduler shows them, pollers and scheduled requests alike, and the runs that they had.

Source: the keys, and that times are milliseconds since 1970, are observed (the client made from the vendor's Swagger
document); names, groups, states and classes are assumed.
"""

import json
from datetime import datetime
from typing import NotRequired, TypedDict

from msgspec import Struct

from mock_platform.core.instance import User
from mock_platform.dates.java_dates import epoch_milliseconds

PRIORITY = 5
"""What triggers of the vendor's scheduler have unless told otherwise."""


class JobDataJson(TypedDict):
    """What a job is about: an instance, if there is one, and the topic of its events or the request that is made."""

    id: NotRequired[int]
    elementKey: NotRequired[str]
    topic: NotRequired[str]
    method: NotRequired[str]
    uri: NotRequired[str]
    callbackUrl: NotRequired[str]


class TriggerJson(TypedDict):
    """When a job runs."""

    id: str
    state: str
    mayFireAgain: bool
    nextFireTime: int | None
    startTime: int
    endTime: int | None
    priority: int
    cron: NotRequired[str]


class JobJson(TypedDict):
    """A job."""

    id: str
    name: str
    description: str
    disallowConcurrent: bool
    data: JobDataJson
    trigger: TriggerJson


class CreatedJobJson(TypedDict):
    """A job as making or rescheduling it is answered (observed); ``schedule`` is its cron expression (inferred)."""

    id: str
    name: str
    schedule: str


class JobHistoryJson(TypedDict):
    """One time that a job ran."""

    job_history_id: int
    job_name: str
    job_group: str
    job_state: str
    job_class_name: str
    job_data: str
    job_error_message: str | None
    description: str
    start_time: int
    end_time: int
    created_dt: int
    updated_dt: int
    account_id: int
    company_id: int
    user_id: int
    instance_id: int | None
    external_id: str | None


class JobWork(Struct, frozen=True, kw_only=True):
    """What a job does, each time it runs.

    Attributes:
        group, class_name: what the scheduler files it under, and what it would run.
    """

    name: str
    description: str
    group: str
    class_name: str
    data: JobDataJson


class JobRun(Struct, frozen=True, kw_only=True):
    """One time that a job ran: a poll of each of an instance's resources, or a scheduled request.

    Attributes:
        instance_id: None where a scheduled request is about no instance.
        call: the number of the scheduled request; None of a poller's run.
        error: of a resource whose poll failed, or of the request; None if nothing failed.
    """

    number: int
    instance_id: int | None
    at: datetime
    error: str | None
    call: int | None = None


def job_json(
    job_id: str, work: JobWork, *, due: datetime | None, started: datetime, cron: str | None = None
) -> JobJson:
    """Return a job as the platform shows it; without a time to come it is paused."""
    trigger: TriggerJson = {
        "id": f"{job_id}-trigger",
        "state": "PAUSED" if due is None else "NORMAL",
        "mayFireAgain": due is not None,
        "nextFireTime": None if due is None else epoch_milliseconds(due),
        "startTime": epoch_milliseconds(started),
        "endTime": None,
        "priority": PRIORITY,
    }
    if cron is not None:
        trigger["cron"] = cron
    return {
        "id": job_id,
        "name": work.name,
        "description": work.description,
        "disallowConcurrent": True,
        "data": work.data,
        "trigger": trigger,
    }


def history_json(run: JobRun, work: JobWork, owner: User) -> JobHistoryJson:
    """Return a run as the platform shows it; it starts and ends at one instant, since jobs take no virtual time."""
    at = epoch_milliseconds(run.at)
    return {
        "job_history_id": run.number,
        "job_name": work.name,
        "job_group": work.group,
        "job_state": "COMPLETED" if run.error is None else "FAILED",
        "job_class_name": work.class_name,
        "job_data": json.dumps(work.data, separators=(",", ":")),
        "job_error_message": run.error,
        "description": work.description,
        "start_time": at,
        "end_time": at,
        "created_dt": at,
        "updated_dt": at,
        "account_id": owner.account_id,
        "company_id": owner.company_id,
        "user_id": owner.id,
        "instance_id": run.instance_id,
        "external_id": None,
    }
