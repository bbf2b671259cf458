"""What happened in a workspace, and what is still to come, as things on the lanes of its timeline.

Everything here is made of what the services list; nothing is asked for.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from elements_local.clients.records import RESOURCES
from elements_local.dashboard.axis import WIDTH, TimeAxis
from elements_local.dashboard.copies import first_two
from elements_local.dashboard.writing import instant_text, sentence_text
from elements_local.kit.instants import parse_instant
from elements_local.kit.text import record_name
from elements_local.kit.values import replace
from elements_local.stack.failures.timeline import condensed_runs, taken

Json = Mapping[str, Any]
_MARK = 25
"""Thousandths of the width that a mark takes, about."""

_LIT = 100
"""Records of one poll, or of one callback, that it belongs together with on the timeline."""

BAR = 40
"""Thousandths of the width that a bar takes, so that its number can be read."""

Link = Callable[..., str]
"""Returns the path of a page, from its name and what it is about."""


class Lane(Enum):
    """The rows of the timeline, from top to bottom, with what each is called."""

    CRM = "CRM changes"
    POLL = "Polls"
    EVENT = "Events"
    ATTEMPT = "Attempts"
    CLOCK = "Clock, instances"
    FAULT = "Faults"


_COUNTED = {
    "created": (Lane.CRM, "created", "created"),
    "updated": (Lane.CRM, "updated", "updated"),
    "deleted": (Lane.CRM, "deleted", "deleted"),
    "idle": (Lane.POLL, "idle", "polls that saw nothing"),
    "polls": (Lane.POLL, "poll", "polls that saw records"),
    "failedPolls": (Lane.POLL, "failed", "polls that failed"),
    "events": (Lane.EVENT, "event", "events"),
    "delivered": (Lane.ATTEMPT, "delivered", "delivered"),
    "refused": (Lane.ATTEMPT, "failed", "attempts that failed"),
    "due": (Lane.ATTEMPT, "due", "to come"),
}
"""What services count, by their names for it: where and as what it is drawn, and what it is called."""


def lanes(runs: Collection[str]) -> list[Lane]:
    """Return the lanes on which something can be, of the services that run."""
    needed = {Lane.CRM: {"crm"}, Lane.ATTEMPT: {"platform", "sink"}, Lane.FAULT: set(runs)}
    return [lane for lane in Lane if needed.get(lane, {"platform"}) & set(runs)]


def is_shown(lane: Lane, asked: Collection[str]) -> bool:
    """Say whether a lane is shown, of those that are named, or not named with a minus.

    >>> [lane.name for lane in Lane if is_shown(lane, ["CRM", "POLL", "-POLL"])]
    ['CRM']
    """
    only = [each for each in asked if not each.startswith("-")]
    return f"-{lane.name}" not in asked and (not only or lane.name in only)


class Moment(Struct, frozen=True, kw_only=True):
    """Something that happened, or is to happen.

    Attributes:
        name: tells it from all others; an anchor of the page.
        state: how it went, in a word or two, for those that can go well or badly.
        shape: what it is drawn as.
        href: the page that has more of it.
        since: where the window of a poll begins.
        count: how many happened, if they are not known one by one, from ``at`` to ``last``.
        record: the key of the record that it is about, if that is one.
        called: what that record is called.
        poll: whose, by its instance and resource.
        about: the keys of polls and records that it belongs to; two moments that share one belong together.
        parts: the moments that this one stands for.
    """

    lane: Lane
    at: datetime
    name: str
    text: str
    shape: str
    state: str = ""
    href: str = ""
    since: datetime | None = None
    last: datetime | None = None
    count: int = 1
    record: str = ""
    called: str = ""
    poll: str = ""
    about: frozenset[str] = frozenset()
    parts: tuple["Moment", ...] = ()


class Mark(Struct, frozen=True, kw_only=True):
    """Moments that lie at one place of a lane, drawn as one.

    Attributes:
        window: where the widest of their windows begins, and how wide it is; None without any.
        level: of a bar, from 1 to 4: how many it stands for, compared with the fullest.
        about: what its moments belong to.
    """

    place: int
    shape: str
    text: str
    href: str
    count: int
    window: tuple[int, int] | None = None
    level: int = 0
    about: frozenset[str] = frozenset()


Collections = Mapping[tuple[int, str], str]
"""What an instance's resource is at its vendor, by the instance's id and the resource's name."""


