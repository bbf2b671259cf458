"""A replay's report as one page that needs nothing else: what failed first, then every file, with what happened in time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import junitparser

from elements_local.commands.replaying.report import COUNTED, Case, CaseStatus, ReplayReport, by_file
from elements_local.kit.instants import format_instant
from elements_local.stack.failures.timeline import TimelineEntry, clock_text, condensed
from elements_local.stack.output_files import OutputFile
from elements_local.stack.reports.files import REPLAY, render, write_junit_document, xml_text

_MOST_OPEN = 20
_BAD = (CaseStatus.ERROR, CaseStatus.FAILED)


def write_page(output: OutputFile, report: ReplayReport) -> None:
    """Write the page; nothing in it comes from elsewhere, and all text of others is escaped."""
    cases = list(report.cases)
    page = render(
        "replay.html",
        style="replay.css",
        counts=_counts(cases),
        bad=any(case.status in _BAD for case in cases),
        seconds=_seconds(report.seconds),
        began=format_instant(report.began.replace(microsecond=0)),
        notes=[note for note in ("interrupted" if report.interrupted else "", report.error) if note],
        sections=list(_sections(cases)),
    )
    output.write(page)


def _sections(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    bad = [case for case in cases if case.status in _BAD]
    if bad:
        yield _section("What failed", bad, opened=_MOST_OPEN)
    files = by_file(case for case in cases if case.status not in _BAD)
    for file, rest in files.items():
        yield _section(str(file), rest)


def _section(title: str, cases: Sequence[Case], *, opened: int = 0) -> dict[str, Any]:
    return {
        "title": title,
        "counts": _counts(cases),
        "seconds": _seconds(sum(case.seconds for case in cases)),
        "cases": [_shown(case, is_open=number < opened) for number, case in enumerate(cases)],
    }


def _shown(case: Case, *, is_open: bool) -> dict[str, Any]:
    duration = [] if case.status in {CaseStatus.ERROR, CaseStatus.SKIPPED} else [_seconds(case.seconds)]
    place = f"{case.path}:{case.line}" + (f":{case.column}" if case.column else "")
    return {
        "name": case.name,
        "status": case.status.value,
        "details": ", ".join([*duration, *case.tags]),
        "place": place,
        "why": case.why,
        "open": is_open,
        "moments": [_moment(moment) for moment in condensed(case.moments)],
    }


def _moment(moment: TimelineEntry) -> dict[str, Any]:
    to = "" if moment.until is None else f" to {clock_text(moment.until)}"
    return {
        "kind": moment.kind.value + ("" if moment.good else " bad"),
        "text": f"{clock_text(moment.after)}{to} {moment.text}",
    }


def _counts(cases: Iterable[Case]) -> str:
    """Return how many cases came to what; what none came to is left out, but for what passed."""
    counts = Counter(case.status for case in cases)
    return ", ".join(
        f"{counts[status]} {word}"
        for status, word in COUNTED.items()
        if counts[status] or status is CaseStatus.PASSED
    )


def _seconds(seconds: float) -> str:
    """Return a duration for people.

    >>> _seconds(0.0213), _seconds(8.04), _seconds(125)
    ('0.02 s', '8.0 s', '2 min 5 s')
    """
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"


class _Case(junitparser.TestCase):
    """A test case with its place, which pytest writes in the same attributes and CI systems link to."""

    file = junitparser.Attr()
    line = junitparser.IntAttr()


def write_junit(output: OutputFile, report: ReplayReport) -> None:
    """Write a test case for each scenario and each mistake, in one suite for each file."""
    document = junitparser.JUnitXml(REPLAY)
    for file, cases in by_file(report.cases).items():
        suite = junitparser.TestSuite(xml_text(str(file)))
        suite.timestamp = report.began.replace(microsecond=0, tzinfo=None).isoformat()
        suite.add_testcases([_test_case(case) for case in cases])
        document.add_testsuite(suite)
    write_junit_document(output, document, seconds=report.seconds)


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
