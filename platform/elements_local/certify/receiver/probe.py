"""What a probe answers: what callbacks have left at a receiver, by record."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import TypeAlias

from msgspec import Struct

from elements_local.certify.battery import FailedError
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.instants import format_to_second
from elements_local.kit.text import shortened

RecordKey: TypeAlias = tuple[str, str]
"""Object type and object id."""

_DELETED = "DELETED"


class Change(Struct, frozen=True, kw_only=True):
    """The newest that is known of a record."""

    event_type: str
    date: datetime

    def __str__(self) -> str:
        return f"{self.event_type} at {format_to_second(self.date)}"


class Kept(Struct, frozen=True, kw_only=True):
    """What a receiver has kept.

    Attributes:
        whole: all that the probe answered, in one form; the order of lists and keys does not count.
        entries: the JSON objects in it that have ``objectType`` and ``objectId``, by record.
    """

    whole: str
    entries: Mapping[RecordKey, tuple[Mapping[str, object], ...]]

    def lacks(self, changes: Mapping[RecordKey, Change]) -> list[RecordKey]:
        """Return the records of which another change is the newest that is kept, or none.

        Raises:
            FailedError: an entry of one has no date.
        """
        return [record for record, change in changes.items() if not self._shows(record, change)]

    def count(self, record: RecordKey) -> int:
        """Return how many objects of a record are kept."""
        return len(self.entries.get(record, ()))

    def said_of(self, record: RecordKey) -> str:
        """Return what is kept of a record, for a message."""
        newest = self._newest(record)
        if newest is not None:
            return shortened(json.dumps(newest, ensure_ascii=False), 200)
        objects = sum(map(len, self.entries.values()))
        return f"nothing of it (of {objects} objects with objectType and objectId)"

    def changed_since(
        self, before: "Kept", *, but: AbstractSet[RecordKey], late: AbstractSet[str] = frozenset()
    ) -> RecordKey | None:
        """Return a record of which something else is kept than before; None if there is none.

        Args:
            but: records that may have changed.
            late: ids of what was sent before: what is new and names one of them came of that.
        """
        records = {*self.entries, *before.entries} - but
        changed = (record for record in records if self.entries.get(record) != before.entries.get(record))
        blamed = (one for one in changed if before.count(one) or not named_in(" ".join(one), late))
        return min(blamed, default=None)

    def _shows(self, record: RecordKey, change: Change) -> bool:
        """Say whether a change is the newest that is kept of a record; a deleted one may be gone."""
        newest = self._newest(record)
        if newest is None:
            return change.event_type == _DELETED
        return (
            _date(newest) == change.date and newest.get("eventType", change.event_type) == change.event_type
        )

    def _newest(self, record: RecordKey) -> Mapping[str, object] | None:
        return max(self.entries.get(record, ()), key=_date, default=None)


def read(body: bytes) -> Kept:
    """Read a probe's answer.

    Raises:
        FailedError: it is no JSON.
    """
    try:
        answer = decode(body)
    except MalformedJsonError as error:
        raise FailedError(f"the probe: expected JSON; {error}") from error
    entries: dict[RecordKey, list[Mapping[str, object]]] = defaultdict(list)
    for entry in _entries(answer):
        entries[str(entry["objectType"]), str(entry["objectId"])].append(entry)
    return Kept(
        whole=_in_one_form(answer),
        entries={record: tuple(sorted(found, key=_in_one_form)) for record, found in entries.items()},
    )


def named_in(text: str, ids: AbstractSet[str]) -> bool:
    """Say whether a text has one of these ids, also within another name."""
    return not ids.isdisjoint(re.findall("[0-9]+", text))


def _entries(answer: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects that say something of a record, however deep they are."""
    left = [answer]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += reversed(value)
        elif isinstance(value, dict):
            if "objectType" in value and "objectId" in value:
                yield value
            else:
                left += reversed(value.values())


def _in_one_form(value: object) -> str:
    if isinstance(value, list):
        return f"[{','.join(sorted(map(_in_one_form, value)))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(key)}:{_in_one_form(value[key])}' for key in sorted(value))}}}"
    return json.dumps(value)


def _date(entry: Mapping[str, object]) -> datetime:
    """Return an entry's date; without a zone it is in UTC."""
    given = entry.get("date")
    try:
        date = datetime.fromisoformat(given if isinstance(given, str) else "")
    except ValueError as error:
        text = shortened(json.dumps(entry, ensure_ascii=False), 200)
        raise FailedError(
            f"the probe: expected the event's date as date, such as 2026-03-02T10:00:00Z; got {text}"
        ) from error
    return date if date.tzinfo else date.replace(tzinfo=UTC)
