"""Headers of a vendor file: of every answer, and of the requests of lists."""

import pytest
from each_row import each_row

from elements_local.clients.guide import instance_body
from elements_local.commands.vendor import STARTERS
from elements_local.kit.api.json_text import decode
from elements_local.start import Options, in_process

ROTARY = STARTERS["tokens"]
CONTACTS = "/crm/v3/objects/contacts"


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm", ROTARY))) as started:
        yield started


@pytest.fixture
def clients(stack):
    """A workspace of the test's own, so that no other test's records are in its lists, in whichever order they run."""
    return stack.new_workspace()


def sent(clients, vendor, method, path, **request):
    headers = {"Authorization": f"Bearer {clients.credentials.crm_api_key}", **request.pop("headers", {})}
    return clients.fakes[vendor].send(method, path, headers=headers, **request)


@each_row(
    ("method", "path", "status"),
    [
        ("GET", CONTACTS, 200),
        ("POST", f"{CONTACTS}/search", 200),
        ("GET", "/crm/v3/properties/contacts", 200),
        ("GET", "/crm/v3/owners", 200),
        ("GET", f"{CONTACTS}/none", 404),
        ("GET", "/crm/v3/objects/tickets", 403),
        ("GET", "/nowhere", 404),
    ],
)
def test_every_answer_of_hubspot_has_its_charset_and_the_correlation_id_of_its_body(
    clients, method, path, status
):
    reply = sent(clients, "hubspotcrm", method, path)
    body = decode(reply.body)
    known = body.get("correlationId", reply.header("X-HubSpot-Correlation-Id"))

    assert (reply.status, reply.header("Content-Type")) == (status, "application/json;charset=utf-8")
    assert (len(known), reply.header("X-HubSpot-Correlation-Id")) == (36, known)
    assert ("correlationId" in body) == (status != 200)


def test_an_answer_without_a_body_has_no_type(clients):
    made = decode(sent(clients, "hubspotcrm", "POST", CONTACTS, json={"properties": {"lastname": "K"}}).body)
    gone = sent(clients, "hubspotcrm", "DELETE", f"{CONTACTS}/{made['id']}")

    assert (gone.status, gone.header("Content-Type")) == (204, None)
    assert gone.header("X-HubSpot-Correlation-Id")


def test_admin_routes_have_headers_of_their_own(clients):
    answered = clients.fakes["hubspotcrm"].send("GET", "/_local/journal")

    assert (answered.header("X-HubSpot-Correlation-Id"), answered.header("Content-Type")) == (
        None,
        "application/json",
    )


def test_conditions_and_sizes_in_the_headers_of_a_request_are_sent_and_heeded(clients):
    hub = clients.platform.hub(
        clients.platform.create_instance(instance_body(clients.credentials, element="rotary"))["token"]
    )
    hub.call("POST", "/deals", json={"title": "old"})
    clients.clock.advance("1h")
    hub.call("POST", "/deals", json={"title": "new"})
    found = hub.call("GET", "/deals?where=changed>=1772449000000&pageSize=1")
    noted = decode(clients.fakes["rotary"].send("GET", "/_local/journal?limit=1").body)["exchanges"][0]
    asked = {"If-Modified-Since": "Mon, 02 Mar 2026 10:56:40 GMT", "Prefer": "maxpagesize=1"}
    read = [
        [
            each["title"]
            for each in decode(sent(clients, "rotary", "GET", "/deals", headers=headers).body)["data"]
        ]
        for headers in ({}, asked, {"prefer": "maxpagesize=1"}, {"Prefer": "return=minimal"})
    ]

    assert [each["title"] for each in found] == ["new"]
    assert {name: noted["request"]["headers"][name] for name in asked} == asked
    assert read == [["old", "new"], ["new"], ["old"], ["old", "new"]]


def test_a_condition_in_a_header_that_is_no_date_is_refused(clients):
    reply = sent(clients, "rotary", "GET", "/deals", headers={"If-Modified-Since": "monday"})

    assert (reply.status, "'monday' is no date" in reply.body.decode()) == (400, True), reply.body


def test_a_record_that_has_changed_meanwhile_is_written_only_by_who_asks_for_no_version(clients):
    made = sent(clients, "rotary", "POST", "/deals", json={"title": "a"})
    path = made.header("Location").removeprefix(clients.fakes["rotary"].url)
    first = sent(clients, "rotary", "GET", path).header("ETag")
    again = sent(clients, "rotary", "GET", path).header("ETag")
    writes = [
        sent(clients, "rotary", "PATCH", path, json={"note": note}, headers=headers)
        for note, headers in (
            ("b", {"If-Match": first}),
            ("c", {"If-Match": first}),
            ("d", {}),
            ("e", {"If-Match": "*"}),
        )
    ]
    gone = [
        sent(clients, "rotary", "DELETE", path, headers=headers).status
        for headers in (
            {"If-Match": first},
            {"If-Match": sent(clients, "rotary", "GET", path).header("ETag")},
        )
    ]

    assert (made.status, made.body, first) == (201, b"", again)
    assert [each.status for each in writes] == [200, 412, 200, 200]
    assert decode(writes[1].body)["message"].startswith("the record is now of the version ")
    assert gone == [412, 204]


def test_the_hub_finds_a_new_record_by_the_header_that_has_its_id(clients):
    instance = clients.platform.create_instance(instance_body(clients.credentials, element="rotary"))
    hub = clients.platform.hub(instance["token"])
    made = hub.call("POST", "/deals", json={"title": "found by its Location"})
    changed = hub.call("PATCH", f"/deals/{made['id']}", json={"note": "x"})

    assert (made["title"], changed["note"]) == ("found by its Location", "x")
