"""What HubSpot's fake refuses of what is written and searched, in HubSpot's words, and what its searches find."""

import json

import pytest

from elements_local.start import Options, in_process
from tests.support.each_row import each_row
from tests.support.hubspot_call import caller_of


@pytest.fixture(scope="module")
def call():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield caller_of(stack.workspace())


@pytest.fixture(scope="module")
def deals(call):
    """Make three deals, of which the first is linked to a contact, and return a function that finds some by their names."""
    contact = call("POST", "/contacts", {"properties": {"lastname": "King"}})[1]["id"]
    linked = [{"to": {"id": contact}, "types": [{"associationTypeId": 3}]}]
    for name, amount, more in (
        ("One Two", 5, {"associations": linked}),
        ("Two", 100, {}),
        ("three", None, {}),
    ):
        call("POST", "/deals", {"properties": {"dealname": name, "amount": amount}, **more})

    def find(one):
        one = {name: contact if value == "the contact" else value for name, value in one.items()}
        body = {"filters": [one], "sorts": ["-createdate"]}
        status, found = call("POST", "/deals/search", body)
        return [each["properties"]["dealname"] for each in found["results"]] if status == 200 else found

    return find


WRITES = {
    "a property that HubSpot sets": (
        {"hs_lastmodifieddate": "1"},
        "READ_ONLY_VALUE",
        '"hs_lastmodifieddate" is a read only property; its value cannot be set.',
    ),
    "the id": (
        {"hs_object_id": "9"},
        "READ_ONLY_VALUE",
        '"hs_object_id" is a read only property; its value cannot be set.',
    ),
    "an option that is none": (
        {"dealstage": "won"},
        "INVALID_OPTION",
        (
            "won was not one of the allowed options: [appointmentscheduled, qualifiedtobuy, presentationscheduled, "
            "decisionmakerboughtin, contractsent, closedwon, closedlost]"
        ),
    ),
    "a property that is none": (
        {"dealnam": "x"},
        "PROPERTY_DOESNT_EXIST",
        'Property "dealnam" does not exist',
    ),
}


@each_row(("sent", "code", "said"), WRITES)
def test_what_cannot_be_written_is_refused_in_the_message_and_among_the_errors(call, sent, code, said):
    status, body = call("POST", "/deals", {"properties": {"dealname": "x", **sent}})
    (name,) = sent

    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert body["errors"] == [{"message": said, "code": code, "context": {"propertyName": [name]}}]
    prefix, _, found = body["message"].partition(": ")
    assert prefix == "Property values were not valid"
    assert json.loads(found) == [{"isValid": False, "message": said, "error": code, "name": name}]


def test_all_properties_that_are_refused_alike_are_named(call):
    body = call("POST", "/deals", {"properties": {"dealname": "x", "a": 1, "b": 2}})[1]

    assert [each["context"]["propertyName"] for each in body["errors"]] == [["a"], ["b"]]


def test_a_lifecycle_stage_goes_back_only_if_it_was_cleared(call):
    made = call("POST", "/contacts", {"properties": {"lastname": "King", "lifecyclestage": "customer"}})[1]

    def set_to(stage):
        body = {"properties": {"lifecyclestage": stage}}
        status, answered = call("PATCH", f"/contacts/{made['id']}", body)
        return status, answered.get("errors", [{}])[0].get("code")

    assert [set_to(each) for each in ("lead", "evangelist", "", "lead")] == [
        (400, "INVALID_OPTION"),
        (200, None),
        (200, None),
        (200, None),
    ]


def test_the_date_of_creation_is_not_written_and_not_refused(call):
    sent = {"properties": {"name": "x", "createdate": "2020-01-01T00:00:00Z"}}
    status, made = call("POST", "/companies", sent)

    assert (status, made["properties"]["createdate"][:4]) == (201, "2026")


