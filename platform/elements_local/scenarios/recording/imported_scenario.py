"""Makes a scenario that leads to the given callbacks: what has to have happened before them, and when. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from elements_local.clients.records import INSIGHTLY, Kinds, with_value
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import MASK, is_secret, mask_value
from elements_local.scenarios.recording.import_sources import ImportedFile, ReportedRecord, reported_records
from elements_local.scenarios.recording.names import NOT_RECORDED, Namer

_SECOND = timedelta(seconds=1)
_USUAL_INTERVAL = timedelta(minutes=15)
_OWN = {
    "username",
    "password",
    "event.notification.callback.url",
    "oauth.api.key",
    "oauth.api.secret",
    "base.url",
}
"""Keys that are the workspace's own here."""

_PREFIXES = ("event.", "filter.", "pagination.")


class NothingToImportError(Exception):
    """Nothing of a file can become a scenario."""


class ImportedScenario(Struct, frozen=True, kw_only=True):
    """A scenario, and what could not be known of it."""

    document: dict[str, Any]
    notes: tuple[str, ...]


def scenario_of(imported: ImportedFile, kinds: Kinds) -> ImportedScenario:
    """Return a scenario of what was imported.

    Args:
        kinds: of records that can be made; those of the instance's element go before others.

    Raises:
        NothingToImportError: it has callbacks, and none of them can be imported.
    """
    found = [
        each for callback in imported.callbacks for each in reported_records(mask_value(callback), kinds)
    ]
    notes = [f"left out: {each}" for each in found if isinstance(each, str)]
    records = sorted(
        (each for each in found if isinstance(each, ReportedRecord)), key=lambda each: each.polled
    )
    if imported.callbacks and not records:
        raise NothingToImportError("; ".join(notes) or "no callback has an event")
    configuration, interval = _configuration(imported.instance, records, notes)
    if len(imported.instance_ids) > 1:
        ids = ", ".join(map(str, imported.instance_ids))
        notes.append(f"the file has instances {ids}: the configuration of the last one counts")
    head: dict[str, Any] = {"scenario": f"imported from {imported.name}", "tags": ["imported"]}
    if not records:
        document = {
            **head,
            "instance": {**_element(kinds.first), "configuration": configuration},
            "steps": _trial(configuration, interval),
        }
        notes.append(
            "no callback came along: one record of the first resource is made, to be reported as CREATED"
        )
    else:
        body = {**_element(records[0].kind.element), "configuration": configuration}
        document = {**head, **_retold(records, body, interval, notes)}
    return ImportedScenario(document=document, notes=tuple(dict.fromkeys(notes)))


def _element(key: str) -> dict[str, Any]:
    """Return what an instance's body says of its element; nothing where that is the usual one."""
    return {} if key == INSIGHTLY else {"element": {"key": key}}


def _configuration(
    instance: Mapping[str, Any] | None, records: Sequence[ReportedRecord], notes: list[str]
) -> tuple[dict[str, Any], timedelta]:
    """Return how the instance is to be configured, and how often it polls."""
    if instance is None:
        notes.append(
            "assumed: each resource has the element's own polling block, every 15 minutes; no instance came along"
        )
        own: dict[str, Any] = {each.resource: {} for each in records}
        return {"event.poller.configuration": own}, _USUAL_INTERVAL
    given = instance["configuration"]
    kept: dict[str, Any] = {}
    for key, value in given.items():
        if key in _OWN or value in (None, "") or not key.startswith(_PREFIXES):
            continue
        shown = _readable(mask_value({key: value})[key])
        if value == MASK:
            notes.append(f"unknown: {key} is masked in the file, and left out")
        elif is_secret(key):
            notes.append(f"left out: {key} is a secret")
        elif key != "event.notification.subscription.id":
            kept[key] = _without_secrets(shown)
            if kept[key] != shown:
                notes.append(f"left out: the secrets in {key}, where {NOT_RECORDED!r} stands")
    if blocks := kept.get("event.poller.configuration"):
        unknown = [
            each.resource for each in records if isinstance(blocks, dict) and each.resource not in blocks
        ]
        notes += [
            f"unlikely: {resource} was reported, and the instance does not poll it" for resource in unknown
        ]
    kept.setdefault("event.notification.enabled", "true")
    return kept, _minutes(given.get("event.poller.refresh_interval"))


