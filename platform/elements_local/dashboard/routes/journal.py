"""Every request that the services were sent, from outside and by one another."""

from typing import Any

from flask import Blueprint, redirect, request, url_for

from elements_local.clients.service_client import SERVICES
from elements_local.dashboard import copies
from elements_local.dashboard.context import Answer, clients, page
from elements_local.dashboard.lists import Listing, list_page

bp = Blueprint("journal", __name__, url_prefix="/journal")

EXCHANGES = Listing(name="journal", one="request", rows="exchanges", filters=("q", "struck"))


@bp.get("/")
def index() -> Answer:
    """Show the latest requests of a service, newest first."""
    return _shown(request.args.get("service") or _services()[0], None)


@bp.get("/<service>/")
def index_of(service: str) -> Answer:
    """Lead to the requests of a service."""
    return redirect(url_for(".index", service=service))


@bp.get("/<service>/latest")
def latest(service: str) -> Answer:
    """Lead to the latest request of a service."""
    return EXCHANGES.latest(otherwise=url_for(".index"), service=service)


@bp.get("/<service>/<int:request_id>")
def show(service: str, request_id: int) -> Answer:
    """Show a request with its answer, beside the list."""
    return _shown(service, EXCHANGES.find(request_id, service=service))


def _shown(service: str, exchange: dict[str, Any] | None) -> Answer:
    return list_page(
        EXCHANGES,
        lambda each: copies.of_exchange(each, service, page().address(service)),
        of={"service": service},
        one=exchange,
        services=_services(),
    )


def _services() -> list[str]:
    return [each for each in (*SERVICES, *clients().fakes) if each in page().everywhere]
