"""A whole visit: our own stack is observed, then the tenant; what was made is taken away, and the two are compared."""

from collections.abc import Callable, Iterator
from time import monotonic

from elements_local.errors import HarnessError
from elements_local.verify.battery import compare, observe, reference
from elements_local.verify.cleaning import clean
from elements_local.verify.report import VisitReport
from elements_local.verify.tenant import Tenant
from elements_local.verify.visit import Visit
from mock_kit.workspaces.clock import SystemClock


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
