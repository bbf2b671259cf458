"""Methods that a path does not take, and ids that no record could have."""

import pytest

VERSIONS = ("v2.2", "v3.1")
TOO_LARGE = 2**63


def allowed(crm, method, path):
    reply = crm.send(method, path)
    assert reply.status == 405
    return {*reply.headers["Allow"].replace(" ", "").split(",")} - {"HEAD"}


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH"])
@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("Contacts", {"GET", "POST", "PUT"}),
        ("Contacts/5", {"GET", "PUT", "DELETE"}),
        ("Contacts/Search", {"GET"}),
        ("Contacts/SearchByTag", {"GET"}),
        ("Contacts/5/Tags", {"GET", "POST", "PUT", "DELETE"}),
        ("Contacts/5/Links/6", {"DELETE"}),
        ("Contacts/5/Follow", {"GET", "POST", "DELETE"}),
        ("LeadSources", {"GET", "POST", "PUT", "DELETE"}),
        ("Countries", {"GET"}),
        ("Pipelines/5", {"GET"}),
        ("Users/Me", {"GET"}),
        ("Tags", {"GET"}),
        ("TeamMembers", {"GET", "POST"}),
        ("CustomFields/Contacts", {"GET"}),
        ("Fruit__c", {"GET", "POST", "PUT"}),
    ],
)
def test_a_refusal_tells_which_methods_a_path_takes(crm, method, path, methods):
    assert allowed(crm, method, path) == methods


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("PUT", "Tags", {"GET"}),
        ("GET", "LeadSources/5", {"PUT"}),
        ("PUT", "FileAttachments/5", {"GET", "DELETE"}),
        ("PUT", "TeamMembers", {"GET", "POST"}),
        ("DELETE", "Users/Me", {"GET"}),
        ("PUT", "Contacts/Search", {"GET"}),
    ],
)
def test_a_method_that_a_path_lacks_is_refused_with_those_it_has(crm, method, path, methods):
    assert allowed(crm, method, path) == methods


def test_versions_take_different_methods(crm):
    assert allowed(crm.at("v2.2"), "OPTIONS", "Contacts/5/Tags") == {"POST"}
    assert allowed(crm.at("v2.2"), "OPTIONS", "Contacts/5/Tags/x") == {"DELETE"}


@pytest.mark.parametrize("path", ["Nothing", "Nothing/5", "Contacts/5/Nothing"])
def test_a_path_that_leads_nowhere_leads_nowhere_for_every_method(crm, path):
    assert crm.send("OPTIONS", path).status == 404


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("record_id", [TOO_LARGE, 10**30, "9" * 4000])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_that_is_larger_than_any_is_that_of_no_record(crm, version, method, record_id):
    body = {"json": {"FIRST_NAME": "Ada"}} if method == "PUT" else {}

    words = crm.at(version).refused(404, method, f"Contacts/{record_id}", **body)

    assert words == f"No Contact with ID = {record_id}"


@pytest.mark.parametrize("path", [f"Contacts/{TOO_LARGE}/Notes", f"FileAttachments/{TOO_LARGE}"])
def test_what_hangs_below_it_is_not_there_either(crm, path):
    assert crm.send("GET", path).status == 404


def test_no_record_gets_no_image(crm):
    reply = crm.send("PUT", f"Contacts/{TOO_LARGE}/Image/a.png", body=b"png")

    assert reply.status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_that_is_no_number_is_that_of_no_record(crm, method):
    assert "x" in crm.refused(404, method, "Contacts/x", json={"FIRST_NAME": "Ada"})


@pytest.mark.assumed
@pytest.mark.parametrize("version", ["v2.2", "v3.1"])
@pytest.mark.parametrize(
    ("resource", "field"),
    [
        ("Contacts", "VISIBLE_TO"),
        ("Opportunities", "OPPORTUNITY_STATE"),
        ("Opportunities", "BID_TYPE"),
        ("Tasks", "STATUS"),
        ("Projects", "STATUS"),
    ],
)
def test_a_word_that_a_field_does_not_have_is_refused(crm, version, resource, field):
    at = crm.at(version)
    body = {"FIRST_NAME": "x", "OPPORTUNITY_NAME": "x", "OPPORTUNITY_STATE": "Open", "PROJECT_NAME": "x"}
    body |= {"TITLE": "x", "COMPLETED": False, "PUBLICLY_VISIBLE": True, "STATUS": "DEFERRED"}

    reply = at.send("POST", resource, json={**body, field: "Whatever"})

    assert (reply.status, f"{field} must be one of ".encode() in reply.body) == (400, True)
    assert at.shown(resource) == []
    at.create(resource, **body)
