"""Serving on real ports: which port, what is said if there is none, and how it ends."""

import socket
import threading
from contextlib import ExitStack, closing
from datetime import timedelta
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from deadline import DEADLINE, DEADLINE_S
from each_row import each_row
from waitress.trigger import trigger

from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.http_message import NoReply
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.serving import PortError, Server, listen, url_of

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def hello(_environ, start_response):
    start_response("200 OK", [])
    return [b"hello"]


def environment(environ, start_response):
    start_response("200 OK", [])
    return [encode({name: value for name, value in environ.items() if isinstance(value, str)})]


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port))


def received(connection: socket.socket) -> bytes:
    """Return all that comes until the other side hangs up."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def until_refused(url: str) -> None:
    """Return once nobody listens any more."""
    while True:
        try:
            connect(url).close()
        except OSError:
            return


NEEDS_IPV6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="loopback"),
        pytest.param("0.0.0.0", "127.0.0.1", id="everywhere"),  # noqa: S104 - for the time of a test
        pytest.param("::", "127.0.0.1", id="everywhere by IPv6", marks=NEEDS_IPV6),
        pytest.param("::1", "[::1]", id="IPv6", marks=NEEDS_IPV6),
    ],
)
def test_port_0_takes_a_free_port_and_the_url_says_where_it_is_reached(host, shown):
    listener = listen(host, 0)
    url = url_of(listener)

    with closing(Server(hello, listener)):
        assert url == f"http://{shown}:{listener.getsockname()[1]}"
        assert OverNetwork(timeout=DEADLINE).send("GET", url).body == b"hello"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", pytest.param("::1", marks=NEEDS_IPV6)],
)
def test_a_port_in_use_is_refused_with_what_to_do(host):
    with listen(host, 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(PortError) as refusal:
            listen(host, port)

    shown = f"[{host}]" if ":" in host else host
    assert str(refusal.value) == (
        f"cannot listen on {shown}:{port} (it is in use); "
        "stop what uses it, or choose another port (0 takes any free one)"
    )


@each_row(
    ("host", "port", "told"),
    {
        "a negative port": ("127.0.0.1", -1, "a port is 0 to 65535"),
        "too high a port": ("127.0.0.1", 65536, "a port is 0 to 65535"),
        "another machine's address": ("192.0.2.1", 0, "192.0.2.1:0"),
        "no host": ("stack.invalid", 0, "stack.invalid:0"),
        "too long a name": ("a" * 70, 0, "cannot listen"),
        "an empty label": ("a..b", 0, "cannot listen"),
        "half a letter": ("\ud800", 0, "cannot listen"),
        "a zero byte": ("a\x00b", 0, "cannot listen"),
        "brackets": ("[::1]", 0, "cannot listen"),
    },
)
def test_a_place_that_cannot_be_listened_on_is_refused(host, port, told):
    assert told in refusal_of(host, port)


@each_row("host", ["192.0.2.1", "stack.invalid", "a..b", "[::1]"])
def test_a_host_that_is_not_this_machines_is_not_said_to_be_in_use(host):
    told = refusal_of(host, 0)

    assert told.endswith("; choose an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them")
    assert "stop what uses it" not in told


def refusal_of(host, port):
    with pytest.raises(PortError) as refusal:
        listen(host, port)

    return str(refusal.value)


def test_a_closed_server_gives_its_port_back():
    listener = listen("127.0.0.1", 0)
    port, url = listener.getsockname()[1], url_of(listener)
    Server(hello, listener).close()

    assert OverNetwork(timeout=DEADLINE).send("GET", url) == NoReply(reason="connection refused")
    with closing(Server(hello, listen("127.0.0.1", port))):
        assert OverNetwork(timeout=DEADLINE).send("GET", url).body == b"hello"


def test_a_closed_server_leaves_no_thread_behind():
    before = set(threading.enumerate())
    listener = listen("127.0.0.1", 0)
    server = Server(hello, listener)
    with connect(url_of(listener)) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(65536)
        assert set(threading.enumerate()) > before

        server.close()

    assert set(threading.enumerate()) == before


def test_a_server_can_be_closed_twice():
    server = Server(hello, listen("127.0.0.1", 0))

    server.close()
    server.close()


def test_a_server_that_is_awake_for_another_reason_can_be_closed(monkeypatch):
    """Its thread could hang up, and close the trigger, before the one who closes it has pulled the trigger."""
    others = set(threading.enumerate())
    server = Server(hello, listen("127.0.0.1", 0))
    serving = next(
        each for each in threading.enumerate() if each not in others and each.name.startswith("serve ")
    )
    pull = trigger._physical_pull

    def pull_when_woken_before(self):
        pull(self)
        serving.join(timeout=0.2)  # time enough to end, if nothing holds it back
        pull(self)

    monkeypatch.setattr(trigger, "_physical_pull", pull_when_woken_before)

    server.close()

    assert not serving.is_alive()


@each_row("asked", {"nothing": b"", "half a request": b"GET / HT", "a request": REQUEST})
def test_closing_hangs_up_on_connections_that_are_kept_alive(asked):
    listener = listen("127.0.0.1", 0)
    server = Server(hello, listener)
    with connect(url_of(listener)) as connection:
        connection.sendall(asked)
        if asked == REQUEST:
            while not connection.recv(65536).endswith(b"hello"):
                pass

        server.close()

        try:
            rest = received(connection)
        except ConnectionResetError:  # the server had not come to accepting it
            rest = b""
        assert rest == b""


def test_closing_lets_a_request_that_is_being_answered_finish():
    asked, answer = Event(), Event()

    def slow(_environ, start_response):
        asked.set()
        answer.wait()
        start_response("200 OK", [])
        return [b"done"]

    listener = listen("127.0.0.1", 0)
    server = Server(slow, listener)
    with connect(url_of(listener)) as connection:
        connection.sendall(REQUEST)
        asked.wait()
        ending = Thread(target=server.close)
        ending.start()
        answer.set()

        assert received(connection).endswith(b"\r\n\r\ndone")
        ending.join()


class Announced(list[bytes]):
    """A body that says when the server is through with it."""

    def __init__(self, body: bytes) -> None:
        super().__init__([body])
        self.taken = Event()

    def close(self) -> None:
        self.taken.set()


def test_closing_sends_an_answer_to_its_end():
    """It is longer than what a socket holds, and is read only when the server is about to end."""
    body = Announced(bytes(30_000_000))

    def large(_environ, start_response):
        start_response("200 OK", [("Content-Length", "30000000")])
        return body

    listener = listen("127.0.0.1", 0)
    url = url_of(listener)
    server = Server(large, listener)
    with connect(url) as connection:
        connection.sendall(REQUEST)
        body.taken.wait()
        ending = Thread(target=server.close)
        ending.start()
        until_refused(url)

        head, _, sent = received(connection).partition(b"\r\n\r\n")
        ending.join()

    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(sent) == 30_000_000


def test_closing_does_not_wait_for_a_client_that_never_reads():
    body = Announced(bytes(30_000_000))

    def large(_environ, start_response):
        start_response("200 OK", [("Content-Length", "30000000")])
        return body

    before = set(threading.enumerate())
    listener = listen("127.0.0.1", 0)
    server = Server(large, listener, patience=timedelta(seconds=0.05))
    with connect(url_of(listener)) as connection:
        connection.sendall(REQUEST)
        body.taken.wait()

        server.close()

        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=DEADLINE_S)
        assert set(threading.enumerate()) <= before


def test_what_a_proxy_would_claim_is_not_believed():
    listener = listen("127.0.0.1", 0)
    with closing(Server(environment, listener)):
        headers = {
            "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "host=evil",
        }
        seen = decode(OverNetwork(timeout=DEADLINE).send("GET", url_of(listener), headers=headers).body)

    assert seen["REMOTE_ADDR"] == "127.0.0.1"
    assert not any("FORWARDED" in name for name in seen)


def test_an_answer_names_no_server():
    listener = listen("127.0.0.1", 0)
    with closing(Server(hello, listener)):
        assert "Server" not in OverNetwork(timeout=DEADLINE).send("GET", url_of(listener)).headers


class TestMany:
    """What one caller does, or leaves undone, holds up nobody else."""

    def test_hundreds_of_requests_that_were_half_sent_hold_up_no_others(self):
        listener = listen("127.0.0.1", 0)
        with closing(Server(hello, listener, threads=2)), ExitStack() as ending:
            for _ in range(300):
                ending.enter_context(connect(url_of(listener))).sendall(REQUEST[:-2])

            reply = OverNetwork(timeout=DEADLINE).send("GET", url_of(listener))

        assert reply.body == b"hello"

    def test_an_application_can_see_that_its_client_has_hung_up(self):
        asked, gone = Event(), Event()

        def application(environ, start_response):
            asked.set()
            while not environ["waitress.client_disconnected"]():
                gone.wait(0.01)
            gone.set()
            start_response("200 OK", [])
            return []

        listener = listen("127.0.0.1", 0)
        with closing(Server(application, listener)):
            with connect(url_of(listener)) as connection:
                connection.sendall(REQUEST)
                asked.wait()
            assert gone.wait(DEADLINE_S)


def test_an_answer_whose_rest_the_database_does_not_give_is_cut_off_without_a_trace(locked_error, caplog):
    def begun(_environ, start_response):
        start_response("200 OK", [])
        yield b"the start"
        raise locked_error

    listener = listen("127.0.0.1", 0)
    with closing(Server(begun, listener)):
        reply = OverNetwork(timeout=DEADLINE).send("GET", url_of(listener))

    assert reply == NoReply(reason="connection closed before the whole answer came")
    assert [each.exc_info for each in caplog.records if each.exc_info] == []
