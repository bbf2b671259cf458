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
from flask import Flask, g
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.web.in_process import InProcess
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.kit.wire import DELAY_HEADER, DroppedError, NoReply, Reply

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


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_the_method_arrives(serve, method):
    service = Service()
    http, url = serve(service)

    assert http.send(method, url).status == 200
    assert service.asked[0]["REQUEST_METHOD"] == method


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        pytest.param("", b"/", id="none is the root"),
        pytest.param("/", b"/", id="the root"),
        pytest.param("/v3.1/Leads/7", b"/v3.1/Leads/7", id="plain"),
        pytest.param("/a/", b"/a/", id="a slash at the end"),
        pytest.param("/a//b", b"/a//b", id="two slashes within"),
        pytest.param("//a", b"/a", id="two slashes at the start"),
        pytest.param("/a%20b", b"/a b", id="an escaped space"),
        pytest.param("/a b", b"/a b", id="a space"),
        pytest.param("/a+b", b"/a+b", id="a plus is a plus"),
        pytest.param("/a%2Fb", b"/a/b", id="an escaped slash"),
        pytest.param("/a%2fb", b"/a/b", id="an escaped slash in small letters"),
        pytest.param("/a%3Fb%23c", b"/a?b#c", id="escaped marks"),
        pytest.param("/a%25b", b"/a%b", id="an escaped per cent"),
        pytest.param("/%C3%BC", "/ü".encode(), id="an escaped letter beyond ASCII"),
        pytest.param("/ü", "/ü".encode(), id="a letter beyond ASCII"),
        pytest.param("/😀", "/😀".encode(), id="a letter of four bytes"),
        pytest.param("/%FF%FE", b"/\xff\xfe", id="bytes that are no UTF-8"),
        pytest.param("/a;b=c,d", b"/a;b=c,d", id="parameters"),
        pytest.param("/a:b@c", b"/a:b@c", id="marks of an authority"),
        pytest.param("/a/../b", b"/b", id="a step up"),
        pytest.param("/../a", b"/a", id="a step up from the root"),
        pytest.param("/a/./b/.", b"/a/b/", id="steps on the spot"),
        pytest.param("/a/b/..", b"/a/", id="a step up at the end"),
        pytest.param("/.a/b..", b"/.a/b..", id="points in names"),
    ],
)
def test_the_path_arrives_unescaped(serve, sent, arrives):
    service = Service()
    http, url = serve(service)

    http.send("GET", url + sent)

    assert service.asked[0]["PATH_INFO"].encode("latin-1") == arrives


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        pytest.param("", b"", id="none"),
        pytest.param("?", b"", id="empty"),
        pytest.param("?a=1&b=&c", b"a=1&b=&c", id="plain"),
        pytest.param("?a=b%26c", b"a=b&c", id="an escaped ampersand"),
        pytest.param("?a=b+c%2Bd", b"a=b+c+d", id="plus and escaped plus"),
        pytest.param("?a=b c", b"a=b c", id="a space"),
        pytest.param("?a=%C3%BC", "a=ü".encode(), id="an escaped letter beyond ASCII"),
        pytest.param("?a=ü", "a=ü".encode(), id="a letter beyond ASCII"),
        pytest.param("?a=%FF", b"a=\xff", id="a byte that is no UTF-8"),
        pytest.param("?where=x>'2026-03-02'&y[]=\"{|}\"", b"where=x>'2026-03-02'&y[]=\"{|}\"", id="marks"),
        pytest.param("?a=b?c/../d", b"a=b?c/../d", id="a question mark and a path"),
        pytest.param("?a=100%", b"a=100%", id="a per cent that escapes nothing"),
        pytest.param("?a=1#b=2", b"a=1", id="without the fragment"),
        pytest.param("#b?a=1", b"", id="none within the fragment"),
        pytest.param("?a=\t1\n", b"a=\t1\n", id="tab and line feed"),
    ],
)
def test_the_query_arrives_escaped_as_it_has_to_be(serve, sent, arrives):
    service = Service()
    http, url = serve(service)

    http.send("GET", f"{url}/a{sent}")

    assert service.asked[0]["QUERY_STRING"].isascii()
    assert " " not in service.asked[0]["QUERY_STRING"]
    assert unquote_to_bytes(service.asked[0]["QUERY_STRING"]) == arrives


