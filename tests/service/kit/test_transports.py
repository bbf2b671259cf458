"""Both transports, held against the same behaviours: one application, called in process and over a socket."""

import gzip
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from each_row import each_row
from flask import Flask, g
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from elements_local.kit.http_message import DELAY_HEADER, DroppedError, NoReply, Reply
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import Server, listen, url_of

TEN_SECONDS = timedelta(seconds=10)
Headers = list[tuple[str, str]]


@dataclass
class Service:
    """A raw WSGI application that notes what it was asked and answers what it is told."""

    status: str = "200 OK"
    headers: Headers = field(default_factory=list)
    body: list[bytes] = field(default_factory=lambda: [b"{}"])
    asked: list[dict[str, object]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __call__(self, environ, start_response):
        self.bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        self.asked.append(environ)
        start_response(self.status, self.headers)
        return self.body

    def header(self, name: str) -> object:
        return self.asked[-1].get(f"HTTP_{name.upper().replace('-', '_')}")


@pytest.fixture(params=["in process", "over a socket"])
def serve(request):
    """Return a function that puts an application where it can be asked: a transport, and the URL."""
    with ExitStack() as ending:

        def served(application, *, timeout=timedelta(seconds=30)):
            if request.param == "in process":
                return InProcess(
                    {"http://crm.test:4701": application}, timeout=timeout
                ), "http://crm.test:4701"
            listener = listen("127.0.0.1", 0)
            ending.callback(Server(application, listener).close)
            return OverNetwork(timeout=timeout), url_of(listener)

        yield served


def test_the_method_arrives(serve):
    service = Service()
    http, url = serve(service)
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]

    assert [http.send(method, url).status for method in methods] == [200] * len(methods)
    assert [asked["REQUEST_METHOD"] for asked in service.asked] == methods


PATHS = {
    "": b"/",  # none is the root
    "/": b"/",  # the root
    "/v3.1/Leads/7": b"/v3.1/Leads/7",  # plain
    "/a/": b"/a/",  # a slash at the end
    "/a//b": b"/a//b",  # two slashes within
    "//a": b"/a",  # two slashes at the start
    "/a%20b": b"/a b",  # an escaped space
    "/a b": b"/a b",  # a space
    "/a+b": b"/a+b",  # a plus is a plus
    "/a%2Fb": b"/a/b",  # an escaped slash
    "/a%2fb": b"/a/b",  # an escaped slash in small letters
    "/a%3Fb%23c": b"/a?b#c",  # escaped marks
    "/a%25b": b"/a%b",  # an escaped per cent
    "/%C3%BC": "/ü".encode(),  # an escaped letter beyond ASCII
    "/ü": "/ü".encode(),  # a letter beyond ASCII
    "/😀": "/😀".encode(),  # a letter of four bytes
    "/%FF%FE": b"/\xff\xfe",  # bytes that are no UTF-8
    "/a;b=c,d": b"/a;b=c,d",  # parameters
    "/a:b@c": b"/a:b@c",  # marks of an authority
    "/a/../b": b"/b",  # a step up
    "/../a": b"/a",  # a step up from the root
    "/a/./b/.": b"/a/b/",  # steps on the spot
    "/a/b/..": b"/a/",  # a step up at the end
    "/.a/b..": b"/.a/b..",  # points in names
}


def test_the_path_arrives_unescaped(serve):
    service = Service()
    http, url = serve(service)

    for path in PATHS:
        http.send("GET", url + path)

    came = [asked["PATH_INFO"].encode("latin-1") for asked in service.asked]
    assert dict(zip(PATHS, came, strict=True)) == PATHS


