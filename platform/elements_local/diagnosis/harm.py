"""What a change of the configuration does to other records: to those of what happened, and around the polls that follow."""

from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple

from elements_local.clients.guide import TOLERANCE
from elements_local.diagnosis.candidate import CureCandidate
from elements_local.diagnosis.grid import Grid, repeats_more, worsened
from elements_local.diagnosis.history import MISTAKES, HistoryReplay, ReplayOutcome
from elements_local.diagnosis.sweep import is_created_again
from elements_local.platform.explain.cause import Cause, CauseStage, CureCase

OF_RESOURCE = MISTAKES | {CauseStage.WINDOW, CauseStage.LIST}
"""Links of the chain that have nothing to do with how other resources are polled."""

_WRONG = frozenset({"lost", "misclassified"})


class Harm(NamedTuple):
    """What a change does to other records.

    Attributes:
        text: why it is no cure; empty if it is one.
        left: what came of a record that something else in the block still has wrong; None without one.
        cost: what it may do to others though it is a cure; empty if nothing.
        is_too_little: whether it is no cure only because others are still lost by a cause that it was to mend.
    """

    text: str = ""
    left: ReplayOutcome | None = None
    cost: str = ""
    is_too_little: bool = False


class OtherRecords:
    """What became of other records as it was, with which a replay is compared.

    Args:
        base: what happened, done again as it was.
    """

    def __init__(self, sought: CureCase, base: HistoryReplay) -> None:
        self._case = sought.case
        self._base = base

    def harm(self, change: CureCandidate, replay: HistoryReplay, *, mended: AbstractSet[str]) -> Harm:
        """Return what a change does to them.

        Args:
            replay: what happened, done again with the change.
            mended: the causes that it was to mend.
        """
        if not change.is_configured:
            return Harm()
        longer = self._longer_tolerance(change)
        again = f"call a record CREATED twice that is changed within {longer} s of its creation"
        # Where the CRM itself writes the two dates apart, nothing else lets a record be CREATED.
        if longer and Cause.TOLERANCE_SHORT.word not in mended:
            return Harm(f"it may {again}")
        if harm := self._in_what_happened(replay):
            return harm
        before, after = self._grid, replay.grid()
        if after is None:
            return Harm()
        if harm := _around_polls(before, after, replay) or self._too_little(after, replay, mended):
            return harm
        costs = [*([again] if longer else []), *([_repeating(change)] if repeats_more(before, after) else [])]
        # What is made and changed at about the same time may be called either.
        wrong = [key for key, cell in after.cells.items() if cell.is_wrong and key.change != "both"]
        return Harm(left=replay.broken_at(MISTAKES, wrong), cost=", and ".join(costs))

    def _longer_tolerance(self, change: CureCandidate) -> int | None:
        """Return the createdCheckTolerance of a change, if it is longer than that of the block, or of the element's where none is polled."""
        polled = self._case.state.resource or self._case.state.own
        was = polled.tolerance(self._case.default_tolerance) if polled else self._case.default_tolerance
        given = int(str(change.block.get(TOLERANCE) or 0))
        return given if given > was.total_seconds() else None

    def _in_what_happened(self, replay: HistoryReplay) -> Harm | None:
        """Return which change of what happened is lost or misclassified that was not; None if none is."""
        for change, (verdict, cause) in replay.audited.items():
            before, _ = self._base.audited.get(change, ("lost", None))
            is_again = is_created_again(verdict, change.change) and before != "misclassified"
            is_worse = verdict in _WRONG and before not in _WRONG
            if (is_worse or is_again) and cause != Cause.CHANGED_AT_ONCE.word:
                # Not by the change itself: what was lost before is now reported by what else is wrong.
                is_unmasked = cause and before == "lost" and Cause.named(cause).stage in MISTAKES
                which = f"{change.change} of {change.resource} {change.record_id} at {change.at}"
                left = replay.outcome_of(change.resource, change.record_id) if is_unmasked else None
                return Harm(f"it loses or misclassifies {which}", left)
        return None

    def _too_little(self, after: Grid, replay: HistoryReplay, mended: AbstractSet[str]) -> Harm | None:
        """Return by which cause others are still lost though it was to be mended; None if by none."""
        still = mended & replay.why_lost(after)
        if not still or self._base.then.reported:
            return None
        return Harm(f"others are still lost by {min(still)}", is_too_little=True)

    @cached_property
    def _grid(self) -> Grid | None:
        _ = self._base.audited  # before other records are made
        return self._base.grid()


def _around_polls(before: Grid | None, after: Grid, replay: HistoryReplay) -> Harm | None:
    """Return how many records of a grid are lost or misclassified that were not; None if none are."""
    if before is None:
        return None
    # What is made and changed at about the same time may be called either.
    worse = [
        key
        for key in worsened(before, after)
        if not (after.cells[key].is_misclassified and key.change == "both")
    ]
    if not worse:
        return None
    # What was wrong as well is now so by another cause.
    is_unmasked = not any(before.cells[key].is_right for key in worse)
    left = replay.broken_at(OF_RESOURCE, worse) if is_unmasked else None
    which = f"{len(worse)} other changes: {worse[0].change} at {worse[0].label} of a poll"
    return Harm(f"it loses or misclassifies {which}", left)


def _repeating(change: CureCandidate) -> str:
    delay = change.block.get("pollDelay")
    return f"repeat records changed in the last {delay} s" if delay else "repeat records"
