"""Causes before any poll that succeeded: nothing polls the record, nothing has yet, or each poll has failed. Pure."""

import json
import re
from datetime import timedelta

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.hub_client import NO_ANSWER
from elements_local.platform.core.poll import Poll
from elements_local.platform.elements.connector import VendorChange
from elements_local.platform.explain.arithmetic import seconds
from elements_local.platform.explain.case import ExplainedCase
from elements_local.platform.explain.cause import Cause, CauseFinding

_LONGEST = 300
_MESSAGE = re.compile(r'"message"\s*:\s*"((?:[^"\\]|\\.)*)')


def failed(error: str) -> str:
    """Say that a poll failed, and why.

    >>> failed('429: {"requestId": "65a5", "message": "Acme answered 429"}')
    'failed: 429: Acme answered 429'
    """
    return f"failed: {why_failed(error)}"


def why_failed(error: str) -> str:
    r"""Say why a poll failed.

    >>> why_failed('404: {"requestId": "65a5", "message": "There is no \\"contcts\\" here; there are Contacts, Organis')
    '404: There is no "contcts" here; there are Contacts, Organis'
    """
    status, _, body = error.partition(": ")
    # What is kept of a long answer is its beginning, which is no JSON.
    found = _MESSAGE.search(body)
    try:
        message = json.loads(f'"{found[1]}"') if found else body
    except ValueError:
        message = body
    words = f"{status}: {message}" if body else status
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."


_STATUS = re.compile(r"\b([45]\d\d)\b")
_ANSWERED = re.compile(r"answered (\d{3})")
_SECOND = timedelta(seconds=1)


def before_polls(case: ExplainedCase, change: VendorChange) -> CauseFinding | None:
    """Say why no poll that succeeded could have reported the change; None if one could."""
    return (
        of_log(case, change)
        or (None if case.due else _stopped(case))
        or of_place(case, change)
        or (None if case.due else _unpolled(case, change))
    )


def of_log(case: ExplainedCase, change: VendorChange) -> CauseFinding | None:
    """Say that the change cannot be explained any more, or that polling never reports its kind."""
    if case.pruned and change.at < case.pruned:
        why = (
            f"what happened before {shown(case.pruned)} was pruned, and the change was at {shown(change.at)}"
        )
        return CauseFinding(Cause.PRUNED, why)
    gone = next((one for one in case.together if one.kind == "DELETED"), None)
    if gone is None:
        return None
    before = (each.poll for each in case.polls if each.poll.error and each.poll.at <= gone.at)
    failing = next(before, None)
    if failing and gone is not change:
        failure = of_failure(failing)
        why = f"{failure.why}; the record was deleted at {shown(gone.at)}, before the next poll"
        return CauseFinding(failure.cause, why)
    if any(one.kind == "CREATED" for one in case.together):
        return CauseFinding(Cause.UNDONE, f"it was deleted at {shown(gone.at)}, before any poll had seen it")
    if gone is not change:
        why = f"it was deleted at {shown(gone.at)}, before a poll could see the change"
        return CauseFinding(Cause.DELETION, why)
    why = f"it was deleted at {shown(change.at)}; polling reports no deletions"
    updated = (one for one in case.beside if one.kind == "UPDATED" and one.second == change.second)
    partner = next(updated, None)
    # The log does not say whether one deletion and one update of a second belong together.
    merged = (
        f"; {partner.record_id} was updated in the same second: if the two were merged, that one stays"
        if partner
        else ""
    )
    return CauseFinding(Cause.DELETION, why + merged)


def _unpolled(case: ExplainedCase, change: VendorChange) -> CauseFinding:
    """Say why no poll that could report the change has succeeded so far."""
    state = case.state
    due = f"the next poll is at {shown(state.next_poll)}" if state.next_poll else "no poll is to come"
    failing = next((each.poll for each in case.polls if each.poll.error), None)
    if failing:
        failure = of_failure(failing)
        return CauseFinding(failure.cause, f"{failure.why}; {due}")
    if case.polls:
        early = case.polls[-1]
        again = f"the next one asks for changes after {shown(early.poll.at - early.delay)}, as pollDelay is {seconds(early.delay)}"
        return CauseFinding(Cause.INTERVAL_NOT_OVER, f"{early.named} did not have it; {again}: {due}")
    if change.at - state.since < _SECOND and change.dated <= state.since:
        return _before_events(change, case)
    why = f"there has been no poll since {shown(change.at)}: it is {shown(case.now)}, and {due}"
    return CauseFinding(Cause.INTERVAL_NOT_OVER, why)


