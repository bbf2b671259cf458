"""Swagger 2.0 documents, made from the hub's part of an OpenAPI 3.1 document: whole, their schemas, and mapped objects."""

from each_row import each_row
from examples import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV2SpecValidator

from elements_local.kit.values import replace
from elements_local.platform.core.objects import (
    DefinedField,
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Transformation,
)
from elements_local.platform.documents.objects import DocumentedObject, mapped, with_alias
from elements_local.platform.documents.swagger import (
    DocumentSubject,
    HubCalls,
    document,
    of_object,
    without_references,
)
from elements_local.platform.documents.swagger_schema import older, parameter, resolved
from elements_local.platform.elements.insightly.definition import INSIGHTLY

ANY = {"type": "object", "additionalProperties": {"description": "any JSON value"}}
PROBLEM = {
    "description": "Not Found",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def said(schema, **others):
    content = {"application/json": {"schema": schema}} if schema else {}
    responses = {"200": {"description": "OK", "content": content}, "404": PROBLEM}
    return {"summary": "Do ``it``.", "responses": responses, **others}


def path(*names, **methods):
    text = {"type": "string", "minLength": 1}
    return {
        "parameters": [{"name": name, "in": "path", "required": True, "schema": text} for name in names],
        **methods,
    }


BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": ANY}}}}
PAGE = {"name": "page", "in": "query", "required": False, "description": "", "schema": {"type": "integer"}}
CALLS = HubCalls(
    paths={
        "/{object_name}": path(
            "hub",
            "object_name",
            get=said({"type": "array", "items": ANY}, parameters=[PAGE]),
            post=said(ANY, **BODY),
        ),
        "/{object_name}/{record_id}": path(
            "hub", "object_name", "record_id", get=said(ANY), patch=said(ANY, **BODY), delete=said(None)
        ),
    },
    schemas={"Problem": {"type": "object", "properties": {"message": {"type": "string"}}}},
)
SUBJECT = DocumentSubject(
    title="Mine", elements=(INSIGHTLY,), host="127.0.0.1:4700", scheme="http", base_path="/elements/api-v2"
)
CONTACTS = DocumentedObject(
    name="contacts",
    fields=(
        DefinedField(path="CONTACT_ID", type="number"),
        DefinedField(path="name.first", type="string"),
        DefinedField(path="TAGS", type="array"),
        DefinedField(path="LINKS[*].id", type="number"),
        DefinedField(path="DONE", type="boolean"),
        DefinedField(path="WHEN", type="date"),
    ),
)


def made(*objects, basic=False, subject=SUBJECT):
    return document(CALLS, subject, objects, basic=basic)


def problems(whole):
    return [str(error) for error in OpenAPIV2SpecValidator(whole).iter_errors()]


def test_a_definition_shows_the_fields_where_their_paths_lead():
    assert made(CONTACTS)["definitions"]["contacts"] == {
        "type": "object",
        "properties": {
            "CONTACT_ID": {"type": "number"},
            "name": {"type": "object", "properties": {"first": {"type": "string"}}},
            "TAGS": {"type": "array", "items": {}},
            "LINKS": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "number"}}}},
            "DONE": {"type": "boolean"},
            "WHEN": {"type": "string"},
        },
    }


def test_a_basic_document_has_nothing_in_its_definitions_that_is_not_swaggers():
    extended = {"type": "object", "properties": {"x-a": {"type": "string", "x-nullable": True}}, "x-b": [1]}
    calls = replace(CALLS, schemas={"Problem": extended})
    whole, basic = (document(calls, SUBJECT, (CONTACTS,), basic=wanted) for wanted in (False, True))

    assert "x-" not in str(basic["definitions"]).replace("'x-a'", "")
    assert "x-element-id" in basic["info"]
    assert basic["definitions"]["contacts"] == whole["definitions"]["contacts"]


def test_ids_that_would_be_the_same_have_a_number_at_their_end():
    objects = (DocumentedObject(name="contacts"), DocumentedObject(name="Contacts"))

    ids = {path: item["get"]["operationId"] for path, item in made(*objects)["paths"].items()}

    assert (ids["/Contacts"], ids["/contacts"]) == ("getContacts", "getContacts2")


