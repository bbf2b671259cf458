"""Scheduled calls as ``/jobs`` shows and changes them."""

from datetime import datetime

from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.callers import Callers
from mock_platform.accounts.calling import authorization, calling
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.dates import cron
from mock_platform.errors import ConflictError, NotFoundError
from mock_platform.hub.scheduled_call import ScheduledCall, ScheduledJob
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.instances.calling import visible_instances
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import Jobs

CRON = "trigger.cron"


def scheduled_jobs(workspace: Workspace) -> list[ScheduledJob]:
    """Return the jobs of all instances and users that the caller sees."""
    instances = {instance.id: instance for instance in visible_instances(workspace)}
    owners = dependencies().services[Callers].owners_seen(calling(authorization()))
    dues = dependencies().store[Jobs].dues(workspace.name, JobKind.SCHEDULED)
    return [
        job_of(workspace, call, instances.get(call.instance_id or 0), dues.get(str(call.number)))
        for call in dependencies().store[ScheduledCalls].all(workspace.name)
        if call.instance_id in instances
        or (call.instance_id is None and (owners is None or call.user_id in owners))
    ]


def job_of(
    workspace: Workspace, call: ScheduledCall, instance: Instance | None, due: datetime | None
) -> ScheduledJob:
    """Return a call's job; a disabled instance pauses it (assumed)."""
    job_id = identities.scheduled_job_id(workspace, call.number)
    paused = instance is not None and instance.disabled
    return ScheduledJob(id=job_id, call=call, instance=instance, due=None if paused else due)


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
        read = cron.read(job.call.cron, named=CRON)
        due = cron.first(read, workspace.clock.now(), named=CRON)
        dependencies().store[Jobs].plan(workspace.name, JobKind.SCHEDULED, str(job.call.number), due)
        dependencies().engine.wake()
    return _again(workspace, job)


def reschedule(workspace: Workspace, job: ScheduledJob, expression: str) -> ScheduledJob:
    """Let a call be made by another expression from now on.

    Raises:
        InvalidRequestError: it is none, or fires never again.
        ConflictError: the job is disabled.
    """
    read = cron.read(expression, named=CRON)
    due = cron.first(read, workspace.clock.now(), named=CRON)
    if not _is_planned(workspace, job):
        raise ConflictError(f"Job {job.id} is disabled; PUT /jobs/{job.id}/enable lets it run again")
    dependencies().store[ScheduledCalls].reschedule(workspace.name, job.call.number, read.text, due=due)
    dependencies().engine.wake()
    return _again(workspace, job)


def delete(workspace: Workspace, job: ScheduledJob) -> None:
    """Make a call never again."""
    dependencies().store[ScheduledCalls].delete(workspace.name, job.call.number)


def _is_planned(workspace: Workspace, job: ScheduledJob) -> bool:
    subject = str(job.call.number)
    return dependencies().store[Jobs].of(workspace.name, JobKind.SCHEDULED, subject) is not None


def _again(workspace: Workspace, job: ScheduledJob) -> ScheduledJob:
    existing = find_scheduled(workspace, job.id)
    if existing is None:
        raise NotFoundError("job", job.id)
    return existing
