"""From the JSON Schema of OpenAPI 3.1 to what Swagger 2.0 has of it. Pure.

Source: the two specifications. What the older one cannot say (one of several types, a constant) is left open, or said
with fewer words.
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_SHARED = frozenset(
    {
        "type", "format", "title", "description", "default", "enum", "minimum", "maximum", "minLength",
        "maxLength", "pattern", "minItems", "maxItems", "required",
    }
)  # fmt: skip
_FROM, _TO = "#/components/schemas/", "#/definitions/"


def older(schema: Mapping[str, Any]) -> Schema:
    """Return a schema as Swagger 2.0 has it.

    >>> older({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]})
    {'type': 'integer', 'minimum': 1, 'x-nullable': True}
    """
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace(_FROM, _TO)}
    if "anyOf" in schema:
        return _one_of(schema["anyOf"])
    if isinstance(schema.get("type"), list):
        return _one_of([{**schema, "type": each} for each in schema["type"]])
    result = {key: value for key, value in schema.items() if key in _SHARED}
    if "const" in schema:
        result["enum"] = [schema["const"]]
    if "properties" in schema:
        result["properties"] = {name: older(each) for name, each in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), Mapping):
        result["additionalProperties"] = older(schema["additionalProperties"])
    if result.get("type") == "array":
        result["items"] = older(schema.get("items") or {})
    return result


def parameter(described: Mapping[str, Any]) -> Schema:
    """Return a parameter of a path, query or header as Swagger 2.0 has it: its schema is no part of its own."""
    plain = {
        key: value for key, value in described.items() if key in {"name", "in", "required", "description"}
    }
    schema = older(described.get("schema", {}))
    schema.pop("x-nullable", None)
    if not schema.get("type"):
        schema["type"] = "string"
    if schema["type"] == "array":
        schema["collectionFormat"] = "multi"
    return {**plain, **schema}


def resolved(value: Any, definitions: Mapping[str, Any], within: tuple[str, ...] = ()) -> Any:
    """Return a piece of a document with definitions in the places of the references to them.

    One that is within itself is left open there.
    """
    match value:
        case {"$ref": str(reference)}:
            name = reference.removeprefix(_TO)
            if name in within:
                return {}
            return resolved(definitions[name], definitions, (*within, name))
        case dict():
            return {key: resolved(each, definitions, within) for key, each in value.items()}
        case list():
            return [resolved(each, definitions, within) for each in value]
        case _:
            return value


def plain(schema: Any) -> Any:
    """Return a schema without what is no part of Swagger itself: keys that begin with ``x-``.

    A property may be called so, and stays.
    """
    match schema:
        case dict():
            return {
                key: {name: plain(each) for name, each in value.items()}
                if key == "properties" and isinstance(value, dict)
                else plain(value)
                for key, value in schema.items()
                if not key.startswith("x-")
            }
        case list():
            return [plain(each) for each in schema]
        case _:
            return schema


def referred(value: Any, definitions: Mapping[str, Any]) -> set[str]:
    """Return the names of the definitions that a piece of a document refers to, and of those that they do."""
    names: set[str] = set()
    pending = [value]
    while pending:
        match pending.pop():
            case {"$ref": str(reference)}:
                name = reference.removeprefix(_TO)
                if name not in names:
                    names.add(name)
                    pending.append(definitions[name])
            case dict() as mapping:
                pending.extend(mapping.values())
            case list() as items:
                pending.extend(items)
    return names


def _one_of(members: list[Mapping[str, Any]]) -> Schema:
    some = [older(member) for member in members if member.get("type") != "null"]
    if len(some) > 1:
        return {"description": "one of several shapes"}
    nullable = {"x-nullable": True} if len(some) < len(members) else {}
    return {**some[0], **nullable} if some else nullable


VERBS = {"get": "get", "post": "create", "put": "replace", "patch": "update", "delete": "delete"}
_NAMES = frozenset({"{objectName}", "{childObjectName}"})
_NO_LETTER = re.compile("[^A-Za-z0-9]+")


def operation_id(path: str, method: str) -> str:
    """Return the id of an operation: its verb, the words of its path, and by which parameter it ends.

    What makes something, and what ends in a parameter, speaks of one thing.

    >>> operation_id("/contacts", "get"), operation_id("/contacts", "post"), operation_id("/contacts/{id}", "patch")
    ('getContacts', 'createContact', 'updateContactById')
    >>> operation_id("/accounts/{id}/orders", "post"), operation_id("/accounts/{id}/orders/{orderId}", "get")
    ('createAccountOrder', 'getAccountsOrderByOrderId')
    """
    *front, end = path.strip("/").split("/")
    by = end.strip("{}") if _is_parameter(end) else ""
    words = [word for word in (front if by else [*front, end]) if not _is_parameter(word)]
    if method == "post":
        words = [_singular(word) for word in words]
    elif by and words:
        words[-1] = _singular(words[-1])
    named = "".join(_camel(word.strip("{}")) for word in words)
    return f"{VERBS[method]}{named}{f'By{_camel(by)}' if by else ''}"


def older_id(path: str, method: str) -> str:
    """Return the older id of an operation.

    >>> older_id("/accounts/{id}/addresses", "get")
    'GET-accounts-id-addresses'
    """
    return "-".join([method.upper(), *(word.strip("{}") for word in path.strip("/").split("/"))])


def _is_parameter(word: str) -> bool:
    return word.startswith("{") and word not in _NAMES


def _singular(word: str) -> str:
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _camel(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in _NO_LETTER.split(word))
