"""What an instance polls otherwise than its configuration may suggest, or not at all.

Source: which keys a block needs (documented: URL, id field, both date fields and formats); what happens without follows
from the rules of polling, which name their own sources. What ``pollDelay`` and ``createdCheckTolerance`` do is documented;
from which tolerance on people are quicker than it, a minute, is ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches

from msgspec import Struct

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.poller_configuration import (
    CONFIGURATION,
    OBJECTS,
    REFRESH_INTERVAL,
    URLS,
    Entries,
)
from elements_local.platform.core.instance import Values
from elements_local.platform.core.poll import Resource
from elements_local.platform.elements.connector import Element
from elements_local.platform.lint.polled_block import PolledBlock
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning, LintFinding, quoted_name

_DAY = timedelta(days=1)
_USUAL_INTERVAL = 15
"""Minutes (documented)."""
_MINUTE = timedelta(minutes=1)
_USUAL_TOLERANCE_S = 5


def of_poller(
    values: Values, element: Element, entries: Entries, blocks: Sequence[PolledBlock]
) -> Iterator[LintFinding]:
    """Find what an instance will not poll, or not as it may be meant.

    Args:
        entries: the blocks in the values.
        blocks: all that it polls.
    """
    yield from _unpolled(values, entries, element, {block.resource.name for block in blocks})
    for block in blocks:
        yield from _incomplete(block)
    if configuration.is_polled(values):
        yield from _of_the_whole(values, element, blocks)


def of_replaced_blocks(sent: Mapping[str, object]) -> Iterator[ConfigWarning]:
    """Warn of blocks in the place of which lines of ``event.poller.urls`` were put.

    Args:
        sent: the configuration in a body.
    """
    lines = sent.get(URLS)
    if sent.get(CONFIGURATION) and isinstance(lines, str) and poller_configuration.has_lines({URLS: lines}):
        message = f"no block of it is polled, since the lines of {URLS} take the place of all blocks"
        where = ("configuration", CONFIGURATION)
        yield ConfigWarning.at(LintRule.UNPOLLED_RESOURCE, message, *where, nearest=URLS)


class _Unpolled(Struct, frozen=True, kw_only=True):
    """A resource that is written down and polled by nothing.

    Attributes:
        among: the names in whose list it stands without effect; None if it has a block.
    """

    name: str
    values: Values
    element: Element
    among: str | None = None

    def warning(self) -> ConfigWarning:
        """Say why it is not polled, and which of the element's own may be meant."""
        others = [name for name in self.element.poller_defaults if name != self.name]
        near = get_close_matches(self.name[:100], others, n=1)
        where = (CONFIGURATION, self.name) if self.among is None else (self.among,)
        return ConfigWarning.at(
            LintRule.UNPOLLED_RESOURCE,
            f"{quoted_name(self.name)} is not polled, since {self._why()}",
            *("configuration", *where),
            nearest=near[0] if near else None,
            change=self._change(near),
            resource=self.name,
        )

    def _change(self, near: list[str]) -> dict[str, object] | None:
        """Return what has it polled: the block that is meant, or its name among those that are chosen."""
        if self.among is None and near:
            return {CONFIGURATION: {self.name: None, near[0]: {}}}
        chosen = poller_configuration.names_in_urls(self.values)
        names = chosen or poller_configuration.names_in_objects(self.values)
        if not names or self.name in names:
            return None
        return {URLS if chosen else OBJECTS: ("|" if chosen else ",").join([*names, self.name])}

    def _why(self) -> str:
        if self.among is not None:
            return f"{URLS} takes the place of {self.among}"
        in_urls = poller_configuration.names_in_urls(self.values)
        names_chosen = in_urls or poller_configuration.names_in_objects(self.values)
        if names_chosen and self.name not in names_chosen:
            return f"{URLS if in_urls else OBJECTS} names others alone"
        if self.name in self.element.poller_defaults:
            return "its block is empty, and empty blocks are set to be skipped"
        default_names = ", ".join(self.element.poller_defaults)
        return f"its block is empty, and the element has blocks of its own for {default_names} alone"


def _unpolled(values: Values, blocks: Entries, element: Element, polled: set[str]) -> Iterator[LintFinding]:
    """Find what is written down and polled by nothing; what the element ships nobody wrote."""
    shipped = next((entry.default for entry in element.keys if entry.key == CONFIGURATION), None)
    for name in blocks if values.get(CONFIGURATION) != shipped else ():
        if name not in polled:
            yield _Unpolled(name=name, values=values, element=element)
    if poller_configuration.names_in_urls(values):
        for name in poller_configuration.names_in_objects(values):
            if name not in polled:
                yield _Unpolled(name=name, values=values, element=element, among=OBJECTS)


def _incomplete(block: PolledBlock) -> Iterator[ConfigWarning]:
    """Warn of a resource that is polled without an id, or without a date."""
    resource = block.resource
    if not resource.id_field:
        message = f"{quoted_name(resource.name)} has no idField: its events come without objectId, and name no record"
        change = {"idField": block.own_id} if block.own_id else None
        yield block.warning(LintRule.MISSING_ID_FIELD, message, nearest=block.own_id or None, change=change)
    lack = None if resource.updated and resource.created else _lack(resource)
    if lack is not None:
        prefix, happens = lack
        missing = (
            f"{prefix}{'Format' if str(block.written_dates.get(f'{prefix}Field') or '').strip() else 'Field'}"
        )
        message = f"{quoted_name(resource.name)} has no {missing}: {happens}"
        yield block.warning(LintRule.MISSING_DATE_FIELD, message, change=_with_dates(block))