def test_the_fragment_stays_at_home(serve):
    service = Service()
    http, url = serve(service)

    http.send("GET", f"{url}/a#b")

    assert service.asked[0]["PATH_INFO"] == "/a"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("X-Plain", "abc", id="plain"),
        pytest.param("x-small", "abc", id="a small name"),
        pytest.param("Authorization", "User a=, Organization b", id="an authorization"),
        pytest.param("X-Empty", "", id="an empty value"),
        pytest.param("X-Spaced", "a  b\tc", id="space within"),
        pytest.param("X-Latin", "größe", id="letters of Latin-1"),
        pytest.param("X-Quoted", '"a, b"; c=d', id="marks"),
    ],
)
def test_headers_arrive(serve, name, value):
    service = Service()
    http, url = serve(service)

    http.send("GET", url, headers={name: value})

    assert service.header(name) == value


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


def test_space_behind_a_headers_value_is_no_part_of_it(serve):
    service = Service()
    http, url = serve(service)

    http.send("GET", url, headers={"X-A": "b \t"})

    assert service.header("X-A") == "b"


def test_the_content_type_arrives_where_wsgi_has_it(serve):
    service = Service()
    http, url = serve(service)

    http.send("POST", url, headers={"content-type": "text/csv"}, body=b"a")

    assert service.asked[0]["CONTENT_TYPE"] == "text/csv"
    assert service.header("content-type") is None


def test_no_content_type_is_made_up(serve):
    service = Service()
    http, url = serve(service)

    http.send("POST", url, body=b"a=b")

    assert service.asked[0].get("CONTENT_TYPE", "") == ""


def test_the_host_is_the_urls(serve):
    service = Service()
    http, url = serve(service)

    http.send("GET", f"{url}/a")

    assert service.asked[0]["HTTP_HOST"] == urlsplit(url).netloc


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("X", "a\r\nY: b", id="a header in a header"),
        pytest.param("X", "a\nb", id="a line feed"),
        pytest.param("X", "a\n", id="a line feed at the end"),
        pytest.param("X", " a", id="space before the value"),
        pytest.param("X", "€", id="a letter beyond Latin-1"),
        pytest.param("X", "\ud800", id="half a letter"),
        pytest.param("X\nY", "a", id="a line feed in the name"),
        pytest.param("X:Y", "a", id="a colon in the name"),
        pytest.param("", "a", id="no name"),
        pytest.param("Ü€", "a", id="a name beyond Latin-1"),
    ],
)
def test_a_header_that_cannot_be_sent_is_not_sent(serve, name, value):
    service = Service()
    http, url = serve(service)

    answer = http.send("GET", url, headers={name: value})

    assert answer == NoReply(reason=f"cannot be sent: {name!r} is no header of HTTP, or its value is none")
    assert service.asked == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"a":1}', id="JSON"),
        pytest.param(bytes(range(256)), id="every byte there is"),
        pytest.param(b"x" * 3_000_000, id="three million bytes"),
    ],
)
def test_the_body_arrives_and_comes_back_byte_for_byte(serve, body):
    def echo(environ, start_response):
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))]

    http, url = serve(echo)

    assert http.send("POST", url, body=body).body == body


def test_the_length_is_the_bodys_whatever_a_header_claims(serve):
    service = Service()
    http, url = serve(service)

    assert http.send("POST", url, headers={"Content-Length": "3"}, body=b"abcdef").status == 200

    assert (service.asked[0]["CONTENT_LENGTH"], service.bodies) == ("6", [b"abcdef"])