QUERIES = {
    "": b"",  # none
    "?": b"",  # empty
    "?a=1&b=&c": b"a=1&b=&c",  # plain
    "?a=b%26c": b"a=b&c",  # an escaped ampersand
    "?a=b+c%2Bd": b"a=b+c+d",  # plus and escaped plus
    "?a=b c": b"a=b c",  # a space
    "?a=%C3%BC": "a=ü".encode(),  # an escaped letter beyond ASCII
    "?a=ü": "a=ü".encode(),  # a letter beyond ASCII
    "?a=%FF": b"a=\xff",  # a byte that is no UTF-8
    "?where=x>'2026-03-02'&y[]=\"{|}\"": b"where=x>'2026-03-02'&y[]=\"{|}\"",  # marks
    "?a=b?c/../d": b"a=b?c/../d",  # a question mark and a path
    "?a=100%": b"a=100%",  # a per cent that escapes nothing
    "?a=1#b=2": b"a=1",  # without the fragment
    "#b?a=1": b"",  # none within the fragment
    "?a=\t1\n": b"a=\t1\n",  # tab and line feed
}


def test_the_query_arrives_escaped_as_it_has_to_be(serve):
    service = Service()
    http, url = serve(service)

    for query in QUERIES:
        http.send("GET", f"{url}/a{query}")

    came = [asked["QUERY_STRING"] for asked in service.asked]
    assert dict(zip(QUERIES, map(unquote_to_bytes, came), strict=True)) == QUERIES
    assert all(query.isascii() and " " not in query for query in came)
    assert {asked["PATH_INFO"] for asked in service.asked} == {"/a"}


HEADERS = {
    "X-Plain": "abc",  # plain
    "x-small": "abc",  # a small name
    "Authorization": "User a=, Organization b",  # an authorization
    "X-Empty": "",  # an empty value
    "X-Spaced": "a b\tc",  # space within
    "X-Latin": "größe",  # letters of Latin-1
    "X-Quoted": '"a, b"; c=d',  # marks
}


def test_headers_arrive(serve):
    service = Service()
    http, url = serve(service)

    http.send("GET", url, headers={**HEADERS, "X-Behind": "b \t"})

    assert {name: service.header(name) for name in HEADERS} == HEADERS
    assert service.header("X-Behind") == "b", "space behind a value is no part of it"


@pytest.mark.parametrize(
    ("given", "arrive"),
    [
        ({}, {"USER_AGENT": "elements-local"}),
        ({"user-agent": "mine"}, {"USER_AGENT": "mine"}),
        ({"Accept-Encoding": "gzip"}, {"USER_AGENT": "elements-local", "ACCEPT_ENCODING": "gzip"}),
    ],
    ids=["none", "another agent", "an encoding"],
)
def test_no_headers_arrive_beside_those_that_are_given_but_the_agent(serve, given, arrive):
    service = Service()
    http, url = serve(service)

    http.send("POST", url, headers=given, body=b"a")

    came = {name.removeprefix("HTTP_"): value for name, value in service.asked[0].items() if "HTTP_" in name}
    assert came == {"HOST": urlsplit(url).netloc, **arrive}


def test_headers_arrive_in_the_order_that_they_were_given(serve):
    service = Service()
    http, url = serve(service)

    http.send("POST", url, headers={"X-A": "1", "Content-Type": "text/csv", "X-B": "2"}, body=b"a")

    assert [name for name in service.asked[0] if "X_" in name or name == "CONTENT_TYPE"] == [
        "HTTP_X_A",
        "CONTENT_TYPE",
        "HTTP_X_B",
    ]


def test_the_content_type_arrives_where_wsgi_has_it(serve):
    service = Service()
    http, url = serve(service)

    http.send("POST", url, headers={"content-type": "text/csv"}, body=b"a")

    assert service.asked[0]["CONTENT_TYPE"] == "text/csv"
    assert service.header("content-type") is None


def test_credentials_in_the_url_become_an_authorization(serve):
    service = Service()
    http, url = serve(service)

    http.send("GET", url.replace("://", "://ada:p%40ss@"))

    assert service.header("Authorization") == "Basic YWRhOnBAc3M="
    assert service.asked[0]["HTTP_HOST"] == urlsplit(url).netloc


def test_a_header_with_an_underscore_does_not_pass_for_one_with_a_hyphen(serve):
    """Servers drop it, since WSGI could not tell the two apart."""
    service = Service()
    http, url = serve(service)

    http.send("GET", url, headers={"X_User": "eve", "X-User": "ada"})

    assert service.header("X-User") == "ada"


