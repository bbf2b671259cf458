"""``GET /_local/explain``: what it shows of the chain, what can be asked about, and what it refuses."""

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


def test_what_a_scripted_fault_did_to_the_crms_answer_is_shown(clients, instance):
    clients.crm.script_faults([LAG])
    clients.clock.advance("14m 30s")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("1m")

    said = explain(clients, instance, number)

    assert said["cause"] == "index-lag"
    assert "30 s after the record was written" in said["why"]
    assert [call["effect"] for call in said["polls"][0]["calls"]] == [{"index_lag_s": 60.0}]
    assert said["fix"] == {
        "where": "configuration",
        "change": {"pollDelay": 60},
        "text": "set pollDelay of contacts to 60",
        "tried": "reported at 2026-03-02T10:30:00Z",
    }
    assert said["tries"][-1] == {
        "where": "configuration",
        "change": {"pollDelay": 60},
        "outcome": "reported at 2026-03-02T10:30:00Z",
    }


def test_a_change_an_event_and_a_callback_lead_to_the_same(clients, instance, ada):
    clients.clock.advance("15m")
    (event,) = clients.platform.events(instance["id"])
    (callback,) = clients.sink.callbacks()
    wanted = explain(clients, instance, ada)

    assert clients.platform.explain(instance_id=instance["id"], change=1) == wanted
    assert clients.platform.explain(event=event["id"]) == wanted
    assert clients.platform.explain(event=callback["json"]["id"]) == wanted
    assert clients.platform.explain(callback=callback["id"]) == wanted


def test_an_explanation_changes_nothing(clients, instance, ada):
    clients.crm.script_faults([{**LAG, "when": {"first_n": 5}}])
    clients.clock.advance("15m")

    before = clients.snapshot()
    explain(clients, instance, ada)
    clients.platform.audit(instance["id"])

    assert clients.snapshot() == before


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


@pytest.mark.parametrize(
    "resource", ["contacts/1/notes", "../accounts", "%00", "a" * 500, "no such", "Ünïcode"]
)
def test_a_resource_of_a_strangers_choice_breaks_nothing(clients, instance, resource):
    said = clients.platform.explain(instance_id=instance["id"], resource=resource, record_id="1'--")

    assert said["cause"] == "no-change"


def test_a_secret_in_a_callback_url_is_masked(clients):
    body = instance_body(clients.credentials)
    body["configuration"]["event.notification.callback.url"] += "?token=hidden-from-all"
    instance = clients.platform.create_instance(body)
    clients.clock.advance("1m")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    assert "hidden-from-all" not in str(explain(clients, instance, number))


def test_a_poll_shows_its_own_calls_alone(clients, instance):
    twin = clients.platform.create_instance(instance_body(clients.credentials) | {"name": "Twin"})
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("14m")
    clients.platform.hub(instance["token"]).call("GET", "/contacts")

    said = explain(clients, instance, ada), explain(clients, twin, ada)

    targets = [[call["target"] for call in each["polls"][0]["calls"]] for each in said]
    assert [len(each) for each in targets] == [1, 1]
    assert targets[0] == targets[1]
