"""A replay's report as one page that needs nothing else: what failed first, then every file, with what happened in time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from elements_local.failures.timeline import TimelineEntry, clock_text, condensed
from elements_local.kit.workspaces.instants import format_instant
from elements_local.reports.html_page import render
from elements_local.reports.replay_report import COUNTED, Case, CaseStatus, ReplayReport, by_file

_MOST_OPEN = 20
_BAD = (CaseStatus.ERROR, CaseStatus.FAILED)


def write_page(path: Path, report: ReplayReport) -> None:
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
    path.write_text(page, encoding="utf-8")


def _sections(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """Yield a section of what failed, and one for each file with the rest of it."""
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
        "told": ", ".join([*duration, *case.tags]),
        "place": place,
        "why": case.why,
        "open": is_open,
        "moments": [_moment(moment) for moment in condensed(case.moments)],
    }


def _moment(moment: TimelineEntry) -> dict[str, Any]:
    """Return what a list shows of a moment."""
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
