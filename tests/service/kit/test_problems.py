"""From an exception to an answer: its status, its shape, and what is not told."""

import pytest
from each_row import each_row
from flask import Flask, Response, abort, request
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests, Unauthorized

from elements_local.kit.api.json_text import decode, read_json
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.middleware import ServiceMiddleware
from elements_local.kit.web.problems import answer_problems


class NoSuchThingError(Exception):
    """A domain error."""


class NoSuchLeadError(NoSuchThingError):
    """A kind of it."""


class LockedLeadError(NoSuchLeadError):
    """A kind of that, with a status of its own."""


class UnlistedError(Exception):
    """An error that nobody gave a status."""


ERRORS = {
    "listed": NoSuchThingError("no thing 7"),
    "below": NoSuchLeadError("no lead 7"),
    "nearer": LockedLeadError("lead 7 is locked"),
    "quoted": NoSuchThingError('say "größe"\n'),
    "unlisted": UnlistedError("the password is secret"),
    "wrong": ZeroDivisionError("division by zero"),
    "all connections taken": PoolTimeoutError("QueuePool limit reached"),
    "wordless": TooManyRequests(""),
    "limited": TooManyRequests("slower, please", retry_after=5),
    "unauthorized": Unauthorized("who are you?"),
    "by other methods": MethodNotAllowed(valid_methods={"GET", "PUT", "POST", "HEAD", "PATCH", "DELETE"}),
}


@pytest.fixture
def app():
    app = Flask("leads", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 100
    shown = lambda status, message, error: {  # noqa: E731 - the shape of this service's errors
        "status": status,
        "message": message,
        "kind": type(error).__name__,
    }
    answer_problems(app, {NoSuchThingError: 404, LockedLeadError: 409}, shown)

    @app.get("/fail/<name>")
    def fail(name):
        raise ERRORS[name]

    @app.put("/echo")
    def echo():
        return {"read": read_json(request)}

    @app.get("/slashed/")
    def slashed():
        return "here"

    @app.get("/ready")
    def ready():
        abort(Response("as it is", status=418, headers={"X-A": "b"}))

    return app


@pytest.fixture
def send(app):
    http = InProcess({"http://leads.test": app})
    return lambda method, path, **given: http.send(method, f"http://leads.test{path}", **given)


@each_row(
    ("name", "status", "message"),
    {
        "a listed error": ("listed", 404, "no thing 7"),
        "counts as its listed base": ("below", 404, "no lead 7"),
        "counts as the nearest of two": ("nearer", 409, "lead 7 is locked"),
        "with any letters": ("quoted", 404, 'say "größe"\n'),
    },
)
def test_a_domain_error_has_its_status(send, name, status, message):
    reply = send("GET", f"/fail/{name}")

    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/json"
    assert decode(reply.body) == {"status": status, "message": message, "kind": type(ERRORS[name]).__name__}


@each_row(
    ("method", "path", "given", "status"),
    {
        "no such path": ("GET", "/nowhere", {}, 404),
        "no such method": ("DELETE", "/echo", {}, 405),
        "too large a body": ("PUT", "/echo", {"body": b'"' + b"x" * 200 + b'"'}, 413),
        "malformed JSON": ("PUT", "/echo", {"body": b"{"}, 400),
        "not JSON": ("PUT", "/echo", {"body": b"{}", "headers": {"Content-Type": "text/plain"}}, 415),
        "too many": ("GET", "/fail/limited", {}, 429),
        "no connection left": ("GET", "/fail/all connections taken", {}, 503),
    },
)
def test_every_refusal_has_the_one_shape(send, method, path, given, status):
    reply = send(method, path, **given)

    shown = decode(reply.body)
    assert (reply.status, shown["status"]) == (status, status)
    assert reply.headers.getlist("Content-Type") == ["application/json"]
    assert reply.headers.getlist("Content-Length") == [str(len(reply.body))]
    assert set(shown) == {"status", "message", "kind"}
    assert shown["message"]


@each_row(
    ("method", "path", "name", "value"),
    {
        "the methods there are": ("DELETE", "/echo", "Allow", "OPTIONS, PUT"),
        "many methods, always in one order": (
            "GET",
            "/fail/by other methods",
            "Allow",
            "DELETE, GET, HEAD, PATCH, POST, PUT",
        ),
        "when to come back": ("GET", "/fail/limited", "Retry-After", "5"),
    },
)
def test_a_refusal_keeps_the_headers_that_go_with_it(send, method, path, name, value):
    assert send(method, path).headers[name] == value


@each_row(
    ("name", "message"),
    [("limited", "Too Many Requests"), ("unauthorized", "Unauthorized"), ("wordless", "Too Many Requests")],
)
def test_a_refusal_of_the_frameworks_has_its_statuss_words(send, name, message):
    assert decode(send("GET", f"/fail/{name}").body)["message"] == message


def test_what_was_made_ready_is_answered_as_it_is(send):
    reply = send("GET", "/ready")

    assert (reply.status, reply.body, reply.headers["X-A"]) == (418, b"as it is", "b")


@pytest.mark.parametrize("name", ["unlisted", "wrong"])
def test_an_unforeseen_error_is_logged_and_its_words_are_not_told(send, name, caplog):
    reply = send("GET", f"/fail/{name}")

    kind = type(ERRORS[name]).__name__
    assert (reply.status, decode(reply.body)["message"]) == (
        500,
        f"{kind} in leads; this is a defect, its trace is in the log",
    )
    (record,) = [each for each in caplog.records if getattr(each, "event", "") == "unforeseen_error"]
    assert record.exc_info[1] is ERRORS[name]


def test_a_foreseen_error_is_not_logged(send, caplog):
    send("GET", "/fail/listed")

    assert caplog.records == []


def test_while_the_database_is_another_programs_it_is_said_when_to_come_back(app, send, locked_error, caplog):
    @app.get("/locked")
    def locked():
        raise locked_error

    reply = send("GET", "/locked")

    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "send this again later" in decode(reply.body)["message"]
    assert caplog.records == []


def test_what_the_application_does_not_see_is_answered_as_all_else(app, locked_error):
    app.after_request(lambda response: response.headers.add("X-A", "b") or response)

    def failing(_environ):
        raise locked_error

    middleware = ServiceMiddleware(
        app,
        guard=Guard(served_as=frozenset({"leads.test"})),
        faults=None,
        journal=None,
        workspace_of=failing,
    )
    http = InProcess({"http://leads.test": middleware})
    reply = http.send("GET", "http://leads.test/anywhere")

    assert (reply.status, decode(reply.body)["status"]) == (503, 503)
    assert reply.headers["X-A"] == "b"
