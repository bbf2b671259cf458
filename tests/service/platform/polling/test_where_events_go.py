"""Callbacks to the platform itself, and a change that two blocks report."""

CONTACTS = "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"


def test_a_callback_url_may_be_the_platforms_own_address_for_events(clients, make_instance):
    own = f"{clients.platform.url}/elements/api-v2/events/insightly"
    made = make_instance({"event.notification.callback.url": own})
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("15m")

    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200]
    assert len(clients.platform.events(made["id"])) == 1
    assert clients.sink.callbacks() == []


def test_what_two_blocks_poll_is_reported_by_each(clients, make_instance):
    blocks = {"contacts": {}, "people": {"url": CONTACTS, "idField": "CONTACT_ID"}}
    make_instance({"event.poller.configuration": blocks})
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("15m")

    told = [callback["json"]["message"]["events"][0] for callback in clients.sink.callbacks()]
    assert {(each["objectType"], each["objectId"]) for each in told} == {
        ("contacts", str(ada["CONTACT_ID"])),
        ("people", str(ada["CONTACT_ID"])),
    }
