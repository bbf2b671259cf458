"""What a created instance looks like: keys, types, masks, defaults, ids, tokens and dates."""

import base64
import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode

KEYS = [
    "id", "name", "createdDate", "token", "element", "elementId", "tags", "provisionInteractions", "valid",
    "disabled", "maxCacheSize", "cacheTimeToLive", "configuration", "eventsEnabled",
    "eventsNotificationCallbackUrl", "subscriptionId", "traceLoggingEnabled", "cachingEnabled",
    "externalAuthentication", "user",
]  # fmt: skip
ELEMENT_KEYS = [
    "id", "name", "key", "description", "image", "active", "deleted", "typeOauth", "trialAccount", "resources",
    "transformationsEnabled", "bulkDownloadEnabled", "bulkUploadEnabled", "cloneable", "extendable", "beta",
    "authentication", "extended", "hub", "protocolType", "parameters",
]  # fmt: skip
CONFIGURATION_KEYS = {
    "username", "password", "base.url", "pagination.max", "pagination.type", "filter.response.nulls",
    "event.vendor.type", "event.notification.enabled", "event.notification.callback.url",
    "event.notification.signature.key", "event.notification.subscription.id", "event.notification.basic.username",
    "event.notification.basic.password", "event.notification.callback.headers", "event.poller.refresh_interval",
    "event.poller.configuration", "event.poller.urls", "event.objects", "event.metadata",
    "event.notification.instance.finder", "event.helper.key", "bulk.query.field_name", "bulk.query.operator",
    "bulk.query.date_mask", "bulk.query.download_format",
}  # fmt: skip


def test_the_guides_json_makes_an_instance(clients, instances):
    reply = instances("POST", json=instance_body(clients.credentials, signature_key="s3cret"))

    assert reply.status == 200
    assert decode(reply.body)["configuration"]["event.notification.signature.key"] == "s3cret"


def test_an_instance_has_the_platforms_keys_in_its_order(instance):
    assert list(instance) == KEYS
    assert list(instance["element"]) == ELEMENT_KEYS
    assert list(instance["user"]) == ["id", "emailAddress", "firstName", "lastName"]


def test_an_instance_has_the_platforms_values(clients, instance):
    shown = {key: value for key, value in instance.items() if key not in {"element", "configuration", "user"}}

    assert shown == {
        "id": instance["id"],
        "name": "My Insightly",
        "createdDate": "2026-03-02T10:00:00Z",
        "token": instance["token"],
        "elementId": 5993,
        "tags": ["insightly"],
        "provisionInteractions": [],
        "valid": True,
        "disabled": False,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "eventsEnabled": True,
        "eventsNotificationCallbackUrl": clients.credentials.callback_url,
        "subscriptionId": instance["subscriptionId"],
        "traceLoggingEnabled": False,
        "cachingEnabled": False,
        "externalAuthentication": "none",
    }
    assert isinstance(instance["subscriptionId"], int)
    assert instance["user"]["emailAddress"] == clients.credentials.crm_username
    assert isinstance(instance["user"]["id"], int)
    element = instance["element"]
    assert (element["id"], element["key"], element["hub"]) == (5993, "insightly", "crm")
    assert element["authentication"] == {"type": "basic"}


def test_all_keys_of_the_element_are_in_the_configuration_and_all_values_are_texts_or_null(instance):
    configuration = instance["configuration"]

    assert set(configuration) == CONFIGURATION_KEYS
    assert {type(value) for value in configuration.values()} == {str, type(None)}
    assert configuration["event.notification.enabled"] == "true"
    assert configuration["event.poller.refresh_interval"] == "15"
    assert configuration["pagination.max"] == "200"
    assert configuration["event.poller.urls"] is None


