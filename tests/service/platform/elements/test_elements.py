"""The catalogue of elements, and the Swagger 2.0 documents of instances, elements and hubs."""

import pytest
from each_row import each_row
from openapi_spec_validator import OpenAPIV2SpecValidator

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


def test_an_element_has_no_transformations_of_its_own(elements):
    assert elements("/insightly/transformations") == elements("/5993/transformations") == []


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


TYPES_AND_DEFAULTS = {
    "event.vendor.type": ("TEXTFIELD_128", "polling"),
    "event.notification.enabled": ("BOOLEAN", "false"),
    "event.notification.callback.url": ("TEXTFIELD_1000", None),
    "event.notification.signature.key": ("TEXTFIELD_128", None),
    "event.notification.subscription.id": ("TEXTFIELD_1000", None),
    "event.notification.basic.username": ("TEXTFIELD_128", None),
    "event.notification.basic.password": ("PASSWORD", None),
    "event.notification.callback.headers": ("TEXTFIELD_128", None),
    "event.notification.instance.finder": ("TEXTAREA", None),
    "event.objects": ("TEXTAREA", None),
    "event.helper.key": ("TEXTFIELD_128", None),
    "filter.response.nulls": ("BOOLEAN", "true"),
    "bulk.query.field_name": ("TEXTFIELD_128", "DATE_UPDATED_UTC"),
    "bulk.query.operator": ("TEXTFIELD_32", ">="),
    "bulk.query.date_mask": ("TEXTFIELD_128", "yyyy-MM-dd HH:mm:ss"),
    "bulk.query.download_format": ("TEXTFIELD_128", "json"),
}


def test_event_bulk_and_filter_keys_have_the_types_and_defaults_of_exported_definitions(elements):
    entries = {entry["key"]: entry for entry in elements("/insightly/configuration")}

    shown = {key: (entries[key]["type"], entries[key].get("defaultValue")) for key in TYPES_AND_DEFAULTS}
    assert shown == TYPES_AND_DEFAULTS
    assert {key for key in entries if key.startswith("bulk.")} == {
        key for key in TYPES_AND_DEFAULTS if key.startswith("bulk.")
    }


VERBS = {"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}


@pytest.fixture
def docs(instances, instance):
    """Call the documents of an instance."""
    return lambda path="": instances("GET", f"/{instance['id']}/docs{path}")


def valid(reply):
    assert reply.status == 200, reply.body
    whole = decode(reply.body)
    assert [str(error) for error in OpenAPIV2SpecValidator(whole).iter_errors()] == []
    return whole


@each_row(
    "query",
    [
        "",
        "?basic=true",
        "?resolveReferences=true",
        "?discovery=true",
        "?version=-1",
        "?discovery=true&basic=true",
    ],
)
def test_an_instances_document_is_valid(docs, query):
    whole = valid(docs(query))

    assert {"/contacts", "/contacts/{id}", "/accounts", "/{objectName}"} <= set(whole["paths"])
    assert ("$ref" in str(whole)) is ("resolveReferences" not in query)


def test_every_call_that_is_described_is_one_that_the_instance_answers(clients, docs, hub):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    paths = valid(docs())["paths"]

    answered = {
        (path, method): hub.send(
            VERBS[method],
            path.format(
                id=record["CONTACT_ID"],
                objectName="contacts",
                objectId=record["CONTACT_ID"],
                childObjectName="notes",
                childObjectId=1,
            ),
            **({"json": {}} if method in {"post", "put", "patch"} else {}),
        ).status
        for path, item in paths.items()
        for method in item
        if method != "delete"
    }

    assert 405 not in answered.values()
    assert {status for (_, method), status in answered.items() if method != "get"} <= {400, 404}
    assert {answered["/contacts", "get"], answered["/contacts/{id}", "get"], answered["/me", "get"]} == {200}


def test_the_fields_of_a_record_are_in_its_definition(clients, docs, hub):
    record = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    shown = decode(hub.send("GET", f"/contacts/{record['CONTACT_ID']}").body)

    assert set(shown) <= set(valid(docs())["definitions"]["contacts"]["properties"])
