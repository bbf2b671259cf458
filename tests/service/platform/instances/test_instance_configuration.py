"""``/instances/{id}/configuration``: entries with stable ids, one changed at a time, with effect at once."""

import pytest

from elements_local.kit.api.json_text import decode

MASK = "********"
ENTRY_KEYS = [
    "id", "key", "name", "description", "propertyValue", "active", "hideFromConsole", "required", "type",
]  # fmt: skip


@pytest.fixture
def configuration(instances, instance):
    """Call the configuration of an instance."""

    def send(method, path="", **given):
        return instances(method, f"/{instance['id']}/configuration{path}", **given)

    return send


@pytest.fixture
def entry(configuration):
    """Return the entry of a key."""

    def find(key):
        return next(each for each in decode(configuration("GET").body) if each["key"] == key)

    return find


@pytest.fixture
def patch(configuration, entry):
    """Set a value by its key, the way clients do: the whole entry, with another value."""

    def send(key, value):
        whole = entry(key)
        return configuration("PATCH", f"/{whole['id']}", json={**whole, "propertyValue": value})

    return send


def test_the_entries_are_those_of_the_map(configuration, instance):
    listed = decode(configuration("GET").body)

    assert {each["key"]: each["propertyValue"] for each in listed} == instance["configuration"]
    assert all(list(each) == ENTRY_KEYS for each in listed)
    assert len({each["id"] for each in listed}) == len(listed)


def test_secrets_are_masked_in_the_list_alone_and_when_changed(configuration, entry, patch):
    listed = entry("password")

    alone = decode(configuration("GET", f"/{listed['id']}").body)
    changed = decode(patch("event.notification.basic.password", "hush").body)

    assert listed["propertyValue"] == alone["propertyValue"] == changed["propertyValue"] == MASK
    assert (listed["type"], entry("username")["propertyValue"] == MASK) == ("PASSWORD", False)


def test_one_entry_is_the_one_of_the_list(configuration):
    for listed in decode(configuration("GET").body):
        assert decode(configuration("GET", f"/{listed['id']}").body) == listed


def test_ids_stay_the_same_whatever_changes(configuration, instances, instance, body_of, patch):
    before = {each["key"]: each["id"] for each in decode(configuration("GET").body)}
    instances("PATCH", f"/{instance['id']}", json={"configuration": {"a.new": 1, "another": 2}})
    patch("event.notification.callback.url", None)
    own = {each["key"]: each["id"] for each in decode(configuration("GET").body)}
    instances("PUT", f"/{instance['id']}", json=body_of({"another": 3}))
    after = {each["key"]: each["id"] for each in decode(configuration("GET").body)}

    assert own == {**before, "a.new": own["a.new"], "another": own["another"]}
    assert after == {**before, "another": own["another"]}


def test_an_entry_has_the_id_under_which_the_catalogue_knows_its_key(clients, configuration):
    catalogue = clients.platform.call("GET", "/elements/api-v2/elements/insightly/configuration")

    listed = decode(configuration("GET").body)

    assert [(each["id"], each["key"]) for each in listed] == [(each["id"], each["key"]) for each in catalogue]


def test_a_patch_answers_with_the_entry_and_changes_nothing_else(instances, instance, entry, patch):
    before = entry("pagination.max")

    changed = decode(patch("pagination.max", "50").body)

    assert changed == {**before, "propertyValue": "50"}
    assert decode(instances("GET", f"/{instance['id']}").body) == {
        **instance,
        "configuration": {**instance["configuration"], "pagination.max": "50"},
    }


@pytest.mark.parametrize(
    ("sent", "shown"),
    [(False, "false"), ("false", "false"), ("False", "False"), (None, "true"), ("", "true")],
)
def test_a_value_is_kept_as_text_and_nothing_brings_back_the_default(patch, sent, shown):
    assert decode(patch("filter.response.nulls", sent).body)["propertyValue"] == shown


def test_nulls_are_no_longer_filtered_from_the_next_call_on(clients, hub, patch):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    path = f"/contacts/{record['CONTACT_ID']}"

    before = decode(hub.send("GET", path).body)
    patch("filter.response.nulls", "false")
    after = decode(hub.send("GET", path).body)

    assert None not in before.values()
    assert None in after.values()


