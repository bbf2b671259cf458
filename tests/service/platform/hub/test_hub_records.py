"""A record through the hub, on both versions of the CRM: what an update leaves alone, and what its metadata names."""

import pytest

VERSIONS = {"v2.2": "https://api.insight.ly/v2.2", "v3.1": "https://api.insight.ly/v3.1"}
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
TYPES = {str: {"string", "date"}, int: {"number"}, float: {"number"}, bool: {"boolean"}, list: {"array"}}


@pytest.fixture(params=VERSIONS.values(), ids=VERSIONS)
def hub(request, clients, make_instance):
    return clients.platform.hub(make_instance({"base.url": request.param})["token"])


@pytest.mark.parametrize("resource", KINDS)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_leaves_alone_what_it_does_not_name(hub, resource, method):
    id_field, fields, changes = KINDS[resource]
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


def test_metadata_names_every_field_that_a_record_shows(clients, hub):
    clients.crm.seed(3)
    hub.call("POST", "/tasks", json={"TITLE": "Call"})

    for name in (*KINDS, "activities", "users"):
        fields = {
            field["vendorPath"]: field for field in hub.call("GET", f"/objects/{name}/metadata")["fields"]
        }
        for record in hub.call("GET", f"/{name}?pageSize=50"):
            assert set(record) - {"id"} <= set(fields)
            for key, value in record.items():
                if key != "id":
                    assert fields[key]["type"] in TYPES[type(value)], key
