"""What the document of routes that say what they take and give is made of, and which defects it does not pass over."""

import pytest
from flask import Flask, Response
from openapi_spec_validator import OpenAPIV31SpecValidator

from elements_local.kit.api.json_text import decode
from elements_local.kit.api.openapi import Description, document, serve_document
from elements_local.kit.api.operations import Answer, Link, operation
from elements_local.kit.values import replace


@pytest.fixture
def app():
    app = Flask("things")

    @app.get("/things/<int:thing_id>")
    @operation()
    def show(thing_id: int) -> Answer[dict[str, object]]:
        """Show a thing."""
        return Answer({"id": thing_id})

    @app.get("/undeclared")
    def undeclared() -> Response:
        return Response("")

    return app


@pytest.fixture
def described():
    return Description(
        title="Things",
        version="1",
        text="All about things.",
        problem=dict[str, object],
        security={"type": "apiKey", "in": "header", "name": "Authorization"},
    )


def further(**answer):
    """Return paths that a description adds."""
    answers = {"200": {"description": "OK", **answer}}
    return {"/further": {"parameters": [], "get": {"operationId": "further", "responses": answers}}}


def test_only_what_was_declared_is_described(app, described):
    assert [*document(app, described)["paths"]] == ["/things/{thing_id}"]


def test_what_a_description_adds_is_asked_for_with_the_document_and_stands_in_it(app, described):
    asked = []

    def describe():
        asked.append("once")
        paths = further(links={"show": {"operationId": "show"}})
        return replace(described, paths=paths, components={"schemas": {"Further": {"type": "object"}}})

    serve_document(app, describe)
    assert asked == []
    served = decode(app.test_client().get("/_local/openapi.json").data)

    assert asked == ["once"]
    OpenAPIV31SpecValidator(served).validate()
    assert served["paths"]["/further"]["get"]["operationId"] == "further"
    assert "Further" in served["components"]["schemas"]


def test_a_link_to_an_operation_that_is_not_there_is_a_defect(app, described):
    @app.get("/lost")
    @operation(links={"on": Link(operation="shwo", parameters={})})
    def lost() -> Answer[None]:
        """Lead nowhere."""
        return Answer(None)

    with pytest.raises(LookupError, match="lost links to 'shwo', which is no operation"):
        document(app, described)


def test_an_added_link_to_an_operation_that_is_not_there_is_a_defect(app, described):
    paths = further(links={"show": {"operationId": "nowhere"}})

    with pytest.raises(LookupError, match="further links to 'nowhere'"):
        document(app, replace(described, paths=paths))


def test_paths_that_are_told_apart_by_the_names_of_their_variables_are_a_defect(app, described):
    @app.patch("/things/<number>")
    @operation()
    def renamed(number: str) -> Answer[dict[str, object]]:
        """Name it otherwise."""
        return Answer({"number": number})

    with pytest.raises(LookupError, match="are one path; name its variables alike"):
        document(app, described)
