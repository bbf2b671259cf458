"""Definitions and transformations of an instance, and what hub calls show because of them."""

import json
from urllib.parse import quote

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

WARNINGS = "Elements-Local-Warnings"
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

    assert (made.status, decode(made.body)) == (
        200,
        {**DEFINITION, "objectName": "contacts", "level": "instance"},
    )
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

    said = {
        "objectName": "contacts",
        "level": "instance",
        "isLegacy": False,
        "startDate": "2026-03-02 10:00:00",
    }
    types = ["number", "string", "string"]
    assert shown == said | {
        "vendorName": "contacts",
        "fields": [
            {**field, "type": kind, "level": "instance"}
            for field, kind in zip(TRANSFORMATION["fields"], types, strict=True)
        ],
    }
    assert decode(put.body) == said | {"vendorName": "leads", "fields": []}
    assert decode(own("GET", "/transformations").body) == {"contacts": decode(put.body)}
    assert own("DELETE", "/transformations/contacts").status == 200
    refused(own("GET", "/transformations/contacts"), 404)


def test_what_cannot_be_is_refused(own, refused, mapping):
    message = refused(own("POST", "/transformations/contacts", json=TRANSFORMATION), 400)
    assert message.startswith("the object 'contacts' is not defined; POST objects/contacts/definitions")
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


def test_definitions_are_made_and_deleted_together_all_or_none(own, refused):
    both = {"people": DEFINITION, "firms": {"fields": []}}
    assert refused(own("DELETE", "/objects/definitions"), 404) == "No object definitions found"

    made = own("POST", "/objects/definitions", json=both)

    assert (made.status, decode(made.body)) == (200, decode(own("GET", "/objects/definitions").body))
    assert {name: each["fields"] for name, each in decode(made.body).items()} == {
        "people": DEFINITION["fields"],
        "firms": [],
    }
    refused(own("POST", "/objects/definitions", json={"others": DEFINITION, "people": DEFINITION}), 409)
    for body in ({}, [], {"a/b": DEFINITION}, {"": DEFINITION}, {"x": {}}, {"x": None}):
        refused(own("POST", "/objects/definitions", json=body), 400)
    refused(own("GET", "/objects/others/definitions"), 404)
    deleted = own("DELETE", "/objects/definitions")
    assert (deleted.status, deleted.body) == (200, b"")
    refused(own("GET", "/objects/definitions"), 404)


def test_a_definition_stays_while_a_transformation_uses_it(own, refused, mapping):
    mapping()
    own("POST", "/objects/others/definitions", json=DEFINITION)

    for path in ("/objects/definitions", "/objects/contacts/definitions"):
        assert "A transformation uses the object contacts" in refused(own("DELETE", path), 409)

    assert set(decode(own("GET", "/objects/definitions").body)) == {"contacts", "others"}
    assert own("DELETE", "/objects/others/definitions").status == 200
    assert own("DELETE", "/transformations").status == 200
    assert own("DELETE", "/objects/contacts/definitions").status == 200


def test_a_definition_that_is_used_can_be_set_to_be_deleted(make_body):
    with in_process(
        Options(environment={"ELEMENTS_LOCAL_PLATFORM_DELETE_USED_DEFINITIONS": "true"})
    ) as stack:
        clients = stack.workspace()
        instance = clients.platform.create_instance(make_body(clients))
        below = f"{BASE_PATH}/instances/{instance['id']}"
        clients.platform.call("POST", f"{below}/objects/contacts/definitions", json=DEFINITION)
        clients.platform.call("POST", f"{below}/transformations/contacts", json=TRANSFORMATION)
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

        clients.platform.call("DELETE", f"{below}/objects/contacts/definitions")

        (record,) = clients.platform.hub(instance["token"]).call("GET", "/contacts")
        assert record["FIRST_NAME"] == "Ada"
        clients.platform.call("POST", f"{below}/objects/contacts/definitions", json=DEFINITION)
        assert clients.platform.send("DELETE", f"{below}/objects/definitions").status == 409


def test_all_transformations_go_at_once_and_each_can_be_made_anew(own, refused, mapping):
    assert refused(own("DELETE", "/transformations"), 404) == "No transformations found"
    mapping()
    mapping("people")

    deleted = own("DELETE", "/transformations")

    assert (deleted.status, deleted.body) == (200, b"")
    assert refused(own("GET", "/transformations"), 404) == "No transformations found"
    for name in ("contacts", "people"):
        assert own("POST", f"/transformations/{name}", json=TRANSFORMATION).status == 200


