"""The catalogue: the one element, by key and by id, its configuration and what it can do."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode


@pytest.fixture
def elements(stranger):
    return lambda path="": decode(stranger.send("GET", f"{BASE_PATH}/elements{path}").body)


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
