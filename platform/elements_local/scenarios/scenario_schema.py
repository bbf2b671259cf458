"""The format of scenarios as JSON Schema, for editors: made from the shapes that files are read with."""

from typing import Any

from elements_local.kit.api.shape_words import schemas_of
from elements_local.scenarios.matrix import MATRIX, MOST_ROWS
from elements_local.scenarios.scenario_document import ScenarioHead
from elements_local.scenarios.verbs import VERBS

_REF = "#/$defs/{name}"
_TYPES = ("integer", "number", "boolean", "array", "object")
_NARROW = {"enum", "pattern"}
_PLACEHOLDER = {"type": "string", "pattern": r"<[A-Za-z_]\w*>"}
_ROW = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": True,
}

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the schema of one document.

    Whatever a ``matrix`` may fill in may be a placeholder such as ``<kind>``, so numbers and choices may be one, too.
    """
    (head, *verbs), definitions = schemas_of(
        [ScenarioHead, *(verb.shape for verb in VERBS.values())], reference=_REF
    )
    document = definitions.pop(head["$ref"].rpartition("/")[2])
    document["properties"][MATRIX] = {
        "description": "the same scenario once for each row; <name> stands for the row's value",
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_ROWS,
        "items": _ROW,
    }
    document["properties"]["steps"] = {
        "description": "what happens, one verb each",
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": dict(zip(VERBS, verbs, strict=True)),
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of elements-local",
        **_open_inside(document),
        "$defs": _open_each(definitions),
    }


def _open(schema: Any) -> Any:
    """Let placeholders stand where anything but a free text is wanted."""
    if isinstance(schema, list):
        return [_open(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    opened = _open_inside(schema)
    narrow = opened.get("type") in _TYPES or not opened.keys().isdisjoint(_NARROW)
    return {"anyOf": [opened, _PLACEHOLDER]} if narrow else opened


def _open_inside(schema: Schema) -> Schema:
    """Open what is inside a schema, and leave it itself as it is."""
    return {key: _open_each(inner) if key == "properties" else _open(inner) for key, inner in schema.items()}


def _open_each(schemas: Schema) -> Schema:
    return {name: _open(schema) for name, schema in schemas.items()}
