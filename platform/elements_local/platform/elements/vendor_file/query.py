"""What a list is asked: conditions and an order become the places of a request, and are read from one again."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from elements_local.kit.text import nearest
from elements_local.kit.values import replace
from elements_local.platform.ceql import And, Clause, Comparison, Or, matches
from elements_local.platform.ceql.grammar import with_fields
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.elements.vendor_file.file_resource import FileResource
from elements_local.platform.elements.vendor_file.model import FileListCall, VendorFilter
from elements_local.platform.elements.vendor_file.refusal import VendorRefusalError
from elements_local.platform.elements.vendor_file.templates import filled, placeholders, read
from elements_local.platform.errors import InvalidRequestError, quoted

CONDITION = re.compile(r"([\w.]+?)\s*(=|!=|<=|>=|<|>)")
"""A placeholder that stands for the value of a condition."""


class Candidate(Struct, frozen=True, kw_only=True):
    """A record that may be one of those that are asked for.

    Attributes:
        values: by the names by which they are known.
        linked: returns the ids of the records to which it is linked, of the resource that has this name at the vendor.
    """

    values: Mapping[str, object]
    linked: Callable[[str], frozenset[str]]


class VendorQuery(Struct, frozen=True, kw_only=True):
    """What a list is asked; fields have the names by which they are known.

    Attributes:
        where: None for all.
        also: what a hook asks for as well, which no clause can say.
        order: None for the list's own.
        fields: those that are wanted; None if nobody says.
    """

    where: Clause | None = None
    also: Callable[[Candidate], bool] | None = None
    order: SortOrder | None = None
    fields: tuple[str, ...] | None = None


def places_of(call: FileListCall) -> set[str]:
    """Return the places of a list's request."""
    return {*placeholders([call.parameters, call.request_headers, call.body])}


def understood(clause: Clause, resource: FileResource) -> Clause:
    """Return a clause of the hub with the names by which fields are known, its dates as milliseconds.

    Raises:
        InvalidRequestError: the records have no such field, or a date is none.
    """
    return _with_dates(with_fields(clause, partial(name_of, resource)), resource)


def name_of(resource: FileResource, field: str) -> str:
    """Return the name by which a field is known that a client of the hub names; case does not count.

    Raises:
        InvalidRequestError: the records have no such field.
    """
    known, shape = resource.known, resource.record
    found = known.get(field) or {each.casefold(): name for each, name in known.items()}.get(field.casefold())
    if found is None and shape.unknown == "refuse" and field.partition(".")[0] not in shape.constants:
        near = nearest(field, known)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(resource.names.values())}"
        raise InvalidRequestError(f"{resource.key} have no field {quoted(field)}; {hint}")
    return found or field


def _with_dates(clause: Clause, resource: FileResource) -> Clause:
    if isinstance(clause, And | Or):
        return type(clause)(tuple(_with_dates(each, resource) for each in clause.clauses))
    if not isinstance(clause, Comparison) or clause.field not in resource.dates:
        return clause
    at = resource.milliseconds(clause.value, clause.field)
    if at is None:
        raise InvalidRequestError(
            f"{resource.names[clause.field]} is a date in the format {resource.dates[clause.field].format!r}; "
            f"got {quoted(str(clause.value))}"
        )
    return replace(clause, value=at)


def asked(
    call: FileListCall, resource: FileResource, query: VendorQuery
) -> tuple[dict[str, object], Clause | None, bool]:
    """Return what fills a request's places, what of the conditions is left to see to here, and whether the order is seen to."""
    places, where = places_of(call), query.where
    values, filters, left = dict[str, object](), list[object](), list[Clause]()
    for one in where.clauses if isinstance(where, And) else [where] if where else []:
        written = _asked(call.filter, resource, one, places - values.keys())
        if written is None:
            left.append(one)
            continue
        place, operator, value = written
        if place:
            values[place] = value
        else:
            filters.append(value)
        if isinstance(one, Comparison) and (operator != one.operator or _is_cut(call.filter, resource, one)):
            left.append(one)
    if filters:
        values["filters"] = filters if call.filter.join is None else call.filter.join.join(map(str, filters))
    order = query.order or SortOrder(field=call.order.by, descending=call.order.descending)
    is_ordered = "order" in places and order.field in resource.names and resource.is_compared(order.field)
    if is_ordered:
        direction = call.order.words[order.descending]
        values["order"] = filled(
            call.order.each, {"field": resource.names[order.field], "direction": direction}
        )
    rest: Clause | None = And(tuple(left)) if len(left) > 1 else left[0] if left else None
    return values, rest, is_ordered


def _asked(
    form: VendorFilter, resource: FileResource, one: Clause, places: set[str]
) -> tuple[str, str, object] | None:
    """Return the place, the operator and the value of a condition that the vendor can see to, itself or by a wider one."""
    if not isinstance(one, Comparison) or (one.operator[0] != ">" and _is_cut(form, resource, one)):
        return None
    for operator in (one.operator, f"{one.operator}="):
        place = next((each for each in places if condition_of(each) == (one.field, operator)), "")
        if place:
            return place, operator, _value(form, resource, one)
        word = next((word for known, word in form.operators.items() if known == operator), None)
        if "filters" in places and word and one.field in resource.names and resource.is_compared(one.field):
            value = _value(form, resource, one)
            if form.quote and one.field not in resource.dates and isinstance(value, str):
                value = form.quote + value.replace(form.quote, f"\\{form.quote}") + form.quote
            named = {"field": resource.names[one.field], "operator": word, "value": value}
            return "", operator, filled(form.each, named)
    return None


