"""Who may see a record, as v2 lets a client say it: the users one by one become a team without a name of its own."""

import pytest

V2 = ["v2.2", "v2.3"]
BODIES = {
    "Contacts": {"FIRST_NAME": "Ada"},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Leads": {"LAST_NAME": "Lovelace"},
    "Opportunities": {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"},
    "Projects": {"PROJECT_NAME": "Bridge", "STATUS": "NOT STARTED"},
}


@pytest.mark.parametrize("users", [[5, 6], "5,6"], ids=["array", "text"])
@pytest.mark.parametrize("resource", BODIES)
@pytest.mark.parametrize("version", V2)
def test_individuals_become_an_anonymous_team(crm, version, resource, users):
    at = crm.at(version)

    made = at.create(resource, **BODIES[resource], VISIBLE_TO="INDIVIDUALS", VISIBLE_USER_IDS=users)

    team = at.shown(f"Teams/{made['VISIBLE_TEAM_ID']}")
    assert team["ANONYMOUS_TEAM"] is True
    members = [row for row in at.shown("TeamMembers") if row["TEAM_ID"] == team["TEAM_ID"]]
    assert [row["MEMBER_USER_ID"] for row in members] == [5, 6]
    assert (made["VISIBLE_TO"], made["VISIBLE_USER_IDS"]) == ("INDIVIDUALS", None)


def test_an_update_makes_a_team_too_and_one_that_names_nobody_keeps_it(crm):
    at = crm.at("v2.2")
    contact = at.create("Contacts", FIRST_NAME="Ada")

    changed = at.update("Contacts", **{**contact, "VISIBLE_TO": "INDIVIDUALS", "VISIBLE_USER_IDS": [7]})

    assert changed["VISIBLE_TEAM_ID"] is not None
    assert at.update("Contacts", **changed)["VISIBLE_TEAM_ID"] == changed["VISIBLE_TEAM_ID"]
    assert len(at.shown("Teams")) == 1


@pytest.mark.parametrize("visible", ["EVERYONE", "OWNER"])
def test_others_make_no_team(crm, visible):
    at = crm.at("v2.2")

    made = at.create("Contacts", FIRST_NAME="Ada", VISIBLE_TO=visible, VISIBLE_USER_IDS=[5])

    assert (made["VISIBLE_TEAM_ID"], at.shown("Teams")) == (None, [])


@pytest.mark.parametrize("users", [5, {"a": 1}, "5,x", ["x"]])
def test_what_are_no_users_is_refused_and_nothing_is_kept(crm, users):
    at = crm.at("v2.2")
    body = {"FIRST_NAME": "Ada", "VISIBLE_TO": "INDIVIDUALS", "VISIBLE_USER_IDS": users}

    assert "VISIBLE_USER_IDS" in at.refused(400, "POST", "Contacts", json=body)
    assert at.shown("Teams") == at.shown("Contacts") == []


def test_a_team_that_may_see_a_record_is_named_by_its_id(crm):
    team = crm.create("Teams", TEAM_NAME="Sales")["TEAM_ID"]

    made = crm.create("Contacts", FIRST_NAME="Ada", VISIBLE_TO="TEAM", VISIBLE_TEAM_ID=team)

    assert (made["VISIBLE_TO"], made["VISIBLE_TEAM_ID"]) == ("TEAM", team)
