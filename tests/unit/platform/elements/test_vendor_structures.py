"""Values of a vendor file that are lists and objects, dates in seconds, and an envelope around each record of a list."""

import pytest
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.commands.vendor import STARTERS
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

EMAILS = [{"email": "ann@example.com", "category": "work"}]


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=(STARTERS["structured"],))) as started:
        yield started


@pytest.fixture
def clients(stack):
    return stack.new_workspace()


def sent(clients, method, path, body=None):
    headers = {"X-Access-Token": clients.credentials.crm_api_key}
    return clients.fakes["structured"].send(method, path, headers=headers, json=body)


def made(clients, **fields):
    reply = sent(clients, "POST", "/v1/people", {"data": {"name": "Ann", **fields}})
    return reply.status, decode(reply.body)


def test_a_list_of_objects_and_any_json_are_kept_as_they_are(clients):
    custom = [{"definition": 7, "value": [1, None, {"a": "b"}]}]
    status, body = made(clients, emails=EMAILS, custom_fields=custom)

    assert (status, body["data"]["emails"], body["data"]["custom_fields"]) == (200, EMAILS, custom)
    assert made(clients)[1]["data"] | {"id": 0} == {
        "id": 0,
        "name": "Ann",
        "details": None,
        "emails": None,
        "phone_numbers": None,
        "custom_fields": [],
        "date_created": 1772445600,
        "date_modified": 1772445600,
    }


@each_row(
    ("emails", "said"),
    [
        ("ann@example.com", "emails must be a list of objects; got 'ann@example.com'"),
        (["ann@example.com"], "emails.0 must be an object; got 'ann@example.com'"),
        ([EMAILS[0], {"category": "work"}], "emails.1.email is required"),
        ([{"email": 5}], "emails.0.email cannot be 5"),
        ([{"email": "ann"}], "emails.0.email cannot be ann"),
        ([{"email": "a@b", "category": 5}], "emails.0.category must be one of work, personal, other; got 5"),
    ],
)
def test_what_does_not_have_the_shape_is_refused_where_it_differs(clients, emails, said):
    assert made(clients, emails=emails) == (400, {"success": False, "status": 400, "message": said})


def test_what_objects_do_not_have_is_left_out_and_warned_of(clients):
    reply = sent(
        clients, "POST", "/v1/people", {"data": {"name": "Ann", "emails": [{**EMAILS[0], "primary": True}]}}
    )

    assert decode(reply.body)["data"]["emails"] == EMAILS
    assert "fields.emails.0.primary" in reply.header("Elements-Local-Warnings")


def test_each_record_of_a_list_stands_in_an_envelope(clients):
    ids = [made(clients, emails=EMAILS)[1]["data"]["id"] for _ in range(3)]
    clients.clock.advance("3s")
    body = {"page_number": 1, "page_size": 2, "minimum_modified_date": 1772445600}
    found = decode(sent(clients, "POST", "/v1/people/search", body).body)
    batch = [{"id": each, "data": {"details": "new"}} for each in (ids[0], ids[0], ids[1])]
    changed = decode(sent(clients, "POST", "/v1/people/bulk", batch).body)
    none = decode(sent(clients, "POST", "/v1/companies/search").body)

    assert [each["data"]["id"] for each in found["items"]] == ids[:1]
    assert found["items"][0]["meta"]["id"] == ids[0]
    assert len(found["items"][0]["meta"]["version"]) == 16
    assert found["meta"] == {"count": 1, "total": 3}
    assert [{**each["data"], "date_modified": 0} for each in changed["items"]] == [
        {"id": each, "details": "new", "date_created": 1772445600, "date_modified": 0}
        for each in (ids[0], ids[0], ids[1])
    ]
    assert none == {"items": [], "meta": {"count": 0, "total": 0}}


