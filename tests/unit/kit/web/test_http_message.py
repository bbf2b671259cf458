"""HTTP as a value: a reply, and how a WSGI application's answer becomes one."""

from datetime import timedelta

import pytest
from each_row import each_row

from elements_local.kit.http_message import DELAY_HEADER, NoReply, Reply, in_time
from elements_local.kit.web.in_process import begin


def test_replies_of_the_same_content_are_equal_and_share_no_headers():
    first, second = Reply(status=200), Reply(status=200)

    first.headers["A"] = "b"

    assert second.headers.get("A") is None
    assert second == Reply(status=200, body=b"", elapsed=timedelta(0))


def test_what_is_written_comes_before_what_is_returned():
    """WSGI's older way, which some frameworks still use."""

    def application(_environ, start_response):
        write = start_response("200 OK", [("A", "b")])
        write(b"1")
        write(b"2")
        return [b"3"]

    assert begin(application, {}).reply == Reply(status=200, header_list=[("A", "b")], body=b"123")


def test_an_answer_may_be_started_anew_until_it_is_sent():
    def application(_environ, start_response):
        start_response("200 OK", [("A", "b")])
        start_response("500 Sorry", [("C", "d")], (ValueError, ValueError(), None))
        return [b""]

    reply = begin(application, {}).reply

    assert (reply.status, list(reply.headers)) == (500, [("C", "d")])


class Body:
    """An iterable that notes whether it was closed, and may fail on the way."""

    def __init__(self, error=None):
        self.error = error
        self.closed = False

    def __iter__(self):
        yield b"a"
        if self.error:
            raise self.error

    def close(self):
        self.closed = True


@each_row("error", {"to its end": None, "up to a failure": ValueError("halfway")})
def test_a_body_is_closed_once_it_was_read(error):
    body = Body(error)

    def application(_environ, start_response):
        start_response("200 OK", [])
        return body

    if error:
        with pytest.raises(ValueError, match="halfway"):
            begin(application, {})
    else:
        assert begin(application, {}).reply.body == b"a"

    assert body.closed


TEN = timedelta(seconds=10)


@each_row(
    ("delay", "expected"),
    [
        (None, timedelta(0)),
        ("0.000001", timedelta(microseconds=1)),
        ("9.999", timedelta(seconds=9.999)),
        ("-inf", timedelta(0)),
        ("nan", timedelta(0)),
    ],
)
def test_a_reply_in_time_says_how_long_it_took(delay, expected):
    reply = Reply(status=200, body=b"x", header_list=[(DELAY_HEADER, delay)] if delay else [])

    answer = in_time(reply, TEN)

    assert answer == Reply(status=200, body=b"x", header_list=reply.header_list, elapsed=expected)


@each_row("delay", ["10", "10.0000001", "1e9", "1e308", "inf", "Infinity"])
def test_a_reply_that_comes_too_late_is_none(delay):
    reply = Reply(status=200, header_list=[(DELAY_HEADER, delay)])

    assert in_time(reply, TEN) == NoReply(reason="timed out after 10 s", elapsed=TEN)
