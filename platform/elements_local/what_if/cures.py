"""The search for a cure: what happened is replayed with one change after the other, the smallest first.

A cure reports the change that was asked about, and is no worse for others: around the polls that follow it loses or misclassifies
nothing that was not lost or misclassified without it, and loses nothing any more by the cause that was to be mended.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

from elements_local.errors import HarnessError
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.masks import mask_value
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.explain.cause import (
    Cause,
    CauseStage,
    CureAttempt,
    CureCase,
    CureFix,
    CureSearch,
)
from elements_local.stack.stack import Stack
from elements_local.what_if.candidate import CureCandidate, applied, merge_patch
from elements_local.what_if.candidates import linted, others, single_keys
from elements_local.what_if.findings import configured_instance, of_instance
from elements_local.what_if.grid import Grid, repeats_more, worsened
from elements_local.what_if.history import (
    History,
    HistoryReplay,
    NotRebuiltError,
    ReplayFailedError,
    ReplayOutcome,
    rebuilt,
    replayed,
)

_MOST_TRIES = 60
_OF_RESOURCE = frozenset(
    {
        CauseStage.WINDOW,
        CauseStage.LIST,
        CauseStage.FILTER,
        CauseStage.KEY,
        CauseStage.IDENTITY,
        CauseStage.NAME,
    }
)
"""Links of the chain that have nothing to do with how other resources are polled."""

_LONGEST = timedelta(days=4)


def search(stack: Stack, trials: Callable[[], Stack], sought: CureCase) -> CureSearch:
    """Return the smallest change that would have helped, tried before it is offered.

    Args:
        stack: that in which it happened.
        trials: starts the one on which changes are tried, unless it runs.
    """
    try:
        history = rebuilt(stack, sought, go_on=_go_on(sought), alone=sought.cause.stage in _OF_RESOURCE)
        with ExitStack() as closing:
            base = closing.enter_context(replayed(trials(), history.scenario, history))
            if history.is_alone and base.then.cause != sought.cause.word:
                history = rebuilt(stack, sought, go_on=history.go_on, alone=False)
                base = closing.enter_context(replayed(trials(), history.scenario, history))
            return _Search(stack, trials(), sought, history, base).run()
    except NotRebuiltError as error:
        return CureSearch(why=f"nothing was tried: {error}")
    except HarnessError as error:
        return CureSearch(why=f"nothing could be tried: {error}")


class _Search:
    """One search.

    Args:
        base: what happened, done again as it was.
    """

    def __init__(
        self, asked: Stack, trials: Stack, sought: CureCase, history: History, base: HistoryReplay
    ) -> None:
        self._clients = asked.workspace(sought.workspace)
        self._platform_url = asked.addresses.platform
        self._trials = trials
        self._sought = sought
        self._history = history
        self._base = base
        self._base_grid: list[Grid | None] = []
        self._attempts: list[CureAttempt] = []
        self._partly: list[tuple[CureCandidate, ReplayOutcome]] = []
        self._harmful = ""

    def run(self) -> CureSearch:
        """Say what helps: the first that has no cost, or else the first that has one."""
        base = self._base
        # Where it comes out otherwise though nothing was changed, no change that is tried says anything.
        if base.then.cause != self._sought.cause.word:
            return self._came_otherwise()
        # Nothing was wrong but that it was too early to look.
        waited, is_to_come = base.afterwards, self._sought.cause.stage is CauseStage.EXPECTED
        if waited.reported and waited.at and (not waited.wrong or (waited.late and is_to_come)):
            return self._found(_waiting(waited, tried=self._text(waited)))
        costly: CureFix | None = None
        settled: set[str] = set()
        for candidate in self._candidates():
            if len(self._attempts) >= _MOST_TRIES or (costly and not candidate.is_configured):
                break
            # A larger value of a key that helps would only cost more.
            if settled & {*candidate.block, *candidate.keys}:
                continue
            fix, repeats = self._try(candidate)
            if fix and not repeats:
                return self._found(fix)
            if fix:
                costly = costly or fix
                settled |= {*candidate.block, *candidate.keys}
        return self._found(costly) if costly else self._nothing()

    def _candidates(self) -> Iterator[CureCandidate]:
        """Yield changes to try: lint's cures first; which pairs of keys there are follows from what came of single ones."""
        sought = self._sought
        findings = of_instance(self._clients, sought.case.instance.id, lag_s=None).findings
        known: list[object] = []
        for candidate in linted(sought, findings):
            known.append(candidate.change)
            yield candidate
        for candidate in single_keys(sought.cause, sought):
            if candidate.change not in known:
                yield candidate
        # A change that led to another cause has mended one of two things: pairs begin with those.
        for one, outcome in list(self._partly):
            for other in single_keys(Cause.named(outcome.cause or ""), sought):
                if other.block.keys().isdisjoint(one.block):
                    yield one.with_(other)
        yield from others(sought, self._history.scenario, platform_url=self._platform_url)

    def _try(self, candidate: CureCandidate) -> tuple[CureFix | None, bool]:
        """Replay what happened with a change; returns what to offer, if it helps, and whether it repeats others."""
        changed = applied(candidate, self._history.scenario, self._history.place)
        try:
            with replayed(self._trials, changed, self._history) as replay:
                outcome = replay.afterwards
                text = self._text(outcome, candidate)
                if not self._helps(outcome):
                    self._note(candidate, text)
                    self._remember(candidate, outcome)
                    return None, False
                against, repeats = self._held_against(candidate, replay)
        except ReplayFailedError as error:
            self._note(candidate, f"refused: {error}")
            return None, False
        self._note(candidate, f"{text}, but {against}" if against else text)
        if against:
            self._harmful = self._harmful or f"{candidate.text} reports it, but {against}"
            return None, False
        cost = _cost(candidate) if repeats else ""
        return self._fix(candidate, tried=text, cost=cost), repeats

    def _held_against(self, candidate: CureCandidate, replay: HistoryReplay) -> tuple[str, bool]:
        """Return why a change is no cure for other records, empty if it is one, and whether it repeats some."""
        if not candidate.is_configured:
            return "", False
        before, after = self._grid_without(), replay.grid()
        if after is None:
            return "", False
        worse = worsened(before, after) if before else []
        # What a record is called that is made and changed before one poll is nobody's fault but the tolerance's.
        if "createdCheckTolerance" not in candidate.block:
            worse = [
                key for key in worse if not (after.cells[key].is_misclassified and key.is_before_one_poll)
            ]
        if worse:
            first = worse[0]
            text = f"it loses or misclassifies {len(worse)} other changes: {first.change} at {first.label} of a poll"
            return text, False
        cause = self._sought.cause.word
        if not self._base.then.reported and cause in replay.why_lost(after):
            return f"others are still lost by {cause}", False
        return "", repeats_more(before, after)

    def _grid_without(self) -> Grid | None:
        """Return the grid of what happened as it was, which is made once."""
        if not self._base_grid:
            self._base_grid.append(self._base.grid())
        return self._base_grid[0]

    def _helps(self, outcome: ReplayOutcome) -> bool:
        """Say whether a callback came that is right; late is good enough where none had come at all."""
        if not outcome.reported or outcome.at is None:
            return False
        # Late is right where it was lost, or misclassified; where it had come late, late again is no cure.
        return not outcome.wrong or (outcome.late and not self._base.then.late)

    def _remember(self, candidate: CureCandidate, outcome: ReplayOutcome) -> None:
        """Keep a change of one thing that led to another cause."""
        before = self._sought.cause.word, self._base.then.reported
        if outcome.wrong and (outcome.cause, outcome.reported) != before and len(candidate.block) < 2:
            self._partly.append((candidate, outcome))

    def _text(self, outcome: ReplayOutcome, candidate: CureCandidate | None = None) -> str:
        """Say what came of a change, and to which receiver it did not go."""
        moves = candidate is not None and configuration.CALLBACK_URL in candidate.keys
        return outcome.text(untried="" if moves else self._sought.receiver)

    def _note(self, candidate: CureCandidate, outcome: str) -> None:
        self._attempts.append(CureAttempt(where=candidate.where, change=candidate.change, outcome=outcome))

    def _fix(self, candidate: CureCandidate, *, tried: str | None = None, cost: str = "") -> CureFix:
        return CureFix(
            where=candidate.where,
            change=candidate.change,
            patch=self._patch(candidate),
            text=candidate.text + cost,
            tried=tried,
        )

    def _patch(self, candidate: CureCandidate) -> Mapping[str, Any] | None:
        """Return the merge patch that makes a change of the instance as it is by now; None if none can be shown that does."""
        kept = configured_instance(self._clients, self._sought.case.instance.id).configuration
        url = {"{callback_url}": self._clients.credentials.callback_url}
        keys = {key: url.get(str(value), value) for key, value in candidate.keys.items()}
        patch = merge_patch(replace(candidate, keys=keys), kept, self._history.place)
        # A mask in the place of a secret would be kept as it is.
        return patch if mask_value(patch) == patch else None

    def _found(self, fix: CureFix) -> CureSearch:
        return CureSearch(fix=fix, attempts=self._attempts)

    def _came_otherwise(self) -> CureSearch:
        """Say what follows if what happened came out otherwise when it was done again."""
        sent, outcome = self._sought.case.sent, self._base.then
        if any(not one.own for one in sent) and outcome.reported and not outcome.wrong:
            answered = any(each.status for one in sent for each in one.attempts)
            own = _own_receiver(self._sought.cause, answered=answered)
            return self._found(self._fix(own, tried=self._text(outcome, own)))
        first = next(self._candidates(), None)
        why = f"nothing is called tried: done again, it came out otherwise ({self._text(outcome)})"
        fix = self._fix(first) if first else None
        return CureSearch(fix=fix, attempts=self._attempts, why=why)

    def _nothing(self) -> CureSearch:
        count = len(self._attempts)
        why = f"none of the changes that were tried helps ({count})" if count else "nothing is known to try"
        if self._harmful:
            why += f"; {self._harmful}"
        elif self._partly:
            one, outcome = self._partly[0]
            why += (
                f"; more than one thing is wrong: with {encode_text(one.change)} it comes to {outcome.cause}"
            )
        advice = self._sought.cause.advice
        fix = CureFix(where="receiver", change={"idempotent": True}, text=advice) if advice else None
        return CureSearch(fix=fix, attempts=self._attempts, why=why)


