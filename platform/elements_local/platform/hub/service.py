"""What a hub call does with records: the client's names become the provider's, the records come back as wanted.

Shown are the keys that ``fields`` names, and none that holds null.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import msgspec

from elements_local.kit.api.operations import Answer, present_request
from elements_local.kit.values import replace
from elements_local.platform.ceql import parse
from elements_local.platform.ceql.record_path import find_in_any_case, root_of, steps_of
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.objects import Direction
from elements_local.platform.core.ordering import parse_order
from elements_local.platform.core.paging import (
    DEFAULT_PAGE_SIZE,
    PageQuery,
    answered,
    paging,
)
from elements_local.platform.core.paths import ID_ALIAS_HEADER, INSTANCE_HEADER
from elements_local.platform.errors import InvalidRequestError, NotFoundError, quoted
from elements_local.platform.instances.call import HubCall
from elements_local.platform.lint.queries import LIST_PARAMETERS
from elements_local.platform.lint.service import send_along
from elements_local.platform.lint.unread_keys import in_fields, unread_in
from elements_local.platform.lint.warning import ConfigWarnings
from elements_local.platform.provider import PageRequest
from elements_local.platform.transformations.name_mapping import ID_ALIAS, NameMapping, names


def parse_fields(text: str) -> tuple[str, ...]:
    """Read a list with commas; nothing means all fields.

    >>> parse_fields("FIRST_NAME, user.id,")
    ('FIRST_NAME', 'user.id')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())


def project(record: Mapping[str, object], fields: Iterable[str]) -> dict[str, object]:
    """Return a record with those of the fields that it has, under its own spelling; a dotted one stays nested.

    Source: ``fields`` is a list with commas (documented); what a record lacks is left out, and case does not count
        (assumed).

    >>> project({"A": 1, "user": {"id": 5, "name": "Ada"}}, ["a", "user.id", "B"])
    {'A': 1, 'user': {'id': 5}}
    """
    spelled = {key.lower(): key for key in record}
    projected: dict[str, object] = {}
    for field in fields:
        key = field if field in record else spelled.get(field.lower())
        if key is not None:
            projected[key] = record[key]
        elif (value := find_in_any_case(record, field)) is not None:
            _put(projected, steps_of(field), value)
    return projected


def _put(record: dict[str, object], steps: Sequence[str], value: object) -> None:
    if len(steps) == 1:
        record[steps[0]] = value
        return
    inner = record.setdefault(steps[0], {})
    if isinstance(inner, dict):
        _put(inner, steps[1:], value)


