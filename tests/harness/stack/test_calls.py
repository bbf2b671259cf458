"""Calls of clients of one workspace, and how long they wait for answers."""

from callback_sink.routes.callbacks import LONGEST_WAIT
from elements_local.clients.guide import instance_body
from elements_local.stack.stack import at


def test_a_call_of_the_sink_is_about_its_own_workspace(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    sink = clients.sink

    assert sink.call("GET", "/_local/callbacks?limit=2")["total"] == 1
    assert sink.call("POST", "/_local/callbacks/verify", json={"count": 1}) == {"verified": True, "count": 1}
    assert sink.call("DELETE", "/_local/callbacks") == {"removed": 1}
    assert sink.callbacks() == []


def test_a_client_waits_for_longer_than_callbacks_may_be_waited_for(stack_on_ports):
    elsewhere = at(stack_on_ports.addresses)

    assert min(stack_on_ports.http._timeout, elsewhere.http._timeout) > LONGEST_WAIT