@pytest.mark.parametrize(
    ("status", "ok"),
    [
        ("200 OK", True),
        ("201 CREATED", True),
        ("299 Odd", True),
        ("300 Multiple Choices", False),
        ("404 Not Found", False),
        ("418 I'm a teapot", False),
        ("500 Internal Server Error", False),
        ("599 Unknown", False),
    ],
    ids=str,
)
def test_the_status_comes_back(serve, status, ok):
    http, url = serve(Service(status=status))

    reply = http.send("GET", url)

    assert (reply.status, reply.ok, reply.body) == (int(status[:3]), ok, b"{}")
    assert reply.elapsed == timedelta(0)


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_a_status_without_a_body_has_none_even_if_the_service_sends_one(serve, status):
    service = Service(status=status, headers=[("Content-Length", "2")])
    http, url = serve(service)

    assert http.send("GET", url).body == b""
    assert http.send("GET", url).body == b""
    assert len(service.asked) == 2


def test_headers_come_back_whatever_the_case_and_twice_if_they_were_sent_twice(serve):
    http, url = serve(
        Service(headers=[("X-One", "a"), ("Link", "<1>"), ("Link", "<2>, <3>"), ("X-Latin", "ü")])
    )

    headers = http.send("GET", url).headers

    assert headers["x-one"] == "a"
    assert headers["X-Latin"] == "ü"
    assert headers.getlist("Link") == ["<1>", "<2>, <3>"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="none"),
        pytest.param([b"", b"a", b"", b"bc"], id="pieces, some of them empty"),
        pytest.param([b"x" * 3_000_000], id="three million bytes"),
    ],
)
def test_the_body_comes_back_whole(serve, body):
    http, url = serve(Service(body=body))

    assert http.send("GET", url).body == b"".join(body)


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


def test_a_head_has_the_headers_of_a_body_but_no_body(serve):
    service = Service(headers=[("Content-Length", "7")], body=[])
    http, url = serve(service)

    reply = http.send("HEAD", url)

    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (200, b"", "7")


def test_a_body_that_answers_a_head_is_dropped(serve):
    http, url = serve(Service(headers=[("Content-Length", "7")], body=[b"abcdefg"]))

    assert http.send("HEAD", url).body == b""


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_a_redirect_is_an_answer_and_is_not_followed(serve, status):
    service = Service(status=status, headers=[("Location", "/elsewhere")])
    http, url = serve(service)

    reply = http.send("GET", url)

    assert (reply.status, reply.headers["Location"], reply.body) == (int(status[:3]), "/elsewhere", b"{}")
    assert len(service.asked) == 1


@pytest.mark.parametrize("location", ["http://[", "", "mailto:ada@crm.test", "//"])
def test_a_redirect_that_leads_nowhere_is_an_answer_all_the_same(serve, location):
    http, url = serve(Service(status="302 Found", headers=[("Location", location)]))

    assert http.send("GET", url).status == 302


