"""What records choose from: lists that nobody changes, and those that an account may change."""

import pytest

both_versions = pytest.mark.parametrize("version", ["v2.2", "v3.1"])


@both_versions
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Countries", "COUNTRY_NAME"),
        ("Currencies", "CURRENCY_CODE CURRENCY_SYMBOL"),
        ("Pipelines", "PIPELINE_ID PIPELINE_NAME FOR_OPPORTUNITIES FOR_PROJECTS OWNER_USER_ID"),
        ("PipelineStages", "PIPELINE_ID STAGE_ID STAGE_NAME STAGE_ORDER ACTIVITYSET_ID OWNER_USER_ID"),
        ("OpportunityStateReasons", "STATE_REASON_ID STATE_REASON FOR_OPPORTUNITY_STATE"),
        (
            "Relationships",
            "RELATIONSHIP_ID FORWARD_TITLE FORWARD REVERSE_TITLE REVERSE FOR_CONTACTS FOR_ORGANISATIONS",
        ),
        ("LeadSources", "FIELD_ORDER LEAD_SOURCE DEFAULT_VALUE LEAD_SOURCE_ID"),
        ("LeadStatuses", "LEAD_STATUS_ID LEAD_STATUS DEFAULT_STATUS STATUS_TYPE FIELD_ORDER"),
        ("FileCategories", "CATEGORY_ID CATEGORY_NAME ACTIVE BACKGROUND_COLOR"),
        ("OpportunityCategories", "CATEGORY_ID CATEGORY_NAME ACTIVE BACKGROUND_COLOR"),
        ("ProjectCategories", "CATEGORY_ID CATEGORY_NAME ACTIVE BACKGROUND_COLOR"),
        ("TaskCategories", "CATEGORY_ID CATEGORY_NAME ACTIVE BACKGROUND_COLOR"),
    ],
)
def test_a_list_shows_its_keys_in_order(crm, version, name, keys):
    shown = crm.at(version).shown(name)

    assert shown
    assert {tuple(one) for one in shown} == {tuple(keys.split())}


@both_versions
def test_there_are_as_many_countries_and_currencies_as_the_vendor_has(crm, version):
    assert len(crm.at(version).shown("Countries?top=5")) == 241
    assert len(crm.at(version).shown("Currencies")) == 73
    assert {"COUNTRY_NAME": "United States"} in crm.at(version).shown("Countries")


@both_versions
def test_short_lists_are_paged_and_counted(crm, version):
    stages = crm.at(version).shown("PipelineStages")

    assert crm.at(version).shown("PipelineStages?skip=1&top=2") == stages[1:3]
    assert crm.at(version).total("PipelineStages?top=1&count_total=true") == len(stages) == 7


@both_versions
@pytest.mark.parametrize(("name", "key"), [("Pipelines", "PIPELINE_ID"), ("PipelineStages", "STAGE_ID")])
def test_one_entry_can_be_asked_for(crm, version, name, key):
    entry = crm.at(version).shown(name)[-1]

    assert crm.at(version).shown(f"{name}/{entry[key]}") == entry
    assert crm.at(version).refused(404, "GET", f"{name}/5") == f'{name} has nothing that is called "5"'


@both_versions
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("name", ["Countries", "Pipelines", "Instance", "Permissions"])
def test_what_the_vendor_keeps_nobody_changes(crm, version, method, name):
    crm.at(version).refused(405, method, name, json={})
    crm.at(version).refused(405, "GET", f"{name}/search")


@both_versions
def test_the_instance_and_the_rights_are_one_object_each(crm, version):
    assert list(crm.at(version).shown("Instance"))[:3] == ["INSTANCE_NAME", "INSTANCE_SUBDOMAIN", "PLAN_NAME"]
    assert "NEW_USER_EXPERIENCE_ENABLED" in crm.shown("Instance")
    rights = crm.at(version).shown("Permissions")["OBJECT_PERMISSIONS"]
    assert all(one["CAN_DELETE"] for one in rights)


def test_custom_fields_of_v3_1_belong_to_a_kind_of_record(crm):
    fields = crm.shown("CustomFields/Contacts")

    assert fields == crm.shown("customfields/contact")
    assert {one["FIELD_FOR"] for one in fields} == {"CONTACT"}
    interests = next(one for one in fields if one["FIELD_NAME"] == "Interests__c")
    assert [one["OPTION_VALUE"] for one in interests["CUSTOM_FIELD_OPTIONS"]] == ["Music", "Sports", "Travel"]
    assert crm.shown("CustomFields/Contact/Search?fieldName=interests__c") == interests
    assert len(interests) == 12
    assert "fieldName" in crm.refused(400, "GET", "CustomFields/Contact/Search?fieldName=+")
    assert "Colour__c" in crm.refused(404, "GET", "CustomFields/Contact/Search?fieldName=Colour__c")
    assert {one["FIELD_FOR"] for one in crm.shown("CustomFields/Fruit__c")} == {"FRUIT__C"}
    assert len(crm.shown("CustomFields/Nothing")) > len(fields)
    assert crm.send("GET", "CustomFields").status == 404


