"""What an instance has and whether it answers: objects, their metadata, ping, on both versions of the CRM."""

import pytest

from elements_local.kit.api.json_text import decode

VERSIONS = {"v2.2": "https://api.insight.ly/v2.2", "v3.1": "https://api.insight.ly/v3.1"}


@pytest.fixture(params=VERSIONS.values(), ids=VERSIONS)
def hub(request, clients, make_instance):
    return clients.platform.hub(make_instance({"base.url": request.param})["token"])


def test_objects_are_names(hub):
    found = hub.call("GET", "/objects")

    assert {"accounts", "activities", "contacts", "leads", "opportunities", "users", "projects", "notes"} <= {
        *found
    }
    assert len(found) == len({*found})


@pytest.mark.parametrize("version", ["Helium", "helium"])
def test_helium_tells_more_about_each(hub, version):
    found = decode(hub.send("GET", "/objects", headers={"Elements-Version": version}).body)

    assert {"name": "accounts", "vendorName": "Organisations", "type": "ceCanonical"} in found
    assert {"name": "projects", "vendorName": "Projects", "type": "vendor"} in found
    assert [each["name"] for each in found] == hub.call("GET", "/objects")


def test_hydrogen_is_the_generation_without_a_header(hub):
    reply = hub.send("GET", "/objects", headers={"Elements-Version": "Hydrogen"})

    assert decode(reply.body) == hub.call("GET", "/objects")


@pytest.mark.parametrize("name", ["accounts", "activities", "contacts", "leads", "opportunities", "users"])
def test_metadata_names_every_field_that_a_record_shows(clients, hub, name):
    clients.crm.seed(3)
    hub.call("POST", "/tasks", json={"TITLE": "Call"})
    fields = {field["vendorPath"]: field for field in hub.call("GET", f"/objects/{name}/metadata")["fields"]}

    for record in hub.call("GET", f"/{name}?pageSize=50"):
        assert set(record) - {"id"} <= set(fields)
        for key, value in record.items():
            if key != "id":
                assert fields[key]["type"] in TYPES[type(value)], key


TYPES = {str: {"string", "date"}, int: {"number"}, float: {"number"}, bool: {"boolean"}, list: {"array"}}


def test_a_fields_metadata_says_what_can_be_done_with_it(hub):
    fields = {field["vendorPath"]: field for field in hub.call("GET", "/objects/contacts/metadata")["fields"]}

    assert fields["FIRST_NAME"] == {
        "vendorPath": "FIRST_NAME",
        "type": "string",
        "vendorNativeType": "string",
        "vendorReadOnly": False,
        "filterable": "true",
        "createable": "true",
        "updateable": "true",
    }
    assert (fields["CONTACT_ID"]["vendorReadOnly"], fields["CONTACT_ID"]["updateable"]) == (True, "false")
    assert (fields["DATE_UPDATED_UTC"]["type"], fields["DATE_UPDATED_UTC"]["createable"]) == ("date", "false")
    assert (fields["TAGS"]["type"], fields["TAGS"]["filterable"]) == ("array", "false")


def test_custom_fields_are_among_them(hub):
    names = [field["vendorPath"] for field in hub.call("GET", "/objects/contacts/metadata")["fields"]]

    assert any(name.endswith("__c") or name.startswith("CONTACT_FIELD_") for name in names)
    assert not any(name.startswith("LEAD_FIELD_") for name in names)


def test_an_object_that_is_not_known_is_described_by_one_of_its_records(hub):
    hub.call("POST", "/projects", json={"PROJECT_NAME": "Engine", "STATUS": "NOT STARTED"})

    fields = {
        field["vendorPath"]: field["type"]
        for field in hub.call("GET", "/objects/projects/metadata")["fields"]
    }

    assert (fields["PROJECT_ID"], fields["PROJECT_NAME"], fields["TAGS"]) == ("number", "string", "array")


def test_the_metadata_of_nothing_is_not_found(hub, refused):
    refused(hub.send("GET", "/objects/nothing/metadata"), 404)


def test_a_ping_tells_the_time_and_the_element(clients, hub):
    assert hub.call("GET", "/ping") == {
        "dateTime": clients.clock.show()["now"],
        "endpoint": "insightly",
        "valid": True,
    }


@pytest.mark.parametrize(("status", "answered"), [(401, 200), (403, 200), (500, 502), (429, 429)])
def test_a_ping_tells_bad_credentials_from_a_bad_day(clients, hub, status, answered):
    clients.crm.script_faults([{"effect": {"status": status}}])

    reply = hub.send("GET", "/ping")

    assert reply.status == answered
    assert status not in {401, 403} or decode(reply.body)["valid"] is False


def test_objects_and_metadata_name_the_instance_that_was_asked(hub):
    replies = [hub.send("GET", path) for path in ("/objects", "/objects/contacts/metadata", "/ping")]

    assert all(reply.headers["elements-element-instance-id"].isdecimal() for reply in replies)
