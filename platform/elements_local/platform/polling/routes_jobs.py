"""``/jobs``: the pollers of instances. Jobs of formulas, and calls that are made jobs of, are not imitated.

A poller is there as long as its instance is polled: it is on the agenda, or was disabled, by hand or after too many
failures.
"""

from datetime import datetime

from flask import Blueprint

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.kit.values import replace
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.calling import caller
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core import identities
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.listing import paginated, part_of
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, paging
from elements_local.platform.elements.service import catalogue
from elements_local.platform.errors import NotFoundError
from elements_local.platform.instances.named_instance import NamedInstance
from elements_local.platform.instances.service import ProviderCheck, change
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.due_job import JobKind
from elements_local.platform.jobs.store import Jobs
from elements_local.platform.polling.poller_job import (
    JobHistoryJson,
    JobJson,
    PollerJob,
    history_json,
    to_json,
)
from elements_local.platform.polling.store import Polls

bp = Blueprint("jobs", __name__, url_prefix="/jobs")

_LINKS = links("jobs", "get", "disable", "enable", "history", job_id="$response.body#/0/id")


@bp.get("")
@operation(needs=caller, headers=PAGE_HEADERS, links=_LINKS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[JobJson]]:
    """List pollers by their instances' ids (assumed); an empty list is 200 (observed)."""
    return paginated([to_json(job) for job in _jobs(workspace)], paging(query))


@bp.get("/polling-disabled")
@operation(needs=caller, headers=PAGE_HEADERS)
def polling_disabled(workspace: Workspace, query: PageQuery) -> Answer[list[JobJson]]:
    """List those pollers that are disabled: by hand, or since polls failed too often (documented)."""
    return paginated([to_json(job) for job in _jobs(workspace) if job.due is None], paging(query))


@bp.get("/history")
@operation(needs=caller, headers=PAGE_HEADERS)
def all_history(workspace: Workspace, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what all jobs did, the latest turn first."""
    with dependencies().store.read(workspace.name) as tx:
        instances = Instances(tx).all()
    return _history(workspace, instances, query)


@bp.get("/<job_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Show one job."""
    return Answer(to_json(_named(workspace, job_id)))


@bp.delete("/<job_id>")
@operation(needs=caller, problems=(404,))
def delete(workspace: Workspace, job_id: str) -> Answer[None]:
    """End an instance's polls, which events off and on again start anew (assumed)."""
    job = _named(workspace, job_id)
    if job.due is None:
        _switch(workspace, job, disabled=False)
    with dependencies().store.transaction(workspace.name) as tx:
        Jobs(tx).drop(JobKind.POLL, str(job.instance.id))
    return Answer(None)


@bp.get("/<job_id>/history")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def history(workspace: Workspace, job_id: str, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what a job did, the latest turn first."""
    return _history(workspace, [_named(workspace, job_id).instance], query)


@bp.put("/<job_id>/disable")
@operation(needs=caller, problems=(404,))
def disable(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Pause an instance's polls."""
    job = _named(workspace, job_id)
    return _changed(workspace, _switch(workspace, job, disabled=True))


@bp.put("/<job_id>/enable")
@operation(needs=caller, problems=(404,))
def enable(workspace: Workspace, job_id: str) -> Answer[JobJson]:
    """Let polls go on, the first an interval from now, failures counted anew (documented)."""
    job = _named(workspace, job_id)
    return _changed(workspace, _switch(workspace, job, disabled=False))


def _history(
    workspace: Workspace, instances: list[Instance], query: PageQuery
) -> Answer[list[JobHistoryJson]]:
    page, by_id = paging(query), {instance.id: instance for instance in instances}
    with dependencies().store.read(workspace.name) as tx:
        runs, total = Polls(tx).runs(by_id, page)
    shown = [history_json(run, by_id[run.instance_id], user_of(workspace)) for run in runs]
    return part_of(shown, page, total=total)


def _switch(workspace: Workspace, job: PollerJob, *, disabled: bool) -> Instance:
    named = NamedInstance(workspace=workspace, instance=job.instance)
    return change(named, lambda stored: replace(stored, polling_disabled=disabled), ask=ProviderCheck.NEVER)


def _changed(workspace: Workspace, instance: Instance) -> Answer[JobJson]:
    job = _job_of(workspace, instance)
    if job is None:
        raise NotFoundError("job", identities.job_id(workspace, instance.id))
    return Answer(to_json(job))


def _jobs(workspace: Workspace) -> list[PollerJob]:
    with dependencies().store.read(workspace.name) as tx:
        dues = Jobs(tx).dues(JobKind.POLL)
        instances = Instances(tx).all()
    jobs = (_job(workspace, instance, dues.get(str(instance.id))) for instance in instances)
    return [job for job in jobs if job is not None]


def _job_of(workspace: Workspace, instance: Instance) -> PollerJob | None:
    with dependencies().store.read(workspace.name) as tx:
        planned = Jobs(tx).of(JobKind.POLL, str(instance.id))
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
