"""What stands before a service: faults strike, exchanges are noted, and answers carry the workspace's date."""

import sys
from collections import Counter
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from threading import Barrier, Event, Thread
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE_S
from each_row import each_row
from flask import Flask, Response
from known_facts import known_by
from werkzeug.test import create_environ

from elements_local.kit.api.json_text import encode
from elements_local.kit.clock import VirtualClock
from elements_local.kit.http_message import NoReply
from elements_local.kit.traffic.journal import KEPT_BYTES
from elements_local.kit.web.guard import Guard
from elements_local.kit.web.middleware import LARGEST_BODY, ServiceMiddleware
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.kit.workspaces.registry import DEFAULT_START


def drop(**more: object) -> dict[str, object]:
    return {"effect": {"drop": True}, **more}


def fails(**more: object) -> dict[str, object]:
    return {"effect": {"status": 503}, **more}


def test_an_answers_date_moves_with_its_workspace_and_no_other(service):
    other = service.another("other")

    service.workspaces.move(other, other.clock.now() + timedelta(days=1, seconds=1))

    assert service.send("GET", "/things").headers.getlist("Date") == ["Mon, 02 Mar 2026 10:00:00 GMT"]
    assert service.send("GET", "/things", workspace=other).headers["Date"] == "Tue, 03 Mar 2026 10:00:01 GMT"


class TestFaults:
    @pytest.mark.parametrize(
        ("phase", "things"),
        [("before", 0), ("after", 1)],
        ids=["before the work", "after the work"],
    )
    @pytest.mark.parametrize("effect", [{"status": 503}, {"drop": True}], ids=["a status", "a drop"])
    def test_a_fault_strikes_before_or_after_the_side_effect(self, service, phase, things, effect):
        service.script({"effect": effect, "phase": phase, "match": {"method": "POST"}})

        answer = service.send("POST", "/things")

        assert isinstance(answer, NoReply) or answer.status == 503
        assert service.shown("/things") == {"things": things}

    @pytest.mark.parametrize("phase", ["before", "after"])
    @pytest.mark.parametrize(
        "effect",
        [{"delay_s": 2}, {"headers": {"X-A": "b"}}, {"body": {"message": "odd"}}, {"truncate": 1000}],
        ids=["a delay", "a header", "a body", "a cut beyond the end"],
    )
    def test_a_fault_that_needs_the_services_answer_lets_it_work(self, service, phase, effect):
        service.script({"effect": effect, "phase": phase, "match": {"method": "POST"}})

        assert service.send("POST", "/things").status == 200
        assert service.shown("/things") == {"things": 1}

    @pytest.mark.parametrize("caller", [None, "platform", "engine"])
    def test_the_engine_alone_is_told_what_a_fault_made_of_an_answer(self, service, caller):
        service.script({"effect": {"delay_s": 2}})

        reply = service.send("GET", "/things", headers={"Elements-Local-Caller": caller} if caller else {})

        assert reply.header("Elements-Local-Effect") == ('{"delay_s":2.0}' if caller == "engine" else None)
        (noted,) = service.shown("/_local/journal")["exchanges"]
        assert "Elements-Local-Effect" not in noted["reply"]["headers"]

    @pytest.mark.parametrize(
        ("phase", "kept"), [("before", 0), ("after", 1)], ids=["before its work", "after its work"]
    )
    @pytest.mark.parametrize("ends", ["the rule goes", "the client goes"])
    def test_a_call_is_held_until_the_rule_or_the_client_goes(self, service, phase, kept, ends):
        service.script({"effect": {"hold": True}, "phase": phase, "match": {"method": "POST"}})
        listener = listen("127.0.0.1", 0)
        with closing(Server(service.app, listener)):
            connection = HTTPConnection(urlsplit(url_of(listener)).netloc, timeout=DEADLINE_S)
            connection.request("POST", "/things")

            (rule,) = service.shown("/_local/faults?wait=60")["faults"]

            assert (rule["struck"], service.things["default"]) == (1, kept)
            if ends == "the rule goes":
                service.send("DELETE", "/_local/faults")
                assert connection.getresponse().read() == b'{"things":1}'
            connection.close()
        assert service.things["default"] == 1

    @pytest.mark.parametrize(
        ("wait", "status"), [("0.1", 200), ("60", 200), ("61", 400), ("-1", 400), ("long", 400)]
    )
    def test_who_waits_where_nothing_can_be_held_is_answered_at_once(self, service, wait, status):
        service.script(fails())

        assert service.send("GET", f"/_local/faults?wait={wait}").status == status

    @pytest.mark.parametrize("path", ["/things/größe", "/things/gr%C3%B6%C3%9Fe", "/things/GRÖßE"])
    def test_a_path_beyond_ascii_is_matched_as_it_is_read(self, service, path):
        service.script(fails(match={"path": "/things/größe"}))

        assert service.send("GET", path).status == 503

    @pytest.mark.parametrize("target", ["/_local/health", "/_local/faults", "/_local/journal", "/_local"])
    def test_admin_routes_are_never_struck(self, service, target):
        service.script(drop())

        assert service.send("GET", target).status in {200, 404}

    def test_a_path_that_only_begins_like_an_admin_route_is_none(self, service):
        service.script(fails())

        assert service.send("GET", "/_localities").status == 503

    def test_a_head_that_is_struck_has_no_body(self, service):
        """Over a socket its body would be taken for the start of the next answer."""
        service.script(fails(when={"first_n": 1}))
        listener = listen("127.0.0.1", 0)
        with closing(Server(service.app, listener)):
            connection = HTTPConnection(urlsplit(url_of(listener)).netloc)
            connection.request("HEAD", "/things")
            struck = connection.getresponse()
            struck.read()
            kept = connection.sock
            connection.request("GET", "/things")
            following = connection.getresponse()

            assert (struck.status, struck.headers["Content-Length"]) == (503, "28")
            assert (following.status, following.read()) == (200, b'{"things":0}')
            assert kept is not None
            connection.close()


