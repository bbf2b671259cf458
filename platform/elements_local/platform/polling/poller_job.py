"""An instance's poller as the platform's scheduler shows it, and the runs that it had.

Source: that each polled instance has a job of its own is observed (the vendor's API test suite), as are the keys, and that
times are milliseconds since 1970 (the client made from the vendor's Swagger document); names, groups, states,
descriptions and classes are assumed.
"""

from datetime import datetime

from msgspec import Struct

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.views import View
from elements_local.platform.configuration.instance_configuration import refresh_interval
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.dates.java_dates import epoch_milliseconds
from elements_local.platform.events.event import topic


class JobDataJson(View):
    """What a job is about: an instance, and the topic of its events."""

    id: int
    element_key: str
    topic: str


class TriggerJson(View, kw_only=True):
    """When a job runs."""

    id: str
    state: str
    may_fire_again: bool
    next_fire_time: int | None
    start_time: int
    end_time: int | None = None
    priority: int = 5  # what triggers of the vendor's scheduler have by default


class JobJson(View, kw_only=True):
    """A job."""

    id: str
    name: str
    description: str
    disallow_concurrent: bool = True
    data: JobDataJson
    trigger: TriggerJson


class JobHistoryJson(View, kw_only=True, rename=None):
    """One time that a job ran."""

    job_history_id: int
    job_name: str
    job_group: str = "pollers"
    job_state: str
    job_class_name: str = "ElementInstancePollerJob"
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
    external_id: str | None = None


class PollerJob(Struct, frozen=True, kw_only=True):
    """An instance's poller.

    Attributes:
        id: stays the same as long as the instance is there.
        due: when it polls next; None while it is disabled.
    """

    id: str
    instance: Instance
    due: datetime | None


class PollerRun(Struct, frozen=True, kw_only=True):
    """One time that a poller ran: a poll of each of the instance's resources.

    Attributes:
        error: of a resource whose poll failed; None if none did.
    """

    number: int
    instance_id: int
    at: datetime
    error: str | None


def to_json(job: PollerJob) -> JobJson:
    """Return a poller as the platform shows it; without a time to come it is paused."""
    instance, due = job.instance, job.due
    return JobJson(
        id=job.id,
        name=_name(instance),
        description=_description(instance),
        data=_data(instance),
        trigger=TriggerJson(
            id=f"{job.id}-trigger",
            state="PAUSED" if due is None else "NORMAL",
            may_fire_again=due is not None,
            next_fire_time=None if due is None else epoch_milliseconds(due),
            start_time=epoch_milliseconds(instance.created),
        ),
    )


def history_json(run: PollerRun, instance: Instance, owner: User) -> JobHistoryJson:
    """Return a run as the platform shows it; it starts and ends at one instant, since polls take no virtual time."""
    at = epoch_milliseconds(run.at)
    return JobHistoryJson(
        job_history_id=run.number,
        job_name=_name(instance),
        job_state="COMPLETED" if run.error is None else "FAILED",
        job_data=encode_text(_data(instance)),
        job_error_message=run.error,
        description=_description(instance),
        start_time=at,
        end_time=at,
        created_dt=at,
        updated_dt=at,
        account_id=owner.account_id,
        company_id=owner.company_id,
        user_id=owner.id,
        instance_id=run.instance_id,
    )


def _name(instance: Instance) -> str:
    return f"{instance.element_key}-{instance.id}-poller"


def _description(instance: Instance) -> str:
    minutes = refresh_interval(instance.configuration).total_seconds() / 60
    return f"polls {instance.name} every {minutes:g} minutes"


def _data(instance: Instance) -> JobDataJson:
    return JobDataJson(id=instance.id, element_key=instance.element_key, topic=topic(instance))
