"""The Swagger 2.0 document of an element, or of one instance of it, from what the hub's routes were declared to be.

Source: the version, the paths without a hub, ``tags``, the contact and the ``x-element-`` entries of ``info`` (observed);
that an instance's document shows the fields it maps (observed); the rule of operation ids and the statuses that every
operation lists (observed in exported documents).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import chain, count
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from elements_local.platform.core.objects import DefinedField
from elements_local.platform.documents.objects import DocumentedObject
from elements_local.platform.documents.swagger_schema import (
    VERBS,
    Schema,
    older,
    older_id,
    operation_id,
    parameter,
    plain,
    referred,
    resolved,
)
from elements_local.platform.elements.connector import Element

JSON = "application/json"
VERSION = "api-v2"
CREDENTIALS = "credentials"

STATUSES = ("200", "400", "401", "403", "404", "405", "406", "409", "415", "500", "502")
"""What every operation lists."""

_CONTACT = "elements-local@example.com"
_VARIABLE = re.compile(r"{(\w+)}")
_VARIABLES = {
    "object_name": "objectName",
    "record_id": "objectId",
    "child_name": "childObjectName",
    "child_id": "childObjectId",
}
_PATHS_OF_OBJECTS = ("/{object_name}", "/{object_name}/{record_id}")
_AUTHORIZATION = {"type": "apiKey", "in": "header", "name": "Authorization"}
_TYPES: Mapping[str, Schema] = {
    "array": {"type": "array", "items": {}},
    "boolean": {"type": "boolean"},
    "number": {"type": "number"},
    "object": {"type": "object"},
}


class DocumentSubject(Struct, frozen=True, kw_only=True):
    """What a document is about, and where that is reached.

    Attributes:
        elements: those whose paths these are, of one hub.
    """

    title: str
    elements: tuple[Element, ...]
    host: str
    scheme: str
    base_path: str


class HubCalls(Struct, frozen=True, kw_only=True):
    """The hub's part of an OpenAPI 3.1 document: path below the hub -> its operations, and all schemas."""

    paths: Mapping[str, Mapping[str, Any]]
    schemas: Mapping[str, Mapping[str, Any]]


def document(
    calls: HubCalls, subject: DocumentSubject, objects: Sequence[DocumentedObject], *, basic: bool
) -> Schema:
    """Return a whole document: each object under its own paths, and all others under those with variables.

    Args:
        basic: without anything in the definitions that is no part of Swagger itself (observed).
    """
    definitions = {name: older(schema) for name, schema in calls.schemas.items()}
    paths: dict[str, Schema] = {}
    for name, each in _named(objects, taken=definitions):
        definitions[name] = _record(each.fields)
        place = _Place(
            word=quote(each.name, safe=""), definition=name, read_only=each.read_only, own=each.own
        )
        for path, item in calls.paths.items():
            if path in _PATHS_OF_OBJECTS:
                paths[place.path(path)] = _path_item(path, item, place)
    paths |= {_ANYWHERE.path(path): _path_item(path, item, _ANYWHERE) for path, item in calls.paths.items()}
    _tell_apart(paths)
    names = referred(paths, definitions)
    tags = {tag for item in paths.values() for said in item.values() for tag in said["tags"]}
    return {
        "swagger": "2.0",
        "info": _info(subject),
        "host": subject.host,
        "basePath": subject.base_path,
        "schemes": [subject.scheme],
        "consumes": [JSON],
        "produces": [JSON],
        "securityDefinitions": {CREDENTIALS: _AUTHORIZATION},
        "security": [{CREDENTIALS: []}],
        "tags": [{"name": tag, "description": f"Calls of {tag}"} for tag in sorted(tags)],
        "paths": dict(sorted(paths.items())),
        "definitions": {
            name: plain(schema) if basic else schema for name, schema in definitions.items() if name in names
        },
    }


def operation(whole: Schema, wanted: str) -> Schema | None:
    """Return a document of one operation alone; None if there is none.

    Args:
        wanted: the operation's own, or its method and path in the older form (both observed).
    """
    for path, item in whole["paths"].items():
        for method, said in item.items():
            if wanted in {said["operationId"], older_id(path, method)}:
                return _with_paths(whole, {path: {method: said}})
    return None


def of_object(whole: Schema, name: str) -> Schema:
    """Return a document of one object's own paths alone."""
    below = f"/{quote(name, safe='')}"
    paths = {
        path: item for path, item in whole["paths"].items() if path == below or path.startswith(f"{below}/")
    }
    return _with_paths(whole, paths)


def without_references(whole: Schema) -> Schema:
    """Return a document that refers to no definitions, and still has them."""
    return {key: resolved(value, whole["definitions"]) for key, value in whole.items()}


class _Place(Struct, frozen=True, kw_only=True):
    """Where an operation stands: below an object's own word, or, without one, below variables.

    Attributes:
        definition: of the object's records.
        own: whether an instance has given it this name.
    """

    word: str = ""
    definition: str = ""
    read_only: bool = False
    own: bool = False

    def path(self, path: str) -> str:
        """Return a path with the names of the document."""
        named = path.replace("{object_name}", self.word) if self.word else path
        return _VARIABLE.sub(lambda found: f"{{{self.variable(found[1])}}}", named)

    def variable(self, name: str) -> str:
        """Return what a variable of a path is called: an object's own has another name for its ids (observed)."""
        return "id" if self.word and not self.own else _VARIABLES.get(name, name)

    def record(self, schema: Schema) -> Schema:
        """Return the schema of an answer or body, a record of no known shape being one of the object's."""
        if not self.definition:
            return schema
        if schema.get("type") == "array":
            return {**schema, "items": self.record(schema["items"])}
        is_open = schema.get("type") == "object" and "properties" not in schema
        return {"$ref": f"#/definitions/{self.definition}"} if is_open else schema


