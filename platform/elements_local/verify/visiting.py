"""A whole visit: our own stack is observed, then the tenant; what was made is taken away, and the two are compared."""

from collections.abc import Callable
from time import monotonic

from elements_local.verify.battery import compare, observe, reference
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
        for what in visit.leave():
            on_left(what)
            left.append(what)
    return VisitReport(
        product=profile,
        began=began,
        seconds=monotonic() - started,
        findings=compare(ours, theirs),
        left=left,
    )
