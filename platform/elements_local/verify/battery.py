"""Runs the battery at a tenant and on a stack of our own, holds the two against each other, and takes away what was made."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

from elements_local.batteries import checks_in, title_of
from elements_local.errors import HarnessError
from elements_local.fidelity import ledger
from elements_local.start import Options, in_process
from elements_local.verify import checks_of_callbacks, checks_of_instances, checks_of_records
from elements_local.verify.check import Check, alike
from elements_local.verify.own_data import clean
from elements_local.verify.report import Agreement, Finding, VisitReport
from elements_local.verify.tenant import SinkReader, Tenant, tenant_of
from elements_local.verify.visit import Visit, refused
from mock_kit.workspaces.clock import SystemClock

BATTERY: dict[str, Check] = checks_in(checks_of_instances, checks_of_records, checks_of_callbacks)
"""The checks by their names, in the order in which they are made."""


Observed = Mapping[str, Any | HarnessError]


def visited(
    tenant: Tenant, *, profile: str, on_check: Callable[[str], None], on_left: Callable[[str], None]
) -> VisitReport:
    """Visit a tenant.

    Args:
        on_left: is told of what could not be taken away, also where the visit is cut off.
    """
    began, started, left = SystemClock().now(), monotonic(), list[str]()
    with reference(profile=profile, interval=tenant.interval) as own:
        ours = dict(observe(Visit(own)))
    visit = Visit(tenant)
    try:
        theirs = dict(observe(visit, on_check=on_check))
    finally:
        for what in _left(visit, tenant):
            on_left(what)
            left.append(what)
    return VisitReport(
        product=profile,
        began=began,
        seconds=monotonic() - started,
        findings=compare(ours, theirs),
        left=left,
    )


def _left(visit: Visit, tenant: Tenant) -> Iterator[str]:
    """Take away what a visit has made, and yield what could not be.

    What was being made when the visit was cut off has no id here yet, so it is looked for by its name.
    """
    yield from visit.made.take_away()
    try:
        for what, error in clean(tenant, run=tenant.run):
            if error:
                yield f"{what}: {error}"
    except HarnessError as error:
        yield f"what else there may be of this visit: {error}"


def observe(visit: Visit, *, on_check: Callable[[str], None] = lambda _: None) -> Iterator[tuple[str, Any]]:
    """Yield what each check sees at a tenant, or why it sees nothing."""
    for name, check in BATTERY.items():
        on_check(name)
        yield name, _seen(check, visit)


def _seen(check: Check, visit: Visit) -> Any:
    try:
        return check(visit)
    except HarnessError as error:
        return error
    except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        return HarnessError(
            f"the answer has another form than this check reads ({type(error).__name__}: {error})"
        )


@contextmanager
def reference(
    *, profile: str = "cloud-elements", interval: timedelta = timedelta(minutes=1)
) -> Iterator[Tenant]:
    """Give a stack of our own as a tenant, with every setting at its default, whatever is set."""
    environment = {"ELEMENTS_LOCAL_PLATFORM_PROFILE": profile}
    with in_process(Options(environment=environment)) as stack:
        clients = stack.new_workspace(seed=1)
        yield tenant_of(
            clients, SinkReader(clients.sink), name=f"elements-local, {profile}", interval=interval
        )


def compare(ours: Observed, theirs: Observed) -> list[Finding]:
    """Hold what was observed at a tenant against what our own stack does."""
    rows = rows_by_check()
    return [_finding(name, ours[name], seen, rows.get(name, ())) for name, seen in theirs.items()]


def _finding(name: str, ours: Any, theirs: Any, rows: tuple[str, ...]) -> Finding:
    title = title_of(BATTERY[name])
    for side, seen in (("here", ours), ("there", theirs)):
        if isinstance(seen, HarnessError):
            why = f"{side}: {refused(seen)}"
            return Finding(name=name, title=title, agreement=Agreement.NOT_SEEN, rows=rows, why=why)
    agreement = Agreement.AGREES if alike(ours, theirs) else Agreement.DIFFERS
    return Finding(name=name, title=title, agreement=agreement, rows=rows, ours=ours, theirs=theirs)


def rows_by_check() -> dict[str, tuple[str, ...]]:
    """Return the ledger's behaviours by the check that looks at them."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in ledger():
        for name in entry.verify:
            found[name] = (*found.get(name, ()), entry.behaviour)
    return found
