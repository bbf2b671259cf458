"""Causes after a poll has reported a change: its callback was not sent, not taken, sent twice, or taken by another. Pure."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from elements_local.kit.instants import format_instant as shown
from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.configuration.instance_configuration import CALLBACK_URL
from elements_local.platform.events.records import Attempt, DeliveryStatus
from elements_local.platform.explain.case import ExplainedCallback, ExplainedCase
from elements_local.platform.explain.cause import Cause, CauseFinding

_GUARD = ("up --allow-host", "nothing can be sent there", "is not a URL", "admin")
_CONNECTING = (
    "connection refused",
    "host name not found",
    "TLS failed",
    "the host cannot",
    "the network cannot",
)
_MOST = 3


def of_delivery(case: ExplainedCase, sent: Sequence[ExplainedCallback]) -> CauseFinding | None:
    """Say why no receiver took the callback of a change; None if one did.

    Args:
        sent: the callbacks to subscribers of the poll that reported the change.
    """
    if any(one.times for one in sent):
        return None
    if not sent:
        had_url = case.instance.configuration.get(CALLBACK_URL)
        lack = f"before its first try {_withdrawn(case)}" if had_url else f"there was no {CALLBACK_URL}"
        return CauseFinding(Cause.NO_RECEIVER, f"the change was reported, but {lack}")
    # One that is still to be sent comes before those that went with their subscription.
    one = next((each for each in sent if each.status), sent[0])
    if one.status is None:
        why = f"{_outcomes(one.attempts[-_MOST:])}; before the next try {_withdrawn(case)}"
        return CauseFinding(Cause.NO_RECEIVER, why)
    return _untaken(one, case.policy)


def _withdrawn(case: ExplainedCase) -> str:
    """Say why a callback is not sent any more."""
    if case.moved_to is None:
        return "its subscription was deleted"
    if case.moved_to:
        return f"{CALLBACK_URL} was changed to {case.moved_to}, and callbacks pending for the old one are not sent there"
    return f"{CALLBACK_URL} was removed, and callbacks pending for it with it"


def of_tries(sent: Sequence[ExplainedCallback]) -> CauseFinding | None:
    """Say that a receiver failed before it took a callback; None if it took it at once."""
    for one in (each for each in sent if each.times):
        failed = [attempt for attempt in one.attempts if attempt.reason]
        taken = min(attempt.at for attempt in one.attempts if not attempt.reason)
        if failed and failed[0].at < taken:
            why = f"{_outcomes(failed[:_MOST])}; it was taken at {shown(taken)}"
            return CauseFinding(Cause.TAKEN_LATE, why)
    return None


def of_doubles(sent: Sequence[ExplainedCallback]) -> CauseFinding | None:
    """Say why a receiver has a callback more than once; None if it has not, as far as is known."""
    for one in (each for each in sent if each.times):
        unheard = next((attempt for attempt in one.attempts if attempt.is_unheard), None)
        if unheard:
            why = f"the attempt of {shown(unheard.at)} may have arrived ({unheard.reason}), and it was sent again"
            return CauseFinding(Cause.ANSWER_LOST, why)
        if one.times > 1:
            return CauseFinding(Cause.RELEASED, f"it was taken {one.times} times: a release sent it again")
    taken_from = Counter((one.notification_id, one.url) for one in sent if one.times)
    url = next((url for (_, url), times in taken_from.items() if times > 1), None)
    why = f"more than one subscription of the same events has the URL {url}"
    return CauseFinding(Cause.TWIN_SUBSCRIPTION, why) if url else None


def of_receiver(case: ExplainedCase, sent: Sequence[ExplainedCallback]) -> CauseFinding | None:
    """Say what is wrong with a callback that was taken; None if nothing is known to be."""
    for one in (each for each in sent if each.times):
        if not one.own:
            taken = next(attempt for attempt in one.attempts if not attempt.reason)
            why = f"its callback was taken by {_place(taken)}, which is not the workspace's bin of the sink"
            return CauseFinding(Cause.SENT_ELSEWHERE, why)
        if one.arrived == [] and case.sink_pruned:
            why = "its callback came to the sink, which keeps the latest alone"
            return CauseFinding(Cause.EVICTED, why)
        wrong = next((each for each in one.arrived or () if each.signature == "invalid"), None)
        if wrong:
            why = f"callback {wrong.id} of {shown(wrong.at)} has a signature that none of the keys makes which the sink knows"
            return CauseFinding(Cause.OTHER_KEY, why)
    return None


def _untaken(one: ExplainedCallback, policy: FailurePolicy) -> CauseFinding:
    failed = [attempt for attempt in one.attempts if attempt.reason]
    outcomes = f"{_outcomes(failed[-_MOST:])}{_wrong_place(one, failed[-1].status if failed else None)}"
    if any(part in attempt.reason for attempt in failed for part in _GUARD):
        return CauseFinding(Cause.OUTBOUND_GUARD, f"its callback was not sent: {failed[-1].reason}")
    # Never tried: its subscription was off, or its time has not come.
    if not failed:
        if one.status is DeliveryStatus.QUEUED or not one.active:
            why = f"the subscription had been deactivated before, so the callback was queued without a try; {_queue(one)}"
            return CauseFinding(Cause.DEAD_SUBSCRIPTION, why)
        due = f" at {shown(one.due)}" if one.due else ""
        return CauseFinding(Cause.NOT_SENT_YET, f"its callback is to be sent{due}")
    if one.due:
        why = f"{outcomes}; the next try is at {shown(one.due)}"
        return CauseFinding(Cause.RETRYING, why)
    if policy is FailurePolicy.QUEUE and one.status is DeliveryStatus.QUEUED:
        why = f"{outcomes}; the account's policy is queue, so it is not tried again"
        return CauseFinding(Cause.QUEUED, why)
    why = f"{len(failed)} attempts failed, the last: {outcomes}; the subscription was deactivated, and {_queue(one)}"
    return CauseFinding(Cause.RETRIES_EXHAUSTED, why)


_WRONG_PLACE = {
    404: "a wrong path? 404 says that the receiver has no route for {}",
    405: "a wrong method? 405 says that the receiver does not take POST at {}",
}


def _wrong_place(one: ExplainedCallback, answered: int | None) -> str:
    """Say where a callback went that its receiver seems to have no route for; where the sink sent it on to, in any case."""
    last = next((each for each in reversed(one.arrived or ()) if each.relayed), None)
    relayed = last.relayed if last else None
    unanswered = f", from where no answer came: {last.unanswered}" if last and last.unanswered else ""
    sent_on = f"; the sink sent it on to {relayed}{unanswered}" if relayed else ""
    if answered not in _WRONG_PLACE:
        return sent_on
    return f"; {_WRONG_PLACE[answered].format(urlsplit(relayed or one.url).path or '/')}{sent_on}"


def _queue(one: ExplainedCallback) -> str:
    waiting = "1 callback waits" if one.queue == 1 else f"{one.queue} callbacks wait"
    return f"{waiting} in its queue until it is active again and the queue is released"


def _outcomes(failed: Sequence[Attempt]) -> str:
    """Say what came of some tries."""
    said = [
        f"{what} {', '.join(f'{each.status or each.reason} at {shown(each.at)}' for each in alike)}"
        for what, alike in groupby(failed, key=_what_came)
    ]
    return "; ".join(said)


def _what_came(attempt: Attempt) -> str:
    if attempt.status is not None:
        return "its receiver answered"
    if attempt.is_unheard:
        return f"no answer came from {_place(attempt)}:"
    return f"could not {'connect' if attempt.reason.startswith(_CONNECTING) else 'send it'} to {_place(attempt)}:"


def _place(attempt: Attempt) -> str:
    return attempt.url.partition("?")[0]
