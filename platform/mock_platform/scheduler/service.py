"""What the routes of jobs have in common: jobs of any call, how these are changed, and the runs that jobs had."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct, field

from mock_kit.api.operations import Answer
from mock_kit.storage.database import EPOCH
from mock_kit.values import replace
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.callers import Callers
from mock_platform.accounts.calling import authorization, calling
from mock_platform.accounts.store import People
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.core.listing import part_of
from mock_platform.core.paging import PageQuery, paging
from mock_platform.dates import cron
from mock_platform.errors import ConflictError, NotFoundError
from mock_platform.hub import scheduled_call
from mock_platform.hub.scheduled_call import ScheduledCall, ScheduledJob
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.instances.calling import visible_instances
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.job import JobHistoryJson, JobRun, history_json
from mock_platform.jobs.store import Jobs
from mock_platform.scheduler import poller_job, requests
from mock_platform.scheduler.job_history import JobHistory
from mock_platform.scheduler.requests import JobRequest

_CRON = "trigger.cron"


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
    expression = cron.read(body.trigger.cron, named=_CRON)
    due = cron.first(expression, now, named=_CRON)
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
    return _job_of(workspace, added, instance, due)


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


def find_scheduled(workspace: Workspace, job_id: str) -> ScheduledJob | None:
    """Return a job by its id; None if no scheduled call's is."""
    return next((job for job in scheduled_jobs(workspace) if job.id == job_id), None)


def disable(workspace: Workspace, job: ScheduledJob) -> ScheduledJob:
    """Take a call off the agenda."""
    dependencies().store[Jobs].drop(workspace.name, JobKind.SCHEDULED, str(job.call.number))
    return _again(workspace, job)


def enable(workspace: Workspace, job: ScheduledJob) -> ScheduledJob:
    """Put a call on the agenda again, if it is off it.

    Raises:
        InvalidRequestError: its time is over.
    """
    if not _is_planned(workspace, job):
        read = cron.read(job.call.cron, named=_CRON)
        due = cron.first(read, workspace.clock.now(), named=_CRON)
        dependencies().store[Jobs].plan(workspace.name, JobKind.SCHEDULED, str(job.call.number), due)
        dependencies().engine.wake()
    return _again(workspace, job)


def reschedule(workspace: Workspace, job: ScheduledJob, expression: str) -> ScheduledJob:
    """Let a call be made by another expression from now on.

    Raises:
        InvalidRequestError: it is none, or fires never again.
        ConflictError: the job is disabled.
    """
    read = cron.read(expression, named=_CRON)
    due = cron.first(read, workspace.clock.now(), named=_CRON)
    if not _is_planned(workspace, job):
        raise ConflictError(f"Job {job.id} is disabled; PUT /jobs/{job.id}/enable lets it run again")
    dependencies().store[ScheduledCalls].reschedule(workspace.name, job.call.number, read.text, due=due)
    dependencies().engine.wake()
    return _again(workspace, job)


def delete(workspace: Workspace, job: ScheduledJob) -> None:
    """Make a call never again."""
    dependencies().store[ScheduledCalls].delete(workspace.name, job.call.number)


def scheduled_jobs(workspace: Workspace) -> list[ScheduledJob]:
    """Return the jobs of all instances and users that the caller sees."""
    instances = {instance.id: instance for instance in visible_instances(workspace)}
    owners = dependencies().services[Callers].owners_seen(calling(authorization()))
    dues = dependencies().store[Jobs].dues(workspace.name, JobKind.SCHEDULED)
    return [
        _job_of(workspace, call, instances.get(call.instance_id or 0), dues.get(str(call.number)))
        for call in dependencies().store[ScheduledCalls].all(workspace.name)
        if call.instance_id in instances
        or (call.instance_id is None and (owners is None or call.user_id in owners))
    ]


def _job_of(
    workspace: Workspace, call: ScheduledCall, instance: Instance | None, due: datetime | None
) -> ScheduledJob:
    """Return a call's job; a disabled instance pauses it (assumed)."""
    job_id = identities.scheduled_job_id(workspace, call.number)
    paused = instance is not None and instance.disabled
    return ScheduledJob(id=job_id, call=call, instance=instance, due=None if paused else due)


def _is_planned(workspace: Workspace, job: ScheduledJob) -> bool:
    subject = str(job.call.number)
    return dependencies().store[Jobs].of(workspace.name, JobKind.SCHEDULED, subject) is not None


def _again(workspace: Workspace, job: ScheduledJob) -> ScheduledJob:
    existing = find_scheduled(workspace, job.id)
    if existing is None:
        raise NotFoundError("job", job.id)
    return existing
