"""Calls by path, of clients of one workspace."""

from elements_local.guide import instance_body


def test_a_call_of_the_sink_is_about_its_own_workspace(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")
    sink = clients.sink

    assert sink.call("GET", "/_local/callbacks?limit=2")["total"] == 1
    assert sink.call("POST", "/_local/callbacks/verify", json={"count": 1}) == {"verified": True, "count": 1}
    assert sink.call("DELETE", "/_local/callbacks") == {"removed": 1}
    assert sink.callbacks() == []
