"""Another vendor's connector, handed in, is polled, asked, read in bulk and audited like the one that is shipped."""

import pytest
from rolodex_connector import ROLODEX, RolodexConnector
from rolodex_vendor import TOKEN, Rolodex

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.kit.api.json_text import decode
from elements_local.kit.values import replace
from elements_local.start import Options, in_process

VENDOR = Rolodex()


@pytest.fixture
def rolodex():
    VENDOR.begin()
    return VENDOR


@pytest.fixture(scope="module")
def stack():
    """A stack that knows the connector, and finds its vendor."""
    vendor = {"http://rolodex.test": VENDOR.app}
    with in_process(Options(connectors=(RolodexConnector(),), applications=vendor)) as started:
        yield started


@pytest.fixture
def clients(stack, rolodex):  # noqa: ARG001 - a vendor that has nothing yet
    """A workspace of that stack."""
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.fixture
def body(clients):
    return {
        "element": {"key": "rolodex"},
        "name": "Mine",
        "configuration": {
            "access.token": TOKEN,
            "event.notification.enabled": True,
            "event.notification.callback.url": clients.credentials.callback_url,
        },
    }


@pytest.fixture
def instance(clients, body):
    return clients.platform.create_instance(body)


@pytest.fixture
def hub(clients, instance):
    return clients.platform.hub(instance["token"])


@pytest.fixture
def people(rolodex):
    """Seven people, more than two pages of the vendor's."""
    return [rolodex.save("people", {"fullName": f"P{number}"})["ref"] for number in range(7)]


def read(hub, query=""):
    """Follow the tokens to the end, and return the references on each page."""
    pages, token = [], ""
    while token is not None:
        reply = hub.send("GET", f"/contacts?{query}{token}")
        assert reply.status == 200, reply.body
        pages.append([record["ref"] for record in decode(reply.body)])
        token = reply.headers.get("Elements-Next-Page-Token")
        token = None if token is None else f"&nextPage={token}"
    return pages


def told(clients):
    return [
        (callback["received_at"][11:16], event["eventType"], event["objectId"], event["elementKey"])
        for callback in clients.sink.callbacks()
        for event in callback["json"]["message"]["events"]
    ]


@pytest.mark.usefixtures("instance")
def test_instances_are_counted_by_their_elements_keys(clients):
    for _ in range(2):
        clients.platform.create_instance(instance_body(clients.credentials))

    assert clients.platform.call("GET", f"{BASE_PATH}/instances/count") == {
        "totalInstances": 3,
        "elementInstances": {"insightly": 2, "rolodex": 1},
    }


@pytest.mark.usefixtures("instance")
def test_what_was_created_and_updated_is_found_by_polls_and_told(clients, rolodex):
    rolodex.now = "2026-03-02T10:05:00Z"
    ada = rolodex.save("people", {"fullName": "Ada"})["ref"]
    clients.clock.advance("15m")
    rolodex.now = "2026-03-02T10:20:00Z"
    rolodex.save("people", {"fullName": "Ada King"}, ada)
    clients.clock.advance("15m")

    assert told(clients) == [("10:15", "CREATED", ada, "rolodex"), ("10:30", "UPDATED", ada, "rolodex")]
    assert [asked["changed_since"] for asked in rolodex.asked] == [
        "2026-03-02T10:00:00Z",
        "2026-03-02T10:15:00Z",
    ]
    message = clients.sink.callbacks()[-1]["json"]["message"]
    assert message["raw"]["contacts"] == [
        {"createdAt": "2026-03-02T10:05:00Z", "fullName": "Ada King", "ref": ada, "changedAt": rolodex.now}
    ]
    assert message["events"][0]["hubKey"] == "crm"


@pytest.mark.usefixtures("instance")
def test_a_poll_reads_on_over_the_vendors_pages(clients, rolodex):
    rolodex.now = "2026-03-02T10:05:00Z"
    made = [rolodex.save("people", {"fullName": f"P{number}"})["ref"] for number in range(7)]
    clients.clock.advance("15m")

    assert [ref for _, _, ref, _ in told(clients)] == made


