"""A polled resource beside what its element knows of the same records: what the rules about blocks look at."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType
from urllib.parse import parse_qs

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.kit.masks import mask_target
from elements_local.kit.text import shortened
from elements_local.platform.ceql import fields_of, parse
from elements_local.platform.ceql.record_path import steps_of
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.poller_configuration import CONFIGURATION
from elements_local.platform.configuration.poller_keys import DATE_KEYS
from elements_local.platform.core.instance import Values
from elements_local.platform.core.objects import NONE, Direction, Objects, Transformation
from elements_local.platform.core.paths import segments_below_hub
from elements_local.platform.core.poll import DateField, Resource
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import QueryError
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning

_LONGEST_MESSAGE = 400
_ANY_TIME = datetime(2026, 3, 2, 10, tzinfo=UTC)
_NOTHING: Mapping[str, object] = MappingProxyType({})


class PolledBlock(Struct, frozen=True, kw_only=True, dict=True):
    """A resource as it is polled and as it is written.

    Attributes:
        written: its block; the element's own if it is empty.
        is_own: whether it is the element's own, as its block is empty.
        own: the element's own block for the same records; None if it has none.
        own_dates: how the element's own blocks read dates, by the fields as records show them.
        parameters: names that are no fields and that the element's own URLs compare with the last poll's time, in lower case.
        provider_name: the provider's name for such records.
        id_field: the provider's field of a record's id; empty if the element does not know it.
        mapped: how the instance maps such records; None if it does not.
    """

    resource: Resource
    written: Mapping[str, object]
    is_own: bool = False
    own: Resource | None = None
    own_dates: Mapping[str, DateField]
    parameters: frozenset[str]
    provider_name: str = ""
    id_field: str = ""
    mapped: Transformation | None = None

    @property
    def dates(self) -> Mapping[str, object]:
        """The block's ``datesConfiguration`` as it is written."""
        dates = self.written.get("datesConfiguration")
        return dates if isinstance(dates, Mapping) else _NOTHING

    def names_of(self, field: str) -> tuple[str, ...]:
        """Return what records show a field of the provider's as: its own name, unless it is mapped."""
        return _names_of(field, self.mapped)

    @property
    def own_id(self) -> str:
        """The field of a record's id, as records show it; empty if the element does not know it."""
        return self.names_of(self.id_field)[0]

    @cached_property
    def own_updated(self) -> str:
        """The field of the updated date, as records show it; empty if the element does not know it."""
        return self._shown(self.own.updated) if self.own else ""

    @cached_property
    def own_created(self) -> str:
        """The field of the created date, as records show it; empty if the element does not know it."""
        return self._shown(self.own.created) if self.own else ""

    def own_date(self, path: str) -> DateField | None:
        """Return how the element's own blocks read a field; None if none does."""
        below = [
            date
            for name, date in self.own_dates.items()
            if len(steps_below(name)) > 1 and is_date(path, name)
        ]
        return self.own_dates.get(field_name(path)) or next(iter(below), None)

    def warning(
        self,
        rule: LintRule,
        message: str,
        *keys: str,
        nearest: str | None = None,
        change: Mapping[str, object] | None = None,
    ) -> ConfigWarning:
        """Return what is said of the block, or of a key in it.

        Args:
            keys: from the block on.
            change: of the block.
        """
        whole = {**self.written, **(change or {})} if self.is_own else change
        name = self.resource.name
        return ConfigWarning.at(
            rule,
            shortened(message, _LONGEST_MESSAGE),
            *("configuration", CONFIGURATION, name, *keys),
            nearest=nearest,
            change=None if change is None else {CONFIGURATION: {name: whole}},
            resource=name,
        )

    def key_warning(self, rule: LintRule, message: str, key: str, value: object) -> ConfigWarning:
        """Return what is said of one key, and that another value mends it; None if that is not known."""
        within = ("datesConfiguration",) if key in DATE_KEYS else ()
        if value is None:
            return self.warning(rule, message, *within, key)
        change = {"datesConfiguration": {key: value}} if within else {key: value}
        nearest = value if isinstance(value, str) else json.dumps(value)
        return self.warning(rule, message, *within, key, nearest=nearest, change=change)

    def url_warning(
        self, rule: LintRule, message: str, url: str | None, nearest: str | None = None
    ) -> ConfigWarning:
        """Return what is said of the block's URL.

        Args:
            url: the one that mends it; not proposed if it has a secret, which would be shown, or lost by its mask.
        """
        change = {"url": url} if url and url != self.resource.url and mask_target(url) == url else None
        return self.warning(rule, message, "url", nearest=nearest, change=change)

    @property
    def own_url(self) -> str | None:
        """The URL of the element's own block, by the name that the instance has for such records."""
        if not self.own:
            return None
        return self.resource.url.partition("?")[0] + "?" + self.own.url.partition("?")[2]

    def _shown(self, date: DateField | None) -> str:
        return self.names_of(date.path)[0] if date else ""


