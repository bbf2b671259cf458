"""Definitions and transformations of an instance, and what hub calls show because of them."""

from urllib.parse import quote

import pytest

from elements_local.clients import BASE_PATH
from mock_kit.api.json_text import decode

DEFINITION = {
    "fields": [
        {"path": "id", "type": "number"},
        {"path": "name.first", "type": "string"},
        {"path": "labels[*].text", "type": "string"},
    ]
}
TRANSFORMATION = {
    "vendorName": "contacts",
    "fields": [
        {"path": "id", "vendorPath": "CONTACT_ID"},
        {"path": "name.first", "vendorPath": "FIRST_NAME", "type": "string"},
        {"path": "labels[*].text", "vendorPath": "TAGS[*].TAG_NAME"},
    ],
}


@pytest.fixture(params=["by id", "by token"])
def own(request, clients, instance):
    """Call what is below the instance, named by its id or by its token."""
    below = f"/{instance['id']}" if request.param == "by id" else ""
    pairs = clients.platform.headers["Authorization"]
    headers = {"Authorization": pairs if below else f"{pairs}, Element {instance['token']}"}

    def send(method, path, **given):
        return clients.platform.send(method, f"{BASE_PATH}/instances{below}{path}", headers=headers, **given)

    return send


@pytest.fixture
def mapping(own):
    """Map an object; by default contacts, under their own name."""

    def make(name="contacts", **changes):
        assert own("POST", f"/objects/{name}/definitions", json=DEFINITION).status == 200
        made = own("POST", f"/transformations/{name}", json=TRANSFORMATION | changes)
        assert made.status == 200, made.body

    return make


def test_a_definition_is_made_shown_replaced_and_deleted(own, refused):
    made = own("POST", "/objects/contacts/definitions", json=DEFINITION)
    put = own("PUT", "/objects/contacts/definitions", json={"fields": [{"path": "x"}]})

    assert (made.status, decode(made.body)) == (200, {**DEFINITION, "level": "instance"})
    assert decode(put.body)["fields"] == [{"path": "x", "type": "string"}]
    assert decode(own("GET", "/objects/contacts/definitions").body) == decode(put.body)
    assert decode(own("GET", "/objects/definitions").body) == {"contacts": decode(put.body)}
    deleted = own("DELETE", "/objects/contacts/definitions")
    assert (deleted.status, deleted.body) == (200, b"")
    assert (
        refused(own("GET", "/objects/contacts/definitions"), 404)
        == "No object definition found with name contacts"
    )
    assert refused(own("GET", "/objects/definitions"), 404) == "No object definitions found"


def test_a_transformation_is_made_shown_replaced_and_deleted(own, refused, mapping):
    assert refused(own("GET", "/transformations"), 404) == "No transformations found"
    mapping()
    shown = decode(own("GET", "/transformations/contacts").body)
    put = own("PUT", "/transformations/contacts", json={"vendorName": "leads", "fields": []})

    assert shown == {**TRANSFORMATION, "level": "instance"}
    assert decode(put.body) == {"vendorName": "leads", "fields": [], "level": "instance"}
    assert decode(own("GET", "/transformations").body) == {"contacts": decode(put.body)}
    assert own("DELETE", "/transformations/contacts").status == 200
    refused(own("GET", "/transformations/contacts"), 404)


def test_what_cannot_be_is_refused(own, refused, mapping):
    refused(own("POST", "/transformations/contacts", json=TRANSFORMATION), 404)
    for method in ("PUT", "DELETE"):
        refused(own(method, "/transformations/contacts", json=TRANSFORMATION), 404)
        refused(own(method, "/objects/contacts/definitions", json=DEFINITION), 404)
    mapping()
    refused(own("POST", "/transformations/contacts", json=TRANSFORMATION), 409)
    refused(own("POST", "/objects/contacts/definitions", json=DEFINITION), 409)
    for body in (
        {},
        {"fields": None},
        {"fields": [{}]},
        {"fields": [{"path": ""}]},
        {"fields": [{"path": 5}]},
        [],
    ):
        refused(own("PUT", "/objects/contacts/definitions", json=body), 400)
    for body in ({"fields": [{"path": "a"}]}, {"fields": [{"vendorPath": "a"}]}, {"vendorName": ""}, []):
        refused(own("PUT", "/transformations/contacts", json=body), 400)


