"""PUT, PATCH, DELETE, enable and disable; and what the CRM's word on the credentials means."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

MASK = "********"


@pytest.fixture
def patch(instances, instance):
    return lambda body: instances("PATCH", f"/{instance['id']}", json=body)


@pytest.fixture
def put(instances, instance):
    return lambda body, query="": instances("PUT", f"/{instance['id']}{query}", json=body)


def test_a_patch_changes_one_configuration_key_and_leaves_everything_else(patch, instance):
    url = "http://127.0.0.1:4702/elsewhere"

    changed = decode(patch({"configuration": {"event.notification.callback.url": url}}).body)

    assert changed == {
        **instance,
        "configuration": {**instance["configuration"], "event.notification.callback.url": url},
        "eventsNotificationCallbackUrl": url,
        "subscriptionId": changed["subscriptionId"],
    }


@pytest.mark.parametrize(
    ("body", "key", "value"),
    [
        ({"name": "Another"}, "name", "Another"),
        ({"tags": ["x", "y"]}, "tags", ["x", "y"]),
        ({"tags": []}, "tags", []),
        ({}, "name", "My Insightly"),
        ({"name": None, "tags": None, "configuration": None}, "tags", ["insightly"]),
        ({"configuration": {}}, "name", "My Insightly"),
        ({"id": 1, "token": "mine", "valid": False, "disabled": True}, "disabled", False),
    ],
)
def test_a_patch_changes_what_it_says_and_nothing_else(patch, instance, body, key, value):
    changed = decode(patch(body).body)

    assert changed == {**instance, key: value}


def test_a_patched_key_that_is_empty_or_null_goes_back_to_its_default(patch, instance):
    patch({"configuration": {"event.poller.refresh_interval": 5, "my.own": "x"}})

    reply = patch({"configuration": {"event.poller.refresh_interval": None, "my.own": None}})

    assert decode(reply.body)["configuration"] == {**instance["configuration"], "my.own": None}


def test_a_put_replaces_everything_but_the_credentials_that_it_leaves_out(put, instance):
    changed = decode(put({"name": "Bare", "tags": [], "configuration": {}}).body)

    assert (changed["id"], changed["token"], changed["createdDate"]) == (
        instance["id"],
        instance["token"],
        instance["createdDate"],
    )
    assert (changed["name"], changed["tags"], changed["eventsEnabled"]) == ("Bare", [], False)
    assert changed["configuration"]["username"] == instance["configuration"]["username"]
    assert changed["configuration"]["password"] == MASK
    assert changed["configuration"]["event.notification.callback.url"] is None
    assert changed["configuration"]["event.poller.refresh_interval"] == "15"
    assert "subscriptionId" not in changed


def test_a_put_with_name_and_tags_alone_leaves_everything_else(clients, put, instance):
    changed = decode(put({"name": "Renamed", "tags": ["x"]}).body)

    assert changed == {**instance, "name": "Renamed", "tags": ["x"]}
    assert clients.clock.advance("15m")["polls"] == 4


@pytest.mark.parametrize("profile", ["cloud-elements", "open-connectors"])
def test_what_a_create_answered_may_be_put_back_with_other_tags_twice_in_a_row(own_stack, make_body, profile):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_PROFILE": profile}).workspace()
    made = clients.platform.create_instance(make_body(clients))
    path = f"{BASE_PATH}/instances/{made['id']}"

    changed = [clients.platform.send("PUT", path, json={**made, "tags": [tag]}) for tag in ("a", "b")]

    assert [decode(reply.body) for reply in changed] == [{**made, "tags": ["a"]}, {**made, "tags": ["b"]}]
    assert all("elements-local-warnings" not in reply.headers for reply in changed)
    assert clients.clock.advance("15m")["polls"] == 4


def test_what_get_shows_may_be_put_back_as_it_is(clients, instances, put, instance):
    again = decode(put(instance).body)

    assert again == instance
    assert decode(instances("GET", f"/{instance['id']}").body) == instance
    assert clients.clock.advance("15m")["polls"] == 4


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_mask_that_is_sent_back_stands_for_the_secret_and_polls_go_on(
    clients, instances, instance, body_of, method
):
    configuration = {"password": MASK, "event.notification.basic.password": MASK}
    body = body_of(configuration) if method == "PUT" else {"configuration": configuration}

    reply = instances(method, f"/{instance['id']}", json=body)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    ran = clients.clock.advance("15m")

    assert decode(reply.body)["configuration"]["password"] == MASK
    assert (ran["polls"], ran["events"], ran["deliveries"]) == (4, 1, 1)
    assert [poll["error"] for poll in clients.platform.polls()] == [None] * 4


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_mask_for_a_secret_that_was_never_stored_stands_for_nothing(instances, instance, body_of, method):
    configuration = {"event.notification.basic.password": MASK}
    body = body_of(configuration) if method == "PUT" else {"configuration": configuration}

    reply = instances(method, f"/{instance['id']}", json=body)

    assert decode(reply.body)["configuration"]["event.notification.basic.password"] is None


def test_asterisks_in_a_key_that_is_no_secret_are_asterisks(patch):
    reply = patch({"configuration": {"event.notification.signature.key": MASK}})

    assert decode(reply.body)["configuration"]["event.notification.signature.key"] == MASK


def test_wrong_credentials_are_refused_with_the_crms_own_words(instances, body_of, refused, unchanged):
    with unchanged():
        reply = instances("POST", json=body_of({"password": "wrong"}))

    assert refused(reply, 401).startswith("Insightly answered 401")
    assert (
        decode(reply.body)["providerMessage"]
        == '{"Message":"Authorization has been denied for this request."}'
    )


@pytest.mark.parametrize(("method", "query"), [("PUT", ""), ("PUT", "?reAuthenticate=true"), ("PATCH", "")])
def test_new_credentials_are_tried_before_they_are_kept(
    *, instances, instance, body_of, refused, unchanged, method, query
):
    body = body_of({"password": "wrong"}, name="Other", tags=["x"])

    with unchanged():
        reply = instances(method, f"/{instance['id']}{query}", json=body)

    assert "providerMessage" in decode(reply.body)
    refused(reply, 401)


@pytest.mark.parametrize("value", ["false", "False"])
def test_a_put_that_does_not_authenticate_again_does_not_ask_the_crm(clients, put, body_of, value):
    clients.crm.script_faults([{"effect": {"drop": True}}])

    reply = put(body_of({"event.poller.refresh_interval": 5}), f"?reAuthenticate={value}")

    assert decode(reply.body)["configuration"]["event.poller.refresh_interval"] == "5"


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


OUTAGES = {
    "hangs up": ({"drop": True}, 502, "Insightly did not answer: connection closed without an answer"),
    "takes too long": ({"delay_s": 31}, 502, "Insightly did not answer: timed out after 30 s"),
    "fails": ({"status": 500}, 502, "Insightly answered 500"),
    "is busy": ({"status": 503, "body": "<html>busy</html>"}, 502, "Insightly answered 503"),
    "has had enough": ({"status": 429}, 429, "Insightly answered 429"),
    "forbids": ({"status": 403, "body": {"Message": "no"}}, 403, "Insightly answered 403: no"),
    "does not answer to the end": (
        {"truncate": 5},
        502,
        "Insightly did not answer: connection closed after 5 of",
    ),
}


@pytest.mark.parametrize(("effect", "status", "words"), OUTAGES.values(), ids=OUTAGES)
def test_no_instance_is_made_while_the_crm_does_not_vouch_for_it(
    *, clients, instances, body_of, refused, unchanged, effect, status, words
):
    clients.crm.script_faults([{"match": {"path": "*/users/me"}, "effect": effect}])

    with unchanged():
        reply = instances("POST", json=body_of())

    assert refused(reply, status).startswith(words)
    clients.crm.script_faults([])
    assert instances("POST", json=body_of()).status == 200


ADDRESSES = {
    "half an IPv6 address": "http://[half",
    "no scheme": "api.insight.ly/v2.2",
    "another protocol": "ftp://127.0.0.1/",
    "a port that is none": "http://127.0.0.1:99999",
    "no host": "http://",
    "a port that nobody listens on": "http://127.0.0.1:1",
    "a line feed": "http://127.0.0.1:1\n/",
}


@pytest.mark.parametrize("url", ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_at_which_no_crm_can_be_reached_is_refused(instances, body_of, refused, unchanged, url):
    with unchanged():
        reply = instances("POST", json=body_of({"base.url": url}))

    assert refused(reply, 502).startswith("Insightly did not answer: ")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.insight.ly/v2.2/",
        "https://API.Insight.ly/v3.1",
        "https://api.insight.ly:443/v2.2",
        "{crm}/v3.1",
    ],
)
def test_the_vendors_own_host_is_the_crm_of_this_stack(clients, stack_in_process, instances, body_of, url):
    reply = instances("POST", json=body_of({"base.url": url.format(crm=stack_in_process.addresses.crm)}))

    assert reply.status == 200
    assert clients.clock.advance("15m")["polls"] == 4
    assert [poll["error"] for poll in clients.platform.polls()] == [None] * 4


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


def test_a_deleted_instance_is_gone_and_its_token_is_nobodys(
    *, clients, instances, instance, make_instance, hub, refused
):
    other = make_instance()

    reply = instances("DELETE", f"/{instance['id']}")

    assert (reply.status, reply.body) == (200, b"")
    refused(instances("GET", f"/{instance['id']}"), 404)
    refused(instances("DELETE", f"/{instance['id']}"), 404)
    refused(hub.send("GET", "/contacts"), 401)
    assert [left["id"] for left in decode(instances("GET").body)] == [other["id"]]
    assert clients.clock.advance("1h")["polls"] == 16


def test_a_deleted_instance_takes_its_pending_callbacks_with_it(clients, instances, instance):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.sink.respond({"status": 503})
    clients.clock.advance("14m")

    instances("DELETE", f"/{instance['id']}")
    ran = clients.clock.advance("4 days")

    assert ran == {"from": "2026-03-02T10:15:00Z", "now": "2026-03-06T10:15:00Z"} | dict.fromkeys(
        ("polls", "events", "deliveries", "attempts"), 0
    )
    assert len(clients.sink.callbacks()) == 1


def test_a_disabled_instance_answers_no_hub_calls_until_it_is_enabled(instances, instance, hub, refused):
    disabled = instances("DELETE", f"/{instance['id']}/enabled")
    shown = decode(instances("GET", f"/{instance['id']}").body)

    assert (disabled.status, disabled.body) == (200, b"")
    assert shown == {**instance, "disabled": True}
    for method, path in [("GET", "/contacts"), ("GET", "/contacts/1"), ("DELETE", "/contacts/1")]:
        message = refused(hub.send(method, path), 403)
        assert message.startswith(f"Element instance {instance['id']} is disabled")

    enabled = instances("PUT", f"/{instance['id']}/enabled")

    assert (enabled.status, enabled.body) == (200, b"")
    assert decode(instances("GET", f"/{instance['id']}").body) == instance
    assert hub.send("GET", "/contacts").status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_may_say_who_authenticates_and_else_leaves_that(instances, instance, body_of, method):
    def changed(**said):
        body = body_of(**said) if method == "PUT" else {"name": "New", **said}
        return decode(instances(method, f"/{instance['id']}", json=body).body)["externalAuthentication"]

    assert [changed(externalAuthentication="initial"), changed(), changed(externalAuthentication="none")] == [
        "initial",
        "initial",
        "none",
    ]


def test_enabling_and_disabling_twice_is_no_error(instances, instance):
    replies = [
        instances(method, f"/{instance['id']}/enabled")
        for method in ("PUT", "DELETE", "DELETE", "PUT", "PUT")
    ]

    assert [reply.status for reply in replies] == [200] * 5
    assert decode(instances("GET", f"/{instance['id']}").body) == instance


def test_polls_pause_while_an_instance_is_disabled_and_nothing_is_lost(clients, instances, instance):
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    instances("DELETE", f"/{instance['id']}/enabled")

    paused = clients.clock.advance("1h")
    instances("PUT", f"/{instance['id']}/enabled")
    resumed = clients.clock.advance("15m")

    assert paused["polls"] == 0
    assert (resumed["polls"], resumed["events"]) == (4, 1)


def test_polling_at_once_leaves_a_disabled_instance_alone(clients, instances, instance):
    instances("DELETE", f"/{instance['id']}/enabled")

    assert clients.platform.poll()["polls"] == 0
    assert clients.platform.poll(instance["id"])["polls"] == 0
    assert clients.platform.polls() == []


def test_a_change_of_the_signature_key_is_known_to_the_sink_at_once(clients, patch):
    patch({"configuration": {"event.notification.signature.key": "another"}})
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("14m")

    (callback,) = clients.sink.callbacks()

    assert callback["signature"] == "valid"


def test_a_long_poller_configuration_comes_back_as_it_was_sent(clients, make_instance, body_of):
    entry = body_of()["configuration"]["event.poller.configuration"]["contacts"]
    entries = {f"kontakte-ü-{n}": entry for n in range(50)}

    made = make_instance({"event.poller.configuration": json.dumps(entries)})

    assert json.loads(made["configuration"]["event.poller.configuration"]) == entries
    assert clients.clock.advance("15m")["polls"] == 50
    assert clients.platform.call("GET", f"{BASE_PATH}/instances/{made['id']}") == made


def test_lines_of_poller_urls_are_shown_as_json_and_blocks_may_take_their_place(clients, patch):
    line = "contacts|/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'||DATE_UPDATED_UTC|yyyy-MM-dd HH:mm:ss"

    shown = decode(patch({"configuration": {"event.poller.urls": line}}).body)["configuration"]

    assert shown["event.poller.urls"] is None
    assert json.loads(shown["event.poller.configuration"])["contacts"]["idField"] == "CONTACT_ID"
    assert clients.clock.advance("15m")["polls"] == 1
    patch({"configuration": {"event.poller.configuration": {"leads": {}, "accounts": {}}}})
    assert clients.clock.advance("15m")["polls"] == 2


def test_a_code_in_a_patch_asks_the_crm_again(clients, patch):
    clients.crm.script_faults([{"effect": {"drop": True}}])

    with_code = patch({"providerData": {"code": "another"}, "name": "New"})
    without = patch({"providerData": {}, "name": "New"})

    assert (with_code.status, without.status) == (502, 200)


@pytest.mark.parametrize("element", [{"key": "insightly"}, {"id": 5993}, {"id": "5993"}, None])
def test_an_instance_may_be_moved_to_the_element_that_it_is_of(patch, instance, element):
    assert decode(patch({"element": element}).body) == instance


@pytest.mark.parametrize(
    ("element", "status", "words"),
    [
        ({"id": 1}, 404, "No element found with ID 1"),
        ({"key": "hubspot"}, 404, "No element found with key hubspot"),
        ({}, 400, "element.key or element.id is missing"),
        ("insightly", 400, "element must be an object; got a text"),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_instance_is_moved_to_no_element_that_is_not_there(
    *, instances, instance, body_of, refused, unchanged, method, element, status, words
):
    body = body_of(element=element) if method == "PUT" else {"element": element}

    with unchanged():
        reply = instances(method, f"/{instance['id']}", json=body)

    assert words in refused(reply, status)


def test_traces_are_logged_until_their_time_is_over_or_that_is_ended(clients, instances, instance):
    path = f"/{instance['id']}"

    def is_logged():
        return decode(instances("GET", path).body)["traceLoggingEnabled"]

    asked = instances("PUT", f"{path}/trace-logging", json={"duration": 10})
    at_once = is_logged()
    clients.clock.advance("9m 59s")
    before = is_logged()
    clients.clock.advance("1s")
    after = is_logged()
    instances("PUT", f"{path}/trace-logging", json={"duration": 10})
    ended = instances("DELETE", f"{path}/trace-logging")

    assert (asked.status, asked.body, ended.status, ended.body) == (200, b"", 200, b"")
    assert (at_once, before, after, is_logged()) == (True, True, False, False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "duration is missing; expected {"),
        ({"duration": 0}, "duration must be a whole number from 1 to 999999999; got 0"),
        ({"duration": "5"}, 'from 1 to 999999999; got "5"'),
        ({"duration": True}, "from 1 to 999999999; got true"),
        ({"duration": 10**10}, "from 1 to 999999999; got 10000000000"),
    ],
)
def test_traces_are_logged_for_whole_minutes(instances, instance, refused, unchanged, body, words):
    with unchanged():
        reply = instances("PUT", f"/{instance['id']}/trace-logging", json=body)

    assert words in refused(reply, 400)
