"""From an exception to an answer: its status, its shape, and what is not told."""

import pytest
from each_row import each_row
from flask import Flask, Response, abort
from known_facts import known_by
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests, Unauthorized

from elements_local.kit.api.json_text import decode
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


@pytest.fixture
def fail():
    """Return a function that has a service fail with an error, and gives its answer."""
    app = Flask("leads", static_folder=None)
    shown = lambda status, message, error: {  # noqa: E731 - the shape of this service's errors
        "status": status,
        "message": message,
        "kind": type(error).__name__,
    }
    answer_problems(app, {NoSuchThingError: 404, LockedLeadError: 409}, shown)
    raised = []

    @app.get("/")
    def failing():
        raise raised.pop()

    def answer(error):
        raised.append(error)
        return InProcess({"http://leads.test": app}).send("GET", "http://leads.test/")

    answer.app = app
    return answer


@each_row(
    ("error", "status", "message"),
    {
        "listed": (NoSuchThingError("no thing 7"), 404, "no thing 7"),
        "counts as its listed base": (NoSuchLeadError("no lead 7"), 404, "no lead 7"),
        "counts as the nearest of two": (LockedLeadError("lead 7 is locked"), 409, "lead 7 is locked"),
        "with any letters": (NoSuchThingError('say "größe"\n'), 404, 'say "größe"\n'),
        "the framework's, in its status's words": (
            TooManyRequests("slower, please"),
            429,
            "Too Many Requests",
        ),
        "the framework's without words": (TooManyRequests(""), 429, "Too Many Requests"),
        "another of the framework's": (Unauthorized("who are you?"), 401, "Unauthorized"),
        "no connection is left": (PoolTimeoutError("QueuePool limit reached"), 503, None),
    },
)
def test_an_error_has_its_status_and_the_one_shape(fail, caplog, error, status, message):
    reply = fail(error)

    said = decode(reply.body)
    assert (reply.status, said["status"], [*said]) == (status, status, ["status", "message", "kind"])
    assert said["message"] == message or message is None
    assert reply.headers.getlist("Content-Type") == ["application/json"]
    assert reply.headers.getlist("Content-Length") == [str(len(reply.body))]
    assert caplog.records == []


@each_row(
    ("error", "name", "value"),
    {
        "many methods, always in one order": (
            MethodNotAllowed(valid_methods={"GET", "PUT", "POST", "HEAD", "PATCH", "DELETE"}),
            "Allow",
            "DELETE, GET, HEAD, PATCH, POST, PUT",
        ),
        "when to come back": (TooManyRequests("", retry_after=5), "Retry-After", "5"),
    },
)
def test_a_refusal_keeps_the_headers_that_go_with_it(fail, error, name, value):
    assert fail(error).headers[name] == value


def test_what_was_made_ready_is_answered_as_it_is(fail):
    @fail.app.get("/ready")
    def ready():
        abort(Response("as it is", status=418, headers={"X-A": "b"}))

    reply = InProcess({"http://leads.test": fail.app}).send("GET", "http://leads.test/ready")

    assert (reply.status, reply.body, reply.headers["X-A"]) == (418, b"as it is", "b")


@pytest.mark.parametrize(
    "error", [UnlistedError("the password is secret"), ZeroDivisionError("by zero")], ids=repr
)
def test_an_unforeseen_error_is_logged_and_its_words_are_not_told(fail, error, caplog):
    reply = fail(error)

    told = f"{type(error).__name__} in leads; this is a defect, its trace is in the log"
    assert (reply.status, decode(reply.body)["message"]) == (500, told)
    (record,) = [each for each in caplog.records if getattr(each, "event", "") == "unforeseen_error"]
    assert record.exc_info[1] is error


def test_while_the_database_is_another_programs_it_is_said_when_to_come_back(fail, locked_error, caplog):
    reply = fail(locked_error)

    assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
    assert "send this again later" in decode(reply.body)["message"]
    assert caplog.records == []


def test_what_the_application_does_not_see_is_answered_as_all_else(fail, locked_error):
    fail.app.after_request(lambda response: response.headers.add("X-A", "b") or response)

    def failing(_environ):
        raise locked_error

    guard = Guard(served_as=frozenset({"leads.test"}))
    middleware = ServiceMiddleware(
        fail.app, guard=guard, faults=None, journal=None, facts_of=known_by(failing)
    )
    reply = InProcess({"http://leads.test": middleware}).send("GET", "http://leads.test/anywhere")

    assert (reply.status, decode(reply.body)["status"]) == (503, 503)
    assert reply.headers["X-A"] == "b"
