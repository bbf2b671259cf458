"""What sets versions apart that have the same shapes."""

import pytest


@pytest.mark.parametrize(("version", "kept"), [("v2.3", None), ("v3.0", None), ("v3.1", "x")])
def test_only_v3_1_updates_in_part(crm, version, kept):
    made = crm.create("Contacts", FIRST_NAME="Ada", BACKGROUND="x")

    after = crm.at(version).update("Contacts", CONTACT_ID=made["CONTACT_ID"], FIRST_NAME="Ada")

    assert after["BACKGROUND"] == kept


@pytest.mark.parametrize(("version", "same"), [("v3.0", "v3.1")])
def test_two_versions_show_the_same(crm, version, same):
    crm.seed(3)

    for resource in ("Contacts", "Organisations", "Leads", "Opportunities", "Users", "Pipelines"):
        assert crm.at(version).shown(resource) == crm.at(same).shown(resource)


@pytest.mark.parametrize(
    ("version", "brief", "kept"), [("v2.2", "true", "x"), ("v2.3", "true", "x"), ("v3.0", "true", None)]
)
def test_only_v2_2_and_v2_3_leave_out_what_a_brief_update_does_not_say(crm, version, brief, kept):
    made = crm.create("Contacts", FIRST_NAME="Ada", BACKGROUND="x")

    after = crm.at(version).update(f"Contacts?brief={brief}", CONTACT_ID=made["CONTACT_ID"], FIRST_NAME="B")

    assert (after["FIRST_NAME"], after["BACKGROUND"]) == ("B", kept)


@pytest.mark.parametrize("version", ["v3.0", "v3.1"])
def test_v3_carries_tags_and_custom_objects(crm, version):
    at = crm.at(version)

    assert "ETag" in at.send("GET", "Contacts").headers
    assert at.shown("Fruit__c") == []
    assert at.send("GET", "Contact").status == 405


@pytest.mark.parametrize("version", ["v2.2", "v2.3"])
@pytest.mark.parametrize(
    ("resource", "first", "rows"),
    [
        ("Leads", {"LAST_NAME": "x", "TAGS": [{"TAG_NAME": "kept"}]}, {"TAGS": [{}]}),
        ("Organisations", {"ORGANISATION_NAME": "x"}, {"ORGANISATIONLINKS": [{"DETAILS": "x" * 256}]}),
        ("Teams", {"TEAM_NAME": "x"}, {"TEAMMEMBERS": [{"TEAM_ID": 1}]}),
        ("Contacts", {"FIRST_NAME": "x"}, {"CONTACTLINKS": "none"}),
    ],
)
def test_a_brief_update_leaves_collections_alone_and_yet_refuses_what_none_is(
    crm, version, resource, first, rows
):
    caller = crm.at(version)
    made = caller.create(resource, **first)
    (collection,) = rows
    number = {"Leads": "LEAD_ID", "Organisations": "ORGANISATION_ID", "Teams": "TEAM_ID"}.get(
        resource, "CONTACT_ID"
    )

    caller.refused(400, "PUT", f"{resource}/{made[number]}?brief=true", json=rows)
    after = caller.update(f"{resource}/{made[number]}?brief=true", **{collection: []})

    assert after[collection] == made[collection]