def test_hub_calls_show_an_objects_own_names_and_take_them(hub, mapping):
    mapping()

    made = hub.call(
        "POST", "/contacts", json={"name": {"first": "Ada"}, "LAST_NAME": "L", "labels": [{"text": "vip"}]}
    )
    path = f"/contacts/{made['id']}"
    changed = hub.call("PATCH", path, json={"Name": {"first": "Augusta"}})

    assert (made["name"], made["LAST_NAME"], made["labels"]) == ({"first": "Ada"}, "L", [{"text": "vip"}])
    assert not {"CONTACT_ID", "FIRST_NAME", "TAGS"} & set(made)
    assert changed["name"] == {"first": "Augusta"}
    assert hub.call("GET", path) == changed
    assert hub.call("GET", "/contacts") == [changed]
    hub.call("DELETE", path)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("where=" + quote("name.first = 'Bob'"), ["Bob"]),
        ("where=" + quote("name.first LIKE 'A%' OR id = 0"), ["Ada"]),
        ("where=" + quote("updated_after_utc='2020-01-01' AND name.first='Bob'"), ["Bob"]),
        ("where=" + quote("FIRST_NAME = 'Bob'"), ["Bob"]),
        ("orderBy=" + quote("name.first desc"), ["Bob", "Ada"]),
        ("fields=name&orderBy=id", ["Ada", "Bob"]),
        ("fields=name.first&orderBy=id", ["Ada", "Bob"]),
    ],
)
def test_conditions_order_and_fields_take_them_too(hub, mapping, query, found):
    mapping()
    for name in ("Ada", "Bob"):
        hub.call("POST", "/contacts", json={"name": {"first": name}})

    records = hub.call("GET", f"/contacts?{query}")

    assert [record["name"]["first"] for record in records] == found
    assert "fields" not in query or all(set(record) == {"name"} for record in records)


def test_an_object_may_have_a_name_of_its_own(clients, hub, instance, mapping):
    mapping("people")
    made = hub.call("POST", "/people", json={"name": {"first": "Ada"}})

    assert hub.call("GET", f"/people/{made['id']}") == made
    assert hub.call("GET", f"/contacts/{made['id']}")["FIRST_NAME"] == "Ada"
    shown = clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")
    assert shown["transformationData"] == [{"objectName": "people", "vendorName": "contacts"}]
    helium = decode(hub.send("GET", "/objects", headers={"Elements-Version": "Helium"}).body)
    assert {"name": "people", "vendorName": "contacts", "type": "vdr"} in helium


def test_children_of_that_name_are_mapped_too(hub, own):
    definition = {"fields": [{"path": "town"}]}
    own("POST", "/objects/addresses/definitions", json=definition)
    own("POST", "/transformations/addresses", json={"fields": [{"path": "town", "vendorPath": "CITY"}]})
    account = hub.call("POST", "/accounts", json={"ORGANISATION_NAME": "Initech"})
    path = f"/accounts/{account['id']}/addresses"

    made = hub.call("POST", path, json={"town": "Austin", "STREET": "Main"})

    assert (made["town"], made["STREET"], made.get("CITY")) == ("Austin", "Main", None)
    assert hub.call("PUT", f"{path}/{made['id']}", json={"town": "Waco"})["town"] == "Waco"
    assert [row["town"] for row in hub.call("GET", f"{path}?where=" + quote("town = 'Waco'"))] == ["Waco"]


@pytest.mark.parametrize("path", ["/objects/contacts/definitions", "/transformations/contacts"])
def test_without_either_the_providers_names_come_back(clients, hub, own, instance, mapping, path):
    mapping()
    made = hub.call("POST", "/contacts", json={"name": {"first": "Ada"}})

    own("DELETE", path)

    assert hub.call("GET", f"/contacts/{made['id']}")["FIRST_NAME"] == "Ada"
    assert "transformationData" not in clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")


def test_metadata_names_both(hub, mapping):
    mapping()

    fields = {field["vendorPath"]: field for field in hub.call("GET", "/objects/contacts/metadata")["fields"]}

    assert (fields["FIRST_NAME"]["path"], fields["CONTACT_ID"]["path"]) == ("name.first", "id")
    assert "path" not in fields["LAST_NAME"]


def test_a_mapping_is_one_instances_and_survives_its_changes(clients, make_instance, instance, mapping, hub):
    mapping()
    other = clients.platform.hub(make_instance()["token"])
    hub.call("POST", "/contacts", json={"name": {"first": "Ada"}})

    clients.platform.patch_instance(instance["id"], {"name": "renamed"})

    assert hub.call("GET", "/contacts")[0]["name"] == {"first": "Ada"}
    assert other.call("GET", "/contacts")[0]["FIRST_NAME"] == "Ada"


def test_a_mapped_null_is_filtered_like_any_other(hub, mapping):
    mapping()

    made = hub.call("POST", "/contacts", json={"LAST_NAME": "L", "name": {"first": "A"}})
    changed = hub.call("PATCH", f"/contacts/{made['id']}", json={"BACKGROUND": None})

    assert "BACKGROUND" not in changed
