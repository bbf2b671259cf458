"""The catalogue: the one element, by key and by id, its configuration and what it can do."""

import json

import pytest

from elements_local.clients import BASE_PATH
from mock_kit.api.json_text import decode


@pytest.fixture
def elements(stranger):
    return lambda path="": decode(stranger.send("GET", f"{BASE_PATH}/elements{path}").body)


def test_key_and_id_are_interchangeable(elements):
    for path in ("", "/configuration", "/metadata", "/metadata?expand=true"):
        by_key, by_id = elements(f"/insightly{path}"), elements(f"/5993{path}")
        assert by_key == by_id


def test_the_catalogue_lists_the_element_with_what_an_instance_shows_of_it(elements, instance):
    (listed,) = elements()

    assert listed == elements("/insightly")
    assert {key: listed[key] for key in instance["element"]} == instance["element"]
    assert (listed["id"], listed["key"], listed["name"], listed["hub"]) == (
        5993,
        "insightly",
        "Insightly",
        "crm",
    )


def test_the_configuration_names_every_key_that_an_instance_shows(elements, instance):
    entries = elements("/insightly/configuration")

    assert [entry["key"] for entry in entries] == list(instance["configuration"])
    assert entries == elements("/insightly")["configuration"]
    assert len({entry["id"] for entry in entries}) == len(entries)
    for entry in entries:
        assert {
            "id", "name", "key", "description", "resellerConfig", "companyConfig", "active", "internal",
            "groupControl", "displayOrder", "type", "hideFromConsole", "required",
        } <= set(entry) <= {*entry, "defaultValue"}  # fmt: skip


@pytest.mark.usefixtures("make_instance")
def test_the_defaults_of_the_configuration_are_those_of_an_instance(elements, clients):
    bare = clients.platform.create_instance(
        {
            "element": {"id": 5993},
            "name": "Bare",
            "configuration": {
                "username": clients.credentials.crm_username,
                "password": clients.credentials.crm_api_key,
            },
        }
    )

    defaults = {entry["key"]: entry.get("defaultValue") for entry in elements("/insightly/configuration")}

    assert bare["configuration"] == defaults | {
        "username": clients.credentials.crm_username,
        "password": "********",
    }
    assert {entry["key"] for entry in elements("/insightly/configuration") if entry["required"]} == {
        "username",
        "password",
    }


def test_the_element_says_that_it_can_be_polled_in_the_way_its_clients_look_for(elements):
    metadata = elements("/insightly/metadata")
    configuration = {
        entry["key"]: entry.get("defaultValue") for entry in elements("/insightly/configuration")
    }

    assert metadata["events"]["supported"] is True
    assert "polling" in metadata["events"]["methods"]
    assert set(metadata["events"]["polling"]) == {"contacts", "accounts", "leads", "opportunities"}
    assert set(json.loads(configuration["event.metadata"])["polling"]) == set(metadata["events"]["polling"])
    assert set(json.loads(configuration["event.poller.configuration"])) == set(metadata["events"]["polling"])


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", False), ("?expand=false", False), ("?expand=true", True), ("?expand=TRUE", True)],
)
def test_resources_are_shown_where_they_are_asked_for(elements, query, shown):
    metadata = elements(f"/insightly/metadata{query}")

    assert ("resources" in metadata) is shown
    assert {"bulk", "discovery", "id", "name", "key", "description"} <= set(metadata)
    if shown:
        names = [resource["canonicalName"] for resource in metadata["resources"]]
        assert sorted(names) == ["accounts", "activities", "contacts", "leads", "opportunities", "users"]


def test_each_stranger_may_read_the_catalogue(stranger):
    for path in (
        "/elements",
        "/elements/keys",
        "/elements/metadata",
        "/elements/insightly",
        "/elements/insightly/configuration",
        "/elements/insightly/export",
        "/hubs",
        "/hubs/keys",
        "/hubs/crm",
        "/hubs/crm/elements",
    ):
        assert stranger.send("GET", BASE_PATH + path).status == 200, path


def test_keys_and_metadata_of_all_elements_are_listed(elements):
    assert elements("/keys") == ["insightly"]
    assert elements("/metadata") == [elements("/insightly/metadata")]
    assert elements("/metadata?expand=true") == [elements("/insightly/metadata?expand=true")]


@pytest.mark.parametrize("where", ["extended='true'", "private='true'", "hub='finance'"])
def test_where_nothing_is_of_a_kind_the_list_is_empty(elements, where):
    assert elements(f"?where={where}") == []


def test_elements_are_narrowed_by_what_they_show(elements, stranger, refused):
    assert elements("?where=hub='crm'%20and%20extended='false'") == elements()
    refused(stranger.send("GET", f"{BASE_PATH}/elements?where=hub"), 400)


@pytest.mark.parametrize("path", ["", "/metadata", "/configuration", "/export"])
def test_an_unknown_element_is_404(stranger, refused, path):
    reply = stranger.send("GET", f"{BASE_PATH}/elements/salesforce{path}")

    assert refused(reply, 404) == "No element found with key salesforce"


def test_a_definition_is_exported(elements):
    exported = elements("/5993/export")

    assert {key: exported[key] for key in elements("/insightly")} == elements("/insightly")
    assert {
        "path": "/hubs/crm/contacts",
        "method": "GET",
        "type": "api",
        "description": "search contacts",
    } in (exported["definition"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "", 403),
        ("PUT", "/insightly", 403),
        ("DELETE", "/5993", 403),
        ("PUT", "/salesforce", 404),
        ("DELETE", "/salesforce", 404),
    ],
)
def test_elements_are_built_in_and_say_so(directory, stranger, refused, method, path, status):
    body = {"name": "Mine"} if method != "DELETE" else None

    message = refused(directory.send(method, f"/elements{path}", json=body), status)

    assert ("built in" in message) is (status == 403)
    refused(stranger.send(method, f"{BASE_PATH}/elements{path}", json=body), 401)


