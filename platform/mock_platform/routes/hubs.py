"""``/hubs/{hub}/{resource}``: the CRM's records through an instance. The hub in a path is decorative (observed)."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from mock_platform.domain import configuration
from mock_platform.domain.ceql import parse
from mock_platform.domain.errors import InstanceDisabledError, InvalidRequestError
from mock_platform.domain.models import Instance
from mock_platform.domain.nulls import without_nulls
from mock_platform.elements.insightly import LARGEST_PAGE
from mock_platform.routes.parts import (
    DEFAULT_PAGE_SIZE,
    Paging,
    answer,
    done,
    hub_caller,
    page_headers,
    page_token,
    paging,
    parts,
    sent_body,
)

bp = Blueprint("hubs", __name__, url_prefix="/hubs/<hub>")


@bp.url_value_preprocessor
def _forget_hub(_endpoint: str | None, values: dict[str, str] | None) -> None:
    if values:
        values.pop("hub", None)


@bp.get("/<resource>")
def index(resource: str) -> ResponseReturnValue:
    """List records, those that a ``where`` clause describes."""
    instance = _instance()
    where = request.args.get("where", "").strip()
    page = paging(default=_page_size(instance), largest=LARGEST_PAGE)
    clause = parse(where) if where else None
    by_token = bool(request.args.get("nextPage"))
    found = parts().provider.page(
        instance.configuration,
        resource,
        clause,
        size=page.size,
        offset=page.offset if by_token else 0,
        skip=0 if by_token else page.offset,
    )
    records = [_shown(instance, record) for record in found.records]
    return answer(records, {**_headers(instance), **_page_headers(page, len(records), found.next_offset)})


@bp.get("/<resource>/<record_id>")
def get(resource: str, record_id: str) -> ResponseReturnValue:
    """Show one record."""
    instance = _instance()
    record = parts().provider.get(instance.configuration, resource, record_id)
    return answer(_shown(instance, record), _headers(instance))


@bp.post("/<resource>")
def create(resource: str) -> ResponseReturnValue:
    """Make a record; an empty one is refused (observed)."""
    instance = _instance()
    record = parts().provider.create(instance.configuration, resource, _fields())
    return answer(_shown(instance, record), _headers(instance))


@bp.patch("/<resource>/<record_id>")
@bp.put("/<resource>/<record_id>")
def update(resource: str, record_id: str) -> ResponseReturnValue:
    """Change some of a record's fields; PUT is partial too (observed)."""
    instance = _instance()
    record = parts().provider.update(instance.configuration, resource, record_id, _fields())
    return answer(_shown(instance, record), _headers(instance))


@bp.delete("/<resource>/<record_id>")
def delete(resource: str, record_id: str) -> ResponseReturnValue:
    """Delete a record."""
    instance = _instance()
    parts().provider.delete(instance.configuration, resource, record_id)
    response = done()
    response.headers.extend(_headers(instance))
    return response


def _instance() -> Instance:
    """Return the caller's instance, unless it is switched off.

    Raises:
        InstanceDisabledError: it is (observed: 403).
    """
    _, instance = hub_caller()
    if instance.disabled:
        raise InstanceDisabledError(instance.id)
    return instance


def _fields() -> dict[str, object]:
    fields = sent_body(dict[str, object])
    if not fields:
        raise InvalidRequestError("the body must be an object with at least one field; got {}")
    return fields


def _shown(instance: Instance, record: dict[str, object]) -> object:
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
