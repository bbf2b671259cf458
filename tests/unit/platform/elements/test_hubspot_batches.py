"""Batches of HubSpot: whole, or 207 with what could not be done, as HubSpot does; what is refused changes nothing."""

import pytest
from hubspot_call import OBJECTS, caller_of

from elements_local.start import Options, in_process

INVALID = {"email": "no address"}


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm",))) as started:
        yield started


@pytest.fixture
def call(stack):
    return caller_of(stack.new_workspace(seed=7))


@pytest.fixture
def ada(call):
    return call("POST", "/contacts", {"properties": {"email": "ada@example.com", "lastname": "King"}})[1][
        "id"
    ]


def batch(call, action, *inputs, kind="contacts", **more):
    return call("POST", f"/{kind}/batch/{action}", {"inputs": [*inputs], **more})


def contacts(call):
    return {each["id"]: each["properties"] for each in call("GET", "/contacts?limit=100")[1]["results"]}


def test_a_batch_is_complete_with_its_times(call, ada):
    status, read = batch(call, "read", {"id": int(ada)}, properties=["lastname"])

    assert (status, [*read]) == (200, ["status", "results", "startedAt", "completedAt"])
    assert (read["status"], read["results"][0]["properties"]["lastname"]) == ("COMPLETE", "King")


@pytest.mark.parametrize("action", ["read", "create", "update", "upsert"])
@pytest.mark.parametrize("body", [{}, {"inputs": []}, None])
def test_a_batch_of_nothing_is_complete(call, action, body):
    status, answered = call("POST", f"/contacts/batch/{action}", body)

    assert (status, answered["status"], answered["results"]) == (200, "COMPLETE", [])


def test_what_is_not_there_is_named_and_the_rest_is_read(call, ada):
    status, read = batch(call, "read", {"id": "9"}, {"id": ada}, {"id": "8"})

    assert (status, [each["id"] for each in read["results"]], read["numErrors"]) == (207, [ada], 1)
    assert read["errors"] == [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
            "context": {"ids": ["9", "8"]},
        }
    ]


def test_contacts_are_read_by_their_address(call, ada):
    status, read = batch(call, "read", {"id": "ADA@example.com"}, idProperty="email")

    assert (status, [each["id"] for each in read["results"]]) == (200, [ada])
    assert call("GET", "/contacts/ada@example.com?idProperty=email")[1]["id"] == ada
    assert (
        call("PATCH", "/contacts/ada@example.com?idProperty=email", {"properties": {"lastname": "B"}})[0]
        == 200
    )
    assert batch(call, "read", {"id": "King"}, idProperty="lastname")[0] == 400


@pytest.mark.parametrize(
    "bad",
    [{"properties": {"email": "ada@example.com"}}, {"properties": INVALID}, {"properties": {"nmae": 1}}],
)
def test_one_bad_input_refuses_a_whole_batch_of_new_records(call, ada, bad):
    assert ada in contacts(call)
    before = contacts(call)
    status, refused = batch(call, "create", {"properties": {"lastname": "Byron"}}, bad)

    assert (status, contacts(call)) == (409 if "ada" in str(bad) else 400, before)
    if status == 409:
        assert refused["message"] == "Contact already exists"


def test_with_trace_ids_each_input_is_made_or_refused_alone(call, ada):
    status, made = batch(
        call,
        "create",
        {"properties": {"email": "ada@example.com"}, "objectWriteTraceId": "0"},
        {"properties": {"lastname": "Byron"}, "objectWriteTraceId": "1"},
        {"properties": INVALID, "objectWriteTraceId": "2"},
    )

    assert (status, made["numErrors"], [each["properties"]["lastname"] for each in made["results"]]) == (
        207,
        2,
        ["Byron"],
    )
    assert made["errors"][0] == {
        "status": "error",
        "category": "CONFLICT",
        "message": f"Contact already exists. Existing ID: {ada}",
        "context": {"objectWriteTraceId": ["0"], "existingId": [ada]},
    }
    assert made["errors"][1]["category"] == "VALIDATION_ERROR"
    assert made["errors"][1]["context"] == {"objectWriteTraceId": ["2"]}


def test_two_new_records_of_a_batch_cannot_have_one_address(call):
    twice = {"properties": {"email": "ada@example.com"}}

    assert (batch(call, "create", twice, twice)[0], contacts(call)) == (409, {})


