"""What HubSpot's fake has of the past: archived records, former values, and records that were merged."""

import pytest

from elements_local.start import Options, in_process
from tests.support.hubspot_call import caller_of


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield stack


@pytest.fixture(scope="module")
def call(stack):
    return caller_of(stack.workspace())


def made(call, kind="contacts", **properties):
    return call("POST", f"/{kind}", {"properties": properties})[1]["id"]


def test_an_archived_record_is_read_where_it_is_asked_for(call):
    record_id = made(call, email="ada@example.com")
    updated = call("GET", f"/contacts/{record_id}")[1]["updatedAt"]
    call("DELETE", f"/contacts/{record_id}")

    status, read = call("GET", f"/contacts/{record_id}?archived=true")
    listed = call("GET", "/contacts?archived=True")[1]["results"]

    assert (status, read["archived"], read["updatedAt"]) == (200, True, updated)
    assert read["archivedAt"] >= updated
    assert (record_id, read["archivedAt"]) in [(each["id"], each["archivedAt"]) for each in listed]
    assert call("GET", f"/contacts/{record_id}")[0] == 404
    other = made(call, lastname="King")
    assert call("GET", f"/contacts/{other}?archived=true")[0] == 404
    assert "archivedAt" not in call("GET", f"/contacts/{other}?archived=false")[1]


def test_former_values_are_shown_newest_first(call):
    record_id = made(call, "deals", dealname="One", amount="5")
    changed = call("PATCH", f"/deals/{record_id}", {"properties": {"dealname": "Two"}})[1]
    read = call(
        "GET", f"/deals/{record_id}?propertiesWithHistory=dealname,amount&propertiesWithHistory=closedate"
    )[1]
    history = read["propertiesWithHistory"]

    assert [each["value"] for each in history["dealname"]] == ["Two", "One"]
    assert history["dealname"][0]["timestamp"] == changed["updatedAt"]
    assert history["dealname"][1]["timestamp"] == read["createdAt"]
    assert ([each["value"] for each in history["amount"]], history["closedate"]) == (["5"], [])


def test_histories_are_in_lists_of_fifty_and_batches_of_fifty(call):
    ids = [made(call, "companies", name=f"{number}") for number in range(51)]
    listed = call("GET", "/companies?propertiesWithHistory=name&limit=100")[1]
    asked = {"propertiesWithHistory": ["name"], "inputs": [{"id": each} for each in ids]}

    assert (len(listed["results"]), "paging" in listed) == (50, True)
    status, refused = call("POST", "/companies/batch/read", asked)
    assert (status, refused["message"].split(" is ")[1][:2]) == (400, "50")
    found = call("POST", "/companies/batch/read", {**asked, "inputs": asked["inputs"][:50]})[1]["results"]
    assert found[3]["propertiesWithHistory"]["name"][0]["value"] == "3"


def test_merged_records_are_one_that_both_old_ids_read(call):
    first, other = made(call, email="a@example.com"), made(call, email="b@example.com", city="Paris")
    company = made(call, "companies", name="Acme")
    call("PUT", f"/crm/v4/objects/contacts/{other}/associations/default/companies/{company}")

    status, merged = call(
        "POST", "/contacts/merge", {"primaryObjectId": first, "objectIdToMerge": int(other)}
    )
    read = [call("GET", f"/contacts/{each}?associations=companies")[1] for each in (first, other)]

    assert (status, merged["id"] in {first, other}) == (200, False)
    assert (merged["properties"]["email"], merged["properties"]["city"]) == ("a@example.com", "Paris")
    assert merged["properties"]["hs_merged_object_ids"] == f"{first};{other}"
    assert [each["id"] for each in read] == [merged["id"]] * 2
    assert read[0]["associations"]["companies"]["results"][0]["id"] == company
    listed = [each["id"] for each in call("GET", "/contacts?limit=100")[1]["results"]]
    assert (merged["id"] in listed, {first, other} & {*listed}) == (True, set())


def test_an_old_id_is_good_for_a_change_but_not_in_a_batch_of_changes(call):
    first, other = made(call, lastname="A"), made(call, lastname="B")
    merged = call("POST", "/contacts/merge", {"primaryObjectId": first, "objectIdToMerge": other})[1]["id"]
    again = call(
        "POST", "/contacts/merge", {"primaryObjectId": merged, "objectIdToMerge": made(call, lastname="C")}
    )

    changed = call("PATCH", f"/contacts/{other}", {"properties": {"city": "Rome"}})[1]
    body = {"inputs": [{"id": other, "properties": {"city": "Oslo"}}]}
    assert (changed["id"], call("POST", "/contacts/batch/update", body)[0]) == (again[1]["id"], 207)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"primaryObjectId": "1", "objectIdToMerge": "2"}, 404),
        ({"primaryObjectId": "1"}, 400),
        ({"primaryObjectId": "self", "objectIdToMerge": "self"}, 400),
    ],
)
def test_what_cannot_be_merged_is_refused(call, body, status):
    own = made(call, lastname="A")
    sent = {name: own if value == "self" else value for name, value in body.items()}

    assert call("POST", "/contacts/merge", sent)[0] == status
    assert call("GET", f"/contacts/{own}")[0] == 200
