"""A receiver that takes callbacks and never answers: an advance waits a little in real time, and says what it is."""

from contextlib import closing

import pytest

from elements_local.clients.guide import instance_body
from elements_local.kit.web.serving import listen, url_of
from elements_local.start import Options, in_process

QUICK = {"ELEMENTS_LOCAL_PLATFORM_CALLBACK_WAIT": "0.1", "ELEMENTS_LOCAL_SINK_FORWARD_TIMEOUT": "0.1"}


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(environment=QUICK)) as running:
        yield running


@pytest.mark.parametrize(
    ("is_relayed", "reason", "explained"),
    [
        pytest.param(False, "timed out after 30 s: no answer within 0.1 s of real time", "", id="called"),
        pytest.param(
            True, "timed out after 30 s", ", from where no answer came: timed out after 0.1 s", id="relayed"
        ),
    ],
)
def test_a_receiver_that_does_not_answer_costs_virtual_time_alone(stack, is_relayed, reason, explained):
    with closing(listen("127.0.0.1", 0)) as silent:
        clients = stack.new_workspace()
        body = instance_body(clients.credentials)
        if is_relayed:
            clients.sink.relay(url_of(silent))
        else:
            body["configuration"]["event.notification.callback.url"] = url_of(silent)
        instance = clients.platform.create_instance(body)
        contact = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        clients.clock.advance("15m")

    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    assert [(each["status"], each["outcome"], each["elapsedSeconds"]) for each in delivery["attempts"]] == [
        (None, reason, 30.0)
    ]
    said = clients.platform.explain(
        instance_id=instance["id"], resource="contacts", record_id=contact["CONTACT_ID"], cures=False
    )
    assert said["cause"] == "retrying"
    assert f": {reason} at 2026-03-02T10:15:00Z" in said["why"]
    assert explained in said["why"]
