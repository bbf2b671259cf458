"""What writes are refused, what else they stamp, and what only the vendor's own pages can do."""

import pytest

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])
USED = {
    "LeadSources": ("LEAD_SOURCE_ID", "Leads", {"LAST_NAME": "x"}, "LEAD_SOURCE_ID"),
    "LeadStatuses": ("LEAD_STATUS_ID", "Leads", {"LAST_NAME": "x"}, "LEAD_STATUS_ID"),
    "OpportunityCategories": ("CATEGORY_ID", "Opportunities", {"OPPORTUNITY_NAME": "x"}, "CATEGORY_ID"),
    "ProjectCategories": (
        "CATEGORY_ID",
        "Projects",
        {"PROJECT_NAME": "x", "STATUS": "DEFERRED"},
        "CATEGORY_ID",
    ),
    "TaskCategories": ("CATEGORY_ID", "Tasks", {"TITLE": "x"}, "CATEGORY_ID"),
}


@pytest.mark.parametrize("resource", USED)
def test_what_is_in_use_is_not_deleted(crm, resource):
    id_field, user, body, field = USED[resource]
    number = crm.shown(resource)[-1][id_field]
    crm.create(user, **body, **{field: number})

    said = crm.at("v2.2").refused(409, "DELETE", f"{resource}/{number}")

    assert said.endswith(f"with ID = {number} is in use: there are {user} with it")
    assert len([one for one in crm.shown(resource) if one[id_field] == number]) == 1


@both_versions
def test_a_category_is_deactivated_and_then_left_alone(crm, version):
    at = crm.at(version)
    category = at.shown("FileCategories")[0]
    path = f"FileCategories/{category['CATEGORY_ID']}"

    at.delete(path)

    assert at.shown(path) == {**category, "ACTIVE": False}
    assert at.refused(409, "DELETE", path).endswith("is deactivated")
    at.refused(409, "PUT", "FileCategories", json=category)


def test_the_last_lead_source_stays(crm):
    *others, last = [one["LEAD_SOURCE_ID"] for one in crm.shown("LeadSources")]
    for number in others:
        crm.delete(f"LeadSources?id={number}")

    assert crm.refused(409, "DELETE", f"LeadSources?id={last}").endswith("is the last one left")


def test_a_plan_allows_so_many_records(configured):
    crm = configured(record_limit=2)
    crm.create("Contacts", FIRST_NAME="Ada")
    lead = crm.create("Leads", LAST_NAME="x")

    assert (
        crm.refused(402, "POST", "Tasks", json={"TITLE": "x"}) == "The plan's limit of 2 records is reached"
    )
    assert crm.create("LeadSources", LEAD_SOURCE="x")
    crm.refused(402, "POST", f"Leads/{lead['LEAD_ID']}/Notes", json={"TITLE": "x"})
    crm.delete(f"Leads/{lead['LEAD_ID']}")
    assert crm.create("Tasks", TITLE="x")


