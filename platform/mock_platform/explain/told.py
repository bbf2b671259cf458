"""What a notification told of: the events in the body of its callbacks."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, ValidationError, field
from msgspec.json import Decoder

from mock_platform.core.poll import EventType


class ToldEvent(Struct, rename="camel"):
    """An event as a callback has it; ``object_id`` is empty where it names no record."""

    date: datetime
    event_type: EventType
    object_type: str
    object_id: str = ""


class _Message(Struct):
    instance: int = field(default=0, name="instanceId")
    events: list[ToldEvent] = []


class _Body(Struct):
    message: _Message


_body = Decoder(_Body)


def told_events(body: bytes) -> Sequence[ToldEvent]:
    """Return the events of a callback's body; none if it tells of something that was not polled."""
    message = _message(body)
    return message.events if message else []


def told_instance(body: bytes) -> int | None:
    """Return the id of the instance whose events a callback's body tells; None if it is no instance's."""
    message = _message(body)
    return (message.instance or None) if message else None


def _message(body: bytes) -> _Message | None:
    try:
        return _body.decode(body).message
    except ValidationError:
        return None