def test_custom_fields_of_v2_2_are_one_list(crm):
    fields = crm.at("v2.2").shown("CustomFields")

    assert fields[0]["CUSTOM_FIELD_ID"] == "CONTACT_FIELD_1"
    assert crm.at("v2.2").shown("CustomFields/contact_field_1") == fields[0]


def test_a_tag_list_has_the_tags_of_one_kind_of_record(crm):
    crm.create("Contacts", FIRST_NAME="Ada", TAGS=[{"TAG_NAME": "b"}, {"TAG_NAME": "A"}])
    crm.create("Contacts", FIRST_NAME="Bob", TAGS=[{"TAG_NAME": "b"}])
    crm.create("Leads", LAST_NAME="Bob", TAGS=[{"TAG_NAME": "c"}])

    for version in ("v2.2", "v3.1"):
        for word in ("contacts", "Contact"):
            shown = crm.at(version).shown(f"Tags?record_type={word}")
            assert shown == [{"TAG_NAME": "A"}, {"TAG_NAME": "b"}]
    assert crm.at("v2.2").shown("Tags")[-1] == {"TAG_NAME": "c"}
    assert crm.refused(400, "GET", "Tags").startswith("record_type is required")


def test_new_leads_come_from_the_default_source(crm):
    lead = crm.create("Leads", LAST_NAME="x")

    (default,) = [one for one in crm.shown("LeadSources") if one["DEFAULT_VALUE"]]
    (status,) = [one for one in crm.shown("LeadStatuses") if one["DEFAULT_STATUS"]]
    assert lead["LEAD_SOURCE_ID"] == default["LEAD_SOURCE_ID"]
    assert lead["LEAD_STATUS_ID"] == status["LEAD_STATUS_ID"]


@both_versions
def test_lead_sources_come_in_their_own_order(crm, version):
    late = crm.at(version).create("LeadSources", LEAD_SOURCE="Late")
    early = crm.at(version).create("LeadSources", LEAD_SOURCE="Early", FIELD_ORDER=1)

    names = [one["LEAD_SOURCE"] for one in crm.at(version).shown("LeadSources")]

    assert names[:2] == ["Web", "Early"]
    assert names[-1] == "Late"
    assert late["LEAD_SOURCE_ID"] + 1 == early["LEAD_SOURCE_ID"]


def test_a_lead_source_is_deleted_by_path_on_v2_2_and_by_query_on_v3_1(crm):
    first, second = (crm.create("LeadSources", LEAD_SOURCE=name)["LEAD_SOURCE_ID"] for name in "ab")

    crm.at("v2.2").delete(f"LeadSources/{first}")
    crm.delete(f"LeadSources?id={second}")

    assert len(crm.shown("LeadSources")) == 5
    crm.refused(405, "DELETE", f"LeadSources/{first}")
    crm.refused(405, "GET", f"LeadSources/{first}")
    crm.refused(404, "DELETE", f"LeadSources?id={second}")
    assert crm.refused(400, "DELETE", "LeadSources").startswith("id is required")


def test_the_four_sorts_of_category_share_their_numbers(crm):
    ids = [
        crm.create(f"{sort}Categories", CATEGORY_NAME="x")["CATEGORY_ID"]
        for sort in ("File", "Opportunity", "Project", "Task", "File")
    ]

    assert ids == list(range(ids[0], ids[0] + 5))
    listed = [one["CATEGORY_ID"] for one in crm.shown("FileCategories")]
    assert listed[-2:] == [ids[0], ids[4]]
    assert crm.shown("FileCategories?skip=4") == crm.shown("FileCategories")[4:]


def test_what_an_account_has_from_the_start_is_no_change(crm):
    crm.shown("LeadSources")

    assert crm.changes() == []


@both_versions
def test_sets_of_activities_are_shown_without_them_if_brief(crm, version):
    (whole,) = crm.at(version).shown("ActivitySets")
    (brief,) = crm.at(version).shown("ActivitySets?brief=true")

    assert brief == {name: value for name, value in whole.items() if name != "ACTIVITIES"} != whole


def test_the_first_source_of_leads_is_web_and_not_the_default_one(crm):
    sources = crm.at("v2.2").shown("LeadSources")

    assert [*sources[0].items()][:3] == [("FIELD_ORDER", 1), ("LEAD_SOURCE", "Web"), ("DEFAULT_VALUE", False)]
    assert [one["DEFAULT_VALUE"] for one in sources].count(True) == 1
