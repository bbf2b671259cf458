"""Runs the battery against a poller: each check in a workspace of its own, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from elements_local.certify.poller.checks import BATTERY, PollerCheck
from elements_local.certify.poller.judgement import Finding
from elements_local.certify.poller.trial import PollerTerms, PollerTrial
from elements_local.certify.scorecard import Outcome, Result, Scorecard, SkippedError, chosen_of
from elements_local.errors import OptionError
from elements_local.kit.instants import format_instant
from elements_local.kit.text import record_name
from elements_local.records import INSIGHTLY, Kinds, UnknownRecordError
from elements_local.stack.stack import Stack

_SHOWN = 3
_KEPT = 20


class PollerResult(Result, frozen=True, kw_only=True):
    """One check of a poller.

    Attributes:
        hazard, rule, cure: what happens in the field, what a poller has to keep to, and what usually makes it.
        count: how many findings there are.
        findings: the first of them.
    """

    hazard: str
    rule: str
    cure: str
    count: int = 0
    findings: tuple[Finding, ...] = ()


class PollerScorecard(Scorecard, frozen=True, kw_only=True):
    """All checks of one poller; ``url`` is its command."""

    subject: ClassVar[str] = "poller"

    def to_json(self) -> dict[str, object]:
        """Return the scorecard as ``--json`` prints it."""
        scorecard = super().to_json()
        return {"command": scorecard.pop("url"), **scorecard}


def certify_poller(
    stack: Stack,
    terms: PollerTerms,
    *,
    title: str,
    only: Iterable[str] = (),
    on_result: Callable[[Result], None] = lambda _: None,
) -> PollerScorecard:
    """Try a poller with every check, each in a workspace of its own.

    Args:
        stack: that the poller reaches, with a vendor beside Insightly if that is the one to be polled; it keeps ties.
        title: what the poller is called in the scorecard.
        only: names of checks; all if there are none.
        on_result: is told of each check as soon as it is made.

    Raises:
        OptionError: there is no check of a name, no such resource, or the poller cannot be run.
    """
    results: list[Result] = []
    for name, check in chosen_of(BATTERY, only).items():
        results.append(_made(name, check, stack, terms))
        on_result(results[-1])
    return PollerScorecard(url=title, results=tuple(results), chosen=bool(only))


def _made(name: str, check: PollerCheck, stack: Stack, terms: PollerTerms) -> PollerResult:
    clients = stack.new_workspace(start=format_instant(check.start - timedelta(days=1)), seed=terms.seed)
    findings: list[Finding] = []
    try:
        crms = clients.credentials.crms
        sort = Kinds(crms, first=next(iter(crms), INSIGHTLY)).of(terms.resource)
        with TemporaryDirectory(prefix="elements-local-") as folder:
            trial = PollerTrial(
                terms=terms,
                clients=clients,
                sort=sort,
                folder=Path(folder),
                start=check.start,
                zone=check.zone,
            )
            trial.perform(check.steps)
        findings = trial.findings()
        outcome = Outcome.FAILED if findings else Outcome.PASSED
        why = _why(check, trial, findings) if findings else ""
    except UnknownRecordError as error:
        raise OptionError(f"--resource: {error}") from error
    except SkippedError as reason:
        outcome, why = Outcome.SKIPPED, str(reason)
    finally:
        stack.delete_workspace(clients.credentials.name)
    return PollerResult(
        name=name,
        title=check.title,
        outcome=outcome,
        why=why,
        hazard=check.hazard,
        rule=check.rule,
        cure=check.cure,
        count=len(findings),
        findings=tuple(findings[:_KEPT]),
    )


def _why(check: PollerCheck, trial: PollerTrial, findings: list[Finding]) -> str:
    """Say what is wrong, of the first findings with all that is known of them, and what cures it."""
    counts = Counter(finding.kind for finding in findings)
    lines = [", ".join(f"{number} {kind}" for kind, number in counts.items())]
    for finding in findings[:_SHOWN]:
        record = (
            f"{record_name(trial.terms.resource, finding.record_id)} " if finding.kind != "failed" else ""
        )
        lines += [f"{finding.kind}: {record}{finding.text}", *(f"  {line}" for line in finding.history)]
    lines += [f"and {len(findings) - _SHOWN} more"] if len(findings) > _SHOWN else []
    return "\n".join(
        [*lines, *trial.notes[:1], f"rule: {check.rule}", f"hazard: {check.hazard}", f"cure: {check.cure}"]
    )