def test_a_configuration_value_that_is_not_set_may_be_shown_as_an_empty_text(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_UNSET_VALUE": ""}).workspace()

    made = clients.platform.create_instance(instance_body(clients.credentials))

    assert made["configuration"]["event.poller.urls"] == ""


def test_keys_that_the_element_does_not_know_are_kept_as_texts(make_instance):
    shown = make_instance({"my.own": 5, "my.flag": False, "my.null": None, "my.list": [1, {"a": "é"}]})[
        "configuration"
    ]

    assert (shown["my.own"], shown["my.flag"], shown["my.null"]) == ("5", "false", None)
    assert shown["my.list"] == '[1,{"a":"é"}]'


def test_a_create_takes_unknown_keys_booleans_empty_texts_and_nulls(instances, body_of):
    bare = {"event.notification.callback.url": "", "event.poller.refresh_interval": "", "base.url": None}
    flags = {"event.notification.enabled": False, "filter.response.nulls": True, "provisioning": "custom"}

    replies = [instances("POST", json=body_of({**bare, **flags})) for _ in range(2)]

    first, second = (decode(reply.body) for reply in replies)
    shown = first["configuration"]
    assert {key: shown[key] for key in flags} == {
        "event.notification.enabled": "false",
        "filter.response.nulls": "true",
        "provisioning": "custom",
    }
    assert shown["event.poller.refresh_interval"] == "15"
    assert first["name"] == second["name"]


def test_newer_captures_show_empty_texts_and_asterisks_for_what_was_never_set(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_PROFILE": "open-connectors"}).workspace()

    shown = clients.platform.create_instance(instance_body(clients.credentials))["configuration"]

    assert shown["event.notification.basic.username"] == ""
    assert shown["event.notification.basic.password"] == "********"


@pytest.mark.parametrize("answer", ["create", "get", "list", "patch", "put"])
def test_passwords_are_masked_and_the_user_name_is_clear_in_every_answer(
    clients, instances, instance, body_of, answer
):
    path = f"/{instance['id']}"
    reply = {
        "create": lambda: instances("POST", json=body_of({"event.notification.basic.password": "hush"})),
        "get": lambda: instances("GET", path),
        "list": lambda: instances("GET"),
        "patch": lambda: instances(
            "PATCH", path, json={"configuration": {"event.notification.basic.password": "hush"}}
        ),
        "put": lambda: instances("PUT", path, json=body_of({"event.notification.basic.password": "hush"})),
    }[answer]()

    shown = decode(reply.body)
    configuration = (shown[0] if answer == "list" else shown)["configuration"]
    assert configuration["password"] == "********"
    assert configuration["username"] == clients.credentials.crm_username
    assert configuration["event.notification.signature.key"] == "a-key-of-your-own"
    assert clients.credentials.crm_api_key.encode() not in reply.body
    assert b"hush" not in reply.body
    if answer in {"create", "patch", "put"}:
        assert configuration["event.notification.basic.password"] == "********"


def test_what_providers_need_besides_is_never_shown_again(instances, body_of):
    reply = instances("POST", json=body_of(providerData={"code": "an-authorization-grant-code"}))

    assert b"providerData" not in reply.body
    assert b"an-authorization-grant-code" not in reply.body


def test_ids_of_instances_made_one_after_the_other_are_consecutive_even_if_some_are_refused(
    instances, make_instance, body_of
):
    first = make_instance()
    instances("POST", json=body_of({"password": "wrong"}))
    instances("POST", json=body_of(name=""))
    second = make_instance()
    instances("DELETE", f"/{second['id']}")
    third = make_instance()

    assert [second["id"] - first["id"], third["id"] - second["id"]] == [1, 1]
    assert 100_000 <= first["id"] <= 999_999


def test_a_token_is_44_characters_of_base64_and_everyones_own(make_instance):
    tokens = [make_instance()["token"] for _ in range(3)]

    assert len(set(tokens)) == 3
    for token in tokens:
        assert len(token) == 44
        assert len(base64.b64decode(token, validate=True)) == 32


def test_the_same_seed_gives_the_same_instances_after_a_reset(clients, body_of):
    made = clients.platform.create_instance(body_of())
    clients.clock.advance("1h")

    clients.reset()

    assert clients.platform.create_instance(body_of()) == made


def test_the_date_of_creation_is_the_workspaces_in_whole_seconds(clients, make_instance):
    clients.clock.advance("1m 30.7s")

    assert make_instance()["createdDate"] == "2026-03-02T10:01:30Z"


@pytest.mark.parametrize(
    ("enabled", "shown", "polled"),
    [
        (True, "true", 4),
        ("true", "true", 4),
        ("True", "True", 4),
        (False, "false", 0),
        ("false", "false", 0),
        (None, "false", 0),
        ("", "false", 0),
        (..., "false", 0),
    ],
)
def test_events_are_switched_on_by_a_flag_or_its_text(clients, make_instance, enabled, shown, polled):
    instance = make_instance({"event.notification.enabled": enabled})

    ran = clients.clock.advance("15m")

    assert instance["configuration"]["event.notification.enabled"] == shown
    assert instance["eventsEnabled"] is bool(polled)
    assert ("subscriptionId" in instance) is bool(polled)
    assert ("eventsNotificationCallbackUrl" in instance) is bool(polled)
    assert ran["polls"] == polled


@pytest.mark.parametrize("vendor_type", ["webhook", "webhooks"])
def test_an_instance_that_waits_for_webhooks_is_not_polled(clients, make_instance, vendor_type):
    make_instance({"event.vendor.type": vendor_type})

    assert clients.clock.advance("1h")["polls"] == 0


def test_without_a_callback_url_there_is_no_subscription(make_instance):
    instance = make_instance({"event.notification.callback.url": ...})

    assert instance["eventsEnabled"] is True
    assert "subscriptionId" not in instance
    assert "eventsNotificationCallbackUrl" not in instance


def test_the_pollers_configuration_is_taken_as_an_object_or_as_text_and_shown_as_text(clients, body_of):
    entries = body_of()["configuration"]["event.poller.configuration"]
    text = json.dumps(entries, indent=2)

    from_object = clients.platform.create_instance(body_of())
    from_text = clients.platform.create_instance(body_of({"event.poller.configuration": text}))

    shown = from_object["configuration"]["event.poller.configuration"]
    assert shown == json.dumps(entries, separators=(",", ":"))
    assert from_text["configuration"]["event.poller.configuration"] == text
    assert clients.clock.advance("15m")["polls"] == 8


@pytest.mark.parametrize(
    ("interval", "shown", "polls"),
    [
        pytest.param("15", "15", 4, id="text"),
        pytest.param(15, "15", 4, id="number"),
        pytest.param(1, "1", 60, id="the shortest"),
        pytest.param("007", "007", 8, id="leading noughts"),
        pytest.param(100_000_000, "100000000", 0, id="parked"),
        pytest.param(10**17, str(10**17), 0, id="beyond the calendar"),
        pytest.param(..., "15", 4, id="the default"),
        pytest.param(None, "15", 4, id="null for the default", marks=pytest.mark.assumed),
        pytest.param("", "15", 4, id="empty for the default", marks=pytest.mark.assumed),
    ],
)
def test_the_interval_is_whole_minutes_as_text_or_number(clients, make_instance, interval, shown, polls):
    instance = make_instance({"event.poller.refresh_interval": interval})

    assert instance["configuration"]["event.poller.refresh_interval"] == shown
    assert clients.clock.advance("15m")["polls"] == polls


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        (["a", "b"], ["a", "b"]),
        (..., ["My Insightly"]),
        (None, ["My Insightly"]),
        ([], ["My Insightly"]),
        (["", "é"], ["", "é"]),
    ],
)
def test_tags_default_to_the_name(make_instance, tags, shown):
    assert make_instance(tags=tags)["tags"] == shown


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<b>My</b> Insightly", "My Insightly"),
        ("<a href='http://x'>Ada</a> @ home", "Ada @ home"),
        ("  blanks  ", "blanks"),
        ("a < b > c", "a < b > c"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("R&D", "R&D"),
        ("Ünïcödé 漢字 🚀", "Ünïcödé 漢字 🚀"),
    ],
)
def test_a_name_loses_its_markup_whichever_way_it_comes(instances, instance, body_of, sent, shown):
    path = f"/{instance['id']}"

    created = instances("POST", json=body_of(name=sent, tags=...))
    put = instances("PUT", path, json=body_of(name=sent))
    patched = instances("PATCH", path, json={"name": sent})

    assert [decode(reply.body)["name"] for reply in (created, put, patched)] == [shown] * 3
    assert decode(created.body)["tags"] == [shown]


