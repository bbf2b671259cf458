"""Callbacks to the platform itself, and a change that two blocks report."""


def test_a_callback_url_may_be_the_platforms_own_address_for_events(clients, make_instance):
    own = f"{clients.platform.url}/elements/api-v2/events/insightly"
    made = make_instance({"event.notification.callback.url": own})
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("15m")

    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200]
    assert len(clients.platform.events(made["id"])) == 1
    assert clients.sink.callbacks() == []
