"""What the server fills in when nothing is sent, and what it lets nobody fill in."""

import pytest

BODIES = {
    "Contacts": {"FIRST_NAME": "Ada"},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Leads": {"LAST_NAME": "Lovelace"},
    "Opportunities": {"OPPORTUNITY_NAME": "Deal", "OPPORTUNITY_STATE": "OPEN"},
    "Projects": {"PROJECT_NAME": "Bridge", "STATUS": "DEFERRED"},
}

every_version = pytest.mark.parametrize("version", ["v2.2", "v3.1"])
every_resource = pytest.mark.parametrize("resource", BODIES)


@every_version
@every_resource
def test_everyone_sees_a_new_record_and_no_team_is_named(crm, version, resource):
    made = crm.at(version).create(resource, **BODIES[resource])

    assert (made["VISIBLE_TO"], made["VISIBLE_TEAM_ID"]) == ("EVERYONE", None)
    assert made.get("VISIBLE_USER_IDS", "absent") == ("absent" if version == "v3.1" else None)


@every_version
def test_a_lead_is_its_makers_responsibility_and_other_records_are_nobodys(crm, version):
    at, me = crm.at(version), crm.shown("Users/Me")["USER_ID"]

    responsible = {
        name: at.create(name, **BODIES[name])["RESPONSIBLE_USER_ID"]
        for name in ("Leads", "Opportunities", "Projects")
    }

    assert responsible == {"Leads": me, "Opportunities": None, "Projects": None}


@every_version
def test_a_lead_lives_in_the_accounts_country_and_is_not_converted(configured, version):
    lead = configured(country="South Africa").at(version).create("Leads", LAST_NAME="x")

    assert (lead["ADDRESS_COUNTRY"], lead["CONVERTED"]) == ("South Africa", False)


@every_resource
def test_a_new_record_of_v3_1_has_no_image_and_no_activity(crm, resource):
    made = crm.create(resource, **BODIES[resource])

    assert made["IMAGE_URL"] is None
    assert made["LAST_ACTIVITY_DATE_UTC"] is made["NEXT_ACTIVITY_DATE_UTC"] is None


@every_version
def test_what_only_the_server_writes_is_ignored(crm, version):
    made = crm.at(version).create("Leads", LAST_NAME="x", LEAD_ID=5, CONVERTED=True)

    assert made["LEAD_ID"] != 5
    assert made["CONVERTED"] is False


@pytest.mark.parametrize("resource", ["Contacts", "Organisations", "Leads", "Opportunities"])
@pytest.mark.parametrize(("version", "written"), [("v2.2", False), ("v3.1", True)])
def test_an_owner_is_named_on_v3_1_only(crm, version, written, resource):
    me = crm.shown("Users/Me")["USER_ID"]

    made = crm.at(version).create(resource, **BODIES[resource], OWNER_USER_ID=me + 1)

    assert made["OWNER_USER_ID"] == me + written


@pytest.mark.assumed
def test_the_value_of_an_opportunity_is_its_bids(crm):
    bid = {"BID_AMOUNT": 12.5, "BID_TYPE": "per hour", "BID_DURATION": 4}

    assert crm.create("Opportunities", OPPORTUNITY_NAME="x", **bid)["OPPORTUNITY_VALUE"] == 50
    assert crm.create("Opportunities", OPPORTUNITY_NAME="x")["BID_CURRENCY"] == "USD"