def test_an_object_gets_another_name(own, hub, refused, mapping):
    mapping("people")
    hub.call("POST", "/people", json={"name": {"first": "Ada"}})

    renamed = own("PATCH", "/objects/people", json={"objectName": "folk"})

    assert (renamed.status, decode(renamed.body)["objectName"]) == (200, "folk")
    assert hub.call("GET", "/folk")[0]["name"] == {"first": "Ada"}
    refused(own("GET", "/transformations/people"), 404)
    refused(own("PATCH", "/objects/people", json={"objectName": "x"}), 404)
    own("POST", "/objects/people/definitions", json=DEFINITION)
    refused(own("PATCH", "/objects/people", json={"objectName": "folk"}), 409)
    for body in ({}, {"objectName": ""}, {"objectName": "a/b"}, {"objectName": 5}):
        refused(own("PATCH", "/objects/people", json=body), 400)


def test_what_the_other_instances_have_stays(clients, make_instance, own, mapping):
    mapping()
    below = f"{BASE_PATH}/instances/{make_instance()['id']}"
    clients.platform.send("POST", f"{below}/objects/contacts/definitions", json=DEFINITION)

    own("DELETE", "/transformations")
    own("DELETE", "/objects/definitions")

    assert set(clients.platform.call("GET", f"{below}/objects/definitions")) == {"contacts"}


def test_they_go_with_their_instance(clients, refused, instance, mapping):
    mapping()
    below = f"{BASE_PATH}/instances/{instance['id']}"

    clients.platform.call("DELETE", below)

    for path in ("/transformations", "/transformations/contacts", "/objects/definitions"):
        assert "No element instance found" in refused(clients.platform.send("GET", below + path), 404)


WHOLE = {
    "vendorName": "contacts",
    "fields": [
        {
            "path": "id",
            "vendorPath": "CONTACT_ID",
            "type": "string",
            "vendorType": "number",
            "configuration": [{"type": "remove", "properties": {"fromVendor": False, "toVendor": True}}],
        }
    ],
    "configuration": [
        {"type": "passThrough", "properties": {"fromVendor": False, "toVendor": False}},
        {"type": "inherit"},
    ],
    "script": {"body": "done(transformedObject);"},
}


def test_all_that_is_sent_is_answered_and_what_is_not_is_filled_in(own):
    own("POST", "/objects/contacts/definitions", json=DEFINITION)

    made = decode(own("POST", "/transformations/contacts", json=WHOLE).body)

    assert made == WHOLE | {
        "objectName": "contacts",
        "level": "instance",
        "startDate": "2026-03-02 10:00:00",
        "isLegacy": False,
        "fields": [{**WHOLE["fields"][0], "level": "instance"}],
        "script": {
            "body": "done(transformedObject);",
            "mimeType": "application/javascript",
            "filterEmptyResponse": False,
        },
    }
    assert decode(own("PUT", "/transformations/contacts", json=made).body) == made


@pytest.mark.parametrize(
    "body",
    [
        {"vendorName": "contacts"},
        {"fields": [], "script": {"body": "done();", "mimeType": None}, "configuration": None},
        {"fields": [{"path": "a", "vendorPath": "A", "configuration": None, "vendorType": None}]},
    ],
)
def test_little_is_needed(own, body):
    own("POST", "/objects/contacts/definitions", json=DEFINITION)

    made = own("POST", "/transformations/contacts", json=body)

    assert (made.status, decode(made.body)["vendorName"]) == (200, "contacts")
    assert "configuration" not in decode(made.body)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"configuration": [{"type": "passThrough", "properties": {"toVendor": 0}}]},
            "toVendor of passThrough",
        ),
        ({"configuration": [{"properties": {}}]}, "type"),
        ({"configuration": {"type": "inherit"}}, "configuration"),
        ({"fields": [{"path": "a[", "vendorPath": "A"}]}, "'a[' is no path of a field"),
        ({"script": {}}, "script.body is missing"),
        ({"script": "done()"}, "script"),
        ({"isLegacy": "true"}, "isLegacy"),
    ],
)
def test_what_says_nothing_sensible_is_refused_and_changes_nothing(own, refused, mapping, changes, words):
    mapping()
    before = own("GET", "/transformations/contacts").body

    assert words in refused(own("PUT", "/transformations/contacts", json=TRANSFORMATION | changes), 400)

    assert own("GET", "/transformations/contacts").body == before


def test_the_date_is_that_of_the_last_change(clients, own, mapping):
    mapping()
    clients.clock.advance("90s")

    put = own("PUT", "/transformations/contacts", json=TRANSFORMATION)

    assert decode(put.body)["startDate"] == "2026-03-02 10:01:30"