class TestOverASocket:
    @pytest.fixture
    def url(self, service):
        listener = listen("127.0.0.1", 0)
        with closing(Server(service.app, listener)):
            yield url_of(listener)

    @each_row(
        ("effect", "reason"),
        {
            "a drop": ({"drop": True}, "connection closed without an answer"),
            "a cut": ({"truncate": 4}, "connection closed after 4 of 12 bytes"),
            "a cut to nothing": ({"truncate": 0}, "connection closed after 0 of 12 bytes"),
            "a cut error": ({"status": 503, "truncate": 4}, "connection closed after 4 of 28 bytes"),
            "a delay": ({"delay_s": 30}, "timed out after 30 s"),
        },
    )
    def test_a_fault_looks_the_same_as_in_process(self, service, url, effect, reason):
        service.script({"effect": effect, "when": {"first_n": 1}})

        answers = [OverNetwork().send("GET", f"{url}/things") for _ in range(2)]

        assert answers[0].reason == reason
        assert answers[1].status == 200

    @each_row("status", [204, 304, 503, 599])
    def test_a_status_looks_the_same_as_in_process(self, service, url, status):
        service.script({"effect": {"status": status, "headers": {"X-A": "b"}}})

        reply, in_process = OverNetwork().send("GET", f"{url}/things"), service.send("GET", "/things")

        assert (reply.status, reply.body, reply.headers["X-A"]) == (status, in_process.body, "b")


class TestCounts:
    def test_answers_are_counted_by_method_and_status(self, service):
        service.script(drop(match={"path": "/things/dropped"}), fails(match={"path": "/things/failed"}))

        for method, path in [
            ("GET", "/things"),
            ("GET", "/things"),
            ("POST", "/things"),
            ("GET", "/nowhere"),
            ("GET", "/things/failed"),
            ("GET", "/things/dropped"),
            ("GET", "/_local/health"),
        ]:
            service.send(method, path)

        assert service.middleware.answered == {
            ("GET", 200): 2,
            ("POST", 200): 1,
            ("GET", 404): 1,
            ("GET", 503): 1,
        }

    def test_no_answer_and_no_strike_is_lost_among_threads(self, service):
        threads, each = 8, 40
        service.script(fails(when={"first_n": 50}))
        statuses: list[int] = []

        def ask():
            statuses.extend(service.send("POST", "/things").status for _ in range(each))

        with often_switching():
            run(ask, threads)

        assert Counter(statuses) == {503: 50, 200: threads * each - 50}
        assert service.middleware.answered == {("POST", 503): 50, ("POST", 200): threads * each - 50}
        (entry,) = service.faults.entries("default")
        assert (entry.seen, entry.struck) == (threads * each, 50)
        assert service.shown("/_local/journal?limit=1000")["count"] == threads * each

    def test_no_count_is_lost_when_answers_come_at_once(self):
        """The first of a kind is the one that gets lost: asked for, found missing, and set by two threads."""
        threads, kinds = 8, 200
        middleware = bare_middleware()
        together = Barrier(threads)

        def ask():
            for kind in range(kinds):
                together.wait()
                list(middleware({"REQUEST_METHOD": f"M{kind}", "PATH_INFO": "/"}, lambda *_: None))

        with often_switching():
            run(ask, threads)

        assert middleware.answered == {(f"M{kind}", 200): threads for kind in range(kinds)}


