"""The configuration of a poller: what of it an instance elsewhere takes over, how it is changed, and what its blocks poll. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from elements_local.clients.errors import HarnessError
from elements_local.clients.guide import DATE_KEYS, DATES, block_of
from elements_local.clients.records import INSIGHTLY, Kinds, RecordSort, merged, with_value
from elements_local.clients.service_client import segment
from elements_local.diagnosis.circumstances import ClockChange
from elements_local.kit.text import shortened
from elements_local.platform.configuration.instance_configuration import ENABLED
from elements_local.platform.configuration.poller_configuration import CONFIGURATION, OBJECTS, URLS
from elements_local.platform.dates.zones import zone
from elements_local.platform.lint.rules import ABOUT_KEYS

_TAKEN_OVER = (
    "event.poller.", "event.objects", "event.vendor.type", "event.notification.enabled", "base.url", "filter.response.nulls",
    "pagination.",
)  # fmt: skip
"""How keys begin that bear on what is polled; all others are the scenario's own."""

_CONDITION = re.compile(r"([\w.]+)\s*=\s*'([^']*)'")
_OF_THE_WHOLE = ("event.", "base.", "filter.", "pagination.")
_ZONE_IN_URL = re.compile(r"\$\{(?:dateTimeZone|nowTimeZone):([^:}]+)")
_USUAL_ZONE = "Europe/London"
_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Configured:
    """The configuration of a poller.

    Attributes:
        configuration: with ``event.poller.configuration`` as an object.
        mapped: objects that the instance maps: name -> definition and transformation.
        element: whose configuration it is.
        kinds: of records that can be made.
    """

    configuration: Mapping[str, Any] = field(repr=False)
    mapped: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)
    element: str = INSIGHTLY
    kinds: Kinds = field(default_factory=Kinds)

    @property
    def vendor_names(self) -> dict[str, str]:
        """What the provider calls the objects that are mapped, by their own names."""
        return {name: transformation["vendorName"] for name, (_, transformation) in self.mapped.items()}

    @property
    def taken_over(self) -> dict[str, Any]:
        """What bears on what is polled; null where the guide's configuration says something and this one does not."""
        own = {key: value for key, value in self.configuration.items() if key.startswith(_TAKEN_OVER)}
        return {**dict.fromkeys((ENABLED, CONFIGURATION)), **own}

    def mapping_requests(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return what has to be sent to an instance so that it maps its objects so: paths below it, and bodies."""
        return [
            (where, body)
            for name, (definition, transformation) in self.mapped.items()
            for where, body in (
                (f"objects/{segment(name)}/definitions", definition),
                (f"transformations/{segment(name)}", transformation),
            )
        ]


class NotPolledError(HarnessError):
    """There is nothing in a configuration that could be replayed."""


class AssignmentError(HarnessError):
    """A change of a configuration is none."""


@dataclass(frozen=True, kw_only=True)
class ProbedResource:
    """A block of the configuration whose records can be made.

    Attributes:
        name: of the block.
        kind: of its records, as scenarios name it.
        sort: how they are made.
        block: the element's, if its own is empty.
        fields: that a record needs so that the block's URL asks for it.
    """

    name: str
    kind: str
    sort: RecordSort
    block: Mapping[str, Any]
    fields: Mapping[str, object]

    def alone_in(self, configured: Configured) -> Configured:
        """Return a configuration in which nothing but this block is polled."""
        alone = {CONFIGURATION: {self.name: dict(self.block)}, URLS: None, OBJECTS: None}
        return replace(configured, configuration={**configured.configuration, **alone})

    @property
    def look_back(self) -> timedelta:
        """By how much a poll asks for what is older than the last one, a day at the most."""
        return timedelta(seconds=min(int(str(self.block.get("pollDelay") or 0)), 86_400))

    def clocks_change(self, direction: ClockChange) -> datetime:
        """Return when summer time begins or ends in the first zone of the block that has one, or else in London's."""
        dates = self.block.get(DATES)
        named = [str(value) for key, value in (dates or {}).items() if key.endswith("Timezone")]
        zones = [zone(each) for each in (*named, *_ZONE_IN_URL.findall(str(self.block.get("url"))))]
        for where in (*zones, ZoneInfo(_USUAL_ZONE)):
            for hour in range(366 * 24):
                at = _YEAR + timedelta(hours=hour)
                before, after = ((at - timedelta(hours=1)).astimezone(where), at.astimezone(where))
                moved = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
                if moved and (moved > timedelta()) == (direction == "forward"):
                    return at
        raise NotPolledError(f"{_USUAL_ZONE} has no summer time")


def resource_of(configured: Configured, name: str | None) -> ProbedResource:
    """Return the resource that is meant.

    Args:
        name: None for the first whose records can be made.

    Raises:
        NotPolledError: there is none; says which there are.
    """
    blocks = _polled_blocks(configured.configuration)
    for each, block in blocks.items():
        kind = polled_kind(each, block, configured.vendor_names, configured.kinds)
        if kind and name in {None, each}:
            sort, fields = configured.kinds.of(kind), fields_asked_for(block, configured.kinds, kind)
            usual = block_of(configured.kinds, kind)
            return ProbedResource(name=each, kind=kind, sort=sort, block=block or usual, fields=fields)
    there = shortened(", ".join(blocks), 1000) or "none"
    meant = "no resource" if name is None else repr(name)
    raise NotPolledError(
        f"{meant} can be swept: a block of {CONFIGURATION} whose URL lists {', '.join(configured.kinds) or 'records that a stack can make'} can; "
        f"there are {there}"
    )


def _polled_blocks(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the blocks that are polled: all, or those that are chosen by their names.

    Raises:
        NotPolledError: lines stand in their place, or what are no blocks.
    """
    blocks = configuration.get(CONFIGURATION) or {}
    if not isinstance(blocks, dict) or not all(isinstance(block, dict) for block in blocks.values()):
        raise NotPolledError(
            f"{CONFIGURATION} must be an object of an object for each resource, or a text that is JSON of one; "
            f"got {shortened(repr(blocks), 100)}"
        )
    urls, objects = (str(configuration.get(key) or "") for key in (URLS, OBJECTS))
    if "/" in urls:
        raise NotPolledError(
            f"the lines of {URLS} cannot be swept; write a block of {CONFIGURATION} for each"
        )
    names = [name.strip() for name in re.split(r"[|\n]", urls) if name.strip()] or [
        name.strip() for name in objects.split(",") if name.strip()
    ]
    return {name: blocks.get(name) or {} for name in names} if names else blocks


def patch_of(assignments: Sequence[str], resource: str) -> dict[str, Any]:
    """Return the merge patch of a configuration that assignments mean.

    Args:
        assignments: ``NAME=VALUE``, the value as JSON or else a text, null to leave a key out; a dot leads into an object,
            keys of dates are those of ``datesConfiguration``.
        resource: whose block is meant.

    Raises:
        AssignmentError: one is no assignment; says what came.

    >>> patch_of(["pollDelay=1", "updatedDateTimezone=GMT"], "contacts")
    {'event.poller.configuration': {'contacts': {'pollDelay': 1, 'datesConfiguration': {'updatedDateTimezone': 'GMT'}}}}
    """
    patch: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not (equals and name):
            raise AssignmentError(f"--with expects NAME=VALUE, such as pollDelay=1; got {assignment!r}")
        # Keys of dates stand in an object of their own, which nobody wants to type.
        within = [*([DATES] if name.startswith(DATE_KEYS) else []), *name.split(".")]
        steps = [name] if name.startswith(_OF_THE_WHOLE) else [CONFIGURATION, resource, *within]
        inside = patch
        for step in steps[:-1]:
            inside = inside.setdefault(step, {})
        inside[steps[-1]] = _value(text)
    return patch


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def unread(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what lint says of keys that a change brings and nothing reads.

    Args:
        before, after: findings without and with the change.
    """
    known = [finding["path"] for finding in before]
    return [
        finding["message"]
        for finding in after
        if finding["rule"] in ABOUT_KEYS and finding["path"] not in known
    ]


def polled_kind(
    name: str, block: Mapping[str, Any], vendor_names: Mapping[str, str], kinds: Kinds
) -> str | None:
    """Return the kind of records that a block of ``event.poller.configuration`` polls, as scenarios name it; None if they cannot make any.

    Args:
        block: one that is empty polls what its name says.
        vendor_names: of objects that are mapped, by their own names.
    """
    url = str(block.get("url") or f"/hubs/crm/{name}")
    listed = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    kind = vendor_names.get(listed, listed)
    return kind if kind in kinds else None


def fields_asked_for(block: Mapping[str, Any], kinds: Kinds, kind: str) -> Mapping[str, object]:
    """Return the fields that a block's URL wants equal to a text, but the one by which the element's own block asks for changes.

    >>> fields_asked_for({"url": "/hubs/crm/contacts?where=updated_after_utc='2026' and CITY='London'"}, Kinds(), "contacts")
    {'CITY': 'London'}
    """
    conditions, own = (
        _CONDITION.findall(str(each.get("url") or "")) for each in (block, block_of(kinds, kind))
    )
    dates = {name.lower() for name, _ in own}
    # A name without a place stands beside the one that a record is called by.
    beside = kinds.of(kind).called_by.rpartition(".")[0]
    fields: Mapping[str, object] = {}
    for name, value in conditions:
        if name.lower() not in dates and "$" not in value:
            path = name if "." in name or not beside else f"{beside}.{name}"
            fields = merged(fields, with_value({}, path, value))
    return fields
