"""What the sink answers, one callback after the other."""

import pytest
from each_row import each_row
from msgspec import ValidationError, convert

from callback_sink.answers import Script, ScriptedResponse, next_answer, reply_of
from elements_local.kit.api.shape_words import refusal
from elements_local.kit.http_message import DELAY_HEADER


def answered(told, callbacks):
    statuses = []
    for _ in range(callbacks):
        answer, told = next_answer(told)
        statuses.append(answer.status)
    return statuses


def script(*responses):
    return convert({"bin": "default", "responses": list(responses)}, Script)


@each_row(
    ("told", "statuses"),
    {
        "nothing told": ([], [200, 200]),
        "once": ([ScriptedResponse(status=503, times=1)], [503, 200, 200]),
        "three times": ([ScriptedResponse(status=503, times=3)], [503, 503, 503, 200]),
        "for ever": ([ScriptedResponse(status=503)], [503] * 5),
        "in order, the last for ever": (
            [
                ScriptedResponse(status=503, times=2),
                ScriptedResponse(status=404, times=1),
                ScriptedResponse(status=201),
            ],
            [503, 503, 404, 201, 201],
        ),
    },
)
def test_answers_are_used_up_in_order(told, statuses):
    assert answered(told, len(statuses)) == statuses


@each_row(
    ("body", "sent", "kind"),
    {
        "JSON": ({"a": [1, None]}, b'{"a":[1,null]}', "application/json"),
        "an empty list": ([], b"[]", "application/json"),
        "text": ("größe", "größe".encode(), "text/plain; charset=utf-8"),
        "an empty text": ("", b"", "text/plain; charset=utf-8"),
        "nought": (0, b"0", "application/json"),
    },
)
def test_a_text_is_sent_as_it_is_and_anything_else_as_json(body, sent, kind):
    reply = reply_of(ScriptedResponse(status=500, body=body))

    assert (reply.body, reply.headers["Content-Type"]) == (sent, kind)


def test_told_headers_replace_the_ones_there():
    reply = reply_of(ScriptedResponse(headers={"content-type": "text/xml", "Retry-After": "5"}))

    assert list(reply.headers) == [("content-type", "text/xml"), ("Retry-After", "5")]


@each_row(
    ("delay_s", "sent"), [(0, None), (30, "30"), (0.5, "0.5"), (259_200, "259200"), (999_999.5, "999999.5")]
)
def test_a_delay_is_a_header(delay_s, sent):
    assert reply_of(ScriptedResponse(delay_s=delay_s)).headers.get(DELAY_HEADER) == sent


@each_row(
    ("response", "reason"),
    {
        "status too low": (
            {"status": 199},
            "responses[0].status must be a whole number from 200 to 599; got 199",
        ),
        "status too high": ({"status": 600}, "from 200 to 599; got 600"),
        "one and a half times": ({"times": 1.5}, "times must be a whole number from 1; got 1.5"),
        "delay before nought": ({"delay_s": -1}, "delay_s must be a number from 0 to 1000000; got -1"),
        "delay beyond all patience": ({"delay_s": 1_000_001}, "got 1000001"),
        "Content-Length": ({"headers": {"content-length": "1"}}, "content-length is the"),
        "204 and a body": ({"status": 204, "body": ""}, "an answer of status 204 has no body"),
        "no object": ("503", "responses[0] must be an object; got a text"),
    },
)
def test_what_cannot_be_answered_is_refused(response, reason):
    with pytest.raises(ValidationError):
        script(response)

    assert reason in refusal({"bin": "default", "responses": [response]}, Script)
