"""Companies and deals by the routes of HubSpot's versions 1 and 2, whose values come with their time and source."""

from functools import partial
from typing import Any

from flask import Response, request

from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.platform.dates.java_dates import epoch_milliseconds
from elements_local.platform.elements.vendor_file import FileFake, FileResource, VendorRefusalError, response

_KINDS = {"companies": ("companyId", 250, "has-more"), "deals": ("dealId", 250, "hasMore")}
"""The key of the id, the largest page, and the key that says whether there are more."""
_ALL = "includeAllProperties"


def add_routes(fake: FileFake) -> None:
    """Add the routes."""
    for kind, path, one in (
        ("companies", "/companies/v2/companies/paged", "/companies/v2/companies/{record_id}"),
        ("deals", "/deals/v1/deal/paged", "/deals/v1/deal/{record_id}"),
    ):
        fake.route("GET", path, partial(_paged, fake, kind), ("limit", "offset", "properties", _ALL))
        fake.route("GET", one, partial(_one, fake, kind))


def _paged(fake: FileFake, kind: str) -> Response:
    resource, (_, most, more) = fake.resource(kind), _KINDS[kind]
    size, start = _number("limit", most), _number("offset", 0)
    records = sorted(fake.records.kept.listed(resource.key), key=lambda each: int(each.id))
    page = [each for each in records if int(each.id) > start or not start][: min(size, most)]
    is_last = not page or page[-1].id == records[-1].id
    shown = [_record(fake, resource, kind, each, _asked()) for each in page]
    offset = int(page[-1].id) if page else start
    return response({kind: shown, more: not is_last, "offset": offset}, 200)


def _one(fake: FileFake, kind: str, record_id: str) -> Response:
    resource = fake.resource(kind)
    return response(_record(fake, resource, kind, fake.records.find(resource, record_id), None), 200)


def _asked() -> list[str] | None:
    """Return the properties that a list is asked for; None for all."""
    wants_all = request.args.get(_ALL, "").lower() == "true"
    return None if wants_all else request.args.getlist("properties")


def _record(
    fake: FileFake, resource: FileResource, kind: str, record: KeptRecord, asked: list[str] | None
) -> dict[str, Any]:
    own = {
        "createdate": (str(epoch_milliseconds(record.created)), record.created),
        "hs_lastmodifieddate": (str(epoch_milliseconds(record.updated)), record.updated),
        "hs_object_id": (record.id, record.created),
    }
    history = fake.records.kept.history(record)
    set_at = {
        name: (str(each[-1].value), each[-1].at)
        for name, each in history.items()
        if each[-1].value is not None
    }
    values: dict[str, dict[str, Any]] = {
        name: {
            "value": value,
            "timestamp": epoch_milliseconds(at),
            "source": "INTEGRATION",
            "sourceId": None,
            "versions": [],
        }
        for name, (value, at) in sorted({**set_at, **own}.items())
        if asked is None or name in asked
    }
    return {
        "portalId": 1,
        _KINDS[kind][0]: int(record.id),
        "isDeleted": False,
        **_more(fake, resource, kind, record),
        "properties": values,
        "stateChanges": [],
        **({"imports": []} if kind == "deals" else {"additionalDomains": [], "mergeAudits": []}),
    }


def _more(fake: FileFake, resource: FileResource, kind: str, record: KeptRecord) -> dict[str, Any]:
    if kind != "deals":
        return {}
    links = fake.links
    vids, companies = (
        sorted(map(int, links.linked(resource, record.id, name))) if links else []
        for name in ("contacts", "companies")
    )
    return {
        "associations": {"associatedVids": vids, "associatedCompanyIds": companies, "associatedDealIds": []}
    }


def _number(name: str, usual: int) -> int:
    text = request.args.get(name, str(usual))
    if not text.isascii() or not text.isdigit():
        raise VendorRefusalError("invalid", f"{name} is a whole number; got {text[:100]!r}")
    return int(text)
