"""What an instance polls: from its configuration's texts to resources, each block read key by key.

Three generations of keys say it (documented): ``event.poller.configuration`` is JSON with an entry for each
resource; ``event.poller.urls`` has lines of fields, or only names, which then choose among those entries;
``event.objects`` is a list of names that chooses likewise.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from elements_local.kit.api.json_text import json_fault
from elements_local.platform.configuration.poller_keys import DATE_KEYS, POLLER_KEYS, PollerKey, PollerKeyType
from elements_local.platform.core.poll import DateField, Resource
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.dates import date_template, zones
from elements_local.platform.dates.java_dates import MILLISECONDS, compile_pattern
from elements_local.platform.errors import InvalidRequestError, PollerConfigurationError, quoted

WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_LONGEST_DURATION = timedelta.max // timedelta(seconds=1)


class PollerEntry(Struct, frozen=True):
    """One object of the configuration; ``place`` says in messages where it stands.

    What does not hold what it has to raises ``PollerConfigurationError``, which names the key.
    """

    place: str
    entry: Mapping[str, object]

    def value(self, key: PollerKey) -> Any:
        """Return what is said under a key, its other spelling, or where it stands by mistake; None if nothing is."""
        if not key.field:
            return None
        places = [(self, name) for name in (key.name, *key.also)]
        if key.misplaced:
            places.append((self.dates(), key.name))
        values = (place.read(name, key.takes) for place, name in places)
        return next((value for value in values if value is not None), None)

    def read(self, key: str, takes: PollerKeyType) -> object:
        """Return what is said under a key; None if nothing is."""
        match takes:
            case PollerKeyType.PATH:
                return self._path(key)
            case PollerKeyType.TEXT:
                return self.text(key).strip() or None
            case PollerKeyType.FLAG:
                return self._flag(key)
            case PollerKeyType.COUNT:
                return self._whole(key, takes, least=1)
            case PollerKeyType.SECONDS:
                number = self._whole(key, takes)
                return None if number is None else timedelta(seconds=min(number, _LONGEST_DURATION))
            case PollerKeyType.DATES:
                return self.dates()

    def text(self, key: str) -> str:
        """Return a text; empty if there is none."""
        value = self.entry.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(key, PollerKeyType.TEXT, value)
        return value

    def dates(self) -> "PollerEntry":
        """Return what is said of the dates; nothing, if nothing is."""
        dates = self.entry.get("datesConfiguration")
        if dates is None:
            dates = {}
        if not isinstance(dates, Mapping):
            raise self._wrong("datesConfiguration", PollerKeyType.DATES, dates)
        return PollerEntry(f"{self.place}.datesConfiguration", dates)

    def date(self, prefix: str, *, pattern: str, zone: str) -> DateField | None:
        """Return where a date stands; None if no field, or no pattern to read it by, is named.

        Args:
            prefix: of the three keys that describe it.
            pattern, zone: unless the entry has its own.
        """
        path = self.text(f"{prefix}Field").strip()
        pattern = self.text(f"{prefix}Format") or pattern
        zone = self.text(f"{prefix}Timezone") or zone
        if pattern != MILLISECONDS:
            self._check(f"{prefix}Format", compile_pattern, pattern)
        self._check(f"{prefix}Timezone", zones.zone, zone)
        return DateField(path=path, pattern=pattern, zone=zone) if path and pattern else None

    def _check(self, key: str, rule: Callable[[str], object], text: str) -> None:
        try:
            rule(text)
        except InvalidRequestError as error:
            raise PollerConfigurationError(f"{self.place}.{key}: {error}") from error

    def _path(self, key: str) -> str:
        path = self.text(key).strip()
        if not path:
            whole = "a block is whole, or {} for the element's own"
            raise PollerConfigurationError(f"{self.place}.{key} is missing; {whole}")
        if not path.startswith("/") or path.startswith("//"):
            raise self._wrong(key, PollerKeyType.PATH, path)
        self._check(key, date_template.check, path)
        return path

    def _flag(self, key: str) -> bool | None:
        """Return what is true or false, as a flag or as a text."""
        value = self.entry.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        raise self._wrong(key, PollerKeyType.FLAG, value)

    def _whole(self, key: str, takes: PollerKeyType, *, least: int = 0) -> int | None:
        value = self.entry.get(key)
        if value is None or value == "":
            return None
        text = str(value).strip()
        if not WHOLE.fullmatch(text) or int(text) < least:
            raise self._wrong(key, takes, value)
        return int(text)

    def _wrong(self, key: str, takes: PollerKeyType, value: object) -> PollerConfigurationError:
        return PollerConfigurationError(f"{self.place}.{key} must be {takes.value}; got {quoted(value)}")


CONFIGURATION = "event.poller.configuration"
URLS = "event.poller.urls"
OBJECTS = "event.objects"
KEYS = (CONFIGURATION, URLS, OBJECTS)
"""What says what is polled."""
REFRESH_INTERVAL = "event.poller.refresh_interval"

_URLS_FIELDS = 9
_HALF_A_LETTER = re.compile("[\ud800-\udfff]")
_LONGEST_INTERVAL = timedelta.max // timedelta(minutes=1)
_LATEST = datetime.max.replace(tzinfo=UTC)

Entry = Mapping[str, object]
Entries = Mapping[str, Entry]


def resources(
    configuration: Mapping[str, str | None], *, defaults: Entries, empty_block: EmptyBlock
) -> tuple[Resource, ...]:
    """Return what an instance polls, in the order in which it is polled.

    Args:
        configuration: an instance's, all values texts.
        defaults: the element's own entries, for empty ones and for names.
        empty_block: whether an entry ``{}`` stands for the element's own or for nothing.

    Raises:
        PollerConfigurationError: a key does not hold what it has to; the message names it.
    """
    configuration = lines_as_blocks(configuration, defaults=defaults)
    entries = entries_of(configuration)
    names = names_in_urls(configuration) or names_in_objects(configuration)
    if names:
        entries = {name: _chosen(name, entries, defaults) for name in names}
    if empty_block is EmptyBlock.DEFAULT:
        entries = {name: entry or defaults.get(name, {}) for name, entry in entries.items()}
    return tuple(_from_entry(name, entry) for name, entry in entries.items() if entry)


def lines_as_blocks(
    configuration: Mapping[str, str | None], *, defaults: Entries
) -> Mapping[str, str | None]:
    """Return a configuration with the lines of ``event.poller.urls`` as blocks, in the place of all others.

    Args:
        defaults: the element's own entries, which know a resource's id field.

    Raises:
        PollerConfigurationError: a line says too little or too much; or a resource has several.

    Source: the platform converts lines (documented: announced for existing instances); that they then stand in
        ``event.poller.configuration`` alone is assumed.
    """
    if not has_lines(configuration):
        return configuration
    lines = _lines(configuration)
    blocks = dict(_block_of_line(line, defaults) for line in lines)
    if len(blocks) < len(lines):
        raise PollerConfigurationError(f"{URLS}: a resource has more than one line")
    text = json.dumps(blocks, separators=(",", ":"), ensure_ascii=False)
    return {**configuration, CONFIGURATION: text, URLS: None}


def has_lines(configuration: Mapping[str, str | None]) -> bool:
    """Say whether ``event.poller.urls`` has lines of fields, and not only names."""
    return "/" in (configuration.get(URLS) or "")


def names_in_urls(configuration: Mapping[str, str | None]) -> list[str]:
    """Return the names in ``event.poller.urls``, unless it has lines of fields."""
    named = (name.strip() for line in _lines(configuration) for name in line.split("|"))
    return [] if has_lines(configuration) else [name for name in named if name]


def names_in_objects(configuration: Mapping[str, str | None]) -> list[str]:
    """Return the names in ``event.objects``; those in ``event.poller.urls`` take their place."""
    named = (name.strip() for name in (configuration.get(OBJECTS) or "").split(","))
    return [name for name in named if name]


def chosen(configuration: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """Return the key that chooses among the blocks, and the names in it; empty if all blocks are polled."""
    by_key = {URLS: names_in_urls(configuration), OBJECTS: names_in_objects(configuration)}
    return next(((key, names) for key, names in by_key.items() if names), ("", []))


def entries_of(configuration: Mapping[str, str | None]) -> Entries:
    """Return the blocks of ``event.poller.configuration``, by resource.

    Raises:
        PollerConfigurationError: it is no JSON object of objects.
    """
    text = (configuration.get(CONFIGURATION) or "").strip() or "{}"
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PollerConfigurationError(f"{CONFIGURATION} is not JSON: {json_fault(text, error)}") from error
    if not isinstance(entries, dict):
        raise PollerConfigurationError(
            f"{CONFIGURATION} must be an object of resources; got {_kind(entries)}"
        )
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise PollerConfigurationError(f"{CONFIGURATION}: {name!r} must be an object; got {_kind(entry)}")
    if _HALF_A_LETTER.search(json.dumps(entries, ensure_ascii=False)):
        raise PollerConfigurationError(f"{CONFIGURATION}: \\ud800 to \\udfff stand for letters in pairs only")
    return entries


def refresh_interval(value: str | None) -> timedelta:
    """Read ``event.poller.refresh_interval``: whole minutes, at least one.

    Raises:
        PollerConfigurationError: it is anything else.

    Source: at least one minute (documented for the successor); refusing the rest is assumed.
    """
    text = (value or "").strip()
    if not WHOLE.fullmatch(text) or int(text) < 1:
        raise PollerConfigurationError(
            f"{REFRESH_INTERVAL} must be whole minutes, 1 or more; got {quoted(value)}"
        )
    return timedelta(minutes=min(int(text), _LONGEST_INTERVAL))


def next_poll(at: datetime, *, refresh_interval: timedelta) -> datetime:
    """Return when an instance is polled next; the end of the calendar stands for never.

    Source: "event.poller.refresh_interval" (documented); the vendor's test suite parks a poller with a huge
        number (observed).
    """
    return at + refresh_interval if refresh_interval < _LATEST - at else _LATEST


def url_between(resource: Resource, last_poll: datetime, now: datetime) -> str:
    """Return a resource's URL with its placeholders filled and percent-encoded."""
    return date_template.expand(resource.url, last_poll=last_poll, now=now, bare=bare_date(resource))


