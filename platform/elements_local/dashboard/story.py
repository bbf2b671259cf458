"""What became of a record's latest change, as one chain: the change, the polls, the event, the attempts, the receiver's answer."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from elements_local.dashboard.moments import Link
from elements_local.dashboard.writing import sentence_text, span_text
from elements_local.kit.instants import parse_instant
from elements_local.kit.values import replace

Json = Mapping[str, Any]
_REPORTED = {"CREATED", "UPDATED"}


class Stage(Struct, frozen=True, kw_only=True):
    """Something that happened to a change, or is to happen.

    Attributes:
        shape: what it is drawn as, as on the timeline.
        state: how it went.
        href: the page that has more of it; empty without any.
        later: how long after the stage before it; empty for the first.
    """

    at: datetime
    shape: str
    text: str
    state: str = ""
    href: str = ""
    later: str = ""


def story(explanation: Json, link: Link) -> list[Stage]:
    """Return the stages of what ``/_local/explain`` explains, in the order in which they were."""
    change = explanation["change"]
    made = parse_instant(change["at"]) if change and change["at"] else None
    stages = [*_change(change, made), *_polls(explanation, made, link), *_callbacks(explanation, link)]
    stages.sort(key=lambda one: one.at)
    return [
        replace(one, later=_later(one.at - before.at) if before else "")
        for before, one in zip([None, *stages], stages, strict=False)
    ]


def _later(length: timedelta) -> str:
    return f"{span_text(length)} later" if length else "at once"


def _change(change: Json | None, made: datetime | None) -> Iterator[Stage]:
    if change and made:
        shape = {"CREATED": "created", "DELETED": "deleted"}.get(change["change"], "updated")
        yield Stage(at=made, shape=shape, text=change["change"])


def _polls(explanation: Json, made: datetime | None, link: Link) -> Iterator[Stage]:
    polls = explanation["polls"]
    saw = next((place for place, poll in enumerate(polls) if poll["records"]), None)
    lag = max(
        (each["effect"].get("index_lag_s", 0) for poll in polls[:1] for each in poll["calls"]), default=0
    )
    if made and lag:
        yield Stage(
            at=made + timedelta(seconds=lag),
            shape="clock",
            text="the CRM's lists have it",
            state=f"{lag:g} s late",
        )
    missed = polls[:1] if saw is None else polls[:saw]
    for poll in missed:
        yield _poll(poll, link, shape="failed" if poll["error"] or explanation["wrong"] else "idle")
    if saw is None:
        if len(polls) > 1:
            later = f"{len(polls) - 1} later poll{'s' if len(polls) > 2 else ''} did not have it either"
            yield Stage(at=parse_instant(polls[-1]["at"]), shape="idle", text=later)
        return
    for poll in polls[saw:]:
        for record in poll["records"]:
            shape = "event" if record["verdict"] in _REPORTED else "poll"
            yield replace(
                _poll(poll, link, shape=shape), text=f"poll: {record['verdict']}", state=record["why"]
            )


def _poll(poll: Json, link: Link, *, shape: str) -> Stage:
    return Stage(
        at=parse_instant(poll["at"]),
        shape=shape,
        text="poll: failed" if poll["error"] else "poll: did not have it",
        state=poll["error"] or f"it asked for changes after {poll['window']['after']}",
        href=link("polls.show", poll_id=poll["id"]),
    )


def _callbacks(explanation: Json, link: Link) -> Iterator[Stage]:
    for sent in explanation.get("callbacks", ()):
        href = link("notifications.show", notification_id=sent["notificationId"])
        for each in sent["attempts"]:
            is_delivered = each["outcome"] == "delivered"
            yield Stage(
                at=parse_instant(each["at"]),
                shape="delivered" if is_delivered else "failed",
                text=f"attempt {each['number']}: {sentence_text(each['outcome'])}",
                state=f"to {sent['url']}",
                href=href,
            )
        if sent["due"]:
            number = len(sent["attempts"]) + 1
            yield Stage(
                at=parse_instant(sent["due"]), shape="due", text=f"attempt {number}: waiting", href=href
            )
