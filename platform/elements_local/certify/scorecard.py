"""What came of each check; as a JUnit file for a CI, and as one page of HTML for people."""

from enum import Enum
from textwrap import indent

import junitparser
from msgspec import Struct, to_builtins

from elements_local.stack.output_files import OutputFile
from elements_local.stack.reports.files import CERTIFY, render, write_junit_document, xml_text

UNSEEN = "the answers were right; what came of the callbacks was not looked at: that needs a probe (--probe)"
"""Why a check is not passed, though the receiver answered as it should."""


class Outcome(Enum):
    """What a check saw: ``answered``, where the answers were right and only a probe could show the rest."""

    PASSED = "passed"
    ANSWERED = "answered"
    FAILED = "failed"
    SKIPPED = "skipped"


class Finding(Struct, frozen=True, kw_only=True, rename="camel"):
    """Something that is wrong with a poller.

    Attributes:
        kind: missed, late, repeated, misclassified, misdated, unknown (a record that is not there), wrote (to the CRM),
            endless (a run that asks for what it has) or failed.
        history: the record's changes, and each run's calls and what it said of the record.
    """

    kind: str
    record_id: str
    text: str
    history: tuple[str, ...]


class Result(Struct, frozen=True, kw_only=True):
    """One check.

    Attributes:
        name: one word for machines.
        title: what a receiver or a poller has to do.
        why: what came and what was expected, or what was not looked at; empty if it passed.
        note: how far a check went that passed, such as where a poller was killed.
        seconds: how long the check took, to the millisecond; 0 in virtual time.
        hazard, rule, cure: of a poller's check: what happens in the field, what to keep to, and what usually makes it.
        count: how many findings there are.
        findings: the first of them.
    """

    name: str
    title: str
    outcome: Outcome
    why: str = ""
    note: str = ""
    seconds: float = 0.0
    hazard: str = ""
    rule: str = ""
    cure: str = ""
    count: int = 0
    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        """Return the check as the terminal shows it."""
        why = "" if self.outcome is Outcome.ANSWERED else self.why
        more = (indent(each, " " * 11) for each in (why, self.note) if each)
        return "\n".join([f"  {self.outcome.value:<8} {self.title}", *more])


_OF_POLLERS = {"note", "hazard", "rule", "cure", "count", "findings"}


class Scorecard(Struct, frozen=True, kw_only=True):
    """All checks of one receiver or poller, in their order.

    Attributes:
        url: the receiver's; of a poller its command.
        results: of each check ``name``, ``title``, ``outcome``, ``why`` and ``seconds``.
        chosen: whether they were asked for by name.
        subject: ``receiver`` or ``poller``.

    Example:
        >>> card = Scorecard(
        ...     url="http://127.0.0.1:8000/callbacks",
        ...     results=(Result(name="late", title="...", outcome=Outcome.FAILED, why="500"),),
        ... )
        >>> card.passed, card.verdict, card.failed
        (False, 'failed', ('late',))
    """

    url: str
    results: tuple[Result, ...]
    chosen: bool = False
    subject: str = "receiver"

    @property
    def passed(self) -> bool:
        """Whether all was seen: no check failed or was merely answered, and none was skipped that was asked for by name."""
        return self.verdict == "passed"

    @property
    def not_made(self) -> tuple[Result, ...]:
        """The checks that were asked for by name and skipped."""
        return tuple(one for one in self.results if self.chosen and one.outcome is Outcome.SKIPPED)

    @property
    def verdict(self) -> str:
        """The whole in a word: ``failed``, ``incomplete``, ``answered`` or ``passed``.

        ``answered`` means that the answers were right and no probe showed the effects; ``incomplete`` that a check asked for by name
        was skipped.
        """
        if self.failed:
            return "failed"
        if self.not_made:
            return "incomplete"
        return "answered" if self.count(Outcome.ANSWERED) else "passed"

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the checks that failed."""
        return tuple(result.name for result in self.results if result.outcome is Outcome.FAILED)

    def count(self, outcome: Outcome) -> int:
        """Return how many checks came out so.

        Args:
            outcome: one of ``Outcome``: ``PASSED``, ``ANSWERED``, ``FAILED``, ``SKIPPED``.

        Example:
            >>> Scorecard(url="http://127.0.0.1:8000/callbacks", results=()).count(Outcome.FAILED)
            0
        """
        return sum(result.outcome is outcome for result in self.results)

    @property
    def counts(self) -> str:
        """How many checks came out how."""
        return ", ".join(f"{self.count(outcome)} {outcome.value}" for outcome in Outcome)

    def to_json(self) -> dict[str, object]:
        """Return the scorecard as ``--json`` prints it.

        Returns:
            ``url`` (of a poller ``command``), ``verdict``, a number for each outcome, and ``checks``, the results as objects.

        Example:
            >>> list(Scorecard(url="http://127.0.0.1:8000/callbacks", results=()).to_json())
            ['url', 'verdict', 'passed', 'answered', 'failed', 'skipped', 'checks']
        """
        target, hidden = ("url", _OF_POLLERS) if self.subject == "receiver" else ("command", set())
        counts = {outcome.value: self.count(outcome) for outcome in Outcome}
        checks = [
            {key: value for key, value in to_builtins(result).items() if key not in hidden}
            for result in self.results
        ]
        return {target: self.url, "verdict": self.verdict, **counts, "checks": checks}

    def __str__(self) -> str:
        """Return the scorecard as the terminal shows it."""
        lines = [self.url, *map(str, self.results)]
        lines += [f"answered: {UNSEEN}"] if self.count(Outcome.ANSWERED) else []
        return "\n".join([*lines, self.counts])


def write_junit(output: OutputFile, scorecard: Scorecard) -> None:
    """Write a test case for each check."""
    suite = junitparser.TestSuite(xml_text(f"certify {scorecard.url}"))
    for result in scorecard.results:
        case = junitparser.TestCase(result.name, classname="elements-local.certify", time=result.seconds)
        if result.outcome is Outcome.FAILED:
            case.result = [junitparser.Failure(xml_text(result.why), "CertificateError")]
        elif result.outcome in {Outcome.SKIPPED, Outcome.ANSWERED}:  # a pass would say more than was seen
            case.result = [junitparser.Skipped(xml_text(result.why))]
        suite.add_testcase(case)
    document = junitparser.JUnitXml(CERTIFY)
    document.add_testsuite(suite)
    write_junit_document(output, document, seconds=sum(result.seconds for result in scorecard.results))


def write_html(output: OutputFile, scorecard: Scorecard) -> None:
    """Write one page; nothing in it comes from elsewhere, and all text of others is escaped."""
    page = render(
        "certificate.html",
        style="certificate.css",
        card=scorecard,
        verdict=scorecard.verdict,
        counts=scorecard.counts,
    )
    output.write(page)
