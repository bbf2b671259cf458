"""Swagger 2.0 documents, made from the hub's part of an OpenAPI 3.1 document: whole, their schemas, and mapped objects."""

from each_row import each_row
from examples import examples
from hypothesis import given, settings
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
    operation,
    without_references,
)
from elements_local.platform.documents.swagger_schema import older, parameter, referred, resolved
from elements_local.platform.elements.insightly.definition import INSIGHTLY

ANY = {"type": "object", "additionalProperties": {"description": "any JSON value"}}
PROBLEM = {
    "description": "Not Found",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def path_parameters(*names):
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in names
    ]


def said(schema, **others):
    content = {"application/json": {"schema": schema}} if schema else {}
    return {
        "summary": "Do ``it``.",
        "responses": {"200": {"description": "OK", "content": content}, "404": PROBLEM},
        **others,
    }


BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": ANY}}}}
PAGE = {"name": "page", "in": "query", "required": False, "description": "", "schema": {"type": "integer"}}
CALLS = HubCalls(
    paths={
        "/ping": {
            "parameters": path_parameters("hub"),
            "get": said({"type": "object", "properties": {"dateTime": {"type": "string"}}}),
        },
        "/{object_name}": {
            "parameters": path_parameters("hub", "object_name"),
            "get": said({"type": "array", "items": ANY}, parameters=[PAGE]),
            "post": said(ANY, **BODY),
        },
        "/{object_name}/{record_id}": {
            "parameters": path_parameters("hub", "object_name", "record_id"),
            "get": said(ANY),
            "put": said(ANY, **BODY),
            "patch": said(ANY, **BODY),
            "delete": said(None),
        },
        "/{object_name}/{record_id}/{child_name}": {
            "parameters": path_parameters("hub", "object_name", "record_id", "child_name"),
            "get": said({"type": "array", "items": ANY}),
        },
    },
    schemas={
        "Problem": {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
        "Unused": {"type": "object"},
    },
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
USERS = DocumentedObject(name="users", read_only=True)


def made(*objects, basic=False, subject=SUBJECT):
    return document(CALLS, subject, objects, basic=basic)


def problems(whole):
    return [str(error) for error in OpenAPIV2SpecValidator(whole).iter_errors()]


@each_row("objects", [(), (CONTACTS,), (CONTACTS, USERS)])
def test_a_document_is_valid(objects):
    assert problems(made(*objects)) == []
    assert problems(without_references(made(*objects))) == []


def test_what_can_only_be_read_has_no_other_operations():
    paths = made(USERS)["paths"]

    assert [list(paths[path]) for path in ("/users", "/users/{id}")] == [["get"], ["get"]]


def test_an_objects_records_are_of_its_definition():
    paths = made(CONTACTS)["paths"]
    record = {"$ref": "#/definitions/contacts"}

    assert paths["/contacts"]["get"]["responses"]["200"]["schema"] == {"type": "array", "items": record}
    assert paths["/contacts"]["post"]["responses"]["200"]["schema"] == record
    assert paths["/contacts"]["post"]["parameters"] == [
        {"name": "body", "in": "body", "required": True, "schema": record}
    ]
    assert "schema" not in paths["/contacts/{id}"]["delete"]["responses"]["200"]
    assert paths["/contacts"]["get"]["responses"]["404"]["schema"] == {"$ref": "#/definitions/Problem"}
    assert paths["/{objectName}/{objectId}"]["get"]["responses"]["200"]["schema"]["type"] == "object"


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


def test_an_object_of_an_instances_own_has_another_name_for_its_ids():
    paths = made(replace(CONTACTS, name="people", own=True))["paths"]

    assert paths["/people/{objectId}"]["get"]["operationId"] == "getPeopleByObjectId"


def test_one_object_is_a_document_of_its_own():
    alone = of_object(made(CONTACTS, USERS), "users")

    assert problems(alone) == []
    assert list(alone["paths"]) == ["/users", "/users/{id}"]
    assert sorted(alone["definitions"]) == ["Problem", "users"]


def test_one_operation_is_a_document_of_its_own():
    alone = operation(made(CONTACTS, USERS), "getUserById")

    assert problems(alone) == []
    assert {path: list(item) for path, item in alone["paths"].items()} == {"/users/{id}": ["get"]}
    assert sorted(alone["definitions"]) == ["Problem", "users"]


def test_an_operation_that_is_not_there_is_none():
    assert operation(made(CONTACTS), "getcontacts") is None


@each_row(("older", "newer"), [("GET-contacts", "getContacts"), ("PATCH-contacts-id", "updateContactById")])
def test_an_operation_is_found_by_its_method_and_path_too(older, newer):
    whole = made(CONTACTS)

    assert operation(whole, older) == operation(whole, newer) is not None


@settings(max_examples=examples(5))
@given(
    names=st.lists(st.text(max_size=8), unique=True, max_size=5),
    paths=st.lists(st.text(max_size=8), max_size=4),
)
def test_whatever_objects_and_fields_are_called_a_document_is_valid(names, paths):
    fields = tuple(DefinedField(path=path, type="string") for path in paths)
    whole = made(*(DocumentedObject(name=name, fields=fields) for name in names if name))

    assert problems(whole) == []
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


@each_row(
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


VENDORS = DocumentedObject(
    name="contacts",
    fields=(DefinedField(path="CONTACT_ID", type="number"), DefinedField(path="FIRST_NAME", type="string")),
)


def own(*fields, defined=(), entries=()):
    transformation = Transformation(vendor_name="contacts", fields=fields, configuration=entries)
    return mapped("people", VENDORS, transformation, ObjectDefinition(fields=defined))


def test_mapped_fields_have_their_own_paths_and_the_others_theirs():
    made = own(MappedField(path="name.first", vendor_path="FIRST_NAME"))

    assert made.name == "people"
    assert [(field.path, field.type) for field in made.fields] == [
        ("name.first", "string"),
        ("CONTACT_ID", "number"),
    ]


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
    plain, mapped_to_id = (
        with_alias(VENDORS),
        with_alias(own(MappedField(path="id", vendor_path="FIRST_NAME"))),
    )

    assert [field.path for field in plain.fields] == ["CONTACT_ID", "FIRST_NAME", "id"]
    assert [(field.path, field.type) for field in mapped_to_id.fields] == [
        ("id", "string"),
        ("CONTACT_ID", "number"),
    ]
