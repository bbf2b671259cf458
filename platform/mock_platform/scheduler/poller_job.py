"""An instance's poller as a job.

Source: that each polled instance has a job of its own is observed (the vendor's API test suite); its name, description
and class are assumed.
"""

from datetime import datetime

from msgspec import Struct

from mock_platform.configuration.instance_configuration import refresh_interval
from mock_platform.core.instance import Instance
from mock_platform.events.event import topic
from mock_platform.jobs.job import JobJson, JobWork, job_json


class PollerJob(Struct, frozen=True, kw_only=True):
    """An instance's poller.

    Attributes:
        id: stays the same as long as the instance is there.
        due: when it polls next; None while it is disabled.
    """

    id: str
    instance: Instance
    due: datetime | None


def work(instance: Instance) -> JobWork:
    """Return what an instance's poller does."""
    minutes = refresh_interval(instance.configuration).total_seconds() / 60
    return JobWork(
        name=f"{instance.element_key}-{instance.id}-poller",
        description=f"polls {instance.name} every {minutes:g} minutes",
        group="pollers",
        class_name="ElementInstancePollerJob",
        data={"id": instance.id, "elementKey": instance.element_key, "topic": topic(instance)},
    )


def to_json(job: PollerJob) -> JobJson:
    """Return a poller as the platform shows it."""
    return job_json(job.id, work(job.instance), due=job.due, started=job.instance.created)