def _with_dates(block: PolledBlock) -> dict[str, object] | None:
    """Return the dates as the element's own block has them, in the place of those that are missing."""
    if block.own is None or block.own.updated is None or block.own.created is None:
        return None
    dates: dict[str, object] = {}
    for prefix, polled, path, own in (
        ("updatedDate", block.resource.updated, block.own_updated, block.own.updated),
        ("createdDate", block.resource.created, block.own_created, block.own.created),
    ):
        if polled is None:
            dates |= {f"{prefix}Field": path, f"{prefix}Format": own.pattern}
            if (block.written_dates.get(f"{prefix}Timezone") or "GMT") != own.zone:
                dates[f"{prefix}Timezone"] = own.zone
    return {"datesConfiguration": dates}


def _lack(resource: Resource) -> tuple[str, str] | None:
    """Return which date a resource would need, and what comes of it; None if it lacks none."""
    nothing = "polls have no date to compare, and no record will ever be reported"
    match resource:
        case Resource(updated=None, created=None):
            return "updatedDate", "every record that a poll sees is reported, each time it is seen"
        case Resource(updated=None, filter_by_updated_date=True):
            return (
                "updatedDate",
                "records are reported as CREATED, by their created date, and no change of them is",
            )
        case Resource(created=None, filter_by_updated_date=False):
            return "createdDate", f"with filterByUpdatedDate false {nothing}"
        case Resource(created=None):
            return "createdDate", "all that is reported is UPDATED, and nothing CREATED"
        case _:
            return None


def _of_the_whole(values: Values, element: Element, blocks: Sequence[PolledBlock]) -> Iterator[ConfigWarning]:
    if not blocks:
        message = "no resource is polled, so no change will be reported"
        own: dict[str, object] = {CONFIGURATION: {name: {} for name in [*element.poller_defaults][:1]}}
        yield ConfigWarning.at(LintRule.NOTHING_POLLED, message, "configuration", CONFIGURATION, change=own)
    interval = configuration.refresh_interval(values)
    if interval > _DAY:
        where = ("configuration", REFRESH_INTERVAL)
        message = (
            f"polls are {interval / _DAY:.4g} days apart, so a change may wait as long until it is reported"
        )
        change = {REFRESH_INTERVAL: str(_USUAL_INTERVAL)}
        yield ConfigWarning.at(LintRule.INTERVAL_TOO_LONG, message, *where, change=change)


def of_timing(block: PolledBlock, *, interval: timedelta, lag: timedelta) -> Iterator[ConfigWarning]:
    """Warn of spans that miss, duplicate or misclassify events.

    Args:
        lag: how far the provider's search is known to lag behind its records.
    """
    delay, lag_s = block.resource.poll_delay, int(lag.total_seconds())
    if delay < lag:
        said = f"pollDelay is {_seconds(delay)}, and the provider's search lags {lag_s} s behind"
        yield block.key_warning(LintRule.POLL_DELAY_TOO_SHORT, said, "pollDelay", lag_s)
    elif delay >= interval and delay > lag:
        said = f"pollDelay is {_seconds(delay)}, and polls are {_seconds(interval)} apart: each change is reported twice"
        yield block.key_warning(LintRule.POLL_DELAY_TOO_LONG, said, "pollDelay", lag_s)
    tolerance = block.resource.created_check_tolerance
    if tolerance and tolerance > _MINUTE:
        nested = "createdCheckTolerance" not in block.written
        key = ("datesConfiguration", "createdCheckTolerance") if nested else ("createdCheckTolerance",)
        said = f"a change of a new record within {_seconds(tolerance)} is reported as CREATED again"
        cure = {"createdCheckTolerance": _USUAL_TOLERANCE_S}
        yield block.warning(LintRule.TOLERANCE_LONG, said, *key, nearest=str(_USUAL_TOLERANCE_S), change=cure)


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"


def of_doubles(blocks: Sequence[PolledBlock], element: Element) -> Iterator[ConfigWarning]:
    """Warn of blocks that were copied: with the URL of another one, or with another resource's."""
    first: dict[str, str] = {}
    for block in blocks:
        name, url = block.resource.name, "".join(block.resource.url.split())
        if url in first:
            yield ConfigWarning.at(
                LintRule.TWIN_BLOCK,
                f"{quoted_name(name)} has the URL of {quoted_name(first[url])}: each change is reported under both names",
                *("configuration", CONFIGURATION, name, "url"),
                nearest=first[url],
                change={CONFIGURATION: {name: None}},
                resource=name,
            )
        elif block.mapped is None:
            yield from _of_another(block, element)
        first.setdefault(url, name)


def _of_another(block: PolledBlock, element: Element) -> Iterator[ConfigWarning]:
    """Warn of a URL that lists another of the element's resources than the block is called by, or misspells it."""
    name = block.resource.name
    listed = block.collection
    known = element.poller_defaults
    if (
        listed != name
        and name in known
        and (listed in known or get_close_matches(listed, known, n=1) == [name])
    ):
        said = f"its URL lists {quoted_name(listed)}, and its events are called {quoted_name(name)}"
        own = element.poller_defaults[name]
        change = {"url": own["url"], "idField": own["idField"]}
        yield block.warning(LintRule.OTHER_COLLECTION, said, "url", nearest=str(own["url"]), change=change)