_ANYWHERE = _Place()


def _path_item(path: str, item: Mapping[str, Any], place: _Place) -> Schema:
    shared = item.get("parameters", [])
    return {
        method: _operation(
            path, method, {**said, "parameters": [*shared, *said.get("parameters", [])]}, place
        )
        for method, said in item.items()
        if method in VERBS and (method == "get" or not place.read_only)
    }


def _operation(path: str, method: str, described: Mapping[str, Any], place: _Place) -> Schema:
    words = (word for word in path.strip("/").split("/") if not word.startswith("{"))
    return {
        "operationId": operation_id(place.path(path), method),
        "summary": described.get("summary", "").replace("``", "`"),
        "tags": [place.definition or next(words, "objects")],
        "parameters": [*_parameters(described, place), *_body(described, place)],
        "responses": {status: _response(status, described["responses"], place) for status in STATUSES},
    }


def _parameters(described: Mapping[str, Any], place: _Place) -> Iterator[Schema]:
    for each in described["parameters"]:
        if each["name"] == "hub" or (place.word and each["name"] == "object_name"):
            continue
        older_form = parameter(each)
        yield {**older_form, "name": place.variable(each["name"])} if each["in"] == "path" else older_form


def _body(described: Mapping[str, Any], place: _Place) -> Iterator[Schema]:
    if "requestBody" in described:
        schema = place.record(_content(described["requestBody"]))
        yield {"name": "body", "in": "body", "required": True, "schema": schema}


def _response(status: str, described: Mapping[str, Any], place: _Place) -> Schema:
    """Return what one status says; one that is not described says what the other refusals do."""
    answer = described.get(status)
    if answer is None:
        refusals = (each for other, each in described.items() if other >= "400")
        answer = {**next(refusals, {}), "description": "", "headers": {}}
    response: Schema = {"description": answer.get("description") or HTTPStatus(int(status)).phrase}
    if answer.get("content"):
        schema = _content(answer)
        response["schema"] = place.record(schema) if status == "200" else schema
    if answer.get("headers"):
        response["headers"] = {
            name: {"type": "string", "description": header.get("description", "")}
            for name, header in answer["headers"].items()
        }
    return response


def _content(described: Mapping[str, Any]) -> Schema:
    return older(described["content"].get(JSON, {}).get("schema", {}))


def _record(fields: Sequence[DefinedField]) -> Schema:
    """Return the schema of a record that has these fields, and may have others."""
    schema: Schema = {"type": "object", "properties": {}}
    for field in fields:
        _put(schema, field.path.split("."), dict(_TYPES.get(field.type, {"type": "string"})))
    return schema


def _put(within: Schema, path: list[str], schema: Schema) -> None:
    """Put a field's schema where its path leads; ``[*]`` behind a name is a list."""
    name, is_list = path[0].partition("[")[0] or path[0], "[" in path[0]
    properties = within.setdefault("properties", {})
    if len(path) == 1 and not is_list:
        properties.setdefault(name, schema)
        return
    inner: Schema = {"type": "object", "properties": {}}
    if is_list:
        listed = properties.setdefault(name, {"type": "array", "items": inner})
        inner = listed.setdefault("items", inner)
    else:
        inner = properties.setdefault(name, inner)
    if len(path) > 1:
        _put(inner, path[1:], schema)


def _info(subject: DocumentSubject) -> Schema:
    about: Schema = {
        "title": subject.title,
        "version": VERSION,
        "contact": {"email": _CONTACT},
        "x-element-hub": subject.elements[0].hub,
    }
    if len(subject.elements) == 1:
        (element,) = subject.elements
        about |= {"x-element-id": element.id, "x-element-key": element.key, "x-element-name": element.name}
    return about


def _named(
    objects: Sequence[DocumentedObject], *, taken: Mapping[str, object]
) -> Iterator[tuple[str, DocumentedObject]]:
    """Yield each object with a name for its definition that no other has."""
    names = {*taken}
    for each in objects:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", each.name)
        while name in names:
            name += "_"
        names.add(name)
        yield name, each


def _tell_apart(paths: Mapping[str, Schema]) -> None:
    """Let no two operations have one id: a number at its end tells them apart (observed)."""
    ids: set[str] = set()
    for said in (said for _, item in sorted(paths.items()) for said in item.values()):
        plain_id = said["operationId"]
        numbered = (f"{plain_id}{number}" for number in count(2))
        said["operationId"] = next(each for each in chain([plain_id], numbered) if each not in ids)
        ids.add(said["operationId"])


def _with_paths(whole: Schema, paths: Schema) -> Schema:
    """Return a document with these paths alone, and with what they refer to."""
    kept = referred(paths, whole["definitions"])
    known = {name: schema for name, schema in whole["definitions"].items() if name in kept}
    return {**whole, "paths": paths, "definitions": known}
