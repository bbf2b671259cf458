"""``/_local/audit``: which events an instance owed its receiver, and what became of each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from mock_kit.admin.routes import asked_workspace
from mock_kit.api.operations import Answer, operation
from mock_kit.storage.retention import Pruned, PrunedJson, pruned_json
from mock_kit.workspaces.instants import format_instant
from mock_kit.workspaces.registry import Workspace
from mock_platform.audit import facts
from mock_platform.audit.ground_truth import ground_truth
from mock_platform.audit.notes import notes
from mock_platform.audit.verdicts import Audit, AuditFinding, AuditVerdict, reckon
from mock_platform.core.dependencies import dependencies
from mock_platform.core.instance import Instance
from mock_platform.elements.service import connector_of
from mock_platform.events.store_history import HistoryRetention
from mock_platform.instances.calling import any_instance
from mock_platform.instances.routes_warnings import kept_warnings
from mock_platform.lint.warning import WarningJson

bp = Blueprint("audit", __name__, url_prefix="/_local/audit")


class AuditQuery(Struct, rename="camel"):
    """Which instance is audited."""

    instance_id: Annotated[int, Meta(ge=0, le=10**18)]


class FindingJson(TypedDict):
    """An event, and why it came as it did, or did not.

    ``change`` is what was owed, ``at`` when that happened; of a duplicate, what was told, and when.
    """

    resource: str
    recordId: str
    change: str
    at: str
    why: str


class AuditJson(TypedDict):
    """What was owed, held against what was delivered.

    Every event that was owed is reported, late, misclassified or lost. ``delivered`` counts the events of callbacks that
    were taken, each as often as that; what was told without being owed is a duplicate, or misclassified if it names no
    record. ``pruned`` says what is no longer kept and so not judged; null if all is. ``notes`` say what is not polled, and
    why nothing is owed if nothing is. ``warnings`` are those of ``/_local/warnings``.
    """

    owed: int
    delivered: int
    reported: list[FindingJson]
    late: list[FindingJson]
    duplicate: list[FindingJson]
    misclassified: list[FindingJson]
    lost: list[FindingJson]
    pruned: PrunedJson | None
    notes: list[str]
    warnings: list[WarningJson]


@bp.get("")
@operation(problems=(401, 403, 404, 409, 502))
def show(query: AuditQuery) -> Answer[AuditJson]:
    """Hold the CRM's own log of changes against the callbacks of an instance."""
    workspace = asked_workspace()
    instance = any_instance(workspace, str(query.instance_id))
    audit, gone, remarks = _audited(workspace, instance)
    ((_, slips),) = kept_warnings(workspace, [instance])
    return Answer(
        {
            "owed": audit.owed,
            "delivered": audit.delivered,
            "reported": _shown(audit, AuditVerdict.REPORTED),
            "late": _shown(audit, AuditVerdict.LATE),
            "duplicate": _shown(audit, AuditVerdict.DUPLICATE),
            "misclassified": _shown(audit, AuditVerdict.MISCLASSIFIED),
            "lost": _shown(audit, AuditVerdict.LOST),
            "pruned": pruned_json(gone),
            "notes": remarks,
            "warnings": slips.to_json(),
        }
    )


def _audited(workspace: Workspace, instance: Instance) -> tuple[Audit, Pruned | None, list[str]]:
    """Gather what is known of an instance, and reckon; with what is not known any more, and notes on it."""
    services = dependencies()
    polled = facts.polled(services.store, workspace.name, instance, connector_of(instance), services.settings)
    since = min((one.since for one in polled), default=instance.created)
    truth = ground_truth(workspace, instance, since=since)
    reports = facts.reports(services.store, workspace.name, instance.id)
    gone = _gone([services.store[HistoryRetention].pruned(workspace.name), truth.pruned], since)
    if gone:
        polled = [one.kept_since(gone.before) for one in polled]
    now = workspace.clock.now()
    audit = reckon(one.followed(truth.changes, reports.get(one.resource, ()), until=now) for one in polled)
    nothing = not (audit.owed or audit.delivered or audit.findings)
    return audit, gone, notes(instance, polled, truth.changes, nothing=nothing, now=now, gone=gone)


def _gone(pruned: Iterable[Pruned | None], since: datetime) -> Pruned | None:
    """Return what is no longer kept of the time since an instant."""
    affected = [each for each in pruned if each and since < each.before]
    return max(affected, key=lambda each: each.before, default=None)


def _shown(audit: Audit, verdict: AuditVerdict) -> list[FindingJson]:
    return [_finding(finding) for finding in audit.of(verdict)]


def _finding(finding: AuditFinding) -> FindingJson:
    return {
        "resource": finding.resource,
        "recordId": finding.record_id,
        "change": finding.change.value,
        "at": format_instant(finding.at),
        "why": finding.why,
    }