def test_a_legacy_script_can_become_a_new_one_and_none_a_legacy_one(own, refused, mapping):
    mapping(isLegacy=True)
    legacy, new = TRANSFORMATION | {"isLegacy": True}, TRANSFORMATION | {"isLegacy": False}

    answered = [decode(own("PUT", "/transformations/contacts", json=body).body) for body in (legacy, new)]

    assert [each["isLegacy"] for each in answered] == [True, False]
    assert "isLegacy cannot become true" in refused(own("PUT", "/transformations/contacts", json=legacy), 400)
    mapping("people")
    refused(own("PUT", "/transformations/people", json=legacy), 400)


def hidden(direction):
    return [{"type": "remove", "properties": {direction: True}}]


def one_way(**directions):
    return [{"type": "passThrough", "properties": directions}]


def test_a_field_can_be_read_only_or_write_only(hub, clients, mapping):
    mapping(
        fields=[
            {
                "path": "first",
                "vendorPath": "FIRST_NAME",
                "configuration": one_way(fromVendor=True, toVendor=False),
            },
            {"path": "last", "vendorPath": "LAST_NAME", "configuration": hidden("fromVendor")},
        ]
    )

    made = hub.call("POST", "/contacts", json={"first": "Ada", "FIRST_NAME": "Ada", "last": "Byron"})
    clients.crm.update("Contacts", made["id"], {"FIRST_NAME": "Augusta"})
    shown = hub.call("GET", f"/contacts/{made['id']}")
    kept = clients.crm.call("GET", f"/v3.1/Contacts/{made['id']}")

    assert ("first" in made, shown["first"]) == (False, "Augusta")
    assert not {"last", "LAST_NAME", "FIRST_NAME"} & set(shown)
    assert (kept["FIRST_NAME"], kept["LAST_NAME"]) == ("Augusta", "Byron")


def test_what_is_not_mapped_can_be_kept_out_both_ways(hub, clients, refused, mapping):
    mapping(configuration=[{"type": "passThrough", "properties": {"fromVendor": False, "toVendor": False}}])

    made = hub.call("POST", "/contacts", json={"name": {"first": "Ada"}, "LAST_NAME": "Byron"})

    assert made == {"id": made["id"], "name": {"first": "Ada"}}
    assert hub.call("GET", "/contacts") == [made]
    assert clients.crm.call("GET", f"/v3.1/Contacts/{made['id']}")["LAST_NAME"] is None
    words = refused(hub.send("PATCH", f"/contacts/{made['id']}", json={"LAST_NAME": "Byron"}), 400)
    assert "the transformation leaves nothing of the body" in words


def test_with_the_rest_kept_out_no_null_is_left_even_if_nulls_are_kept(clients, make_instance):
    instance = make_instance({"filter.response.nulls": "false"})
    below = f"{BASE_PATH}/instances/{instance['id']}"
    clients.platform.call("POST", f"{below}/objects/contacts/definitions", json=DEFINITION)
    body = TRANSFORMATION | {"configuration": one_way(fromVendor=False)}
    clients.platform.call("POST", f"{below}/transformations/contacts", json=body)
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "TAGS": [{"TAG_NAME": "vip"}]})

    (record,) = clients.platform.hub(instance["token"]).call("GET", "/contacts")

    assert record == {"id": record["id"], "name": {"first": "Ada"}, "labels": [{"text": "vip"}]}


def test_types_and_dates_convert_both_ways(hub, clients, mapping):
    mask = {"type": "transformDate", "properties": {"pattern": "yyyy-MM-dd HH:mm:ss"}}
    mapping(
        "opportunities",
        vendorName="opportunities",
        fields=[
            {"path": "key", "vendorPath": "OPPORTUNITY_ID", "type": "string", "vendorType": "number"},
            {
                "path": "close",
                "vendorPath": "FORECAST_CLOSE_DATE",
                "vendorType": "date",
                "configuration": [mask],
            },
            {"path": "name", "vendorPath": "OPPORTUNITY_NAME", "type": "number", "vendorType": "string"},
        ],
    )

    made = hub.call("POST", "/opportunities", json={"close": "2026-12-10T02:00:00+02:00", "name": 7})
    named = hub.call("PATCH", f"/opportunities/{made['key']}", json={"name": "Deal"})

    assert (made["key"], made["close"], made["name"]) == (str(made["id"]), "2026-12-10T00:00:00Z", 7)
    assert named["name"] == "Deal"
    kept = clients.crm.call("GET", f"/v3.1/Opportunities/{made['id']}")
    assert (kept["FORECAST_CLOSE_DATE"], kept["OPPORTUNITY_NAME"]) == ("2026-12-10 00:00:00", "Deal")


