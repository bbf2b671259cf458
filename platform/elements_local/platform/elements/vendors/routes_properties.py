"""The properties of HubSpot's records and their groups: read, made, changed and archived, alone and in batches."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Response, request

from elements_local.platform.elements.vendor_file import (
    FieldType,
    FileFake,
    FileResource,
    VendorDefinition,
    VendorField,
    VendorRefusalError,
    response,
)

Shown = dict[str, Any]
_TYPES = {
    "choice": ("enumeration", "select"),
    "number": ("number", "number"),
    "datetime": ("datetime", "date"),
    "date": ("date", "date"),
    "boolean": ("bool", "booleancheckbox"),
}
_FIELD_TYPES: Mapping[str, FieldType] = {
    "number": "number",
    "bool": "boolean",
    "date": "date",
    "datetime": "datetime",
    "string": "text",
}
_EXTERNAL = {"hubspot_owner_id", "pipeline", "dealstage"}
"""Properties whose options stand elsewhere: owners, pipelines and their stages."""
_NEEDED = ("name", "label", "type", "fieldType", "groupName")
_GIVEN = (*_NEEDED[1:], "description", "options", "displayOrder", "hidden", "formField", "externalOptions")
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def add_routes(fake: FileFake) -> None:
    """Add the routes of properties."""
    of = "/crm/v3/properties/{resource}"
    properties = HubSpotProperties(fake)
    for method, path, view in (
        ("GET", of, properties.listed),
        ("POST", of, properties.made),
        ("POST", f"{of}/batch/create", properties.made_in_batch),
        ("POST", f"{of}/batch/read", properties.read_in_batch),
        ("POST", f"{of}/batch/archive", properties.archived_in_batch),
        ("GET", f"{of}/groups", properties.groups),
        ("POST", f"{of}/groups", properties.group_made),
        ("GET", f"{of}/groups/{{name}}", properties.group),
        ("PATCH", f"{of}/groups/{{name}}", properties.group_changed),
        ("DELETE", f"{of}/groups/{{name}}", properties.group_archived),
        ("GET", f"{of}/{{name}}", properties.one),
        ("PATCH", f"{of}/{{name}}", properties.changed),
        ("DELETE", f"{of}/{{name}}", properties.archived),
        ("GET", "/properties/v2/{resource}/properties", properties.older),
        ("GET", "/companies/v2/properties", partial(properties.older, "companies")),
        ("GET", "/deals/v1/properties", partial(properties.older, "deals")),
        ("GET", "/contacts/v1/properties", partial(properties.older, "contacts")),
    ):
        fake.route(method, path, view, ("archived",))


class HubSpotProperties:
    """The views."""

    def __init__(self, fake: FileFake) -> None:
        self._fake = fake

    def listed(self, resource: str) -> Response:
        """Show the properties of a kind, or those that are archived."""
        kind, wanted = self._fake.resource(resource), _asks_for_archived()
        return response({"results": [each for each in self._all(kind) if each["archived"] is wanted]}, 200)

    def one(self, resource: str, name: str) -> Response:
        """Show a property."""
        return response(self._found(self._fake.resource(resource), name, archived=_asks_for_archived()), 200)

    def made(self, resource: str) -> Response:
        """Make a property."""
        return response(self._make(self._fake.resource(resource), self._fake.body()), 201)

    def changed(self, resource: str, name: str) -> Response:
        """Change what is said of a property; its options are replaced as a whole."""
        kind, sent = self._fake.resource(resource), self._fake.body()
        before = self._found(kind, name)
        shown = {
            **before,
            **{key: value for key, value in sent.items() if key in _GIVEN},
            "updatedAt": self._fake.now(),
        }
        self._keep(kind, shown)
        return response(shown, 200)

    def archived(self, resource: str, name: str) -> Response:
        """Archive a property; one of HubSpot's own cannot be."""
        self._archive(self._fake.resource(resource), name)
        return response(None, 204)

    def made_in_batch(self, resource: str) -> Response:
        """Make several properties, or say of each why it cannot be made."""
        kind = self._fake.resource(resource)
        return self._batch(lambda one: self._make(kind, one), status=201)

    def read_in_batch(self, resource: str) -> Response:
        """Show several properties."""
        kind, archived = self._fake.resource(resource), bool(self._fake.body().get("archived"))
        return self._batch(lambda one: self._found(kind, str(one.get("name")), archived=archived), status=200)

    def archived_in_batch(self, resource: str) -> Response:
        """Archive several properties; those that are not there are no error."""
        kind = self._fake.resource(resource)
        self._batch(lambda one: self._archive(kind, str(one.get("name"))), status=204)
        return response(None, 204)

    def older(self, resource: str) -> Response:
        """Answer with the bare list of v1 and v2; of what is not modelled too, as clients ask for all at once."""
        if resource in self._fake.file.not_modelled:
            return response([{"name": "hs_object_id", "type": "number"}], 200)
        return response(
            [_as_older(each) for each in self._all(self._fake.resource(resource)) if not each["archived"]],
            200,
        )

    def groups(self, resource: str) -> Response:
        """Show the groups of properties of a kind."""
        kind, wanted = self._fake.resource(resource), _asks_for_archived()
        groups = [each for each in self._groups(kind).values() if each["archived"] is wanted]
        return response({"results": groups}, 200)

    def group(self, resource: str, name: str) -> Response:
        """Show a group."""
        return response(self._group(self._fake.resource(resource), name), 200)

    def group_made(self, resource: str) -> Response:
        """Make a group."""
        kind, sent = self._fake.resource(resource), self._fake.body()
        name = _needed(sent, ("name", "label"))
        if name in self._groups(kind):
            raise _conflict(
                f"A property group named '{name}' already exists.", "Properties.GROUP_WITH_NAME_EXISTS"
            )
        return response(
            self._keep_group(
                kind, {"name": name, "label": sent["label"], "displayOrder": sent.get("displayOrder", -1)}
            ),
            201,
        )

    def group_changed(self, resource: str, name: str) -> Response:
        """Change a group's label or place."""
        kind, sent = self._fake.resource(resource), self._fake.body()
        given: Shown = {key: sent[key] for key in ("label", "displayOrder") if key in sent}
        return response(self._keep_group(kind, {**self._group(kind, name), **given}), 200)

    def group_archived(self, resource: str, name: str) -> Response:
        """Archive a group."""
        kind = self._fake.resource(resource)
        self._keep_group(kind, {**self._group(kind, name), "archived": True})
        return response(None, 204)

    def _all(self, kind: FileResource) -> list[Shown]:
        defined = self._fake.definitions.all_of(kind.key)
        own = {name: _shown(kind, name) for name in [*kind.declared.fields, *_dates(kind), "hs_object_id"]}
        shown = {**own, **{name: {**each.about, "archived": each.archived} for name, each in defined.items()}}
        return [shown[name] for name in sorted(shown)]

    def _found(self, kind: FileResource, name: str, *, archived: bool = False) -> Shown:
        found = next((each for each in self._all(kind) if each["name"] == name), None)
        if found is None or (found["archived"] and not archived):
            said = f"Property {name} does not exist for object type {kind.declared.values['type_id']}"
            raise VendorRefusalError(
                "missing_property", said, status=404, category="OBJECT_NOT_FOUND", name=name
            )
        return found

    def _make(self, kind: FileResource, sent: Shown) -> Shown:
        name = _needed(sent, _NEEDED)
        if not _NAME.fullmatch(name):
            raise VendorRefusalError("invalid", f"a name has small letters, digits and _; got {name[:100]!r}")
        if sent["type"] not in {*_FIELD_TYPES, "enumeration"}:
            raise VendorRefusalError("invalid", f"there is no type {str(sent['type'])[:100]!r}")
        if any(each["name"] == name and not each["archived"] for each in self._all(kind)):
            raise _conflict(
                f"A property named '{name}' already exists.",
                "Properties.PROPERTY_WITH_NAME_EXISTS",
                name=name,
            )
        if sent["groupName"] not in self._groups(kind):
            raise VendorRefusalError(
                "invalid", f"there is no property group {str(sent['groupName'])[:100]!r}"
            )
        now = self._fake.now()
        shown = {
            **_empty(name),
            **{key: sent[key] for key in _GIVEN if key in sent},
            "hasUniqueValue": bool(sent.get("hasUniqueValue", False)),
            "createdAt": now,
            "updatedAt": now,
            "createdUserId": "1",
            "updatedUserId": "1",
        }
        self._keep(kind, shown)
        return shown

    def _keep(self, kind: FileResource, shown: Shown, *, archived: bool = False) -> None:
        field = _field(shown) if not shown["hubspotDefined"] else kind.declared.fields.get(shown["name"])
        about = {**shown, "archived": archived}
        self._fake.definitions.put(
            kind.key, VendorDefinition(name=shown["name"], field=field, about=about, archived=archived)
        )

    def _archive(self, kind: FileResource, name: str) -> Shown:
        shown = self._found(kind, name)
        if shown["hubspotDefined"]:
            raise VendorRefusalError(
                "invalid", f"the property {name} is HubSpot's own, and cannot be archived"
            )
        self._keep(kind, shown, archived=True)
        return shown

    def _batch(self, do: Callable[[Shown], Shown], *, status: int) -> Response:
        now, results, errors = self._fake.now(), list[Shown](), list[Shown]()
        for one in self._fake.body().get("inputs") or []:
            try:
                results.append(do(one if isinstance(one, dict) else {}))
            except VendorRefusalError as error:
                category = str(error.values.get("category", "VALIDATION_ERROR"))
                context = {"name": [str(one.get("name")) if isinstance(one, dict) else ""]}
                errors.append(
                    {"status": "error", "category": category, "message": str(error), "context": context}
                )
        body = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        more = {"numErrors": len(errors), "errors": errors} if errors else {}
        return response({**body, **more}, 207 if errors else status)

    def _groups(self, kind: FileResource) -> dict[str, Shown]:
        usual: Shown = {
            "name": f"{kind.name}information",
            "label": f"{kind.name.title()} information",
            "displayOrder": 0,
        }
        defined = self._fake.definitions.all_of(f"{kind.key} groups")
        return {usual["name"]: {**usual, "archived": False}} | {
            name: each.about for name, each in defined.items()
        }

    def _group(self, kind: FileResource, name: str) -> Shown:
        found = self._groups(kind).get(name)
        if found is None or found["archived"]:
            said = f"Property group {name} does not exist"
            raise VendorRefusalError("missing_property", said, status=404, category="OBJECT_NOT_FOUND")
        return found

    def _keep_group(self, kind: FileResource, shown: Shown) -> Shown:
        about = {"archived": False, **shown}
        self._fake.definitions.put(f"{kind.key} groups", VendorDefinition(name=shown["name"], about=about))
        return about


