"""An instance's poller as the jobs API shows it, with the turns that it has taken.

Source: the keys, and that times are milliseconds since 1970, are observed (the client made from the vendor's Swagger
document); names, states and the class are assumed.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict

from mock_platform.domain.configuration import refresh_interval
from mock_platform.domain.event import topic
from mock_platform.domain.java_dates import epoch_milliseconds
from mock_platform.domain.models import Instance, User

PRIORITY = 5
"""What triggers of the vendor's scheduler have unless told otherwise."""

CLASS_NAME = "ElementInstancePollerJob"
_GROUP = "pollers"


@dataclass(frozen=True, kw_only=True)
class PollerJob:
    """An instance's poller.

    Attributes:
        id: stays the same as long as the instance is there.
        due: when it polls next; None while it is disabled.
    """

    id: str
    instance: Instance
    due: datetime | None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One time that a poller ran: a poll of each of the instance's resources.

    Attributes:
        error: of a resource whose poll failed; None if none did.
    """

    number: int
    instance_id: int
    at: datetime
    events: int
    error: str | None


class JobDataJson(TypedDict):
    """What a job is about: an instance, and the topic of its events or the request that is made."""

    id: int
    elementKey: str
    topic: NotRequired[str]
    method: NotRequired[str]
    uri: NotRequired[str]
    callbackUrl: NotRequired[str]


class TriggerJson(TypedDict):
    """When a job runs."""

    id: str
    state: str
    mayFireAgain: bool
    cron: NotRequired[str]
    nextFireTime: int | None
    startTime: int
    endTime: int | None
    priority: int


class JobJson(TypedDict):
    """A job."""

    id: str
    name: str
    description: str
    disallowConcurrent: bool
    data: JobDataJson
    trigger: TriggerJson


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
    instance_id: int
    external_id: str | None


def to_json(job: PollerJob) -> JobJson:
    """Return a job as the platform shows it."""
    instance = job.instance
    return {
        "id": job.id,
        "name": _name(instance),
        "description": _description(instance),
        "disallowConcurrent": True,
        "data": _data(instance),
        "trigger": {
            "id": f"{job.id}-trigger",
            "state": "PAUSED" if job.due is None else "NORMAL",
            "mayFireAgain": job.due is not None,
            "nextFireTime": None if job.due is None else epoch_milliseconds(job.due),
            "startTime": epoch_milliseconds(instance.created),
            "endTime": None,
            "priority": PRIORITY,
        },
    }


def history_json(turn: Turn, instance: Instance, owner: User) -> JobHistoryJson:
    """Return a turn as the platform shows it; it starts and ends at one instant, since polls take no virtual time."""
    at = epoch_milliseconds(turn.at)
    return {
        "job_history_id": turn.number,
        "job_name": _name(instance),
        "job_group": _GROUP,
        "job_state": "COMPLETED" if turn.error is None else "FAILED",
        "job_class_name": CLASS_NAME,
        "job_data": json.dumps(_data(instance), separators=(",", ":")),
        "job_error_message": turn.error,
        "description": _description(instance),
        "start_time": at,
        "end_time": at,
        "created_dt": at,
        "updated_dt": at,
        "account_id": owner.account_id,
        "company_id": owner.company_id,
        "user_id": owner.id,
        "instance_id": instance.id,
        "external_id": None,
    }


def _name(instance: Instance) -> str:
    return f"{instance.element_key}-{instance.id}-poller"


def _description(instance: Instance) -> str:
    minutes = refresh_interval(instance.configuration).total_seconds() / 60
    return f"polls {instance.name} every {minutes:g} minutes"


def _data(instance: Instance) -> JobDataJson:
    return {"id": instance.id, "elementKey": instance.element_key, "topic": topic(instance)}
