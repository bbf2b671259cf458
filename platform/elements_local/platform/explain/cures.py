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


class CureTrier(Protocol):
    """Who can do again what happened in a workspace."""

    def search(self, sought: CureCase) -> CureSearch:
        """Return the smallest change that would have helped, tried before it is offered."""


class CureDesk(Struct, frozen=True):
    """Who is asked for cures, if there is anybody."""

    trier: CureTrier | None

    def search(self, sought: CureCase) -> CureSearch:
        """Return what would have helped."""
        # Said at once: to try would take its time, and find nothing.
        why = _INCURABLE.get(sought.cause)
        if why:
            return CureSearch(why=why)
        if self.trier is None:
            return CureSearch(why="nothing can be tried here: this platform runs without a harness")
        return self.trier.search(sought)


_INCURABLE = {
    Cause.NO_CHANGE: "there is no change that could have been reported",
    Cause.PRUNED: "what happened is no longer kept, so it cannot be done again",
    Cause.DELETION: "no configuration makes polling tell of what is gone: ask for the record, and take 404 for deleted",
    Cause.OTHER_ACCOUNT: "give the instance the API key of the account that has the record",
    Cause.UNTOUCHED_DATE: "no configuration makes polling see a write that leaves the updated date as it was",
    Cause.ECHO: "nothing went wrong: a receiver knows its own writes by keeping what it wrote",
    Cause.TWIN_INSTANCE: "delete one of the two instances, or give it another callback URL",
    Cause.TWIN_BLOCK: "take one of the two blocks out, or let what it reports be known by its objectType",
    Cause.TWIN_SUBSCRIPTION: "delete one of the two subscriptions, or give it another URL",
    Cause.UNDONE: "there was never anything to report: no poll came while the record was there",
    Cause.MADE_ROOM: "the callback came and was taken; the sink keeps the latest alone",
    Cause.RELEASED: "the callback was released by hand, after it had been taken",
}