UNSENDABLE = [
    ("X", "a\r\nY: b"),  # a header in a header
    ("X", "a\nb"),  # a line feed
    ("X", "a\n"),  # a line feed at the end
    ("X", " a"),  # space before the value
    ("X", "€"),  # a letter beyond Latin-1
    ("X", "\ud800"),  # half a letter
    ("X\nY", "a"),  # a line feed in the name
    ("X:Y", "a"),  # a colon in the name
    ("", "a"),  # no name
    ("Ü€", "a"),  # a name beyond Latin-1
]


def test_a_header_that_cannot_be_sent_is_not_sent(serve):
    service = Service()
    http, url = serve(service)

    for name, value in UNSENDABLE:
        answer = http.send("GET", url, headers={name: value})

        assert answer == NoReply(
            reason=f"cannot be sent: {name!r} is not an HTTP header, or its value is not valid"
        )
    assert service.asked == []


def test_the_body_arrives_and_comes_back_byte_for_byte(serve):
    def echo(environ, start_response):
        start_response("200 OK", [])
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        return [b"", body[:1], b"", body[1:]]

    http, url = serve(echo)

    for body in (b"", b'{"a":1}', bytes(range(256)), b"x" * 3_000_000):
        assert http.send("POST", url, body=body).body == body


def test_the_length_is_the_bodys_whatever_a_header_claims(serve):
    service = Service()
    http, url = serve(service)

    assert http.send("POST", url, headers={"Content-Length": "3"}, body=b"abcdef").status == 200

    assert (service.asked[0]["CONTENT_LENGTH"], service.bodies) == ("6", [b"abcdef"])


