"""Properties of HubSpot's records and their groups; and companies and deals as versions 1 and 2 show them."""

import pytest

from elements_local.start import Options, in_process
from tests.support.each_row import each_row
from tests.support.hubspot_call import caller_of

PROPERTIES = "/crm/v3/properties"


@pytest.fixture(scope="module")
def call():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield caller_of(stack.workspace())


def sent(name, **more):
    usual = {"label": "X", "type": "string", "fieldType": "text", "groupName": "dealinformation"}
    return {"name": name, **usual, "groupName": "dealsinformation", **more}


def test_a_property_of_its_own_is_written_searched_and_shown(call):
    status, made = call("POST", f"{PROPERTIES}/deals", sent("colour"))
    deal = call("POST", "/deals", {"properties": {"dealname": "x", "colour": "red"}})[1]
    found = call(
        "POST", "/deals/search", {"filters": [{"propertyName": "colour", "operator": "EQ", "value": "red"}]}
    )

    assert (status, made["hubspotDefined"], made["archived"], made["name"]) == (201, False, False, "colour")
    assert call("GET", f"{PROPERTIES}/0-3/colour")[1] == made
    assert call("GET", f"/deals/{deal['id']}?properties=colour")[1]["properties"]["colour"] == "red"
    assert [each["id"] for each in found[1]["results"]] == [deal["id"]]
    assert call("POST", "/contacts", {"properties": {"lastname": "x", "colour": "red"}})[0] == 400


def test_an_enumeration_of_its_own_takes_its_options_which_are_replaced_whole(call):
    options = [{"label": each, "value": each} for each in ("S", "M")]
    call("POST", f"{PROPERTIES}/deals", sent("size", type="enumeration", fieldType="select", options=options))

    def status(value):
        return call("POST", "/deals", {"properties": {"dealname": "x", "size": value}})[0]

    assert [status(each) for each in ("S", "L")] == [201, 400]
    call(
        "PATCH",
        f"{PROPERTIES}/deals/size",
        {"options": [{"label": "L", "value": "L"}], "hasUniqueValue": True},
    )
    assert [status(each) for each in ("S", "L")] == [400, 201]
    assert call("GET", f"{PROPERTIES}/deals/size")[1]["hasUniqueValue"] is False


def test_an_archived_property_is_gone_until_it_is_made_again(call):
    call("POST", f"{PROPERTIES}/deals", sent("old"))
    path = f"{PROPERTIES}/deals/old"

    assert call("DELETE", path) == (204, None)
    assert (call("GET", path)[0], call("DELETE", path)[0]) == (404, 404)
    assert call("GET", f"{path}?archived=true")[1]["archived"] is True
    gone = call("GET", f"{PROPERTIES}/deals?archived=true")[1]["results"]
    assert "old" in [each["name"] for each in gone]
    assert call("POST", "/deals", {"properties": {"dealname": "x", "old": "y"}})[0] == 400
    assert call("POST", f"{PROPERTIES}/deals", sent("old"))[0] == 201
    assert call("GET", path)[0] == 200


@each_row(
    ("method", "path", "body", "status", "category"),
    {
        "a name that is taken": ("POST", "deals", sent("amount"), 409, "OBJECT_ALREADY_EXISTS"),
        "a name with capitals": ("POST", "deals", sent("Amount"), 400, "VALIDATION_ERROR"),
        "no label": ("POST", "deals", {"name": "x"}, 400, "VALIDATION_ERROR"),
        "a type that is none": ("POST", "deals", sent("x", type="text"), 400, "VALIDATION_ERROR"),
        "a group that is none": ("POST", "deals", sent("x", groupName="none"), 400, "VALIDATION_ERROR"),
        "what is not there": ("GET", "deals/none", None, 404, "OBJECT_NOT_FOUND"),
        "one of HubSpot's own": ("DELETE", "deals/amount", None, 400, "VALIDATION_ERROR"),
        "a group that is not there": ("GET", "deals/groups/none", None, 404, "OBJECT_NOT_FOUND"),
        "a group that is there": (
            "POST",
            "deals/groups",
            {"name": "dealsinformation", "label": "x"},
            409,
            "OBJECT_ALREADY_EXISTS",
        ),
    },
)
def test_what_cannot_be_done_is_refused(call, method, path, body, status, category):
    answered, refused = call(method, f"{PROPERTIES}/{path}", body)

    assert (answered, refused["category"]) == (status, category)


def test_a_taken_name_is_refused_with_its_sub_category(call):
    body = call("POST", f"{PROPERTIES}/deals", sent("dealname"))[1]

    assert body["message"] == "A property named 'dealname' already exists."
    assert body["subCategory"] == "Properties.PROPERTY_WITH_NAME_EXISTS"


