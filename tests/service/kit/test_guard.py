"""Who may call a service at all: by Host, by Origin, by Sec-Fetch-Site; what is refused leaves no trace.

Which names and origins are whose is in ``tests/unit/kit/web/test_origins.py``.
"""

import logging
import socket
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from each_row import each_row
from werkzeug.test import create_environ

from elements_local.kit.api.json_text import decode
from elements_local.kit.web.guard import TOKEN_HEADER, Guard
from elements_local.kit.web.in_process import begin
from elements_local.kit.web.serving import Server, listen, url_of

FAILS = {"effect": {"status": 503}}
ELSEWHERE = "https://evil.example"
PAGE = "http://localhost:3000"
FOREIGN_HOSTS = ["evil.example:4709", "localhost.", "stack.example.evil.example", "127.0.0.1:port", "[", ""]
ADMIN_ROUTES = [
    ("GET", "/_local/health"),
    ("POST", "/_local/reset"),
    ("GET", "/_local/faults"),
    ("PUT", "/_local/faults"),
    ("DELETE", "/_local/faults"),
    ("GET", "/_local/journal"),
    ("GET", "/_local/journal/calls"),
    ("GET", "/_local/metrics"),
    ("GET", "/_local/nowhere"),
    ("PATCH", "/_local/faults"),
    ("OPTIONS", "/_local/faults"),
    ("GET", "/_local"),
    ("GET", "/_local/"),
]
ROUTES = [("GET", "/things"), ("POST", "/things"), ("OPTIONS", "/things"), ("GET", "/nowhere"), *ADMIN_ROUTES]


@pytest.fixture
def guarded(build_service):
    return build_service(Guard(token="right", served_as=frozenset({"stack.example"})))


@pytest.fixture
def unseen():
    """Make sure that what happens meanwhile leaves no trace in a service."""

    def traces(service):
        shown = [
            service.shown(f"/_local/{what}", headers=service.guard.headers)
            for what in ("journal", "journal/calls", "faults")
        ]
        return shown, service.things.copy(), service.middleware.answered.copy()

    @contextmanager
    def watch(service):
        before = traces(service)
        yield
        assert traces(service) == before

    return watch


def message(reply, status=403):
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/json"
    assert not [name for name, _ in reply.headers if name.lower().startswith("access-control")]
    return decode(reply.body)["message"]


class TestHost:
    @each_row("target", ["/things", "/_local/health"])
    def test_loopback_is_always_answered(self, service, guarded, target):
        hosts = ["127.0.0.1:4709", "LOCALHOST", "[::1]:4709"]

        for one in (service, guarded):
            for host in hosts:
                assert one.send("GET", target, headers={**one.guard.headers, "Host": host}).status == 200, (
                    host
                )

    def test_a_name_that_the_stack_was_not_told_is_refused_everywhere_with_a_token_too(
        self, service, guarded, unseen
    ):
        for one in (service, guarded):
            with unseen(one):
                for host in FOREIGN_HOSTS:
                    for method, target in (("POST", "/things"), ("PUT", "/_local/faults")):
                        headers = {**one.guard.headers, "Host": host}
                        reply = one.send(method, target, json={"faults": [FAILS]}, headers=headers)

                        assert repr(host) in message(reply)

    def test_a_refused_name_says_what_would_let_it_in(self, service):
        told = message(service.send("GET", "/things", headers={"Host": "Stack.example:4709"}))

        assert told.startswith(
            "this stack answers to 127.0.0.1, [::1], localhost; the Host was 'Stack.example:4709'"
        )
        assert told.endswith("up --served-as stack.example or ELEMENTS_LOCAL_SERVED_AS=stack.example")

    @pytest.mark.parametrize("host", ["stack.example", "STACK.example:80"])
    @pytest.mark.parametrize("target", ["/things", "/_local/health"])
    def test_a_name_that_the_stack_is_served_as_is_answered(self, guarded, host, target):
        assert guarded.send("GET", target, headers={**guarded.guard.headers, "Host": host}).status == 200

    @each_row("host", ["192.168.1.5:4709", "[2001:db8::1]", "0.0.0.0:4709"])
    def test_an_address_of_the_network_is_answered_where_the_network_is_listened_to(
        self, service, guarded, host
    ):
        """Nobody can bind an address to another machine, as a name can be."""
        assert guarded.send("GET", "/things", headers={"Host": host}).status == 200
        assert service.send("GET", "/things", headers={"Host": host}).status == 403

    def test_who_speaks_http_of_before_the_header_is_answered(self, service):
        environ = create_environ("/_local/health", environ_overrides={"SERVER_PROTOCOL": "HTTP/1.0"})
        del environ["HTTP_HOST"]

        assert begin(service.app, environ).reply.status == 200


