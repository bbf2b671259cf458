"""Schemas of OpenAPI 3.1 as Swagger 2.0 has them."""

import pytest

from elements_local.platform.documents.swagger_schema import older, parameter, referred, resolved

CASES = {
    "a plain one": ({"type": "string", "minLength": 1}, {"type": "string", "minLength": 1}),
    "a reference": ({"$ref": "#/components/schemas/Problem"}, {"$ref": "#/definitions/Problem"}),
    "nothing": ({}, {}),
    "any JSON value": ({"description": "any JSON value"}, {"description": "any JSON value"}),
    "null or a number": (
        {"anyOf": [{"type": "null"}, {"type": "integer"}]},
        {"type": "integer", "x-nullable": True},
    ),
    "null or a text, as types": ({"type": ["string", "null"]}, {"type": "string", "x-nullable": True}),
    "one of two": (
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"description": "one of several shapes"},
    ),
    "null alone": ({"anyOf": [{"type": "null"}]}, {"x-nullable": True}),
    "a constant": ({"const": "a"}, {"enum": ["a"]}),
    "words that are new": (
        {"type": "array", "prefixItems": [], "items": False},
        {"type": "array", "items": {}},
    ),
    "an array of anything": ({"type": "array"}, {"type": "array", "items": {}}),
    "inside": (
        {
            "type": "object",
            "properties": {"a": {"type": ["integer", "null"]}, "const": {"const": 1}},
            "required": ["a"],
            "additionalProperties": {"$ref": "#/components/schemas/X"},
        },
        {
            "type": "object",
            "properties": {"a": {"type": "integer", "x-nullable": True}, "const": {"enum": [1]}},
            "required": ["a"],
            "additionalProperties": {"$ref": "#/definitions/X"},
        },
    ),
}


@pytest.mark.parametrize(("newer", "expected"), CASES.values(), ids=CASES)
def test_a_schema(newer, expected):
    assert older(newer) == expected


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 1}),
        ({"type": ["string", "null"]}, {"type": "string"}),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            {"type": "string", "description": "one of several shapes"},
        ),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": {"type": "string"}, "collectionFormat": "multi"},
        ),
    ],
)
def test_a_parameters_schema_is_part_of_it(schema, expected):
    said = {"name": "page", "in": "query", "required": False, "style": "form", "schema": schema}

    assert parameter(said) == {"name": "page", "in": "query", "required": False, **expected}


DEFINITIONS = {
    "A": {"type": "object", "properties": {"b": {"$ref": "#/definitions/B"}}},
    "B": {"type": "array", "items": {"$ref": "#/definitions/C"}},
    "C": {"type": "string"},
    "Self": {"type": "object", "properties": {"self": {"$ref": "#/definitions/Self"}}},
}


def test_references_give_way_to_what_they_refer_to():
    assert resolved({"x": [{"$ref": "#/definitions/A"}]}, DEFINITIONS) == {
        "x": [{"type": "object", "properties": {"b": {"type": "array", "items": {"type": "string"}}}}]
    }


def test_a_definition_within_itself_is_left_open_there():
    assert resolved({"$ref": "#/definitions/Self"}, DEFINITIONS) == {
        "type": "object",
        "properties": {"self": {}},
    }


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"$ref": "#/definitions/A"}, {"A", "B", "C"}),
        ([{"x": {"$ref": "#/definitions/C"}}], {"C"}),
        ({"$ref": "#/definitions/Self"}, {"Self"}),
        ({"type": "string"}, set()),
    ],
)
def test_what_is_referred_to_directly_or_not(value, names):
    assert referred(value, DEFINITIONS) == names