def _asks_for_archived() -> bool:
    return request.args.get("archived", "").lower() == "true"


def _needed(sent: Shown, names: tuple[str, ...]) -> str:
    if missing := [name for name in names if not isinstance(sent.get(name), str)]:
        raise VendorRefusalError("invalid", f"the body has no {missing[0]}")
    return str(sent["name"])


def _conflict(said: str, sub_category: str, **values: object) -> VendorRefusalError:
    more = {"status": 409, "category": "OBJECT_ALREADY_EXISTS", "sub_category": sub_category}
    return VendorRefusalError("taken_name", said, **more, **values)


def _dates(kind: FileResource) -> list[str]:
    return [each.path.rpartition(".")[2] for each in kind.dates.values()]


def _field(shown: Shown) -> VendorField:
    """Return a property as a field of records; one of several choices takes any text."""
    unique, options = (
        bool(shown["hasUniqueValue"]),
        tuple(str(each["value"]) for each in shown.get("options") or []),
    )
    if shown["type"] == "enumeration":
        several = shown["fieldType"] == "checkbox" or not options
        return VendorField(unique=unique) if several else VendorField(type="choice", choices=options)
    return VendorField(type=_FIELD_TYPES[shown["type"]], unique=unique)


def _empty(name: str) -> Shown:
    """Return what a property is until something is said of it."""
    return {
        "name": name,
        "label": name,
        "type": "string",
        "fieldType": "text",
        "description": "",
        "groupName": "",
        "options": [],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": False,
        "hasUniqueValue": False,
        "hidden": False,
        "hubspotDefined": False,
        "modificationMetadata": {"archivable": True, "readOnlyDefinition": False, "readOnlyValue": False},
        "formField": False,
        "archived": False,
    }


