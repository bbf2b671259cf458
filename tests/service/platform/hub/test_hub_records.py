"""A record through the hub: made, shown, changed, deleted; and the CRM's refusals in the platform's form."""

import pytest

from elements_local.guide import instance_body
from elements_local.kit.api.json_text import decode

KINDS = {
    "contacts": ("CONTACT_ID", {"FIRST_NAME": "Ada"}, {"FIRST_NAME": "Augusta"}),
    "accounts": ("ORGANISATION_ID", {"ORGANISATION_NAME": "Initech"}, {"ORGANISATION_NAME": "Initrode"}),
    "leads": ("LEAD_ID", {"LAST_NAME": "Babbage"}, {"LAST_NAME": "Herschel"}),
    "opportunities": (
        "OPPORTUNITY_ID",
        {"OPPORTUNITY_NAME": "Engine", "OPPORTUNITY_STATE": "Open"},
        {"OPPORTUNITY_NAME": "Loom"},
    ),
}

by_kind = pytest.mark.parametrize(
    ("resource", "id_field", "fields", "changes"), [(name, *kind) for name, kind in KINDS.items()], ids=KINDS
)


@by_kind
def test_a_record_is_made_shown_changed_and_deleted(*, hub, refused, resource, id_field, fields, changes):
    made = hub.send("POST", f"/{resource}", json=fields)
    path = f"/{resource}/{decode(made.body)[id_field]}"
    shown = hub.send("GET", path)
    changed = hub.send("PATCH", path, json=changes)
    deleted = hub.send("DELETE", path)

    assert [reply.status for reply in (made, shown, changed, deleted)] == [200] * 4
    assert decode(shown.body) == decode(made.body)
    assert {key: decode(made.body)[key] for key in fields} == fields
    assert {key: decode(changed.body)[key] for key in changes} == changes
    assert deleted.body == b""
    refused(hub.send("GET", path), 404)
    refused(hub.send("DELETE", path), 404)
    refused(hub.send("PATCH", path, json=changes), 404)


