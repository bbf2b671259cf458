"""A call has one deadline for all of it: however slowly bytes come or go, it ends, and its connection is nobody's."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from deadline import DEADLINE
from each_row import each_row

from elements_local.kit.http_message import NoReply, Reply
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.sessions import Watchdog
from elements_local.stack.held_time import HeldTime

TIMEOUT = timedelta(seconds=0.4)
DRIPS = 200
"""Each a twentieth of a second apart: all of them take ten seconds, which no call here has."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[socket.socket, Event], None]], str]]:
    """Return a function that lets something else answer each connection, given an event that is set in the end."""
    with ExitStack() as ending:

        def serve(answer: Callable[[socket.socket, Event], None]) -> str:
            over, listener = Event(), socket.create_server(("127.0.0.1", 0))

            def each(connection: socket.socket) -> None:
                with closing(connection), suppress(OSError):
                    answer(connection, over)

            def accept() -> None:
                with suppress(OSError):
                    while True:
                        Thread(target=each, args=(listener.accept()[0],), daemon=True).start()

            Thread(target=accept, daemon=True).start()
            ending.callback(listener.close)
            ending.callback(over.set)
            return f"http://127.0.0.1:{listener.getsockname()[1]}/"

        yield serve


def dripping(start: bytes, drip: bytes) -> Callable[[socket.socket, Event], None]:
    """Return what sends a start at once, and then a few bytes at a time."""

    def answer(connection: socket.socket, over: Event) -> None:
        connection.recv(65536)
        connection.sendall(start)
        for _ in range(DRIPS):
            if over.wait(0.05):
                return
            connection.sendall(drip)

    return answer


def never_reading(_connection: socket.socket, over: Event) -> None:
    over.wait()


@each_row(
    "answer",
    {
        "nothing comes": never_reading,
        "a status line by the byte": dripping(b"", b"H"),
        "header after header": dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        "a body whose end is the connection's": dripping(HEAD + b"\r\n", b"."),
        "a body with a length": dripping(HEAD + b"Content-Length: 9999\r\n\r\n", b"."),
        "chunk after chunk": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"),
        "packed": dripping(HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08" + bytes(7), b"\x00"),
        "one interim answer after the other": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    },
)
def test_an_answer_that_does_not_end_in_time_is_no_reply(served, answer):
    reply = OverNetwork(timeout=TIMEOUT).send("POST", served(answer), body=b"{}")

    assert reply == NoReply(reason="timed out after 0.4 s", elapsed=TIMEOUT)


def test_a_body_that_nobody_reads_ends_in_time(served):
    reply = OverNetwork(timeout=TIMEOUT).send("POST", served(never_reading), body=bytes(64 * 1024 * 1024))

    assert reply == NoReply(reason="timed out after 0.4 s", elapsed=TIMEOUT)


def test_the_next_call_to_the_same_place_has_a_connection_and_a_deadline_of_its_own(served):
    turns = iter([dripping(HEAD + b"\r\n", b"."), dripping(HEAD + b"Content-Length: 0\r\n\r\n", b"")])

    def answer(connection: socket.socket, over: Event) -> None:
        next(turns)(connection, over)

    url = served(answer)
    http = OverNetwork(timeout=TIMEOUT)

    first = http.send("GET", url)
    http._timeout = DEADLINE
    second = http.send("GET", url)

    assert isinstance(first, NoReply)
    assert isinstance(second, Reply)


def test_a_deadline_that_passes_between_two_calls_ends_neither(served):
    """A connection is used again; the deadline of the call before must not end it."""

    def answer(connection: socket.socket, over: Event) -> None:
        while not over.is_set() and connection.recv(65536):
            connection.sendall(HEAD + b"Content-Length: 2\r\n\r\nok")

    url, http, waiting = served(answer), OverNetwork(timeout=TIMEOUT), Event()

    while isinstance(http.send("GET", url), NoReply):
        pass  # a busy machine; the deadline of the one that is answered passes meanwhile
    http._timeout = DEADLINE
    replies = []
    for _ in range(4):
        replies.append(http.send("GET", url))
        waiting.wait(0.15)

    assert [isinstance(reply, Reply) and reply.body for reply in replies] == [b"ok"] * 4


def test_calls_side_by_side_end_each_at_its_own_time(served):
    url = served(dripping(HEAD + b"\r\n", b"."))
    ends: list[NoReply | Reply] = []

    def call(seconds: float) -> None:
        ends.append(OverNetwork(timeout=timedelta(seconds=seconds)).send("GET", url))

    threads = [Thread(target=call, args=(seconds,)) for seconds in (0.9, 0.6, 0.3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {end.reason for end in ends} == {f"timed out after {s} s" for s in ("0.3", "0.6", "0.9")}


def test_what_has_ended_is_not_kept_until_its_time_is_over():
    watchdog = Watchdog()

    for _ in range(1000):
        with watchdog.within(3600):
            pass

    assert len(watchdog._waiting) == 0


def test_under_a_held_clock_a_call_ends_by_the_machines(served):
    url = served(dripping(HEAD + b"\r\n", b"."))

    with HeldTime().from_(datetime(2026, 3, 2, 10, tzinfo=UTC)):
        reply = OverNetwork(timeout=TIMEOUT).send("GET", url)

    assert reply == NoReply(reason="timed out after 0.4 s", elapsed=TIMEOUT)
