"""``/hubs/{hub}/{resource}``: the CRM's records through an instance. The hub in a path is decorative (observed)."""

from flask import Blueprint

from mock_kit.operations import Answer, operation
from mock_platform.domain import configuration
from mock_platform.domain.ceql import parse
from mock_platform.domain.errors import InstanceDisabledError, InvalidRequestError
from mock_platform.domain.models import Instance
from mock_platform.domain.nulls import without_nulls
from mock_platform.elements.insightly import LARGEST_PAGE
from mock_platform.routes.parts import (
    DEFAULT_PAGE_SIZE,
    PAGE_HEADERS,
    PageQuery,
    Paging,
    hub_caller,
    page_headers,
    page_token,
    paging,
    parts,
)

bp = Blueprint("hubs", __name__, url_prefix="/hubs/<hub>")

Json = dict[str, object]

_PROBLEMS = (400, 403, 404, 409, 429, 502)
"""What the CRM, or the way there, may refuse a call with."""

_HEADERS = {"Elements-Element-Instance-Id": "the instance that was asked"}


class ListQuery(PageQuery, rename="camel", kw_only=True):
    """Which records are asked for.

    Attributes:
        where: a CEQL clause.
    """

    where: str = ""


@bp.url_value_preprocessor
def _forget_hub(_endpoint: str | None, values: dict[str, str] | None) -> None:
    if values:
        values.pop("hub", None)


def _instance() -> Instance:
    """Return the caller's instance, unless it is switched off.

    Raises:
        InstanceDisabledError: it is (observed: 403).
    """
    instance = hub_caller().instance
    if instance.disabled:
        raise InstanceDisabledError(instance.id)
    return instance


@bp.get("/<resource>")
@operation(needs=_instance, problems=_PROBLEMS, headers={**_HEADERS, **PAGE_HEADERS})
def index(instance: Instance, resource: str, query: ListQuery) -> Answer[list[Json]]:
    """List records, those that a ``where`` clause describes."""
    page = paging(query, default=_page_size(instance), largest=LARGEST_PAGE)
    where = query.where.strip()
    by_token = bool(query.next_page)
    found = parts().provider.page(
        instance.configuration,
        resource,
        parse(where) if where else None,
        size=page.size,
        offset=page.offset if by_token else 0,
        skip=0 if by_token else page.offset,
    )
    records = [_shown(instance, record) for record in found.records]
    return Answer(records, {**_headers(instance), **_page_headers(page, len(records), found.next_offset)})


@bp.get("/<resource>/<record_id>")
@operation(needs=_instance, problems=_PROBLEMS, headers=_HEADERS)
def get(instance: Instance, resource: str, record_id: str) -> Answer[Json]:
    """Show one record."""
    record = parts().provider.get(instance.configuration, resource, record_id)
    return Answer(_shown(instance, record), _headers(instance))


@bp.post("/<resource>")
@operation(needs=_instance, problems=_PROBLEMS, headers=_HEADERS)
def create(instance: Instance, resource: str, body: Json) -> Answer[Json]:
    """Make a record; an empty one is refused (observed)."""
    record = parts().provider.create(instance.configuration, resource, _fields(body))
    return Answer(_shown(instance, record), _headers(instance))


@bp.patch("/<resource>/<record_id>")
@bp.put("/<resource>/<record_id>")
@operation(needs=_instance, problems=_PROBLEMS, headers=_HEADERS)
def update(instance: Instance, resource: str, record_id: str, body: Json) -> Answer[Json]:
    """Change some of a record's fields; PUT is partial too (observed)."""
    record = parts().provider.update(instance.configuration, resource, record_id, _fields(body))
    return Answer(_shown(instance, record), _headers(instance))


@bp.delete("/<resource>/<record_id>")
@operation(needs=_instance, problems=_PROBLEMS, headers=_HEADERS)
def delete(instance: Instance, resource: str, record_id: str) -> Answer[None]:
    """Delete a record."""
    parts().provider.delete(instance.configuration, resource, record_id)
    return Answer(None, _headers(instance))


def _fields(fields: Json) -> Json:
    if not fields:
        raise InvalidRequestError("the body must be an object with at least one field; got {}")
    return fields


def _shown(instance: Instance, record: Json) -> Json:
    """Return a record without its nulls, if the instance filters them (the default: observed)."""
    if configuration.is_true(instance.configuration, configuration.FILTER_NULLS):
        return without_nulls(record)
    return record


def _page_size(instance: Instance) -> int:
    text = (instance.configuration.get(configuration.PAGE_SIZE) or "")[:9]
    return max(int(text), 1) if text.isascii() and text.isdecimal() else DEFAULT_PAGE_SIZE


def _headers(instance: Instance) -> dict[str, str]:
    return {"Elements-Element-Instance-Id": str(instance.id)}


def _page_headers(page: Paging, returned: int, next_offset: int | None) -> dict[str, str]:
    headers = page_headers(page, returned=returned, more=False)
    if next_offset is not None:
        headers["Elements-Next-Page-Token"] = page_token(next_offset)
    return headers
