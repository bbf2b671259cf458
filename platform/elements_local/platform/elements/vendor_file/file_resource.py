"""A resource of a vendor file: what its records look like, and what their values are when they are compared.

A condition names a field as the vendor does. By itself it is known by the field's own name, or as ``id``, ``created`` or
``updated``; these two are compared as milliseconds, regardless of their format.
"""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from msgspec import Struct

from elements_local.kit.instants import UnreadableTimeError, parse_instant
from elements_local.kit.values import replace
from elements_local.platform.ceql.record_path import find, steps_of
from elements_local.platform.dates import zones
from elements_local.platform.dates.java_dates import epoch_milliseconds, format_date, parse_date
from elements_local.platform.elements.vendor_file.model import (
    MILLISECONDS,
    SECONDS,
    STRUCTURED,
    RecordDate,
    RecordId,
    RecordShape,
    VendorFile,
    VendorResource,
)
from elements_local.platform.elements.vendor_file.templates import filled
from elements_local.platform.errors import NotFoundError, UnreadableDateError

NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
OWN_NAMES = ("id", "created", "updated")
"""By which a record's id and dates are known, under any name of the vendor's."""

_START = datetime(1970, 1, 1, tzinfo=UTC)
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Years of two digits are those around it; a fixed one, as answers follow from the file alone."""


class FileResource(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A resource.

    Attributes:
        key: the hub's name of it.
        dates: ``created`` and ``updated``.
    """

    key: str
    record: RecordShape
    declared: VendorResource
    dates: Mapping[str, RecordDate]

    @property
    def name(self) -> str:
        """The vendor's name of it."""
        return self.declared.name or self.key

    @property
    def all_names(self) -> tuple[str, ...]:
        """The vendor's names of it, its own first."""
        return (self.name, *self.declared.names)

    @cached_property
    def names(self) -> dict[str, str]:
        """What the vendor calls each field: its path, from where fields stand."""
        record = self.record
        paths = {"id": record.id.path, **{name: date.path for name, date in self.dates.items()}}
        return {
            **{name: self._below(path) for name, path in paths.items()},
            **{each: each for each in self.declared.fields},
        }

    @cached_property
    def known(self) -> dict[str, str]:
        """All names that a condition may call a field by, and by which it is known here."""
        shape = self.record
        known = {self.path(name): name for name in self.declared.fields}
        own: list[tuple[str, RecordId | RecordDate]] = [("id", shape.id), *self.dates.items()]
        known |= {path: name for name, each in own for path in (each.path, *each.also)}
        known |= {self._below(path): name for path, name in known.items()}
        return known | {name: name for name in OWN_NAMES if name not in known}

    def path(self, field: str) -> str:
        """Return where a field stands in a record."""
        return f"{self.record.fields}.{field}" if self.record.fields else field

    def is_compared(self, name: str) -> bool:
        """Say whether records are found and ordered by a field, by the name by which it is known."""
        field = self.declared.fields.get(name)
        return field is None or field.type not in STRUCTURED

    def written(self, name: str) -> str:
        """Say whether a write of the id or a date of the vendor's is ignored, or refused."""
        known = self.known.get(name)
        own = self.dates.get(known or "") or (self.record.id if known == "id" else None)
        return own.written if own else "ignore"

    def shown(  # noqa: PLR0913 - what a record is made of
        self,
        record_id: str,
        fields: Mapping[str, object],
        *,
        created: datetime,
        updated: datetime,
        deleted: datetime | None = None,
        asked: Iterable[str] | None = None,
    ) -> dict[str, Any]:
        """Return a record as the vendor shows it.

        Args:
            deleted: when it was; None if it is not.
            asked: the fields that are wanted.
        """
        shape, made = self.record, dict[str, Any]()
        texts = shape.values == "text"
        own = shape.id.shown(record_id)
        put(made, shape.id.path, own)
        fields = self.completed(record_id, fields, created=created, updated=updated)
        values = {name: value for name, value in self._fields(fields, asked).items() if name not in made}
        put(made, shape.fields, values) if shape.fields else made.update(values)
        for path in shape.id.also:
            put(made, path, own)
        for name, instant in (("created", created), ("updated", updated)):
            date = self.dates[name]
            for path in (date.path, *date.also):
                put(made, path, _written(instant, date, text=texts))
        more = filled(
            dict(shape.constants),
            {
                **self.declared.values,
                "id": own,
                "resource": self.name,
                "deleted": deleted is not None,
                **({"deleted_at": self.instant(deleted)} if deleted else {}),
            },
        )
        if shape.sorted and isinstance(found := find(made, shape.fields) if shape.fields else made, dict):
            put(made, shape.fields, dict(sorted(found.items()))) if shape.fields else None
        return made | (more if isinstance(more, dict) else {})

    def comparable(self, shown: Mapping[str, Any]) -> dict[str, object]:
        """Return the values of a record that is shown, by the names by which they are known."""
        fields = find(shown, self.record.fields) if self.record.fields else shown
        own = {name: self.milliseconds(find(shown, date.path), name) for name, date in self.dates.items()}
        more = fields if isinstance(fields, Mapping) else {}
        return {**shown, **self._numbers(more), "id": find(shown, self.record.id.path), **own}

    def kept(self, record_id: str, fields: Mapping[str, object], **dates: datetime) -> dict[str, object]:
        """Return the values of a record that is kept, by the same names."""
        own = {name: epoch_milliseconds(date) for name, date in dates.items()}
        fields = self.completed(record_id, fields, **dates)
        return {**self._numbers(fields), "id": int(record_id) if record_id.isdecimal() else record_id, **own}

    def _numbers(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return values, those as numbers that are some, though the vendor may write them as texts."""
        return dict(fields) | {
            name: float(text)
            for name, field in self.declared.fields.items()
            if field.type in {"integer", "number"}
            and isinstance(text := fields.get(name), str)
            and NUMBER.fullmatch(text)
        }

    def milliseconds(self, value: object, name: str, *patterns: str) -> int | None:
        """Return a date as milliseconds: by these patterns, or as in a record, or in ISO 8601; None if it is no date."""
        date = self.dates[name]
        where = zones.zone(date.zone)
        for pattern in (*patterns, date.format, *([date.whole] if date.whole else []), MILLISECONDS):
            try:
                return epoch_milliseconds(parse_date(value, pattern, where, now=_NOW))
            except UnreadableDateError:
                continue
        try:
            return epoch_milliseconds(parse_instant(str(value)))
        except UnreadableTimeError:
            return None

    def date(self, milliseconds: int, name: str, pattern: str | None = None) -> str:
        """Write a date by a pattern, or as in a record."""
        date = self.dates[name]
        return format_date(instant_of(milliseconds), pattern or date.format, zones.zone(date.zone))

    @cached_property
    def _computed(self) -> dict[str, tuple[str, ...]]:
        return {name: field.computed for name, field in self.declared.fields.items() if field.computed}

    def completed(
        self, record_id: str, fields: Mapping[str, object], **dates: datetime
    ) -> Mapping[str, object]:
        """Return the fields of a record with those that are computed."""
        if not self._computed:
            return fields
        own = {name: self.instant(date) for name, date in dates.items()}
        values = {**fields, **own, "id": record_id}
        made = {
            name: next((text for each in templates if (text := filled(each, values)) is not None), None)
            for name, templates in self._computed.items()
        }
        return {**fields, **{name: value for name, value in made.items() if value is not None}}

    def instant(self, at: datetime) -> str | int:
        """Return an instant as the record has the date of its creation."""
        return _written(at, self.dates["created"], text=self.record.values == "text")

    def of_hub(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record of the vendor's as the hub has it: seconds as milliseconds, which are all that a poller can read."""
        counted = [(name, date) for name, date in self.dates.items() if date.format == SECONDS]
        made = deepcopy(record) if counted else record
        for name, date in counted:
            for path in (date.path, *date.also):
                if (at := self.milliseconds(find(record, path), name)) is not None:
                    put(made, path, str(at) if self.record.values == "text" else at)
        return made

    def _below(self, path: str) -> str:
        return path.removeprefix(f"{self.record.fields}.") if self.record.fields else path

    def _fields(self, fields: Mapping[str, object], asked: Iterable[str] | None) -> dict[str, object]:
        declared = self.declared.fields
        wanted = [name for name, field in declared.items() if field.default] if asked is None else [*asked]
        names = wanted or [*dict.fromkeys([*declared, *fields])]
        nulls = self.record.missing == "null"
        return {
            name: fields.get(name)
            for name in names
            if fields.get(name) is not None or (nulls and name in declared)
        }


def resources_of(file: VendorFile) -> dict[str, FileResource]:
    """Return a file's resources, by the hub's names."""
    record = file.record
    return {
        key: FileResource(
            key=key,
            record=record,
            declared=declared,
            dates={
                "created": replace(record.created, path=declared.created or record.created.path),
                "updated": replace(record.updated, path=declared.updated or record.updated.path),
            },
        )
        for key, declared in file.resources.items()
    }


def resource_named(resources: Mapping[str, FileResource], name: str) -> FileResource:
    """Return a resource by the hub's name, or else by the vendor's own, which transformations have.

    Raises:
        NotFoundError: there is none.
    """
    own = {each.name: each for each in resources.values()}
    found = resources.get(name) or own.get(name)
    if found is None:
        raise NotFoundError("resource", name, named="name")
    return found


def instant_of(milliseconds: int) -> datetime:
    """Return the instant that a date is compared as."""
    return _START + timedelta(milliseconds=milliseconds)


def put(record: dict[str, Any], path: str, value: object) -> None:
    """Put a value at a path of a record."""
    *above, last = steps_of(path)
    for step in above:
        record = record.setdefault(step, {})
    record[last] = value


def _written(instant: datetime, date: RecordDate, *, text: bool) -> str | int:
    if date.format in {MILLISECONDS, SECONDS} and not text:
        return int(format_date(instant, date.format))
    pattern = date.whole if date.whole and not instant.microsecond else date.format
    return format_date(instant, pattern, zones.zone(date.zone))
