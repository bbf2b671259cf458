"""What an instance polls otherwise than its configuration may suggest, or not at all.

Source: which keys a block needs (documented: URL, id field, both date fields and formats); what happens without follows
from the rules of polling, which name their own sources.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches

from mock_platform.configuration import instance_configuration as configuration
from mock_platform.configuration import poller_configuration
from mock_platform.configuration.poller_configuration import (
    CONFIGURATION,
    OBJECTS,
    REFRESH_INTERVAL,
    URLS,
    Entries,
)
from mock_platform.core.choices import EmptyBlock
from mock_platform.core.instance import Values
from mock_platform.core.poll import Resource
from mock_platform.elements.element import Element
from mock_platform.lint.warning import ConfigWarning, LintFinding, LintRule, place, quoted

_DAY = timedelta(days=1)


def of_poller(values: Values, element: Element, *, empty_block: EmptyBlock) -> Iterator[LintFinding]:
    """Find what an instance will not poll, or not as it may be meant."""
    polled = configuration.polled_resources(values, element, empty_block=empty_block)
    blocks = poller_configuration.entries_of(values)
    yield from _unpolled(values, blocks, element, {resource.name for resource in polled})
    for resource in polled:
        yield from _incomplete(resource, place("configuration", CONFIGURATION, resource.name), blocks)
    if configuration.is_polled(values):
        yield from _of_the_whole(values, polled)


def of_replaced_blocks(sent: Mapping[str, object]) -> Iterator[ConfigWarning]:
    """Warn of blocks in the place of which lines of ``event.poller.urls`` were put.

    Args:
        sent: the configuration in a body.
    """
    lines = sent.get(URLS)
    if sent.get(CONFIGURATION) and isinstance(lines, str) and poller_configuration.has_lines({URLS: lines}):
        yield ConfigWarning(
            rule=LintRule.UNPOLLED_RESOURCE,
            path=place("configuration", CONFIGURATION),
            message=f"no block of it is polled, since the lines of {URLS} take the place of all blocks",
            nearest=URLS,
        )


@dataclass(frozen=True, kw_only=True)
class _Unpolled:
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
        return ConfigWarning(
            rule=LintRule.UNPOLLED_RESOURCE,
            path=place("configuration", *where),
            message=f"{quoted(self.name)} is not polled, since {self._why()}",
            nearest=near[0] if near else None,
        )

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


def _incomplete(resource: Resource, path: str, blocks: Entries) -> Iterator[ConfigWarning]:
    """Warn of a resource that is polled without an id, or without a date."""
    if not resource.id_field:
        message = (
            f"{quoted(resource.name)} has no idField: its events come without objectId, and name no record"
        )
        yield ConfigWarning(rule=LintRule.MISSING_ID_FIELD, path=path, message=message)
    lack = _lack(resource)
    if lack is not None:
        prefix, happens = lack
        missing = _missing(prefix, blocks.get(resource.name))
        message = f"{quoted(resource.name)} has no {missing}: {happens}"
        yield ConfigWarning(rule=LintRule.MISSING_DATE_FIELD, path=path, message=message)


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


def _missing(prefix: str, block: object) -> str:
    """Return the key that a block lacks for a date."""
    dates = block.get("datesConfiguration") if isinstance(block, Mapping) else None
    named = str(dates.get(f"{prefix}Field") or "") if isinstance(dates, Mapping) else ""
    return f"{prefix}Format" if named.strip() else f"{prefix}Field"


def _of_the_whole(values: Values, polled: tuple[Resource, ...]) -> Iterator[ConfigWarning]:
    if not polled:
        path, message = (
            place("configuration", CONFIGURATION),
            "no resource is polled, so no change will be reported",
        )
        yield ConfigWarning(rule=LintRule.NOTHING_POLLED, path=path, message=message)
    interval = configuration.refresh_interval(values)
    if interval > _DAY:
        path, days = place("configuration", REFRESH_INTERVAL), interval / _DAY
        message = f"polls are {days:.4g} days apart, so a change may wait as long until it is reported"
        yield ConfigWarning(rule=LintRule.INTERVAL_TOO_LONG, path=path, message=message)