def polled_blocks(
    values: Values, element: Element, *, empty_block: EmptyBlock, objects: Objects = NONE
) -> Iterator[PolledBlock]:
    """Yield all that an instance polls, each beside what the element knows of such records.

    Args:
        objects: what the instance calls the provider's objects and their fields.
    """
    polled = configuration.polled_resources(values, element, empty_block=empty_block)
    own = configuration.own_resources(element)
    by_path = {path_of(each.url): each for each in own}
    parameters = frozenset(name for each in own for name in _parameters(each))
    blocks = poller_configuration.entries_of(values)
    for resource in polled:
        above, _, name = path_of(resource.url).rpartition("/")
        below_hub = segments_below_hub(resource.url)
        polled_objects = below_hub[::2]
        mapped = objects.transformation_in_force(polled_objects[-1]) if polled_objects else None
        theirs = mapped.vendor_name if mapped else name
        yield PolledBlock(
            resource=resource,
            written=blocks.get(resource.name) or element.poller_defaults.get(resource.name, _NOTHING),
            is_own=not blocks.get(resource.name),
            own=by_path.get(f"{above}/{theirs}"),
            own_dates={
                name: date
                for each in own
                for date in (each.updated, each.created)
                if date and not _is_converted(date.path, mapped)
                for name in _names_of(date.path, mapped)
            },
            parameters=parameters,
            provider_name="/".join([*below_hub[:-1], theirs]),
            id_field=element.id_fields.get(theirs, "") if above.startswith("/hubs/") else "",
            mapped=mapped,
        )


def _names_of(field: str, mapped: Transformation | None) -> tuple[str, ...]:
    shown = (
        each.path
        for each in (mapped.fields if mapped else ())
        if each.vendor_path == field and each.passes(Direction.FROM_VENDOR)
    )
    return (*shown,) or (field,)


def _is_converted(field: str, mapped: Transformation | None) -> bool:
    """Say whether a field's text may be another once it is mapped."""
    return any(
        each.date_mask is not None or each.type != each.vendor_type
        for each in (mapped.fields if mapped else ())
        if each.vendor_path == field and (each.date_mask or (each.type and each.vendor_type))
    )


@bounded_cache(256)  # the same few resources are polled of each instance of a workspace
def where_of(block: Resource, last_poll: datetime, now: datetime) -> str:
    """Return the ``where`` clause of a resource's URL as a poll fills it; empty if there is none."""
    return parameter_of(poller_configuration.url_between(block, last_poll, now), "where")


def parameter_of(url: str, name: str) -> str:
    """Return what a URL's query has under a name; empty if it has nothing."""
    return parse_qs(url.partition("?")[2]).get(name, [""])[0]


def _parameters(own: Resource) -> Iterator[str]:
    """Yield the names in an element's own condition that are no fields; none of one that is not in our language."""
    try:
        names = [*fields_of(parse(where_of(own, _ANY_TIME, _ANY_TIME)))]
    except QueryError:
        return
    dates = [date.path for date in (own.updated, own.created) if date]
    yield from (name.casefold() for name in names if not any(is_date(name, path) for path in dates))


def is_date(name: str, path: str) -> bool:
    """Say whether a condition's name is that of a date field; of one below another key, its own name will do.

    >>> is_date("modified", "properties.modified"), is_date("properties.Modified", "properties.modified")
    (True, True)
    """
    return name.casefold() in {path.casefold(), steps_below(path)[-1].casefold()}


def path_of(url: str) -> str:
    """Return a URL without its query.

    >>> path_of("/hubs/crm/contacts/?where=x")
    '/hubs/crm/contacts'
    """
    return url.partition("?")[0].rstrip("/")


def field_name(path: str) -> str:
    """Return the plain name of a field at the top of a record, however its path is written.

    >>> field_name("$.CONTACT_ID"), field_name("['CONTACT_ID']"), field_name("user.id")
    ('CONTACT_ID', 'CONTACT_ID', 'user.id')
    """
    below = steps_below(path)
    return below[0] if len(below) == 1 else path


def steps_below(path: str) -> tuple[str, ...]:
    """Return the steps of a path from the record's top on."""
    steps = steps_of(path.strip())
    return steps[1:] if steps and steps[0] in {"$", "@"} else steps