def test_a_new_pace_counts_at_once(clients, patch):
    patch("event.poller.refresh_interval", 1)

    assert clients.clock.advance("2m")["polls"] == 8


def test_events_are_switched_off_and_on(clients, instances, instance, patch):
    patch("event.notification.enabled", "false")
    off = (decode(instances("GET", f"/{instance['id']}").body), clients.clock.advance("15m"))
    patch("event.notification.enabled", True)
    on = (decode(instances("GET", f"/{instance['id']}").body), clients.clock.advance("15m"))

    assert ("subscriptionId" in off[0], off[1]["polls"]) == (False, 0)
    assert ("subscriptionId" in on[0], on[1]["polls"]) == (True, 4)


def test_a_mask_that_is_sent_back_keeps_the_secret(clients, patch):
    reply = patch("password", MASK)

    clients.clock.advance("15m")
    assert decode(reply.body)["propertyValue"] == MASK
    assert [poll["error"] for poll in clients.platform.polls()] == [None] * 4


def test_a_new_password_is_tried_before_it_is_kept(*, clients, patch, refused, unchanged):
    with unchanged():
        reply = patch("password", "wrong")

    refused(reply, 401)
    assert "providerMessage" in decode(reply.body)
    clients.crm.script_faults([{"effect": {"drop": True}}])
    refused(patch("base.url", "https://api.insight.ly/v3.1"), 502)
    assert patch("event.poller.refresh_interval", 5).status == 200


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("event.poller.refresh_interval", "0", "event.poller.refresh_interval"),
        ("event.poller.configuration", "{", "event.poller.configuration"),
        (
            "event.notification.enabled",
            "maybe",
            "event.notification.enabled must be true or false; got 'maybe'",
        ),
        ("event.vendor.type", "pigeon", "event.vendor.type must be polling or webhook; got 'pigeon'"),
        ("password", "", "configuration needs password"),
        ("username", None, "configuration needs username"),
    ],
)
def test_a_value_that_could_not_work_is_refused(patch, refused, unchanged, key, value, words):
    with unchanged():
        reply = patch(key, value)

    assert words in refused(reply, 400)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{}", "propertyValue is missing; expected {"),
        (b'{"propertyvalue": "x"}', "propertyValue is missing; expected {"),
        (b"[]", "the body must be an object; got an empty list"),
        (b'"x"', "the body must be an object; got a text"),
        (b"", "the body is empty"),
        (b'{"propertyValue": "a\x01"}', "Malformed JSON at line 1, column 21"),
        (b'{"propertyValue": ' + b"[" * 64 + b"]" * 64 + b"}", "nested deeper than 64 levels"),
    ],
)
def test_a_body_without_a_value_is_refused(configuration, entry, refused, unchanged, body, words):
    number = entry("pagination.max")["id"]

    with unchanged():
        reply = configuration("PATCH", f"/{number}", body=body)

    assert words in refused(reply, 400)


@pytest.mark.parametrize("number", ["0", "1", "-1", "abc", "5993000.0", "05993000", "9" * 1000, "%00", "%FF"])
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_entry_that_is_not_there_is_not_found(configuration, refused, unchanged, method, number):
    with unchanged():
        reply = configuration(
            method, f"/{number}", **({"json": {"propertyValue": "x"}} if method == "PATCH" else {})
        )

    assert refused(reply, 404).startswith("No configuration found with ID ")


def test_of_a_key_that_comes_twice_the_last_one_counts(configuration, entry):
    number = entry("pagination.max")["id"]

    reply = configuration("PATCH", f"/{number}", body=b'{"propertyValue": "1", "propertyValue": "2"}')

    assert decode(reply.body)["propertyValue"] == "2"


def test_a_value_may_be_an_object_which_is_kept_as_text(patch):
    shown = decode(patch("event.poller.configuration", {}).body)["propertyValue"]

    assert shown == "{}"


def test_a_body_of_a_megabyte_and_a_byte_is_refused(configuration, entry, refused, unchanged):
    number = entry("username")["id"]

    with unchanged():
        reply = configuration("PATCH", f"/{number}", body=b'{"propertyValue": "x"}'.ljust(1024 * 1024 + 1))

    assert "a body may have 1048576 bytes" in refused(reply, 413)
