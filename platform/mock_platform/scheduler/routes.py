"""``/jobs``: the pollers of instances, and hub calls that were scheduled. Jobs of formulas are not imitated.

A poller is there as long as its instance is polled: it is on the agenda, or was disabled, by hand or after too many
failures.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Blueprint
from msgspec import Struct

from mock_kit.api.operations import Answer, Link, operation
from mock_kit.storage.database import EPOCH
from mock_kit.workspaces.instants import format_instant
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import caller
from mock_platform.accounts.store import People
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.configuration.poller_configuration import next_poll
from mock_platform.core import identities
from mock_platform.core.answers import done
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.core.listing import paginated
from mock_platform.core.paging import PAGE_HEADERS, PageQuery, page_headers, paging
from mock_platform.elements.service import catalogue
from mock_platform.errors import ConflictError, InvalidRequestError, NotFoundError, shown
from mock_platform.hub import scheduled_call
from mock_platform.hub import service_scheduled as scheduled_jobs
from mock_platform.hub.scheduled_call import ScheduledJob
from mock_platform.hub.service_scheduled import find_scheduled
from mock_platform.instances.calling import instance_named, visible_instances
from mock_platform.instances.named_instance import NamedInstance
from mock_platform.instances.service import ProviderCheck, change
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.job import JobHistoryJson, JobJson, JobRun, history_json
from mock_platform.jobs.store import Jobs
from mock_platform.scheduler import poller_job
from mock_platform.scheduler.job_history import JobHistory
from mock_platform.scheduler.poller_job import PollerJob

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

_LATEST = datetime.max.replace(tzinfo=UTC)
_LINKS_OF_ONE = {
    name: Link(operation=f"jobs.{name}", parameters={"job_id": "$response.body#/id"})
    for name in ("get", "reschedule", "delete")
}
_LINKS = {
    name: Link(operation=f"jobs.{name}", parameters={"job_id": "$response.body#/0/id"})
    for name in ("get", "disable", "enable", "reschedule", "history")
}


class JobData(Struct):
    """What a new job is about.

    Attributes:
        id: of the instance to poll.
    """

    id: int | str | None = None


class JobRequest(Struct):
    """A job to make."""

    data: JobData | None = None


class RescheduleRequest(Struct, rename="camel"):
    """When a job is to run next.

    Attributes:
        next_fire_time: of a poller, in milliseconds since 1970; the interval counts from there on (assumed).
        cron: of a scheduled request (assumed).
    """

    next_fire_time: int | None = None
    cron: str | None = None


@bp.get("")
@operation(needs=caller, headers=PAGE_HEADERS, links=_LINKS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[JobJson]]:
    """List pollers by their instances' ids, then scheduled requests; an empty list is 200 (both assumed)."""
    pollers = [poller_job.to_json(job) for job in _jobs(workspace)]
    scheduled = [scheduled_call.to_json(job) for job in scheduled_jobs.scheduled_jobs(workspace)]
    return paginated(pollers + scheduled, paging(query))


@bp.post("")
@operation(needs=caller, problems=(404, 409), links=_LINKS_OF_ONE)
def create(workspace: Workspace, body: JobRequest) -> Answer[JobJson]:
    """Put an instance's poller on the agenda again, after it was deleted. It makes no other jobs."""
    if body.data is None or body.data.id is None:
        raise InvalidRequestError(
            'only pollers are imitated here: expected {"data": {"id": <an instance>}}; '
            "a hub call with Elements-Schedule-Request makes a scheduled request, and formulas' jobs cannot be made"
        )
    instance = instance_named(workspace, str(body.data.id))
    if _job_of(workspace, instance) is not None:
        raise ConflictError(f"Instance {instance.id} has its job already")
    if not _is_polled(instance):
        raise InvalidRequestError(
            f"instance {instance.id} is not polled; its event.notification.enabled and "
            "event.poller.configuration decide"
        )
    now = workspace.clock.now()
    due = next_poll(now, refresh_interval=configuration.refresh_interval(instance.configuration))
    dependencies().store[Jobs].plan(workspace.name, JobKind.POLL, str(instance.id), due)
    return _changed(workspace, instance)


@bp.get("/polling-disabled")
@operation(needs=caller, headers=PAGE_HEADERS)
def polling_disabled(workspace: Workspace, query: PageQuery) -> Answer[list[JobJson]]:
    """List those pollers that are disabled: by hand, or since polls failed too often (documented)."""
    disabled = [job for job in _jobs(workspace) if job.due is None]
    return paginated([poller_job.to_json(job) for job in disabled], paging(query))


