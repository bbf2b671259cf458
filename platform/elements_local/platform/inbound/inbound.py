"""What comes in at ``/events``: for whom it is, and what it means."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from elements_local.kit.instants import EARLIEST
from elements_local.kit.text import whole_number
from elements_local.kit.values import replace
from elements_local.platform.core.poll import Decision, EventType, PollVerdict, Resource
from elements_local.platform.errors import InvalidRequestError, quoted
from elements_local.platform.events.event import Found
from elements_local.platform.polling import created_or_updated
from elements_local.platform.polling.window import Window

POLLER_SUFFIX = "Polling"
_CHANGES = {change.value: change for change in EventType}


class HandOff(Struct, frozen=True, kw_only=True):
    """What a poller found, as it hands it on.

    Attributes:
        said: record id -> what the hand-off itself says happened to it.
    """

    object_type: str
    records: Sequence[Mapping[str, object]]
    said: Mapping[str, EventType]


def instance_id(encoded: str) -> int | None:
    """Read the instance of a path: its number, plain or in base64, with or without padding; None if it is none.

    No number in base64 begins with a digit, so that the two cannot be taken for each other.

    Source: the vendor's element guides have the one with some providers and the other with others (documented).

    >>> instance_id("123456"), instance_id("MTIzNDU2"), instance_id("MQ"), instance_id("%%%")
    (123456, 123456, 1, None)
    """
    if (plain := whole_number(encoded)) is not None:
        return plain
    try:
        text = b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return whole_number(text)


def instance_ids(listed: str) -> list[int]:
    """Read the instances of an ``Element-Instances`` header: numbers and commas (observed); the rest is passed over.

    >>> instance_ids("1, 2,, x,2")
    [1, 2]
    """
    numbers = (whole_number(text.strip()) for text in listed.split(","))
    return list(dict.fromkeys(number for number in numbers if number is not None))


def read_hand_off(body: object) -> HandOff:
    """Read what a poller hands on.

    Raises:
        InvalidRequestError: says which key, what came and what was expected.

    Source: ``{instance_id, objectType, <objectType>: [raw records], events?}`` (observed).
    """
    if not isinstance(body, Mapping):
        raise InvalidRequestError(f"the body must be an object; got {quoted(body)}")
    object_type = body.get("objectType")
    if not isinstance(object_type, str) or not object_type:
        raise InvalidRequestError(f"objectType must name a resource; {_came(body, 'objectType')}")
    records = body.get(object_type)
    if not isinstance(records, list) or not all(isinstance(record, Mapping) for record in records):
        raise InvalidRequestError(
            f"{quoted(object_type)} must hold the records, a list of objects; {_came(body, object_type)}"
        )
    return HandOff(object_type=object_type, records=records, said=dict(_said(body.get("events") or [])))


def _came(body: Mapping[str, object], key: str) -> str:
    return f"got {quoted(body[key])}" if key in body else "it is missing"


def decide(
    hand_off: HandOff,
    resource: Resource,
    *,
    at: datetime,
    default_tolerance: timedelta,
    undated: EventType = EventType.UPDATED,
) -> list[Found]:
    """Say what each record means: as a poll does, but that its sender has chosen it already.

    What the hand-off says about a record goes before what its dates say (assumed).
    """
    ever = Window(at=at, after=EARLIEST, until=at, watermark=at)
    plain = replace(resource, filter_by_current_date=False)
    changes: list[Found] = []
    for record in hand_off.records:
        decision = created_or_updated.decide(
            record, plain, ever, default_tolerance=default_tolerance, undated=undated
        )
        decision = _as_said(decision, hand_off.said.get(decision.record_id))
        if decision.change:
            changes.append((decision, record))
    return changes


def payload(body: object, fields: Mapping[str, object]) -> dict[str, object]:
    """Return what a provider sent as an object: an object itself, anything else under ``body``, else the fields.

    Args:
        body: of JSON or text; None for none.
        fields: of a form, or of the query.
    """
    if body is None:
        return dict(fields)
    return dict(body) if isinstance(body, Mapping) else {"body": body}


def _said(events: object) -> Iterable[tuple[str, EventType]]:
    if not isinstance(events, list):
        raise InvalidRequestError(f"events must be a list; got {quoted(events)}")
    for event in events:
        identity, kind = (
            (event.get("objectId"), event.get("eventType")) if isinstance(event, Mapping) else (None, None)
        )
        change = _CHANGES.get(kind) if isinstance(kind, str) else None
        if change is None or not isinstance(identity, str | int):
            expected = " or ".join(_CHANGES)
            raise InvalidRequestError(
                f"an entry of events needs objectId and an eventType of {expected}; got {quoted(event)}"
            )
        yield str(identity), change


def _as_said(decision: Decision, change: EventType | None) -> Decision:
    if change is None:
        return decision
    return replace(decision, verdict=PollVerdict(change.value), why="handed on as such")
