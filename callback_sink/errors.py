"""Every way in which the sink can say no."""

from collections.abc import Mapping, Sequence

from callback_sink.expectation import ExpectationFailure
from callback_sink.search import NearMiss


class SinkError(Exception):
    """The sink cannot do as asked.

    Attributes:
        details: what an answer says beside the message.
    """

    details: Mapping[str, object] = {}


class NoSuchCallbackError(SinkError):
    """A workspace has no callback of this id."""

    def __init__(self, asked: int, *, workspace: str) -> None:
        super().__init__(f"no callback {asked} in workspace {workspace!r}; GET /_local/callbacks lists them")


class OtherObjectTypeError(SinkError):
    """Nothing is found by a type of object that differs only in form from one in the callbacks."""

    def __init__(self, asked: str, *, known: str) -> None:
        super().__init__(f"no callback has objectType {asked!r} (did you mean {known!r}?)")


class ForeignBinError(SinkError):
    """A bin was to be configured in the name of a workspace that does not own it."""

    def __init__(self, asked: str, *, owner: str, workspace: str) -> None:
        super().__init__(
            f"the bin {asked!r} belongs to workspace {owner!r}, not to {workspace!r}; "
            "leave ?workspace= and Authorization out, the bin says enough"
        )


class BodyTooLargeError(SinkError):
    """A callback has more bytes than the sink keeps."""

    def __init__(self, came: int | None, *, largest: int) -> None:
        size = "more" if came is None else str(came)
        super().__init__(f"a callback's body may have up to {largest} bytes; this one has {size}")


class NotAsExpectedError(SinkError):
    """What was expected of the callbacks does not hold; the details tell what does not, expected against actual."""

    def __init__(self, failures: Sequence[ExpectationFailure], *, count: int) -> None:
        super().__init__(" | ".join(map(str, failures[:5])))
        self.details = {
            "verified": False,
            "count": count,
            "failures": [failure.to_json() for failure in failures],
        }


class ForwardRefusedError(SinkError):
    """Callbacks may not be sent on to a URL."""


class ForwardLoopError(ForwardRefusedError):
    """A bin's callbacks would come back to it."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(f"{url} is the bin {name!r} itself; its callbacks would go in a circle")


class NoTargetError(SinkError):
    """A callback cannot be replayed, since nobody has said where to."""

    def __init__(self, number: int, *, name: str) -> None:
        super().__init__(
            f"callback {number} came to the bin {name!r}, which is forwarded nowhere; "
            'name a target, {"url": "http://127.0.0.1:8000/hook"}, or PUT /_local/forwards first'
        )


class TooManyStreamsError(SinkError):
    """All places for live streams are taken."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} live streams are open, and each holds a thread; close one, or allow more with "
            "ELEMENTS_LOCAL_SINK_STREAMS"
        )


class CameTooFewError(SinkError):
    """A wait was in vain; the details tell which callbacks nearly match, and what differs."""

    def __init__(self, *, expected: int, waited_s: float, count: int, closest: Sequence[NearMiss]) -> None:
        super().__init__(
            f"expected {expected} callbacks within {waited_s:g} s, {count} came; "
            "`closest` lists the nearest ones, and what differs"
        )
        self.details = {
            "count": count,
            "expected": expected,
            "closest": [miss.to_json() for miss in closest],
        }
