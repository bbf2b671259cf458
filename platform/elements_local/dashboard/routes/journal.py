"""Every request that the services were sent, from outside and by one another."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import NotFound

from elements_local.dashboard import copies
from elements_local.dashboard.context import Answer, page, page_or_copy, read
from elements_local.dashboard.search_words import search_words
from elements_local.service_client import SERVICES

bp = Blueprint("journal", __name__, url_prefix="/journal")

_PAGE = 50
_LARGEST = 10**17


@bp.get("/")
def index() -> Answer:
    """Show the latest requests of a service, newest first."""
    return _shown(request.args.get("service") or _services()[0], None)


@bp.get("/<service>/latest")
def latest(service: str) -> Answer:
    """Lead to the latest request of a service."""
    found = read(service, "journal", limit=1)["exchanges"]
    return redirect(
        url_for(".show", service=service, number=found[0]["number"]) if found else url_for(".index")
    )


@bp.get("/<service>/<int:number>")
def show(service: str, number: int) -> Answer:
    """Show a request with its answer, beside the list."""
    found = read(service, "journal", before=min(number, _LARGEST) + 1, limit=1)["exchanges"]
    if not found or found[0]["number"] != number:
        raise NotFound(f"The journal of the {service} has no request {number}, or no longer.")
    return _shown(service, found[0])


def _shown(service: str, exchange: dict[str, Any] | None) -> Answer:
    words = search_words(request.args.get("q", ""))
    asked = {"q": words.text or None, "not": words.unwanted, "struck": request.args.get("struck") or None}
    found = read(service, "journal", **asked, before=request.args.get("before", type=int), limit=_PAGE)
    return page_or_copy(
        "journal.html",
        copies.of_exchange(exchange, service, page().address(service)) if exchange else {},
        exchange=exchange,
        service=service,
        services=_services(),
        filters={name: request.args[name] for name in ("q", "struck") if request.args.get(name)},
        found=found,
        hidden=read(service, "journal", limit=1)["total"] - found["total"],
    )


def _services() -> list[str]:
    return [each for each in SERVICES if each in page().runs]
