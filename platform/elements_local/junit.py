"""Results of scenarios as a JUnit file, which every CI can read."""

from collections.abc import Sequence
from pathlib import Path

import junitparser

from elements_local.runner import Result


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """Write a test case for each scenario, in one suite for each file."""
    suites: dict[Path, junitparser.TestSuite] = {}
    for result in results:
        scenario, failure = result.scenario, result.failure
        suite = suites.setdefault(scenario.path, junitparser.TestSuite(str(scenario.path)))
        case = junitparser.TestCase(scenario.name, classname=str(scenario.path))
        if failure:
            case.result = [junitparser.Failure(f"{failure.place}: {failure.verb}", "ExpectationError")]
            case.result[0].text = str(failure)
        suite.add_testcase(case)
    document = junitparser.JUnitXml("elements-local")
    for suite in suites.values():
        suite.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library types only part of itself
    document.write(str(path), pretty=True)
