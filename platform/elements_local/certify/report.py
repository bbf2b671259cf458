"""A scorecard as a JUnit file for a CI, and as one page of HTML for people."""

from pathlib import Path

import junitparser

from elements_local.certify.scorecard import Outcome, Scorecard
from elements_local.reports.files import render, write_junit_document, xml_text


def write_junit(path: Path, scorecard: Scorecard) -> None:
    """Write a test case for each check."""
    suite = junitparser.TestSuite(xml_text(f"certify {scorecard.url}"))
    for result in scorecard.results:
        case = junitparser.TestCase(result.name, classname="elements-local.certify", time=result.seconds)
        if result.outcome is Outcome.FAILED:
            case.result = [junitparser.Failure(xml_text(result.why), "CertificateError")]
        elif result.outcome in {Outcome.SKIPPED, Outcome.ANSWERED}:  # a pass would say more than was seen
            case.result = [junitparser.Skipped(xml_text(result.why))]
        suite.add_testcase(case)
    document = junitparser.JUnitXml("elements-local certify")
    document.add_testsuite(suite)
    write_junit_document(path, document, seconds=sum(result.seconds for result in scorecard.results))


def write_html(path: Path, scorecard: Scorecard) -> None:
    """Write one page; nothing in it comes from elsewhere, and all text of others is escaped."""
    page = render(
        "certificate.html",
        style="certificate.css",
        card=scorecard,
        verdict=scorecard.verdict,
        counts=scorecard.counts,
    )
    path.write_text(page, encoding="utf-8")