@pytest.mark.parametrize("stamps", [False, True])
def test_a_new_link_stamps_the_other_side_if_that_is_wanted(configured, stamps):
    crm = configured(links_stamp_other_side=stamps)
    ada, bob = (crm.create("Contacts", FIRST_NAME=name) for name in ("Ada", "Bob"))
    crm.advance(minutes=1)

    crm.create(
        f"Contacts/{ada['CONTACT_ID']}/Links", LINK_OBJECT_NAME="Contact", LINK_OBJECT_ID=bob["CONTACT_ID"]
    )

    after = crm.shown(f"Contacts/{bob['CONTACT_ID']}")
    assert (after["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00") == stamps
    changed = [change["recordId"] for change in crm.changes("?kind=contacts&since=2026-03-02T10:01:00Z")]
    assert changed == [str(ada["CONTACT_ID"]), *([str(bob["CONTACT_ID"])] if stamps else [])]


@pytest.mark.parametrize("stamps", [False, True])
def test_a_task_stamps_what_it_hangs_on_if_that_is_wanted(configured, stamps):
    crm = configured(children_stamp_parent=stamps)
    project = crm.create("Projects", PROJECT_NAME="x", STATUS="DEFERRED")
    crm.advance(minutes=1)

    crm.create("Tasks", TITLE="x", PROJECT_ID=project["PROJECT_ID"])

    assert (crm.shown(f"Projects/{project['PROJECT_ID']}") != project) == stamps


@both_versions
def test_a_team_has_members(crm, version):
    at = crm.at(version)
    user = at.shown("Users/Me")["USER_ID"]
    team = at.create("Teams", TEAM_NAME="Sales", TEAMMEMBERS=[{"MEMBER_USER_ID": 5}])["TEAM_ID"]

    made = at.create("TeamMembers", TEAM_ID=team, MEMBER_USER_ID=user)

    assert at.create("TeamMembers", TEAM_ID=team, MEMBER_USER_ID=user) == made
    assert at.shown(f"TeamMembers/{made['PERMISSION_ID']}") == made
    assert [one["MEMBER_USER_ID"] for one in at.shown("TeamMembers")] == [5, user]
    assert at.shown(f"Teams/{team}")["TEAMMEMBERS"][1] == made
    at.delete(f"TeamMembers/{made['PERMISSION_ID']}")
    third = at.create(f"Teams/{team}/TeamMembers", MEMBER_USER_ID=user)
    assert third["TEAM_ID"] == team
    at.delete(f"Teams/{team}/TeamMembers/{third['PERMISSION_ID']}")
    assert [one["MEMBER_USER_ID"] for one in at.shown("TeamMembers")] == [5]
    at.refused(404, "DELETE", f"TeamMembers/{third['PERMISSION_ID']}")
    at.refused(400, "POST", "TeamMembers", json={"TEAM_ID": team})


def test_a_converted_lead_becomes_a_contact_an_organisation_and_an_opportunity(crm):
    lead = crm.create(
        "Leads", LAST_NAME="Lovelace", ORGANISATION_NAME="Acme", MOBILE="1", EMAIL="ada@acme.example"
    )
    crm.advance(minutes=1)

    after = crm._json("POST", f"/_local/leads/{lead['LEAD_ID']}/convert", 201, json={"opportunity": "Engine"})

    assert (after["CONVERTED"], after["CONVERTED_DATE_UTC"]) == (True, "2026-03-02 10:01:00")
    contact = crm.shown(f"Contacts/{after['CONVERTED_CONTACT_ID']}")
    assert (contact["LAST_NAME"], contact["PHONE_MOBILE"], contact["EMAIL_ADDRESS"]) == (
        "Lovelace",
        "1",
        "ada@acme.example",
    )
    assert contact["ORGANISATION_ID"] == after["CONVERTED_ORGANISATION_ID"]
    deal = crm.shown(f"Opportunities/{after['CONVERTED_OPPORTUNITY_ID']}")
    assert (deal["OPPORTUNITY_NAME"], deal["LINKS"][0]["LINK_OBJECT_ID"]) == ("Engine", contact["CONTACT_ID"])
    assert [change["resource"] for change in crm.changes("?since=2026-03-02T10:01:00Z")] == [
        "Organisations",
        "Contacts",
        "Opportunities",
        "Leads",
    ]
    crm.refused(409, "POST", f"/_local/leads/{lead['LEAD_ID']}/convert")


def test_v2_2_hides_converted_leads_unless_asked(crm):
    ids = [crm.create("Leads", LAST_NAME=name)["LEAD_ID"] for name in "abc"]
    crm._json("POST", f"/_local/leads/{ids[1]}/convert", 201)
    v22 = crm.at("v2.2")

    def listed(caller, query):
        return [one["LEAD_ID"] for one in caller.shown(f"Leads{query}")]

    assert listed(v22, "") == [ids[0], ids[2]]
    assert listed(v22, "/Search?updated_after_utc=2026-01-01") == [ids[0], ids[2]]
    assert listed(v22, "?include_converted=true") == ids
    assert listed(v22, "?top=1&skip=1") == [ids[2]]
    assert v22.total("Leads?count_total=true") == 2
    assert listed(crm, "") == listed(crm, "/Search") == ids


@both_versions
def test_the_status_of_converted_leads_is_hidden_unless_asked_for(crm, version):
    names = [one["LEAD_STATUS"] for one in crm.at(version).shown("LeadStatuses")]

    assert names == ["NotContacted", "AttemptedContact", "Contacted", "Disqualified"]
    assert len(crm.at(version).shown("LeadStatuses?include_converted=true")) == 5


def test_an_e_mail_comes_in(crm):
    contact = crm.create("Contacts", FIRST_NAME="Ada")["CONTACT_ID"]
    link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": contact}
    fields = {"SUBJECT": "Hello", "EMAIL_FROM": "a@b.example", "BODY": "x", "LINKS": [link]}

    made = crm._json("POST", "/_local/records", 201, json={"resource": "emails", "fields": fields})

    for version in ("v2.2", "v3.1"):
        (shown,) = crm.at(version).shown(f"Contacts/{contact}/Emails")
        assert (shown["EMAIL_ID"], shown["SUBJECT"]) == (made["EMAIL_ID"], "Hello")
    assert crm.at("v2.2").shown("Emails/Search?email_from=a@b.example")
    assert crm.create(f"Emails/{made['EMAIL_ID']}/Tags", TAG_NAME="x") == {"TAG_NAME": "x"}
    assert crm.shown("Emails/SearchByTag?tagName=x")
    assert [change["resource"] for change in crm.changes()] == ["Contacts", "Emails", "Emails"]
    crm.refused(400, "POST", "/_local/records", json={"resource": "x"})
    crm.refused(400, "POST", "/_local/records", json={"resource": "emails", "fields": {"SIZE": "x"}})


@pytest.mark.assumed
def test_a_deleted_record_is_restored_under_its_id(crm):
    made = crm.create("Contacts", FIRST_NAME="Ada", LINKS=[{"LINK_OBJECT_NAME": "Lead", "LINK_OBJECT_ID": 5}])
    other = crm.create("Contacts", FIRST_NAME="Bob")
    crm.delete(f"Contacts/{made['CONTACT_ID']}")
    crm.advance(minutes=1)
    asked = {"resource": "Contacts", "recordId": made["CONTACT_ID"]}

    crm._json("POST", "/_local/restore", 201, json=asked)

    assert crm.shown("Contacts") == [{**made, "DATE_UPDATED_UTC": "2026-03-02 10:01:00"}, other]
    assert crm.total("Contacts?count_total=true") == 2
    assert crm.shown("Contacts?skip=1") == [other]
    crm.refused(404, "POST", "/_local/restore", json=asked)
    crm.refused(400, "POST", "/_local/restore", json={"resource": "Contacts"})


def test_custom_fields_have_an_id_on_v2_2_and_a_name_on_v3_1(crm):
    made = crm.create(
        "Contacts", FIRST_NAME="A", CUSTOMFIELDS=[{"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "x"}]
    )
    path = f"Contacts/{made['CONTACT_ID']}"

    shown = crm.at("v2.2").shown(path)
    assert shown["CUSTOMFIELDS"] == [{"CUSTOM_FIELD_ID": "CONTACT_FIELD_1", "FIELD_VALUE": "x"}]
    crm.at("v2.2").update(f"{path}/CustomFields", CUSTOM_FIELD_ID="CONTACT_FIELD_1", FIELD_VALUE="y")
    assert crm.shown(path)["CUSTOMFIELDS"] == [
        {"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "y", "CUSTOM_FIELD_ID": "Hobby__c"}
    ]
