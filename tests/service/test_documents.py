"""The OpenAPI documents of the three services: valid, complete, and true of what the corpus has of each operation."""

from collections import Counter, defaultdict

import pytest
from examples import LONG, drawn
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from routes import OPERATIONS, label
from sequences import URLS, Setup, load

from elements_local.commands.openapi import admin_part
from elements_local.kit.api.json_text import decode
from mock_insightly.versions.known import VERSIONS

JSON = "application/json"
BENT = ("/_local/faults", "/_local/responses")
"""Routes by which answers are made other than the document has them."""


DROPPED = 0
GUARDED = 403
"""Statuses of what a service does not answer itself: nothing, and what its guard says."""


@pytest.fixture(scope="module")
def documents(stack_in_process):
    return {
        service: decode(stack_in_process.http.send("GET", f"{url}/_local/openapi.json").body)
        for service, url in URLS.items()
    }


@pytest.mark.parametrize("service", URLS)
def test_a_document_is_a_valid_one(documents, service):
    """What it says of one version of the CRM, in a check; the others are made alike."""
    document = documents[service]
    versions = [*VERSIONS]
    left_out = tuple({*versions} - {*drawn(versions, share=len(versions))})
    paths = {path: item for path, item in document["paths"].items() if not path[1:].startswith(left_out)}
    schemas = document["components"]["schemas"]
    kept = {name: schema for name, schema in schemas.items() if not name.startswith(left_out)}

    assert len(paths) > 10
    OpenAPIV31SpecValidator(
        {**document, "paths": paths, "components": {**document["components"], "schemas": kept}}
    ).validate()


def parts(said):
    """Yield an object and all that are in it."""
    if isinstance(said, dict):
        yield said
    for inner in said.values() if isinstance(said, dict) else said if isinstance(said, list) else ():
        yield from parts(inner)


@pytest.mark.parametrize("service", URLS)
def test_no_default_is_one_that_generators_of_clients_fall_over(documents, service):
    kept = [
        said for said in parts(documents[service]) if isinstance(said.get("type"), str) and "default" in said
    ]
    chosen = [
        said for said in parts(documents[service]) if "default" in said and said.keys() & {"$ref", "anyOf"}
    ]

    assert kept
    assert [said for said in chosen if "$ref" in said or said["default"] is not None] == []


def resolved(said, document):
    """Follow a reference to a part of a document."""
    while "$ref" in said:
        section, name = said["$ref"].removeprefix("#/components/").split("/")
        said = document["components"][section][name]
    return said


def is_of_an_element(call):
    """Whether a path leads to the resource of an element's that is called as a route of the platform's."""
    return call.route.startswith(("platform GET /accounts", "platform GET /users")) and (
        "Element " in call.headers.get("Authorization", "")
    )


def calls_of_the_corpus():
    """Return calls to stacks without settings whose answers nobody had bent, by their routes and statuses."""
    found = defaultdict(list)
    for sequence in load():
        if sequence.setup == Setup() and not any(call.target.startswith(BENT) for call in sequence.calls):
            for call in sequence.calls:
                if call.answer.status not in {DROPPED, GUARDED} and not is_of_an_element(call):
                    found[call.route, call.answer.status].append(call)
    return found


def unlike(call, answer, document):
    """Yield what of a call's answer is otherwise than its document says."""
    headers = {name.lower(): value for name, value in call.answer.headers}
    for name, header in answer.get("headers", {}).items():
        if resolved(header, document).get("required") and name.lower() not in headers:
            yield f"{call.route} {call.answer.status}: no {name}"
    if not bytes(call.answer.body):
        return
    media = headers.get("content-type", "").partition(";")[0]
    if media not in answer.get("content", {}) and "*/*" not in answer.get("content", {}):
        yield f"{call.route} {call.answer.status}: {media}"
    elif (
        media == JSON and "schema" in answer["content"][JSON] and "/bulk/" not in call.target
    ):  # lines of JSON
        whole = {**answer["content"][JSON]["schema"], "components": document["components"]}
        for error in Draft202012Validator(whole).iter_errors(decode(bytes(call.answer.body))):
            yield f"{call.route} {call.answer.status}: {error.json_path}: {error.message[:200]}"


def test_what_is_answered_is_what_the_documents_say(documents):
    answers = {
        (label(service, method.upper(), path), int(status)): (resolved(answer, document), document)
        for service, document in documents.items()
        for path, item in document["paths"].items()
        for method in {*OPERATIONS} & item.keys()
        for status, answer in item[method]["responses"].items()
        if status.isdecimal()
    }
    routes = {route for route, _ in answers}
    those = calls_of_the_corpus()

    # what every route may be refused for stands nowhere
    undocumented = [
        (route, status) for route, status in those.keys() - answers.keys() if route in routes and status < 400
    ]
    wrong = [
        each
        for at in drawn(sorted(those.keys() & answers.keys()), share=8)
        for call in (those[at] if LONG else those[at][:3])
        for each in unlike(call, *answers[at])
    ]

    assert undocumented + wrong == []


def every_object(value):
    if isinstance(value, dict):
        yield value
        yield from (each for inner in value.values() for each in every_object(inner))
    elif isinstance(value, list):
        yield from (each for inner in value for each in every_object(inner))


@pytest.mark.parametrize("service", URLS)
def test_a_document_is_one_that_generators_of_clients_take(documents, service):
    found = [each for each in every_object(documents[service]) if "$ref" in each or "type" in each]

    assert found
    assert [each for each in found if "$ref" in each and "default" in each] == []
    assert [each for each in found if each.get("type") == "integer" and "format" not in each] == []


@pytest.mark.parametrize("service", URLS)
def test_properties_that_generators_would_name_alike_have_a_name_for_them(documents, service):
    names = [
        (schema, spelt.get("x-go-name", key).replace("_", "").lower())
        for schema, said in documents[service]["components"]["schemas"].items()
        for key, spelt in said.get("properties", {}).items()
    ]

    assert [one for one, count in Counter(names).items() if count > 1] == []


@pytest.mark.parametrize("service", URLS)
def test_the_admin_part_of_a_document_is_valid_and_has_all_that_it_refers_to(documents, service):
    part, whole = admin_part(documents[service]), documents[service]

    OpenAPIV31SpecValidator(part).validate()
    assert part["paths"] == {
        path: item for path, item in whole["paths"].items() if path.startswith("/_local/")
    }
    schemas = part["components"]["schemas"]
    referred = {each["$ref"].rpartition("/")[2] for each in every_object(part) if "$ref" in each}
    assert {*schemas} == referred & {*whole["components"]["schemas"]}


@pytest.mark.parametrize("service", URLS)
def test_an_admin_route_says_that_it_may_want_the_token(documents, service):
    scheme = documents[service]["components"]["securitySchemes"]["admin_token"]
    operations = [
        operation
        for path, item in documents[service]["paths"].items()
        if path.startswith("/_local/")
        for method, operation in item.items()
        if method != "parameters"
    ]

    assert (scheme["in"], scheme["name"]) == ("header", "Elements-Local-Token")
    assert operations
    assert [each["operationId"] for each in operations if {"admin_token": []} not in each["security"]] == []
    assert [each["operationId"] for each in operations if {} not in each["security"]] == []