@each_row(
    ("path", "status", "message"),
    {
        "an id of letters": ("/deals/abc", 404, "Object not found.  objectId are usually numeric."),
        "an id of nobody": ("/deals/7", 404, "resource not found"),
        "a kind by its id": ("/0-9999", 400, "Invalid object or event type id: 0-9999"),
        "a kind by its name": ("/widgets", 400, "Unable to infer object type from: widgets"),
    },
)
def test_what_is_not_there_is_refused(call, path, status, message):
    answered, body = call("GET", path)

    assert (answered, body["message"]) == (status, message)
    assert body.get("context") == ({"id": ["abc"]} if "abc" in path else None)


@each_row(
    ("one", "found"),
    {
        "EQ": ({"propertyName": "dealname", "operator": "EQ", "value": "two"}, ["Two"]),
        "EQ, a number": ({"propertyName": "amount", "operator": "EQ", "value": 5}, ["One Two"]),
        "NEQ": ({"propertyName": "dealname", "operator": "NEQ", "value": "two"}, ["three", "One Two"]),
        "LT": ({"propertyName": "amount", "operator": "LT", "value": 100}, ["One Two"]),
        "LTE": ({"propertyName": "amount", "operator": "LTE", "value": "100"}, ["Two", "One Two"]),
        "GT": ({"propertyName": "amount", "operator": "GT", "value": 5.0}, ["Two"]),
        "GTE": ({"propertyName": "createdate", "operator": "GTE", "value": 0}, ["three", "Two", "One Two"]),
        "BETWEEN": (
            {"propertyName": "amount", "operator": "BETWEEN", "value": 4, "highValue": 6},
            ["One Two"],
        ),
        "IN": ({"propertyName": "dealname", "operator": "IN", "values": ["two", "three"]}, ["three", "Two"]),
        "NOT_IN": (
            {"propertyName": "dealname", "operator": "NOT_IN", "values": ["two", "three"]},
            ["One Two"],
        ),
        "HAS_PROPERTY": ({"propertyName": "amount", "operator": "HAS_PROPERTY"}, ["Two", "One Two"]),
        "NOT_HAS_PROPERTY": ({"propertyName": "amount", "operator": "NOT_HAS_PROPERTY"}, ["three"]),
        "CONTAINS_TOKEN": (
            {"propertyName": "dealname", "operator": "CONTAINS_TOKEN", "value": "tw*"},
            ["Two", "One Two"],
        ),
        "NOT_CONTAINS_TOKEN": (
            {"propertyName": "dealname", "operator": "NOT_CONTAINS_TOKEN", "value": "one"},
            ["three", "Two"],
        ),
        "links": (
            {"propertyName": "associations.contact", "operator": "EQ", "value": "the contact"},
            ["One Two"],
        ),
        "no links": (
            {"propertyName": "associations.contacts", "operator": "NOT_HAS_PROPERTY"},
            ["three", "Two"],
        ),
    },
)
def test_each_operator_finds_its_records(deals, one, found):
    assert deals({**one}) == found


@each_row(
    "body",
    {
        "an operator that is none": {"filters": [{"propertyName": "amount", "operator": "LIKE", "value": 1}]},
        "a value too many": {"filters": [{"propertyName": "amount", "operator": "HAS_PROPERTY", "value": 1}]},
        "no value": {"filters": [{"propertyName": "amount", "operator": "EQ"}]},
        "no upper bound": {"filters": [{"propertyName": "amount", "operator": "BETWEEN", "value": 1}]},
        "one value for several": {"filters": [{"propertyName": "amount", "operator": "IN", "value": 1}]},
        "a text for a number": {"filters": [{"propertyName": "amount", "operator": "GT", "value": "many"}]},
        "more links": {"filters": [{"propertyName": "associations.contact", "operator": "GT", "value": 1}]},
        "six groups": {"filterGroups": [{"filters": []}] * 6},
        "two sorts": {"sorts": ["amount", "dealname"]},
        "a long query": {"query": "x" * 3001},
        "more than two hundred": {"limit": 201},
    },
)
def test_a_search_that_cannot_be_carried_out_is_refused(call, body):
    status, answered = call("POST", "/deals/search", body)

    assert (status, answered["category"]) == (400, "VALIDATION_ERROR")


def test_a_query_of_the_largest_length_is_answered(call):
    assert call("POST", "/deals/search", {"query": "x" * 3000})[0] == 200
