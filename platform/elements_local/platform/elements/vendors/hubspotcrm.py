"""HubSpot's own ways, which its file cannot say: OR groups of a search, batches, properties, and what the element makes of a record."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from flask import Response

from elements_local.kit.api.json_text import encode
from elements_local.kit.fakes.records import KeptRecord
from elements_local.kit.text import nearest
from elements_local.platform.ceql import And, Clause, Comparison, In, IsNull, Like, Or
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.elements.vendor_file import (
    FileFake,
    FileResource,
    VendorQuery,
    VendorRefusalError,
    known_name,
)
from elements_local.platform.errors import InvalidRequestError

Fields = dict[str, Any]
_WORDS = {"EQ": "=", "NEQ": "!=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_GROUPS, _FILTERS, _ALL_FILTERS, _LONGEST_QUERY = 5, 6, 18, 3000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_IDS = {"contacts": "vid", "accounts": "companyId", "opportunities": "dealId"}
_NEEDS = {"contacts": ("email", "firstname", "lastname"), "accounts": ("name", "domain")}
_TYPES = {
    "choice": ("enumeration", "select"),
    "number": ("number", "number"),
    "datetime": ("datetime", "date"),
}
_EXTERNAL = {"hubspot_owner_id", "pipeline", "dealstage"}
"""Properties whose options stand elsewhere: owners, pipelines and their stages."""
_SCRAMBLING = 5


def id_of(number: int) -> str:
    """Return an id: they do not grow with time."""
    return str(101 + 50 * ((number - 1) ^ _SCRAMBLING))


def written(fields: Fields, resource: FileResource, before: KeptRecord | None) -> Fields:
    """Return what is kept of what is written."""
    declared = resource.declared.fields
    unknown = [name for name in fields if name not in declared]
    if unknown:
        raise _not_valid(unknown, "PROPERTY_DOESNT_EXIST", 'Property "{}" does not exist')
    email = fields.get("email")
    if email and not _EMAIL.fullmatch(email):
        raise _not_valid(["email"], "INVALID_EMAIL", f"Email address {email} is invalid")
    needed = _NEEDS.get(resource.key, ())
    if before is None and needed and not any(fields.get(name) for name in needed):
        raise VendorRefusalError("required", f"one of {', '.join(needed)} is required", field=needed[0])
    made = dict(fields)
    if resource.key == "accounts" and made.get("domain"):
        made.setdefault("website", made["domain"])
    if close := made.get("closedate"):
        made["closedate"] = f"{close}T00:00:00Z" if _DATE.fullmatch(close) else close.replace(".000Z", "Z")
    return made


def _not_valid(names: Iterable[str], code: str, words: str) -> VendorRefusalError:
    said = {name: words.format(name) for name in names}
    found = [{"isValid": False, "message": text, "error": code, "name": name} for name, text in said.items()]
    errors = [
        {"message": text, "code": code, "context": {"propertyName": [name]}} for name, text in said.items()
    ]
    text = json.dumps(found, separators=(",", ":"))
    return VendorRefusalError("invalid", f"Property values were not valid: {text}", errors=errors)


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
        if name not in resource.known and not _is_never_set(name, resource):
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
    clauses: list[Clause] = [
        And(tuple(_condition(one, resource) for one in each)) for each in filters if each
    ]
    found: list[Clause] = [Or(tuple(clauses))] if clauses else []
    text = str(asked.get("query") or "")[:_LONGEST_QUERY]
    if text:
        found.append(Or(tuple(Like(name, f"%{text}%") for name in resource.declared.fields)))
    sorts = asked.get("sorts") or []
    return VendorQuery(
        where=And(tuple(found)) if found else None,
        order=_order(sorts[0], resource) if sorts else read.order,
        fields=read.fields,
    )


def _condition(one: Mapping[str, Any], resource: FileResource) -> Clause:
    named, operator = str(one.get("propertyName")), str(one.get("operator"))
    if _is_never_set(named, resource):
        return IsNull("id")
    name = known_name(resource, named)
    of = partial(_value, resource, name)
    if operator in _WORDS:
        return Comparison(name, _WORDS[operator], of(one.get("value")))
    others: dict[str, Callable[[], Clause]] = {
        "BETWEEN": lambda: And(
            (Comparison(name, ">=", of(one.get("value"))), Comparison(name, "<=", of(one.get("highValue"))))
        ),
        "IN": lambda: In(name, tuple(map(of, one.get("values") or ()))),
        "NOT_IN": lambda: And(tuple(Comparison(name, "!=", of(each)) for each in one.get("values") or ())),
        "HAS_PROPERTY": lambda: Like(name, "%"),
        "NOT_HAS_PROPERTY": lambda: IsNull(name),
        "CONTAINS_TOKEN": lambda: Like(name, f"%{one.get('value', '')}%".replace("*", "%")),
    }
    if operator not in others:
        raise VendorRefusalError("invalid", f"Invalid operator {operator}")
    return others[operator]()


def _is_never_set(name: str, resource: FileResource) -> bool:
    """Say whether contacts have a property, though never with a value."""
    return (resource.key, name) == ("contacts", "hs_lastmodifieddate")


def _value(resource: FileResource, name: str, given: Any) -> Any:
    """Return what a property is compared with; a date alone is refused."""
    declared, at = resource.declared.fields.get(name), None
    if name in resource.dates and not _DATE.fullmatch(str(given)):
        at = resource.milliseconds(given, name)
    is_number = declared is not None and declared.type == "number"
    if (
        given is None
        or (name in resource.dates and at is None)
        or (is_number and not _NUMBER.fullmatch(str(given)))
    ):
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
    """Add the routes of properties."""
    fake.route("GET", "/crm/v3/properties/{resource}", partial(_properties, fake))
    fake.route("GET", "/properties/v2/{resource}/properties", partial(_older_properties, fake))


def _properties(fake: FileFake, resource: str) -> Response:
    kind = fake.resource(resource)
    shown_ = [
        {
            **_property(kind, name),
            "hasUniqueValue": False,
            "modificationMetadata": {
                "archivable": True,
                "readOnlyDefinition": True,
                "readOnlyValue": name not in kind.declared.fields,
            },
        }
        for name in _names_of(kind)
    ]
    return Response(encode({"results": shown_}), mimetype="application/json")


def _older_properties(fake: FileFake, resource: str) -> Response:
    """Answer with the bare list of v1 and v2; of what is not modelled too, as clients ask for all at once."""
    if resource in fake.file.not_modelled:
        return Response(encode([{"name": "hs_object_id", "type": "number"}]), mimetype="application/json")
    kind = fake.resource(resource)
    shown_ = [
        {
            **_property(kind, name),
            "readOnlyDefinition": True,
            "readOnlyValue": name not in kind.declared.fields,
            "deleted": False,
        }
        for name in _names_of(kind)
    ]
    return Response(encode(shown_), mimetype="application/json")


def _names_of(kind: FileResource) -> list[str]:
    return sorted({*kind.declared.fields, *_dates(kind), "hs_object_id"})


def _dates(kind: FileResource) -> set[str]:
    return {each.path.rpartition(".")[2] for each in kind.dates.values()}


def _property(kind: FileResource, name: str) -> Fields:
    field = kind.declared.fields.get(name)
    own = ("datetime", "date") if name in _dates(kind) else ("number", "number")
    external = name in _EXTERNAL
    declared = "choice" if external else field.type if field else ""
    type_, field_type = _TYPES.get(declared, ("string", "text")) if field else own
    options = () if external or field is None else field.choices
    return {
        "name": name,
        "label": name,
        "type": type_,
        "fieldType": field_type,
        "description": "",
        "groupName": f"{kind.name}information",
        "options": [
            {"label": each, "value": each, "displayOrder": place, "hidden": False}
            for place, each in enumerate(options)
        ],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": external,
        "hidden": False,
        "hubspotDefined": True,
        "formField": field is not None,
    }
