"""``/_local/responses``: what the sink answers next."""

import pytest

from elements_local.kit.wire import DELAY_HEADER, DroppedError, NoReply


def left(sink, name="default"):
    return sink.client.get("/_local/responses", query_string={"bin": name}).json["responses"]


def test_the_next_answers_are_given_in_order_then_200(sink):
    sink.answer({"status": 503, "times": 2}, {"status": 404, "times": 1})

    assert [sink.send().status for _ in range(5)] == [503, 503, 404, 200, 200]
    assert [each["status"] for each in sink.callbacks()] == [503, 503, 404, 200, 200]


def test_a_last_answer_without_times_stays(sink):
    sink.answer({"status": 503, "times": 1}, {"status": 418})

    assert [sink.send().status for _ in range(4)] == [503, 418, 418, 418]
    assert left(sink) == [{"status": 418}]


def test_what_is_left_can_be_looked_at(sink):
    sink.answer({"status": 503, "times": 3}, {"status": 200, "times": 1, "delay_s": 5})
    assert left(sink) == [{"status": 503, "times": 3}, {"status": 200, "times": 1, "delay_s": 5}]

    sink.send()

    assert left(sink) == [{"status": 503, "times": 2}, {"status": 200, "times": 1, "delay_s": 5}]


def test_new_answers_take_the_place_of_old_ones(sink):
    sink.answer({"status": 503})
    sink.answer({"status": 404, "times": 1})

    assert [sink.send().status for _ in range(2)] == [404, 200]


@pytest.mark.parametrize("how", ["DELETE", "an empty list"])
def test_the_sink_goes_back_to_200(sink, how):
    sink.answer({"status": 503})

    if how == "DELETE":
        assert sink.client.delete("/_local/responses?bin=default").json == {"bin": "default", "responses": []}
    else:
        sink.answer()

    assert sink.send().status == 200


@pytest.mark.usefixtures("acme")
def test_answers_are_those_of_one_bin(sink):
    sink.answer({"status": 503}, bin_="acme")
    sink.answer({"status": 404}, bin_="other")

    assert sink.send("/acme/x").status == 503
    assert sink.send("/other").status == 404
    assert sink.send("/default").status == 200
    assert left(sink, "acme") == [{"status": 503}]


def test_forgetting_answers_forgets_no_keys(sink):
    sink.know("secret")
    sink.answer({"status": 503})
    sink.client.delete("/_local/responses?bin=default")

    assert sink.client.get("/_local/signature-keys?bin=default").json["keys"] == 1


def test_body_and_headers_are_sent_as_told(sink):
    sink.answer({"status": 429, "body": {"error": "slow down"}, "headers": {"Retry-After": "7"}})

    answer = sink.client.post("/default")

    assert (answer.status_code, answer.json) == (429, {"error": "slow down"})
    assert answer.headers["Retry-After"] == "7"


def test_a_delay_is_virtual(sink):
    sink.answer({"delay_s": 10, "times": 1}, {"delay_s": 40, "times": 1})

    assert sink.client.post("/default").headers[DELAY_HEADER] == "10"
    assert sink.send() == NoReply(reason="timed out after 30 s", elapsed=sink.wire._timeout)
    assert [each["status"] for each in sink.callbacks()] == [200, 200]


def test_a_dropped_callback_is_recorded_without_a_status(sink):
    sink.answer({"drop": True, "times": 1})

    assert sink.send(body=b"kept") == NoReply(reason="connection closed without an answer")
    assert sink.send().status == 200
    assert [(each["body"], each["status"]) for each in sink.callbacks()] == [("kept", None), ("", 200)]
    assert sink.client.get("/_local/journal?q=kept").json["exchanges"][0]["status"] is None


def test_a_fault_makes_no_answer_of_a_dropped_connection(sink):
    sink.answer({"drop": True})
    sink.client.put("/_local/faults", json={"faults": [{"effect": {"delay_s": 1}}]})

    assert sink.send() == NoReply(reason="connection closed without an answer")


def test_hanging_up_is_an_exception_to_whoever_calls_the_application(sink):
    sink.answer({"drop": True})

    with pytest.raises(DroppedError):
        sink.client.post("/default")


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_that_can_have_no_body_has_none(sink, status):
    sink.answer({"status": status})

    answer = sink.client.post("/default")

    assert (answer.status_code, answer.data) == (status, b"")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            {"bin": "default", "responses": [{"status": 99}]},
            "responses[0].status must be a whole number from 200 to 599; got 99; expected {",
        ),
        (
            {"bin": "default", "responses": [{"times": 0}]},
            "responses[0].times must be a whole number from 1; got 0",
        ),
        ({"bin": "default", "responses": [{"state": 503}]}, "unknown key 'state'"),
        (
            {"bin": "default", "responses": [{"headers": {"A": "b\nc"}}]},
            "responses[0].headers.A must be a header's value",
        ),
        ({"bin": "default", "responses": [{"headers": {"A\r": "b"}}]}, "must be a header's name"),
        ({"bin": "default", "responses": [{}, {}]}, "responses[0] has no `times`"),
        ({"bin": "default", "responses": {}}, "responses must be a list of objects; got an object"),
        ({"bin": "default", "answers": []}, "unknown key 'answers'"),
        (
            {"bin": "x" * 501, "responses": []},
            "bin must be the first segment of a path, of up to 500 letters",
        ),
        ({"responses": []}, "bin is missing; expected {"),
        (7, "the body must be an object; got "),
    ],
    ids=str,
)
def test_what_cannot_be_answered_is_refused_and_changes_nothing(sink, body, reason):
    sink.answer({"status": 503})

    answer = sink.client.put("/_local/responses", json=body)

    assert answer.status_code == 400
    assert reason in answer.json["message"]
    assert left(sink) == [{"status": 503}]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_bin_must_be_named(sink, method):
    answer = sink.client.open("/_local/responses", method=method)

    assert answer.status_code == 400
    assert "bin is missing" in answer.json["message"]


def test_a_bin_is_told_answers_in_its_owners_name_only(sink, acme):
    told = {"bin": acme.name, "responses": [{"status": 503}]}

    answer = sink.client.put("/_local/responses?workspace=default", json=told)

    assert answer.status_code == 400
    assert "the bin 'acme' belongs to workspace 'acme', not to 'default'" in answer.json["message"]


def test_an_answer_may_carry_a_body_of_many_levels(sink):
    body = {"a": [{"b": [None, True, 1.5, "x", {"c": []}]}]}
    sink.answer({"status": 500, "body": body})

    assert sink.client.post("/default").json == body
    assert left(sink) == [{"status": 500, "body": body}]


def test_a_callback_that_is_read_by_half_is_kept_by_half_and_not_answered(sink):
    sink.know("secret")
    sink.answer({"half_read": True, "times": 1})

    assert sink.send(body=b"0123456789", headers={"Elements-Webhook-Signature": "sha256=x"}) == NoReply(
        reason="connection closed without an answer"
    )
    recorded = sink.one()
    assert (recorded["body"], recorded["size"], recorded["status"]) == ("01234", 10, None)
    assert recorded["signature"] == "invalid"
    assert sink.send(body=b"0123456789").status == 200
