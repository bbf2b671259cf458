"""A scorecard as a JUnit file for a CI, and as one page of HTML for people."""

from pathlib import Path

import junitparser
from jinja2 import Environment, PackageLoader, StrictUndefined

from elements_local.certify.scorecard import Outcome, Scorecard


def write_junit(path: Path, scorecard: Scorecard) -> None:
    """Write a test case for each check."""
    suite = junitparser.TestSuite(f"certify {scorecard.url}")
    for result in scorecard.results:
        case = junitparser.TestCase(result.name, classname="elements-local.certify", time=result.seconds)
        if result.outcome is Outcome.FAILED:
            case.result = [junitparser.Failure(result.why, "CertificateError")]
        elif result.outcome is Outcome.SKIPPED:
            case.result = [junitparser.Skipped(result.why)]
        suite.add_testcase(case)
    suite.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
    document = junitparser.JUnitXml("elements-local certify")
    document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
    document.write(str(path), pretty=True)


def write_html(path: Path, scorecard: Scorecard) -> None:
    """Write one page; nothing in it comes from elsewhere, and all text of others is escaped."""
    environment = Environment(
        loader=PackageLoader("elements_local"), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("certificate.html").render(
        card=scorecard,
        verdict="passed" if scorecard.passed else "failed",
        counts=", ".join(f"{scorecard.count(outcome)} {outcome.value}" for outcome in Outcome),
    )
    path.write_text(page, encoding="utf-8")
