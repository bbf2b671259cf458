"""An explanation as JSON: the verdict, and the chain from the change to the receiver's answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from elements_local.kit.masks import mask_target, mask_value
from elements_local.platform.bulk.job import BulkLoadJson, listed
from elements_local.platform.elements.connector import VendorCall, VendorChange
from elements_local.platform.events.records import Attempt
from elements_local.platform.explain.arithmetic import FilterVerdict, ReadDate, dates_of, filters_of
from elements_local.platform.explain.case import (
    MOST_POLLS,
    ArrivedCallback,
    ExplainedCallback,
    ExplainedCase,
    PollOfRecord,
)
from elements_local.platform.explain.cause import CauseFinding, CureAttempt, CureFix, CureSearch
from elements_local.platform.explain.verdict import Explanation

Json = dict[str, Any]


class ExplainedChangeJson(TypedDict):
    """A change as the CRM logged it; ``updated`` and ``created`` are the record's own dates after it."""

    seq: int
    resource: str
    recordId: str
    change: str
    at: datetime
    updated: datetime
    created: datetime | None


class ExplainedRecordJson(TypedDict):
    """What a poll made of the record: its dates, each filter, and the classification."""

    id: str
    dates: dict[str, ReadDate]
    filters: list[FilterVerdict]
    verdict: str
    why: str


class ExplainedPollJson(TypedDict):
    """A poll since the change: window, request, answer, and what it made of the record each time it saw it.

    The ``effect`` of a call is what a scripted fault made of it, empty if none did. ``calls`` are kept with the poll; of one that
    saw nothing and that no fault struck they are in the CRM's journal alone, and null once they have made room there.
    """

    id: int
    at: datetime
    window: dict[str, datetime]
    request: Json
    seen: int
    error: str | None
    calls: list[VendorCall] | None
    records: list[ExplainedRecordJson]


class ExplainedAttemptJson(TypedDict):
    """One try to deliver, and the receiver's answer."""

    number: int
    at: datetime
    url: str
    status: int | None
    outcome: str


class ExplainedCallbackJson(TypedDict):
    """A notification that reports the record, and what became of it; ``arrived`` is null if the sink does not say."""

    notificationId: int
    pollAt: datetime
    events: list[str]
    url: str
    status: str
    active: bool
    due: datetime | None
    attempts: list[ExplainedAttemptJson]
    arrived: Sequence[ArrivedCallback] | None


class ExplainedCauseJson(TypedDict):
    """One cause: its word, what that means, and by what it is known."""

    cause: str
    about: str
    why: str


class ExplainJson(TypedDict):
    """Why a change did, or did not, lead to a callback.

    ``job`` is the bulk job that made the record, or whose end is reported. ``cause`` is the word of what went wrong, null if nothing did; where ``wrong`` is false, of what there is to know. ``about`` says what that is. ``causes`` are it and those that showed once it was mended. ``tries`` are the changes
    that were tried; ``untried`` says why there is no fix, or why it has not been tried.
    """

    verdict: str
    why: str
    late: bool
    wrong: bool
    cause: str | None
    about: str | None
    causes: list[ExplainedCauseJson]
    instanceId: int
    instanceName: str
    resource: str
    recordId: str
    expected: list[str]
    change: ExplainedChangeJson | None
    job: BulkLoadJson | None
    transformation: Json | None
    polls: list[ExplainedPollJson]
    callbacks: list[ExplainedCallbackJson]
    fix: CureFix | None
    tries: Sequence[CureAttempt]
    untried: NotRequired[str]


def explanation_json(case: ExplainedCase, said: Explanation, search: CureSearch | None) -> ExplainJson:
    """Return all that is said of a change."""
    shown: ExplainJson = {
        "verdict": "reported" if said.reported else "not reported",
        "why": said.why,
        "late": said.late,
        "wrong": said.wrong,
        "cause": said.cause.word if said.cause else None,
        "about": said.cause.text if said.cause else None,
        "causes": [
            {"cause": one.cause.word, "about": one.cause.text, "why": one.why}
            for one in [
                *([CauseFinding(said.cause, said.why)] if said.cause else []),
                *(search.beside if search else ()),
            ]
        ],
        "instanceId": case.instance.id,
        "instanceName": case.instance.name,
        "resource": case.resource,
        "recordId": case.record_id,
        "expected": [kind.value for kind in case.expected],
        "change": _change(case.resource, case.change) if case.change else None,
        "job": listed(case.job) if case.job else None,
        "transformation": _transformation(case),
        "polls": [_poll(each, case) for each in case.polls[:MOST_POLLS]],
        "callbacks": [_callback(each) for each in case.sent],
        "fix": search.fix if search else None,
        "tries": search.attempts if search else (),
    }
    if search and search.why:
        shown["untried"] = search.why
    return shown


def _change(resource: str, change: VendorChange) -> ExplainedChangeJson:
    return {
        "seq": change.seq,
        "resource": resource,
        "recordId": change.record_id,
        "change": change.kind,
        "at": change.at,
        "updated": change.updated,
        "created": change.created,
    }


def _transformation(case: ExplainedCase) -> Json | None:
    mapped = case.state.transformation
    if mapped is None:
        return None
    return {
        "vendorName": mapped.vendor_name,
        "fields": {one.path: one.vendor_path for one in mapped.fields},
    }


def _poll(seen: PollOfRecord, case: ExplainedCase) -> ExplainedPollJson:
    poll = seen.poll
    return {
        "id": poll.id,
        "at": poll.at,
        "window": {"after": poll.window_from, "until": poll.at},
        "request": {"url": mask_target(poll.request_url), "status": poll.request_status},
        "seen": poll.seen,
        "error": poll.error,
        "calls": None if seen.calls is None else [_call(one) for one in seen.calls],
        "records": _records(seen, case),
    }


def _call(call: VendorCall) -> VendorCall:
    return replace(call, target=mask_target(call.target), effect=mask_value(call.effect))


def _records(seen: PollOfRecord, case: ExplainedCase) -> list[ExplainedRecordJson]:
    resource, tolerance = seen.resource, case.default_tolerance
    return [
        {
            "id": one.record_id,
            "dates": dates_of(one, seen.poll, resource),
            "filters": list(filters_of(one, seen.poll, resource, default_tolerance=tolerance)),
            "verdict": one.verdict.value,
            "why": one.why,
        }
        for one in seen.decisions
    ]


def _callback(sent: ExplainedCallback) -> ExplainedCallbackJson:
    return {
        "notificationId": sent.notification_id,
        "pollAt": sent.poll_at,
        "events": [kind.value for kind in sent.events],
        "url": sent.url,
        "status": sent.status.value if sent.status else "removed",
        "active": sent.active,
        "due": sent.due,
        "attempts": [_attempt(each) for each in sent.attempts],
        "arrived": sent.arrived,
    }


def _attempt(attempt: Attempt) -> ExplainedAttemptJson:
    return {
        "number": attempt.number,
        "at": attempt.at,
        "url": attempt.url,
        "status": attempt.status,
        "outcome": attempt.reason or "delivered",
    }
