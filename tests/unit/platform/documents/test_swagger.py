"""Swagger 2.0 documents, made from the hub's part of an OpenAPI 3.1 document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV2SpecValidator

from elements_local.kit.values import replace
from elements_local.platform.core.objects import DefinedField
from elements_local.platform.documents.objects import DocumentedObject
from elements_local.platform.documents.swagger import (
    DocumentSubject,
    HubCalls,
    document,
    of_object,
    operation,
    without_references,
)
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
    title="Mine",
    elements=(INSIGHTLY,),
    host="127.0.0.1:4700",
    scheme="http",
    base_path="/elements/api-v2",
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


@pytest.mark.parametrize("objects", [(), (CONTACTS,), (CONTACTS, USERS)], ids=len)
def test_a_document_is_valid(objects):
    assert problems(made(*objects)) == []
    assert problems(without_references(made(*objects))) == []


def test_info_says_what_it_is_about_and_where_that_is_reached():
    whole = made()

    assert whole["swagger"] == "2.0"
    assert whole["info"] == {
        "title": "Mine",
        "version": "api-v2",
        "contact": {"email": "elements-local@example.com"},
        "x-element-hub": "crm",
        "x-element-id": 5993,
        "x-element-key": "insightly",
        "x-element-name": "Insightly",
    }
    assert (whole["host"], whole["basePath"], whole["schemes"]) == (
        "127.0.0.1:4700",
        "/elements/api-v2",
        ["http"],
    )


def test_an_object_has_paths_of_its_own_beside_those_with_variables_and_no_hub():
    assert list(made(CONTACTS)["paths"]) == [
        "/contacts",
        "/contacts/{id}",
        "/ping",
        "/{objectName}",
        "/{objectName}/{objectId}",
        "/{objectName}/{objectId}/{childObjectName}",
    ]


def test_operations_are_called_by_what_they_do():
    ids = [each["operationId"] for item in made(CONTACTS)["paths"].values() for each in item.values()]

    assert ids == [
        "getContacts",
        "createContact",
        "getContactById",
        "replaceContactById",
        "updateContactById",
        "deleteContactById",
        "getPing",
        "getObjectName",
        "createObjectName",
        "getObjectNameByObjectId",
        "replaceObjectNameByObjectId",
        "updateObjectNameByObjectId",
        "deleteObjectNameByObjectId",
        "getObjectNameChildObjectName",
    ]


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


def test_every_operation_lists_the_same_statuses():
    whole = made(CONTACTS)

    listed = {tuple(said["responses"]) for item in whole["paths"].values() for said in item.values()}

    assert listed == {("200", "400", "401", "403", "404", "405", "406", "409", "415", "500", "502")}
    problem = whole["paths"]["/contacts"]["get"]["responses"]["502"]
    assert problem == {"description": "Bad Gateway", "schema": {"$ref": "#/definitions/Problem"}}


def test_the_tags_of_operations_are_those_of_the_document():
    whole = made(CONTACTS)

    used = {tag for item in whole["paths"].values() for said in item.values() for tag in said["tags"]}
    assert [tag["name"] for tag in whole["tags"]] == sorted(used)
    assert all(tag.keys() == {"name", "description"} for tag in whole["tags"])


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


def test_only_definitions_that_are_referred_to_are_there():
    assert sorted(made(CONTACTS)["definitions"]) == ["Problem", "contacts"]


def test_one_operation_is_a_document_of_its_own():
    alone = operation(made(CONTACTS, USERS), "getUserById")

    assert problems(alone) == []
    assert {path: list(item) for path, item in alone["paths"].items()} == {"/users/{id}": ["get"]}
    assert sorted(alone["definitions"]) == ["Problem", "users"]


def test_an_operation_that_is_not_there_is_none():
    assert operation(made(CONTACTS), "getcontacts") is None


@pytest.mark.parametrize(
    ("older", "newer"), [("GET-contacts", "getContacts"), ("PATCH-contacts-id", "updateContactById")]
)
def test_an_operation_is_found_by_its_method_and_path_too(older, newer):
    whole = made(CONTACTS)

    assert operation(whole, older) == operation(whole, newer) is not None


def test_a_document_without_references_has_none():
    assert "$ref" not in str(without_references(made(CONTACTS)))


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
