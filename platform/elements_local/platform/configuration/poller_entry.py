"""One block of a poller's configuration, read key by key: what each may hold, and what is said of one that does not."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from msgspec import Struct

from elements_local.platform.configuration.poller_keys import PollerKey, PollerKeyType
from elements_local.platform.core.poll import DateField
from elements_local.platform.dates import date_template, zones
from elements_local.platform.dates.java_dates import MILLISECONDS, compile_pattern
from elements_local.platform.errors import InvalidRequestError, PollerConfigurationError, shown

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
        return PollerConfigurationError(f"{self.place}.{key} must be {takes.value}; got {shown(value)}")
