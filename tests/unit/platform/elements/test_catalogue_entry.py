"""The element as the catalogue shows it."""

import json

import pytest

from elements_local.kit.values import replace
from elements_local.platform.elements.catalogue import HUBS, Catalogue, find_hub, hub_to_json, shipped
from elements_local.platform.elements.catalogue_entry import (
    configuration_to_json,
    definition,
    key_to_json,
    metadata,
)
from elements_local.platform.elements.element import ConfigurationKey
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import ConflictError, NotFoundError

CATALOGUE = Catalogue(shipped())
POLLED = ["contacts", "accounts", "leads", "opportunities"]


@pytest.mark.parametrize("key_or_id", ["insightly", "5993"])
def test_an_element_is_found_by_key_and_by_id(key_or_id):
    assert CATALOGUE.element(key_or_id) is INSIGHTLY


@pytest.mark.parametrize(
    "key_or_id", ["", "Insightly", "insightly ", "05993", "5994", "salesforce", "\u0665993"]
)
def test_an_unknown_element_is_not_found(key_or_id):
    with pytest.raises(NotFoundError, match=r"^No element found with key "):
        CATALOGUE.element(key_or_id)


def test_no_two_elements_share_a_key_or_an_id():
    names = [name for element in CATALOGUE.elements for name in (element.key, str(element.id))]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"key": "insightly", "id": 1}, "two connectors have an element insightly; give one another"),
        ({"key": "acme"}, "two connectors have an element 5993; give one another key and number"),
        ({"key": "acme", "id": 1, "hub": "shop"}, "the element acme is of the hub shop; there are crm"),
    ],
    ids=["its key", "its number", "a hub"],
)
def test_a_connector_needs_a_name_of_its_own_and_a_hub_that_there_is(other, reason):
    (insightly,) = shipped()

    with pytest.raises(ConflictError, match=reason):
        Catalogue([insightly, replace(insightly, element=replace(INSIGHTLY, **other))])


def test_a_configuration_key_is_shown_with_its_keys_in_order():
    entries = {entry["key"]: entry for entry in configuration_to_json(INSIGHTLY)}

    assert list(entries["event.poller.refresh_interval"].items()) == [
        ("id", 5993014),
        ("name", "Refresh Interval in Minutes"),
        ("key", "event.poller.refresh_interval"),
        ("description", "Refresh Interval in Minutes"),
        ("defaultValue", "15"),
        ("resellerConfig", False),
        ("companyConfig", False),
        ("active", True),
        ("internal", False),
        ("groupControl", False),
        ("displayOrder", 14),
        ("type", "TEXTFIELD_32"),
        ("hideFromConsole", False),
        ("required", False),
    ]


def test_a_key_without_a_default_shows_none():
    entries = {entry["key"]: entry for entry in configuration_to_json(INSIGHTLY)}

    assert "defaultValue" not in entries["event.notification.callback.url"]


def test_keys_are_numbered_and_ordered_as_the_element_has_them():
    entries = configuration_to_json(INSIGHTLY)

    assert [entry["key"] for entry in entries] == [key.key for key in INSIGHTLY.keys]
    orders = {entry["key"]: entry["displayOrder"] for entry in entries}
    assert orders.pop("filter.response.nulls") == 99
    assert list(orders.values()) == [place for place, key in enumerate(INSIGHTLY.keys) if key.order is None]
    assert len({entry["id"] for entry in entries}) == len(entries)


@pytest.mark.parametrize(
    ("key", "input_type", "default", "hidden", "required"),
    [
        ("username", "TEXTFIELD_128", None, False, True),
        ("password", "PASSWORD", None, False, True),
        ("event.vendor.type", "TEXTFIELD_128", "polling", True, False),
        ("event.notification.enabled", "BOOLEAN", "false", False, False),
        ("event.notification.callback.url", "TEXTFIELD_1000", None, False, False),
        ("event.notification.basic.password", "PASSWORD", None, True, False),
        ("event.poller.refresh_interval", "TEXTFIELD_32", "15", False, False),
        ("filter.response.nulls", "BOOLEAN", "true", False, False),
        ("event.notification.signature.key", "TEXTFIELD_128", None, False, False),
        ("event.notification.subscription.id", "TEXTFIELD_1000", None, True, False),
        ("event.notification.basic.username", "TEXTFIELD_128", None, True, False),
        ("event.notification.callback.headers", "TEXTFIELD_128", None, True, False),
        ("event.notification.instance.finder", "TEXTAREA", None, True, False),
        ("event.poller.urls", "TEXTAREA", None, True, False),
        ("event.objects", "TEXTAREA", None, True, False),
        ("event.helper.key", "TEXTFIELD_128", None, True, False),
    ],
)
def test_keys_have_the_types_and_defaults_that_are_known_of_them(key, input_type, default, hidden, required):
    (entry,) = [entry for entry in configuration_to_json(INSIGHTLY) if entry["key"] == key]

    assert entry["type"] == input_type
    assert entry.get("defaultValue") == default
    assert (entry["hideFromConsole"], entry["required"]) == (hidden, required)