def without_nulls(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record whose objects have no keys that hold null, at any depth.

    Source: keys whose value is null are removed (observed); at any depth (assumed).

    >>> without_nulls({"a": None, "b": {"c": None}, "d": [None, {"e": None}]})
    {'b': {}, 'd': [None, {}]}
    """
    return {
        # most lists of a record are empty, which is seen sooner than that they are lists
        key: _within(inner) if inner and isinstance(inner, (dict, list)) else inner
        for key, inner in record.items()
        if inner is not None
    }


def _within(value: object) -> object:
    if isinstance(value, list):
        return [_within(inner) for inner in value]
    return without_nulls(value) if isinstance(value, dict) else value


Json = dict[str, object]

PROBLEMS = (400, 403, 404, 405, 409, 429, 501, 502)
"""What the CRM, or the way there, may refuse a call with; 501 is that of the headers that are not imitated."""

HEADERS = {INSTANCE_HEADER: "the instance that was asked"}


class RecordListQuery(PageQuery, rename="camel", kw_only=True):
    """Which records are asked for, and how much of them.

    Attributes:
        where: a CEQL clause.
        fields: a list with commas; nothing means all.
        order_by: a field, and asc or desc.
    """

    where: str = ""
    fields: str = ""
    order_by: str = ""


class RecordQuery(msgspec.Struct):
    """How much of a record is asked for.

    Attributes:
        fields: a list with commas; nothing means all.
    """

    fields: str = ""


def _look_at_parameters(call: HubCall) -> None:
    """Warn of parameters of a list that nothing reads.

    Raises:
        InvalidRequestError: ``where`` comes twice.
    """
    sent = present_request().args
    if len(sent.getlist("where")) > 1:
        raise InvalidRequestError(
            "where may be given once, as another would not be read: join conditions by `and`"
        )
    unread = {name: value for name, value in sent.items() if name not in LIST_PARAMETERS}
    if unread:
        known = {name: name for name in LIST_PARAMETERS}
        send_along(call, ConfigWarnings.of(unread_in(unread, (), ("query",), known=known)))


def listed(call: HubCall, resource: str, query: RecordListQuery) -> Answer[list[Json]]:
    """List records, those that a ``where`` clause describes."""
    mapping = _names(call, resource)
    largest = call.connector_of(call.instance).largest_page
    page = paging(
        query, default=_page_size(call.instance, usual=min(DEFAULT_PAGE_SIZE, largest)), largest=largest
    )
    _look_at_parameters(call)
    where, order = query.where.strip(), query.order_by.strip()
    page_request = PageRequest(
        where=mapping.clause(parse(where)) if where else None,
        size=page.size,
        token=page.token,
        skip=page.skip,
        order=mapping.order(parse_order(order)) if order else None,
    )
    found = call.vendor(call.instance).page(mapping.resource, page_request)
    return answered(replace(found, items=shown(call, mapping, found.items, query.fields)), page)


def got(call: HubCall, resource: str, record_id: str, fields: str) -> Answer[Json]:
    """Show one record."""
    mapping = _names(call, resource)
    record = call.vendor(call.instance).get(mapping.resource, record_id)
    return _record(call, mapping, record, fields)


def created(call: HubCall, resource: str, body: Json) -> Answer[Json]:
    """Make a record; an empty one is refused (observed)."""
    mapping = _names(call, resource)
    fields = _sent(call, mapping, body)
    record = call.vendor(call.instance).create(mapping.resource, fields)
    _warn_of_unread(call, mapping, fields, record)
    return _record(call, mapping, record)


def updated(call: HubCall, resource: str, record_id: str, body: Json) -> Answer[Json]:
    """Change some of a record's fields; PUT is partial too (observed)."""
    mapping = _names(call, resource)
    fields = _sent(call, mapping, body)
    record = call.vendor(call.instance).update(mapping.resource, record_id, fields)
    _warn_of_unread(call, mapping, fields, record)
    return _record(call, mapping, record)


def deleted(call: HubCall, resource: str, record_id: str) -> Answer[None]:
    """Delete a record."""
    call.vendor(call.instance).delete(_names(call, resource).resource, record_id)
    return Answer(None)


def me(call: HubCall, fields: str) -> Answer[Json]:
    """Show the vendor's user whose credentials the instance has, by the names of users if the vendor lists them."""
    try:
        mapping = _names(call, "users")
    # a vendor without a list of users has a user all the same
    except NotFoundError:
        mapping = NameMapping(resource="users")
    return _record(call, mapping, call.vendor(call.instance).me(), fields)


def shown(call: HubCall, mapping: NameMapping, records: list[Json], fields: str = "") -> list[Json]:
    """Return records by the client's names, without nulls if the instance filters them (the default: observed)."""
    mapped = mapping.shown(records, now=call.now)
    if configuration.is_true(call.instance.configuration, configuration.FILTER_NULLS):
        # before fields are chosen: a field that is null is left out, asked for or not
        mapped = [without_nulls(record) for record in mapped]
    selected = parse_fields(fields)
    return [project(record, selected) for record in mapped] if selected else mapped


def _names(call: HubCall, resource: str) -> NameMapping:
    mapping = names(resource, call.instance.objects)
    return replace(
        mapping,
        id_field=call.connector_of(call.instance).collection(mapping.resource).id_field,
        shows_alias=call.settings.id_alias and (call.facts.header(ID_ALIAS_HEADER) or "").lower() != "false",
    )


def _record(call: HubCall, mapping: NameMapping, record: Json, fields: str = "") -> Answer[Json]:
    (only,) = shown(call, mapping, [record], fields)
    return Answer(only)


def _sent(call: HubCall, mapping: NameMapping, body: Json) -> Json:
    """Return a body by the provider's names.

    Raises:
        InvalidRequestError: it has no fields, or the transformation leaves none of them.
    """
    if not body:
        raise InvalidRequestError("the body must be an object with at least one field; got {}")
    fields = mapping.sent(body, now=call.now)
    if not fields:
        passing = [each.path for each in mapping.fields if each.passes(Direction.TO_VENDOR)]
        raise InvalidRequestError(
            f"the transformation leaves nothing of the body for the provider; expected any of {passing}, got {quoted(body)}"
        )
    return fields


def _warn_of_unread(call: HubCall, mapping: NameMapping, fields: Json, record: Json) -> None:
    """Say with the answer which fields the provider passes over, where those that it has are known; case does not count.

    Args:
        record: as it is after the write; what it shows has been kept, declared or not.
    """
    vendor = call.vendor(call.instance)
    known = [each["vendorPath"] for each in vendor.fields(mapping.resource, ask=False)]
    read = {name.lower() for path in known for name in (path, steps_of(path)[-1])} | {ID_ALIAS}
    unread = {
        path: value
        for path, value in _paths(fields, {root_of(each) for each in known} - {*known})
        if known and path.lower() not in read and find_in_any_case(record, path) is None
    }
    send_along(call, ConfigWarnings.of(in_fields(unread, known, vendor.renamed_fields(mapping.resource))))


def _paths(fields: Json, containers: Container[str]) -> Iterator[tuple[str, object]]:
    """Yield the paths of what is sent; of an object that only holds fields, those of its keys."""
    for name, value in fields.items():
        if name in containers and isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            yield name, value


def _page_size(instance: Instance, *, usual: int) -> int:
    text = (instance.configuration.get(configuration.PAGE_SIZE) or "")[:9]
    return max(int(text), 1) if text.isascii() and text.isdecimal() else usual