def test_an_element_is_taken_off_the_list_and_put_back_in_one_workspace(directory, elements, refused):
    assert directory.send("DELETE", "/elements/insightly/active").body == b""

    assert directory.json("GET", "/elements") == []
    assert directory.json("GET", "/hubs/crm/elements") == []
    assert [one["active"] for one in directory.json("GET", "/elements?includeInactive=true")] == [False]
    assert directory.json("GET", "/elements/insightly/metadata")["active"] is False
    assert len(elements()) == 1
    assert directory.send("PUT", "/elements/5993/active").body == b""
    assert directory.json("GET", "/elements/insightly") == elements("/insightly")
    for method in ("PUT", "DELETE"):
        refused(directory.send(method, "/elements/salesforce/active"), 404)


def test_a_default_that_is_changed_is_that_of_later_instances(directory, make_instance, instance):
    key = "event.poller.refresh_interval"

    changed = directory.json("PUT", f"/elements/insightly/configuration/{key}", json={"defaultValue": "5"})

    later = make_instance({key: ...})
    assert (changed["defaultValue"], later["configuration"][key]) == ("5", "5")
    assert directory.json("GET", f"/instances/{instance['id']}") == instance
    listed = {entry["key"]: entry for entry in directory.json("GET", "/elements/5993/configuration")}
    assert listed[key] == changed


def test_a_key_is_added_shown_by_later_instances_and_taken_away(directory, elements, make_instance):
    path = "/elements/insightly/configuration"
    sent = {"key": "my.secret", "name": "Mine", "type": "PASSWORD", "defaultValue": "hush"}

    (made,) = directory.json("POST", path, json=sent)

    later = make_instance()
    assert {key: made[key] for key in sent} == sent
    assert directory.json("GET", path)[-1] == made
    assert later["configuration"]["my.secret"] == "********"
    entries = directory.json("GET", f"/instances/{later['id']}/configuration")
    assert made["id"] in [entry["id"] for entry in entries]
    assert "my.secret" not in [entry["key"] for entry in elements("/insightly/configuration")]
    assert directory.send("DELETE", f"{path}/my.secret").body == b""
    assert directory.json("GET", path) == elements("/insightly/configuration")


def test_several_keys_are_added_at_once_with_what_may_be_chosen(directory):
    options = [{"value": "1", "description": "One"}]
    sent = [{"key": "a", "type": "COMBO", "options": options}, {"key": "b", "required": True}]

    made = directory.json("POST", "/elements/insightly/configuration", json=sent)

    assert [(entry["key"], entry["type"], entry["required"]) for entry in made] == [
        ("a", "COMBO", False),
        ("b", "TEXTFIELD_1000", True),
    ]
    assert made[0]["options"] == options


def test_a_whole_entry_can_be_sent_back(directory):
    path = "/elements/insightly/configuration"
    entry = directory.json("GET", path)[0]

    assert directory.json("PUT", f"{path}/{entry['key']}", json={**entry, "description": "Who"}) == {
        **entry,
        "description": "Who",
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/insightly/configuration", {"key": "username"}, 409),
        ("POST", "/insightly/configuration", [{"key": "a"}, {"key": "a"}], 409),
        ("POST", "/insightly/configuration", {}, 400),
        ("POST", "/insightly/configuration", {"key": "a", "type": "NUMBER"}, 400),
        ("POST", "/salesforce/configuration", {"key": "a"}, 404),
        ("PUT", "/insightly/configuration/none", {"name": "x"}, 404),
        ("PUT", "/insightly/configuration/username", {"required": "yes"}, 400),
        ("PUT", "/salesforce/configuration/username", {"name": "x"}, 404),
        ("DELETE", "/insightly/configuration/none", None, 404),
        ("DELETE", "/insightly/configuration/password", None, 400),
        ("DELETE", "/salesforce/configuration/password", None, 404),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_changes_nothing(
    directory, stranger, elements, refused, method, path, body, status
):
    refused(directory.send(method, f"/elements{path}", json=body), status)

    assert directory.json("GET", "/elements/insightly") == elements("/insightly")
    refused(stranger.send(method, f"{BASE_PATH}/elements{path}", json=body), 401)


def test_a_reset_brings_back_the_shipped_element(directory, elements, clients):
    directory.json("DELETE", "/elements/insightly/configuration/event.objects")
    clients.platform.call("POST", "/_local/reset", json={})

    assert directory.json("GET", "/elements/insightly") == elements("/insightly")


def test_there_is_one_hub_with_the_element_and_its_resources(stranger, elements, refused):
    def hubs(path=""):
        return decode(stranger.send("GET", f"{BASE_PATH}/hubs{path}").body)

    (hub,) = hubs()
    (hydrated,) = hubs("?hydrate=true")

    assert (hub["key"], hubs("/keys"), hubs("/crm")) == ("crm", ["crm"], hub)
    assert hydrated == hubs("/crm?hydrate=true")
    assert "contacts" in [resource["name"] for resource in hydrated["resources"]]
    assert hubs("/crm/elements") == elements()
    assert hubs("?page=2") == []
    for path in ("/finance", "/finance/elements"):
        assert (
            refused(stranger.send("GET", f"{BASE_PATH}/hubs{path}"), 404) == "No hub found with key finance"
        )


def test_a_page_of_elements_has_200_at_the_most(stranger):
    reply = stranger.send("GET", f"{BASE_PATH}/elements?pageSize=201")

    assert "pageSize 201 is more than 200" in reply.headers["elements-error"]
