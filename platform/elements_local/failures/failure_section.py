"""The section of a failing test's report that says what happened in its workspace."""

from collections.abc import Iterator

import pytest

from elements_local.clients import WorkspaceClients
from elements_local.errors import HarnessError
from elements_local.failures.failure_report import PlainWording
from elements_local.failures.failure_report import report as text_of
from elements_local.failures.observed import observe
from elements_local.failures.reason import Explainer
from elements_local.failures.unreported import Unreported
from elements_local.reports.activity_lines import latest
from elements_local.stack.stack import Stack

_TITLE = "elements-local"
_MOST = 3


def latest_of(stack: Stack) -> int:
    """Return the number of what has happened last in a stack; 0 where nobody can tell."""
    try:
        return latest(stack.admin()) if stack.addresses.platform else 0
    except HarnessError:
        return 0


def touched(stack: Stack, *, after: int) -> Iterator[WorkspaceClients]:
    """Yield the latest few workspaces in which something has happened since; none where nobody can tell.

    Args:
        after: the number of what had happened last before.
    """
    if not stack.addresses.platform:
        return
    try:
        activities = stack.admin().call("GET", f"/_local/activity?after={after}&limit=10000")["activities"]
        workspaces = {each.name: each for each in stack.workspaces()}
    except HarnessError:
        return
    # Latest first, so that the few that are shown are those that the test used last.
    names = [*dict.fromkeys(activity["workspace"] for activity in reversed(activities))]
    yield from [stack.clients(workspaces[name]) for name in names if name in workspaces][:_MOST][::-1]


def add_section(
    report: pytest.TestReport, clients: WorkspaceClients, *, verbose: bool, fixture: bool
) -> None:
    """Add what happened in a workspace to a report, or, if that cannot be told, a line that says so.

    It belongs to the failure's own text where that can be added to, so that it is in every form of the report, also in
    one for a CI.

    Args:
        fixture: whether the workspace is that of the test's fixtures.
    """
    try:
        observed = observe(clients)
        words = PlainWording(observed.now.partition("T")[0])
        explainer = Explainer(
            explain=clients.platform.explain, observed=observed, words=words, fixture=fixture
        )
        text = text_of(observed, explainer.lines(Unreported(observed).all()), verbose=verbose)
    except Exception as error:  # noqa: BLE001 - whatever it is, the test's own failure has to be shown
        said = f": {str(error)[:200]}" if isinstance(error, HarnessError) else ""
        text = f"what happened cannot be told: {type(error).__name__}{said}"
    # A failed assertion has a text that can be added to; a text alone, as of a fixture, cannot.
    add = getattr(report.longrepr, "addsection", None)
    if add is None:
        report.sections.append((_TITLE, text))
    else:
        add(_TITLE, text)