SEVEN = [("Content-Length", "7")]
ANSWERS = {
    **{
        f"{status}": ("GET", f"{status} Odd", [], b"{}", b"{}")
        for status in (200, 201, 299, 300, 404, 418, 599)
    },
    "no content, though some is sent": ("GET", "204 No Content", [], b"{}", b""),
    "nothing new, though something is sent": ("GET", "304 Not Modified", [], b"{}", b""),
    "a head": ("HEAD", "200 OK", SEVEN, b"", b""),
    "a head with a body": ("HEAD", "200 OK", SEVEN, b"abcdefg", b""),
    "a body longer than it says": ("GET", "200 OK", SEVEN, b"abcdefghi", b"abcdefg"),
    "headers of any letters": ("GET", "200 OK", [("x-one", "a"), ("X-Latin", "ü")], b"", b""),
    "a header twice": ("GET", "200 OK", [("Link", "<1>"), ("Link", "<2>, <3>")], b"", b""),
    "a redirect": ("GET", "301 Moved", [("Location", "/elsewhere")], b"{}", b"{}"),
    "a redirect to nowhere": ("GET", "302 Moved", [("Location", "")], b"{}", b"{}"),
    "a redirect to no URL": ("GET", "303 Moved", [("Location", "http://[")], b"{}", b"{}"),
    "a redirect to another scheme": ("GET", "307 Moved", [("Location", "mailto:ada@crm.test")], b"{}", b"{}"),
    "cookies": ("GET", "200 OK", [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")], b"", b""),
    "after cookies": ("GET", "200 OK", [], b"ok", b"ok"),
}
"""Method, status, headers and body of an answer, and the body that comes."""


def test_an_answer_comes_back_as_it_was_given_and_nothing_is_done_about_it(serve):
    service = Service()
    http, url = serve(service)

    for name, (method, service.status, service.headers, body, expected) in ANSWERS.items():
        service.body = [body]
        reply = http.send(method, url)

        assert (reply.status, reply.body, reply.elapsed) == (
            int(service.status[:3]),
            expected,
            timedelta(0),
        ), name
        for header in dict(service.headers):
            given = [value for key, value in service.headers if key == header]
            assert reply.headers.getlist(header.title()) == given, name
    assert len(service.asked) == len(ANSWERS)
    assert service.header("Cookie") is None


def test_a_connection_ends_with_the_answer_to_a_head_which_may_have_a_body_all_the_same():
    service = Service(headers=SEVEN, body=[b"abcdefg"])
    listener = listen("127.0.0.1", 0)
    with closing(Server(service, listener)):
        http = OverNetwork()
        answers = [http.send(method, url_of(listener)) for method in ("GET", "HEAD", "GET")]

    assert [(answer.status, answer.body) for answer in answers] == [
        (200, b"abcdefg"),
        (200, b""),
        (200, b"abcdefg"),
    ]
    first, second, third = (asked["REMOTE_PORT"] for asked in service.asked)
    assert first == second != third


def test_a_body_that_is_made_on_the_way_comes_back_whole(serve):
    closed = Event()

    def stream(_environ, start_response):
        try:
            start_response("200 OK", [])
            yield b"a"
            yield b"b"
        finally:
            closed.set()

    http, url = serve(stream)

    assert http.send("GET", url).body == b"ab"
    assert closed.is_set()


@pytest.mark.parametrize("sent", [b"", b"abc"], ids=["before the body", "within the body"])
def test_an_answer_that_is_cut_off_is_no_reply(serve, sent):
    http, url = serve(Service(headers=[("Content-Length", "7")], body=[sent]))

    answer = http.send("GET", url)

    assert isinstance(answer, NoReply)
    assert answer.reason.startswith("connection closed")


def test_a_connection_that_is_dropped_is_no_reply(serve):
    def drop(_environ, _start_response):
        raise DroppedError

    http, url = serve(drop)

    assert http.send("GET", url) == NoReply(reason="connection closed without an answer")


def test_a_service_can_be_asked_again_after_it_hung_up(serve):
    asked = []

    def drop_once(_environ, start_response):
        asked.append(True)
        if len(asked) == 2:
            raise DroppedError
        start_response("200 OK", [])
        return [b""]

    http, url = serve(drop_once)

    assert [type(http.send("GET", url)) for _ in range(3)] == [Reply, NoReply, Reply]


def raising(_environ, _start_response):
    raise ValueError("a defect")


def raising_halfway(_environ, start_response):
    def body():
        raise ValueError("a defect")
        yield b""

    start_response("200 OK", [])
    return body()


def silent(_environ, _start_response):
    return [b"x"]


@pytest.mark.parametrize("defective", [raising, raising_halfway, silent])
def test_a_service_that_fails_has_a_500_for_its_answer(serve, defective, caplog):
    http, url = serve(defective)

    assert http.send("GET", url).status == 500
    assert any(record.exc_info for record in caplog.records)


DELAYS = {"0.5": 0.5, "9.999999": 9.999999, "0": 0, "-1": 0, "nan": 0, "soon": 0, "": 0}


def test_a_delay_is_told_and_not_waited_for(serve):
    service = Service()
    http, url = serve(service, timeout=TEN_SECONDS)

    for delay, seconds in DELAYS.items():
        service.headers = [(DELAY_HEADER, delay)]
        reply = http.send("GET", url)

        assert (reply.status, reply.body, reply.elapsed) == (200, b"{}", timedelta(seconds=seconds))
    for delay in ("10", "10.5", "1e300", "inf"):
        service.headers = [(DELAY_HEADER, delay)]

        assert http.send("GET", url) == NoReply(reason="timed out after 10 s", elapsed=TEN_SECONDS)


def test_an_answer_that_never_ends_is_given_up(serve):
    piece = bytes(8 * 1024 * 1024)
    http, url = serve(Service(body=[piece] * 9))

    answer = http.send("GET", url)

    assert answer == NoReply(reason="the answer is longer than 64 MiB")


def test_many_threads_each_get_their_own_answer(serve):
    def echo(environ, start_response):
        start_response("200 OK", [])
        return [environ["PATH_INFO"].encode()]

    http, url = serve(echo)
    wrong = []

    def ask(thread):
        for nth in range(30):
            path = f"/{thread}/{nth}"
            answer = http.send("GET", url + path)
            if answer.body != path.encode():
                wrong.append((path, answer))

    threads = [Thread(target=ask, args=[thread]) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def leads_elsewhere(url: str) -> bool:
    """Say whether a request for it would leave this machine, or reach something that listens on it."""
    try:
        parts = urlsplit(url.strip())
        place = (parts.hostname or "127.0.0.1", parts.port or 80)
    except ValueError:
        return False
    return "//" in url and place != ("127.0.0.1", 1)


CLOSED = "http://127.0.0.1:1"
letters = st.characters()  # half a surrogate pair included
odd_urls = st.one_of(
    st.text(letters).filter(lambda text: "//" not in text),
    st.text(letters).map(CLOSED.__add__),
    st.text(letters).map(f"{CLOSED}/".__add__),
    st.text("%0123456789abcdefABCDEFu?&=#/\\[]|\ud800é ", max_size=12).map(f"{CLOSED}/%".__add__),
    st.text("[]:@%#\\.azé\x00 \ud800").map("http://[".__add__),
    st.text("[]:@%#\\.azé\x00 \ud800").map("http://127.0.0.1:".__add__),
    st.tuples(
        st.sampled_from(["ftp", "file", "https", "HTTP", "http+unix", "", "mailto", "javascript", "data"]),
        st.sampled_from(["", ":", "://", ":/"]),
        st.text(letters, max_size=9),
    ).map(lambda parts: "{}{}127.0.0.1:1/{}".format(*parts)),
).filter(lambda url: not leads_elsewhere(url))


@pytest.fixture(scope="module", params=["in process", "over the network"])
def nothing_listens(request):
    return InProcess({}) if request.param == "in process" else OverNetwork()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(url=odd_urls)
@example(url="")
@example(url="http://")
@example(url="http://[")
@example(url="http://[::1")
@example(url="http://127.0.0.1:port/")
@example(url="http://127.0.0.1:99999/")
@example(url="http://127.0.0.1:-1/")
@example(url="http://:80/")
@example(url="http://.")
@example(url="http://a..b.invalid:1/")
@example(url="http://" + "a" * 70 + ".invalid/")
@example(url="http://*.invalid")
@example(url="http://\u2100.invalid/")
@example(url="http://xn--a.invalid")
@example(url="//127.0.0.1:1/")
@example(url="/relative")
@example(url="http:/127.0.0.1:1")
@example(url="http://127.0.0.1:1/\ud800")
@example(url="http://127.0.0.1:1/?\ud800")
@example(url="http://us\ud800er@127.0.0.1:1/")
@example(url="http://€:€@127.0.0.1:1/")
@example(url="http://127.0.0.1:1/\r\nX: y")
def test_whatever_the_url_there_is_a_reason_and_no_exception(nothing_listens, url):
    answer = nothing_listens.send("GET", url)

    assert isinstance(answer, NoReply)
    assert answer.reason


@settings(deadline=None)
@given(st.text(st.characters()))
@example("/\ud800")
@example("?\ud800")
@example("/%")
@example("/%zz?%zz")
def test_whatever_the_path_an_application_in_process_answers_or_there_is_a_reason(path):
    service = Service()
    http = InProcess({"http://127.0.0.1:1": service})

    answer = http.send("GET", f"http://127.0.0.1:1/{path}")

    if isinstance(answer, NoReply):
        assert answer.reason
    else:
        assert service.asked[0]["PATH_INFO"].encode("latin-1").startswith(b"/")
        assert service.asked[0]["QUERY_STRING"].isascii()


def test_a_refused_connection_is_no_reply(nothing_listens):
    with closing(listen("127.0.0.1", 0)) as listener:
        url = url_of(listener)

    assert nothing_listens.send("GET", url) == NoReply(reason="connection refused")


def test_an_unknown_host_is_no_reply(nothing_listens):
    assert nothing_listens.send("GET", "http://crm.invalid/a") == NoReply(reason="host name not found")


def test_a_host_out_of_reach_is_no_reply_and_the_reason_is_always_the_same(nothing_listens):
    """An address of an object in it would differ from run to run, and so would what is exported."""
    first, second = (nothing_listens.send("GET", "http://255.255.255.255:9/") for _ in range(2))

    assert isinstance(first, NoReply)
    assert first == second
    assert "0x" not in first.reason


class TestInProcess:
    @each_row(
        ("origin", "url"),
        {
            "the same": ("http://crm.test:4701", "http://crm.test:4701/a"),
            "whatever the case": ("http://crm.test:4701", "HTTP://CRM.Test:4701/a"),
            "credentials": ("http://crm.test:4701", "http://ada:secret@crm.test:4701/a"),
            "the usual port": ("http://crm.test", "http://crm.test:80/a"),
            "the usual port, unsaid": ("http://crm.test:80", "http://crm.test/a"),
            "the usual port of https": ("https://crm.test", "https://crm.test:443/a"),
            "IPv6": ("http://[::1]:4701", "http://[::1]:4701/a"),
        },
    )
    def test_an_application_is_found_by_its_origin(self, origin, url):
        service = Service()

        reply = InProcess({origin: service}, otherwise=Recorder()).send("GET", url)

        assert isinstance(reply, Reply)
        assert service.asked[0]["PATH_INFO"] == "/a"

    @each_row(
        "url",
        {
            "another port": "http://crm.test:4702/a",
            "another scheme": "https://crm.test:4701/a",
            "another host": "http://crm.test.invalid:4701/a",
            "the origin as credentials": "http://crm.test:4701@evil.invalid/a",
            "no URL at all": "http://[/",
            "nothing": "",
        },
    )
    def test_everything_else_goes_elsewhere_as_it_came(self, url):
        elsewhere = Recorder()
        http = InProcess({"http://crm.test:4701": Service()}, otherwise=elsewhere)

        answer = http.send("PUT", url, headers={"A": "b"}, body=b"c")

        assert answer == Reply(status=299)
        assert elsewhere.sent == [("PUT", url, {"A": "b"}, b"c")]

    @pytest.mark.parametrize("measured", [True, False])
    def test_what_an_application_takes_counts_if_that_is_measured(self, measured):
        http = InProcess({"http://crm.test": Service()}, timeout=timedelta(0), measured=measured)

        reply = http.send("GET", "http://crm.test/a")

        assert (reply == NoReply(reason="timed out after 0 s")) is measured

    @each_row(
        ("url", "scheme", "name", "port"),
        [
            ("http://crm.test:4701/", "http", "crm.test", "4701"),
            ("http://crm.test/", "http", "crm.test", "80"),
            ("https://crm.test/", "https", "crm.test", "443"),
        ],
    )
    def test_the_application_is_told_where_it_lives(self, url, scheme, name, port):
        service = Service()

        InProcess({url.rstrip("/"): service}).send("GET", url)

        environ = service.asked[0]
        assert (environ["wsgi.url_scheme"], environ["SERVER_NAME"], environ["SERVER_PORT"]) == (
            scheme,
            name,
            port,
        )


@dataclass
class Recorder:
    """A transport that notes what it is given."""

    sent: list[tuple[object, ...]] = field(default_factory=list)

    def send(self, method, url, *, headers, body):
        self.sent.append((method, url, headers, body))
        return Reply(status=299)


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], str]]:
    """Return a function that opens a port which sends certain bytes to whoever asks, and hangs up."""
    with ExitStack() as ending:

        def answer(raw: bytes) -> str:
            listener = ending.enter_context(listen("127.0.0.1", 0))

            def once():
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(raw)

            thread = Thread(target=once)
            thread.start()
            ending.callback(thread.join)
            return url_of(listener)

        yield answer