def _shown(kind: FileResource, name: str) -> Shown:
    """Return one of HubSpot's own properties as it is shown."""
    field, external = kind.declared.fields.get(name), name in _EXTERNAL
    own = ("datetime", "date") if name in _dates(kind) else ("number", "number")
    type_, field_type = _TYPES.get("choice" if external else field.type, ("string", "text")) if field else own
    options = () if external or field is None else field.choices
    read_only = field is None or field.read_only or bool(field.computed)
    return {
        **_empty(name),
        "type": type_,
        "fieldType": field_type,
        "groupName": f"{kind.name}information",
        "options": [
            {"label": each, "value": each, "displayOrder": place, "hidden": False}
            for place, each in enumerate(options)
        ],
        "externalOptions": external,
        "hasUniqueValue": field is not None and field.unique,
        "hubspotDefined": True,
        "modificationMetadata": {"archivable": False, "readOnlyDefinition": True, "readOnlyValue": read_only},
        "formField": not read_only,
    }


def _as_older(shown: Shown) -> Shown:
    """Return a property in the flat form of v1 and v2."""
    kept = {
        name: value
        for name, value in shown.items()
        if name not in {"modificationMetadata", "archived", "hasUniqueValue"}
    }
    meta = shown["modificationMetadata"]
    return {
        **kept,
        "readOnlyValue": meta["readOnlyValue"],
        "readOnlyDefinition": meta["readOnlyDefinition"],
        "deleted": shown["archived"],
        "createdAt": None,
        "updatedAt": None,
        "referencedObjectType": None,
        "favorited": False,
    }
