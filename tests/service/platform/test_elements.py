"""The catalogue: the one element, by key and by id, its configuration and what it can do."""

import json

import pytest

from elements_local.clients import BASE_PATH
from mock_kit.json_text import decode


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
def test_the_defaults_of_the_configuration_are_those_of_an_instance(elements, doors):
    bare = doors.platform.create_instance(
        {
            "element": {"id": 5993},
            "name": "Bare",
            "configuration": {
                "username": doors.credentials.crm_username,
                "password": doors.credentials.crm_api_key,
            },
        }
    )

    defaults = {entry["key"]: entry.get("defaultValue") for entry in elements("/insightly/configuration")}

    assert bare["configuration"] == defaults | {
        "username": doors.credentials.crm_username,
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
        assert sorted(names) == ["accounts", "contacts", "leads", "opportunities", "users"]