def collections(pollers: Iterable[Json]) -> dict[tuple[int, str], str]:
    """Return what the resources of instances are at their vendors."""
    return {
        (one["instanceId"], each["resource"]): each["collection"]
        for one in pollers
        for each in one["resources"]
        if each["collection"]
    }


def record_key(collection: str, record_id: object) -> str:
    """Return what tells a record from all others, by what ``CrmClient`` calls its kind.

    >>> record_key("Contacts", 1), record_key("hubspotcrm/contacts", "5")
    ('contacts/1', 'hubspotcrm/contacts/5')
    """
    return f"{collection.lower()}/{record_id}"


def changes(listed: Sequence[Json], link: Link, *, element: str = "") -> list[Moment]:
    """Return the changes of the CRM, or of another vendor."""
    prefix = f"{element}." if element else ""
    keys = [record_key(f"{element}/{one['resource']}".lstrip("/"), one["recordId"]) for one in listed]
    return [
        Moment(
            lane=Lane.CRM,
            at=parse_instant(one["at"]),
            name=f"change-{prefix}{one['seq']}",
            text=f"{prefix}{one['resource']} {one['recordId']}",
            state=one["change"],
            shape={"CREATED": "created", "DELETED": "deleted"}.get(one["change"], "updated"),
            href=link("records.show", kind=prefix + one["resource"], record_id=one["recordId"]),
            record=key,
            about=frozenset({key}),
        )
        for one, key in zip(listed, keys, strict=True)
    ]


def polls(listed: Iterable[Json], link: Link, named: Collections) -> list[Moment]:
    """Return the polls, and the events that came of them."""
    found = []
    for one in listed:
        at, href = parse_instant(one["at"]), link("polls.show", poll_id=one["id"])
        state = sentence_text(one["error"] or "") or f"{one['seen']} seen, {one['events']} reported"
        shape = "failed" if one["error"] else "poll" if one["seen"] else "idle"
        name = f"poll-{one['id']}"
        collection = named.get((one["instanceId"], one["resource"]), one["resource"])
        keys = {record["id"]: record_key(collection, record["id"]) for record in one["records"]}
        found.append(
            Moment(
                lane=Lane.POLL, at=at, name=name, text=f"poll of {one['resource']}",
                state=state, shape=shape, href=href, since=parse_instant(one["from"]),
                poll=poll_key(one["instanceId"], one["resource"]), about=frozenset({name, *[*keys.values()][:_LIT]}),
            )
        )  # fmt: skip
        found += [
            Moment(
                lane=Lane.EVENT, at=at, name=f"event-{one['id']}-{record['id']}",
                text=record_name(one["resource"], record["id"]), state=record["verdict"], shape="event",
                href=link("explain.show", instanceId=one["instanceId"], resource=one["resource"], recordId=record["id"]),
                record=keys[record["id"]], about=frozenset({name, keys[record["id"]]}),
            )
            for record in one["records"]
            if record["verdict"] in {"CREATED", "UPDATED"}
        ]  # fmt: skip
    return found


def deliveries(listed: Iterable[Json], link: Link, named: Collections) -> list[Moment]:
    """Return the attempts to deliver, and the retries that are still to come."""
    found = []
    for one in listed:
        what = first_two(one["events"]) or one["topic"]
        href = link("notifications.show", notification_id=one["notificationId"])
        name = f"attempt-{one['notificationId']}-{one['subscriptionId']}"
        records = [each.partition(" ")[0].rpartition("/") for each in one["events"][:_LIT]]
        keys = [
            record_key(named.get((one["instanceId"], resource), resource), record_id)
            for resource, _, record_id in records
        ]
        record, about = keys[0] if len(keys) == 1 else "", frozenset(keys)
        found += [
            Moment(
                lane=Lane.ATTEMPT, at=parse_instant(attempt["at"]), name=f"{name}-{attempt['number']}",
                text=f"attempt {attempt['number']}: {what}", state=sentence_text(attempt["outcome"]),
                shape="delivered" if attempt["outcome"] == "delivered" else "failed", href=href, record=record, about=about,
            )
            for attempt in one["attempts"]
        ]  # fmt: skip
        if one["due"] and one["status"] != "delivered":
            found.append(
                Moment(
                    lane=Lane.ATTEMPT, at=parse_instant(one["due"]), name=f"{name}-due", text=f"to come: {what}",
                    state=f"attempt {len(one['attempts']) + 1} due", shape="due", href=href, record=record, about=about,
                )
            )  # fmt: skip
    return found


