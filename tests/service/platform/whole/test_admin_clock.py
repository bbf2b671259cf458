"""``/_local/clock``: turning real, and back."""

from elements_local.kit.instants import parse_instant


def test_a_clock_that_is_ahead_of_the_machines_does_not_turn_real_while_something_is_planned(
    stack_in_process, body_of, refused
):
    clients = stack_in_process.new_workspace(start="9000-01-01T00:00:00Z")
    body = body_of({"username": "x", "password": clients.credentials.crm_api_key})
    clients.platform.create_instance(body)

    reply = clients.platform.send("PUT", "/_local/clock", json={"mode": "real"})

    assert "the clock cannot go back" in refused(reply, 409)
    assert clients.clock.show() == {"mode": "virtual", "now": "9000-01-01T00:00:00Z"}
    stack_in_process.delete_workspace(clients.credentials.name)


def test_a_clock_turns_real_and_virtual_again_where_it_stands(clients):
    real = clients.clock.set(mode="real")
    virtual = clients.clock.set(mode="virtual")

    assert real["mode"] == "real"
    assert virtual["mode"] == "virtual"
    assert parse_instant(virtual["now"]) >= parse_instant(real["now"])
    assert clients.clock.show() == virtual