def condition_of(place: str) -> tuple[str, str] | None:
    """Return the field and the operator of a place that is a condition's."""
    match = CONDITION.fullmatch(place)
    return (match[1], match[2]) if match else None


def _is_cut(form: VendorFilter, resource: FileResource, one: Comparison) -> bool:
    """Say whether a date is written as an earlier one, since the format has no more of it: the vendor finds more, or less."""
    if one.field not in resource.dates:
        return False
    patterns = [form.format] if form.format else []
    return resource.milliseconds(_value(form, resource, one), one.field, *patterns) != one.value


def _value(form: VendorFilter, resource: FileResource, one: Comparison) -> object:
    if one.field in resource.dates:
        return resource.date(int(one.value), one.field, form.format)
    return str(one.value) if resource.record.values == "text" else one.value


def query_read(call: FileListCall, resource: FileResource, found: Mapping[str, object]) -> VendorQuery:
    """Return what a list is asked by what a request has in its places.

    Raises:
        VendorRefusalError: a filter or an order cannot be read, or names what no record has.
    """
    clauses: list[Clause] = [
        _condition(call.filter, resource, *known, value)
        for name, value in found.items()
        if (known := condition_of(name))
    ]
    words = {word: operator for operator, word in call.filter.operators.items()}
    for one in _each(call.filter, found.get("filters")):
        parts = read(call.filter.each, one)
        operator = words.get(str(parts.get("operator")))
        if operator is None:
            raise VendorRefusalError(
                "invalid", f"the filter {quoted(str(one))} has no operator of {', '.join(words)}"
            )
        value = _unquoted(call.filter, parts.get("value"))
        clauses.append(_condition(call.filter, resource, str(parts.get("field")), operator, value))
    return VendorQuery(
        where=And(tuple(clauses)) if clauses else None,
        order=_order(call, resource, found.get("order")),
        fields=names_read(found.get("fields")),
    )


def _condition(
    form: VendorFilter, resource: FileResource, field: str, operator: str, value: Any
) -> Comparison:
    name = known_name(resource, field)
    if name in resource.dates:
        at = resource.milliseconds(value, name, *([form.format] if form.format else []))
        if at is None:
            raise VendorRefusalError("invalid", f"{quoted(str(value))} is no date", field=field)
        value = at
    return Comparison(name, operator, value if isinstance(value, str | int | float | bool) else str(value))


def known_name(resource: FileResource, field: str) -> str:
    """Return the name by which a field is known that a request names.

    Raises:
        VendorRefusalError: no record has it.
    """
    name = resource.known.get(field)
    if name is None:
        raise VendorRefusalError("invalid", f"there is no field {quoted(field)}", field=field)
    if not resource.is_compared(name):
        kind = resource.declared.fields[name].type
        said = f"records are neither found nor ordered by {quoted(field)}, of the type {kind}"
        raise VendorRefusalError("invalid", said, field=field)
    return name


def _each(form: VendorFilter, filters: object) -> Sequence[object]:
    if form.join is None or not isinstance(filters, str):
        if not isinstance(filters, list | None):
            raise VendorRefusalError("invalid", f"the filters {quoted(str(filters))} are no list")
        return filters or []
    quote, several = re.escape(form.quote), [""]
    in_quotes = rf"{quote}(?:\\.|[^{quote}\\])*{quote}|" if quote else ""
    for part in re.findall(rf"{in_quotes}{re.escape(form.join)}|.", filters, re.DOTALL | re.IGNORECASE):
        if part.casefold() == form.join.casefold():
            several.append("")
        else:
            several[-1] += part
    return several


def _unquoted(form: VendorFilter, value: object) -> object:
    quote = form.quote
    if quote and isinstance(value, str) and value.startswith(quote) and value.endswith(quote):
        return value.removeprefix(quote).removesuffix(quote).replace(f"\\{quote}", quote)
    return value


def _order(call: FileListCall, resource: FileResource, order: object) -> SortOrder | None:
    if order is None:
        return None
    parts = read(call.order.each, order)
    words = [word.casefold() for word in call.order.words]
    direction = str(parts.get("direction", call.order.words[0])).casefold()
    if "field" not in parts or direction not in words:
        raise VendorRefusalError("invalid", f"the order {quoted(str(order))} cannot be read")
    return SortOrder(field=known_name(resource, str(parts["field"])), descending=direction == words[1])


def names_read(fields: object) -> tuple[str, ...] | None:
    """Return the fields that a request names; None if it names none."""
    if fields is None:
        return None
    listed = fields if isinstance(fields, list) else str(fields).split(",")
    return tuple(name for each in listed if (name := str(each).strip()))


def holds(where: Clause | None, record: Mapping[str, object]) -> bool:
    """Say whether a record is one of those that a clause asks for."""
    return where is None or matches(where, record)


def is_asked_for(query: VendorQuery, record: Candidate) -> bool:
    """Say whether a record is one of those that are asked for."""
    return holds(query.where, record.values) and (query.also is None or query.also(record))