def callbacks(listed: Iterable[Json], link: Link) -> list[Moment]:
    """Return what came to a sink that runs alone, where nobody tells of attempts."""
    return [
        Moment(
            lane=Lane.ATTEMPT, at=parse_instant(one["received_at"]), name=f"callback-{one['id']}",
            text=f"callback {one['id']}: {one['method']} {one['path']}"[:200],
            state=f"answered {one['status']}" if one["status"] else "hung up",
            shape="delivered" if taken(one) else "failed",
            href=link("callbacks.show", callback_id=one["id"]),
        )
        for one in listed
    ]  # fmt: skip


def next_polls(pollers: Iterable[Json], link: Link) -> list[Moment]:
    """Return the polls that are to come next."""
    return [
        Moment(
            lane=Lane.POLL, at=parse_instant(one["nextPoll"]), name=f"next-{one['instanceId']}",
            text=f"next poll of {one['name']}", state="to come", shape="due",
            href=link("instances.show", instance_id=one["instanceId"]),
        )
        for one in pollers
        if one["nextPoll"]
    ]  # fmt: skip


def activities(listed: Iterable[Json], link: Link) -> list[Moment]:
    """Return what people did with clock, instances and state."""
    return [
        Moment(
            lane=Lane.CLOCK, at=parse_instant(one["at"]), name=f"activity-{place}", text=sentence_text(one["text"]),
            shape={"clock": "clock", "reset": "clock", "instance": "instance"}.get(one["kind"], "warning"),
            href=link("instances.show", instance_id=one["instanceId"]) if one.get("instanceId") else "",
        )
        for place, one in enumerate(listed, start=1)  # their own numbers count those of other workspaces
        if one["kind"] in {"clock", "reset", "instance", "warning", "poller"}
    ]  # fmt: skip


def faults(service: str, listed: Iterable[Json], link: Link) -> list[Moment]:
    """Return the requests to a service that scripted faults struck."""
    return [
        Moment(
            lane=Lane.FAULT, at=parse_instant(one["at"]), name=f"fault-{service}-{one['number']}",
            text=f"{service}: {one['method']} {one['target'].partition('?')[0]}"[:200], shape="warning",
            state=effect_text(one["effect"]),
            href=link("journal.show", service=service, request_id=one["number"]),
            poll=unquote(one["request"]["headers"].get("Elements-Local-Poll", "")),
        )
        for one in listed
    ]  # fmt: skip


def effect_text(effect: Json) -> str:
    """Write what a fault did.

    >>> effect_text({"index_lag_s": 30.0, "status": 503})
    'index_lag_s 30, status 503'
    """
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in effect.items()
    )


def by_poll(struck: Iterable[Moment], polls: Iterable[Moment]) -> list[Moment]:
    """Return the requests that faults struck, those of one poll as one moment that belongs to it."""
    begun: defaultdict[str, list[Moment]] = defaultdict(list)
    for one in sorted(polls, key=lambda one: one.at):
        begun[one.poll].append(one)
    of_polls: defaultdict[str, list[Moment]] = defaultdict(list)
    for one in struck:
        here = begun[one.poll][: bisect_right(begun[one.poll], one.at, key=lambda poll: poll.at)]
        of_polls[here[-1].name if one.poll and here else one.name].append(one)
    return [_struck(name, parts) for name, parts in of_polls.items()]


def _struck(poll: str, parts: Sequence[Moment]) -> Moment:
    if len(parts) == 1:
        return replace(parts[0], about=frozenset({poll}))
    first = min(parts, key=lambda one: one.at)
    effects = "; ".join(dict.fromkeys(one.state for one in parts))
    resource = first.poll.partition("/")[2]
    return replace(
        first, name=f"faults-{poll}", text=f"{len(parts)} calls of the poll of {resource}", state=effects,
        href="", about=frozenset({poll}), parts=tuple(parts),
    )  # fmt: skip


def with_names(moments: Iterable[Moment], names: Mapping[str, str]) -> list[Moment]:
    """Return moments with what the records are called that they are about, where that is known."""
    return [replace(one, called=names[one.record]) if one.record in names else one for one in moments]


def poll_key(instance_id: int, resource: str) -> str:
    """Return what names the polls of an instance's resource, as the calls that they make say it."""
    return f"{instance_id}/{resource}"


