"""``/_local/audit``: which events an instance's receiver should have got, and what became of each; ``/_local/pollers``: how far each has polled."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal, TypedDict

from flask import Blueprint, current_app
from msgspec import Meta, Struct, field, json

from elements_local.kit.api.operations import Answer, operation, page_json
from elements_local.kit.api.pages import ListQuery, Page, PageJson
from elements_local.kit.api.views import View
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_url
from elements_local.kit.storage.retention import Pruned
from elements_local.platform.audit import facts
from elements_local.platform.audit.notes import notes, unpolled
from elements_local.platform.audit.store import Audits, Standing
from elements_local.platform.audit.verdicts import Audit, AuditFinding, AuditVerdict, summed
from elements_local.platform.call import AdminCall, Call
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.poll import Resource
from elements_local.platform.explain.case_reader import CaseReader
from elements_local.platform.explain.facts import InstanceFacts
from elements_local.platform.explain.poller_causes import why_failed
from elements_local.platform.explain.verdict import Doubt, Explanation, explained
from elements_local.platform.instances.call import instance_named, instances_asked_for
from elements_local.platform.instances.routes_lint import kept_warnings
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.store import JobKind, Jobs
from elements_local.platform.lint.warning import WarningJson
from elements_local.platform.polling.window import window

bp = Blueprint("audit", __name__, url_prefix="/_local/audit")


_EXTENSION = "elements-local-audits"

_DOUBTS = {
    AuditVerdict.LATE: Doubt.TIME,
    AuditVerdict.MISCLASSIFIED: Doubt.NAME,
    AuditVerdict.DUPLICATE: Doubt.TIMES,
}


class AuditQuery(ListQuery, rename="camel", kw_only=True):
    """Which instance is audited, and which page of what was found is asked for.

    Attributes:
        verdict: only findings of these lists.
    """

    instance_id: Annotated[int, Meta(ge=0, le=10**18)]
    verdict: list[Literal["reported", "late", "duplicate", "misclassified", "lost"]] = field(default=[])


class FindingJson(TypedDict):
    """An event, and why it came as it did, or did not.

    ``change`` is what was expected, ``at`` when that happened; of a duplicate, what was reported, and when. ``why`` and the word of
    the ``cause`` are those of ``/_local/explain``; of what was reported as it should, ``why`` names the poll, and ``cause`` is null.
    """

    resource: str
    recordId: str
    change: str
    at: str
    why: str
    cause: str | None


class FailedPollsJson(TypedDict):
    """A resource of which polls failed, how many, and when and why the last did."""

    resource: str
    polls: int
    at: str
    why: str


class UnpolledJson(TypedDict):
    """A collection that the instance does not poll, and how many changes of it the CRM has logged."""

    collection: str
    changes: int


class AuditJson(PageJson, TypedDict):
    """What was expected, compared with what was delivered.

    Every expected event is reported, late, misclassified or lost. The lists have the findings of a page, and ``counts``
    how many there are of each on all of them. ``delivered`` counts the events of callbacks that
    were taken, each as often as that; what was reported unexpectedly is a duplicate, or misclassified if it names no
    record. ``pruned`` says what is no longer kept and so not judged; null if all is. ``notes`` say what is not polled, and
    why nothing is expected if nothing is. ``failedPolls`` and ``unpolled`` are in what is judged. ``warnings`` are those of ``/_local/warnings``.
    """

    owed: int
    delivered: int
    counts: dict[str, int]
    reported: list[FindingJson]
    late: list[FindingJson]
    duplicate: list[FindingJson]
    misclassified: list[FindingJson]
    lost: list[FindingJson]
    pruned: Pruned | None
    notes: list[str]
    failedPolls: list[FailedPollsJson]
    unpolled: list[UnpolledJson]
    warnings: list[WarningJson]


_PROBLEMS = (401, 403, 404, 409, 502)


@bp.get("")
@operation(problems=_PROBLEMS)
def show(call: AdminCall, query: AuditQuery) -> Answer[AuditJson]:
    """Hold the CRM's own log of changes against the callbacks of an instance: a page of what was found, the latest first."""
    instance = instance_named(call, str(query.instance_id))
    kept = _audits().of(call, instance)
    before = kept.answers
    with kept.flight:
        found = kept.look(call, instance)
        asked = (json.encode(query), found.revision)
        # What was answered while this call waited is answered again, if it is the same that was asked for.
        if kept.answers == before or kept.answered[0] != asked:
            kept.answered = asked, _answer(call, instance, found, query)
            kept.answers += 1
        return Answer(kept.answered[1])


