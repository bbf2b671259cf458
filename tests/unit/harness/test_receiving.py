"""Receivers of one's own: what may name one, and ASGI ones as WSGI, also while the process's time is held."""

import asyncio
import logging
import sys
import time
from datetime import UTC, datetime

import pytest
from each_row import each_row
from flask import Flask

from elements_local.kit.web.in_process import InProcess
from elements_local.stack.held_time import HeldTime
from elements_local.stack.receiving import ORIGIN, Receiver, ReceiverError, as_wsgi, receiver_of

START = datetime(2020, 1, 2, tzinfo=UTC)


def send(app, body=b"", http=None):
    with as_wsgi(app) as wsgi:
        return (http or InProcess({ORIGIN: wsgi})).send("POST", f"{ORIGIN}/hook?x=1", body=body)


async def echo(scope, receive, send):
    body = b""
    more = True
    while more:
        message = await receive()
        body += message["body"]
        more = message["more_body"]
    await send(
        {"type": "http.response.start", "status": 201, "headers": [(b"x-path", scope["path"].encode())]}
    )
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await send({"type": "http.response.body", "body": body[len(body) // 2 :]})


async def fails(scope, receive, send):  # noqa: ARG001 - ASGI's
    raise RuntimeError("the database is away")


async def says_nothing(scope, receive, send):  # noqa: ARG001 - ASGI's
    await receive()


async def stops_in_the_middle(scope, receive, send):  # noqa: ARG001 - ASGI's
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})


async def fails_in_the_middle(scope, receive, send):
    await stops_in_the_middle(scope, receive, send)
    raise RuntimeError("the database is away")


async def works_on(scope, receive, send):  # noqa: ARG001 - ASGI's
    await send({"type": "http.response.start", "status": 202, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    await asyncio.sleep(0.01)
    works_on.done = datetime.now(UTC)  # noqa: TID251 - as a receiver has it


def test_an_asgi_application_takes_bodies_of_any_size_and_answers_in_pieces():
    body = bytes(range(256)) * 1000

    reply = send(echo, body)

    assert (reply.status, reply.headers["x-path"], reply.body) == (201, "/hook", body)


@each_row("held", {"real time": False, "held time": True})
def test_an_asgi_application_reads_the_held_time_and_its_own_waits_end(held):
    time_held = HeldTime()
    if not held:
        assert send(works_on).status == 202
        return

    with time_held.from_(START):
        reply = send(works_on)
        time_held.move_to(START.replace(hour=5))
        later = datetime.now(UTC)  # noqa: TID251 - what is held

    assert reply.status == 202
    assert works_on.done == START
    assert later == START.replace(hour=5)
    assert time.time() > later.timestamp()  # noqa: TID251 - what was held


@each_row("app", [fails, says_nothing, stops_in_the_middle, fails_in_the_middle])
def test_an_asgi_application_whose_answer_does_not_become_whole_is_answered_for_with_500(app):
    assert send(app).status == 500


@pytest.mark.parametrize("app", [fails, fails_in_the_middle])
def test_what_an_asgi_application_raises_is_500_and_logged_with_its_traceback(app, caplog):
    with caplog.at_level(logging.ERROR):
        assert send(app).status == 500

    assert "the database is away" in caplog.text
    assert "Traceback" in caplog.text


def test_what_a_wsgi_application_raises_is_500_and_logged_with_its_traceback(caplog):
    def broken(environ, start_response):  # noqa: ARG001 - WSGI's
        raise RuntimeError("the database is away")

    assert send(broken).status == 500
    assert "Traceback" in caplog.text


FLASK = Flask("receiver")


@FLASK.post("/hook")
def hook():
    return "", 204


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of a user's own."""
    (tmp_path / "user_hooks.py").write_text(
        "from flask import Flask\n"
        "app = Flask('app')\n"
        "class inner: app = app\n"
        "def create_app(testing=False): return app\n"
        "def wrong(): return 5\n"
        "async def asgi(scope, receive, send): ...\n"
        "number = 3\n"
    )
    (tmp_path / "user_broken.py").write_text("import no_such_module\n")
    (tmp_path / "user_wrong.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.startswith("user_")]:
        del sys.modules[name]


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("user_hooks:app", "/"),
        ("user_hooks:app/hooks/elements?key=a:b", "/hooks/elements?key=a:b"),
        ("user_hooks:create_app", "/"),
        ("user_hooks:inner.app/x", "/x"),
    ],
)
def test_an_application_is_named_by_its_module_and_may_be_made_by_a_factory(given, path):
    receiver = receiver_of(given)

    assert receiver.path == path
    assert receiver.app is sys.modules["user_hooks"].app


def test_an_application_and_a_receiver_are_one_and_a_url_stays_one():
    receiver = Receiver(app=FLASK, path="/x")

    assert receiver_of(FLASK) == Receiver(app=FLASK, path="/")
    assert receiver_of(receiver) is receiver
    assert receiver_of("http://127.0.0.1:8000/x") == "http://127.0.0.1:8000/x"


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("user_hooks", "expected a receiver such as myapp.hooks:app"),
        ("user_hooks:", "expected a receiver such as"),
        (":app", "expected a receiver such as"),
        ("user_hoks:app", "cannot import the receiver's module 'user_hoks': there is no module 'user_hoks'"),
        ("user_broken:app", "cannot import the receiver's module 'user_broken': .*no_such_module"),
        ("user_wrong:app", "cannot import the receiver's module 'user_wrong': ZeroDivisionError"),
        ("user_hooks:ap", "unknown name in the receiver's module user_hooks 'ap'; did you mean 'app'"),
        ("user_hooks:number", "expected a WSGI or ASGI application, .* user_hooks:number is 3"),
        ("user_hooks:wrong", "expected a WSGI or ASGI application, .* what user_hooks:wrong made is 5"),
        (None, "expected a WSGI or ASGI application, .* the receiver is None"),
    ],
)
def test_what_is_no_receiver_is_refused_with_what_was_expected(given, reason):
    with pytest.raises(ReceiverError, match=reason):
        receiver_of(given)


@pytest.mark.usefixtures("module")
def test_an_asgi_application_needs_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "a2wsgi", None)

    with pytest.raises(ReceiverError, match=r"user_hooks:asgi is, needs a2wsgi: pip install a2wsgi"):
        receiver_of("user_hooks:asgi")


class FastApiLike:
    async def __call__(self, scope, receive, send): ...


def fast_api_like():
    return FastApiLike()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        pytest.param(FastApiLike(), "the receiver", id="an application"),
        pytest.param(fast_api_like, "what the receiver made", id="a factory"),
        pytest.param(Receiver(app=FastApiLike(), path="/hooks"), "the receiver's app", id="one with a path"),
    ],
)
def test_it_does_so_in_whatever_form_it_is_given(monkeypatch, given, named):
    monkeypatch.setitem(sys.modules, "a2wsgi", None)

    with pytest.raises(ReceiverError, match=f"as {named} is, needs a2wsgi: pip install"):
        receiver_of(given)
