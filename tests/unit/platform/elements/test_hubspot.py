"""HubSpot's own ways: what a record looks like, what becomes of what is written, and what there is not."""

from dataclasses import replace

import pytest

from elements_local.clients.guide import instance_body
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

OBJECTS = "/crm/v3/objects"
ROOTS = ("/crm/", "/crm-", "/deals/v1", "/properties/", "/account-info/", "/integrations/")


@pytest.fixture(scope="module")
def clients():
    with in_process(Options(vendors=("hubspotcrm",))) as stack:
        yield stack.workspace()


@pytest.fixture(scope="module")
def instance(clients):
    return clients.platform.create_instance(instance_body(clients.credentials, element="hubspotcrm"))


@pytest.fixture(scope="module")
def call(clients):
    """Return a function that calls the fake with a token, and returns status and body."""
    token = clients.credentials.crms["hubspotcrm"]["credentials"]["access.token"]
    vendor = replace(clients.fakes["hubspotcrm"], headers={"Authorization": f"Bearer {token}"})

    def send(method, path, **properties):
        body = {"json": {"properties": properties}} if properties else {}
        reply = vendor.send(method, path if path.startswith(ROOTS) else f"{OBJECTS}{path}", **body)
        return reply.status, decode(reply.body) if reply.body else None

    return send


def test_lint_finds_nothing_in_the_elements_own_blocks(clients):
    body = instance_body(clients.credentials, element="hubspotcrm")

    assert clients.platform.call_object("POST", "/_local/lint", json=body)["findings"] == []


def test_a_record_is_as_hubspot_shows_it(call):
    _, made = call("POST", "/contacts", lastname="King", email="ada@example.com")
    _, read = call("GET", f"/contacts/{made['id']}")
    at = made["createdAt"]

    assert (at[:18], len(at)) == ("2026-03-02T10:00:0", len("2026-03-02T10:00:00Z"))
    assert [*read] == ["id", "properties", "createdAt", "updatedAt", "archived", "url"]
    assert [*read["properties"].items()] == [
        ("createdate", at),
        ("email", "ada@example.com"),
        ("firstname", None),
        ("hs_object_id", made["id"]),
        ("lastmodifieddate", at),
        ("lastname", "King"),
    ]
    assert (read["createdAt"], read["updatedAt"], read["archived"]) == (at, at, False)
    assert read["url"] == f"https://app.hubspot.com/contacts/1/record/0-1/{made['id']}"
    assert made["properties"]["lifecyclestage"] == "lead"


@pytest.mark.parametrize("name", ["contacts", "contact", "0-1"])
@pytest.mark.parametrize("objects", [OBJECTS, "/crm/objects/2026-03", "/crm/objects/2026-09"])
def test_a_kind_is_called_by_each_of_its_names_at_each_version(call, objects, name):
    path = f"{objects}/{name}"
    made_status, made = call("POST", path, lastname="King")
    read = call("GET", f"{path}/{made['id']}/")[1]
    listed = call("GET", f"{path}/?limit=1")[1]
    found = call("POST", f"{path}/search")[1]["results"]

    assert (made_status, made["properties"]["lifecyclestage"], read["id"]) == (201, "lead", made["id"])
    assert (len(listed["results"]), made["id"] in [each["id"] for each in found]) == (1, True)
    assert call("PATCH", f"{path}/{made['id']}", lastname="Byron")[1]["properties"]["lastname"] == "Byron"
    assert call("DELETE", f"{path}/{made['id']}") == (204, None)
    assert len(call("GET", f"{objects.replace('objects', 'properties')}/{name}")[1]["results"]) > 10


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/crm/v3/owners", ("88842095", "88842096")),
        ("/crm/v3/owners/", ("88842095", "88842096")),
        ("/crm/owners/2026-03?limit=500", ("88842095", "88842096")),
        ("/crm/owners/2026-09?after=88842096", ("88842096",)),
        ("/crm/v3/owners?limit=1", ("88842095",)),
        ("/crm/v3/owners?archived=True", ("88842097",)),
        ("/crm/v3/owners?email=ben@example.com", ("88842096",)),
        ("/crm/v3/pipelines/deals", ("default",)),
        ("/crm/v3/pipelines/0-3", ("default",)),
        ("/crm/pipelines/2026-03/deal", ("default",)),
        ("/crm/pipelines/2026-09/deal", ("default",)),
        ("/crm-object-schemas/2026-09/schemas", ()),
        ("/crm/v3/schemas", ()),
        ("/crm-object-schemas/v3/schemas", ()),
    ],
)
def test_a_small_list_has_the_items_that_are_asked_for(call, path, ids):
    status, listed = call("GET", path)

    assert (status, tuple(each["id"] for each in listed["results"])) == (200, ids)


