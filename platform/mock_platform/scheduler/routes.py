"""``/jobs``: the pollers of instances, and calls that were scheduled. Jobs of formulas are not imitated.

A poller is there as long as its instance is polled: it is on the agenda, or was disabled, by hand or after too many
failures.
"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from flask import Blueprint
from msgspec import Meta, field

from mock_kit.api.operations import Answer, links, operation
from mock_kit.storage.database import EPOCH
from mock_kit.values import replace
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import caller
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.configuration.poller_configuration import REFRESH_INTERVAL
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.core.listing import paginated
from mock_platform.core.paging import PAGE_HEADERS, PageQuery, paging
from mock_platform.dates.java_dates import epoch_milliseconds
from mock_platform.elements.service import catalogue
from mock_platform.errors import InvalidRequestError, NotFoundError
from mock_platform.hub import scheduled_call
from mock_platform.instances.calling import instance_named, visible_instances
from mock_platform.instances.named_instance import NamedInstance
from mock_platform.instances.service import ProviderCheck, change
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.job import CreatedJobJson, JobHistoryJson, JobJson
from mock_platform.jobs.store import Jobs
from mock_platform.scheduler import poller_job, service
from mock_platform.scheduler.poller_job import PollerJob
from mock_platform.scheduler.requests import JobRequest, RescheduleRequest
from mock_platform.scheduler.service import JobSelection, find_scheduled

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

MOST_MILLISECONDS = epoch_milliseconds(datetime.max.replace(tzinfo=UTC))
_LINKS_OF_ONE = links("jobs", "get", "reschedule", "delete", job_id="$response.body#/id")
_LINKS = links("jobs", "get", "disable", "enable", "reschedule", "history", job_id="$response.body#/0/id")


class ExecutionsQuery(PageQuery, rename="camel", kw_only=True, forbid_unknown_fields=True):
    """Which runs are asked for.

    Attributes:
        element_keys: of whose elements; a run that is about no instance has none. A comma may stand between several.
        start_time: in milliseconds since 1970; runs before are left out (assumed).
    """

    element_keys: list[str] = field(default_factory=list)
    start_time: Annotated[int, Meta(ge=0, le=MOST_MILLISECONDS)] = 0


@bp.get("")
@operation(needs=caller, headers=PAGE_HEADERS, links=_LINKS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[JobJson]]:
    """List pollers by their instances' ids, then scheduled requests (assumed); an empty list is 200 (observed)."""
    pollers = [poller_job.to_json(job) for job in _jobs(workspace)]
    scheduled = [scheduled_call.to_json(job) for job in service.scheduled_jobs(workspace)]
    return paginated(pollers + scheduled, paging(query))


@bp.post("")
@operation(needs=caller, problems=(404,), links=_LINKS_OF_ONE)
def create(workspace: Workspace, body: JobRequest) -> Answer[CreatedJobJson]:
    """Make a job of any call on the platform (observed); it is made with the caller's secrets (assumed)."""
    instance = None if body.instance_id is None else instance_named(workspace, str(body.instance_id))
    return Answer(scheduled_call.created_json(service.create(workspace, body, instance)))


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
    return service.history(workspace, service.all_jobs(workspace), query)


@bp.get("/executions")
@operation(needs=caller, headers=PAGE_HEADERS)
def executions(workspace: Workspace, query: ExecutionsQuery) -> Answer[list[JobHistoryJson]]:
    """List the runs of all jobs, the latest first (observed); what an entry shows is assumed."""
    keys = {key for named in query.element_keys for key in named.split(",")}
    return service.history(
        workspace,
        service.all_jobs(workspace).of_elements(keys),
        query,
        since=EPOCH + timedelta(milliseconds=query.start_time),
    )


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
    """End an instance's polls, which events off and on again start anew (assumed), or a scheduled request."""
    if scheduled := find_scheduled(workspace, job_id):
        service.delete(workspace, scheduled)
        return Answer(None)
    job = _named(workspace, job_id)
    if job.due is None:
        _switch(workspace, job, disabled=False)
    dependencies().store[Jobs].drop(workspace.name, JobKind.POLL, str(job.instance.id))
    return Answer(None)


@bp.get("/<job_id>/history")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def history(workspace: Workspace, job_id: str, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what a job did, the latest turn first."""
    scheduled = find_scheduled(workspace, job_id)
    jobs = (
        JobSelection(scheduled=[scheduled])
        if scheduled
        else JobSelection(pollers=[_named(workspace, job_id).instance])
    )
    return service.history(workspace, jobs, query)


@bp.put("/<job_id>/disable")
@operation(needs=caller, problems=(404,))
def disable(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Pause an instance's polls, or a scheduled request."""
    if scheduled := find_scheduled(workspace, job_id):
        return Answer(scheduled_call.to_json(service.disable(workspace, scheduled)))
    job = _named(workspace, job_id)
    return _changed(workspace, _switch(workspace, job, disabled=True))


@bp.put("/<job_id>/enable")
@operation(needs=caller, problems=(400, 404))
def enable(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Let polls go on, the first an interval from now, failures counted anew (documented); or a scheduled request."""
    if scheduled := find_scheduled(workspace, job_id):
        return Answer(scheduled_call.to_json(service.enable(workspace, scheduled)))
    job = _named(workspace, job_id)
    return _changed(workspace, _switch(workspace, job, disabled=False))


@bp.patch("/<job_id>/reschedule")
@operation(needs=caller, problems=(404, 409))
def reschedule(workspace: Workspace, job_id: str, body: RescheduleRequest) -> Answer[CreatedJobJson]:
    """Let a scheduled request run by another cron expression (observed); a poller runs by its interval (assumed)."""
    if scheduled := find_scheduled(workspace, job_id):
        moved = service.reschedule(workspace, scheduled, body.trigger.cron)
        return Answer(scheduled_call.created_json(moved))
    instance = _named(workspace, job_id).instance
    raise InvalidRequestError(
        f"job {job_id} polls instance {instance.id} by its interval: PATCH /instances/{instance.id} with another "
        f"{REFRESH_INTERVAL} changes that"
    )


def _switch(workspace: Workspace, job: PollerJob, *, disabled: bool) -> Instance:
    named = NamedInstance(workspace=workspace, instance=job.instance)
    return change(named, lambda stored: replace(stored, polling_disabled=disabled), ask=ProviderCheck.NEVER)


def _changed(workspace: Workspace, instance: Instance) -> Answer[JobJson]:
    job = _job_of(workspace, instance)
    if job is None:
        raise NotFoundError("job", identities.job_id(workspace, instance.id))
    return Answer(poller_job.to_json(job))


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
