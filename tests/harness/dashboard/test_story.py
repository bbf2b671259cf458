"""The chain of a record's latest change, from the change to the receiver's answer."""

import pytest

from elements_local.clients.guide import instance_body
from elements_local.dashboard.story import story


def of(clients, record_id):
    (poller,) = clients.platform.pollers()
    query = f"instanceId={poller['instanceId']}&resource=contacts&recordId={record_id}&cures=false"
    explanation = clients.platform.call("GET", f"/_local/explain?{query}")
    return [
        (str(one.at)[11:19], one.shape, one.text, one.later)
        for one in story(explanation, lambda page, **about: f"{page} {about}")
    ]


@pytest.fixture
def ada(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("14m58s")
    return lambda: clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]


def test_a_change_that_nothing_was_due_for_stands_alone(clients, ada):
    assert of(clients, ada()) == [("10:14:58", "created", "CREATED", "")]


def test_a_reported_change_goes_on_to_the_receivers_answer(clients, ada):
    clients.sink.respond({"status": 503, "times": 1})
    made = ada()
    clients.clock.advance("3s")

    assert of(clients, made) == [
        ("10:14:58", "created", "CREATED", ""),
        ("10:15:00", "event", "poll: CREATED", "2 s later"),
        ("10:15:00", "failed", "attempt 1: answered 503", "at once"),
        ("10:15:04", "due", "attempt 2: waiting", "4 s later"),
    ]
    clients.clock.advance("5s")
    assert of(clients, made)[-1][1:3] == ("delivered", "attempt 2: delivered")


def test_a_lost_change_shows_when_the_list_had_it_and_who_missed_it(clients, ada):
    clients.crm.script_faults([{"match": {"path": "/v2.2/*"}, "effect": {"index_lag_s": 3}}])
    made = ada()
    clients.clock.advance("50m")

    assert of(clients, made) == [
        ("10:14:58", "created", "CREATED", ""),
        ("10:15:00", "failed", "poll: did not have it", "2 s later"),
        ("10:15:01", "clock", "the CRM's lists have it", "1 s later"),
        ("11:00:00", "idle", "3 later polls did not have it either", "44 min 59 s later"),
    ]


def test_a_poll_that_failed_says_why(clients, ada):
    clients.crm.script_faults(
        [{"match": {"path": "/v2.2/*"}, "effect": {"status": 500}, "when": {"first_n": 1}}]
    )
    made = ada()
    clients.clock.advance("20m")

    assert [each[1:3] for each in of(clients, made)[:2]] == [
        ("created", "CREATED"),
        ("failed", "poll: failed"),
    ]
    assert of(clients, made)[2][2] == "poll: CREATED"
