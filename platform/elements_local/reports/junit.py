"""Results of scenarios as a JUnit file, which every CI can read."""

import re
from pathlib import Path

import junitparser

from elements_local.reports.replay_report import Case, CaseStatus, ReplayReport, by_file

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Case(junitparser.TestCase):
    """A test case with its place, which pytest writes in the same attributes and CI systems link to."""

    file = junitparser.Attr()
    line = junitparser.IntAttr()


def write_junit(path: Path, report: ReplayReport) -> None:
    """Write a test case for each scenario and each mistake, in one suite for each file."""
    document = junitparser.JUnitXml("elements-local")
    for file, cases in by_file(report.cases).items():
        suite = junitparser.TestSuite(xml_text(str(file)))
        suite.timestamp = report.began.replace(microsecond=0, tzinfo=None).isoformat()
        suite.add_testcases([_test_case(case) for case in cases])
        document.add_testsuite(suite)
    write(path, document, seconds=report.seconds)


def write(path: Path, document: junitparser.JUnitXml, *, seconds: float) -> None:
    """Write a document with its counts; what took how long as a whole is not the sum where it ran side by side."""
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
    document.time = round(seconds, 3)
    document.write(str(path), pretty=True)


def xml_text(text: str) -> str:
    r"""Write out what XML cannot hold, such as most control characters: a file with them is none.

    >>> xml_text("a\tb\x07")
    'a\tb\\x07'
    """
    return _NO_XML.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def _test_case(case: Case) -> _Case:
    """Return a case; its class is the file, written as pytest does: of a path, readers make packages at its dots."""
    test = _Case(xml_text(case.name), classname=_dotted(case.path), time=round(case.seconds, 3))
    test.file = xml_text(case.path.as_posix())
    test.line = case.failure.line if case.failure else case.line
    headline = xml_text(case.why.partition("\n")[0].rstrip(":"))
    if case.status is CaseStatus.SKIPPED:
        test.result = [junitparser.Skipped(headline)]
        return test
    result: junitparser.Error | junitparser.Failure
    if case.status is CaseStatus.ERROR:
        result = junitparser.Error(headline, "ScenarioError")
    elif case.failure:
        kind = "ExpectationError" if case.failure.expected else "HarnessError"
        result = junitparser.Failure(headline, kind)
    else:
        return test
    result.text = xml_text(case.why)
    test.result = [result]
    return test


def _dotted(path: Path) -> str:
    return xml_text(
        ".".join(part for part in path.with_suffix("").parts if part not in {path.anchor, ".", ".."})
    )
