"""Routes that say what they take and give: what they refuse, what they answer, what the document says of them."""

from typing import Annotated, ClassVar, Literal, NotRequired, TypedDict

import pytest
from each_row import each_row
from flask import Flask, Response, request
from msgspec import Meta, Struct
from openapi_spec_validator import OpenAPIV31SpecValidator

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.api.openapi import Description, document, serve_document
from elements_local.kit.api.operations import Answer, Link, OpenApiCallback, operation
from elements_local.kit.values import replace
from elements_local.kit.web.problems import answer_problems


class NobodyError(Exception):
    """Nobody has said who calls."""


class Call(Struct):
    """Who calls."""

    guarded: ClassVar[bool] = True
    who: str

    @classmethod
    def of_request(cls, _path):
        """Return who the header says, or refuse."""
        if "Authorization" not in request.headers:
            raise NobodyError("say who calls")
        return cls(request.headers["Authorization"])


class Problem(TypedDict):
    message: str


class Thing(TypedDict):
    """A thing."""

    id: int
    name: str
    colour: NotRequired[str]


class ThingsQuery(Struct, rename="camel"):
    """Which things are asked for.

    Attributes:
        page_size: things at the most,
            counted from one.
        tags: each of which a thing has.
    """

    page_size: Annotated[int, Meta(ge=1, le=50)] = 10
    tags: list[str] = []
    broken: bool | None = None
    order: Literal["asc", "desc"] = "asc"
    word: str | None = None


class NeededQuery(Struct):
    name: str


class ThingRequest(Struct):
    name: Annotated[str, Meta(min_length=1)]
    colour: str | None = None


@pytest.fixture
def app():
    app = Flask("things")
    made = []

    @app.get("/things")
    @operation(headers={"Things-Count": "how many"})
    def things(query: ThingsQuery) -> Answer[list[Thing]]:
        """List things."""
        shown = {"id": query.page_size, "name": f"{query.tags} {query.broken} {query.order} {query.word}"}
        return Answer([shown], {"Things-Count": "1"})

    @app.post("/things")
    @operation(
        status=201,
        problems=(409,),
        links={"show": Link(operation="show.get", parameters={"thing_id": "$response.body#/id"})},
        callbacks={
            "made": OpenApiCallback(
                url="{$request.body#/url}",
                description="A thing was made.",
                body=Thing,
                headers={"Signature": "of it"},
            )
        },
    )
    def create(call: Call, body: ThingRequest) -> Answer[Thing]:
        """Make a thing.

        It is kept for ever.
        """
        made.append(body.name)
        return Answer({"id": len(made), "name": f"{body.name} of {call.who}"}, status=201)

    @app.get("/things/<int:thing_id>")
    @app.put("/things/<int:thing_id>")
    @operation(problems=(404,))
    def show(thing_id: int) -> Answer[Thing]:
        """Show a thing."""
        return Answer({"id": thing_id, "name": "x"})

    @app.delete("/things/<thing_id>")
    @operation()
    def remove(call: Call, thing_id: str) -> Answer[None]:
        """Remove a thing."""
        return Answer(None, {"Removed": f"{thing_id} for {call.who}"})

    @app.post("/maybe")
    @operation()
    def maybe(body: ThingRequest | None) -> Answer[dict[str, object]]:
        """Take a thing, or none."""
        return Answer({"came": None if body is None else body.name})

    @app.get("/needed")
    @operation()
    def needed(query: NeededQuery) -> Answer[dict[str, object]]:
        """Want a name."""
        return Answer({"name": query.name})

    @app.get("/text")
    @operation(gives={"text/csv": None})
    def text() -> Response:
        """Give text."""
        return Response("a,b\n", content_type="text/csv")

    @app.get("/undeclared")
    def undeclared() -> Response:
        return Response("")

    answer_problems(app, {NobodyError: 401}, lambda _status, message, _error: {"message": message})
    return app


@pytest.fixture
def described():
    return Description(
        title="Things",
        version="1",
        text="All about things.",
        problem=Problem,
        security={"type": "apiKey", "in": "header", "name": "Authorization"},
        headers={"Request-Id": "an id"},
    )


@pytest.fixture
def client(app):
    return app.test_client()


def test_a_query_is_read_into_its_shape(client):
    reply = client.get("/things?pageSize=50&tags=a&tags=b&broken=True&order=desc&word=1&unknown=x")

    assert reply.json == [{"id": 50, "name": "['a', 'b'] True desc 1"}]
    assert reply.headers["Things-Count"] == "1"


