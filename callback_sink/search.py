"""Which callbacks a search means, and what it says of those that it nearly means."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import nsmallest
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert, field

from callback_sink.inbox import BinName, Callback, CallbackJson
from callback_sink.json_path import parse_condition
from elements_local.kit.api.shape_words import refusal
from elements_local.kit.caching import bounded_cache
from elements_local.kit.instants import format_instant, parse_instant
from elements_local.kit.text import HEADER_NAME
from elements_local.kit.traffic.fault_rules import fits

_Header = Annotated[
    str,
    Meta(
        pattern=rf"^{HEADER_NAME}(:[^\x00\r\n]*)?$(?!\n)",
        max_length=2_000,
        description='a header, as "Name" or "Name: value"',
    ),
]
_Condition = Annotated[
    str, Meta(max_length=2_000, description='a path into the JSON, as "$.a.b" or "$.a.b == value"')
]
_Unwanted = Annotated[
    str, Meta(max_length=2_000, description='a filter and its value, as "objectType: leads"')
]
_Instant = Annotated[str, Meta(max_length=100, description="an instant such as 2026-03-02T10:00:00Z")]
_EVENT_TYPES = frozenset({"CREATED", "UPDATED", "DELETED"})
_Many = Meta(max_length=20)
"""Conditions of a kind; all of them fit into the head of a request."""


class Filters(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"
):
    """Which callbacks are meant: those of which all that is asked is true.

    Attributes:
        bin: what it came to.
        object_type, event_type, object_id, instance_id: one event of the callback has them all.
        q: a text anywhere in path, headers (as shown) or body; case does not count.
        method: in capitals, as it is sent.
        path: whole, its query aside, with ``*`` for anything.
        status: what the sink answered.
        signature: what was found out about it.
        header: each is there, and says so if a value is named; values as they are shown.
        json: each leads to something in the body, to the value if one is named.
        from_: it came at this instant or later.
        to: it came at this instant or earlier.
        not_: filters with a value, none of which may hold; one about events holds if any event of the callback has it.
    """

    bin: BinName | None = None
    object_type: str | None = None
    event_type: str | None = None
    object_id: str | int | None = None
    instance_id: str | int | None = None
    q: str | None = None
    method: str | None = None
    path: str | None = None
    status: Annotated[int, Meta(ge=200, le=599)] | None = None
    signature: Literal["valid", "invalid", "absent", "unchecked"] | None = None
    header: Annotated[list[_Header], _Many] = []
    json: Annotated[list[_Condition], _Many] = []
    from_: _Instant | None = field(default=None, name="from")
    to: _Instant | None = None
    not_: Annotated[list[_Unwanted], _Many] = field(default=[], name="not")

    def __post_init__(self) -> None:
        """Refuse what could not be looked for."""
        if self.method is not None and self.method != self.method.upper():
            raise ValueError(
                f"methods are in capitals: expected method {self.method.upper()!r}; got {self.method!r}"
            )
        meant = (self.event_type or "").upper()
        if meant in _EVENT_TYPES and meant != self.event_type:
            raise ValueError(
                f"event types are in capitals: expected eventType {meant!r}; got {self.event_type!r}"
            )
        for text in self.json:
            parse_condition(text)
        for text in self.not_:
            _unwanted(text)
        begin, end = (None if text is None else _instant(text) for text in (self.from_, self.to))
        if begin and end and end < begin:
            raise ValueError(f"from {self.from_} is after to {self.to}, so no callback can match")

    @property
    def narrows(self) -> bool:
        """Whether anything is asked beside the bin."""
        nothing = Filters(bin=self.bin)
        return any(getattr(self, name) != getattr(nothing, name) for name in Filters.__struct_fields__)

    @property
    def reads_bodies(self) -> bool:
        """Whether anything is asked that only a body says; its events are kept beside it."""
        unwanted = (_unwanted(text).reads_bodies for text in self.not_)
        return self.q is not None or bool(self.json) or any(unwanted)

    @property
    def unwanted_object_types(self) -> set[str]:
        """The types of object of which no callback may tell."""
        return {type_ for text in self.not_ if (type_ := _unwanted(text).object_type) is not None}

    @property
    def of_event(self) -> dict[str, str]:
        """What is asked of an event, under the names that events use."""
        asked = {
            "objectType": self.object_type,
            "eventType": self.event_type,
            "objectId": self.object_id,
            "instanceId": self.instance_id,
        }
        return {name: str(value) for name, value in asked.items() if value is not None}


class NearMissJson(CallbackJson):
    """A callback that was nearly meant, as listed."""

    differs: list[str]


class NearMiss(Struct, frozen=True, kw_only=True):
    """A callback that a search did not mean, and why it did not."""

    callback: Callback
    differs: list[str]

    def to_json(self) -> NearMissJson:
        """Return the callback as listed, with what differs."""
        return {**self.callback.to_json(), "differs": self.differs}


def matches(filters: Filters, callback: Callback) -> bool:
    """Say whether a search means this callback."""
    return not differences(filters, callback)


def differences(filters: Filters, callback: Callback) -> list[str]:
    """Tell what keeps a callback from being meant, by the event of it that comes closest."""
    found = [*_plain_differences(filters, callback)]
    if asked := filters.of_event:
        # All that is asked must hold for one event; of several, the one with the fewest differences is reported.
        nearest = min((_event_differences(asked, event) for event in callback.events), key=len)
        found += nearest
    found += _header_differences(filters.header, callback.shown_headers)
    found += filter(None, (parse_condition(text).difference(callback.json) for text in filters.json))
    found += _time_differences(filters, callback)
    found += (f"not: {text}" for text in filters.not_ if matches(_unwanted(text), callback))
    if filters.q is not None and not _mentions(callback, filters.q):
        found.append(f"q: expected {filters.q} in path, headers or body, was in none")
    return found


def closest(filters: Filters, callbacks: Iterable[Callback]) -> list[NearMiss]:
    """Return the callbacks that come closest to a search without being meant; of equals, the latest."""
    misses = (NearMiss(callback=callback, differs=differences(filters, callback)) for callback in callbacks)
    return nsmallest(
        3,
        (miss for miss in misses if miss.differs),
        # few differences first, then the latest
        key=lambda miss: (len(miss.differs), -miss.callback.id),
    )


def _plain_differences(filters: Filters, callback: Callback) -> Iterator[str]:
    for name, expected, was in (
        ("bin", filters.bin, callback.bin),
        ("method", filters.method, callback.method),
        ("path", filters.path, callback.path.partition("?")[0]),
        ("status", filters.status, callback.status),
        ("signature", filters.signature, callback.signature.value),
    ):
        fit = fits(str(was), str(expected)) if name == "path" else expected == was
        if expected is not None and not fit:
            yield f"{name}: expected {expected}, was {'none' if was is None else was}"


def _header_differences(wanted: list[str], shown: Mapping[str, str]) -> Iterator[str]:
    """Hold headers against what is shown of those that came; the case of a name does not count."""
    came = {name.lower(): value for name, value in shown.items()}
    for text in wanted:
        name, colon, value = text.partition(":")
        was = came.get(name.lower())
        if was is None or (colon and was != value.strip()):
            yield f"header: expected {text}, was {'absent' if was is None else was}"


def _time_differences(filters: Filters, callback: Callback) -> Iterator[str]:
    came = callback.received_at
    if filters.from_ is not None and came < _instant(filters.from_):
        yield f"from: expected {filters.from_} or later, was {format_instant(came)}"
    if filters.to is not None and came > _instant(filters.to):
        yield f"to: expected {filters.to} or earlier, was {format_instant(came)}"


def _event_differences(asked: Mapping[str, str], event: Mapping[str, str | None]) -> list[str]:
    return [
        f"{name}: expected {value}, was {'absent' if event[name] is None else event[name]}"
        for name, value in asked.items()
        if event[name] != value
    ]


def _mentions(callback: Callback, text: str) -> bool:
    headers = (f"{name}: {value}" for name, value in callback.shown_headers.items())
    return any(text.lower() in place.lower() for place in (callback.path, callback.text, *headers))


@bounded_cache(100)
def _unwanted(text: str) -> Filters:
    """Read what must not be true.

    Raises:
        ValueError: it is no other filter with a value that it takes.
    """
    name, _, value = (part.strip() for part in text.partition(":"))
    wanted = {name: [value] if name in {"header", "json"} else value}
    try:
        return convert(wanted, Filters, strict=False)
    except ValidationError as error:
        reason = refusal(wanted, Filters, whole="it", strict=False)
        raise ValueError(
            f"not {text!r:.200} is not a filter with its value, such as objectType:leads: {reason}"
        ) from error


@bounded_cache(100)
def _instant(text: str) -> datetime:
    return parse_instant(text)
