"""PUT, PATCH, DELETE and disabling: what is kept, what is asked of the CRM, and what becomes of polls and callbacks."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

MASK = "********"


@pytest.fixture
def patch(instances, instance):
    return lambda body: instances("PATCH", f"/{instance['id']}", json=body)


@pytest.mark.parametrize("profile", ["cloud-elements", "open-connectors"])
def test_what_a_create_answered_may_be_put_back_with_other_tags_twice_in_a_row(
    stack_set_to, make_body, profile
):
    clients = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_PROFILE": profile}).new_workspace()
    made = clients.platform.create_instance(make_body(clients))
    path = f"{BASE_PATH}/instances/{made['id']}"

    changed = [clients.platform.send("PUT", path, json={**made, "tags": [tag]}) for tag in ("a", "b")]

    assert [decode(reply.body) for reply in changed] == [{**made, "tags": ["a"]}, {**made, "tags": ["b"]}]
    assert all("elements-local-warnings" not in reply.headers for reply in changed)
    assert clients.clock.advance("15m")["polls"] == 4


@pytest.mark.parametrize(
    ("configuration", "status"),
    [
        pytest.param({"event.poller.refresh_interval": 5}, 200, id="event settings"),
        pytest.param({"password": MASK}, 200, id="the mask"),
        pytest.param({"password": ...}, 200, id="the same password"),
        pytest.param({"password": "another"}, 401, id="another password"),
        pytest.param({"base.url": "https://api.insight.ly/v3.1"}, 502, id="another address"),
    ],
)
def test_a_patch_asks_the_crm_only_where_its_answer_could_differ(clients, patch, configuration, status):
    clients.crm.script_faults([{"effect": {"drop": True}}])
    if configuration == {"password": ...}:
        configuration = {"password": clients.credentials.crm_api_key}

    assert patch({"configuration": configuration}).status == status


CALLBACK_URLS = {
    "half an IPv6 address": "http://[half",
    "no URL at all": "not a url",
    "a number": 5,
    "a scheme alone": "http://",
    "another protocol": "mailto:ada@example.org",
    "a line feed": "http://127.0.0.1:1/\r\nX: y",
    "unicode": "http://127.0.0.1:1/é?ü=ß",
    "a port that is none": "http://127.0.0.1:99999/",
}


@pytest.mark.parametrize("url", CALLBACK_URLS.values(), ids=CALLBACK_URLS)
def test_any_callback_url_is_accepted_and_one_that_leads_nowhere_only_fails_to_deliver(
    clients, make_instance, url
):
    instance = make_instance({"event.notification.callback.url": url})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    ran = clients.clock.advance("14m")

    assert instance["configuration"]["event.notification.callback.url"] == str(url)
    assert (ran["events"], ran["deliveries"], ran["attempts"]) == (1, 0, 1)
    assert clients.platform.events(instance["id"])[0]["status"] == "DISPATCHED"


def test_a_deleted_instance_takes_its_pending_callbacks_with_it(clients, instances, instance):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.sink.respond({"status": 503})
    clients.clock.advance("14m")

    instances("DELETE", f"/{instance['id']}")
    ran = clients.clock.advance("4 days")

    assert (ran["now"], ran["polls"], ran["attempts"]) == ("2026-03-06T10:15:00Z", 0, 0)
    assert len(clients.sink.callbacks()) == 1


_STRICT = "ELEMENTS_LOCAL_PLATFORM_DELETE_USED_DEFINITIONS"


@pytest.mark.parametrize(("chosen", "status"), [({}, 200), ({_STRICT: "false"}, 409)])
def test_one_definition_goes_before_the_transformation_that_uses_it_unless_that_is_set(
    stack_set_to, make_body, chosen, status
):
    clients = stack_set_to(chosen).new_workspace()
    below = f"{BASE_PATH}/instances/{clients.platform.create_instance(make_body(clients))['id']}"
    clients.platform.call("POST", f"{below}/objects/people/definitions", json={"fields": []})
    clients.platform.call("POST", f"{below}/transformations/people", json={"vendorName": "contacts"})

    assert clients.platform.send("DELETE", f"{below}/objects/people/definitions").status == status
    assert list(clients.platform.call("GET", f"{below}/transformations")) == ["people"]


def test_traces_are_logged_for_an_hour_where_the_call_has_no_body(clients, instances, instance):
    def logged():
        return decode(instances("GET", f"/{instance['id']}").body)["traceLoggingEnabled"]

    assert instances("PUT", f"/{instance['id']}/trace-logging").status == 200
    clients.clock.advance("59m")
    assert logged()
    clients.clock.advance("1m")
    assert not logged()


def test_polls_pause_while_an_instance_is_disabled_and_nothing_is_lost(clients, instances, instance):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    instances("DELETE", f"/{instance['id']}/enabled")

    paused = clients.clock.advance("1h")
    instances("PUT", f"/{instance['id']}/enabled")
    resumed = clients.clock.advance("15m")

    assert paused["polls"] == 0
    assert (resumed["polls"], resumed["events"]) == (4, 1)


def test_lines_of_poller_urls_are_shown_as_json_and_blocks_may_take_their_place(clients, patch):
    line = "contacts|/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'||DATE_UPDATED_UTC|yyyy-MM-dd HH:mm:ss"

    shown = decode(patch({"configuration": {"event.poller.urls": line}}).body)["configuration"]

    assert shown["event.poller.urls"] is None
    assert json.loads(shown["event.poller.configuration"])["contacts"]["idField"] == "CONTACT_ID"
    assert clients.clock.advance("15m")["polls"] == 1
    patch({"configuration": {"event.poller.configuration": {"leads": {}, "accounts": {}}}})
    assert clients.clock.advance("15m")["polls"] == 2