@by_kind
@pytest.mark.parametrize("base_url", ["https://api.insight.ly/v2.2", "https://api.insight.ly/v3.1"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_leaves_alone_what_it_does_not_name(
    *, clients, make_instance, resource, id_field, fields, changes, base_url, method
):
    hub = clients.platform.hub(make_instance({"base.url": base_url})["token"])
    made = hub.call("POST", f"/{resource}", json={**fields, "TAGS": [{"TAG_NAME": "kept"}]})
    path = f"/{resource}/{made[id_field]}"

    hub.call(method, path, json=changes)
    hub.call(method, path, json={"TAGS": [{"TAG_NAME": "kept"}, {"TAG_NAME": "new"}]})

    shown = hub.call("GET", path)
    assert {key: shown.get(key) for key in made if key not in {*changes, "TAGS", "DATE_UPDATED_UTC"}} == {
        key: made[key] for key in made if key not in {*changes, "TAGS", "DATE_UPDATED_UTC"}
    }
    assert {key: shown[key] for key in changes} == changes
    assert sorted(tag["TAG_NAME"] for tag in shown["TAGS"]) == ["kept", "new"]


@pytest.mark.usefixtures("clients")
def test_the_id_in_the_path_counts_not_one_in_the_body(hub):
    one = hub.call("POST", "/contacts", json={"FIRST_NAME": "One"})["CONTACT_ID"]
    two = hub.call("POST", "/contacts", json={"FIRST_NAME": "Two"})["CONTACT_ID"]

    hub.call("PATCH", f"/contacts/{one}", json={"CONTACT_ID": two, "contact_id": two, "FIRST_NAME": "Uno"})

    assert [hub.call("GET", f"/contacts/{number}")["FIRST_NAME"] for number in (one, two)] == ["Uno", "Two"]


def test_field_names_may_be_in_any_case(hub):
    made = hub.call("POST", "/contacts", json={"first_name": "Ada"})
    changed = hub.call("PATCH", f"/contacts/{made['CONTACT_ID']}", json={"last_name": "Lovelace"})

    assert (changed["FIRST_NAME"], changed["LAST_NAME"]) == ("Ada", "Lovelace")


@pytest.mark.parametrize("resource", KINDS)
def test_an_empty_record_is_refused(clients, hub, refused, resource):
    assert refused(hub.send("POST", f"/{resource}", json={}), 400).startswith(
        "the body must be an object with at"
    )
    assert clients.crm.changes() == []


BODIES = {
    "nothing": (b"", 400, "Malformed JSON: the body is empty"),
    "no JSON": (b"{", 400, "Malformed JSON at line 1, column 2"),
    "an array": (b"[]", 400, "the body must be an object; got an empty list"),
    "null": (b"null", 400, "the body must be an object; got null"),
    "a text for a number": (b'{"FIRST_NAME": 5}', 400, "Insightly answered 400: FIRST_NAME must be a text"),
    "half a surrogate pair": (b'{"FIRST_NAME": "\\ud800"}', 400, "Malformed JSON at line 1"),
    "more than a megabyte": (
        b'{"FIRST_NAME": "' + b"x" * 1024 * 1024 + b'"}',
        413,
        "a body may have 1048576 bytes",
    ),
}


@pytest.mark.parametrize(("body", "status", "words"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_body_that_is_no_record_is_refused_and_nothing_is_written(
    *, clients, hub, refused, method, body, status, words
):
    path = "/contacts"
    if method != "POST":
        path += f"/{hub.call('POST', '/contacts', json={'FIRST_NAME': 'Ada'})['CONTACT_ID']}"
    before = clients.crm.changes()

    assert refused(hub.send(method, path, body=body), status).startswith(words)
    assert clients.crm.changes() == before


def test_a_refusal_by_the_crm_carries_its_own_words(hub, refused):
    reply = hub.send("GET", "/contacts/1")

    assert refused(reply, 404) == "Insightly answered 404: No Contact with ID = 1"
    assert decode(reply.body)["providerMessage"] == '{"Message":"No Contact with ID = 1"}'


FAULTS = {
    "a fault of its own": ({"status": 500, "body": {"Message": "boom"}}, 502, "Insightly answered 500: boom"),
    "a page of HTML": ({"status": 503, "body": "<html>busy</html>"}, 502, "Insightly answered 503"),
    "plain words": ({"status": 400, "body": "no good"}, 400, "Insightly answered 400: no good"),
    "bytes without end": ({"status": 400, "body": "x" * 5000}, 400, f"Insightly answered 400: {'x' * 200}"),
    "another 4xx": ({"status": 418}, 400, "Insightly answered 418"),
    "a redirect": (
        {"status": 302, "headers": {"Location": "http://127.0.0.1:1"}},
        502,
        "Insightly answered 302",
    ),
    "too many calls": ({"status": 429}, 429, "Insightly answered 429"),
    "payment due": ({"status": 402}, 400, "Insightly answered 402"),
    "conflict": ({"status": 409}, 409, "Insightly answered 409"),
    "nothing": ({"drop": True}, 502, "Insightly did not answer: connection closed without an answer"),
    "too late": ({"delay_s": 30}, 502, "Insightly did not answer: timed out after 30 s"),
    "the first half": ({"truncate": 10}, 502, "Insightly did not answer: connection closed after 10 of"),
    "no JSON": ({"body": "{"}, 502, "Insightly's answer is no JSON: Malformed JSON at line 1, column 2"),
    "an empty body": ({"body": ""}, 502, "Insightly's answer is no JSON"),
    "a text for a record": ({"body": '"Ada"'}, 502, "Insightly answered a record with something else"),
    "a list for a record": ({"body": []}, 502, "Insightly answered a record with something else"),
    "a number past all numbers": ({"body": '{"A": 1e999}'}, 502, "Insightly's answer is no JSON"),
    "65 objects deep": (
        {"body": '{"a":' * 65 + "1" + "}" * 65},
        502,
        "Insightly's answer is nested deeper than 64",
    ),
    "900 objects deep": (
        {"body": '{"a":' * 900 + "1" + "}" * 900},
        502,
        "Insightly's answer is nested deeper than 64",
    ),
    "100000 objects deep": (
        {"body": '{"a":' * 100_000 + "1" + "}" * 100_000},
        502,
        "Insightly's answer is no JSON",
    ),
}


@pytest.mark.parametrize(("effect", "status", "words"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_whatever_the_crm_answers_a_record_the_platform_says_what_is_wrong(
    *, clients, hub, refused, method, effect, status, words
):
    made = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    clients.crm.script_faults([{"effect": effect}])

    reply = hub.send(
        method, f"/contacts/{made['CONTACT_ID']}", body=b'{"LAST_NAME": "L"}' if method == "PATCH" else b""
    )

    assert refused(reply, status).startswith(words)


def test_users_can_be_read_and_nothing_else(hub, refused):
    (user,) = hub.call("GET", "/users")
    path = f"/users/{user['USER_ID']}"

    assert hub.call("GET", path)["USER_ID"] == user["USER_ID"]
    for method, target in [("POST", "/users"), ("PATCH", path), ("PUT", path), ("DELETE", path)]:
        assert refused(hub.send(method, target, json={"FIRST_NAME": "x"}), 400) == "users can only be read"


@pytest.mark.parametrize(
    "record_id", ["abc", "-1", "1.0", "%00", "1%20", "%F0%9F%98%80", "9" * 30, "%D9%A1", "..%5C"]
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_id_that_no_record_can_have_is_not_found(hub, refused, method, record_id):
    reply = hub.send(method, f"/contacts/{record_id}", json={"FIRST_NAME": "x"})

    assert refused(reply, 404).startswith("No contacts found with ID ")


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        ("nothing", "Insightly answered 404: There is no resource 'nothing'"),
        ("contact", "Insightly answered 404: There is no resource 'contact'"),
        ("me2", "Insightly answered 404: There is no resource 'me2'"),
        ("%00", "No resource found with name "),
        ("con%20tacts", "No resource found with name "),
    ],
)
@pytest.mark.parametrize(
    ("method", "below"), [("GET", ""), ("GET", "/1"), ("POST", ""), ("PATCH", "/1"), ("DELETE", "/1")]
)
def test_a_resource_that_nobody_has_is_not_found(*, hub, refused, method, below, resource, words):
    reply = hub.send(method, f"/{resource}{below}", json={"A": 1})

    assert refused(reply, 404).startswith(words)


def test_a_records_id_stands_beside_the_crms_own(clients, hub):
    made = hub.call("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    path = f"/contacts/{made['CONTACT_ID']}"

    shown = [
        made,
        hub.call("GET", path),
        hub.call("PATCH", path, json={"LAST_NAME": "L"}),
        *hub.call("GET", "/contacts"),
    ]

    assert {record["id"] for record in shown} == {made["CONTACT_ID"]}
    assert hub.call("GET", f"/contacts?where=id={made['id']}&orderBy=id%20desc&fields=id") == [
        {"id": made["id"]}
    ]
    assert "id" not in clients.crm.get("Contacts", made["CONTACT_ID"])


@pytest.mark.parametrize("value", ["false", "False"])
def test_who_does_not_want_the_id_beside_the_crms_own_can_say_so(hub, value):
    made = decode(
        hub.send(
            "POST", "/contacts", json={"FIRST_NAME": "A"}, headers={"Elements-Local-Id-Alias": value}
        ).body
    )

    assert "id" not in made
    assert made["CONTACT_ID"]


def test_the_id_beside_the_crms_own_can_be_switched_off(own_stack):
    clients = own_stack({"ELEMENTS_LOCAL_PLATFORM_ID_ALIAS": "false"}).workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    made = clients.platform.hub(instance["token"]).call("POST", "/contacts", json={"FIRST_NAME": "Ada"})

    assert "id" not in made


def test_polls_see_records_as_the_crm_has_them(clients, instance):
    clients.clock.advance("1m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")

    (callback,) = clients.sink.callbacks(objectType="contacts")
    (raw,) = callback["json"]["message"]["raw"]["contacts"]
    assert raw["CONTACT_ID"] == made["CONTACT_ID"]
    assert "id" not in raw
    assert instance["id"] == callback["json"]["message"]["instanceId"]


def test_every_hub_answer_names_the_instance(instance, hub):
    made = hub.send("POST", "/contacts", json={"FIRST_NAME": "Ada"})
    path = f"/contacts/{decode(made.body)['CONTACT_ID']}"
    replies = [
        made,
        hub.send("GET", "/contacts"),
        hub.send("GET", path),
        hub.send("PATCH", path, json={"LAST_NAME": "L"}),
        hub.send("DELETE", path),
    ]

    assert {reply.headers["elements-element-instance-id"] for reply in replies} == {str(instance["id"])}


@pytest.mark.parametrize(
    ("value", "kept"), [("false", True), (False, True), ("true", False), (True, False), (None, False)]
)
def test_nulls_are_taken_out_of_records_unless_the_instance_says_otherwise(
    clients, instance, hub, value, kept
):
    made = hub.call(
        "POST",
        "/contacts",
        json={"FIRST_NAME": "Ada", "ADDRESSES": [{"ADDRESS_TYPE": "Work", "STREET": "Main"}]},
    )
    clients.platform.patch_instance(instance["id"], {"configuration": {"filter.response.nulls": value}})

    shown = [
        hub.call("GET", f"/contacts/{made['CONTACT_ID']}"),
        hub.call("PATCH", f"/contacts/{made['CONTACT_ID']}", json={"FIRST_NAME": "Ada"}),
        *hub.call("GET", "/contacts"),
    ]

    assert "LAST_NAME" not in made
    for record in shown:
        assert ("LAST_NAME" in record) is kept
        assert ("CITY" in record["ADDRESSES"][0]) is kept


def test_the_null_filter_does_not_touch_nought_false_and_empty_values(hub):
    made = hub.call(
        "POST",
        "/opportunities",
        json={"OPPORTUNITY_NAME": "Engine", "OPPORTUNITY_STATE": "Open", "PROBABILITY": 0},
    )

    assert made["PROBABILITY"] == 0
    assert made["TAGS"] == []


def test_the_crm_keeps_what_the_hub_writes_and_the_hub_shows_what_the_crm_keeps(clients, hub):
    made = hub.call("POST", "/accounts", json={"ORGANISATION_NAME": "Ünïcödé 漢字 🚀"})
    clients.crm.update("Organisations", made["ORGANISATION_ID"], {"ORGANISATION_NAME": "Plain"})

    assert clients.crm.get("Organisations", made["ORGANISATION_ID"])["ORGANISATION_NAME"] == "Plain"
    assert hub.call("GET", f"/accounts/{made['ORGANISATION_ID']}")["ORGANISATION_NAME"] == "Plain"
    assert made["ORGANISATION_NAME"] == "Ünïcödé 漢字 🚀"