def test_a_batch_changes_what_is_there_and_names_what_is_not(call, ada):
    status, changed = batch(
        call,
        "update",
        {"id": "9", "properties": {"lastname": "x"}},
        {"id": ada, "properties": {"lastname": "Byron"}},
    )

    assert (status, changed["errors"][0]["context"], contacts(call)[ada]["lastname"]) == (
        207,
        {"ids": ["9"]},
        "Byron",
    )


def test_a_bad_property_refuses_a_whole_batch_of_changes(call, ada):
    other = call("POST", "/contacts", {"properties": {"lastname": "Lace"}})[1]["id"]
    status, refused = batch(
        call, "update", {"id": ada, "properties": {"lastname": "Byron"}}, {"id": other, "properties": INVALID}
    )

    assert (status, refused["category"], contacts(call)[ada]["lastname"]) == (400, "VALIDATION_ERROR", "King")


def test_an_upsert_changes_or_makes_by_a_unique_property(call, ada):
    inputs = [
        {"id": each, "idProperty": "email", "properties": {"lastname": "Byron"}}
        for each in ("ada@example.com", "bob@example.com")
    ]
    status, done = batch(call, "upsert", *inputs)

    assert (status, [each["new"] for each in done["results"]]) == (200, [False, True])
    assert done["results"][0]["id"] == ada
    assert sorted(each["email"] for each in contacts(call).values()) == ["ada@example.com", "bob@example.com"]


@pytest.mark.parametrize(
    ("action", "inputs", "message"),
    [
        (
            "upsert",
            [{"id": "x", "idProperty": "lastname", "properties": {}}],
            "'lastname' is no unique field of contacts",
        ),
        ("update", [{"id": "9"}], "an input of the batch has no fields"),
        ("create", [{}], "an input of the batch has no fields"),
        ("read", [{}], "an input of the batch has no id"),
        ("read", [{"id": {}}], "an id is a text or a number; got '{}'"),
        ("read", [5], "each of inputs must be an object"),
        ("read", [{"id": "9"}, {"id": 9}], "Duplicate IDs found in batch input: [9]. IDs must be unique"),
        ("read", [{"id": f"{number}"} for number in range(101)], "a batch has at most 100 inputs; got 101"),
        (
            "archive",
            [{"id": f"{number}"} for number in range(101)],
            "a batch has at most 100 inputs; got 101",
        ),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(call, action, inputs, message):
    status, refused = batch(call, action, *inputs)

    assert (status, refused["message"], refused["category"]) == (400, message, "VALIDATION_ERROR")


def test_a_batch_archives_what_is_there(call, ada):
    assert batch(call, "archive", {"id": ada}, {"id": "9"}) == (204, None)
    assert contacts(call) == {}


def test_a_batch_makes_records_with_their_associations_or_none(call):
    company = call("POST", "/companies", {"properties": {"name": "Acme"}})[1]["id"]

    def linked(to):
        return {
            "properties": {"lastname": "King"},
            "associations": [{"to": {"id": to}, "types": [{"associationTypeId": 279}]}],
        }

    made = batch(call, "create", linked(company))[1]["results"][0]["id"]
    assert (
        call("GET", f"/contacts/{made}?associations=companies")[1]["associations"]["companies"]["results"][0][
            "id"
        ]
        == company
    )
    assert (batch(call, "create", linked(company), linked("7"))[0], [*contacts(call)]) == (400, [made])


def test_records_of_a_batch_have_one_date_and_are_logged_each(stack):
    clients = stack.new_workspace(seed=7)
    call = caller_of(clients)
    made = batch(call, "create", *({"properties": {"lastname": f"{n}"}} for n in range(3)))[1]["results"]
    logged = clients.fakes["hubspotcrm"].call("GET", "/_local/changes")["changes"]

    assert len({each["createdAt"] for each in made}) == 1
    assert [each["recordId"] for each in logged] == [each["id"] for each in made]


def test_batches_have_the_dated_paths(call, ada):
    assert (
        call(
            "POST",
            f"{OBJECTS.replace('v3/objects', 'objects/2026-03')}/contact/batch/read",
            {"inputs": [{"id": ada}]},
        )[0]
        == 200
    )
