"""The events that a callback reports. They are kept beside its body, so that a search need not read the body again.

Each callback has all records of its poll, so the callbacks of a large poll come to hundreds of megabytes. Only the keys of
events are decoded here; the records are skipped.
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import MsgspecError, Raw
from msgspec.json import Decoder

from elements_local.kit.api.json_text import encode_text

Event: TypeAlias = dict[str, str | None]
"""Type and id of the object, what happened, and whose instance, under the names that callbacks use."""

_KEYS = ("objectType", "eventType", "objectId", "instanceId")

_Value: TypeAlias = dict[str, Raw] | list[Raw] | str | int | float | bool | None
"""JSON, read one level deep."""

_body: Decoder[dict[str, _Value]] = Decoder(dict[str, _Value])
_list: Decoder[Any] = Decoder(list[_Value] | dict[str, Raw] | str | int | float | bool | None)
_value: Decoder[Any] = Decoder(_Value)
_kept: Decoder[list[tuple[str | None, ...]]] = Decoder(list[tuple[str | None, ...]])


def events_of(body: bytes) -> list[Event]:
    """Return the events that a callback's body reports.

    A body that reports none has one event without values, so that a search that asks for a value can say what was absent.

    Source: captured callbacks of 2018 and 2020 (observed): ``message.events`` is normalised, and the 2020
        records in ``message.raw`` carry ``objectId`` and ``eventType`` themselves. That the records stand
        in where there are no events, and ``message.raw.objectType`` where an event has none, is assumed.

    >>> events_of(b'{"message": {"instanceId": 5, "events": [{"objectType": "contacts", "objectId": 1}]}}')
    [{'objectType': 'contacts', 'eventType': None, 'objectId': '1', 'instanceId': '5'}]
    """
    try:
        return list(_reported(_object(_body.decode(body.decode()).get("message"))))
    except (MsgspecError, UnicodeDecodeError, RecursionError):  # what is not JSON reports nothing
        return list(_reported({}))


def kept_events(body: bytes) -> str | None:
    """Return the different events of a body as JSON, in order.

    None if their texts are longer than the body: the values that all events share are repeated in each.
    """
    different = dict.fromkeys(tuple(event.values()) for event in events_of(body))
    letters = sum(len(text) for event in different for text in event if text is not None)
    return encode_text(list(different)) if letters <= len(body) else None


def read_events(kept: str) -> list[Event]:
    """Return the events that ``kept_events`` has written."""
    return [dict(zip(_KEYS, event, strict=True)) for event in _kept.decode(kept)]


def _reported(message: Mapping[str, _Value | Raw]) -> Iterator[Event]:
    instance = _text(message.get("instanceId", message.get("instance_id")))
    events, usual = _objects(message.get("events")), None
    # the records are decoded only if the events do not say their type
    if not all("objectType" in event for event in events or [{}]):
        raw = _object(message.get("raw"))
        events, usual = events or _records(raw) or [{}], _text(raw.get("objectType"))
    for event in events:
        yield {
            "objectType": _text(event["objectType"]) if "objectType" in event else usual,
            "eventType": _text(event.get("eventType")),
            "objectId": _text(event.get("objectId")),
            "instanceId": instance,
        }


def _records(raw: Mapping[str, _Value | Raw]) -> list[Mapping[str, Any]]:
    """Read a raw message's records as events; the key they stand under is their type."""
    return [{**record, "objectType": key} for key, records in raw.items() for record in _objects(records)]


def _object(value: _Value | Raw) -> Mapping[str, _Value | Raw]:
    read = _read(value)
    return read if isinstance(read, dict) else {}


def _objects(value: _Value | Raw) -> list[Mapping[str, _Value | Raw]]:
    read = _list.decode(value) if isinstance(value, Raw) else value
    return [entry for entry in map(_read, read) if isinstance(entry, dict)] if isinstance(read, list) else []


def _text(value: _Value | Raw) -> str | None:
    """Return an id or a name as text, however it was written."""
    read = _read(value)
    known = isinstance(read, str | int) and not isinstance(read, bool)
    return str(read) if known else None


def _read(value: _Value | Raw) -> _Value:
    return _value.decode(value) if isinstance(value, Raw) else value