def test_owners_come_in_pages_and_are_read_by_the_id_of_their_user(call):
    first = call("GET", "/crm/v3/owners?limit=1&archived=false")[1]
    after = first["paging"]["next"]["after"]
    last = call("GET", f"/crm/v3/owners?limit=1&after={after}")[1]

    assert (after, [each["id"] for each in last["results"]], "paging" in last) == (
        "88842096",
        ["88842096"],
        False,
    )
    assert first["paging"]["next"]["link"].endswith("/crm/v3/owners?limit=1&archived=false&after=88842096")
    assert call("GET", "/crm/v3/owners/88842096?idProperty=userId")[1]["email"] == "ben@example.com"
    assert call("GET", "/crm/v3/owners/88842096?idProperty=nickname")[0] == 400
    assert call("GET", "/crm/v3/owners?limit=501")[0] == 200
    assert call("GET", "/integrations/v1/me")[1]["currency"] == "USD"


def test_a_list_goes_on_after_a_record_that_is_archived_meanwhile(call):
    ids = sorted(int(call("POST", "/deals", dealname=str(n))[1]["id"]) for n in range(3))
    call("DELETE", f"/deals/{ids[1]}")

    listed = [int(each["id"]) for each in call("GET", f"/deals?after={ids[1]}&limit=1")[1]["results"]]
    assert listed == [ids[2]]
    assert call("GET", "/deals?after=none")[0] == 400


def test_owners_pipelines_and_stages_are_read_by_id(call):
    owner = call("GET", "/crm/v3/owners/88842096")[1]
    pipeline = call("GET", "/crm/v3/pipelines/deals/default")[1]
    stages = call("GET", "/crm/v3/pipelines/deals/default/stages")[1]["results"]
    details = call("GET", "/account-info/v3/details")[1]

    assert (owner["email"], owner["userId"], owner["archived"]) == ("ben@example.com", 88842096, False)
    assert call("GET", "/crm/v3/owners/88842097?archived=true")[1]["userId"] is None
    assert [each["metadata"]["probability"] for each in stages] == [
        "0.2",
        "0.4",
        "0.6",
        "0.8",
        "0.9",
        "1.0",
        "0.0",
    ]
    assert (pipeline["label"], pipeline["stages"]) == ("Sales Pipeline", stages)
    assert call("GET", "/crm/v3/pipelines/deals/default/stages/closedwon")[1] == stages[5]
    assert (details["accountType"], details["utcOffsetMilliseconds"]) == ("STANDARD", -18000000)


def test_tickets_have_their_pipeline_and_are_no_records(call):
    (pipeline,) = call("GET", "/crm/v3/pipelines/tickets?limit=100")[1]["results"]

    assert [each["metadata"]["ticketState"] for each in pipeline["stages"]] == [
        "OPEN",
        "OPEN",
        "OPEN",
        "CLOSED",
    ]
    assert call("GET", "/crm/v3/objects/tickets")[0] == 403


def test_older_pipelines_have_their_own_keys(call):
    (of_v1,) = call("GET", "/crm-pipelines/v1/pipelines/deals")[1]["results"]
    (of_deals,) = call("GET", "/deals/v1/pipelines")[1]

    assert (of_v1["pipelineId"], of_v1["createdAt"], of_v1["updatedAt"]) == ("default", 0, None)
    assert of_v1["stages"][5]["metadata"] == {"isClosed": "true", "probability": "1.0"}
    assert (of_deals["stages"][5]["stageId"], of_deals["stages"][5]["closedWon"]) == ("closedwon", True)


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/crm/v3/owners/1", 404, "resource not found"),
        ("/crm/v3/owners/88842097", 404, "resource not found"),
        ("/crm/v3/pipelines/deals/none", 404, "resource not found"),
        ("/crm/v3/pipelines/deals/default/stages/none", 404, "resource not found"),
        ("/crm/v3/pipelines/contacts", 404, "resource not found"),
        ("/crm/v3/pipelines/products", 403, "One or more of the following scopes are required."),
        ("/crm/v3/objects/tickets", 403, "One or more of the following scopes are required."),
        ("/crm/v3/properties/line_items", 403, "One or more of the following scopes are required."),
        ("/crm/v3/objects/widgets", 400, "Unable to infer object type from: widgets"),
    ],
)
def test_what_is_not_there_or_not_granted_is_refused_in_hubspots_words(call, path, status, message):
    answered, body = call("GET", path)

    assert (answered, body["message"], body["status"]) == (status, message, "error")
    assert body.get("category") == ("MISSING_SCOPES" if status == 403 else None)


def test_a_small_list_wants_the_token(clients):
    assert clients.fakes["hubspotcrm"].send("GET", "/crm/v3/owners").status == 401


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_older_properties_are_a_bare_list_of_every_kind_that_the_vendor_has(call, version):
    of_deals = {each["name"]: each for each in call("GET", f"/properties/{version}/deal/properties")[1]}

    assert call("GET", f"/properties/{version}/ticket/properties") == (
        200,
        [{"name": "hs_object_id", "type": "number"}],
    )
    assert call("GET", f"/properties/{version}/widget/properties")[0] == 400
    assert {"amount", "dealstage", "hs_lastmodifieddate", "hs_object_id"} <= of_deals.keys()
    assert (of_deals["hs_object_id"]["readOnlyValue"], of_deals["amount"]["readOnlyValue"]) == (True, False)