@bp.get("/history")
@operation(needs=caller, headers=PAGE_HEADERS)
def all_history(workspace: Workspace, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what all jobs did, the latest turn first."""
    return _history(workspace, visible_instances(workspace), scheduled_jobs.scheduled_jobs(workspace), query)


@bp.get("/<job_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Show one job."""
    if scheduled := find_scheduled(workspace, job_id):
        return Answer(scheduled_call.to_json(scheduled))
    return Answer(poller_job.to_json(_named(workspace, job_id)))


@bp.delete("/<job_id>")
@operation(needs=caller, problems=(404,))
def delete(workspace: Workspace, job_id: str) -> Answer[None]:
    """End an instance's polls, which ``POST /jobs`` or events off and on again start anew, or a schedule (assumed)."""
    if scheduled := find_scheduled(workspace, job_id):
        scheduled_jobs.delete(workspace, scheduled)
        return done()
    job = _named(workspace, job_id)
    if job.due is None:
        _switch(workspace, job, disabled=False)
    dependencies().store[Jobs].drop(workspace.name, JobKind.POLL, str(job.instance.id))
    return done()


@bp.get("/<job_id>/history")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def history(workspace: Workspace, job_id: str, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what a job did, the latest turn first."""
    if scheduled := find_scheduled(workspace, job_id):
        return _history(workspace, [], [scheduled], query)
    return _history(workspace, [_named(workspace, job_id).instance], [], query)


@bp.put("/<job_id>/disable")
@operation(needs=caller, problems=(404,))
def disable(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Pause an instance's polls, or a scheduled request."""
    if scheduled := find_scheduled(workspace, job_id):
        return Answer(scheduled_call.to_json(scheduled_jobs.disable(workspace, scheduled)))
    job = _named(workspace, job_id)
    return _changed(workspace, _switch(workspace, job, disabled=True))


@bp.put("/<job_id>/enable")
@operation(needs=caller, problems=(400, 404))
def enable(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Let polls go on, the first an interval from now, failures counted anew (documented); or a scheduled request."""
    if scheduled := find_scheduled(workspace, job_id):
        return Answer(scheduled_call.to_json(scheduled_jobs.enable(workspace, scheduled)))
    job = _named(workspace, job_id)
    return _changed(workspace, _switch(workspace, job, disabled=False))


@bp.put("/<job_id>/reschedule")
@operation(needs=caller, problems=(404, 409))
def reschedule(workspace: Workspace, job_id: str, body: RescheduleRequest) -> Answer[JobJson]:
    """Let a poller run next at a time of one's own choice, or a scheduled request by another cron expression."""
    if scheduled := find_scheduled(workspace, job_id):
        return Answer(scheduled_call.to_json(scheduled_jobs.reschedule(workspace, scheduled, body.cron)))
    found = _named(workspace, job_id)
    due = _instant(body.next_fire_time, now=workspace.clock.now())
    job = dependencies().store[Jobs].of(workspace.name, JobKind.POLL, str(found.instance.id))
    if job is None:
        raise ConflictError(f"Job {job_id} is disabled; PUT /jobs/{job_id}/enable lets it run again")
    dependencies().store[Jobs].move(job, due)
    dependencies().engine.wake()
    return _changed(workspace, found.instance)


def _switch(workspace: Workspace, job: PollerJob, *, disabled: bool) -> Instance:
    named = NamedInstance(workspace=workspace, instance=job.instance)
    return change(named, lambda stored: replace(stored, polling_disabled=disabled), ask=ProviderCheck.NEVER)


def _changed(workspace: Workspace, instance: Instance) -> Answer[JobJson]:
    job = _job_of(workspace, instance)
    if job is None:
        raise NotFoundError("job", identities.job_id(workspace, instance.id))
    return Answer(poller_job.to_json(job))


def _history(
    workspace: Workspace, pollers: list[Instance], scheduled: list[ScheduledJob], query: PageQuery
) -> Answer[list[JobHistoryJson]]:
    page = paging(query)
    polling = {instance.id: instance for instance in pollers}
    calling = {each.call.number: each for each in scheduled}
    runs, total = (
        dependencies()
        .store[JobHistory]
        .latest(workspace.name, pollers=polling, calls=calling, offset=page.offset, limit=page.size)
    )
    with dependencies().store[People].reading(workspace) as register:
        founder, users = register.founder, {user.id: user for user in register.users()}

    def shown_run(run: JobRun) -> JobHistoryJson:
        if run.call is None:
            instance = polling[run.instance_id]
            work = poller_job.work(instance)
        else:
            instance = calling[run.call].instance
            work = scheduled_call.work(calling[run.call].call, instance)
        return history_json(run, work, users.get(instance.user_id or founder.id, founder))

    more = bool(runs) and page.offset + len(runs) < total
    headers = page_headers(page, returned=len(runs), more=more, total=total)
    return Answer([shown_run(run) for run in runs], headers)


def _jobs(workspace: Workspace) -> list[PollerJob]:
    dues = dependencies().store[Jobs].dues(workspace.name, JobKind.POLL)
    jobs = (
        _job(workspace, instance, dues.get(str(instance.id))) for instance in visible_instances(workspace)
    )
    return [job for job in jobs if job is not None]


def _job_of(workspace: Workspace, instance: Instance) -> PollerJob | None:
    planned = dependencies().store[Jobs].of(workspace.name, JobKind.POLL, str(instance.id))
    return _job(workspace, instance, None if planned is None else planned.due)


def _job(workspace: Workspace, instance: Instance, due: datetime | None) -> PollerJob | None:
    if due is None and not (instance.polling_disabled and _is_polled(instance)):
        return None
    return PollerJob(id=identities.job_id(workspace, instance.id), instance=instance, due=due)


def _named(workspace: Workspace, job_id: str) -> PollerJob:
    found = next((job for job in _jobs(workspace) if job.id == job_id), None)
    if found is None:
        raise NotFoundError("job", job_id)
    return found


def _is_polled(instance: Instance) -> bool:
    element, block = catalogue().element(instance.element_key), dependencies().settings.empty_block
    return configuration.is_polled(instance.configuration) and bool(
        configuration.polled_resources(instance.configuration, element, empty_block=block)
    )


def _instant(milliseconds: int | None, *, now: datetime) -> datetime:
    """Read when a job is to run.

    Raises:
        InvalidRequestError: there is none, or it has passed or lies beyond the calendar.
    """
    try:
        due = None if milliseconds is None else EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        due = None
    if due is None or not now <= due < _LATEST:
        raise InvalidRequestError(
            f"nextFireTime must be milliseconds since 1970 that are not past at {format_instant(now)}; "
            f"got {shown(milliseconds)}"
        )
    return due
