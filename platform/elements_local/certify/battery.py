"""A battery of checks of receivers or pollers: each check is made by itself, also after one that failed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from elements_local.certify.scorecard import Finding, Outcome, Result, Scorecard
from elements_local.clients.errors import OptionError
from elements_local.kit.values import replace

_FINDINGS_KEPT = 20
_IDLE = "not made, as a check before it shows that nothing is done at all"


class CheckError(Exception):
    """Why a check is not passed."""

    outcome: ClassVar[Outcome]

    def __init__(self, why: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(why)
        self.findings = findings


class FailedError(CheckError):
    """What is tried does not do what the check expects; says what came and what was expected."""

    outcome = Outcome.FAILED


class IdleError(FailedError):
    """What is tried does nothing at all, as each further check would find, too."""


class SkippedError(CheckError):
    """The check cannot be made; says what it needs."""

    outcome = Outcome.SKIPPED


class UnseenError(CheckError):
    """The answers were right, and only a probe could show the rest."""

    outcome = Outcome.ANSWERED


Steps = TypeVar("Steps")


class Check(Struct, Generic[Steps], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One check.

    Attributes:
        title: what a receiver or a poller has to do.
        steps: what the trial performs.
        hazard: what happens in the field, and where that is reported.
        rule: what a poller has to keep to.
        cure: what usually makes it keep to that.
        if_named: whether it is made only where it is asked for by name, as it takes minutes.
    """

    title: str
    steps: Steps
    hazard: str = ""
    rule: str = ""
    cure: str = ""
    if_named: bool = False


CheckT = TypeVar("CheckT", bound=Check[Any])


def chosen_of(battery: Mapping[str, CheckT], only: Iterable[str]) -> dict[str, CheckT]:
    """Return the checks of these names; if there are none, all but those that are made only if they are named.

    Raises:
        OptionError: there is no check of a name.
    """
    names = tuple(only) or tuple(name for name, check in battery.items() if not check.if_named)
    unknown = sorted(set(names) - battery.keys())
    if unknown:
        raise OptionError(f"no check {', '.join(unknown)}; there are {', '.join(battery)}")
    return {name: battery[name] for name in names}


def run_battery(  # noqa: PLR0913 - what a battery is made with; the last three by name
    chosen: Mapping[str, CheckT],
    perform: Callable[[CheckT], str | None],
    scorecard: Scorecard,
    *,
    on_result: Callable[[Result], None],
    clock: Callable[[], float] = monotonic,
    jobs: int = 1,
) -> Scorecard:
    """Make checks, and return the scorecard with what came of each, in their order.

    Args:
        perform: makes one check, and returns what else is to be said of it; raises a ``CheckError`` unless it is passed.
        on_result: is called with each check, in their order, as soon as it is made.
        clock: measures how long a check takes.
        jobs: how many are made at a time. If one cannot be made, those that are under way are not waited for.

    After an ``IdleError`` the others are skipped.
    """
    idle = set[str]()

    def make(named: tuple[str, CheckT]) -> Result:
        return _result(*named, perform, clock, idle)

    results: list[Result] = []
    with ExitStack() as closing:
        made: Iterator[Result] = map(make, chosen.items())
        if jobs > 1:
            pool = ThreadPoolExecutor(jobs)
            closing.callback(pool.shutdown, wait=False, cancel_futures=True)
            made = pool.map(make, chosen.items())
        for result in made:
            # also one that was under way, or which these are would depend on how quick they are
            is_after = any(each.name in idle for each in results)
            results.append(replace(result, **_NOT_MADE) if is_after else result)
            on_result(results[-1])
    return replace(scorecard, results=tuple(results))


_NOT_MADE: Mapping[str, Any] = {
    "outcome": Outcome.SKIPPED,
    "why": _IDLE,
    "note": "",
    "count": 0,
    "findings": (),
}


def _result(
    name: str,
    check: CheckT,
    perform: Callable[[CheckT], str | None],
    clock: Callable[[], float],
    idle: set[str],
) -> Result:
    began, outcome, why, note, findings = clock(), Outcome.PASSED, "", "", tuple[Finding, ...]()
    try:
        if idle:
            raise SkippedError(_IDLE)
        note = perform(check) or ""
    except CheckError as error:
        if isinstance(error, IdleError):
            idle.add(name)
        outcome, why, findings = error.outcome, str(error), error.findings
    return Result(
        name=name,
        title=check.title,
        outcome=outcome,
        why=why,
        note=note,
        seconds=round(clock() - began, 3),
        hazard=check.hazard,
        rule=check.rule,
        cure=check.cure,
        count=len(findings),
        findings=findings[:_FINDINGS_KEPT],
    )