def test_rows_are_read_by_their_values_and_counted(hub, clients, mapping):
    mapping(
        fields=[
            {"path": "vip", "vendorPath": "TAGS[TAG_NAME='vip'].TAG_NAME"},
            {"path": "tags", "vendorPath": "TAGS[*].size()", "type": "number"},
        ]
    )
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "TAGS": [{"TAG_NAME": "x"}, {"TAG_NAME": "vip"}]})
    clients.crm.create("Contacts", {"FIRST_NAME": "Bob", "TAGS": [{"TAG_NAME": "x"}]})

    ada, bob = hub.call("GET", "/contacts?orderBy=id")

    assert (ada["vip"], ada["tags"]) == ("vip", 2)
    assert ("vip" in bob, bob["tags"]) == (False, 1)


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


@pytest.mark.parametrize(
    "path", ["/transformations/contacts", "/transformations/contacts?propagate=true", "/transformations"]
)
def test_without_a_transformation_the_providers_names_come_back(clients, hub, own, instance, mapping, path):
    mapping()
    made = hub.call("POST", "/contacts", json={"name": {"first": "Ada"}})

    deleted = own("DELETE", path)

    assert (deleted.status, deleted.body) == (200, b"")

    assert hub.call("GET", f"/contacts/{made['id']}")["FIRST_NAME"] == "Ada"
    assert "transformationData" not in clients.platform.call("GET", f"{BASE_PATH}/instances/{instance['id']}")


def test_metadata_names_both(hub, mapping):
    mapping()

    fields = {field["vendorPath"]: field for field in hub.call("GET", "/objects/contacts/metadata")["fields"]}

    assert (fields["FIRST_NAME"]["path"], fields["CONTACT_ID"]["path"]) == ("name.first", "id")
    assert "path" not in fields["LAST_NAME"]


def test_metadata_shows_the_object_as_it_is(hub, mapping):
    mapping("people", configuration=one_way(fromVendor=False, toVendor=False))

    fields = hub.call("GET", "/objects/people/metadata")["fields"]

    assert [(field["path"], field["vendorPath"]) for field in fields] == [
        ("id", "CONTACT_ID"),
        ("name.first", "FIRST_NAME"),
        ("labels[*].text", "TAGS[*].TAG_NAME"),
    ]


def test_the_answer_says_what_has_no_effect(clients, own, instance):
    assert WARNINGS not in own("POST", "/objects/contacts/definitions", json=DEFINITION).headers
    made = own(
        "POST", "/transformations/contacts", json=TRANSFORMATION | {"script": {"body": ""}, "isLegacyy": 1}
    )
    put = own("PUT", "/objects/contacts/definitions", json=DEFINITION | {"vendorName": "x"})

    of_body, script, poll = json.loads(made.headers[WARNINGS])
    assert (of_body["rule"], of_body["nearest"]) == ("misspelt-key", "isLegacy")
    assert script["path"] == "transformations.contacts.script"
    assert (poll["path"].rpartition(".")[2], poll["nearest"]) == ("idField", "id")
    assert [each["path"] for each in json.loads(put.headers[WARNINGS])] == ["vendorName"]
    (kept,) = clients.platform.call("GET", f"/_local/warnings?instanceId={instance['id']}")["warnings"]
    assert kept["warnings"] == [script, poll]
    own("PUT", "/transformations/contacts", json={"fields": []})
    assert clients.platform.call("GET", "/_local/warnings")["warnings"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/organizations/objects/definitions",
        "/organizations/objects/contacts/definitions",
        "/organizations/objects/contacts/transformations",
        "/organizations/elements/insightly/transformations/contacts",
        "/accounts/1/objects/definitions",
        "/accounts/1/elements/insightly/transformations",
        "/common-resources/contacts",
        "/vdrs/5",
    ],
)
def test_wider_levels_are_not_imitated(clients, instance, refused, path):
    pairs = clients.platform.headers["Authorization"]
    of_element = {"Authorization": f"{pairs}, Element {instance['token']}"}

    refused(clients.platform.send("GET", BASE_PATH + path), 501)
    # below /accounts a token makes it the element's, which has nothing as deep
    status = 404 if path.startswith("/accounts") else 501
    refused(clients.platform.send("GET", BASE_PATH + path, headers=of_element), status)


def test_an_element_has_no_transformations(clients, refused):
    refused(clients.platform.send("GET", f"{BASE_PATH}/elements/insightly/transformations"), 404)


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