class AuditCountsJson(TypedDict):
    """How many events were expected of an instance, and how many are of each verdict."""

    instanceId: int
    owed: int
    delivered: int
    counts: dict[str, int]


class AllCountsJson(TypedDict):
    """The audits of all instances of a workspace."""

    audits: list[AuditCountsJson]


class CountsQuery(Struct, rename="camel"):
    """Whose audit is counted.

    Attributes:
        instance_id: the instance; without it all of the workspace.
    """

    instance_id: int | None = None


@bp.get("/counts")
@operation(problems=_PROBLEMS)
def counts(call: AdminCall, query: CountsQuery) -> Answer[AllCountsJson]:
    """Count what an audit of an instance finds, or of each, without saying why: that takes next to no time."""
    instances = instances_asked_for(call, query.instance_id)
    standings = [(one.id, _audits().of(call, one).look(call, one).records) for one in instances]
    return Answer(
        {
            "audits": [
                {
                    "instanceId": number,
                    "owed": sum(each.owed for each in records),
                    "delivered": sum(each.delivered for each in records),
                    "counts": _counts(finding for each in records for finding in each.findings),
                }
                for number, records in standings
            ]
        }
    )


def _audits() -> Audits:
    audits: Audits = current_app.extensions.setdefault(_EXTENSION, Audits())
    return audits


def _counts(findings: Iterable[AuditFinding]) -> dict[str, int]:
    found = Counter(each.verdict for each in findings)
    return {verdict.value: found[verdict] for verdict in AuditVerdict}


def _answer(call: Call, instance: Instance, found: Standing, query: AuditQuery) -> AuditJson:
    audit = summed(found.records)
    nothing = not (audit.owed or audit.delivered or audit.findings)
    ((_, warnings),) = kept_warnings(call, [instance])
    page = _page(audit, query)
    reader = CaseReader(call, instance)
    reader.since = found.since
    shown = [(finding.verdict, _finding(finding, reader)) for _, finding in reversed(page.items)]

    def of(verdict: AuditVerdict) -> list[FindingJson]:
        return [finding for its, finding in shown if its is verdict]

    return {
        "owed": audit.owed,
        "delivered": audit.delivered,
        "counts": _counts(audit.findings),
        "reported": of(AuditVerdict.REPORTED),
        "late": of(AuditVerdict.LATE),
        "duplicate": of(AuditVerdict.DUPLICATE),
        "misclassified": of(AuditVerdict.MISCLASSIFIED),
        "lost": of(AuditVerdict.LOST),
        "pruned": found.pruned,
        "notes": notes(
            instance,
            found.polled,
            found.changes,
            silent=reader.silent,
            nothing=nothing,
            now=call.now,
            gone=found.pruned,
        ),
        "failedPolls": _failed(found.polled),
        "unpolled": [
            {"collection": name, "changes": count}
            for name, count in unpolled(found.polled, found.changes).items()
        ],
        "warnings": warnings.to_json(),
        **page_json(page, "before"),
    }


def _page(audit: Audit, query: AuditQuery) -> Page[tuple[int, AuditFinding]]:
    """Return a page of the findings, the latest first, each with its place among those that are asked for."""
    asked = [each for each in audit.findings if not query.verdict or each.verdict.value in query.verdict]
    end = len(asked) if query.before is None else min(query.before, len(asked))
    places = range(end - 1, max(end - query.limit - 1, 0) - 1, -1)
    latest = [(place, asked[place]) for place in places]
    return Page.of(latest, query.limit, total=len(asked), cursor=lambda each: each[0])


