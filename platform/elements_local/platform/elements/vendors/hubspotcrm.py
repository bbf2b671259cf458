"""HubSpot's own ways, which its file cannot say: OR groups of a search, batches, properties, and what the element makes of a record."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from elements_local.kit.fakes.kept_record import KeptRecord
from elements_local.kit.text import nearest
from elements_local.platform.ceql import And, Clause, Comparison, In, IsNull, Like, Or, matches
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.elements.vendor_file import (
    Candidate,
    FileFake,
    FileResource,
    VendorQuery,
    VendorRefusalError,
    known_name,
)
from elements_local.platform.elements.vendors import routes_older, routes_properties
from elements_local.platform.errors import InvalidRequestError

Fields = dict[str, Any]
Condition = Callable[[Candidate], bool]
_WORDS = {"EQ": "=", "NEQ": "!=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_OPERANDS = {
    "BETWEEN": {"value", "highValue"},
    "IN": {"values"},
    "NOT_IN": {"values"},
    "HAS_PROPERTY": set[str](),
    "NOT_HAS_PROPERTY": set[str](),
}
_OPERATORS = (*_WORDS, *_OPERANDS, "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
_LINKED = "associations."
_GROUPS, _FILTERS, _ALL_FILTERS, _LONGEST_QUERY = 5, 6, 18, 3000
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_IDS = {"contacts": "vid", "accounts": "companyId", "opportunities": "dealId"}
_NEEDS = {"contacts": ("email", "firstname", "lastname"), "accounts": ("name", "domain")}
_SCRAMBLING = 5


def id_of(number: int) -> str:
    """Return an id: they do not grow with time."""
    return str(101 + 50 * ((number - 1) ^ _SCRAMBLING))


def written(fields: Fields, resource: FileResource, before: KeptRecord | None) -> Fields:
    """Return what is kept of what is written."""
    needed = _NEEDS.get(resource.key, ())
    if before is None and needed and not any(fields.get(name) for name in needed):
        raise VendorRefusalError("required", f"one of {', '.join(needed)} is required", field=needed[0])
    made = dict(fields)
    if resource.key == "accounts" and made.get("domain"):
        made.setdefault("website", made["domain"])
    if close := made.get("closedate"):
        made["closedate"] = f"{close}T00:00:00Z" if _DATE.fullmatch(close) else close.replace(".000Z", "Z")
    return made


def of_hub(record: Fields, resource: FileResource) -> Fields:
    """Return a record as the element has it: with an id of its own by a name of its own, dates in milliseconds."""
    properties = record.get("properties")
    if not isinstance(properties, dict):
        return record
    dates = {
        path: str(at)
        for name, date in resource.dates.items()
        if (path := date.path.rpartition(".")[2]) in properties
        and (at := resource.milliseconds(properties[path], name)) is not None
    }
    own = _IDS[resource.key]
    return {**record, own: int(record["id"]), "properties": {**properties, **dates}}


def where(clause: Clause, resource: FileResource) -> Clause:
    """Return what a clause of the hub means: `lastmodifieddate=` of any resource is since then.

    Raises:
        InvalidRequestError: there is no such property.
    """
    if isinstance(clause, And | Or):
        return type(clause)(tuple(where(each, resource) for each in clause.clauses))
    name = clause.field.removeprefix("properties.")
    if name.lower() != "lastmodifieddate" or not isinstance(clause, Comparison):
        if name not in resource.known:
            near = nearest(name, resource.declared.fields)
            hint = f"; did you mean {near}?" if near else ""
            raise InvalidRequestError(f"{resource.key} have no property {name[:100]!r}{hint}")
        return clause
    return Comparison("updated", ">=" if clause.operator == "=" else clause.operator, clause.value)


def query(asked: Any, read: VendorQuery, resource: FileResource) -> VendorQuery:
    """Return what a search is asked: groups are OR, the filters of each AND."""
    groups = asked.get("filterGroups") or []
    if asked.get("filters"):
        groups = [*groups, {"filters": asked["filters"]}]
    filters = [group.get("filters") or [] for group in groups]
    if not all(isinstance(each, list) and all(isinstance(one, dict) for one in each) for each in filters):
        raise VendorRefusalError("invalid", "filters are a list of objects")
    if (
        len(groups) > _GROUPS
        or sum(map(len, filters)) > _ALL_FILTERS
        or any(len(each) > _FILTERS for each in filters)
    ):
        raise VendorRefusalError(
            "invalid", f"at most {_GROUPS} groups, {_FILTERS} filters in each and {_ALL_FILTERS} in all"
        )
    conditions = [[_condition(one, resource) for one in each] for each in filters if each]
    text = str(asked.get("query") or "")
    if len(text) > _LONGEST_QUERY:
        raise VendorRefusalError("invalid", f"query has at most {_LONGEST_QUERY} characters; got {len(text)}")
    sorts = asked.get("sorts") or []
    if len(sorts) > 1:
        raise VendorRefusalError("invalid", f"at most one sort; got {len(sorts)}")
    return VendorQuery(
        where=Or(tuple(Like(name, f"%{text}%") for name in resource.declared.fields)) if text else None,
        also=lambda record: (
            not conditions or any(all(each(record) for each in group) for group in conditions)
        ),
        order=_order(sorts[0], resource) if sorts else read.order,
        fields=read.fields,
    )


def _condition(one: Mapping[str, Any], resource: FileResource) -> Condition:
    """Return whether records match one filter."""
    named, operator = str(one.get("propertyName")), str(one.get("operator"))
    if operator not in _OPERATORS:
        raise VendorRefusalError("invalid", f"Invalid operator {operator}; there are {', '.join(_OPERATORS)}")
    _check_operands(one, operator)
    if named.startswith(_LINKED):
        return _of_links(one, operator, named.removeprefix(_LINKED))
    name = known_name(resource, named)
    clause = _clause(one, operator.removeprefix("NOT_"), name, partial(_value, resource, name))
    if not operator.startswith("NOT_"):
        return lambda record: matches(clause, record.values)
    others = IsNull("id") if operator == "NOT_HAS_PROPERTY" else IsNull(name)
    return lambda record: not matches(Or((others, clause)), record.values)


def _check_operands(one: Mapping[str, Any], operator: str) -> None:
    wanted = _OPERANDS.get(operator, {"value"})
    given = {name for name in ("value", "values", "highValue") if one.get(name) not in (None, [])}
    if given != wanted:
        said = " and ".join(sorted(wanted)) or "no value"
        raise VendorRefusalError(
            "invalid", f"{operator} takes {said}; got {', '.join(sorted(given)) or 'none'}"
        )


def _clause(one: Mapping[str, Any], operator: str, name: str, of: Callable[[Any], Any]) -> Clause:
    if operator in _WORDS:
        return Comparison(name, _WORDS[operator], of(one["value"]))
    if operator == "BETWEEN":
        return And((Comparison(name, ">=", of(one["value"])), Comparison(name, "<=", of(one["highValue"]))))
    if operator == "IN":
        return In(name, tuple(map(of, one["values"])))
    return Like(name, "%" if operator == "HAS_PROPERTY" else f"%{one['value']}%".replace("*", "%"))


def _of_links(one: Mapping[str, Any], operator: str, kind: str) -> Condition:
    if operator == "NOT_HAS_PROPERTY":
        return lambda record: not record.linked(kind)
    if operator == "HAS_PROPERTY":
        return lambda record: bool(record.linked(kind))
    if operator not in {"EQ", "IN"}:
        raise VendorRefusalError("invalid", f"associations are found by EQ and IN; got {operator}")
    ids = {str(each) for each in one.get("values") or [one.get("value")]}
    return lambda record: not ids.isdisjoint(record.linked(kind))


def _value(resource: FileResource, name: str, given: Any) -> Any:
    """Return what a property is compared with; a date alone is refused."""
    declared, at = resource.declared.fields.get(name), None
    if name in resource.dates and not _DATE.fullmatch(str(given)):
        at = resource.milliseconds(given, name)
    is_number = declared is not None and declared.type == "number"
    if (name in resource.dates and at is None) or (is_number and not _NUMBER.fullmatch(str(given))):
        raise VendorRefusalError("invalid", "There was a problem with the request.")
    return at if name in resource.dates else float(given) if is_number else str(given)


def _order(sort: Any, resource: FileResource) -> SortOrder:
    if isinstance(sort, str):
        return SortOrder(field=known_name(resource, sort.removeprefix("-")), descending=sort.startswith("-"))
    if not isinstance(sort, dict):
        raise VendorRefusalError("invalid", "a sort is a text or an object")
    name = known_name(resource, str(sort.get("propertyName")))
    return SortOrder(field=name, descending=sort.get("direction") == "DESCENDING")


def add_routes(fake: FileFake) -> None:
    """Add the routes of properties, and those of versions 1 and 2."""
    routes_properties.add_routes(fake)
    routes_older.add_routes(fake)