@settings(max_examples=examples(5))
@given(
    names=st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=5),
    paths=st.lists(st.text(max_size=8), max_size=4),
    read_only=st.booleans(),
)
@example(names=["contacts"], paths=["CONTACT_ID", "name.first", "LINKS[*].id"], read_only=False)
def test_whatever_objects_and_fields_are_called_a_document_is_valid(names, paths, read_only):
    fields = tuple(DefinedField(path=path, type="string") for path in paths)
    whole = made(*(DocumentedObject(name=name, fields=fields, read_only=read_only) for name in names))
    ofs = [of_object(whole, name) for name in names]

    assert [problems(each) for each in (whole, without_references(whole), *ofs)] == [[]] * (2 + len(ofs))
    ids = [each["operationId"] for item in whole["paths"].values() for each in item.values()]
    assert len(set(ids)) == len(ids)


CASES = {
    "a reference": ({"$ref": "#/components/schemas/Problem"}, {"$ref": "#/definitions/Problem"}),
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
    "a constant": ({"const": "a"}, {"enum": ["a"]}),
    "words that are new": (
        {"type": "array", "prefixItems": [], "items": False},
        {"type": "array", "items": {}},
    ),
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


@each_row(("newer", "expected"), CASES)
def test_a_schema(newer, expected):
    assert older(newer) == expected


@each_row(
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


def test_references_give_way_to_what_they_refer_to_and_one_within_itself_is_left_open():
    within = {"type": "object", "properties": {"self": {"$ref": "#/definitions/A"}}}
    definitions = {"A": within, "B": {"type": "array", "items": {"$ref": "#/definitions/A"}}}

    assert resolved({"x": [{"$ref": "#/definitions/B"}]}, definitions) == {
        "x": [{"type": "array", "items": {"type": "object", "properties": {"self": {}}}}]
    }


VENDORS = DocumentedObject(
    name="contacts",
    fields=(DefinedField(path="CONTACT_ID", type="number"), DefinedField(path="FIRST_NAME", type="string")),
)


def own(*fields, defined=(), entries=()):
    transformation = Transformation(vendor_name="contacts", fields=fields, configuration=entries)
    return mapped("people", VENDORS, transformation, ObjectDefinition(fields=defined))


@each_row(
    ("field", "defined", "type_"),
    {
        "the provider's": (MappedField(path="n", vendor_path="CONTACT_ID"), (), "number"),
        "the definition's": (
            MappedField(path="n", vendor_path="CONTACT_ID"),
            (DefinedField(path="n", type="string"),),
            "string",
        ),
        "its own": (
            MappedField(path="n", vendor_path="CONTACT_ID", type="date"),
            (DefinedField(path="n"),),
            "date",
        ),
        "unknown": (MappedField(path="n", vendor_path="UNKNOWN"), (), "string"),
    },
)
def test_the_type_of_a_mapped_field(field, defined, type_):
    assert own(field, defined=defined).fields[0] == DefinedField(path="n", type=type_)


@each_row(
    ("kind", "flags", "paths"),
    [
        ("passThrough", {"fromVendor": False, "toVendor": False}, ["name"]),
        ("passThrough", {"fromVendor": False}, ["name", "CONTACT_ID"]),
        ("inherit", {}, ["name", "CONTACT_ID"]),
    ],
)
def test_fields_that_do_not_pass_are_not_described(kind, flags, paths):
    gone = MappedField(
        path="a",
        vendor_path="A",
        configuration=(MappingEntry(type="remove", properties={"fromVendor": True, "toVendor": True}),),
    )

    made = own(
        MappedField(path="name", vendor_path="FIRST_NAME"),
        gone,
        entries=(MappingEntry(type=kind, properties=flags),),
    )

    assert [field.path for field in made.fields] == paths


def test_an_alias_of_the_id_comes_last_and_takes_no_mapped_fields_place():
    mapped_to_id = own(MappedField(path="id", vendor_path="FIRST_NAME"))

    assert [field.path for field in with_alias(VENDORS).fields] == ["CONTACT_ID", "FIRST_NAME", "id"]
    assert [(field.path, field.type) for field in with_alias(mapped_to_id).fields] == [
        ("id", "string"),
        ("CONTACT_ID", "number"),
    ]