def _failed(polled: Sequence[facts.AuditedResource]) -> list[FailedPollsJson]:
    """Say of which resources polls failed, in what is judged."""
    failed = {
        one.resource: [poll for poll in one.polls if poll.error and poll.at > one.since] for one in polled
    }
    return [
        {
            "resource": name,
            "polls": len(polls),
            "at": format_instant(polls[-1].at),
            "why": why_failed(polls[-1].error or ""),
        }
        for name, polls in failed.items()
        if polls
    ]


def _finding(finding: AuditFinding, reader: CaseReader) -> FindingJson:
    said = None if finding.verdict is AuditVerdict.REPORTED else _explained(finding, reader)
    return {
        "resource": finding.resource,
        "recordId": finding.record_id,
        "change": finding.change.value,
        "at": format_instant(finding.at),
        "why": said.why if said else finding.why,
        "cause": said.cause.word if said and said.cause else None,
    }


def _explained(finding: AuditFinding, reader: CaseReader) -> Explanation:
    """Return what went wrong with an event."""
    resource, record_id = finding.resource, finding.record_id
    seq = reader.seq_of(resource, record_id, finding.change.value, finding.at)
    case = (
        reader.reported_case(resource, record_id, at=finding.poll_at or finding.at)
        if seq is None
        else reader.case(resource, record_id, seq=seq)
    )
    return explained(case, _DOUBTS.get(finding.verdict))


pollers = Blueprint("pollers", __name__, url_prefix="/_local/pollers")


class PolledResourceJson(View):
    """A resource that an instance is configured to poll.

    ``collection`` is the CRM's, in lower case, null if its URL leads to none as a whole. ``from`` is what the next poll asks
    for changes later than; null while it is not polled.
    """

    resource: str
    collection: str | None
    id_field: str
    from_: str | None = field(name="from")


class PollerJson(TypedDict):
    """An instance. ``silent`` says why there is no poll to come; it is empty if there is."""

    instanceId: int
    name: str
    made: str
    callbackUrl: str
    nextPoll: str | None
    silent: str
    resources: list[PolledResourceJson]


class PollersJson(TypedDict):
    """The instances of a workspace, whether they are polled or not."""

    pollers: list[PollerJson]


@pollers.get("")
@operation(problems=(401, 403))
def index(call: AdminCall) -> Answer[PollersJson]:
    """Show what is polled of each instance, and when next."""
    with call.read() as tx:
        dues = Jobs(tx).dues(JobKind.POLL)
        instances = Instances(tx).all()
    return Answer({"pollers": [_poller(call, one, dues.get(str(one.id))) for one in instances]})


def _poller(call: Call, instance: Instance, due: datetime | None) -> PollerJson:
    facts = InstanceFacts(call, instance)
    return {
        "instanceId": instance.id,
        "name": instance.name,
        "made": format_instant(instance.created),
        "callbackUrl": mask_url(instance.configuration.get(configuration.CALLBACK_URL) or ""),
        "nextPoll": format_instant(due) if due and not instance.disabled else None,
        "silent": _silent(facts),
        "resources": [_polled(facts, each) for each in facts.configured.values()],
    }


def _polled(facts: InstanceFacts, resource: Resource) -> PolledResourceJson:
    last, at = facts.last_polls.get(resource.name), facts.call.now
    return PolledResourceJson(
        resource=resource.name,
        collection=facts.collection(resource.name),
        id_field=resource.id_field,
        from_=format_instant(window(resource, watermark=last.at, at=at).after) if last else None,
    )


def _silent(facts: InstanceFacts) -> str:
    """Say why an instance is not polled; nothing if it is."""
    values = facts.instance.configuration
    if not configuration.events_enabled(values):
        return f"{configuration.ENABLED} is not true"
    if not configuration.is_polled(values):
        return f"{configuration.VENDOR_TYPE} is {values.get(configuration.VENDOR_TYPE)}, not polling"
    if not facts.configured:
        return "event.poller.configuration names no resource"
    return facts.silent
