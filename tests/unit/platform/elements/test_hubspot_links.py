"""Associations of HubSpot: asked with records, by their own routes, and made, as HubSpot does."""

import pytest
from hubspot_call import OBJECTS, caller_of

from elements_local.start import Options, in_process

V3, V4 = "/crm/v3/associations", "/crm/v4/associations"
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}
PLAIN = {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}


@pytest.fixture(scope="module")
def call():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield caller_of(stack.workspace())


@pytest.fixture
def company(call):
    return call("POST", "/companies", {"properties": {"name": "Acme"}})[1]["id"]


@pytest.fixture
def contact(call, company):
    to = {
        "to": {"id": company},
        "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}],
    }
    return call("POST", "/contacts", {"properties": {"lastname": "King"}, "associations": [to]})[1]["id"]


@pytest.fixture
def alone(call):
    return call("POST", "/contacts", {"properties": {"lastname": "Byron"}})[1]["id"]


def ids(*several):
    return {"inputs": [{"id": each} for each in several]}


def pair(one, other, **types):
    return {"inputs": [{"from": {"id": one}, "to": {"id": other}, **types}]}


@pytest.mark.parametrize("query", ["companies,deals", "company&associations=0-3", "companies,tickets"])
def test_a_record_has_the_links_that_are_asked_for_one_for_each_label(call, contact, company, alone, query):
    read = call("GET", f"/contacts/{contact}?associations={query}")[1]
    listed = {
        each["id"]: each for each in call("GET", f"/contacts?limit=100&associations={query}")[1]["results"]
    }
    types = ["contact_to_company", "contact_to_company_unlabeled"]

    assert read["associations"] == {
        "companies": {"results": [{"id": company, "type": each} for each in types]}
    }
    assert listed[contact]["associations"] == read["associations"]
    assert "associations" not in listed[alone]
    assert "associations" not in call("GET", f"/contacts/{contact}")[1]


def test_a_link_keeps_the_dates_of_both_records(call, company, alone):
    before = [
        call("GET", f"/{path}")[1]["updatedAt"] for path in (f"contacts/{alone}", f"companies/{company}")
    ]
    call("PUT", f"/crm/v4/objects/contacts/{alone}/associations/default/companies/{company}")
    after = [
        call("GET", f"/{path}")[1]["updatedAt"] for path in (f"contacts/{alone}", f"companies/{company}")
    ]

    assert before == after


@pytest.mark.parametrize("path", ["/crm/v4/objects/contact", "/crm/objects/2026-03/contact"])
def test_a_list_of_v4_has_numbers_and_types(call, contact, company, alone, path):
    linked = {"toObjectId": int(company), "associationTypes": [PRIMARY, PLAIN]}

    assert call("GET", f"{path}/{contact}/associations/companies") == (200, {"results": [linked]})
    assert call("GET", f"{path}/{alone}/associations/0-2") == (200, {"results": []})
    assert call("GET", f"{path}/7/associations/companies")[0] == 404


def test_a_list_of_v4_goes_on_at_the_next_record(call, company):
    made = [call("POST", "/contacts", {"properties": {"lastname": "King"}})[1]["id"] for _ in range(3)]
    for each in made:
        call("PUT", f"/crm/v4/objects/contacts/{each}/associations/default/companies/{company}")
    path = f"/crm/v4/objects/companies/{company}/associations/contacts"
    first = call("GET", f"{path}?limit=2")[1]
    last = call("GET", f"{path}?limit=2&after={first['paging']['next']['after']}")[1]

    assert f"{path}?limit=2&after=" in first["paging"]["next"]["link"]
    assert [each["toObjectId"] for page in (first, last) for each in page["results"]] == sorted(
        map(int, made)
    )
    assert "paging" not in last


def test_a_batch_of_v4_reads_links_and_says_of_which_there_are_none(call, contact, company, alone):
    status, read = call("POST", f"{V4}/contact/companies/batch/read", ids(contact, int(alone)))
    linked = {"toObjectId": int(company), "associationTypes": [PRIMARY, PLAIN]}

    assert (status, read["status"], read["numErrors"]) == (207, "COMPLETE", 1)
    assert read["results"] == [{"from": {"id": contact}, "to": [linked]}]
    assert read["errors"][0]["message"] == f"No company is associated with contact {alone}."
    assert read["errors"][0]["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert read["errors"][0]["context"] == {
        "fromObjectId": [alone],
        "fromObjectType": ["contact"],
        "toObjectType": ["company"],
    }
    assert (
        call("POST", f"{V4}/contact/companies/batch/read", ids())[1]
        .keys()
        .isdisjoint({"errors", "numErrors"})
    )


@pytest.mark.parametrize("other", ["contacts", "line_items"])
def test_kinds_that_nothing_links_have_no_links(call, contact, other):
    status, read = call("POST", f"{V4}/contact/{other}/batch/read", ids(contact))

    assert (status, read["results"]) == (207, [])
    assert read["errors"][0]["message"] == f"No {other} is associated with contact {contact}."


def test_a_batch_of_v3_reads_links_of_ids_that_are_numbers(call, contact, company):
    status, read = call("POST", f"{V3}/company/contact/batch/read", ids(int(company)))
    to = [{"id": contact, "type": f"company_to_contact{more}"} for more in ("", "_unlabeled")]

    assert (status, read["results"]) == (200, [{"from": {"id": company}, "to": to}])


