"""What came of a replay, as the terminal, JUnit, the page and ``--json`` report it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from msgspec import Struct

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.instants import format_instant
from elements_local.kit.values import replace
from elements_local.scenarios.performing import AGAIN, ScenarioFailure, ScenarioResult
from elements_local.scenarios.scenario import Scenario, ScenarioError
from elements_local.stack.failures.timeline import TimelineEntry
from elements_local.stack.interruption import EXIT_STATUS


class CaseStatus(Enum):
    """What a case came to: an error is a mistake in a file, a failure what a scenario that ran came to."""

    ERROR = "error"
    FAILED = "failed"
    PASSED = "passed"
    SKIPPED = "skipped"


class Verdict(Enum):
    """What a scenario says of a tenant that is held against the ledger."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_SEEN = "not seen"


class Case(Struct, frozen=True, kw_only=True):
    """A scenario, or a mistake that keeps one from being read.

    Attributes:
        path, line: of the scenario, or of the mistake.
        why: what is wrong with the file, why it failed, or why it was not run; empty if it passed.
        seconds: how long it took on the machine.
        failure: why it failed.
        step: the one in which it failed, as its file has it.
        moments: all that happened in it, if that was kept.
    """

    name: str
    path: Path
    line: int
    status: CaseStatus
    column: int | None = None
    tags: tuple[str, ...] = ()
    why: str = ""
    seconds: float = 0.0
    failure: ScenarioFailure | None = None
    step: str = ""
    moments: tuple[TimelineEntry, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What it says of a tenant: only an expectation that was not met makes a difference, all else shows nothing."""
        if self.status is CaseStatus.PASSED:
            return Verdict.AGREES
        return Verdict.DIFFERS if self.failure and self.failure.expected else Verdict.NOT_SEEN

    @property
    def came(self) -> list[str]:
        """What came in the place of what was expected, or why nothing can be said."""
        lines = self.failure.lines if self.failure else (self.why,)
        return [line for line in lines if not line.startswith(AGAIN)]


class SkipReason(Enum):
    """Why a scenario was not run."""

    OWN_STACK = "its settings or profile need a stack of their own"
    UNPORTABLE = "not portable"
    MISTAKES = "not run, since there are mistakes in scenario files"
    FAILURE = "not run after the first failure"
    NO_STACK = "not run, since the stack cannot be used"
    NO_TENANT = "not run, since the tenant cannot be used"
    INTERRUPTED = "not run, since the replay was interrupted"


class Skipped(Struct, frozen=True, kw_only=True):
    """A scenario that was not run, and why.

    Attributes:
        detail: what of it is the reason, with its place.
    """

    scenario: Scenario
    why: SkipReason
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.why.value}: {self.detail}" if self.detail else self.why.value


class ReplayReport(Struct, frozen=True, kw_only=True):
    """What came of a replay.

    Attributes:
        began: by the machine's clock.
        seconds: how long all of it took.
        interrupted: whether Ctrl-C or SIGTERM cut it off.
        error: why no more could be run, if so.
        profile: which of the platform's two names a tenant has that is held against the ledger; empty if none is.
    """

    began: datetime
    seconds: float
    results: Sequence[ScenarioResult] = ()
    mistakes: Sequence[ScenarioError] = ()
    skipped: Sequence[Skipped] = ()
    interrupted: bool = False
    error: str = ""
    profile: str = ""

    @property
    def cases(self) -> Iterator[Case]:
        """Yield a case for each mistake, each scenario that ran and each that did not."""
        for error in self.mistakes:
            place = f"{error.place.line}:{error.place.column}"
            yield Case(
                name=f"{error.path.name}:{place} cannot be read",
                path=error.path,
                line=error.place.line,
                column=error.place.column,
                status=CaseStatus.ERROR,
                why=str(error),
            )
        yield from map(case_of, self.results)
        for skip in self.skipped:
            yield _case(skip.scenario, CaseStatus.SKIPPED, str(skip))

    @property
    def exit_status(self) -> int:
        """Return the command's: what could not be read weighs more than what failed."""
        if self.interrupted:
            return EXIT_STATUS
        if self.profile and not self.mistakes:
            return 0 if self.verdicts().keys() == {Verdict.AGREES} else 1
        if self.mistakes or self.error:
            return 2
        return 1 if any(result.failure for result in self.results) else 0

    def not_run(self, *reasons: SkipReason) -> list[Scenario]:
        """Return the scenarios that were not run for one of several reasons."""
        return [skip.scenario for skip in self.skipped if skip.why in reasons]

    def counts(self) -> Mapping[CaseStatus, int]:
        """Return how many cases came to what."""
        return Counter(case.status for case in self.cases)

    def verdicts(self) -> Mapping[Verdict, int]:
        """Return how many scenarios say what of the tenant."""
        return Counter(case.verdict for case in self.cases)

    def to_json(self) -> dict[str, object]:
        """Return what ``replay --json`` prints."""
        counts = self.counts()
        return {
            "began": format_instant(self.began),
            "seconds": round(self.seconds, 3),
            "interrupted": self.interrupted,
            "error": self.error or None,
            **({"profile": self.profile} if self.profile else {}),
            "counts": {key: counts[status] for status, key in COUNTED.items()},
            "scenarios": [
                {**_as_json(case), **(_verdict_json(case) if self.profile else {})}
                for case in self.cases
                if case.status is not CaseStatus.ERROR
            ],
            "mistakes": [mistake_json(error) for error in self.mistakes],
        }


COUNTED = {
    CaseStatus.PASSED: "passed",
    CaseStatus.FAILED: "failed",
    CaseStatus.SKIPPED: "skipped",
    CaseStatus.ERROR: "mistakes",
}
"""Under which key a report counts what."""


def by_file(cases: Iterable[Case]) -> dict[Path, list[Case]]:
    """Return cases by the file that they are in, in their order."""
    files: dict[Path, list[Case]] = {}
    for case in cases:
        files.setdefault(case.path, []).append(case)
    return files


def head_json(of: Scenario | Case) -> dict[str, object]:
    """Return what says which scenario it is."""
    return {"name": of.name, "path": str(of.path), "line": of.line, "tags": list(of.tags)}


def mistake_json(error: ScenarioError) -> dict[str, object]:
    """Return what is wrong with a file, and where."""
    return {
        "path": str(error.path),
        "line": error.place.line,
        "column": error.place.column,
        "reason": error.reason,
    }


def case_of(result: ScenarioResult) -> Case:
    """Return what a scenario that ran came to."""
    status = CaseStatus.FAILED if result.failure else CaseStatus.PASSED
    return replace(
        _case(result.scenario, status, str(result.failure or "")),
        seconds=result.seconds,
        failure=result.failure,
        step=_failing_step(result),
        moments=result.moments,
    )


def _failing_step(result: ScenarioResult) -> str:
    """Return the step in which a scenario failed, as its file has it; nothing if it failed before."""
    steps: Any = result.scenario.document["steps"]
    lines = [step.line for step in result.scenario.steps]
    failing = result.failure.line if result.failure else 0
    return encode_text(steps[lines.index(failing)]) if failing in lines else ""


def _case(scenario: Scenario, status: CaseStatus, why: str) -> Case:
    return Case(
        name=scenario.name,
        path=scenario.path,
        line=scenario.line,
        tags=scenario.tags,
        status=status,
        why=why,
    )


def _as_json(case: Case) -> dict[str, object]:
    failure = case.failure
    return {
        **head_json(case),
        "outcome": case.status.value,
        "seconds": round(case.seconds, 3),
        "why": case.why or None,
        "failure": failure and {"line": failure.line, "verb": failure.verb, "lines": list(failure.lines)},
    }


def _verdict_json(case: Case) -> dict[str, object]:
    """Return what is said of the tenant; of a difference with both sides."""
    sides = {"expected": case.step, "came": case.came} if case.verdict is Verdict.DIFFERS else {}
    return {"verdict": case.verdict.value, **sides}