def test_lint_goes_by_what_the_connectors_own_blocks_say(clients, body):
    block = {
        "url": "/hubs/crm/contacts?where=changedAt<'${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'",
        "idField": "REF",
        "datesConfiguration": {"updatedDateField": "changedat", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss"},
    }

    def found(**more):
        body["configuration"] |= more
        findings = clients.platform.call("POST", "/_local/lint", json=body)["findings"]
        return [(each["rule"], each["nearest"]) for each in findings if each["severity"] == "error"]

    assert found() == []
    assert found(**{"event.poller.configuration": {"contacts": block}}) == [
        ("missing-date-field", None),
        ("id-field", "ref"),
        ("date-field", "changedAt"),
        ("where-operator", ">="),
    ]


def test_a_vendor_that_refuses_is_called_by_its_name(clients, body):
    body["configuration"]["access.token"] = "wrong"
    reply = clients.platform.send("POST", f"{BASE_PATH}/instances", json=body)

    assert (reply.status, decode(reply.body)["message"]) == (401, "Rolodex answered 401: no: 401")


def test_a_list_is_read_in_pages_each_record_once(hub, people):
    assert read(hub, "pageSize=2") == [people[:2], people[2:4], people[4:6], people[6:]]
    assert read(hub, "pageSize=100") == [people[:3], people[3:6], people[6:]]
    assert read(hub, "pageSize=3&page=2") == [people[3:6], people[6:]]
    assert read(hub, "pageSize=3&orderBy=fullName%20desc") == [
        people[:-4:-1],
        people[3:0:-1],
        people[:1],
    ]


@pytest.mark.parametrize(
    ("where", "asked", "places"),
    [
        ("fullName='P1'", {"fullName": "P1"}, [1]),
        ("fullName>'P4'", {}, [5, 6]),
        ("fullName='P1' AND ref LIKE '%2'", {"fullName": "P1"}, [1]),
        ("changedAt>'2026-03-02T09:00:00Z' AND fullName IN ('P0','P6')", {"changed_since": "2026-03-02T09:00:00Z"}, [0, 6]),
    ],
    ids=["the vendor's", "ours", "both", "an instant, and ours"],
)  # fmt: skip
def test_what_the_vendor_cannot_filter_is_filtered_here(rolodex, hub, people, where, asked, places):
    found = read(hub, f"where={where}")

    assert [ref for page in found for ref in page] == [people[place] for place in places]
    assert {key: value for key, value in rolodex.asked[0].items() if key != "cursor"} == asked


def test_a_token_that_is_none_is_refused(hub, refused):
    assert "nextPage" in refused(hub.send("GET", "/contacts?nextPage=b2Zmc2V0OjI="), 400)


def test_a_record_is_made_shown_changed_and_deleted(hub, refused):
    made = hub.call("POST", "/accounts", json={"fullName": "Analytical Engines"})
    path = f"/accounts/{made['ref']}"
    changed = hub.call("PATCH", path, json={"fullName": "Engines"})
    shown = hub.call("GET", path)
    hub.call("DELETE", path)

    assert made["id"] == made["ref"]
    assert changed == shown == {**made, "fullName": "Engines"}
    assert refused(hub.send("GET", path), 404) == "Rolodex answered 404: no: 404"
    assert refused(hub.send("GET", "/leads"), 404) == "No resource found with name leads"


def test_what_the_vendor_has_is_described(hub):
    assert hub.call("GET", "/objects") == ["contacts", "accounts"]
    fields = hub.call("GET", "/objects/contacts/metadata")["fields"]
    assert [each["vendorPath"] for each in fields] == ["ref", "fullName", "createdAt", "changedAt"]
    assert hub.call("GET", "/me")["fullName"] == "Ada"
    assert hub.call("GET", "/ping")["endpoint"] == "rolodex"


@pytest.mark.usefixtures("people")
def test_a_bulk_job_reads_all_pages_of_what_was_changed_in_time(clients, rolodex, hub):
    rolodex.now = "2026-03-02T10:00:05Z"
    late = [rolodex.save("people", {"fullName": f"L{number}"})["ref"] for number in range(4)]
    asked = "select%20*%20from%20contacts&from=2026-03-02T10:00:01Z"
    job = hub.call("POST", f"/bulk/query?q={asked}")["id"]
    clients.clock.advance(0)

    done = hub.call("GET", f"/bulk/{job}/status")
    assert (done["status"], done["recordsCount"]) == ("COMPLETED", 4)
    lines = hub.send("GET", f"/bulk/{job}/contacts").body.splitlines()
    assert [decode(line)["ref"] for line in lines] == late


def test_an_audit_holds_the_vendors_own_log_against_what_was_told(clients, rolodex, instance):
    rolodex.now = "2026-03-02T10:05:00Z"
    ada = rolodex.save("people", {"fullName": "Ada"})["ref"]
    clients.clock.advance("15m")
    rolodex.now = "2026-03-02T10:14:00Z"
    late = rolodex.save("people", {"fullName": "Dated before the poll, and there only after it"})["ref"]
    clients.clock.advance("15m")

    found = clients.platform.audit(instance["id"])

    assert (found["owed"], found["delivered"]) == (2, 1)
    assert [(each["resource"], each["recordId"]) for each in found["reported"]] == [("contacts", ada)]
    assert [each["recordId"] for each in found["lost"]] == [late]


def test_the_element_and_its_document_stand_beside_the_others(clients, instance):
    keys = clients.platform.call("GET", f"{BASE_PATH}/elements/keys")
    shown = clients.platform.call("GET", f"{BASE_PATH}/elements/rolodex/docs")

    assert keys == ["insightly", "rolodex"]
    assert instance["element"]["authentication"] == {"type": "custom"}
    assert {"fullName", "changedAt"} <= {*shown["definitions"]["contacts"]["properties"]}
    assert clients.platform.send("GET", f"{BASE_PATH}/docs/crm").status == 200


def test_an_instance_comes_back_with_a_snapshot(clients, instance, people):
    kept = clients.snapshot()
    clients.reset()
    clients.restore(kept)

    assert read(clients.platform.hub(instance["token"]), "pageSize=100")[0] == people[:3]


def test_a_word_that_the_platform_leaves_out_may_name_a_resource(rolodex):
    element = replace(ROLODEX, id_fields={**ROLODEX.id_fields, "customers": "ref"})
    options = Options(
        connectors=(RolodexConnector(element=element),), applications={"http://rolodex.test": rolodex.app}
    )
    with in_process(options) as stack:
        clients = stack.new_workspace(seed=7)
        made = clients.platform.create_instance(
            {"element": {"key": "rolodex"}, "name": "Mine", "configuration": {"access.token": TOKEN}}
        )
        pairs = f"{clients.platform.headers['Authorization']}, Element {made['token']}"
        replies = [
            clients.platform.send("GET", f"{BASE_PATH}/{word}", headers={"Authorization": pairs})
            for word in ("customers", "domains")
        ]

    assert [reply.status for reply in replies] == [404, 501]