def _cost(candidate: CureCandidate) -> str:
    delay = candidate.block.get("pollDelay")
    return f" (may repeat records changed in the last {delay} s)" if delay else " (may repeat records)"


def _waiting(outcome: ReplayOutcome, *, tried: str) -> CureFix:
    text = f"let time go on until {outcome.at}"
    return CureFix(where="clock", change={"to": outcome.at}, text=text, tried=tried)


def _own_receiver(cause: Cause, *, answered: bool) -> CureCandidate:
    """Return the cure of a callback that went to a receiver other than the sink, which took it when it was asked."""
    if cause in {Cause.SENT_ELSEWHERE, Cause.OUTBOUND_GUARD} or not answered:
        keys = {configuration.CALLBACK_URL: "{callback_url}"}
        return CureCandidate(where="configuration", text="send callbacks to the workspace's sink", keys=keys)
    text = "let the receiver answer with a success"
    return CureCandidate(where="receiver", text=text, shown={"status": 200})


def _go_on(sought: CureCase) -> timedelta:
    """Return how far time goes on after the end: two polls, or to the next try of a callback."""
    interval = configuration.refresh_interval(sought.case.instance.configuration)
    span = 2 * min(interval, _LONGEST)
    if sought.cause.stage is CauseStage.DELIVERY or sought.cause is Cause.NOT_SENT_YET:
        dues = [one.due - sought.case.now for one in sought.case.sent if one.due]
        span = max([span, *dues])
    return min(span, _LONGEST)
