"""Sentences that say why an event came, came late, came twice, or did not come: from the decisions that were kept. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote

from elements_local.platform.audit.callbacks import CallbackHistory
from elements_local.platform.audit.oracle import OwedEvent
from elements_local.platform.core.poll import Decision, Poll
from elements_local.platform.dates.iso_dates import iso_date_exact as shown
from elements_local.platform.explain.poll_errors import failed

NO_DELETIONS = "polling asks for what has changed, and reports no deletions: what is gone is in no answer"
_FURTHER = re.compile(r"\band\b", re.IGNORECASE)


def reported(event: OwedEvent, poll_at: datetime) -> str:
    """Say which poll reported an event."""
    together = f", one event for {event.changes} changes" if event.changes > 1 else ""
    return f"the poll of {shown(poll_at)} reported it{together}"


def late(
    event: OwedEvent, poll_at: datetime, callback: CallbackHistory, polls: Sequence[Poll], updated: datetime
) -> str:
    """Say why an event came later than it could have."""
    text = reported(event, poll_at)
    if callback.is_late:
        text += f"; {callback.delay()}"
    return f"{_missed(event, polls, updated, first=True)}; {text}" if poll_at > event.due else text


def misnamed(event: OwedEvent, told: str, poll_at: datetime, polls: Sequence[Poll], updated: datetime) -> str:
    """Say why an event was called something else."""
    decision = _decision(event.record_id, _of(polls, poll_at))
    why = f": {decision.why}" if decision else ""
    together = f", which had {event.changes} changes to tell as one" if event.changes > 1 else ""
    named = f"called {told} by the poll of {shown(poll_at)}{together}{why}"
    return f"{_missed(event, polls, updated, first=True)}; {named}" if poll_at > event.due else named


def nameless(record_id: str, poll_at: datetime) -> str:
    """Say what is wrong with an event whose id is none of the CRM's."""
    reported = f"the poll of {shown(poll_at)} reported a record"
    if not record_id:
        return f"{reported} without an id: its idField names nothing in it"
    return f"{reported} by the name of {record_id!r}, which is no id of the CRM's: its idField names another field"


def is_id(record_id: str) -> bool:
    """Say whether a text can be an id of the CRM's (documented: numbers)."""
    return record_id.isascii() and record_id.isdecimal()


def repeated(record_id: str, poll_at: datetime, earlier: Sequence[datetime], polls: Sequence[Poll]) -> str:
    """Say why an event came for which no change was left to tell.

    Args:
        earlier: the polls that had reported the record before.
    """
    if poll_at in earlier:
        return f"the poll of {shown(poll_at)} reported it twice, as its pages overlapped"
    before = (
        f"nothing had changed since the poll of {shown(earlier[-1])} reported it"
        if earlier
        else "nothing was owed"
    )
    decision = _decision(record_id, _of(polls, poll_at))
    why = f": {decision.why}" if decision else ""
    return f"the poll of {shown(poll_at)} reported it, but {before}{why}"


def lost(event: OwedEvent, polls: Sequence[Poll], updated: datetime, silent: str) -> str:
    """Say why an event was not told.

    Args:
        silent: why there is no poll to come; empty if there is.
    """
    missed = _missed(event, polls, updated, first=False)
    return "; ".join(part for part in (missed, silent) if part) or "no poll has seen it"


def to_come(event: OwedEvent, polls: Sequence[Poll], updated: datetime) -> str:
    """Say why an event has not been told so far, though it will be."""
    missed = _missed(event, polls, updated, first=True)
    if not missed:
        return f"by {shown(event.due)} there should have been a poll; the next one is to come"
    return f"{missed}; the next poll asks again for the same stretch"


def _missed(event: OwedEvent, polls: Sequence[Poll], updated: datetime, *, first: bool) -> str:
    """Say why a poll that had the chance to see a change did not report it: the first, or the first that succeeded."""
    chances = [poll for poll in polls if poll.at >= event.due]
    if not chances:
        return ""
    # A poll that failed asks again; only one that succeeded has missed the change for good.
    succeeded = next((poll for poll in chances if poll.error is None), chances[0])
    poll = chances[0] if first else succeeded
    at = f"the poll of {shown(poll.at)}"
    if poll.error is not None:
        return f"{at} {failed(poll.error)}"
    decision = _decision(event.record_id, [each for each in chances if each.at == poll.at])
    if decision is not None:
        return f"{at} {'found it' if decision.change else 'passed it over'}: {decision.why}"
    # With a wrong `idField` the record may stand among them under another name.
    others = [one for one in poll.decisions if not is_id(one.record_id)]
    if others:
        deciding = next((one for one in others if one.change), None)
        return nameless(deciding.record_id, poll.at) if deciding else _passed_over(others, poll.at)
    if updated <= poll.window_from:
        return f"{at} asked for what is later than {shown(poll.window_from)}{_gap(poll, polls)}, and the record is dated {shown(updated)}"
    count = len(poll.decisions)
    saw = f"named it in none of the {count} records that it saw" if count else "did not find it"
    return f"{at} {saw}; it asked GET {poll.request_url}{_narrowed(poll)}"


def _passed_over(others: Sequence[Decision], poll_at: datetime) -> str:
    """Say what a poll made of records that may be the one in question: under its idField they have no id of the CRM's."""
    ids = ", ".join(repr(one.record_id) if one.record_id else "no id" for one in others[:3])
    many = "a record" if len(others) == 1 else f"{len(others)} records"
    return (
        f"the poll of {shown(poll_at)} passed over {many} of which its idField does not name the CRM's id "
        f"(it has {ids}{', ...' if len(others) > 3 else ''}): {others[0].why}"
    )


def _narrowed(poll: Poll) -> str:
    """Say that a poll asked for less than all changes, if it did: whether a record was meant, its log does not say."""
    narrowed = _FURTHER.search(unquote(poll.request_url))
    return ", and the conditions beside the date may leave it out on purpose" if narrowed else ""


def _gap(poll: Poll, polls: Sequence[Poll]) -> str:
    """Say since when nothing was asked for, if a poll begins later than where the one before had come to."""
    before = [one.at for one in polls if one.at < poll.at and one.error is None]
    if not before or poll.window_from <= before[-1]:
        return ""
    return f" (from {shown(before[-1])} until then events were off, or the resource was not configured)"


def _of(polls: Sequence[Poll], at: datetime) -> list[Poll]:
    return [poll for poll in polls if poll.at == at]


def _decision(record_id: str, polls: Sequence[Poll]) -> Decision | None:
    """Return what polls of one instant made of a record; rather that it is to be reported than that it is not."""
    decisions = [one for poll in polls for one in poll.decisions if one.record_id == record_id]
    return next((one for one in decisions if one.change), decisions[0] if decisions else None)
