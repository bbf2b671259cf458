"""Sending a callback on: what goes along, and when it goes nowhere."""

from dataclasses import dataclass, field
from datetime import timedelta

from each_row import each_row
from recorded_callbacks import NOON, recorded

from callback_sink.forwarding import FORWARDED_HEADER, Forwarder, headers_of, leads_back
from elements_local.kit.http_message import Reply, in_time, no_answer
from elements_local.kit.web.outbound import Outbound

TARGET = "http://127.0.0.1:8000/hook"


@dataclass
class Network:
    reply: object = field(default_factory=lambda: Reply(status=200))
    sent: list = field(default_factory=list)

    def send(self, method, url, *, headers, body=b""):
        self.sent.append((method, url, dict(headers), body))
        return self.reply


def forwarder(network):
    return Forwarder(http=Outbound(http=network, remedy="allow {host}"))


@each_row(
    ("came", "go_along"),
    {
        "wire": ([("Host", "x"), ("Content-Length", "5"), ("Transfer-Encoding", "chunked")], {}),
        "named": ([("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("X-A", "2")], {"X-A": "2"}),
        "twice": ([("X-A", "1"), ("x-a", "2")], {"X-A": "1, 2"}),
        "unmasked": (
            [("Authorization", "Basic abc"), ("X-Empty", "")],
            {"Authorization": "Basic abc", "X-Empty": ""},
        ),
    },
)
def test_headers_of_the_connection_stay_behind(came, go_along):
    assert headers_of(came) == go_along


@each_row("name", [FORWARDED_HEADER, FORWARDED_HEADER.upper()])
def test_what_was_sent_on_is_not_sent_on_again(name):
    network = Network()
    _, came = forwarder(network).forward(recorded(headers=[(name, "1")]), TARGET, now=NOON)

    assert network.sent == []
    assert came["status"] is None
    assert "forwards do not go in circles" in came["reason"]


def test_what_the_target_answered_is_written_down():
    reply = Reply(
        status=503, header_list=[("X-A", "b"), ("Set-Cookie", "session=abc")], body=b"\xffbusy" * 10_000
    )
    _, came = forwarder(Network(reply)).forward(recorded(), TARGET, now=NOON)

    assert (came["at"], came["url"], came["replay"], came["status"], came["reason"]) == (
        "2026-03-02T12:00:00Z",
        TARGET,
        False,
        503,
        None,
    )
    assert came["headers"] == {"X-A": "b", "Set-Cookie": "********"}
    assert came["body"].startswith("\ufffdbusy")
    assert len(came["body"]) <= 8 * 1024


def test_who_relies_on_a_silent_target_waits_in_vain_in_virtual_time():
    silent = no_answer(timedelta(seconds=5))
    answered, came = forwarder(Network(silent)).forward(recorded(), TARGET, now=NOON)

    assert (came["status"], came["reason"]) == (None, "timed out after 5 s")
    assert in_time(answered, timedelta(seconds=30)) == no_answer(timedelta(seconds=30))


@each_row(
    ("url", "back"),
    [
        ("http://127.0.0.1:4702/default", True),
        ("http://localhost:4702/default/deeper?x=1", True),
        ("http://[::1]:4702//default", True),
        ("http://127.0.0.1:4702/def%61ult", True),
        ("http://127.0.0.1:4702/other", False),
        ("http://127.0.0.1:4703/default", False),
        ("http://elsewhere:4702/default", False),
        ("http://127.0.0.1/default", False),
        ("http://[::1/default", False),
        ("http://127.0.0.1:x/default", False),
    ],
)
def test_a_url_that_leads_back_is_known(url, back):
    assert leads_back(url, "default", host="127.0.0.1:4702") is back


@each_row("host", ["", "[", "a b", "127.0.0.1:x"])
def test_a_host_that_is_none_leads_nowhere(host):
    assert not leads_back("http://127.0.0.1:4702/default", "default", host=host)
