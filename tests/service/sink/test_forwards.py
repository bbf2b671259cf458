"""``/_local/forwards`` and replay: what a receiver is sent, and what it answers."""

import pytest
from flask import Flask, request

from callback_sink import SinkSettings
from callback_sink.forwarding import FORWARDED_HEADER

RECEIVER = "http://127.0.0.1:8000"


@pytest.fixture
def receiver():
    """Take anything, and answer what was taken."""
    app = Flask("receiver")
    app.taken = []

    @app.route("/<path:path>", methods=["GET", "POST", "PUT"])
    def take(path):
        app.taken.append((request.method, path, dict(request.headers), request.get_data()))
        return {"taken": len(app.taken)}, 202

    return app


@pytest.fixture
def sink(make_sink, receiver):
    return make_sink(others={RECEIVER: receiver})


def send_on(sink, url=f"{RECEIVER}/hook", name="default"):
    return sink.client.put("/_local/forwards", json={"bin": name, "url": url})


def replay(sink, number=1, **body):
    return sink.client.post(f"/_local/callbacks/{number}/replay", json=body)


def test_a_callback_is_sent_on_and_what_came_of_it_is_kept(sink, receiver):
    assert send_on(sink).json == {"bin": "default", "url": f"{RECEIVER}/hook", "answers": "sink"}

    sink.answer({"status": 503})
    assert sink.send("/default/x", method="PUT", headers={"X-A": "b"}, body=b"\x00\xff").status == 503

    ((method, path, headers, body),) = receiver.taken
    assert (method, path, headers["X-A"], headers[FORWARDED_HEADER], body) == (
        "PUT",
        "hook",
        "b",
        "1",
        b"\x00\xff",
    )
    (forward,) = sink.one()["forwards"]
    assert forward | {"headers": ...} == {
        "at": "2026-03-02T10:00:00Z",
        "url": f"{RECEIVER}/hook",
        "replay": False,
        "status": 202,
        "headers": ...,
        "body": '{"taken":1}\n',
        "reason": None,
    }


@pytest.mark.parametrize("answer", [{"drop": True}, {"half_read": True}])
def test_what_the_sink_hangs_up_on_is_not_sent_on(sink, receiver, answer):
    send_on(sink)
    sink.answer(answer)
    sink.send(body=b"x")

    assert receiver.taken == []
    assert sink.one()["forwards"] == []


def relay(sink, url=f"{RECEIVER}/hook", name="default"):
    return sink.client.put("/_local/forwards", json={"bin": name, "url": url, "answers": "target"})


def test_a_bin_that_relays_answers_what_its_target_answers(sink, receiver):
    assert relay(sink).json["answers"] == "target"

    reply = sink.send("/default/x", body=b"kept")

    assert (reply.status, reply.body) == (202, b'{"taken":1}\n')
    assert reply.headers.get_all("Content-Type") == ["application/json"]
    assert [taken[3] for taken in receiver.taken] == [b"kept"]
    assert (sink.one()["status"], sink.one()["forwards"][0]["status"]) == (202, 202)


def test_what_a_relaying_bin_is_told_is_answered_in_its_targets_place(sink, receiver):
    relay(sink)
    sink.answer({"status": 503, "times": 1}, {"drop": True, "times": 1})

    answers = [sink.send(), sink.send(), sink.send()]

    assert [getattr(answer, "status", None) for answer in answers] == [503, None, 202]
    assert [each["status"] for each in sink.callbacks()] == [503, None, 202]
    assert len(receiver.taken) == 1


def test_a_host_can_be_allowed(make_sink, receiver):
    sink = make_sink(
        SinkSettings(allow_hosts=frozenset({"hooks.example"})), others={"http://hooks.example": receiver}
    )

    assert send_on(sink, "http://hooks.example/x").status_code == 200
    sink.send()
    assert len(receiver.taken) == 1


def test_a_callback_is_replayed_to_any_target_just_as_it_came(sink, receiver):
    sink.send("/default", headers={"Elements-Webhook-Signature": "sha256=x"}, body=b'{"a" : 1}')

    answer = replay(sink, url=f"{RECEIVER}/again")

    assert (answer.status_code, answer.json["status"], answer.json["replay"]) == (200, 202, True)
    ((_, path, headers, body),) = receiver.taken
    assert (path, headers["Elements-Webhook-Signature"], body) == ("again", "sha256=x", b'{"a" : 1}')
    assert FORWARDED_HEADER not in headers
    assert sink.one()["forwards"] == [answer.json]


def test_without_a_url_a_replay_goes_where_the_bin_is_forwarded(sink, receiver):
    sink.send()
    send_on(sink)

    assert sink.client.post("/_local/callbacks/1/replay").json["url"] == f"{RECEIVER}/hook"
    assert len(receiver.taken) == 1


def test_the_latest_twenty_are_kept(sink):
    sink.send()
    for at in range(25):
        replay(sink, url=f"{RECEIVER}/{at}")

    assert [each["url"].rpartition("/")[2] for each in sink.one()["forwards"]] == [
        str(at) for at in range(5, 25)
    ]
