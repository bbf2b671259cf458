"""Whatever a stranger sends is recorded or refused with a reason; it never breaks the sink."""

import socket
from urllib.parse import urlsplit

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from elements_local.kit.web.in_process import begin
from elements_local.kit.web.serving import Server, listen, url_of


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b"[" * 100_000,
        b"9" * 100_000,
        b'{"a": 1e999}',
        b"NaN",
        b"\x1f\x8b\x08\x00gzip",
        b'{"message": {"events": [{"objectId": ' + b"9" * 4000 + b"}]}}",
    ],
    ids=lambda body: str(body[:12]),
)
def test_any_body_is_recorded(sink, body):
    assert sink.send(body=body).status == 200

    assert sink.one()["body"] == body.decode("utf-8", "replace")
    assert sink.callbacks(objectId="7") == []


@pytest.mark.parametrize(
    ("path", "recorded"),
    [
        ("/default/%FF", "/default/%FF"),
        ("/default/%00", "/default/%00"),
        ("/%00%FF/x", "/%00%FF/x"),
        ("/default/%0d%0a", "/default/%0D%0A"),
        ("/default?%ff=%00", "/default?%ff=%00"),
        ("/default/%2e%2e/%2F", "/default/..//"),
        ("/default/" + "x" * 50_000, "/default/" + "x" * 50_000),
        ("/" + "x" * 50_000, "/" + "x" * 50_000),
    ],
    ids=lambda path: path[:20],
)
def test_any_path_is_recorded(sink, path, recorded):
    assert sink.send(path).status == 200

    assert sink.one()["path"] == recorded


@pytest.mark.parametrize("value", ["größe", "\xff\xfe", "\x80", "a" * 10_000, "", "\x00"])
def test_any_header_is_recorded(sink, value):
    sink.know("secret")

    assert sink.send(headers={"X-Odd": value, "Elements-Webhook-Signature": value}).status == 200
    assert sink.one()["signature"] == "invalid"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "application/json; charset=nonsense"},
        {"Content-Encoding": "gzip"},
        {"Cookie": "="},
        {"Range": "bytes=1-0"},
        {"If-None-Match": "*"},
        {"X-HTTP-Method-Override": "DELETE"},
    ],
    ids=str,
)
def test_headers_that_mean_something_elsewhere_mean_nothing_here(sink, headers):
    assert sink.send(headers=headers, body=b"x").status == 200

    assert sink.one()["body"] == "x"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(10), deadline=None
)
@given(
    asked=st.fixed_dictionaries(
        {
            "method": st.sampled_from(["POST", "GET", "X"]),
            "path": st.binary(max_size=20),
            "query": st.binary(max_size=20),
            "header": st.binary(max_size=20),
            "body": st.binary(max_size=50),
        }
    )
)
def test_anything_at_all_is_answered(sink, asked):
    """The environment is that of a server which lets everything through."""
    environ = EnvironBuilder(method="POST", data=asked["body"]).get_environ() | {
        "REQUEST_METHOD": asked["method"],
        "PATH_INFO": "/bin/" + asked["path"].decode("latin-1"),
        "QUERY_STRING": asked["query"].decode("latin-1"),
        "HTTP_X_ODD": asked["header"].decode("latin-1"),
    }

    assert begin(sink.app, environ).reply.status == 200
    assert sink.client.get("/_local/callbacks").status_code == 200


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(10), deadline=None
)
@given(
    name=st.sampled_from(
        ["json", "header", "from", "to", "q", "bin", "path", "status", "signature", "limit", "x"]
    ),
    text=st.text(max_size=60) | st.text(alphabet="$.[]*'\"\\=:0T-Z ", max_size=60),
)
def test_any_search_is_answered_or_refused_with_a_reason(sink, name, text):
    sink.send(headers={"X-A": "b"}, body=b'{"message": {"events": [{}]}, "a": [1, {"b": null}]}')

    answers = [
        sink.client.get("/_local/callbacks", query_string={name: text}),
        sink.client.get("/_local/callbacks.har", query_string={name: text}),
        sink.client.post(
            "/_local/callbacks/wait",
            json={"match": {name: [text] if name in {"json", "header"} else text}, "timeout_s": 0},
        ),
    ]

    for answer in answers:
        assert answer.status_code in {200, 400, 408}
        assert answer.status_code == 200 or answer.json["message"]


@pytest.mark.parametrize(
    "condition",
    [
        "$" + "..*" * 600,
        "$" + "..a" * 50,
        "$ == " + "[" * 1900,
    ],
    ids=lambda text: text[:12],
)
def test_no_condition_takes_long_on_a_large_body(sink, condition):
    """Each step is one look at each value; with a product of steps this would take years."""
    nested = b"{" + b'"a":{' * 50 + b'"a":[' + b",".join([b'{"a":[1,2,3]}'] * 1_000) + b"]" + b"}" * 51
    sink.send(body=nested)

    answer = sink.client.get("/_local/callbacks", query_string={"json": condition})

    assert answer.status_code in {200, 400}


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\x00", "a\u2028b"])
def test_no_line_break_is_smuggled_into_what_is_sent_on(sink, value):
    sink.client.put("/_local/forwards", json={"bin": "default", "url": "http://127.0.0.1:4702/other"})
    sink.client.post("/default", environ_overrides={"HTTP_X_ODD": value})

    (forward,) = sink.callbacks()[0]["forwards"]

    assert forward["reason"].startswith("cannot be sent: 'X-Odd'")
    assert len(sink.callbacks()) == 1


@pytest.fixture
def url(sink):
    """Where the sink listens."""
    listener = listen("127.0.0.1", 0)
    server = Server(sink.app, listener)
    yield url_of(listener)
    server.close()


def exchange(url, request):
    """Send bytes as they are, and return all that comes back."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_chunked_body_is_kept(sink, url):
    answer = exchange(
        url,
        b"POST /default HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"4\r\nab\xffc\r\n3\r\ndef\r\n0\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert sink.one()["body"] == "ab\ufffdcdef"


def test_bytes_that_are_no_text_are_recorded(sink, url):
    answer = exchange(
        url,
        b"NONSENSE /default/%FF%00 HTTP/1.1\r\nHost: localhost\r\nX-Odd: \xff\xfe\r\nConnection: close\r\n"
        b"Elements-Webhook-Signature: \xff\r\n\r\n",
    )

    assert answer.startswith(b"HTTP/1.1 200 ")
    recorded = sink.one()
    assert (recorded["method"], recorded["path"]) == ("NONSENSE", "/default/%FF%00")
    assert recorded["signature"] == "unchecked"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "callbacks"), ("DELETE", "callbacks"), ("GET", "journal"), ("POST", "reset")],
)
def test_a_query_that_no_url_has_is_refused_and_changes_nothing(sink, method, path):
    sink.send(body=b"kept")
    asked = EnvironBuilder(f"/_local/{path}", method=method, environ_overrides={"QUERY_STRING": "bin=\xff"})

    answer = sink.client.open(asked)

    assert (answer.status_code, "not percent-encoded" in answer.json["message"]) == (400, True)
    assert sink.one()["body"] == "kept"
