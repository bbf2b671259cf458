"""Causes after a poll has reported a change: its callback was not sent, not taken, sent twice, or taken by another. Pure."""

from collections.abc import Sequence

from mock_platform.accounts.callback_failure_policy import FailurePolicy
from mock_platform.configuration.instance_configuration import CALLBACK_URL
from mock_platform.dates.iso_dates import iso_date_exact as shown
from mock_platform.events.records import Attempt, DeliveryStatus
from mock_platform.explain.case import ExplainedCase, OwedCallback
from mock_platform.explain.cause import Cause, CauseFinding

_GUARD = ("up --allow-host", "nothing can be sent there", "is no URL", "admin")
_MOST = 3


def of_delivery(case: ExplainedCase, sent: Sequence[OwedCallback]) -> CauseFinding | None:
    """Say why no receiver took the callback of a change; None if one did.

    Args:
        sent: what the poll that reported the change owes its subscribers.
    """
    if any(one.times for one in sent):
        return None
    if not sent:
        lack = "its notification has no subscription"
        url = case.instance.configuration.get(CALLBACK_URL)
        why = lack if url else f"there is no {CALLBACK_URL}"
        return CauseFinding(Cause.NO_RECEIVER, f"the change was reported, but {why}")
    return _untaken(sent[0], case.policy)


def of_tries(sent: Sequence[OwedCallback]) -> CauseFinding | None:
    """Say that a receiver failed before it took a callback; None if it took it at once."""
    for one in (each for each in sent if each.times):
        failed = [attempt for attempt in one.attempts if attempt.reason]
        if failed and failed[0].at < max(attempt.at for attempt in one.attempts):
            why = f"its receiver answered {_answers(failed[:_MOST])}, and took it at a later try"
            return CauseFinding(Cause.TAKEN_LATE, why)
    return None


def of_receiver(case: ExplainedCase, sent: Sequence[OwedCallback]) -> CauseFinding | None:
    """Say what is wrong with a callback that was taken; None if nothing is known to be."""
    # The answer that was lost comes before the signature and the like: it explains why there are two callbacks.
    for one in (each for each in sent if each.times):
        unheard = next((attempt for attempt in one.attempts if attempt.is_unheard), None)
        if unheard:
            why = f"the attempt of {shown(unheard.at)} may have arrived ({unheard.reason}), and it was sent again"
            return CauseFinding(Cause.ANSWER_LOST, why)
        if one.times > 1:
            return CauseFinding(Cause.RELEASED, f"it was taken {one.times} times: a release sent it again")
        if not one.own:
            taken = next(attempt for attempt in one.attempts if not attempt.reason)
            why = f"its callback was taken by {taken.url.split('?', 1)[0]}, and not by the workspace's sink"
            return CauseFinding(Cause.SENT_ELSEWHERE, why)
        if one.arrived == [] and case.sink_pruned:
            why = "its callback came to the sink, which keeps the latest alone"
            return CauseFinding(Cause.MADE_ROOM, why)
        wrong = next((each for each in one.arrived or () if each.signature == "invalid"), None)
        if wrong:
            why = f"callback {wrong.id} of {shown(wrong.at)} has a signature that none of the keys makes which the sink knows"
            return CauseFinding(Cause.OTHER_KEY, why)
    return None


def _untaken(one: OwedCallback, policy: FailurePolicy) -> CauseFinding:
    failed = [attempt for attempt in one.attempts if attempt.reason]
    answers = _answers(failed[-_MOST:])
    if any(part in attempt.reason for attempt in failed for part in _GUARD):
        return CauseFinding(Cause.OUTBOUND_GUARD, f"its callback was not sent: {failed[-1].reason}")
    # Never tried: its subscription was off, or its time has not come.
    if not failed:
        if one.status is DeliveryStatus.QUEUED or not one.active:
            why = "the subscription had been deactivated before, so the callback was queued without a try"
            return CauseFinding(Cause.DEAD_SUBSCRIPTION, why)
        due = f" at {shown(one.due)}" if one.due else ""
        return CauseFinding(Cause.NOT_SENT_YET, f"its callback is to be sent{due}")
    if one.due:
        why = f"its receiver answered {answers}; the next try is at {shown(one.due)}"
        return CauseFinding(Cause.RETRYING, why)
    if policy is FailurePolicy.QUEUE and one.status is DeliveryStatus.QUEUED:
        why = f"its receiver answered {answers}; the account's policy is queue, so it is not tried again"
        return CauseFinding(Cause.QUEUED, why)
    why = f"{len(failed)} tries were in vain, the last answered {answers}; the subscription was deactivated"
    return CauseFinding(Cause.RETRIES_EXHAUSTED, why)


def _answers(failed: Sequence[Attempt]) -> str:
    return ", ".join(f"{each.status or each.reason} at {shown(each.at)}" for each in failed)
