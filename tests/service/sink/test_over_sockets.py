"""The sink on a real port."""

import socket
from threading import Thread
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import Server, listen, url_of
from elements_local.kit.wire import NoReply


@pytest.fixture
def url(sink):
    listener = listen("127.0.0.1", 0)
    server = Server(sink.app, listener)
    yield url_of(listener)
    server.close()


@pytest.fixture
def http():
    network = OverNetwork(timeout=DEADLINE)
    yield network
    network._session().close()


def exchange(url, request):
    """Send bytes as they are, and return all that comes back."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_hanging_up_closes_the_connection(sink, url, http):
    sink.answer({"drop": True, "times": 1})

    assert http.send("POST", f"{url}/default", body=b"kept") == NoReply(
        reason="connection closed without an answer"
    )
    assert http.send("POST", f"{url}/default").status == 200
    assert [each["status"] for each in sink.callbacks()] == [None, 200]


def test_a_wait_ends_when_the_callbacks_are_there(sink, url, http):
    replies = []

    def wait():
        waiter = OverNetwork(timeout=DEADLINE)
        asked = encode({"count": 2, "match": {"bin": "default"}, "timeout_s": 60})
        replies.append(waiter.send("POST", f"{url}/_local/callbacks/wait", body=asked))
        waiter._session().close()

    waiting = Thread(target=wait)
    waiting.start()
    for _ in range(2):
        http.send("POST", f"{url}/default")
    waiting.join()

    assert replies[0].status == 200
    assert decode(replies[0].body)["count"] == 2
    assert len(sink.callbacks()) == 2


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


@pytest.mark.parametrize("status", [204, 304, 599])
def test_an_odd_status_leaves_the_connection_in_order(sink, url, http, status):
    sink.answer({"status": status, "times": 1})

    assert [http.send("POST", f"{url}/default", body=b"x").status for _ in range(2)] == [status, 200]