def test_a_batch_of_v3_makes_links_and_shows_both_ends(call, company, alone):
    asked = pair(alone, company, type="contact_to_company")
    status, made = call("POST", f"{V3}/contacts/companies/batch/create", asked)

    assert (status, made["results"]) == (
        201,
        [
            {"from": {"id": alone}, "to": {"id": company}, "type": "contact_to_company"},
            {"from": {"id": company}, "to": {"id": alone}, "type": "company_to_contact"},
        ],
    )


def test_a_batch_of_v4_makes_links_and_says_what_is_no_id(call, company, alone):
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number} for number in (1, 279)]
    inputs = [*pair(alone, company, types=types)["inputs"], *pair("x", company, types=types[:1])["inputs"]]
    status, made = call("POST", f"{V4}/contacts/companies/batch/create", {"inputs": inputs})

    assert (status, made["numErrors"], made["errors"][0]["message"]) == (207, 1, "x is not a valid ID")
    assert made["errors"][0]["subCategory"] == "crm.associations.INVALID_IDENTIFIER"
    assert made["results"][0] == {
        "fromObjectTypeId": "0-1",
        "fromObjectId": int(alone),
        "toObjectTypeId": "0-2",
        "toObjectId": int(company),
        "labels": ["Primary"],
    }


def test_a_default_link_is_shown_from_both_ends(call, company, alone):
    status, made = call("PUT", f"/crm/v4/objects/contact/{alone}/associations/default/company/{company}")

    assert (status, [each["associationSpec"]["associationTypeId"] for each in made["results"]]) == (
        200,
        [279, 280],
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/crm/v4/objects/contacts/{contact}/associations/companies/{company}", None),
        (
            "POST",
            f"{V4}/companies/contacts/batch/archive",
            {"inputs": [{"from": {"id": "{company}"}, "to": [{"id": "{contact}"}]}]},
        ),
        ("DELETE", f"{OBJECTS}/companies/{{company}}", None),
    ],
)
def test_links_are_removed_at_both_ends(call, contact, company, method, path, body):
    named = {"contact": contact, "company": company}
    if body:
        body = {"inputs": [{"from": {"id": company}, "to": [{"id": contact}]}]}

    assert call(method, path.format(**named), body) == (204, None)
    assert "associations" not in call("GET", f"/contacts/{contact}?associations=companies")[1]


def test_one_label_is_removed_and_the_link_stays(call, contact, company):
    call(
        "POST",
        f"{V4}/contacts/companies/batch/labels/archive",
        pair(contact, company, types=[{"associationTypeId": 1}]),
    )

    listed = call("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies")[1]["results"]
    assert listed[0]["associationTypes"] == [PLAIN]


@pytest.mark.parametrize(
    ("links", "status"),
    [
        ([{"to": {"id": "7"}, "types": [{"associationTypeId": 279}]}], 400),
        ([{"to": {"id": "{company}"}, "types": [{"associationTypeId": 279}]}], 400),
        ([{"to": {"id": "{company}"}}], 400),
        ("none", 400),
        ([], 201),
        (None, 201),
    ],
)
def test_a_record_is_not_made_without_its_links(call, company, links, status):
    for each in links if isinstance(links, list) else []:
        each["to"]["id"] = each["to"]["id"].format(company=company)
    count = len(call("GET", "/deals?limit=100")[1]["results"])
    made, _ = call("POST", "/deals", {"properties": {"dealname": "x"}, "associations": links})

    assert (made, len(call("GET", "/deals?limit=100")[1]["results"]) - count) == (status, int(status == 201))


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        (f"{V4}/contacts/contacts/batch/create", {}, 400, "contacts and contacts cannot be linked"),
        (f"{V4}/contacts/widgets/batch/read", {}, 400, "Unable to infer object type from: widgets"),
        (
            f"{V3}/contacts/companies/batch/create",
            pair("1", "2", type="x"),
            400,
            "contacts and companies have no link of the type 'x'",
        ),
        (
            f"{V4}/contacts/companies/batch/read",
            {"inputs": [{}]},
            400,
            "an id is a text or a number; got 'None'",
        ),
        (f"{V4}/contacts/companies/batch/read", {"inputs": 1}, 400, "inputs must be a list"),
    ],
)
def test_what_cannot_be_linked_is_refused(call, path, body, status, message):
    answered, said = call("POST", path, body)

    assert (answered, said["message"]) == (status, message)


def test_links_to_an_unknown_kind_are_refused(call, contact):
    assert call("GET", f"/contacts/{contact}?associations=widgets")[0] == 400


def test_a_thousand_records_are_read_at_once_and_no_more(call, contact):
    path = f"{V4}/contacts/companies/batch/read"
    status, body = call("POST", path, ids(*map(str, range(1001))))

    assert (status, body["category"], body["message"]) == (
        400,
        "VALIDATION_ERROR",
        "there are at most 1000 inputs; got 1001",
    )
    assert call("POST", path, ids(contact, *map(str, range(999))))[0] == 207


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
def test_dated_paths_list_associations(call, contact, company, version):
    listed = call("GET", f"/crm/objects/{version}/contacts/{contact}/associations/companies")[1]

    assert [each["toObjectId"] for each in listed["results"]] == [int(company)]
