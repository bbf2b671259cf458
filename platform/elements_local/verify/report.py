"""What came of a visit: for a terminal, as JSON to be given back, as a JUnit file, as a page."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import Any

import junitparser
from msgspec import Struct

from elements_local.reports.html_page import render
from elements_local.reports.junit import write, xml_text
from mock_kit.workspaces.instants import format_instant


class Agreement(Enum):
    """What came of a check."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOT_SEEN = "not seen"


class Finding(Struct, frozen=True, kw_only=True):
    """One check of a tenant.

    Attributes:
        rows: the ledger's behaviours that it looks at.
        ours, theirs: what was observed, in a form without values.
        why: why it was not seen.
    """

    name: str
    title: str
    agreement: Agreement
    rows: tuple[str, ...]
    ours: Any = None
    theirs: Any = None
    why: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as ``--json`` prints it, and as it can be given back to the project."""
        seen = {"ours": self.ours, "theirs": self.theirs} if self.agreement is not Agreement.NOT_SEEN else {}
        why = {"why": self.why} if self.why else {}
        return {
            "check": self.name,
            "title": self.title,
            "verdict": self.agreement.value,
            "rows": list(self.rows),
            **seen,
            **why,
        }


class VisitReport(Struct, frozen=True, kw_only=True):
    """All findings of a visit.

    Attributes:
        product: what the tenant is one of, in the user's words.
        seconds: how long it took.
        left: what could not be taken away again.
    """

    product: str
    began: datetime
    seconds: float
    findings: Sequence[Finding]
    left: Sequence[str] = ()

    def count(self, agreement: Agreement) -> int:
        """Return how many checks came out so."""
        return sum(finding.agreement is agreement for finding in self.findings)

    @property
    def differs(self) -> bool:
        """Whether any check does."""
        return self.count(Agreement.DIFFERS) > 0

    @property
    def summary(self) -> str:
        """The counts in a sentence."""
        return ", ".join(f"{self.count(each)} {each.value}" for each in Agreement)

    def to_json(self) -> dict[str, Any]:
        """Return the block that can be given back: rows, verdicts and forms, no values and no addresses."""
        return {
            "date": format_instant(self.began)[:10],
            "product": self.product,
            "elements-local": version("elements-local"),
            "checks": [finding.to_json() for finding in self.findings],
        }

    def __str__(self) -> str:
        """Return the report as the terminal shows it."""
        lines = [f"{self.product}: {self.summary}"]
        for finding in self.findings:
            lines.append(f"  {finding.agreement.value:<8} {finding.name}: {finding.title}")
            lines += [f"           {line}" for line in _sides(finding)]
        lines += [f"left behind: {what}; verify --clean takes it away" for what in self.left]
        return "\n".join(lines)


def _sides(finding: Finding) -> list[str]:
    if finding.agreement is Agreement.DIFFERS:
        sides = {"here": finding.ours, "there": finding.theirs}
        return [f"{side:<6}{json.dumps(seen, ensure_ascii=False)}" for side, seen in sides.items()]
    return [finding.why] if finding.why else []


def write_junit(path: Path, report: VisitReport) -> None:
    """Write a test case for each check; one that was not seen is skipped."""
    suite = junitparser.TestSuite(xml_text(f"verify {report.product}"))
    for finding in report.findings:
        case = junitparser.TestCase(finding.name, classname="elements-local.verify", time=0)
        text = xml_text("\n".join(_sides(finding)))
        if finding.agreement is Agreement.DIFFERS:
            case.result = [junitparser.Failure(text, "Difference")]
        elif finding.agreement is Agreement.NOT_SEEN:
            case.result = [junitparser.Skipped(text)]
        suite.add_testcase(case)
    document = junitparser.JUnitXml("elements-local verify")
    document.add_testsuite(suite)
    write(path, document, seconds=report.seconds)


def write_html(path: Path, report: VisitReport) -> None:
    """Write one page, with the block to give back at its end."""
    page = render(
        "visit.html",
        style="certificate.css",
        report=report,
        rows=[(finding, _sides(finding)) for finding in report.findings],
        block=json.dumps(report.to_json(), indent=1, ensure_ascii=False),
    )
    path.write_text(page, encoding="utf-8")
