"""``/_local/pollers``: what is polled of each instance and when next, and if it is not, why."""

import pytest


def pollers(clients):
    return clients.platform.call("GET", "/_local/pollers")["pollers"]


def test_an_instance_is_shown_with_what_it_polls_and_how_far_it_has_come(clients, instance):
    (before,) = pollers(clients)
    clients.clock.advance("20m")
    (after,) = pollers(clients)

    contacts = {"resource": "contacts", "collection": "contacts", "idField": "CONTACT_ID"}
    accounts = {"resource": "accounts", "collection": "organisations", "idField": "ORGANISATION_ID"}
    assert {**before, "resources": before["resources"][:2]} == {
        "instanceId": instance["id"],
        "name": instance["name"],
        "made": "2026-03-02T10:00:00Z",
        "callbackUrl": clients.credentials.callback_url,
        "nextPoll": "2026-03-02T10:15:00Z",
        "silent": "",
        "resources": [
            {**contacts, "from": "2026-03-02T10:00:00Z"},
            {**accounts, "from": "2026-03-02T10:00:00Z"},
        ],
    }
    assert after["nextPoll"] == "2026-03-02T10:30:00Z"
    assert {each["from"] for each in after["resources"]} == {"2026-03-02T10:15:00Z"}


def test_where_a_poll_looks_back_it_asks_from_earlier_on(clients, make_instance):
    make_instance({"event.poller.configuration": {"contacts": {
        "url": "/hubs/crm/contacts", "idField": "CONTACT_ID", "pollDelay": 30,
    }}})  # fmt: skip

    ((polled,),) = (each["resources"] for each in pollers(clients))

    assert polled["from"] == "2026-03-02T09:59:30Z"


def test_a_url_that_leads_to_no_collection_as_a_whole_is_shown_with_none(clients, make_instance):
    make_instance({"event.poller.configuration": {"notes": {"url": "/hubs/crm/contacts/5/notes"}}})

    ((polled,),) = (each["resources"] for each in pollers(clients))

    assert polled == {"resource": "notes", "collection": None, "idField": "", "from": "2026-03-02T10:00:00Z"}


@pytest.mark.parametrize(
    ("configuration", "why"),
    [
        ({"event.notification.enabled": False}, "event.notification.enabled is not true"),
        ({"event.vendor.type": "webhook"}, "event.vendor.type is webhook, not polling"),
        ({"event.poller.configuration": {}}, "event.poller.configuration names no resource"),
    ],
)
def test_an_instance_that_is_not_polled_says_which_key_has_it_so(clients, make_instance, configuration, why):
    make_instance(configuration)

    (shown,) = pollers(clients)

    assert (shown["silent"], shown["nextPoll"]) == (why, None)
    assert {each["from"] for each in shown["resources"]} <= {None}


def test_a_disabled_instance_says_so_and_one_whose_job_was_deleted(clients, instance):
    clients.platform.call("DELETE", f"/elements/api-v2/instances/{instance['id']}/enabled")
    (disabled,) = pollers(clients)
    clients.platform.call("PUT", f"/elements/api-v2/instances/{instance['id']}/enabled")
    (job,) = clients.platform.call("GET", "/elements/api-v2/jobs")
    clients.platform.call("DELETE", f"/elements/api-v2/jobs/{job['id']}")
    (without_job,) = pollers(clients)

    assert (disabled["silent"], disabled["nextPoll"]) == ("the instance is disabled", None)
    assert (without_job["silent"], without_job["nextPoll"]) == ("the job of its poller was deleted", None)


def test_a_poller_that_was_switched_off_says_after_what(clients, instance):  # noqa: ARG001 - it is what is polled
    clients.crm.script_faults([{"match": {"path": "/v2.2/*"}, "effect": {"status": 503}}])
    clients.clock.advance("26h")

    (shown,) = pollers(clients)

    assert shown["silent"].startswith(
        "the poller was switched off, as too many polls in a row had failed; the last of"
    )
    assert shown["nextPoll"] is None


def test_nobody_sees_the_pollers_of_others(clients, instance, stack_in_process):  # noqa: ARG001 - as above
    other = stack_in_process.new_workspace()

    assert pollers(other) == []

    stack_in_process.delete_workspace(other.credentials.name)


def test_a_delivery_says_of_which_events_it_is_whose_they_are_and_when_it_is_tried_again(clients, instance):
    clients.sink.respond({"status": 503, "times": 1})
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")
    (waiting,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]
    clients.clock.advance("4s")
    (taken,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]

    assert waiting["instanceId"] == instance["id"]
    assert waiting["events"] == [f"contacts/{ada['CONTACT_ID']} CREATED"]
    assert (waiting["created"], waiting["due"]) == ("2026-03-02T10:15:00Z", "2026-03-02T10:15:04Z")
    assert (taken["status"], taken["due"]) == ("delivered", None)


def test_a_delivery_in_somebodys_own_words_is_of_no_events(clients):
    clients.platform.call("POST", "/elements/api-v2/notifications/subscriptions", json={
        "channel": "webhook", "topics": ["mine"], "config": {"url": clients.credentials.callback_url},
    })  # fmt: skip
    clients.platform.call(
        "POST", "/elements/api-v2/notifications", json={"topic": "mine", "message": "hello"}
    )
    clients.clock.advance("1s")

    (delivery,) = clients.platform.call("GET", "/_local/deliveries")["deliveries"]

    assert (delivery["events"], delivery["instanceId"], delivery["topic"]) == ([], None, "mine")