def test_a_cookie_is_shown_and_not_kept(serve):
    service = Service(headers=[("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")])
    http, url = serve(service)

    first = http.send("GET", url)
    http.send("GET", url)

    assert first.headers.getlist("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert service.header("Cookie") is None


def test_a_cookie_that_is_given_is_sent(serve):
    service = Service()
    http, url = serve(service)

    http.send("GET", url, headers={"Cookie": "a=1"})

    assert service.header("Cookie") == "a=1"


@pytest.mark.parametrize("sent", [b"", b"abc"], ids=["before the body", "within the body"])
def test_an_answer_that_is_cut_off_is_no_reply(serve, sent):
    http, url = serve(Service(headers=[("Content-Length", "7")], body=[sent]))

    answer = http.send("GET", url)

    assert isinstance(answer, NoReply)
    assert answer.reason.startswith("connection closed")


def test_a_body_longer_than_it_says_ends_where_it_says(serve):
    http, url = serve(Service(headers=[("Content-Length", "3")], body=[b"abcdef"]))

    assert http.send("GET", url).body == b"abc"


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


@pytest.mark.parametrize(
    ("delay", "elapsed"),
    [
        pytest.param("0.5", timedelta(seconds=0.5), id="half a second"),
        pytest.param("9.999999", timedelta(seconds=9.999999), id="just in time"),
        pytest.param("0", timedelta(0), id="none"),
        pytest.param("-1", timedelta(0), id="less than none"),
        pytest.param("nan", timedelta(0), id="no number"),
        pytest.param("soon", timedelta(0), id="a word"),
        pytest.param("", timedelta(0), id="nothing"),
    ],
)
def test_a_delay_is_told_and_not_waited_for(serve, delay, elapsed):
    http, url = serve(Service(headers=[(DELAY_HEADER, delay)]), timeout=TEN_SECONDS)

    reply = http.send("GET", url)

    assert (reply.status, reply.body, reply.elapsed) == (200, b"{}", elapsed)


@pytest.mark.parametrize("delay", ["10", "10.5", "1e300", "inf"])
def test_a_delay_that_reaches_the_time_out_is_no_reply(serve, delay):
    http, url = serve(Service(headers=[(DELAY_HEADER, delay)]), timeout=TEN_SECONDS)

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
    @pytest.mark.parametrize(
        ("origin", "url"),
        [
            pytest.param("http://crm.test:4701", "http://crm.test:4701/a", id="the same"),
            pytest.param("http://crm.test:4701", "HTTP://CRM.Test:4701/a", id="whatever the case"),
            pytest.param("http://crm.test:4701", "http://ada:secret@crm.test:4701/a", id="credentials"),
            pytest.param("http://crm.test", "http://crm.test:80/a", id="the usual port"),
            pytest.param("http://crm.test:80", "http://crm.test/a", id="the usual port, unsaid"),
            pytest.param("https://crm.test", "https://crm.test:443/a", id="the usual port of https"),
            pytest.param("http://[::1]:4701", "http://[::1]:4701/a", id="IPv6"),
        ],
    )
    def test_an_application_is_found_by_its_origin(self, origin, url):
        service = Service()

        reply = InProcess({origin: service}, otherwise=Recorder()).send("GET", url)

        assert isinstance(reply, Reply)
        assert service.asked[0]["PATH_INFO"] == "/a"

    @pytest.mark.parametrize(
        "url",
        [
            pytest.param("http://crm.test:4702/a", id="another port"),
            pytest.param("https://crm.test:4701/a", id="another scheme"),
            pytest.param("http://crm.test.invalid:4701/a", id="another host"),
            pytest.param("http://crm.test:4701@evil.invalid/a", id="the origin as credentials"),
            pytest.param("http://[/", id="no URL at all"),
            pytest.param("", id="nothing"),
        ],
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

    def test_an_application_that_moves_in_later_is_found(self):
        applications: dict[str, Service] = {}
        http = InProcess(applications, otherwise=Recorder())

        applications["http://crm.test"] = Service()

        assert http.send("GET", "http://crm.test/").status == 200

    @pytest.mark.parametrize(
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
    @pytest.mark.parametrize(
        ("raw", "told"),
        [
            pytest.param(b"", "connection closed without an answer", id="nothing"),
            pytest.param(b"SSH-2.0-OpenSSH\r\n", "no answer of HTTP", id="another protocol"),
            pytest.param(b"HTTP/1.1 two OK\r\n\r\n", "no answer of HTTP", id="a status in words"),
            pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "3 of 9", id="cut off"),
            pytest.param(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "whole answer",
                id="half a chunk",
            ),
            pytest.param(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "", id="a chunk of no size"
            ),
            pytest.param(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                "not encoded as its Content-Encoding says",
                id="no gzip",
            ),
            pytest.param(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n", "", id="an endless header"),
            pytest.param(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "", id="headers without end"),
        ],
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

        assert answer == NoReply(reason="timed out after 0.05 s")

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

    def test_json_crosses_as_it_was_written(self):
        listener = listen("127.0.0.1", 0)
        with closing(Server(Service(body=[encode({"größe": [1, None]})]), listener)):
            assert decode(OverNetwork().send("GET", url_of(listener)).body) == {"größe": [1, None]}


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