def bare_date(resource: Resource) -> date_template.DateForm:
    """Return what ``${date}`` without a pattern means: it depends on the block's own format (documented)."""
    written = resource.updated
    return date_template.DateForm(written.pattern, written.zone) if written else date_template.EPOCH


def _lines(configuration: Mapping[str, str | None]) -> list[str]:
    return [line for line in (configuration.get(URLS) or "").splitlines() if line.strip()]


def _chosen(name: str, entries: Entries, defaults: Entries) -> Entry:
    both = {**defaults, **entries}
    if name not in both:
        names = ", ".join(sorted(both))
        raise PollerConfigurationError(f"no poller configuration for {quoted(name)}; known are: {names}")
    return both[name]


def _from_entry(name: str, entry: Entry, *, key: str = CONFIGURATION) -> Resource:
    if not name.strip():
        raise PollerConfigurationError(f"{key}: a resource must have a name; got {quoted(name)}")
    reader = PollerEntry(f"{key}: {name}", entry)
    values = {each.field: value for each in POLLER_KEYS if (value := reader.value(each)) is not None}
    dates = reader.dates()
    # the vendor's example has the zone beside the dates, too; that the inner one goes first is assumed
    zone = reader.text("updatedDateTimezone") or "GMT"
    return Resource(
        name=name,
        updated=dates.date("updatedDate", pattern="", zone=zone),
        created=dates.date(
            "createdDate",
            pattern=dates.text("updatedDateFormat"),
            zone=dates.text("updatedDateTimezone") or zone,
        ),
        **values,
    )


def _block_of_line(line: str, defaults: Entries) -> tuple[str, Entry]:
    """Read a line of ``event.poller.urls``.

    Its third field, an xPath filter, has no meaning for records in JSON and is passed over; a line names no
    id, so the element's own id field for the resource is used (both assumed).
    """
    fields = [field.strip() for field in line.split("|")]
    if len(fields) > _URLS_FIELDS or len(fields) < 2:
        raise PollerConfigurationError(
            f"{URLS}: expected up to {_URLS_FIELDS} fields between bars; got {quoted(line)}"
        )
    name, url, _xpath, *dates = [*fields, *[""] * (_URLS_FIELDS - len(fields))]
    entry = {
        "url": url,
        "idField": defaults.get(name, {}).get("idField", ""),
        "datesConfiguration": dict(zip(DATE_KEYS, dates, strict=True)),
    }
    _from_entry(name, entry, key=URLS)  # what is wrong with it is wrong with the line
    return name, entry


def _kind(value: object) -> str:
    return {dict: "an object", list: "an array", str: "a text", bool: "a flag", type(None): "null"}.get(
        type(value), "a number"
    )
