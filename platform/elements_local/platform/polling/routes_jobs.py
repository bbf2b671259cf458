"""``/jobs``: the pollers of instances. Jobs of formulas, and calls that are made jobs of, are not imitated.

A poller is there as long as its instance is polled: it is on the agenda, or was disabled, by hand or after too many
failures.
"""

from datetime import datetime

from flask import Blueprint

from elements_local.kit.api.operations import Answer, links, operation
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.call import Call
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core import identities
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery, paginated, paging, part_of
from elements_local.platform.errors import NotFoundError
from elements_local.platform.instances.instance import job_deleted
from elements_local.platform.instances.service import change
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.store import JobKind, Jobs
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
@operation(headers=PAGE_HEADERS, links=_LINKS)
def index(call: Call, query: PageQuery) -> Answer[list[JobJson]]:
    """List pollers by their instances' ids (assumed); an empty list is 200 (observed)."""
    return paginated([to_json(job) for job in _jobs(call)], paging(query))


@bp.get("/polling-disabled")
@operation(headers=PAGE_HEADERS)
def polling_disabled(call: Call, query: PageQuery) -> Answer[list[JobJson]]:
    """List those pollers that are disabled: by hand, or since polls failed too often (documented)."""
    return paginated([to_json(job) for job in _jobs(call) if job.due is None], paging(query))


@bp.get("/history")
@operation(headers=PAGE_HEADERS)
def all_history(call: Call, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what all jobs did, the latest turn first."""
    with call.read() as tx:
        instances = Instances(tx).all()
    return _history(call, instances, query)


@bp.get("/<job_id>")
@operation(problems=(404,))
def get(call: Call, job_id: str) -> Answer[JobJson]:
    """Show one job."""
    return Answer(to_json(_named(call, job_id)))


@bp.delete("/<job_id>")
@operation(problems=(404,))
def delete(call: Call, job_id: str) -> Answer[None]:
    """End an instance's polls, which events off and on again start anew (assumed)."""
    job = _named(call, job_id)
    if job.due is None:
        _switch(call, job, disabled=False)
    with call.transaction() as tx:
        Jobs(tx).drop(JobKind.POLL, str(job.instance.id))
    call.publish(job_deleted(job.instance))
    return Answer(None)


@bp.get("/<job_id>/history")
@operation(problems=(404,), headers=PAGE_HEADERS)
def history(call: Call, job_id: str, query: PageQuery) -> Answer[list[JobHistoryJson]]:
    """List what a job did, the latest turn first."""
    return _history(call, [_named(call, job_id).instance], query)


@bp.put("/<job_id>/disable")
@operation(problems=(404,))
def disable(call: Call, job_id: str) -> Answer[JobJson]:
    """Pause an instance's polls."""
    job = _named(call, job_id)
    return _changed(call, _switch(call, job, disabled=True))


@bp.put("/<job_id>/enable")
@operation(problems=(404,))
def enable(call: Call, job_id: str) -> Answer[JobJson]:
    """Let polls go on, the first an interval from now, failures counted anew (documented)."""
    job = _named(call, job_id)
    return _changed(call, _switch(call, job, disabled=False))


def _history(call: Call, instances: list[Instance], query: PageQuery) -> Answer[list[JobHistoryJson]]:
    page, by_id = paging(query), {instance.id: instance for instance in instances}
    with call.read() as tx:
        runs, total = Polls(tx).runs(by_id, page)
    shown = [history_json(run, by_id[run.instance_id], user_of(call.workspace)) for run in runs]
    return part_of(shown, page, total=total)


def _switch(call: Call, job: PollerJob, *, disabled: bool) -> Instance:
    return change(call, job.instance, lambda stored: replace(stored, polling_disabled=disabled))


def _changed(call: Call, instance: Instance) -> Answer[JobJson]:
    job = _job_of(call, instance)
    if job is None:
        raise NotFoundError("job", identities.job_id(call.workspace, instance.id))
    return Answer(to_json(job))


def _jobs(call: Call) -> list[PollerJob]:
    with call.read() as tx:
        dues = Jobs(tx).dues(JobKind.POLL)
        instances = Instances(tx).all()
    jobs = (_job(call, instance, dues.get(str(instance.id))) for instance in instances)
    return [job for job in jobs if job is not None]


def _job_of(call: Call, instance: Instance) -> PollerJob | None:
    with call.read() as tx:
        planned = Jobs(tx).of(JobKind.POLL, str(instance.id))
    return _job(call, instance, None if planned is None else planned.due)


def _job(call: Call, instance: Instance, due: datetime | None) -> PollerJob | None:
    if due is None and not (instance.polling_disabled and _is_polled(call, instance)):
        return None
    return PollerJob(id=identities.job_id(call.workspace, instance.id), instance=instance, due=due)


def _named(call: Call, job_id: str) -> PollerJob:
    found = next((job for job in _jobs(call) if job.id == job_id), None)
    if found is None:
        raise NotFoundError("job", job_id)
    return found


def _is_polled(call: Call, instance: Instance) -> bool:
    element, block = call.element_of(instance), call.settings.empty_block
    return configuration.is_polled(instance.configuration) and bool(
        configuration.polled_resources(instance.configuration, element, empty_block=block)
    )
