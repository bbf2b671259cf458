"""``/_local/callbacks/stream``: callbacks as they come, resumed where a connection was lost."""

import socket
from threading import Thread
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE_S

from callback_sink import SinkSettings
from elements_local.kit.api.json_text import decode
from elements_local.kit.web.serving import Server, listen, url_of


def follow(sink, query="timeout_s=0", **headers):
    return sink.client.get(f"/_local/callbacks/stream?{query}", headers=headers, buffered=True)


def events(answer):
    """Read a stream as a browser does."""
    found = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], int(fields["id"]), decode(fields["data"])))
    return found


def ids(answer):
    return [number for _, number, _ in events(answer)]


def test_what_is_there_comes_first(sink):
    sink.send(body=b"{}\n\ndata: x")
    sink.send()

    answer = follow(sink)

    assert answer.mimetype == "text/event-stream"
    assert answer.text.startswith("retry: 1000\n\n")
    assert [(kind, number) for kind, number, _ in events(answer)] == [("callback", 1), ("callback", 2)]
    assert [shown for _, _, shown in events(answer)] == sink.callbacks()


@pytest.mark.parametrize(
    ("query", "headers", "expected"),
    [
        ("timeout_s=0", {"Last-Event-ID": "2"}, [3, 4]),
        ("timeout_s=0&after=3", {}, [4]),
        ("timeout_s=0&after=1", {"Last-Event-ID": "3"}, [4]),
        ("timeout_s=0", {"Last-Event-ID": "4"}, []),
        ("timeout_s=0&limit=2", {}, [1, 2]),
        ("timeout_s=0", {"Last-Event-ID": "nonsense"}, [1, 2, 3, 4]),
        ("timeout_s=0", {"Last-Event-ID": "9" * 5000}, [1, 2, 3, 4]),
        ("timeout_s=0", {"Last-Event-ID": "-1"}, [1, 2, 3, 4]),
        ("timeout_s=0&path=/odd", {}, [1, 3]),
    ],
)
def test_a_stream_goes_on_after_what_is_known(sink, query, headers, expected):
    for path in ("/odd", "/even", "/odd", "/even"):
        sink.send(path)

    assert ids(follow(sink, query, **headers)) == expected


def test_after_a_reset_a_stream_starts_anew(sink):
    """Ids start from one again, so that one which is higher than all is of before."""
    for _ in range(5):
        sink.send()
    sink.client.post("/_local/reset")
    sink.send()

    assert ids(follow(sink, **{"Last-Event-ID": "5"})) == [1]


@pytest.mark.parametrize("path", ["/default", "/acme"])
@pytest.mark.usefixtures("acme")
def test_what_comes_later_comes_too(sink, path):
    answers = []
    query = f"bin={path[1:]}&limit=3&timeout_s=600"
    following = Thread(target=lambda: answers.append(follow(sink, query).text))

    following.start()
    for _ in range(3):
        sink.send("/other")
        sink.send(path)
    following.join()

    assert answers[0].count("event: callback") == 3


def test_only_so_many_may_follow_at_the_same_time(make_sink):
    sink = make_sink(SinkSettings(streams=1))
    first = sink.client.get("/_local/callbacks/stream?timeout_s=600", buffered=False)
    refused = follow(sink)

    assert refused.status_code == 503
    assert refused.json["message"].startswith("1 live streams are open")
    assert sink.client.get("/_local/health").json["streams"] == 1

    first.close()

    assert follow(sink).status_code == 200
    assert sink.client.get("/_local/health").json["streams"] == 0


@pytest.mark.parametrize(
    "query", ["timeout_s=nan", "timeout_s=601", "timeout_s=-1", "limit=0", "after=-1", "x=1", "json=x"]
)
def test_a_refused_stream_takes_no_place(make_sink, query):
    sink = make_sink(SinkSettings(streams=1))

    assert follow(sink, query).status_code == 400
    assert sink.client.head("/_local/callbacks/stream", buffered=True).status_code == 200
    assert follow(sink).status_code == 200


def test_over_a_socket_each_event_comes_at_once_and_a_lost_connection_gives_its_place_back(make_sink):
    sink = make_sink(SinkSettings(streams=1))
    listener = listen("127.0.0.1", 0)
    server = Server(sink.app, listener, threads=4)
    at = urlsplit(url_of(listener))
    with socket.create_connection((at.hostname, at.port), timeout=DEADLINE_S) as connection:
        connection.sendall(b"GET /_local/callbacks/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        read = connection.makefile("rb")
        sink.send(body=b"first")
        assert next(line for line in read if line.startswith(b"data: ")).count(b"first") == 1
        sink.send(body=b"second")
        assert next(line for line in read if line.startswith(b"data: ")).count(b"second") == 1
        assert follow(sink).status_code == 503
        read.close()

    places = sink.app.extensions["callback-sink"].stream_slots
    while places.open:
        sink.send()
    server.close()
    assert follow(sink).status_code == 200
