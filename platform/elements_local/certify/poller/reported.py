"""What a poller says on its standard output: lines of its own JSON, of Singer or of Airbyte. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from elements_local.certify.poller.judgement import Report, Shown
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.instants import UnreadableTimeError, parse_instant
from elements_local.platform.audit.oracle import ExpectedEventType
from elements_local.platform.ceql.record_path import find
from elements_local.platform.dates.java_dates import parse_date
from elements_local.platform.dates.zones import zone
from elements_local.platform.errors import UnreadableDateError

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Years of two digits are those around it."""
_CHANGES = {each.value: each for each in ExpectedEventType if each is not ExpectedEventType.UNKNOWN}
_DELETED = ("archived", "isDeleted", "IsDeleted", "is_deleted", "_sdc_deleted_at")
"""What has a value in a record that is deleted: HubSpot's word, those of others, and Singer's own."""


class RunOutput(Struct, frozen=True, kw_only=True):
    """What came of a run.

    Attributes:
        state: what the next run is to be given: Singer's value, or Airbyte's states of all streams; None if there was none.
        passed_over: the first of the lines that should be JSON and are not, with the reason, or that say nothing of a record.
    """

    reports: tuple[Report, ...]
    state: object = None
    passed_over: str = ""


class RecordPaths(Struct, frozen=True, kw_only=True):
    """Where the CRM's answers have what is judged of a record.

    Attributes:
        id, updated: paths of its id and of the date of its last change.
        updated_format, updated_zone: how that date is written, as in a poller's block.
    """

    id: str
    updated: str
    updated_format: str
    updated_zone: str = "GMT"

    def date(self, value: object) -> datetime | None:
        """Read a date as the CRM writes it, or as ISO 8601; None if it is no date."""
        try:
            return parse_date(value, self.updated_format, zone(self.updated_zone), now=_NOW)
        except UnreadableDateError:
            try:
                return parse_instant(str(value)) if value else None
            except UnreadableTimeError:
                return None

    def shown(self, body: str) -> set[Shown]:
        """Return the ids and dates of the records in an answer of the CRM, wherever they stand in it."""
        try:
            return set(self._records(decode(body.encode())))
        except MalformedJsonError:
            return set()

    def _records(self, value: object) -> Iterator[Shown]:
        inner = value if isinstance(value, list) else []
        if isinstance(value, dict):
            number, updated = find(value, self.id), self.date(find(value, self.updated))
            if number is not None and updated is not None:
                yield str(number), updated
            inner = list(value.values())
        for each in inner:
            yield from self._records(each)


class Reader(Struct, kw_only=True):
    """Reads the output of a check's runs, one after the other.

    Attributes:
        streams: the resource that is asked about, as reports, Singer and Airbyte may call it; case does not count.
        paths: where its records have id and date.
        id_field: where a Singer tap says that they have their id.
    """

    streams: Sequence[str]
    paths: RecordPaths
    id_field: str = ""
    _states: dict[str, object] = field(default_factory=dict)

    def read(self, output: bytes) -> RunOutput:
        """Read what a run wrote."""
        reports, state, strange, broken = list[Report](), None, "", ""
        # Only these end a line: JSON may have the other characters within its strings at which Python splits.
        for line in re.split("[\r\n]+", output.decode("utf-8-sig", "replace")):
            try:
                messages = _objects(decode(line.encode()))
            except MalformedJsonError as error:
                messages = [{}]
                if line.lstrip().startswith(("{", "[")):
                    broken = broken or f"{error}: {line.strip()}"
            for message in messages:
                if message.get("type") == "STATE":
                    state = self._state(message)
                elif message.get("type") == "SCHEMA" and self._is_meant(message.get("stream")):
                    keys = message.get("key_properties")
                    self.id_field = str(keys[0]) if isinstance(keys, list) and keys else self.id_field
                elif report := self._report(message):
                    reports.extend(report)
                elif "type" not in message and line.strip():
                    strange = strange or line.strip()
        return RunOutput(reports=tuple(reports), state=state, passed_over=broken or strange)

    def reports(self, value: object) -> Sequence[Report]:
        """Return what a message reports, or a list of them."""
        return [report for message in _objects(value) for report in self._report(message)]

    def _report(self, message: Mapping[str, Any]) -> Sequence[Report]:
        """Return what a message reports: nothing, if it is about something else."""
        if message.get("type") == "RECORD":
            record = message.get("record")
            wrapped = (
                record if isinstance(record, dict) and "stream" in record else message
            )  # Airbyte's is within
            fields = wrapped.get("data", record)
            fields = fields if isinstance(fields, dict) else {}
            places = filter(None, (self.id_field, self.paths.id, "id"))
            number = next((found for path in places if (found := find(fields, path)) is not None), None)
            resource, updated = wrapped.get("stream"), find(fields, self.paths.updated)
            change = "deleted" if any(map(fields.get, _DELETED)) else None
        else:
            resource, number, updated, change = map(message.get, ("resource", "id", "updated", "change"))
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if not self._is_meant(resource) or not isinstance(number, str | int):
            return ()
        kind = None if change is None else _CHANGES.get(str(change).upper(), ExpectedEventType.UNKNOWN)
        return (Report(record_id=str(number), change=kind, updated=self.paths.date(updated)),)

    def _is_meant(self, stream: object) -> bool:
        return isinstance(stream, str) and stream.lower() in map(str.lower, self.streams)

    def _state(self, message: Mapping[str, Any]) -> object:
        if "value" in message:
            return message["value"]
        state = message.get("state")
        stream = state.get("stream", {}) if isinstance(state, dict) else {}
        self._states[str(stream.get("stream_descriptor") if isinstance(stream, dict) else stream)] = state
        return list(self._states.values())


def _objects(value: object) -> list[dict[str, Any]]:
    return [
        each if isinstance(each, dict) else {} for each in (value if isinstance(value, list) else [value])
    ]
