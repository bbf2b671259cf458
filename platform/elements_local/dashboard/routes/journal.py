"""Every request that the services were sent, from outside and by one another."""

from flask import Blueprint, request

from elements_local.dashboard.context import page, whole_page
from elements_local.dashboard.routes.faults import service_client, whose
from elements_local.service_client import SERVICES

bp = Blueprint("journal", __name__, url_prefix="/journal")

_PAGE = 50


@bp.get("/")
def index() -> str:
    """Show the latest requests of a service, newest first."""
    runs = [each for each in SERVICES if each in page().runs]
    service = request.args.get("service") or runs[0]
    text = request.args.get("q", "")
    asked = {"q": text or None, "before": request.args.get("before", type=int), "limit": _PAGE}
    found = service_client(service).call("GET", f"/_local/journal{whose(service, **asked)}")
    return whole_page(
        "journal.html", service=service, services=runs, text=text, found=found, before=_cursor(found["next"])
    )


def _cursor(path: str | None) -> str | None:
    """Read from the path of the next page what it begins before."""
    return path.rpartition("before=")[2].partition("&")[0] if path else None
