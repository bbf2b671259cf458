"""The search for a cure: what happened is replayed with one change after the other, the smallest first.

A cure reports the change that was asked about, and is no worse for others: in what happened, and around the polls that follow, it
loses or misclassifies nothing that was not lost or misclassified without it, lets no record be CREATED twice, and loses nothing
any more by the cause that was to be mended. Where one change leads to another cause, that is sought a change for, too.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from itertools import chain
from typing import Any

from msgspec import structs

from elements_local.clients.errors import HarnessError
from elements_local.diagnosis.candidate import CureCandidate, applied, merge_patch
from elements_local.diagnosis.candidates import enabled, linted, others, own_dates, single_keys
from elements_local.diagnosis.findings import configured_instance, of_instance
from elements_local.diagnosis.harm import OF_RESOURCE, OtherRecords
from elements_local.diagnosis.history import (
    History,
    HistoryReplay,
    NotRebuiltError,
    ReplayFailedError,
    ReplayOutcome,
    TrialStack,
    rebuilt,
    replayed,
)
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.masks import mask_value
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.explain.cause import (
    Cause,
    CauseFinding,
    CauseStage,
    CureAttempt,
    CureCase,
    CureFix,
    CurePart,
    CureSearch,
)
from elements_local.stack.stack import Stack

_MOST_TRIES = 80
_MOST_CAUSES = 3
_LONGEST = timedelta(days=4)
_AT_ONCE = Cause.CHANGED_AT_ONCE.word

Cure = tuple[CureCandidate, ...]


def search(stack: Stack, trials: Callable[[], TrialStack], sought: CureCase) -> CureSearch:
    """Return the smallest change that would have helped, tried before it is offered.

    Args:
        stack: that in which it happened.
        trials: starts the one on which changes are tried, unless it runs.
    """
    try:
        history = rebuilt(stack, sought, go_on=_go_on(sought), alone=sought.cause.stage in OF_RESOURCE)
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


@dataclass(frozen=True, kw_only=True)
class _Step:
    """Changes that were tried together.

    Attributes:
        left: what is still wrong with them: of the change that was asked about, or else of another record; None if nothing is.
        beside: the causes that have shown with them, beside the first.
        fix: what to offer; None if they do not help, or harm others.
        cost: what they may do to other records though they are a cure; empty if nothing.
    """

    cure: Cure
    left: ReplayOutcome | None
    beside: Sequence[CauseFinding] = ()
    fix: CureFix | None = None
    cost: str = ""

    @property
    def sought(self) -> CureCase | None:
        """What is to be cured next; None if nothing is, or can be."""
        return self.left.sought if self.left and len(self.cure) < _MOST_CAUSES else None

    @property
    def keys(self) -> frozenset[str]:
        """The keys that were changed."""
        return frozenset(key for each in self.cure for key in each.change)


class _Search:
    """One search.

    Args:
        base: what happened, done again as it was.
    """

    def __init__(
        self, asked: Stack, trials: TrialStack, sought: CureCase, history: History, base: HistoryReplay
    ) -> None:
        self._clients = asked.workspace(sought.workspace)
        self._platform_url = asked.addresses.platform
        self._trials = trials
        self._sought = sought
        self._history = history
        self._base = base
        self._others = OtherRecords(sought, base)
        self._findings = of_instance(self._clients, sought.case.instance.id, lag_s=None).findings
        self._attempts: list[CureAttempt] = []
        self._partly: list[_Step] = []
        self._seen: set[tuple[frozenset[str], str | None]] = set()
        self._nearly: list[CureCandidate] = []
        self._harmful = ""

    def run(self) -> CureSearch:
        """Say what helps: the first that has no cost and leaves nothing wrong, or else the first that has one, or does."""
        base = self._base
        # Where it comes out otherwise though nothing was changed, no change that is tried says anything.
        if base.then.cause != self._sought.cause.word:
            return self._came_otherwise()
        # Nothing was wrong but that it was too early to look.
        waited, is_to_come = base.afterwards, self._sought.cause.stage is CauseStage.EXPECTED
        if waited.reported and waited.at and (not waited.wrong or (waited.late and is_to_come)):
            return self._found(_waiting(waited, tried=self._came(waited)))
        best = self._best([self._first], self._candidates)
        best = best or self._best([self._first, *self._partly], self._dates)
        best = best or next((each for each in self._partly if each.fix), None)
        return self._found(best.fix, best.beside) if best else self._nothing()

    @property
    def _first(self) -> _Step:
        """What happened, as the step from which the search begins."""
        return _Step(cure=(), left=structs.replace(self._base.then, sought=self._sought))

    def _best(
        self, steps: Iterable[_Step], candidates: Callable[[_Step], Iterator[CureCandidate]]
    ) -> _Step | None:
        """Return the first changes that help and have no cost, or else the first that have one; None if none help."""
        queue, costly = deque(steps), None
        while queue and not costly:
            step = queue.popleft()
            settled: set[str] = set()
            for candidate in candidates(step):
                if len(self._attempts) >= _MOST_TRIES or (costly and not candidate.is_configured):
                    break
                # A larger value of a key that helps would only cost more.
                if settled & {*candidate.block, *candidate.keys}:
                    continue
                tried = self._try((*step.cure, candidate), step)
                if tried.fix and not tried.left and not tried.cost:
                    return tried
                if tried.fix and not tried.sought:
                    costly = costly or tried
                    settled |= {*candidate.block, *candidate.keys}
                elif tried.left:
                    self._partly.append(tried)
                    queue.append(tried)
        return costly

    def _candidates(self, step: _Step) -> Iterator[CureCandidate]:
        """Yield changes to try beside those of a step, lint's cures first."""
        sought = step.sought
        if sought is None or step.left is None:
            return
        # Other values of the same keys led here before: of what was tried then, only what nearly helped can help.
        place = step.keys, step.left.cause
        again = list(self._nearly) if place in self._seen else None
        self._seen.add(place)
        new = chain(
            linted(sought, self._findings),
            single_keys(sought),
            others(sought, self._history.scenario, platform_url=self._platform_url),
        )
        known = [each.identity for each in step.cure]
        for candidate in new if again is None else again:
            if candidate.identity not in known and step.keys.isdisjoint({*candidate.block, *candidate.keys}):
                known.append(candidate.identity)
                yield candidate

    def _dates(self, step: _Step) -> Iterator[CureCandidate]:
        """Yield the element's own dates, where the changes of single keys did not help."""
        if step.sought:
            yield from own_dates(step.sought)

    def _try(self, cure: Cure, before: _Step) -> _Step:
        """Replay what happened with some changes.

        Args:
            before: all but the last of them.
        """
        scenario = self._history.scenario
        for each in cure:
            scenario = applied(each, scenario, self._history.place)
        try:
            with replayed(self._trials, scenario, self._history) as replay:
                does = self._helped if self._helps(replay.afterwards) else self._not_helped
                return does(cure, before, replay)
        except ReplayFailedError as error:
            self._note(cure, f"refused: {error}")
            return _Step(cure=cure, left=None)

    def _not_helped(self, cure: Cure, before: _Step, replay: HistoryReplay) -> _Step:
        """Return what came of changes with which the change that was asked about was not reported, or not as it should be."""
        outcome = replay.afterwards
        self._note(cure, self._came(outcome, cure))
        known = [_what_came(one) for one in (before.left, self._base.then, self._base.afterwards) if one]
        left = outcome if outcome.wrong and _what_came(outcome) not in known else None
        return _Step(cure=cure, left=left, beside=_with(before.beside, left))

    def _helped(self, cure: Cure, before: _Step, replay: HistoryReplay) -> _Step:
        """Return what to offer of changes with which the change that was asked about was reported."""
        outcome = replay.afterwards
        harm = self._others.harm(_main(cure), replay, mended=self._addressed(before))
        came, left = self._came(outcome, cure), harm.left
        self._note(cure, f"{came}, but {harm.text}" if harm.text else came)
        # Late is right where it was lost, unless something else made it late that can be mended, too.
        if outcome.wrong and outcome.cause not in self._addressed(before) and not self._is_late_at_best:
            left = left or (structs.replace(outcome, sought=None) if outcome.cause == _AT_ONCE else outcome)
        fix = None
        if harm.text:
            self._harmful = self._harmful or f"{_text(cure)} reports it, but {harm.text}"
            self._nearly += cure[1:] if harm.is_too_little else ()
        else:
            fix = self._fix(cure, tried=came, cost=harm.cost, left=left)
        return _Step(cure=cure, left=left, beside=_with(before.beside, left), fix=fix, cost=harm.cost)

    def _addressed(self, before: _Step) -> set[str]:
        """Return the causes that a change beside those of a step is to mend."""
        return {self._sought.cause.word, *(one.cause.word for one in before.beside)}

    @property
    def _is_late_at_best(self) -> bool:
        """Whether nothing was polled, or the callback was not taken, so that what is reported afterwards is late."""
        return self._sought.cause.stage in {CauseStage.POLLER, CauseStage.DELIVERY}

    def _helps(self, outcome: ReplayOutcome) -> bool:
        """Say whether a callback came that is right; late is good enough where none had come at all."""
        if not outcome.reported or outcome.at is None:
            return False
        # Late is right where it was lost, or misclassified; where it had come late, late again is no cure.
        is_late = outcome.late and not self._base.then.late
        # No configuration distinguishes a change of a new record from its creation, if no poll comes between the two.
        return (
            not outcome.wrong
            or is_late
            or (outcome.cause == _AT_ONCE and self._sought.cause.word != _AT_ONCE)
        )

    def _came(self, outcome: ReplayOutcome, cure: Cure = ()) -> str:
        """Say what came of some changes, and to which receiver it did not go."""
        moves = any(configuration.CALLBACK_URL in each.keys for each in cure)
        return outcome.text(untried="" if moves else self._sought.receiver)

    def _note(self, cure: Cure, outcome: str) -> None:
        change = {key: value for each in cure for key, value in each.change.items()}
        self._attempts.append(CureAttempt(where=_main(cure).where, change=change, outcome=outcome))

    def _fix(
        self,
        cure: Cure,
        *,
        tried: str | None = None,
        cost: str = "",
        left: ReplayOutcome | None = None,
    ) -> CureFix:
        main = _main(cure)
        rest = [each for each in cure if not each.is_configured and each is not main]
        case = self._sought.case
        if case.state.off_because and not any(each.puts for each in cure):
            rest.append(enabled(case.instance.id))
        if left and left.cause == _AT_ONCE:
            rest.append(_advised(Cause.CHANGED_AT_ONCE))
        return CureFix(
            where=main.where,
            change=main.change,
            patch=self._patch(main),
            also=[CurePart(where=each.where, change=each.change, text=each.text) for each in rest],
            text=_text((main, *rest)) + (f" (may {cost})" if cost else ""),
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

    def _found(self, fix: CureFix | None, beside: Sequence[CauseFinding] = ()) -> CureSearch:
        return CureSearch(fix=fix, attempts=self._attempts, beside=beside)

    def _came_otherwise(self) -> CureSearch:
        """Say what follows if what happened came out otherwise when it was done again."""
        sent, outcome = self._sought.case.sent, self._base.then
        if any(not one.own for one in sent) and outcome.reported and not outcome.wrong:
            answered = any(each.status for one in sent for each in one.attempts)
            own = _own_receiver(self._sought.cause, answered=answered)
            return self._found(self._fix((own,), tried=self._came(outcome, (own,))))
        first = next(self._candidates(self._first), None)
        why = f"nothing is called tried: done again, it came out otherwise ({self._came(outcome)})"
        fix = self._fix((first,)) if first else None
        return CureSearch(fix=fix, attempts=self._attempts, why=why)

    def _nothing(self) -> CureSearch:
        count = len(self._attempts)
        why = f"none of the changes that were tried helps ({count})" if count else "nothing is known to try"
        if self._harmful:
            why += f"; {self._harmful}"
        elif self._partly:
            step = self._partly[0]
            change = {key: value for each in step.cure for key, value in each.change.items()}
            why += f"; with {encode_text(change)} it comes to {step.left.cause if step.left else ''}"
        fix = self._fix((_advised(self._sought.cause),)) if self._sought.cause.advice else None
        return CureSearch(fix=fix, attempts=self._attempts, why=why)


def _with(beside: Sequence[CauseFinding], left: ReplayOutcome | None) -> Sequence[CauseFinding]:
    """Return the causes that have shown, with what is still wrong."""
    return [*beside, CauseFinding(Cause.named(left.cause), left.why)] if left and left.cause else beside


def _what_came(outcome: ReplayOutcome) -> tuple[str | None, bool, str]:
    return outcome.cause, outcome.reported, outcome.why


def _main(cure: Cure) -> CureCandidate:
    """Return what is changed of the configuration, as one; or else the first change."""
    configured = [each for each in cure if each.is_configured]
    return reduce(CureCandidate.with_, configured) if configured else cure[0]


def _text(cure: Cure) -> str:
    return ", and ".join(each.text for each in cure)


def _advised(cause: Cause) -> CureCandidate:
    return CureCandidate(where="receiver", text=cause.advice, shown={"idempotent": True})


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
