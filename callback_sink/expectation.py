"""What must have come, and what must not: held against the callbacks that are there."""

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, TypedDict

from msgspec import Meta, Struct, field
from msgspec.json import encode

from callback_sink.inbox import Callback, CallbackJson
from callback_sink.search import Filters, NearMiss, NearMissJson, closest, matches

_Count = Annotated[int, Meta(ge=0, le=1_000_000)] | None
_These = Annotated[list[Filters], Meta(min_length=1, max_length=100)] | None


class Expectation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is expected of the callbacks that ``match`` means; all of it has to hold.

    Attributes:
        count: how many there are, exactly.
        at_least, at_most: how many there are.
        none: there is none.
        these: for each there is a callback of its own.
        in_order: they came in the order of ``these``; others may have come in between.
        only: there are no callbacks but these.
    """

    match: Filters = Filters()
    count: _Count = None
    at_least: _Count = None
    at_most: _Count = None
    none: bool = False
    these: _These = None
    in_order: bool = False
    only: bool = False

    def __post_init__(self) -> None:
        """Refuse an expectation that says nothing, or contradicts itself."""
        counted = [number for number in (self.count, self.at_least, self.at_most) if number is not None]
        if not counted and not self.none and self.these is None:
            raise ValueError("nothing is expected; give count, at_least, at_most, none or these")
        if self.these is None and (self.in_order or self.only):
            raise ValueError("in_order and only are about `these`, which are missing")
        if self.none and (counted or self.these is not None):
            raise ValueError("none goes with no count and no `these`")


class ExpectationFailureJson(TypedDict):
    """One thing that was expected and did not hold."""

    expected: str
    actual: str
    closest: list[NearMissJson]
    unexpected: list[CallbackJson]


class ExpectationFailure(Struct, frozen=True, kw_only=True):
    """One thing that was expected and did not hold.

    Attributes:
        closest: callbacks that nearly are what is missing.
        unexpected: those that should not have come.
    """

    expected: str
    actual: str
    closest: Sequence[NearMiss] = field(default=())
    unexpected: Sequence[Callback] = field(default=())

    def __str__(self) -> str:
        return f"expected {self.expected}; {self.actual}"

    def to_json(self) -> ExpectationFailureJson:
        """Return what a report shows."""
        return {
            "expected": self.expected,
            "actual": self.actual,
            "closest": [miss.to_json() for miss in self.closest],
            "unexpected": [callback.to_json() for callback in self.unexpected],
        }


_SHOWN = 10


def failures(
    expected: Expectation, came: Sequence[Callback], *, near: Callable[[], Sequence[NearMiss]]
) -> list[ExpectationFailure]:
    """Hold an expectation against callbacks, and return what does not hold.

    Args:
        came: those that ``match`` means, oldest first.
        near: asked for those that it nearly means, if there are too few.
    """
    return [*_counted(expected, came, near), *_assigned(expected, came)]


def _counted(
    expected: Expectation, came: Sequence[Callback], near: Callable[[], Sequence[NearMiss]]
) -> Iterator[ExpectationFailure]:
    low = max(expected.count or 0, expected.at_least or 0)
    limits = [number for number in (expected.count, expected.at_most) if number is not None]
    high = 0 if expected.none else min(limits, default=None)
    actual = f"{len(came)} came"
    if len(came) < low:
        yield ExpectationFailure(expected=_number("at least", low, high), actual=actual, closest=near())
    if high is not None and len(came) > high:
        yield ExpectationFailure(
            expected=_number("at most", high, low), actual=actual, unexpected=came[high:][:_SHOWN]
        )


def _number(bound: str, number: int, other: int | None) -> str:
    word = "exactly" if number == other else bound
    return (
        "no callback"
        if (number, word) == (0, "exactly")
        else f"{word} {number} callback{'s' * (number != 1)}"
    )


def _assigned(expected: Expectation, came: Sequence[Callback]) -> Iterator[ExpectationFailure]:
    wanted = expected.these or []
    taken = _in_order(wanted, came) if expected.in_order else _each_its_own(wanted, came)
    left = [callback for at, callback in enumerate(came) if at not in taken.values()]
    for at, filters in enumerate(wanted):
        if at not in taken:
            yield ExpectationFailure(
                expected=f"these[{at}], {encode(filters).decode()}",
                actual=_why_not(filters, came, [came[taken[each]] for each in taken if each < at]),
                closest=closest(filters, left),
            )
    if expected.only and left:
        yield ExpectationFailure(
            expected="no callbacks but these", actual=f"{len(left)} more came", unexpected=left[:_SHOWN]
        )


def _why_not(filters: Filters, came: Sequence[Callback], before: Sequence[Callback]) -> str:
    """Say why nothing was found for one of these: nothing is like it, or what is, is another's or came early."""
    like = [str(callback.id) for callback in came if matches(filters, callback)]
    if not like:
        return "no callback is like it"
    taken = f" after {', '.join(str(callback.id) for callback in before[-_SHOWN:])}" if before else ""
    return f"none is left{taken}; like it: {', '.join(like[:_SHOWN])}"


def _in_order(wanted: Sequence[Filters], came: Sequence[Callback]) -> dict[int, int]:
    """Find a callback for each, one after the other; what has none is passed over."""
    taken: dict[int, int] = {}
    start = 0
    for at, filters in enumerate(wanted):
        # The earliest that fits is always right: it leaves the most for those that follow.
        found = next((place for place in range(start, len(came)) if matches(filters, came[place])), None)
        if found is not None:
            taken[at] = found
            start = found + 1
    return taken


def _each_its_own(wanted: Sequence[Filters], came: Sequence[Callback]) -> dict[int, int]:
    """Find a callback for as many as can have one of their own, by augmenting paths (Kuhn 1955)."""
    likes = [[place for place, each in enumerate(came) if matches(filters, each)] for filters in wanted]
    owner: dict[int, int] = {}

    def give(at: int, tried: set[int]) -> bool:
        for place in likes[at]:
            if place not in tried:
                tried.add(place)
                # A callback that is taken may be had, if the one that has it can do with another.
                if place not in owner or give(owner[place], tried):
                    owner[place] = at
                    return True
        return False

    for at in range(len(wanted)):
        give(at, set())
    return {at: place for place, at in owner.items()}
