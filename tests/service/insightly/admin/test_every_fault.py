"""Every way in which the CRM can be made to misbehave: before or after the side effect, by seed, by the workspace's clock."""

import pytest
from each_row import each_row
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import create_environ

from elements_local.kit.web.in_process import WsgiResponse
from elements_local.kit.wire import NoReply
from mock_insightly.middleware import compress_if_asked

DENIED = {"Message": "Authorization has been denied for this request."}
PAGE = "<html><body><h1>Server Error in '/' Application.</h1></body></html>"
TOO_MANY = {"Message": "Too many requests"}
ANSWERS = {
    "an answer that is cut off": ({"truncate": 10}, None),
    "no answer": ({"drop": True}, None),
    "a page of HTML": ({"status": 500, "body": PAGE, "headers": {"Content-Type": "text/html"}}, 500),
    "a key that is revoked": ({"status": 401, "body": DENIED}, 401),
    "an object that is closed": ({"status": 403, "body": "No Access to Data"}, 403),
    "too many calls": ({"status": 429, "body": TOO_MANY, "headers": {"Retry-After": "1"}}, 429),
    "an unavailable service": ({"status": 503}, 503),
    "a slow answer": ({"delay_s": 20}, 201),
    "an answer that comes too late": ({"delay_s": 90}, None),
}
"""What is answered; None is nothing that a client could read."""


@pytest.fixture
def faulty(crm):
    """Put one fault rule in force; calls are counted anew."""

    def script(effect, **more):
        rule = {"effect": effect, **more}
        assert crm.send("PUT", "/_local/faults", json={"faults": [rule]}).status == 200

    return script


def create(crm):
    reply = crm.send("POST", "Contacts", json={"FIRST_NAME": "Ada"})
    return None if isinstance(reply, NoReply) else reply.status


@each_row(("effect", "status"), ANSWERS)
def test_after_the_side_effect_it_has_happened_all_the_same(crm, faulty, effect, status):
    before = len(crm.changes())
    faulty(effect, phase="after", match={"method": "POST"})

    assert create(crm) == status
    assert len(crm.changes()) == len(crm.shown("Contacts")) == before + 1


@settings(
    max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 2**31),
    probability=st.floats(0.1, 0.9),
    every=st.integers(1, 3),
    first=st.integers(3, 20),
)
def test_the_same_seed_strikes_the_same_calls(crm, faulty, seed, probability, every, first):
    when = {"seed": seed, "probability": probability, "every_n": every, "first_n": first}
    streams = []
    for _ in range(2):
        faulty({"status": 429}, when=when)
        streams.append([crm.send("GET", "Contacts?top=1").status for _ in range(12)])

    assert streams[0] == streams[1]
    assert {*streams[0]} <= {200, 429}
    assert all(status == 200 for nth, status in enumerate(streams[0], 1) if nth > first or nth % every)


def test_the_same_seed_shows_the_same_writes_at_the_same_seconds_and_another_one_others(another):
    shown = []
    for name, seed in (("first", 3), ("second", 3), ("third", 4)):
        crm = another(name=name, seed=seed)
        rule = {"effect": {"index_lag_within_s": 10}, "match": {"path": "*/contacts"}}
        crm.send("PUT", "/_local/faults", json={"faults": [rule]})
        made = [crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"] for _ in range(12)]
        seen = []
        for _ in range(11):
            seen.append([made.index(one["CONTACT_ID"]) for one in crm.shown("Contacts")])
            crm.advance(seconds=1)
        shown.append(seen)

    assert shown[0] == shown[1] != shown[2]
    assert shown[0][-1] == [*range(12)]
    firsts = [min(at for at, seen in enumerate(shown[0]) if number in seen) for number in range(12)]
    assert firsts != sorted(firsts)


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_delete_between_pages_is_the_same_in_every_run(another, phase):
    runs = []
    for name in ("first", "second"):
        crm = another(name=name, seed=3)
        crm.seed(9)
        rule = {
            "effect": {"delete_listed": 1},
            "phase": phase,
            "match": {"path": "*/contacts"},
            "when": {"every_n": 2},
        }
        crm.send("PUT", "/_local/faults", json={"faults": [rule]})
        runs.append(
            [one["CONTACT_ID"] for skip in (0, 3, 6) for one in crm.shown(f"Contacts?top=3&skip={skip}")]
        )

    assert runs[0] == runs[1]
    assert len(runs[0]) == 8


def test_what_is_cut_short_is_not_packed():
    cut = WsgiResponse("200 OK", [("Content-Length", "100")], b"half")

    assert (
        compress_if_asked(create_environ("/v3.1/Contacts", headers={"Accept-Encoding": "gzip"}), cut) == cut
    )