def test_the_shipped_poller_configuration_has_a_full_block_for_each_resource():
    (entry,) = [
        entry for entry in configuration_to_json(INSIGHTLY) if entry["key"] == "event.poller.configuration"
    ]

    shipped = json.loads(entry["defaultValue"])

    assert list(shipped) == POLLED
    assert shipped["contacts"] == {
        "url": "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
        "idField": "CONTACT_ID",
        "datesConfiguration": {
            "updatedDateField": "DATE_UPDATED_UTC",
            "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
            "updatedDateTimezone": "GMT",
            "createdDateField": "DATE_CREATED_UTC",
            "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
            "createdDateTimezone": "GMT",
        },
    }
    assert shipped["accounts"]["idField"] == "ORGANISATION_ID"
    assert all(block.keys() == shipped["contacts"].keys() for block in shipped.values())


def test_the_event_metadata_lists_what_is_polled():
    (entry,) = [entry for entry in configuration_to_json(INSIGHTLY) if entry["key"] == "event.metadata"]

    assert json.loads(entry["defaultValue"]) == {
        "polling": {name: {"eventTypes": ["created", "updated"]} for name in POLLED}
    }


def test_metadata_says_that_events_come_from_polling():
    events = metadata(INSIGHTLY, expand=False)["events"]

    assert (events["supported"], events["methods"]) == (True, ["polling"])
    assert list(events["polling"]) == POLLED
    assert events["polling"]["leads"] == {
        "pollUrl": "/hubs/crm/leads?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
        "eventTypes": ["created", "updated"],
    }


def test_metadata_has_its_keys_in_order():
    shown = metadata(INSIGHTLY, expand=False)

    assert list({key: value for key, value in shown.items() if key != "events"}.items()) == [
        ("id", 5993),
        ("name", "Insightly"),
        ("key", "insightly"),
        ("description", INSIGHTLY.description),
        ("image", "elements/provider_insightly.png"),
        ("displayOrder", 0),
        ("active", True),
        ("beta", False),
        ("hub", "crm"),
        ("elementType", "element"),
        ("churros", True),
        ("transformations", True),
        ("normalizedPaging", True),
        ("swaggerValidated", True),
        ("cloneable", True),
        ("extended", False),
        ("authenticationType", "basic"),
        ("defaultAuthentication", "basic"),
        (
            "discovery",
            {
                "customFields": True,
                "customObjects": True,
                "endpointCustomFields": False,
                "endpointCustomObjects": False,
            },
        ),
        ("bulk", {"upload": True, "download": True}),
        ("api", {"type": "rest", "contentType": "json"}),
    ]


def test_metadata_has_resources_only_when_expanded():
    plain, expanded = metadata(INSIGHTLY, expand=False), metadata(INSIGHTLY, expand=True)

    assert "resources" not in plain
    assert {**plain, "resources": expanded["resources"]} == expanded


def test_a_resource_that_is_polled_can_be_written_and_users_only_read():
    resources = {entry["canonicalName"]: entry for entry in metadata(INSIGHTLY, expand=True)["resources"]}

    assert sorted(resources) == ["accounts", "activities", "contacts", "leads", "opportunities", "users"]
    no_custom_fields = {"get": False, "create": False, "update": False, "delete": False}
    assert resources["contacts"] == {
        "canonicalName": "contacts",
        "operations": ["create", "delete", "retrieve", "search", "update"],
        "events": {"supported": True, "methods": ["polling"], "eventTypes": ["created", "updated"]},
        "bulk": {
            "upload": {"supported": True, "native": False},
            "download": {"supported": True, "native": False},
        },
        "customField": no_custom_fields,
    }
    assert resources["users"] == {
        "canonicalName": "users",
        "operations": ["retrieve", "search"],
        "events": {"supported": False, "methods": [], "eventTypes": []},
        "bulk": {
            "upload": {"supported": False, "native": False},
            "download": {"supported": False, "native": False},
        },
        "customField": no_custom_fields,
    }


def test_a_key_is_described_by_its_name_unless_it_has_a_description():
    described = ConfigurationKey(key="a", name="Name", type="BOOLEAN", description="What it does")
    element = replace(INSIGHTLY, keys=(described, replace(described, key="b", description="")))

    assert [entry["description"] for entry in configuration_to_json(element)] == ["What it does", "Name"]


def test_what_may_be_chosen_for_a_key_is_shown():
    key = ConfigurationKey(key="a", name="A", type="COMBO", options=(("1", "One"), ("2", "Two")))

    shown = key_to_json(replace(INSIGHTLY, keys=(key,)), key)

    assert shown["options"] == [{"value": "1", "description": "One"}, {"value": "2", "description": "Two"}]
    assert not [entry for entry in configuration_to_json(INSIGHTLY) if "options" in entry]


def test_a_definition_has_the_calls_that_each_resource_takes():
    exported = definition(INSIGHTLY)

    calls = {(call["method"], call["path"]) for call in exported.definition}
    assert {("GET", "/hubs/crm/contacts"), ("PATCH", "/hubs/crm/contacts/{id}")} <= calls
    assert [call for call in calls if call[1].startswith("/hubs/crm/users") and call[0] != "GET"] == []


def test_a_hub_has_the_resources_of_its_elements_when_asked_for():
    (hub,) = HUBS
    other = replace(INSIGHTLY, hub="finance", id_fields={"invoices": "ID"})

    hydrated = hub_to_json(hub, [INSIGHTLY, other], hydrate=True)

    assert [resource["name"] for resource in hydrated["resources"]] == list(INSIGHTLY.id_fields)
    assert hub_to_json(hub, [INSIGHTLY], hydrate=False) == {
        key: value for key, value in hydrated.items() if key != "resources"
    }


def test_an_unknown_hub_is_not_found():
    with pytest.raises(NotFoundError, match=r"^No hub found with key finance$"):
        find_hub("finance")