class TestOrigin:
    @each_row(
        "headers",
        {
            "its own": {"Origin": "http://127.0.0.1:4709"},
            "its own by a served name": {"Host": "stack.example", "Origin": "http://stack.example"},
            "its own by an address": {"Host": "10.0.0.7:4709", "Origin": "http://10.0.0.7:4709"},
            "one of this machine": {"Origin": PAGE},
            "Postman's": {"Origin": "https://web.postman.co", "Sec-Fetch-Site": "cross-site"},
            "one that was allowed": {"Origin": "https://app.example"},
        },
    )
    def test_a_page_on_the_list_calls_vendor_routes(self, build_service, headers):
        guard = Guard(
            token="right",
            served_as=frozenset({"stack.example"}),
            allow_origins=frozenset({"https://app.example"}),
        )

        assert build_service(guard).send("POST", "/things", headers=headers).status == 200

    @each_row("origin", [ELSEWHERE, "null", "", "x" * 100_000])
    def test_any_other_page_is_refused_everywhere_before_anything_happens(self, service, unseen, origin):
        with unseen(service):
            for method, target in ROUTES:
                reply = service.send(method, target, headers={"Origin": origin})

                assert repr(origin[:300]) in message(reply)

    @each_row("origin", [PAGE, "http://127.0.0.1:4700", "https://127.0.0.1:4709", "https://web.postman.co"])
    def test_admin_routes_answer_no_page_but_their_own(self, service, unseen, origin):
        with unseen(service):
            for method, target in ADMIN_ROUTES:
                reply = service.send(method, target, headers={"Origin": origin})

                assert "admin routes answer no other origin's pages" in message(reply)

    @each_row("host", ["127.0.0.1:4709", "localhost:1"])
    def test_admin_routes_answer_their_own_page(self, service, host):
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}

        assert service.send("PUT", "/_local/faults", json={"faults": []}, headers=headers).status == 200

    def test_a_page_that_bound_its_own_name_to_this_machine_is_refused(self, service):
        """To its browser both are one origin; the name gives it away."""
        headers = {"Host": "evil.example", "Origin": "http://evil.example"}

        assert "Host" in message(service.send("POST", "/_local/reset", headers=headers))

    def test_a_refusal_says_who_may_and_what_would_let_others_in(self, service):
        told = message(service.send("GET", "/things", headers={"Origin": ELSEWHERE}))

        assert "localhost and 127.0.0.1, and of https://app.getpostman.com, https://web.postman.co" in told
        assert told.endswith("up --allow-origin or ELEMENTS_LOCAL_ALLOW_ORIGINS lets others in by name")

    def test_head_is_refused_without_a_body(self, service):
        reply = service.send("HEAD", "/things", headers={"Origin": ELSEWHERE})

        assert (reply.status, reply.body) == (403, b"")

    def test_who_runs_the_stack_is_told_once_of_each_page(self, service, caplog):
        with caplog.at_level(logging.WARNING):
            for origin in (ELSEWHERE, ELSEWHERE, "null"):
                service.send("GET", "/things", headers={"Origin": origin})

        told = [record.getMessage() for record in caplog.records]
        assert len(told) == 2
        assert told[0].startswith("a request was refused: this stack answers pages of its own")
        assert "'null'" in told[1]

    def test_a_page_cannot_fill_the_log(self, service, caplog):
        with caplog.at_level(logging.WARNING):
            for number in range(300):
                service.send("GET", "/things", headers={"Origin": f"https://evil-{number}.example"})

        assert len(caplog.records) == 100