@each_row(
    ("query", "message"),
    [
        ("pageSize=0", "pageSize must be a whole number from 1 to 50; got '0'"),
        ("pageSize=51", "pageSize must be a whole number from 1 to 50; got '51'"),
        ("pageSize=1e1", "pageSize must be a whole number from 1 to 50; got '1e1'"),
        ("pageSize=1.0", "pageSize must be a whole number from 1 to 50; got '1.0'"),
        ("pageSize=", "pageSize must be a whole number from 1 to 50; got ''"),
        ("pageSize=%D9%A1", "pageSize must be a whole number from 1 to 50; got '\u0661'"),
        ("broken=null", "broken must be true or false; got 'null'"),
        ("broken=perhaps", "broken must be true or false; got 'perhaps'"),
        ("order=up", "order must be one of asc, desc; got 'up'"),
        ("pageSize=" + "9" * 5000, f"pageSize must be a whole number from 1 to 50; got '{'9' * 99}..."),
    ],
)
def test_a_query_of_another_shape_is_refused_by_name(client, query, message):
    reply = client.get(f"/things?{query}")

    assert (reply.status_code, reply.json["message"]) == (400, message)


def test_a_parameter_that_is_needed_is_asked_for(client):
    assert client.get("/needed").json["message"] == "name is missing; it must be a text"
    assert client.get("/needed?name=").json == {"name": ""}


def test_who_calls_is_asked_before_what_is_sent(client):
    assert client.post("/things", data="no json").status_code == 401


def test_a_body_is_read_into_its_shape_and_the_answer_has_its_status(client):
    reply = client.post("/things", json={"name": "ball"}, headers={"Authorization": "Ada"})

    assert (reply.status_code, reply.json) == (201, {"id": 1, "name": "ball of Ada"})


@each_row(
    ("body", "status", "says"),
    [
        (encode({"name": 1}), 400, "name must be a text of 1 or more letters; got 1"),
        (encode({"name": ""}), 400, 'name must be a text of 1 or more letters; got ""'),
        (encode([]), 400, "the body must be an object; got an empty list"),
        (b'{"name": "a",}', 400, "Malformed JSON at line 1, column 14"),
        (b"", 400, "the body is empty"),
    ],
)
def test_a_body_of_another_shape_is_refused_with_its_place(client, body, status, says):
    reply = client.post("/things", data=body, headers={"Authorization": "Ada"})

    assert reply.status_code == status
    assert says in reply.json["message"]


def test_a_body_of_another_content_type_is_refused(client):
    reply = client.post("/things", data="<a/>", content_type="text/xml", headers={"Authorization": "Ada"})

    assert reply.status_code == 415


def test_a_body_that_may_be_missing_may_be_missing(client):
    assert client.post("/maybe").json == {"came": None}
    assert client.post("/maybe", json={"name": "a"}).json == {"came": "a"}
    assert client.post("/maybe", json={"name": 1}).status_code == 400


def test_the_document_is_a_valid_one_and_is_served(app, client, described):
    serve_document(app, described)

    served = decode(client.get("/_local/openapi.json").data)

    OpenAPIV31SpecValidator(served).validate()
    assert served["openapi"] == "3.1.0"
    assert served["info"] == {"title": "Things", "version": "1", "description": "All about things."}


def test_a_link_to_an_operation_that_is_not_there_is_a_defect(app, described):
    @app.get("/lost")
    @operation(links={"on": Link(operation="shwo", parameters={})})
    def lost() -> Answer[None]:
        """Lead nowhere."""
        return Answer(None)

    with pytest.raises(LookupError, match="lost links to 'shwo', which is no operation"):
        document(app, described)


def test_what_a_description_adds_stands_in_the_document_whenever_it_is_asked_for(app, client, described):
    asked = []

    def describe():
        asked.append("once")
        answer = {"description": "OK", "links": {"show": {"operationId": "show.get"}}}
        path = {"parameters": [], "get": {"operationId": "further", "responses": {"200": answer}}}
        return replace(
            described, paths={"/further": path}, components={"schemas": {"Further": {"type": "object"}}}
        )

    serve_document(app, describe)
    assert asked == []
    served = decode(client.get("/_local/openapi.json").data)

    assert asked == ["once"]
    OpenAPIV31SpecValidator(served).validate()
    assert served["paths"]["/further"]["get"]["operationId"] == "further"
    assert {"Further", "Thing"} <= {*served["components"]["schemas"]}


def test_an_added_link_to_an_operation_that_is_not_there_is_a_defect(app, described):
    answer = {"description": "OK", "links": {"show": {"operationId": "nowhere"}}}
    path = {"get": {"operationId": "further", "responses": {"200": answer}}}

    with pytest.raises(LookupError, match="further links to 'nowhere'"):
        document(app, replace(described, paths={"/further": path}))


def test_paths_that_are_told_apart_by_the_names_of_their_variables_are_a_defect(app, described):
    @app.patch("/things/<number>")
    @operation()
    def renamed(number: str) -> Answer[dict[str, object]]:
        """Name it otherwise."""
        return Answer({"number": number})

    with pytest.raises(LookupError, match="are one path; name its variables alike"):
        document(app, described)


def test_only_what_was_declared_is_described(app, described):
    made = document(app, described)

    assert sorted(made["paths"]) == ["/maybe", "/needed", "/text", "/things", "/things/{thing_id}"]