class TestJournal:
    @pytest.mark.parametrize(
        ("rule", "status"),
        [(drop(), None), (drop(phase="after"), None), (fails(), 503), ({"effect": {"delay_s": 1}}, 200)],
        ids=["a drop", "a drop after the work", "a status", "a delay"],
    )
    def test_a_fault_is_noted_with_what_became_of_the_answer(self, service, rule, status):
        service.script(rule)

        service.send("POST", "/things", body=b"asked")

        (exchange,) = service.shown("/_local/journal")["exchanges"]
        assert (exchange["status"], exchange["fault"], exchange["request"]["body"]) == (status, True, "asked")
        assert exchange["effect"] == rule["effect"]

    @pytest.mark.parametrize(
        ("target", "shown"),
        [
            ("/nowhere/%FF", "/nowhere/\ufffd"),
            ("/nowhere/gr%C3%B6%C3%9Fe", "/nowhere/größe"),
            ("/nowhere?a=%FF", "/nowhere?a=%FF"),
            ("", "/"),
        ],
        ids=["no UTF-8", "letters beyond ASCII", "a query as it came", "the root"],
    )
    def test_any_target_can_be_noted(self, service, target, shown):
        service.send("GET", target)

        (exchange,) = service.shown("/_local/journal")["exchanges"]
        assert exchange["target"] == shown

    def test_a_body_that_was_noted_in_part_arrives_whole(self, service):
        body = encode("x" * (2 * KEPT_BYTES))

        assert service.send("PUT", "/echo", body=body).body == body
        (exchange,) = service.shown("/_local/journal")["exchanges"]
        assert (
            exchange["request"]["body"] == exchange["reply"]["body"] == '"' + "x" * (KEPT_BYTES - 1) + " ..."
        )

    @pytest.mark.parametrize(
        ("length", "status"),
        [(LARGEST_BODY, 200), (LARGEST_BODY + 1, 413)],
        ids=["the largest", "larger by one"],
    )
    def test_a_body_up_to_the_largest_is_taken(self, service, length, status):
        reply = service.send("PUT", "/echo", body=b'"' + b"x" * (length - 2) + b'"')

        assert reply.status == status
        assert service.shown("/_local/journal")["exchanges"][0]["status"] == status

    def test_an_application_that_fails_is_noted_without_an_answer(self, service):
        def defective(_environ, _start_response):
            raise ValueError("a defect")

        middleware = ServiceMiddleware(
            service.app,
            application=defective,
            guard=Guard(),
            faults=service.faults,
            journal=service.journal,
            facts_of=known_by(lambda _environ: service.workspaces.default),
        )

        with pytest.raises(ValueError, match="a defect"):
            middleware({"REQUEST_METHOD": "GET", "PATH_INFO": "/a"}, lambda *_: None)

        (exchange,) = service.shown("/_local/journal")["exchanges"]
        assert (exchange["target"], exchange["status"], exchange["fault"]) == ("/a", None, False)


def bare_middleware() -> ServiceMiddleware:
    """Return a middleware with nothing behind it that takes time: no rules, no journal, one clock."""

    class Nothing:
        name = "default"
        clock = VirtualClock(DEFAULT_START)

        def apply(self, *_asked, **_at):
            return None

        def add(self, *_noted):
            return None

    def application(_environ, start_response):
        start_response("200 OK", [])
        return [b""]

    return ServiceMiddleware(
        Flask("nothing"),
        application=application,
        guard=Guard(),
        faults=Nothing(),
        journal=Nothing(),
        facts_of=known_by(lambda _environ: Nothing()),
        keeps_calls=False,
    )


@contextmanager
def often_switching():
    """Let threads take turns as often as they can, so that what is not safe shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def run(work, threads):
    running = [Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


class TestLongAnswers:
    """Answers that a service makes bit by bit, without saying how long they will be."""

    @pytest.fixture
    def long_service(self, service):
        """The service, with a route that answers in blocks of a thousand letters, and what became of it."""
        happened = {"made": 0, "closed": 0, "go_on": Event()}

        def blocks(number):
            try:
                for _ in range(number):
                    happened["made"] += 1
                    yield b"x" * 1000
                    if happened["made"] == 20:
                        assert happened["go_on"].wait(DEADLINE_S)
            finally:
                happened["closed"] += 1

        @service.app.get("/long/<int:number>")
        def long_answer(number):
            return Response(blocks(number), mimetype="text/plain")

        service.happened = happened
        return service

    def test_the_start_is_sent_before_the_end_is_made(self, long_service):
        listener = listen("127.0.0.1", 0)
        with closing(Server(long_service.app, listener)):
            connection = HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=DEADLINE_S)
            connection.request("GET", "/long/50")
            answer = connection.getresponse()

            assert answer.read(9000) == b"x" * 9000
            assert long_service.happened["made"] <= 20
            long_service.happened["go_on"].set()
            assert len(answer.read()) == 41000
            connection.close()

        assert long_service.happened["closed"] == 1

    def test_the_journal_has_its_start(self, long_service):
        long_service.happened["go_on"].set()
        assert len(long_service.send("GET", "/long/30").body) == 30_000

        (exchange,) = long_service.shown("/_local/journal?q=/long")["exchanges"]

        assert exchange["reply"]["body"] == "x" * KEPT_BYTES + " ..."

    def test_a_fault_has_all_of_it(self, long_service):
        long_service.happened["go_on"].set()
        long_service.script({"effect": {"truncate": 15_000}, "match": {"path": "/long/*"}, "phase": "after"})

        answer = long_service.send("GET", "/long/30")

        assert isinstance(answer, NoReply)
        assert "15000 of 30000 bytes" in answer.reason

    def test_a_client_that_goes_away_lets_the_service_close(self, long_service):
        environ = create_environ("/long/30")
        body = long_service.app(environ, lambda *_: None)
        next(iter(body))

        body.close()

        assert long_service.happened["closed"] == 1
        assert long_service.happened["made"] < 20