class TestFetchSite:
    """A page may embed an address as a picture, or lead there: no Origin is sent then, but this is."""

    @each_row("origin", {"embedded": {}, "own": {"Origin": "http://127.0.0.1:4709"}})
    def test_another_sites_page_is_refused_at_admin_routes(self, service, unseen, origin):
        with unseen(service):
            for method, target in ADMIN_ROUTES:
                reply = service.send(method, target, headers={**origin, "Sec-Fetch-Site": "cross-site"})

                assert "sent by a page of another site" in message(reply)

    @each_row("site", ["same-origin", "same-site", "none"])
    def test_everybody_else_is_let_through(self, service, site):
        for target in ("/_local/health", "/things"):
            assert service.send("GET", target, headers={"Sec-Fetch-Site": site}).status == 200

    @each_row(("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 403)])
    def test_elsewhere_only_what_changes_something_is_refused(self, service, method, status):
        assert service.send(method, "/things", headers={"Sec-Fetch-Site": "cross-site"}).status == status

    @each_row(
        ("target", "headers", "status"),
        [
            ("/hooks/a", {}, 403),
            ("//hooks/a", {}, 403),
            ("/hooks/a", {"Origin": PAGE}, 200),
            ("/hooks", {}, 200),
            ("/else/hooks/a", {}, 200),
        ],
    )
    def test_a_get_is_refused_where_it_changes_something_unless_a_page_on_the_list_sends_it(
        self, target, headers, status
    ):
        environ = create_environ(headers={"Sec-Fetch-Site": "cross-site", **headers})
        refused = Guard().refusal({**environ, "PATH_INFO": target}, changing=("/hooks/",))

        assert (refused is None) == (status == 200)

    def test_slashes_before_it_hide_no_admin_route(self, service):
        environ = create_environ(method="POST", headers={"Origin": PAGE})

        assert begin(service.app, {**environ, "PATH_INFO": "//_local/reset"}).reply.status == 403


class TestToken:
    @each_row(
        "headers",
        {
            "none": {},
            "an empty one": {TOKEN_HEADER: ""},
            "a wrong one": {TOKEN_HEADER: "wrong"},
            "the right one twice": {TOKEN_HEADER: "right right"},
            "one in capitals": {TOKEN_HEADER: "RIGHT"},
            "one beyond ASCII": {TOKEN_HEADER: "größe"},
            "right, but a foreign page": {TOKEN_HEADER: "right", "Origin": ELSEWHERE},
            "right, but by a foreign name": {TOKEN_HEADER: "right", "Host": "evil.example"},
            "the right one elsewhere": {"Authorization": "Bearer right"},
        },
    )
    def test_without_the_token_an_admin_call_is_refused(self, guarded, headers):
        assert guarded.send("GET", "/_local/health", headers=headers).status == 403

    @each_row("host", ["127.0.0.1:4709", "stack.example:4709", "192.168.1.5:4709"])
    def test_with_the_token_an_admin_call_is_let_through(self, guarded, host):
        assert (
            guarded.send("GET", "/_local/health", headers={TOKEN_HEADER: "right", "Host": host}).status == 200
        )

    def test_vendor_routes_need_none(self, guarded):
        assert guarded.send("GET", "/things").status == 200

    def test_where_no_token_is_asked_for_none_need_be_sent_and_any_may(self, service):
        assert Guard().headers == {}
        assert service.send("GET", "/_local/health", headers={TOKEN_HEADER: "any"}).status == 200


class TestLength:
    """Python refuses to read a number of more than some thousands of digits, by an exception."""

    @each_row("length", ["9" * 19, "9" * 5000, "-1", "+1", "1 1", "0x1", "٣", "ten"])
    def test_a_length_that_is_none_is_answered_with_400(self, service, unseen, length):
        environ = create_environ("/things", method="POST", environ_overrides={"CONTENT_LENGTH": length})

        with unseen(service):
            reply = begin(service.app, environ).reply

        assert message(reply, 400) == "Content-Length is not the length of a body"

    @each_row("length", ["", "0", "00", "2"])
    def test_any_other_is_taken(self, service, length):
        environ = create_environ(
            "/things", method="POST", data=b"{}", environ_overrides={"CONTENT_LENGTH": length}
        )

        assert begin(service.app, environ).reply.status == 200

    @each_row(
        ("head", "status"),
        {
            "five thousand digits": ("POST / HTTP/1.1\r\nContent-Length: " + "9" * 5000, 400),
            "five thousand noughts": ("POST / HTTP/1.0\r\nContent-Length: " + "0" * 5000 + "1", 400),
            "a number that is too large": ("POST / HTTP/1.1\r\nContent-Length: " + "9" * 4000, 413),
            "two lengths": ("POST / HTTP/1.1\r\nContent-Length: 1, 1", 400),
            "half an address": ("GET http://[::1 HTTP/1.1", 400),
        },
    )
    def test_over_a_socket_too_and_nothing_is_logged(self, caplog, head, status):
        listener = listen("127.0.0.1", 0)
        address = urlsplit(url_of(listener))

        with (
            closing(Server(lambda _environ, _start: [], listener)),
            socket.create_connection((address.hostname, address.port)) as connection,
        ):
            connection.sendall(f"{head}\r\nHost: localhost\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))

        assert answer.startswith(f"HTTP/1.{head.partition(' HTTP/1.')[2][0]} {status} ".encode())
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


class TestWhomARequestIsFor:
    """Over a socket: by the host of its target, if that has one, or else by ``Host``."""

    @each_row(
        ("head", "status"),
        {
            "no Host": ("GET /things HTTP/1.1", 403),
            "no Host, to an admin route": ("POST /_local/reset HTTP/1.1", 403),
            "no Host, before there was one": ("GET /things HTTP/1.0", 200),
            "another's target": ("GET http://evil.example/things HTTP/1.1\r\nHost: localhost", 403),
            "another's admin route": (
                "POST http://evil.example/_local/reset HTTP/1.1\r\nHost: localhost",
                403,
            ),
            "another's target, before there was a Host": ("GET http://evil.example/things HTTP/1.0", 403),
            "its own target": ("GET http://localhost/things HTTP/1.1\r\nHost: evil.example", 200),
        },
    )
    def test_a_request_for_another_is_refused(self, service, head, status):
        listener = listen("127.0.0.1", 0)
        address = urlsplit(url_of(listener))

        with (
            closing(Server(service.app, listener)),
            socket.create_connection((address.hostname, address.port)) as connection,
        ):
            connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))

        assert answer.split(b" ")[1] == str(status).encode(), answer
        assert (b"this stack answers to" in answer) is (status == 403)
