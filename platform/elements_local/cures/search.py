"""The search for a cure: what happened is done again with one change after the other, the smallest first."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from elements_local.cures.candidate import CureCandidate, applied
from elements_local.cures.candidates import others, single_keys
from elements_local.cures.trial import (
    CureTrial,
    NotRebuiltError,
    RebuiltHistory,
    TrialFailedError,
    TrialOutcome,
    rebuilt,
    run_trial,
)
from elements_local.errors import HarnessError
from elements_local.stack.stack import Stack
from mock_kit.values import replace
from mock_platform.configuration import instance_configuration as configuration
from mock_platform.explain.cause import Cause, CauseStage
from mock_platform.explain.cures import CureAttempt, CureCase, CureFix, CureSearch

_MOST_TRIES = 60
_LONGEST = timedelta(days=4)


def search(stack: Stack, trials: Callable[[], Stack], sought: CureCase) -> CureSearch:
    """Return the smallest change that would have helped, tried before it is offered.

    Args:
        stack: that in which it happened.
        trials: starts the one on which changes are tried, unless it runs.
    """
    try:
        return _Search(trials(), sought, rebuilt(stack, sought)).run()
    except NotRebuiltError as error:
        return CureSearch(why=f"nothing was tried: {error}")
    except HarnessError as error:
        return CureSearch(why=f"nothing could be tried: {error}")


class _Search:
    """One search."""

    def __init__(self, stack: Stack, sought: CureCase, history: RebuiltHistory) -> None:
        self._stack = stack
        self._sought = sought
        self._history = history
        self._attempts: list[CureAttempt] = []
        self._partly: list[tuple[CureCandidate, TrialOutcome]] = []
        self._was_reported = False

    def run(self) -> CureSearch:
        """Do it again as it was, and then with one change after the other."""
        cause = self._sought.cause
        # First as it was: where even that comes out otherwise, no change that is tried says anything.
        base = self._try(CureCandidate(where="clock", text=""))
        self._was_reported = base.then.reported
        if base.then.cause != cause.word:
            return self._came_otherwise(base)
        # Nothing was wrong but that it was too early to look.
        if base.afterwards.reported and base.afterwards.cause is None and base.afterwards.at:
            return self._found(_waiting(base.afterwards), base.afterwards)
        for candidate in self._candidates():
            if len(self._attempts) >= _MOST_TRIES:
                break
            outcome = self._outcome(candidate)
            if outcome and self._helps(outcome):
                return self._found(_fix(candidate), outcome)
        return self._nothing()

    def _candidates(self) -> Iterator[CureCandidate]:
        """Yield changes to try, smallest first; which pairs of keys there are follows from what came of single ones."""
        yield from single_keys(self._sought.cause.stage, self._sought)
        # A change that led to another cause has mended one of two things: pairs begin with those.
        for one, outcome in list(self._partly):
            for other in single_keys(Cause.named(outcome.cause or "").stage, self._sought):
                if other.block.keys().isdisjoint(one.block):
                    yield one.with_(other)
        yield from others(self._sought, self._history.scenario)

    def _outcome(self, candidate: CureCandidate) -> TrialOutcome | None:
        try:
            outcome = self._try(candidate).afterwards
        except TrialFailedError as error:
            self._note(candidate, f"refused: {error}")
            return None
        self._note(candidate, outcome.text)
        before = self._sought.cause.word, self._was_reported
        if outcome.cause and (outcome.cause, outcome.reported) != before and len(candidate.block) == 1:
            self._partly.append((candidate, outcome))
        return outcome

    def _try(self, candidate: CureCandidate) -> CureTrial:
        history = self._history
        return run_trial(
            self._stack,
            applied(candidate, history.scenario, history.place),
            history.place,
            record_id=history.record_id,
            go_on=_go_on(self._sought),
        )

    def _helps(self, outcome: TrialOutcome) -> bool:
        """Say whether a callback came that is right; late is good enough where none had come at all."""
        if not outcome.reported or outcome.at is None:
            return False
        # Late is right where it was lost; where it had come late, late again is no cure.
        was_lost = self._sought.case.telling is None
        return outcome.cause is None or (outcome.late and was_lost)

    def _note(self, candidate: CureCandidate, outcome: str) -> None:
        self._attempts.append(CureAttempt(where=candidate.where, change=candidate.change, outcome=outcome))

    def _found(self, fix: CureFix, outcome: TrialOutcome) -> CureSearch:
        return CureSearch(fix=replace(fix, tried=f"reported at {outcome.at}"), attempts=self._attempts)

    def _came_otherwise(self, base: CureTrial) -> CureSearch:
        """Say what follows if what happened came out otherwise when it was done again."""
        sent, outcome = self._sought.case.sent, base.then
        if any(not one.own for one in sent) and outcome.reported and outcome.cause is None:
            return self._found(_own_receiver(self._sought.cause), outcome)
        first = next(self._candidates(), None)
        why = f"nothing is called tried: done again, it came out otherwise ({outcome.text})"
        return CureSearch(fix=_fix(first) if first else None, attempts=self._attempts, why=why)

    def _nothing(self) -> CureSearch:
        count = len(self._attempts)
        why = f"none of the {count} changes that were tried helps" if count else "nothing is known to try"
        if self._partly:
            one, outcome = self._partly[0]
            why += f"; more than one thing is wrong: with {one.change} it comes to {outcome.cause}"
        return CureSearch(attempts=self._attempts, why=why)


def _fix(candidate: CureCandidate) -> CureFix:
    return CureFix(where=candidate.where, change=candidate.change, text=candidate.text)


def _waiting(outcome: TrialOutcome) -> CureFix:
    text = f"let time go on until {outcome.at}"
    return CureFix(where="clock", change={"to": outcome.at}, text=text)


def _own_receiver(cause: Cause) -> CureFix:
    """Return the cure of a callback that went to a receiver other than the sink, which took it when it was asked."""
    if cause in {Cause.SENT_ELSEWHERE, Cause.OUTBOUND_GUARD}:
        text = "send callbacks to the workspace's sink"
        return CureFix(
            where="configuration", change={configuration.CALLBACK_URL: "{callback_url}"}, text=text
        )
    return CureFix(where="receiver", change={"status": 200}, text="let the receiver answer with a success")


def _go_on(sought: CureCase) -> timedelta:
    """Return how far time goes on after the end: two polls, or to the next try of a callback."""
    interval = configuration.refresh_interval(sought.case.instance.configuration)
    span = 2 * min(interval, _LONGEST)
    if sought.cause.stage is CauseStage.DELIVERY:
        dues = [one.due - sought.case.now for one in sought.case.sent if one.due]
        span = max([span, *dues])
    return min(span, _LONGEST)
