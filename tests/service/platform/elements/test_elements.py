"""The catalogue: the one element, by key and by id, its configuration and what it can do."""

import json

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode


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
    ("method", "path"),
    [
        ("POST", ""),
        ("PUT", "/insightly"),
        ("DELETE", "/5993"),
        ("POST", "/insightly/clone"),
        ("PUT", "/insightly/active"),
        ("DELETE", "/insightly/active"),
        ("POST", "/insightly/configuration"),
        ("PUT", "/insightly/configuration/username"),
        ("DELETE", "/insightly/configuration/event.objects"),
    ],
)
def test_no_element_is_made_or_changed(directory, stranger, elements, refused, method, path):
    before = elements("/insightly")
    body = {"key": "mine"} if method != "DELETE" else None

    assert "is not imitated" in refused(directory.send(method, f"/elements{path}", json=body), 501)
    refused(stranger.send(method, f"{BASE_PATH}/elements{path}", json=body), 401)
    assert (elements("/keys"), elements("/insightly")) == (["insightly"], before)


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
