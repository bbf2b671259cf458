"""What shows that a change of a configuration cures: a record made as the lost one was, or a change that is made again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import url_for
from msgspec import Struct

from elements_local.clients.errors import CallError
from elements_local.clients.service_client import query_of
from elements_local.dashboard.context import Notice, clients, page, read
from elements_local.dashboard.kinds import PagedKind, kind_named
from elements_local.dashboard.writing import span_text
from elements_local.kit.instants import format_instant, parse_instant

Json = Mapping[str, Any]
_LIMIT = timedelta(hours=1)
"""How far time is moved at the most until what is made is reported."""


class Cured(Struct, frozen=True, kw_only=True):
    """What came of a cure, and the page that shows it; None is the one that it was on."""

    notice: Notice
    page: str | None


class LostChange(Struct, frozen=True, kw_only=True):
    """A change that led to no callback.

    Attributes:
        kind: of its record; None if the instance's resource is none of a vendor that is played here.
        record: as it is now; None if it is not there.
        before_poll: how long before its poll a record was made; None of another change.
    """

    instance_id: int
    resource: str
    record_id: str
    kind: PagedKind | None
    record: dict[str, Any] | None
    before_poll: timedelta | None

    @property
    def words(self) -> str:
        """What is done to show that a cure works; empty if nothing can be."""
        if self._makes:
            return "make a record as the lost one was"
        return "change the record again" if self._can_be_changed else ""

    @property
    def name(self) -> str:
        """What the record is called; empty if it is not there."""
        return self.kind.name_of(self.record) if self.kind and self.record else ""

    @property
    def _makes(self) -> tuple[PagedKind, timedelta] | None:
        """What is made, and how long before a poll; None if that would show nothing, or time cannot be moved."""
        if self.kind is None or not self.kind.example or self.before_poll is None:
            return None
        return (self.kind, self.before_poll) if page().clock["mode"] == "virtual" else None

    @property
    def _can_be_changed(self) -> bool:
        return bool(self.kind and self.kind.changed_by) and self.record is not None

    def demonstrated(self, change: str) -> Cured:
        """Show what a change of the configuration, which has been made, comes to.

        Args:
            change: what was changed, as JSON.
        """
        done = f"{self.resource} is polled with {change} from now on"
        if makes := self._makes:
            try:
                return self._made(done, *makes)
            except CallError:  # such a record is there already, or the vendor wants more of one
                pass
        return self._changed_again(done)

    def _made(self, done: str, kind: PagedKind, before_poll: timedelta) -> Cured:
        # asked for anew, as the change of the configuration may have moved the poll
        due = next(one["nextPoll"] for one in clients().pollers() if one["instanceId"] == self.instance_id)
        if due and (at := parse_instant(due) - before_poll) > parse_instant(page().clock["now"]):
            clients().clock.advance(to=format_instant(at))
        made = kind.create(kind.example)
        found = self._until_reported(made)
        when = f"{span_text(before_poll)} before its poll, as {self.record_id} was"
        if found["verdict"] == "reported":
            stays = f"{self.record_id} stays lost: a poll finds it when it changes again"
            return self._cured(f"{done}. This record was made {when}, and was reported. {stays}.", made)
        return self._cured(
            f"{done}. This record was made {when}, and was not reported: {found['why']}.", made, good=False
        )

    def _changed_again(self, done: str) -> Cured:
        if self.kind is None or self.record is None or not self._can_be_changed:
            return self._cured(f"{done}; what was lost is found when it changes again.", self.record_id)
        again = f"{self.kind.name} {self.record_id} was changed again"
        self.kind.change_again(
            self.record_id, self.record, text=f"Changed again at {clients().clock.show()['now']}"
        )
        found = self._until_reported(self.record_id)
        if found["verdict"] == "reported":
            return self._cured(f"{done}; {again}, and that was reported.", self.record_id)
        return self._cured(
            f"{done}; {again}, and that was not reported: {found['why']}.", self.record_id, good=False
        )

    def _until_reported(self, record_id: str) -> dict[str, Any]:
        """Move time until a record is reported, or have it polled at once, and return what explains it."""
        if page().clock["mode"] == "virtual":
            of = {"instanceId": self.instance_id, "objectType": self.resource, "objectId": record_id}
            clients().clock.advance(until={"callbacks": 1, **of}, limit=_LIMIT)
        else:
            clients().platform.poll(self.instance_id)
        asked = {"instanceId": self.instance_id, "resource": self.resource, "recordId": record_id}
        return read("platform", "explain", **asked, cures="false")

    def _cured(self, text: str, record_id: str, *, good: bool = True) -> Cured:
        notice = Notice(text=text, kind="good" if good else "bad")
        asked = {"instanceId": str(self.instance_id), "resource": self.resource, "recordId": record_id}
        return Cured(notice=notice, page=f"{url_for('explain.show')}{query_of(asked)}" if record_id else None)


def lost_change(instance_id: int, resource: str, record_id: str, explanation: Json) -> LostChange:
    """Return what a page knows of a change that is explained.

    Args:
        explanation: what ``/_local/explain`` says of it.
    """
    poller = page().poller(instance_id)
    listed = {each["resource"]: each["collection"] for each in poller["resources"]} if poller else {}
    kind = kind_named(listed[resource]) if listed.get(resource) else None
    return LostChange(
        instance_id=instance_id,
        resource=resource,
        record_id=record_id,
        kind=kind,
        record=kind.find(record_id) if kind and record_id else None,
        before_poll=_before_poll(explanation),
    )


def _before_poll(explanation: Json) -> timedelta | None:
    """Return how long before its first poll a record was made; None of another change, or without such a poll."""
    change, polls = explanation.get("change"), explanation.get("polls")
    if not change or change["change"] != "CREATED" or not change["at"] or not polls:
        return None
    length = parse_instant(polls[0]["at"]) - parse_instant(change["at"])
    return length if length >= timedelta(0) else None
