"""The catalogue of elements, and the Swagger 2.0 documents of instances, elements and hubs."""

import pytest
from each_row import each_row
from openapi_spec_validator import OpenAPIV2SpecValidator

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode


@pytest.fixture
def elements(stranger):
    return lambda path="": decode(stranger.send("GET", f"{BASE_PATH}/elements{path}").body)


def test_an_element_has_no_transformations_of_its_own(elements):
    assert elements("/insightly/transformations") == elements("/5993/transformations") == []


VERBS = {"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}


@pytest.fixture
def docs(instances, instance):
    """Call the documents of an instance."""
    return lambda path="": instances("GET", f"/{instance['id']}/docs{path}")


def valid(reply):
    assert reply.status == 200, reply.body
    whole = decode(reply.body)
    assert [str(error) for error in OpenAPIV2SpecValidator(whole).iter_errors()] == []
    return whole


@each_row(
    "query",
    [
        "",
        "?basic=true",
        "?resolveReferences=true",
        "?discovery=true",
        "?version=-1",
        "?discovery=true&basic=true",
    ],
)
def test_an_instances_document_is_valid(docs, query):
    whole = valid(docs(query))

    assert {"/contacts", "/contacts/{id}", "/accounts", "/{objectName}"} <= set(whole["paths"])
    assert ("$ref" in str(whole)) is ("resolveReferences" not in query)


def test_every_call_that_is_described_is_one_that_the_instance_answers(clients, docs, hub):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    paths = valid(docs())["paths"]

    answered = {
        (path, method): hub.send(
            VERBS[method],
            path.format(
                id=record["CONTACT_ID"],
                objectName="contacts",
                objectId=record["CONTACT_ID"],
                childObjectName="notes",
                childObjectId=1,
            ),
            **({"json": {}} if method in {"post", "put", "patch"} else {}),
        ).status
        for path, item in paths.items()
        for method in item
        if method != "delete"
    }

    assert 405 not in answered.values()
    assert {status for (_, method), status in answered.items() if method != "get"} <= {400, 404}
    assert {answered["/contacts", "get"], answered["/contacts/{id}", "get"], answered["/me", "get"]} == {200}


def test_the_fields_of_a_record_are_in_its_definition(clients, docs, hub):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    shown = decode(hub.send("GET", f"/contacts/{record['CONTACT_ID']}").body)

    assert set(shown) <= set(valid(docs())["definitions"]["contacts"]["properties"])
