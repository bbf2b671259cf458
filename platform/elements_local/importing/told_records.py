"""What callbacks tell of records: which, with which event, when they were made and changed, and what they looked like. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from elements_local.scenarios.records import COLLECTIONS, ID_FIELDS

_DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%S%z")
_ASSIGNED = (
    "DATE_",
    "CAN_",
    "OWNER_",
    "RESPONSIBLE_",
    "LAST_ACTIVITY",
    "NEXT_ACTIVITY",
    "CREATED_USER",
    "VISIBLE_",
    "CONVERTED",
)
"""How fields begin that the CRM assigns, or whose values are another account's ids."""


class ToldRecord(Struct, frozen=True, kw_only=True):
    """One event of a callback.

    Attributes:
        resource: as a scenario calls it.
        fields: what can be written of the record.
        created, updated: None where the callback does not say.
        polled: when the poll ran that found it.
        left_out: fields of which the scenario has nothing, as they are ids or rows of their own.
    """

    resource: str
    record_id: str
    event_type: str
    polled: datetime
    created: datetime | None
    updated: datetime | None
    fields: Mapping[str, Any]
    left_out: tuple[str, ...]


def told_records(callback: Mapping[str, Any]) -> Iterator[ToldRecord | str]:
    """Yield what a callback tells of each record, or why nothing can be made of it."""
    message = callback["message"]
    raw = message.get("raw") if isinstance(message.get("raw"), dict) else {}
    for event in message["events"]:
        resource, record_id = str(event.get("objectType", "")), str(event.get("objectId", ""))
        if resource not in COLLECTIONS:
            yield f"an event of {resource or 'no object type'}: scenarios know {', '.join(COLLECTIONS)}"
            continue
        polled = _date(event.get("pollDate")) or _millis(raw.get("pollDate")) or _date(event.get("date"))
        if polled is None:
            yield f"an event of {resource} {record_id} that does not say when it was polled"
            continue
        record = _record(raw, resource, record_id)
        kept = {key: value for key, value in record.items() if _is_writable(resource, key, value)}
        yield ToldRecord(
            resource=resource,
            record_id=record_id,
            event_type=str(event.get("eventType", "")),
            polled=polled,
            created=_date(record.get("DATE_CREATED_UTC")),
            updated=_date(record.get("DATE_UPDATED_UTC")) or _date(event.get("date")),
            fields=kept,
            left_out=tuple(
                key
                for key, value in record.items()
                if key not in kept
                and value not in (None, [], "", False)
                and not key.startswith(_ASSIGNED)
                and key != ID_FIELDS[resource]
            ),
        )


def _record(raw: Mapping[str, Any], resource: str, record_id: str) -> Mapping[str, Any]:
    """Find a record among those of a callback: by its resource, or wherever one has the id."""
    lists = [raw.get(resource), *raw.values()]
    for each in (row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, dict)):
        if record_id in {str(each.get(ID_FIELDS[resource])), str(each.get("id"))}:
            return each
    return {}


def _is_writable(resource: str, key: str, value: Any) -> bool:
    plain = isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    return (
        plain
        and key != "id"
        and not key.endswith(("_ID", "_URL"))
        and key != ID_FIELDS[resource]
        and not key.startswith(_ASSIGNED)
    )


def _date(value: Any) -> datetime | None:
    for pattern in _DATES if isinstance(value, str) else ():
        try:
            found = datetime.strptime(value, pattern)  # noqa: DTZ007 - the zone is given below where the text has none
        except ValueError:
            continue
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _millis(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(value / 1000, UTC) if isinstance(value, int) else None
    except (OverflowError, OSError, ValueError):
        return None
