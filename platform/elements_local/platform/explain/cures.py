"""The port for cures: whoever can do again what happened, with something changed, says what would have helped. Pure.

The platform can do nothing again by itself; what stands above all three services is handed to it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from elements_local.platform.explain.case import ExplainedCase
from elements_local.platform.explain.cause import Cause

Place = Literal["configuration", "crm", "receiver", "clock"]


class CureFix(Struct, frozen=True, kw_only=True):
    """The smallest change that would have led to the callback.

    Attributes:
        where: of ``configuration``, ``change`` holds keys of the resource's block, or the instance's own.
        text: what to do.
        tried: ``reported at <instant>``; None if it could not be tried.
    """

    where: Place
    change: Mapping[str, object]
    text: str
    tried: str | None = None


class CureAttempt(Struct, frozen=True, kw_only=True):
    """One change that was tried.

    Attributes:
        outcome: ``reported at <instant>``, or what came instead.
    """

    where: Place
    change: Mapping[str, object]
    outcome: str


class CureSearch(Struct, frozen=True, kw_only=True):
    """What came of a search.

    Attributes:
        fix: None if nothing that was tried would have helped, or nothing can.
        attempts: all that was tried, in order.
        why: why there is no fix, or why it has not been tried; empty if it has.
    """

    fix: CureFix | None = None
    attempts: Sequence[CureAttempt] = ()
    why: str = ""


class CureCase(Struct, frozen=True, kw_only=True):
    """A change for which a cure is sought.

    Attributes:
        workspace: its name.
        own: the element's own block of the resource; empty if it has none.
        block: of the resource, the element's own if that is empty; None if there is none to change.
        nth: which of the record's logged changes it is, counted from 0.
    """

    workspace: str
    case: ExplainedCase
    cause: Cause
    own: Mapping[str, object]
    block: Mapping[str, object] | None
    nth: int


class FixRunner(Protocol):
    """Who can do again what happened in a workspace."""

    def search(self, sought: CureCase) -> CureSearch:
        """Return the smallest change that would have helped, tried before it is offered."""


class FixFinder(Struct, frozen=True):
    """Who is asked for cures, if there is anybody."""

    trier: FixRunner | None

    def search(self, sought: CureCase) -> CureSearch:
        """Return what would have helped."""
        # Said at once: to try would take its time, and find nothing.
        if sought.cause.incurable:
            return CureSearch(why=sought.cause.incurable)
        if self.trier is None:
            return CureSearch(why="nothing can be tried here: this platform runs without a harness")
        return self.trier.search(sought)