def test_a_nul_in_a_text_is_kept_as_a_replacement_character_since_not_every_database_has_it(make_instance):
    made = make_instance({"my.own": "a\0b"}, name="a\0b", tags=["\0"], externalAuthentication="\0")

    assert (made["name"], made["externalAuthentication"]) == ("a\ufffdb", "\ufffd")
    assert (made["tags"], made["configuration"]["my.own"]) == (["\0"], "a\0b")


@pytest.mark.parametrize("name", ["<" * 900_000, "<a" * 450_000, "<!--" * 200_000, "<a b='" * 150_000 + "x"])
def test_a_name_as_long_as_a_body_is_read_in_a_moment(instances, body_of, name):
    reply = instances("POST", json=body_of(name=name))

    assert reply.status in {200, 400}
    assert len(decode(reply.body).get("message", "")) <= 2000


@pytest.mark.parametrize(
    "element",
    [
        {"key": "insightly"},
        {"id": 5993},
        {"id": "5993"},
        {"key": "insightly", "id": 1},
        {"key": "insightly", "x": []},
    ],
)
def test_an_element_is_meant_by_key_or_by_id(make_instance, element):
    assert make_instance(element=element)["elementId"] == 5993


def test_keys_that_mean_nothing_here_are_passed_over(make_instance):
    made = make_instance(
        externalAuthentication="initial",
        id=1,
        token="mine",
        valid=False,
    )

    assert made["externalAuthentication"] == "initial"
    assert made["id"] != 1
    assert made["token"] != "mine"
    assert made["valid"] is True