class TestOverNetwork:
    @each_row(
        ("raw", "told"),
        {
            "nothing": (b"", "connection closed without an answer"),
            "another protocol": (b"SSH-2.0-OpenSSH\r\n", "the answer is not HTTP"),
            "a status in words": (b"HTTP/1.1 two OK\r\n\r\n", "the answer is not HTTP"),
            "cut off": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "3 of 9"),
            "half a chunk": (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "whole answer",
            ),
            "a chunk of no size": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", ""),
            "no gzip": (
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                "not encoded as its Content-Encoding says",
            ),
            "an endless header": (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", ""),
            "headers without end": (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", ""),
        },
    )
    def test_an_answer_that_is_no_http_is_no_reply(self, answering, raw, told):
        answer = OverNetwork().send("GET", answering(raw))

        assert isinstance(answer, NoReply)
        assert told in answer.reason
        assert "0x" not in answer.reason

    def test_an_answer_that_ends_with_the_connection_is_whole(self, answering):
        assert OverNetwork().send("GET", answering(b"HTTP/1.0 200 OK\r\n\r\nabc")).body == b"abc"

    def test_a_compressed_answer_is_unpacked(self, answering):
        packed = gzip.compress(b"abc")
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"

        assert OverNetwork().send("GET", answering(head.encode() + packed)).body == b"abc"

    def test_a_service_that_never_answers_is_no_reply(self):
        """It accepts the connection, and that is all."""
        with listen("127.0.0.1", 0) as listener:
            answer = OverNetwork(timeout=timedelta(seconds=0.05)).send("GET", url_of(listener))

        assert answer == NoReply(reason="timed out after 0.05 s", elapsed=timedelta(seconds=0.05))

    def test_of_a_time_out_that_passes_in_virtual_time_little_is_waited_for(self):
        minute, wait = timedelta(minutes=1), timedelta(seconds=0.05)
        with listen("127.0.0.1", 0) as listener:
            answer = OverNetwork(timeout=minute, wait=wait).send("GET", url_of(listener))

        reason = "timed out after 60 s: no answer within 0.05 s of real time"
        assert answer == NoReply(reason=reason, elapsed=minute)

    def test_neither_a_proxy_nor_credentials_of_the_environment_are_used(self, monkeypatch, tmp_path):
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        service = Service()
        listener = listen("127.0.0.1", 0)
        with closing(Server(service, listener)):
            reply = OverNetwork().send("GET", url_of(listener))

        assert reply.status == 200
        assert service.header("Authorization") is None

    def test_a_service_that_was_started_again_is_found_on_the_same_port(self):
        http = OverNetwork()
        listener = listen("127.0.0.1", 0)
        port = listener.getsockname()[1]
        with closing(Server(Service(body=[b"old"]), listener)):
            assert http.send("GET", f"http://127.0.0.1:{port}").body == b"old"

        with closing(Server(Service(body=[b"new"]), listen("127.0.0.1", port))):
            assert http.send("GET", f"http://127.0.0.1:{port}").body == b"new"


def test_an_application_that_calls_itself_shares_nothing_with_its_caller():
    app = Flask("calls-itself")
    http = InProcess({"http://127.0.0.1:4709": app})

    @app.get("/outer")
    def outer():
        g.mine = "outer"
        inner = http.send("GET", "http://127.0.0.1:4709/inner")
        return f"{inner.body.decode()}, {g.mine}"

    @app.get("/inner")
    def inner():
        seen = g.get("mine", "nothing")
        g.mine = "inner"
        return seen

    assert http.send("GET", "http://127.0.0.1:4709/outer").body == b"nothing, outer"


def test_tls_at_a_port_of_plain_http_is_refused_at_once(stack_on_ports):
    url = stack_on_ports.addresses.sink.replace("http://", "https://")

    reply = OverNetwork().send("POST", f"{url}/mine", body=b"{}")

    assert reply == NoReply(
        reason="TLS failed; if what listens there speaks plain HTTP, the URL has to begin with http://"
    )


def test_tls_at_a_port_that_never_answers_is_given_up_before_the_whole_time_is_over():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"

        reply = OverNetwork(handshake=timedelta(milliseconds=50)).send("GET", url)

    assert isinstance(reply, NoReply)
    assert reply.reason.startswith("TLS failed: no connection within 0.05 s; if what listens there")
