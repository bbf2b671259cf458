"""What was owed to the receivers, held against what they got."""

from typing import Any

from flask import Blueprint, render_template

from elements_local.dashboard.context import clients, page, whole_page
from elements_local.reports.audit_text import WRONG

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
def index() -> str:
    """Show the audit of every instance."""
    return whole_page("audit.html", audits=_audits(), wrong=WRONG)


@bp.get("/verdict")
def verdict() -> str:
    """Return the verdict alone, for the head of a page that is there already."""
    audits = [audit for _, audit in _audits()]
    counts = {name: sum(len(audit[name]) for audit in audits) for name in WRONG}
    wrong = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    owed, delivered = (sum(audit[name] for audit in audits) for name in ("owed", "delivered"))
    return render_template(
        "verdict.html", good=not wrong, owed=owed, text=wrong or f"{delivered} of {owed} delivered"
    )


def _audits() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(poller, clients().platform.audit(poller["instanceId"])) for poller in page().pollers]