def _stopped(case: ExplainedCase) -> CauseFinding | None:
    """Say why the resource is not polled; None if it is."""
    state = case.state
    if not configuration.is_polled(case.instance.configuration):
        why = "nothing is polled until event.notification.enabled is true and event.vendor.type polling"
        return CauseFinding(Cause.EVENTS_OFF, why)
    if state.off_because:
        return CauseFinding(Cause.POLLER_OFF, state.off_because)
    if case.instance.disabled:
        why = f"instance {case.instance.id} is disabled, and is not polled"
        return CauseFinding(Cause.INSTANCE_DISABLED, why)
    if state.resource is None:
        return CauseFinding(Cause.UNPOLLED_RESOURCE, _unchosen(case))
    return CauseFinding(Cause.JOB_DELETED, state.job_deleted) if state.job_deleted else None


def _unchosen(case: ExplainedCase) -> str:
    """Say why a resource is not polled: it has no block, or its block is not chosen."""
    state, (key, names) = case.state, case.state.chosen
    polled = f"the instance polls {', '.join(state.others) or 'nothing'}"
    if case.resource in names:
        return f"{key} names {case.resource}, which has no block with a url: {polled}"
    if case.resource not in state.blocks:
        return f"no block polls {case.resource}: {polled}"
    if key:
        return f"the block {case.resource} is not polled, as {key} names {', '.join(names)} alone: {polled}"
    return f"the block {case.resource} is not polled, as it has no url: {polled}"


def of_place(case: ExplainedCase, change: VendorChange) -> CauseFinding | None:
    """Say that the instance looks for the record where it is not: in another account, or in another collection."""
    what = f"{change.collection} {change.record_id} was {change.kind} at {shown(change.at)}"
    if not case.in_account:
        why = f"{what} in the account of the workspace, and the instance's key opens another account, which has no such change"
        return CauseFinding(Cause.OTHER_ACCOUNT, why)
    if case.state.asked is None:
        return None
    why = f"{what}; the block {case.resource} asks for GET {case.state.asked}, which does not list {change.collection}"
    mapped = case.state.transformation
    if mapped and mapped.vendor_name != case.resource:
        why = f"{why}, as a transformation has it stand for {mapped.vendor_name}"
    failing = next((each.poll for each in case.polls if each.poll.error), None)
    return CauseFinding(Cause.OTHER_COLLECTION, f"{why}: {of_failure(failing).why}" if failing else why)


def of_failure(poll: Poll) -> CauseFinding:
    """Name the cause of a poll that failed."""
    error = poll.error or ""
    why = f"the poll of {shown(poll.at)} {failed(error)}"
    # The poll asks the platform's own hub, which answers always, unless it is scripted not to.
    if error.startswith(NO_ANSWER) or any(one.service == "platform" for one in poll.calls or ()):
        return CauseFinding(
            Cause.PLATFORM_FAULT, f"{why}; so a fault rule at the platform has its hub answer"
        )
    return CauseFinding(_of_error(error, poll.request_status), why)


def _before_events(change: VendorChange, case: ExplainedCase) -> CauseFinding:
    since = case.state.since
    if change.at < since:
        why = f"it was changed at {shown(change.at)}; polling began at {shown(since)}, and asks for later changes"
        return CauseFinding(Cause.BEFORE_EVENTS, why)
    asked = f"polls ask for later changes, so make the change {case.next_date} later"
    why = f"it is dated {shown(change.dated)}, the same second in which polling began; {asked}"
    return CauseFinding(Cause.TIE, why)


def _of_error(error: str, status: int | None) -> Cause:
    """Say by a failed poll's error what was the matter."""
    named = _STATUS.search(error)
    code = int(named[1]) if named else status or 0
    vendors = _ANSWERED.search(error.lower())
    code = int(vendors[1]) if vendors else code
    named_causes = {
        429: Cause.RATE_LIMIT,
        401: Cause.EXPIRED_KEY,
        402: Cause.PERMISSION,
        403: Cause.PERMISSION,
    }
    # What was answered with a success, and is no list, was no list's address.
    asked_wrong = 200 <= code < 300 or 400 <= code < 500
    return named_causes.get(code, Cause.BAD_REQUEST if asked_wrong else Cause.OUTAGE)
