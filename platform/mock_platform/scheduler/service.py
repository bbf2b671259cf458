"""What the routes of jobs have in common: jobs of any call, and the runs that jobs had."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct, field

from mock_kit.api.operations import Answer
from mock_kit.storage.database import EPOCH
from mock_kit.values import replace
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import authorization, calling
from mock_platform.accounts.store import People
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.core.listing import part_of
from mock_platform.core.paging import PageQuery, paging
from mock_platform.dates import cron
from mock_platform.hub import scheduled_call
from mock_platform.hub.scheduled_call import ScheduledCall, ScheduledJob
from mock_platform.hub.service_scheduled import CRON, job_of, scheduled_jobs
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.instances.calling import visible_instances
from mock_platform.jobs.job import JobHistoryJson, JobRun, history_json
from mock_platform.scheduler import poller_job, requests
from mock_platform.scheduler.job_history import JobHistory
from mock_platform.scheduler.requests import JobRequest


class JobSelection(Struct, frozen=True, kw_only=True):
    """Jobs whose runs are asked for.

    Attributes:
        pollers: the instances that they poll.
    """

    pollers: list[Instance] = field(default_factory=list)
    scheduled: list[ScheduledJob] = field(default_factory=list)

    def of_elements(self, keys: Collection[str]) -> "JobSelection":
        """Return those about instances of some elements; of all jobs where no keys are given."""
        if not keys:
            return self
        return replace(
            self,
            pollers=[one for one in self.pollers if one.element_key in keys],
            scheduled=[job for job in self.scheduled if job.instance and job.instance.element_key in keys],
        )


def create(workspace: Workspace, body: JobRequest, instance: Instance | None) -> ScheduledJob:
    """Make a job of a call, and let it wait for its time.

    Raises:
        InvalidRequestError: the call could not be made, or never would be.
    """
    now, sent = workspace.clock.now(), authorization()
    expression = cron.read(body.trigger.cron, named=CRON)
    due = cron.first(expression, now, named=CRON)
    # The number is only known once the row is added; 0 stands for it until then.
    call = ScheduledCall(
        number=0,
        instance_id=None if instance is None else instance.id,
        user_id=calling(sent).user_id,
        name=body.name,
        description=body.description,
        method=body.method,
        target=requests.target(body),
        headers=requests.headers(body, sent, token=None if instance is None else instance.token),
        body=requests.content(body),
        url=None,
        cron=expression.text,
        created=now,
    )
    calls = dependencies().store[ScheduledCalls]
    added = calls.add(workspace.name, lambda number: replace(call, number=number), due=due)
    dependencies().engine.wake()
    return job_of(workspace, added, instance, due)


def all_jobs(workspace: Workspace) -> JobSelection:
    """Return all jobs that the caller sees."""
    return JobSelection(pollers=visible_instances(workspace), scheduled=scheduled_jobs(workspace))


def history(
    workspace: Workspace, jobs: JobSelection, query: PageQuery, *, since: datetime = EPOCH
) -> Answer[list[JobHistoryJson]]:
    """Answer with a page of the runs that jobs had, the latest first."""
    page = paging(query)
    polling = {instance.id: instance for instance in jobs.pollers}
    called = {each.call.number: each for each in jobs.scheduled}
    job_history = dependencies().store[JobHistory]
    runs, total = job_history.latest(workspace.name, pollers=polling, calls=called, since=since, page=page)
    with dependencies().store[People].reading(workspace) as register:
        owners = register.owners()

    def shown_run(run: JobRun) -> JobHistoryJson:
        if run.call is None:
            instance = polling[run.instance_id or 0]
            return history_json(run, poller_job.work(instance), owners[instance.user_id])
        job = called[run.call]
        owner = job.call.user_id or (job.instance.user_id if job.instance else None)
        return history_json(run, scheduled_call.work(job.call, job.instance), owners[owner])

    return part_of([shown_run(run) for run in runs], page, total=total)