def test_options_of_owners_pipelines_and_stages_stand_elsewhere(call):
    of_deals = {each["name"]: each for each in call("GET", "/crm/v3/properties/deals")[1]["results"]}

    external = [name for name, each in of_deals.items() if each["externalOptions"]]
    assert external == ["dealstage", "hubspot_owner_id", "pipeline"]
    assert [(of_deals[name]["type"], of_deals[name]["options"]) for name in external] == [
        ("enumeration", [])
    ] * 3


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("companies", {"domain": "acme.example"}, {"website": "acme.example", "lifecyclestage": "lead"}),
        ("companies", {"domain": "a.example", "website": "b.example"}, {"website": "b.example"}),
        ("deals", {"dealname": "x", "closedate": "2026-12-31"}, {"closedate": "2026-12-31T00:00:00Z"}),
        ("deals", {"dealname": "x", "amount": 5}, {"amount": "5", "dealstage": "appointmentscheduled"}),
    ],
)
def test_what_is_written_becomes_what_hubspot_makes_of_it(call, kind, sent, kept):
    status, made = call("POST", f"/{kind}", **sent)

    assert (status, made["properties"].items() >= kept.items()) == (201, True)


def test_ids_do_not_grow_with_time(call):
    ids = [int(call("POST", "/deals", dealname=f"{number}")[1]["id"]) for number in range(6)]

    assert (ids == sorted(ids), len({*ids})) == (False, 6)


def test_the_hub_refuses_a_condition_on_what_no_record_has(clients, instance):
    hub = clients.platform.hub(instance["token"])
    unknown = hub.send("GET", "/contacts?where=lastnam='King'")

    assert (unknown.status, b"did you mean lastname?" in unknown.body) == (400, True)
    assert hub.call("GET", "/contacts?where=hs_lastmodifieddate>'2020-01-01T00:00:00Z'") == []


@pytest.mark.parametrize(("vendors", "hubs"), [("companies", "accounts"), ("deals", "opportunities")])
def test_a_transformation_may_name_an_object_as_hubspot_does(clients, vendors, hubs):
    instance = clients.platform.create_instance(instance_body(clients.credentials, element="hubspotcrm"))
    own, hub = f"/elements/api-v2/instances/{instance['id']}", clients.platform.hub(instance["token"])
    named = {"accounts": "name", "opportunities": "dealname"}[hubs]
    defined = {"fields": [{"path": "title", "type": "string"}]}
    moved = {"path": "title", "vendorPath": f"properties.{named}"}
    mapping = {"vendorName": vendors, "fields": [moved]}
    for name in (vendors, "ours"):
        clients.platform.call("POST", f"{own}/objects/{name}/definitions", json=defined)
        clients.platform.call("POST", f"{own}/transformations/{name}", json=mapping)

    made = hub.call("POST", f"/{vendors}", json={"title": "Acme"})
    read = [hub.call("GET", f"/{name}/{made['id']}") for name in (vendors, "ours", hubs)]

    assert [each.get("title") or each["properties"][named] for each in read] == ["Acme"] * 3


@pytest.mark.parametrize(
    ("sent", "warned"),
    [
        ({"properties": {"lastname": "King"}}, []),
        ({"lastname": "King"}, []),
        ({"properties": {"lastname": "King", "createdate": "2020-01-01"}}, []),
        ({"properties": {"lastname": "King"}, "vidd": 7}, ["vidd"]),
    ],
)
def test_a_write_through_the_hub_warns_of_what_hubspot_does_not_read_alone(clients, instance, sent, warned):
    made = clients.platform.hub(instance["token"]).send("POST", "/contacts", json=sent)

    assert [each["path"] for each in decode(made.header("Elements-Local-Warnings") or b"[]")] == warned


def test_a_list_says_that_its_page_is_smaller_only_where_a_larger_one_was_asked_for(clients, instance):
    hub = clients.platform.hub(instance["token"])
    asked = [hub.send("GET", f"/contacts{query}").header("Elements-Error") for query in ("", "?pageSize=101")]

    assert asked == [None, "pageSize 101 is more than 100, which is used instead"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("DELETE", "/deals/7", 204),
        ("GET", "/deals/7", 404),
    ],
)
def test_what_is_not_there(call, method, path, status):
    assert call(method, path)[0] == status


def test_faults_and_the_journal_have_the_path_that_was_called(clients, call):
    fake = clients.fakes["hubspotcrm"]
    rule = {"match": {"path": "*/owners/2026-03"}, "effect": {"status": 503}}
    fake.call("PUT", "/_local/faults", json={"faults": [rule]})

    assert [call("GET", f"/crm/{path}")[0] for path in ("owners/2026-03", "v3/owners")] == [503, 200]
    noted = fake.call("GET", "/_local/journal?limit=2")["exchanges"]
    fake.call("DELETE", "/_local/faults")

    assert {each["target"] for each in noted} == {"/crm/owners/2026-03", "/crm/v3/owners"}
