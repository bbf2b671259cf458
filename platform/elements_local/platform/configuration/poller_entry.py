"""One block of a poller's configuration, read key by key: what each may hold, and what is said of one that does not."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from msgspec import Struct

from elements_local.platform.core.poll import DateField
from elements_local.platform.dates import date_template, zones
from elements_local.platform.dates.java_patterns import MILLISECONDS, compile_pattern
from elements_local.platform.errors import InvalidRequestError, PollerConfigurationError, shown

WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_LONGEST_DURATION = timedelta.max // timedelta(seconds=1)


class PollerEntry(Struct, frozen=True):
    """One object of the configuration; ``place`` says in messages where it stands.

    What does not hold what it has to raises ``PollerConfigurationError``, which names the key.
    """

    place: str
    entry: Mapping[str, object]

    def text(self, key: str) -> str:
        """Return a text; empty if there is none."""
        value = self.entry.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(key, "a text", value)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return what is true or false, as a flag or as a text."""
        value = self.entry.get(key)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        raise self._wrong(key, "true or false", value)

    def seconds(self, key: str) -> timedelta | None:
        """Return a span of whole seconds; None if there is none."""
        number = self._whole(key, "whole seconds, 0 or more")
        return None if number is None else timedelta(seconds=min(number, _LONGEST_DURATION))

    def page_size(self) -> int | None:
        """Return how many records a page has; None if that is not said."""
        number = self._whole("pageSize", "a whole number, 1 or more")
        if number == 0:
            raise self._wrong("pageSize", "a whole number, 1 or more", number)
        return number

    def url(self) -> str:
        """Return the path that is polled."""
        url = self.text("url").strip()
        if not url.startswith("/") or url.startswith("//"):
            raise self._wrong("url", "a path on the platform, such as /hubs/crm/contacts?where=...", url)
        self._check("url", date_template.check, url)
        return url

    def dates(self) -> "PollerEntry":
        """Return what is said of the dates; nothing, if nothing is."""
        dates = self.entry.get("datesConfiguration")
        if dates is None:
            dates = {}
        if not isinstance(dates, Mapping):
            raise self._wrong("datesConfiguration", "an object", dates)
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

    def _whole(self, key: str, expected: str) -> int | None:
        value = self.entry.get(key)
        if value is None or value == "":
            return None
        text = str(value).strip()
        if not WHOLE.fullmatch(text):
            raise self._wrong(key, expected, value)
        return int(text)

    def _wrong(self, key: str, expected: str, value: object) -> PollerConfigurationError:
        return PollerConfigurationError(f"{self.place}.{key} must be {expected}; got {shown(value)}")
