"""The section of a failing test's report that says what happened in its workspace."""

import pytest

from elements_local.clients import Doors
from elements_local.failure_report import report as text_of
from elements_local.observed import observe

_TITLE = "elements-local"


def add_section(report: pytest.TestReport, doors: Doors, *, verbose: bool) -> None:
    """Add what happened in a workspace to a report, or, if that cannot be told, a line that says so.

    It belongs to the failure's own text where that can be added to, so that it is in every form of the report, also in
    one for a CI.
    """
    try:
        text = text_of(observe(doors), verbose=verbose)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test's own failure has to be shown
        text = f"what happened cannot be told: {type(error).__name__}: {str(error)[:200]}"
    add = getattr(report.longrepr, "addsection", None)
    if add is None:
        report.sections.append((_TITLE, text))
    else:
        add(_TITLE, text)