@pytest.mark.usefixtures("clients")
def test_of_a_key_that_comes_twice_the_last_one_counts(instances, body_of):
    body = json.dumps(body_of()).replace('"name": "My Insightly"', '"name": "First", "name": "Second"')

    reply = instances("POST", body=body.encode())

    assert decode(reply.body)["name"] == "Second"


def test_a_body_needs_no_content_type(instances, body_of):
    assert instances("POST", body=json.dumps(body_of()).encode()).status == 200


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json;charset=UTF-8", "application/vnd.x+json"]
)
def test_a_body_may_say_in_any_way_that_it_is_json(instances, body_of, kind):
    reply = instances("POST", body=json.dumps(body_of()).encode(), headers={"Content-Type": kind})

    assert reply.status == 200


def test_instances_are_listed_by_descending_id_in_pages(instances, make_instance):
    made = [make_instance()["id"] for _ in range(5)][::-1]

    first = instances("GET", "?pageSize=2")
    second = instances("GET", f"?pageSize=2&nextPage={first.headers['elements-next-page-token']}")
    third = instances("GET", f"?pageSize=2&nextPage={second.headers['elements-next-page-token']}")
    by_number = instances("GET", "?pageSize=2&page=3")
    beyond = instances("GET", "?pageSize=2&page=4")

    pages = [
        [instance["id"] for instance in decode(reply.body)]
        for reply in (first, second, third, by_number, beyond)
    ]
    assert pages == [made[:2], made[2:4], made[4:], made[4:], []]
    assert [reply.headers["elements-returned-count"] for reply in (first, third, beyond)] == ["2", "1", "0"]
    assert first.headers["elements-total-count"] == "5"
    assert "elements-next-page-token" not in third.headers
    assert "elements-next-page-token" not in beyond.headers


def test_a_listed_instance_is_the_one_that_get_shows(instances, instance):
    (listed,) = decode(instances("GET").body)

    assert decode(instances("GET", f"/{instance['id']}").body) == instance
    assert listed == {key: value for key, value in instance.items() if key != "provisionInteractions"}


def test_an_instance_of_another_workspace_is_not_found(stack_in_process, clients, instance, refused):
    other = stack_in_process.new_workspace()
    path = f"{BASE_PATH}/instances/{instance['id']}"

    replies = [
        other.platform.send("GET", path),
        other.platform.send("PATCH", path, json={"name": "mine now"}),
        other.platform.send("PUT", path, json=instance_body(other.credentials)),
        other.platform.send("DELETE", path),
        other.platform.send("DELETE", f"{path}/enabled"),
        other.platform.send("GET", f"{path}/events"),
    ]

    for reply in replies:
        assert refused(reply, 404) == f"No element instance found with ID {instance['id']}"
    assert clients.platform.call("GET", path) == instance
    stack_in_process.delete_workspace(other.credentials.name)


@pytest.mark.parametrize("path", ["/instances", "/elements/insightly/instances"])
def test_an_instance_shows_its_objects_when_made_if_that_is_asked_for_and_never_else(clients, body_of, path):
    body = body_of(retrieveObjectsAfterInstantiation=True)

    made = clients.platform.call("POST", BASE_PATH + path, json=body)
    shown = clients.platform.call("GET", f"{BASE_PATH}/instances/{made['id']}")

    objects = made.pop("objects")
    assert made == shown
    assert {"name": "accounts", "vendorName": "Organisations", "type": "ceCanonical"} in objects
    assert all(set(each) == {"name", "vendorName", "type"} for each in objects)
    assert {each["type"] for each in objects} <= {"vdr", "ceCanonical", "vendor"}
    listed = decode(clients.platform.hub(made["token"]).send("GET", "/objects").body)
    assert listed == [each["name"] for each in objects]


def test_no_instance_is_made_whose_objects_cannot_be_had(*, clients, instances, body_of, refused, unchanged):
    version_3 = {"base.url": "https://api.insight.ly/v3.1"}
    clients.crm.script_faults([{"match": {"path": "*/customobjects"}, "effect": {"status": 500}}])

    with unchanged():
        reply = instances("POST", json=body_of(version_3, retrieveObjectsAfterInstantiation=True))

    refused(reply, 502)
    assert instances("POST", json=body_of(version_3)).status == 200