def _without_secrets(shown: Any) -> Any:
    return json.loads(json.dumps(shown).replace(MASK, NOT_RECORDED))


def _readable(value: Any) -> Any:
    """Return a value that is JSON in a text as what it says."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _minutes(value: Any) -> timedelta:
    text = str(value)
    return (
        timedelta(minutes=int(text))
        if text.isascii() and text.isdecimal() and 0 < int(text) < 10_000
        else _USUAL_INTERVAL
    )


def _trial(configuration: Mapping[str, Any], interval: timedelta) -> list[dict[str, Any]]:
    """Return steps for an instance of which nothing is known but its configuration."""
    blocks = configuration.get("event.poller.configuration")
    resource = next(iter(blocks), "contacts") if isinstance(blocks, dict) else "contacts"
    return [
        {"create": {f"{resource}/one": {}}},
        {"advance": f"{interval // timedelta(minutes=1)}m"},
        {"expect": {"callbacks": [f"{resource}/one CREATED"]}},
    ]


def _retold(
    records: Sequence[ReportedRecord], instance: Mapping[str, Any], interval: timedelta, notes: list[str]
) -> dict[str, Any]:
    """Return start and steps: what is older than the instance, the instance, what changed after that, and the polls."""
    namer, names = Namer(), dict[tuple[str, str], str]()
    for each in records:
        key = each.resource, each.record_id
        names[key] = names.get(key) or namer.record(each.resource, each.fields, each.kind.named_by)
    changes = sorted(_changes(records, names, notes), key=lambda change: change[0])
    first_poll = records[0].polled
    # A change that is much older than its poll was made before the instance.
    recent = [at for at, step in changes if first_poll - 2 * interval <= at <= first_poll]
    earliest = min(recent, default=first_poll)
    made = first_poll - interval
    while made >= earliest:
        made -= interval
    start = min([made, *(at for at, _ in changes)]) - _SECOND
    timeline = [*changes, (made, {"make": {"instance": dict(instance)}})]
    lines: dict[datetime, list[str]] = {}
    for each in records:
        line = f"{names[each.resource, each.record_id]} {each.event_type}"
        lines.setdefault(each.polled, []).append(line)
    timeline += [(polled, {"expect": {"callbacks": each}}) for polled, each in lines.items()]
    return {"start": format_instant(start), "instance": None, "steps": list(_steps(timeline, start))}


def _changes(
    records: Sequence[ReportedRecord], names: Mapping[tuple[str, str], str], notes: list[str]
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Yield when each record must have been made and changed, as the dates have it or as the event says."""
    seen: set[str] = set()
    for each in records:
        name = names[each.resource, each.record_id]
        updated = each.updated or each.polled - _SECOND
        created = each.created or (updated if each.event_type == "CREATED" else updated - timedelta(hours=1))
        if each.created is None:
            notes.append(f"assumed: when {name} was made; the callback does not say")
        if each.left_out:
            notes.append(f"left out of {name}: {', '.join(each.left_out)}")
        if name not in seen:
            yield created, {"create": {name: dict(each.fields)}}
        if updated > created or name in seen:
            yield updated, {"update": {name: dict(each.fields) or with_value({}, each.kind.text, "changed")}}
        seen.add(name)


def _steps(timeline: Sequence[tuple[datetime, dict[str, Any]]], start: datetime) -> Iterator[dict[str, Any]]:
    """Yield the steps in the order of time, with time moved in between."""
    now = start
    for at, step in sorted(timeline, key=lambda each: (each[0], "expect" in each[1])):
        if at > now:
            yield {"advance": {"to": format_instant(at)}}
            now = at
        yield step