def test_a_link_changes_both_records_and_a_merged_one_has_what_the_first_lacks(clients):
    one = made(clients, details="kept")[1]["data"]["id"]
    other = made(clients, name="Bob", details="gone", emails=EMAILS)[1]["data"]["id"]
    body = {"data": {"name": "Acme", "employees": 5, "founded": "1999-01-02"}}
    company = decode(sent(clients, "POST", "/v1/companies", body).body)["data"]
    clients.clock.advance("1m")
    linked = sent(clients, "PUT", f"/v1/people/{one}/related/companies/{company['id']}").status
    listed = sent(clients, "GET", f"/v1/companies/{company['id']}/related/people").body
    changed = [
        decode(sent(clients, "GET", f"/v1/{each}").body)["data"]["date_modified"]
        for each in (f"people/{one}", f"companies/{company['id']}", f"people/{other}")
    ]
    merged = decode(sent(clients, "POST", "/v1/people/merge", {"winner": one, "loser": other}).body)["data"]

    assert (linked, decode(listed)) == (204, {"items": [{"id": one}]})
    assert [each > 1772445650 for each in changed] == [True, True, False]
    assert (company["date_opened"], "date_created" in company) == (1772445600, False)
    assert (merged["id"], merged["details"], merged["emails"]) == (one, "kept", EMAILS)


@each_row("field", ["emails", "custom_fields"])
def test_records_are_not_ordered_by_lists_and_objects(clients, field):
    reply = sent(clients, "POST", "/v1/people/search", {"sort_by": field})

    assert reply.status == 400
    assert f"records are neither found nor ordered by '{field}'" in reply.body.decode()


def test_the_hub_has_milliseconds_and_polls_by_them(clients):
    instance = clients.platform.create_instance(instance_body(clients.credentials, element="structured"))
    hub = clients.platform.hub(instance["token"])
    clients.clock.advance("5m")
    one = hub.call("POST", "/contacts", json={"name": "Ann", "emails": EMAILS})
    clients.clock.advance("20m")
    hub.call("PATCH", f"/contacts/{one['id']}", json={"emails": [*EMAILS, *EMAILS]})
    clients.clock.advance("20m")
    since = f"where=date_modified>'{one['date_modified']}'"
    fields = hub.call("GET", "/objects/contacts/metadata")["fields"]
    types = {each["vendorPath"]: (each["type"], each["filterable"]) for each in fields}
    events = [
        event["eventType"] for each in clients.sink.callbacks() for event in each["json"]["message"]["events"]
    ]

    assert one["date_created"] == 1772445900000
    assert events == ["CREATED", "UPDATED"]
    assert hub.call("GET", f"/contacts?{since}")[0]["emails"] == [*EMAILS, *EMAILS]
    assert hub.call("GET", "/contacts?where=date_modified>'1772445900'")[0]["id"] == one["id"]
    assert (types["emails"], types["custom_fields"]) == (("array", "false"), ("object", "false"))
    assert clients.platform.audit(instance["id"])["lost"] == []


def test_made_up_records_have_lists_of_one_object():
    with in_process(Options(vendors=(STARTERS["structured"],), records=2)) as started:
        found = sent(started.workspace(), "POST", "/v1/people/search")
    people = [each["data"] for each in decode(found.body)["items"]]

    assert {len(each["emails"]) for each in people} == {1}
    assert all("@" in each["emails"][0]["email"] for each in people)


USERS = """
routes:
  - path: /v1/users
    hub: users
    items: &users [{ id: "1", name: Ann }, { id: "2", name: Bob }, { id: "3", name: Cleo }]
    parameters: { page: "{page}", size: "{size}" }
    paging: { by: page, default: 2, max: 2 }
    answer: { items: "{items}", next: "{next}" }
  - { path: "/v1/users/{id}", hub: users, items: *users, answer: "{item}" }
"""


def test_the_hub_reads_all_pages_of_a_small_list(tmp_path):
    path = tmp_path / "structured.yaml"
    path.write_text(STARTERS["structured"].read_text("utf-8") + USERS, "utf-8")
    with in_process(Options(vendors=(path,))) as started:
        clients = started.workspace()
        body = instance_body(clients.credentials, element="structured")
        hub = clients.platform.hub(clients.platform.create_instance(body)["token"])
        users = hub.call("GET", "/users")
        descending = hub.call("GET", "/users?orderBy=name%20desc&pageSize=1")
        page = decode(sent(clients, "GET", "/v1/users").body)

    assert ([each["name"] for each in users], page["next"]) == (["Ann", "Bob", "Cleo"], 2)
    assert descending == [{"id": "3", "name": "Cleo"}]