def test_several_properties_are_made_read_and_archived_at_once(call):
    status, made = call("POST", f"{PROPERTIES}/deals/batch/create", {"inputs": [sent("a1"), sent("amount")]})
    read = call(
        "POST",
        f"{PROPERTIES}/deals/batch/read",
        {"archived": False, "inputs": [{"name": "a1"}, {"name": "b1"}]},
    )
    gone = call("POST", f"{PROPERTIES}/deals/batch/archive", {"inputs": [{"name": "a1"}]})

    assert (status, [each["name"] for each in made["results"]]) == (207, ["a1"])
    assert made["errors"][0]["context"] == {"name": ["amount"]}
    assert (read[0], [each["name"] for each in read[1]["results"]]) == (207, ["a1"])
    assert (gone, call("GET", f"{PROPERTIES}/deals/a1")[0]) == ((204, None), 404)


def test_a_group_is_made_changed_and_archived(call):
    groups = f"{PROPERTIES}/contacts/groups"
    made = call("POST", groups, {"name": "ours", "label": "Ours"})
    changed = call("PATCH", f"{groups}/ours", {"label": "Their"})

    assert made == (201, {"archived": False, "name": "ours", "label": "Ours", "displayOrder": -1})
    assert (changed[1]["label"], call("GET", f"{groups}/ours")[1]["label"]) == ("Their", "Their")
    assert [each["name"] for each in call("GET", groups)[1]["results"]] == ["contactsinformation", "ours"]
    assert (call("DELETE", f"{groups}/ours")[0], call("GET", f"{groups}/ours")[0]) == (204, 404)


@pytest.mark.parametrize("kind", ["contacts", "companies", "deals"])
def test_the_thirty_properties_that_are_used_most_are_there(call, kind):
    status, listed = call("GET", f"{PROPERTIES}/{kind}")
    by_name = {each["name"]: each for each in listed["results"]}

    assert (status, len(by_name) >= 30) == (200, True)
    assert by_name["hs_object_source"]["modificationMetadata"]["readOnlyValue"] is True
    assert by_name["hubspot_owner_id"]["modificationMetadata"]["readOnlyValue"] is False


def test_calculated_properties_follow_from_others(call):
    made = call("POST", "/contacts", {"properties": {"lastname": "King"}})[1]
    full = [made["properties"]["hs_full_name_or_email"]]
    call("PATCH", f"/contacts/{made['id']}", {"properties": {"firstname": "Ada"}})
    read = call("GET", f"/contacts/{made['id']}?properties=hs_full_name_or_email,hs_all_contact_vids")[1][
        "properties"
    ]

    assert [*full, read["hs_full_name_or_email"]] == ["King", "Ada King"]
    assert (read["hs_all_contact_vids"], made["properties"]["num_notes"]) == (made["id"], "0")


def test_companies_of_v2_are_paged_by_their_ids(call):
    ids = sorted(
        int(call("POST", "/companies", {"properties": {"name": f"{each}"}})[1]["id"]) for each in range(5)
    )
    path = "/companies/v2/companies/paged?limit=2&properties=createdate&properties=hs_lastmodifieddate"
    pages = [call("GET", path)[1]]
    while pages[-1]["has-more"]:
        pages.append(call("GET", f"{path}&offset={pages[-1]['offset']}")[1])
    one = call("GET", f"/companies/v2/companies/{ids[0]}")[1]

    assert [each["companyId"] for page in pages for each in page["companies"]] == ids
    assert {*pages[0]["companies"][0]["properties"]} == {"createdate", "hs_lastmodifieddate"}
    modified = one["properties"]["hs_lastmodifieddate"]
    assert (modified["value"], one["properties"]["name"]["value"] in "01234") == (
        str(modified["timestamp"]),
        True,
    )


def test_deals_of_v1_have_their_associations(call):
    contact = call("POST", "/contacts", {"properties": {"lastname": "x"}})[1]["id"]
    linked = [{"to": {"id": contact}, "types": [{"associationTypeId": 3}]}]
    deal = call("POST", "/deals", {"properties": {"dealname": "v1"}, "associations": linked})[1]["id"]
    paged = call("GET", "/deals/v1/deal/paged?limit=100&includeAllProperties=True")[1]
    found = next(each for each in paged["deals"] if each["dealId"] == int(deal))

    assert (paged["hasMore"], found["associations"]["associatedVids"]) == (False, [int(contact)])
    assert found["properties"]["dealname"]["value"] == "v1"


@pytest.mark.parametrize(
    "path", ["/companies/v2/properties", "/deals/v1/properties", "/properties/v1/deals/properties"]
)
def test_older_properties_have_flat_keys(call, path):
    first = call("GET", path)[1][0]

    assert (first["deleted"], first["hubspotDefined"], "modificationMetadata" in first) == (
        False,
        True,
        False,
    )
