"""A polled resource beside what its element knows of the same records: what the rules about blocks look at."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType

from msgspec import Struct

from elements_local.kit.caching import bounded_cache
from elements_local.kit.masks import mask_target
from elements_local.kit.text import shortened
from elements_local.platform.ceql import fields_of, parse
from elements_local.platform.ceql.record_path import steps_of
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.poller_configuration import CONFIGURATION, Entries
from elements_local.platform.configuration.poller_keys import DATE_KEYS
from elements_local.platform.core.instance import Values
from elements_local.platform.core.objects import NONE, Direction, Objects, Transformation
from elements_local.platform.core.paths import segments_below_hub
from elements_local.platform.core.poll import DateField, Resource
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.connector import Element
from elements_local.platform.errors import QueryError
from elements_local.platform.lint.dates import DateProblem, problems_of
from elements_local.platform.lint.poll_query import PollPlaceholders, PollQuery
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import ConfigWarning

_LONGEST_MESSAGE = 400
_ANY_TIME = datetime(2026, 3, 2, 10, tzinfo=UTC)
_NOTHING: Mapping[str, object] = MappingProxyType({})


class PolledDate(Struct, frozen=True, kw_only=True):
    """A date by which a resource is polled.

    Attributes:
        which: ``updated`` or ``created``.
        name: its field's plain name.
        own_name: the field that the element has for it, as records show it; empty if the element does not know it.
        problems: what makes it be read as another than was written.
    """

    which: str
    field: DateField
    name: str
    own_name: str
    problems: tuple[DateProblem, ...]


class PolledBlock(Struct, frozen=True, kw_only=True):
    """A resource as it is polled and as it is written.

    Attributes:
        collection: the last segment of its URL's path.
        query: of its URL.
        placeholders: of its URL.
        id_name: the plain name of its id field.
        dates: those that it has, the updated one first.
        written: its block; the element's own if it is empty.
        is_own: whether it is the element's own, as its block is empty.
        own: the element's own block for the same records; None if it has none.
        own_id, own_updated, own_created: the fields that the element has for these, as records show them; empty if it
            does not know them.
        own_dates: how the element's own blocks read dates, by the fields as records show them.
        parameters: names that are no fields and that the element's own URLs compare with the last poll's time, in lower case.
        provider_name: the provider's name for such records.
        id_field: the provider's field of a record's id; empty if the element does not know it.
        mapped: how the instance maps such records; None if it does not.
        shown: the provider's fields that are mapped -> what records show them as.
    """

    resource: Resource
    collection: str
    query: PollQuery
    placeholders: PollPlaceholders
    id_name: str
    dates: tuple[PolledDate, ...]
    written: Mapping[str, object]
    is_own: bool
    own: Resource | None
    own_id: str
    own_updated: str
    own_created: str
    own_dates: Mapping[str, DateField]
    parameters: frozenset[str]
    provider_name: str
    id_field: str
    mapped: Transformation | None
    shown: Mapping[str, tuple[str, ...]]

    @property
    def written_dates(self) -> Mapping[str, object]:
        """The block's ``datesConfiguration`` as it is written."""
        dates = self.written.get("datesConfiguration")
        return dates if isinstance(dates, Mapping) else _NOTHING

    def names_of(self, field: str) -> tuple[str, ...]:
        """Return what records show a field of the provider's as: its own name, unless it is mapped."""
        return self.shown.get(field, (field,))

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
        """Return what is said of one key, and that another value fixes it; None if that is not known."""
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
            url: the one that fixes it; not proposed if it has a secret, which would be shown, or lost by its mask.
        """
        change = {"url": url} if url and url != self.resource.url and mask_target(url) == url else None
        return self.warning(rule, message, "url", nearest=nearest, change=change)

    @property
    def own_url(self) -> str | None:
        """The URL of the element's own block, by the name that the instance has for such records."""
        if not self.own:
            return None
        return self.resource.url.partition("?")[0] + "?" + self.own.url.partition("?")[2]


def polled_blocks(
    values: Values, element: Element, entries: Entries, *, empty_block: EmptyBlock, objects: Objects = NONE
) -> tuple[PolledBlock, ...]:
    """Return all that an instance polls, each beside what the element knows of such records.

    Args:
        entries: the blocks in the values.
        objects: what the instance calls the provider's objects and their fields.
    """
    reader = _BlockReader(element, entries, objects)
    resources = configuration.polled_resources(values, element, empty_block=empty_block)
    return tuple([reader.block(resource) for resource in resources])