def marks(moments: Iterable[Moment], axis: TimeAxis) -> list[Mark]:
    """Return what is drawn on a lane: moments of one place as one mark, which leads to the first that matters in the list."""
    groups: list[list[Moment]] = []
    for one in sorted((one for one in moments if axis.holds(one.at)), key=lambda one: one.at):
        if groups and axis.place(one.at) - axis.place(groups[-1][0].at) < _MARK:
            groups[-1].append(one)
        else:
            groups.append([one])
    found = []
    for here in groups:
        first = next((one for one in here if one.shape != "idle"), here[0])
        place = axis.place(here[0].at)
        begun = [axis.place(one.since) for one in here if one.since]
        found.append(
            Mark(
                place=place,
                shape=_worst(one.shape for one in here),
                text=_text(first, len(here)),
                href=first.href
                if first.href and (len(here) == 1 or first.shape == "idle")
                else f"#{first.name}",
                count=len(here),
                window=(min(begun), place - min(begun)) if begun and place > min(begun) else None,
                about=frozenset[str]().union(*(one.about for one in here)),
            )
        )
    return found


def counted(stretches: Iterable[Json]) -> list[Moment]:
    """Return what services counted, stretch by stretch."""
    return [
        Moment(
            lane=_COUNTED[kind][0], at=parse_instant(one["first"]), last=parse_instant(one["last"]),
            name=kind, shape=_COUNTED[kind][1], text=_COUNTED[kind][2], count=number,
        )
        for one in stretches
        for kind, number in one["counts"].items()
    ]  # fmt: skip


def bars(counts: Iterable[Moment], axis: TimeAxis, zoom: Callable[[datetime, datetime], str]) -> list[Mark]:
    """Return what is drawn on a lane with too much for marks: a bar with a number for each place, which leads nearer.

    Args:
        zoom: returns the path of the page that shows a range.
    """
    most = WIDTH // BAR - 1
    placed = sorted((one for one in counts if axis.holds(one.at)), key=lambda one: one.at)
    found = []
    for cell, group in groupby(placed, key=lambda one: min(axis.place(one.at) // BAR, most)):
        here = list(group)
        first, last = here[0].at, max(one.last or one.at for one in here)
        numbers = Counter[str]()
        for one in here:
            numbers[one.text] += one.count
        words = ", ".join(f"{number:,} {text}" for text, number in numbers.most_common())
        text = f"{instant_text(first)} to {instant_text(last)}: {words}"
        shape = _worst(one.shape for one in here)
        href = zoom(first, last)
        found.append(Mark(place=cell * BAR, shape=shape, text=text, href=href, count=numbers.total()))
    fullest = max((mark.count for mark in found), default=1)
    return [replace(mark, level=-(-4 * mark.count // fullest)) for mark in found]


def short_count(number: int) -> str:
    """Write a number in four letters at the most.

    >>> short_count(999), short_count(1250), short_count(10_000), short_count(2_500_000)
    ('999', '1.2k', '10k', '2.5M')
    """
    size, unit = next(((size, unit) for size, unit in ((10**6, "M"), (1000, "k")) if number >= size), (1, ""))
    return f"{number / size:.1f}{unit}" if unit and number < 10 * size else f"{number // size}{unit}"


def condensed(moments: Iterable[Moment]) -> list[Moment]:
    """Return moments, the latest first, with each run of polls that saw nothing as one, so that the others stand out."""
    return condensed_runs(moments, lambda one: one.shape == "idle", _as_one)


def _as_one(run: Sequence[Moment]) -> Moment:
    first, last = run[-1].at, run[0].at
    since = f" since {instant_text(first)}" if first != last else ""
    return replace(
        run[0], text=f"{len(run)} polls that saw nothing{since}", state="", href="", count=len(run)
    )


def record_resource(collection: str) -> str:
    """Return what the hub calls a kind of record: ``accounts`` for Organisations."""
    return RESOURCES.get(collection, collection.lower())


def _worst(shapes: Iterable[str]) -> str:
    """Return the shape that a cluster is drawn as: what failed stands out, what saw nothing does not."""
    found = list(shapes)
    order = ("failed", "due", "warning", "deleted", "created", "updated")
    quiet = [shape for shape in found if shape != "idle"] or found
    return next((shape for shape in order if shape in quiet), quiet[0])


def _text(first: Moment, count: int) -> str:
    """Name what a mark stands for; it is all that some readers have of it."""
    called = f"{first.called}, " if first.called else ""
    words = f"{instant_text(first.at)}: {called}{first.text}{f' ({first.state})' if first.state else ''}"
    return words if count == 1 else f"{words}, and {count - 1} more"
