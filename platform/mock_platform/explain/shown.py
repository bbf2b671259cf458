"""An explanation as JSON: the verdict, and the chain from the change to the receiver's answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from mock_kit.admin.masks import mask_target
from mock_kit.workspaces.instants import format_instant
from mock_platform.callbacks.lines import shown_url
from mock_platform.events.records import Attempt
from mock_platform.explain.arithmetic import ReadDate, dates_of, filters_of
from mock_platform.explain.case import (
    ArrivedCallback,
    ExplainedCase,
    OwedCallback,
    PollOfRecord,
    VendorRecordChange,
)
from mock_platform.explain.cures import CureFix, CureSearch
from mock_platform.explain.verdict import Explanation

_MOST_POLLS = 10
Json = dict[str, Any]


class ExplainedChangeJson(TypedDict):
    """A change as the CRM logged it; ``updated`` and ``created`` are the record's own dates after it."""

    seq: int
    resource: str
    recordId: str
    change: str
    at: str
    updated: str
    created: str | None


class ReadDateJson(TypedDict):
    """A date as text, and as read by a pattern in a zone; null if it cannot be."""

    field: str
    text: str | None
    pattern: str
    zone: str
    read: str | None


class FilterJson(TypedDict):
    """A rule's verdict on a record, with the sum by which it comes to it."""

    filter: str
    holds: bool
    why: str


class ExplainedRecordJson(TypedDict):
    """What a poll made of the record: its dates, each filter, and the classification."""

    id: str
    dates: dict[str, ReadDateJson]
    filters: list[FilterJson]
    verdict: str
    why: str


class VendorCallJson(TypedDict):
    """A call that the CRM was sent by the poll; ``effect`` is what a scripted fault made of it, empty if none did."""

    method: str
    target: str
    status: int | None
    effect: Mapping[str, object]


class ExplainedPollJson(TypedDict):
    """A poll since the change: window, request, answer, and what it made of the record each time it saw it."""

    id: int
    at: str
    window: dict[str, str]
    request: Json
    seen: int
    error: str | None
    calls: list[VendorCallJson]
    records: list[ExplainedRecordJson]


class ExplainedAttemptJson(TypedDict):
    """One try to deliver, and the receiver's answer."""

    number: int
    at: str
    url: str
    status: int | None
    outcome: str


class ArrivedJson(TypedDict):
    """The callback as the sink has it, with its verdict on the signature."""

    id: int
    at: str
    path: str
    status: int | None
    signature: str


class ExplainedCallbackJson(TypedDict):
    """A notification that tells of the record, and what became of it; ``arrived`` is null if the sink does not say."""

    notificationId: int
    pollAt: str
    events: list[str]
    url: str
    status: str
    active: bool
    due: str | None
    attempts: list[ExplainedAttemptJson]
    arrived: list[ArrivedJson] | None


class FixJson(TypedDict):
    """The smallest change that would have helped; ``tried`` is null if it could not be tried."""

    where: str
    change: Json
    text: str
    tried: str | None


class TriedJson(TypedDict):
    """A change that was tried, and what came of it."""

    where: str
    change: Json
    outcome: str


class ExplainJson(TypedDict):
    """Why a change did, or did not, lead to a callback.

    ``cause`` is the word of what went wrong, null if nothing did; ``about`` says what that is. ``tries`` are the changes
    that were tried; ``untried`` says why there is no fix, or why it has not been tried.
    """

    verdict: str
    why: str
    late: bool
    cause: str | None
    about: str | None
    instanceId: int
    resource: str
    recordId: str
    expected: list[str]
    change: ExplainedChangeJson | None
    transformation: Json | None
    polls: list[ExplainedPollJson]
    callbacks: list[ExplainedCallbackJson]
    fix: FixJson | None
    tries: list[TriedJson]
    untried: NotRequired[str]


def explanation_json(case: ExplainedCase, said: Explanation, search: CureSearch | None) -> ExplainJson:
    """Return all that is said of a change."""
    shown: ExplainJson = {
        "verdict": "reported" if said.reported else "not reported",
        "why": said.why,
        "late": said.late,
        "cause": said.cause.word if said.cause else None,
        "about": said.cause.text if said.cause else None,
        "instanceId": case.instance.id,
        "resource": case.resource,
        "recordId": case.record_id,
        "expected": [kind.value for kind in case.expected],
        "change": _change(case.resource, case.change) if case.change else None,
        "transformation": _transformation(case),
        "polls": [_poll(each, case) for each in case.polls[:_MOST_POLLS]],
        "callbacks": [_callback(each) for each in case.sent],
        "fix": _fix(search.fix) if search and search.fix else None,
        "tries": [
            {"where": one.where, "change": dict(one.change), "outcome": one.outcome}
            for one in (search.attempts if search else ())
        ],
    }
    if search and search.why:
        shown["untried"] = search.why
    return shown


def _change(resource: str, change: VendorRecordChange) -> ExplainedChangeJson:
    return {
        "seq": change.seq,
        "resource": resource,
        "recordId": change.record_id,
        "change": change.kind.value,
        "at": format_instant(change.at),
        "updated": format_instant(change.updated),
        "created": _instant(change.created),
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
        "at": format_instant(poll.at),
        "window": {"after": format_instant(poll.window_from), "until": format_instant(poll.at)},
        "request": {"url": mask_target(poll.request_url), "status": poll.request_status},
        "seen": poll.seen,
        "error": poll.error,
        "calls": [
            {
                "method": one.method,
                "target": mask_target(one.target),
                "status": one.status,
                "effect": one.effect,
            }
            for one in seen.calls
        ],
        "records": _records(seen, case),
    }


def _records(seen: PollOfRecord, case: ExplainedCase) -> list[ExplainedRecordJson]:
    resource = case.state.resource
    return [
        {
            "id": one.record_id,
            "dates": {name: _date(each) for name, each in dates_of(one, seen.poll, resource).items()},
            "filters": [
                {"filter": each.filter, "holds": each.holds, "why": each.why}
                for each in filters_of(one, seen.poll, resource, default_tolerance=case.default_tolerance)
            ],
            "verdict": one.verdict.value,
            "why": one.why,
        }
        for one in seen.decisions
    ]


def _date(read: ReadDate) -> ReadDateJson:
    return {
        "field": read.field,
        "text": read.text,
        "pattern": read.pattern,
        "zone": read.zone,
        "read": _instant(read.read),
    }


def _callback(sent: OwedCallback) -> ExplainedCallbackJson:
    return {
        "notificationId": sent.notification_id,
        "pollAt": format_instant(sent.poll_at),
        "events": [kind.value for kind in sent.told],
        "url": shown_url(sent.url),
        "status": sent.status.value,
        "active": sent.active,
        "due": _instant(sent.due),
        "attempts": [_attempt(each) for each in sent.attempts],
        "arrived": None if sent.arrived is None else [_arrived(each) for each in sent.arrived],
    }


def _attempt(attempt: Attempt) -> ExplainedAttemptJson:
    return {
        "number": attempt.number,
        "at": format_instant(attempt.at),
        "url": shown_url(attempt.url),
        "status": attempt.status,
        "outcome": attempt.reason or "delivered",
    }


def _arrived(one: ArrivedCallback) -> ArrivedJson:
    return {
        "id": one.id,
        "at": format_instant(one.at),
        "path": mask_target(one.path),
        "status": one.status,
        "signature": one.signature,
    }


def _fix(fix: CureFix) -> FixJson:
    return {"where": fix.where, "change": dict(fix.change), "text": fix.text, "tried": fix.tried}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)