class _BlockReader:
    """Works out what the blocks of one instance name: once, though most of them name the same dates and conditions."""

    def __init__(self, element: Element, entries: Entries, objects: Objects) -> None:
        self._element, self._entries, self._objects = element, entries, objects
        self._own = _own_blocks(element)
        self._name, self._problems = cache(field_name), cache(problems_of)
        self._query, self._placeholders = cache(PollQuery.read), cache(PollPlaceholders.read)

    def block(self, resource: Resource) -> PolledBlock:
        path, _, query = resource.url.partition("?")
        above, _, name = path.rstrip("/").rpartition("/")
        below_hub = segments_below_hub(path)
        mapped = self._objects.transformation_in_force(below_hub[::2][-1]) if below_hub else None
        shown = _names_shown(mapped) if mapped else {}
        theirs = mapped.vendor_name if mapped else name
        own = self._own.by_path.get(f"{above}/{theirs}")
        own_dates = _dates_shown(self._own.dates, mapped, shown) if mapped else self._own.dates
        id_field = self._element.id_fields.get(theirs, "") if above.startswith("/hubs/") else ""
        updated = own.updated.path if own and own.updated else ""
        created = own.created.path if own and own.created else ""
        own_updated, own_created = shown.get(updated, (updated,))[0], shown.get(created, (created,))[0]
        entry = self._entries.get(resource.name)
        return PolledBlock(
            resource=resource,
            collection=name,
            query=self._query(query, poller_configuration.bare_date(resource)),
            placeholders=self._placeholders(resource.url if "${" in path else query),
            id_name=self._name(resource.id_field),
            dates=self._dates(
                own_dates,
                ("updated", resource.updated, own_updated),
                ("created", resource.created, own_created),
            ),
            written=entry or self._element.poller_defaults.get(resource.name, _NOTHING),
            is_own=not entry,
            own=own,
            own_id=shown.get(id_field, (id_field,))[0],
            own_updated=own_updated,
            own_created=own_created,
            own_dates=own_dates,
            parameters=self._own.parameters,
            provider_name="/".join([*below_hub[:-1], theirs]),
            id_field=id_field,
            mapped=mapped,
            shown=shown,
        )

    def _dates(
        self, own_dates: Mapping[str, DateField], *dates: tuple[str, DateField | None, str]
    ) -> tuple[PolledDate, ...]:
        found = []
        for which, date, own_name in dates:
            if date:
                name = self._name(date.path)
                problems = self._problems(date, own_dates.get(name) or _own_below(own_dates, date.path))
                one = PolledDate(which=which, field=date, name=name, own_name=own_name, problems=problems)
                found.append(one)
        return tuple(found)


class _OwnBlocks(Struct, frozen=True, kw_only=True):
    """What an element's own blocks say.

    Attributes:
        by_path: by their URLs' paths.
        dates: how they read the provider's fields.
        parameters: as of a polled block.
    """

    by_path: Mapping[str, Resource]
    dates: Mapping[str, DateField]
    parameters: frozenset[str]


@bounded_cache(256)  # an element stays as it is
def _own_blocks(element: Element) -> _OwnBlocks:
    own = configuration.own_resources(element)
    return _OwnBlocks(
        by_path={each.url.partition("?")[0].rstrip("/"): each for each in own},
        dates={date.path: date for each in own for date in (each.updated, each.created) if date},
        parameters=frozenset(name for each in own for name in _parameters(each)),
    )


def _parameters(own: Resource) -> Iterator[str]:
    """Yield the names in an element's own condition that are no fields; none of one that is not in our language."""
    query = PollQuery.read(own.url.partition("?")[2], poller_configuration.bare_date(own))
    try:
        names = [*fields_of(parse(query.where(_ANY_TIME, _ANY_TIME)))]
    except QueryError:
        return
    dates = [date.path for date in (own.updated, own.created) if date]
    yield from (name.casefold() for name in names if not any(is_date(name, path) for path in dates))


def _names_shown(mapped: Transformation) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for each in mapped.fields:
        if each.passes(Direction.FROM_VENDOR):
            names[each.vendor_path] = (*names.get(each.vendor_path, ()), each.path)
    return names


def _dates_shown(
    dates: Mapping[str, DateField], mapped: Transformation, shown: Mapping[str, tuple[str, ...]]
) -> dict[str, DateField]:
    """Return how dates are read by the names that records show them under; none whose text a mapping may change."""
    converted = {
        each.vendor_path
        for each in mapped.fields
        if each.date_mask is not None or (each.type and each.vendor_type and each.type != each.vendor_type)
    }
    kept = {path: date for path, date in dates.items() if path not in converted}
    return {name: date for path, date in kept.items() for name in shown.get(path, (path,))}


def is_date(name: str, path: str) -> bool:
    """Say whether a condition's name is that of a date field; of one below another key, its own name will do.

    >>> is_date("modified", "properties.modified"), is_date("properties.Modified", "properties.modified")
    (True, True)
    """
    return name.casefold() in {path.casefold(), steps_below(path)[-1].casefold()}


def own_date(own_dates: Mapping[str, DateField], path: str) -> DateField | None:
    """Return how the element's own blocks read a field; None if none does."""
    return own_dates.get(field_name(path)) or _own_below(own_dates, path)


def _own_below(own_dates: Mapping[str, DateField], path: str) -> DateField | None:
    """Return how a date below another key is read, which may be written by its own name alone."""
    below = (name for name in own_dates if len(steps_below(name)) > 1 and is_date(path, name))
    return next((own_dates[name] for name in below), None)


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
