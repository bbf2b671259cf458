"""``GET /_local/explain``: it changes nothing, and says what it cannot try."""

import pytest

from elements_local.guide import instance_body

LAG = {"match": {"path": "/v2.2/contacts/search"}, "effect": {"index_lag_s": 60}}


@pytest.fixture
def instance(clients):
    return clients.platform.create_instance(instance_body(clients.credentials))


@pytest.fixture
def ada(clients, instance):  # noqa: ARG001 - it has to be there first
    clients.clock.advance("1m")
    return clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]


def explain(clients, instance, record_id, **asked):
    return clients.platform.explain(
        instance_id=instance["id"], resource="contacts", record_id=record_id, **asked
    )


def test_an_explanation_changes_nothing(clients, instance, ada):
    clients.crm.script_faults([{**LAG, "when": {"first_n": 5}}])
    clients.clock.advance("15m")

    before = clients.snapshot()
    explain(clients, instance, ada)
    clients.platform.audit(instance["id"])

    assert clients.snapshot() == before


def test_a_poll_that_is_still_to_come_is_nothing_wrong_and_waiting_is_the_cure(clients, instance, ada):
    said = explain(clients, instance, ada)

    assert (said["verdict"], said["cause"], said["wrong"]) == ("not reported", "interval-not-over", False)
    assert said["fix"]["change"] == {"to": "2026-03-02T10:15:00Z"}


def test_what_cannot_be_done_again_is_said_and_nothing_is_called_tried(clients, instance, ada):
    clients.clock.set(mode="real")

    said = explain(clients, instance, ada)

    assert said["cause"] == "interval-not-over"
    assert said["fix"] is None
    assert said["untried"].startswith("nothing was tried: the clock is real")


def test_a_clock_that_was_real_for_a_while_cannot_be_done_again_either(clients, instance, ada):
    clients.clock.set(mode="real")
    clients.clock.set(mode="virtual")

    assert "the clock was real for a while" in explain(clients, instance, ada)["untried"]


def test_a_callback_that_another_receiver_took_is_told_from_one_that_the_sink_has(stack_on_ports, httpserver):
    httpserver.expect_request("/hooks").respond_with_data("{}")
    clients = stack_on_ports.new_workspace()
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] = httpserver.url_for("/hooks")
    instance = clients.platform.create_instance(body)
    clients.clock.advance("1m")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    said = explain(clients, instance, number)

    assert (said["verdict"], said["cause"]) == ("reported", "sent-elsewhere")
    assert said["callbacks"][0]["arrived"] == []
    assert said["fix"]["change"] == {"event.notification.callback.url": "{callback_url}"}
    assert said["fix"]["tried"] == "reported at 2026-03-02T10:15:00Z"
    stack_on_ports.delete_workspace(clients.credentials.name)
