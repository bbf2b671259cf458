"""A vendor that a file describes is fake and connector at once: what is made and changed there is reported, page after page."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from each_row import each_row

from elements_local.clients.errors import HarnessError, OptionError
from elements_local.clients.guide import instance_body
from elements_local.commands import triggering as trigger
from elements_local.commands.cli import cli
from elements_local.commands.triggering import kind_of
from elements_local.commands.vendor import STARTERS
from elements_local.diagnosis.configured import NotPolledError, resource_of
from elements_local.diagnosis.findings import configured_body, configured_instance, of_instance
from elements_local.diagnosis.grid import CellVerdict
from elements_local.diagnosis.sweep import Probes
from elements_local.kit.api.json_text import decode
from elements_local.scenarios.recording import scenario_so_far
from elements_local.start import Options, in_process

VENDORS = Path(__file__).parents[2] / "support" / "vendors"
FILES = {
    "pipes": STARTERS["offsets"],
    "booked": STARTERS["pages"],
    "hubly": VENDORS / "hubly.yaml",
    "salesy": STARTERS["query"],
}
NAMES = tuple(FILES)


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=tuple(FILES.values()))) as started:
        yield started


@pytest.fixture
def clients(stack):
    made = stack.new_workspace(seed=7)
    yield made
    stack.delete_workspace(made.credentials.name)


def instance_of(clients, name):
    return clients.platform.create_instance(instance_body(clients.credentials, element=name))


@pytest.mark.parametrize(
    "of_vendor",
    [
        lambda clients: instance_body(clients.credentials, element="hubl"),
        lambda clients: clients.crm.create("hubl/contacts", {}),
        lambda clients: kind_of(clients, "hubl/contacts"),
    ],
    ids=["an instance", "a record", "a kind of records"],
)
def test_a_vendor_that_is_not_played_is_an_error_that_says_how_one_is_added(clients, of_vendor):
    with pytest.raises(HarnessError) as refused:
        of_vendor(clients)

    assert str(refused.value) == (
        "this stack plays no vendor 'hubl', only insightly, pipes, booked, hubly, salesy; add one by Options(vendors=(...,)) or "
        "`up --vendor`, with its file, or with a name from `elements-local vendor list`"
    )
    assert clients.platform.pollers() == []


def test_a_kind_that_its_vendor_has_not_is_an_error(clients):
    with pytest.raises(OptionError, match="pipes has no kind of records 'tickets'; it has "):
        clients.crm.create("pipes/tickets", {})


def told(clients):
    return [
        (callback["received_at"][11:16], event["eventType"], event["objectId"])
        for callback in clients.sink.callbacks()
        for event in callback["json"]["message"]["events"]
    ]


def fields(name, **values):
    return {"properties": values} if name == "hubly" else values


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("pipes", ["700", "701", "702", "703", "704"]),
        ("booked", ["10", "17", "24", "31", "38"]),
        ("hubly", ["101", "151", "201", "251", "301"]),
        ("salesy", ["5000", "5001", "5002", "5003", "5004"]),
    ],
)
def test_what_is_made_and_changed_is_reported_over_pages_with_a_clean_audit(clients, name, ids):
    instance = instance_of(clients, name)
    hub = clients.platform.hub(instance["token"])
    clients.clock.advance("5m")
    made = [hub.call("POST", "/deals", json=fields(name, title=f"deal {n}", value=n)) for n in range(5)]
    clients.clock.advance("11m")
    changed = hub.call("PATCH", f"/deals/{ids[3]}", json=fields(name, note="more"))
    clients.clock.advance("14m")
    audited = clients.platform.audit(instance["id"])
    pages = [hub.call("GET", f"/deals?pageSize=2&page={page}") for page in (1, 2, 3)]

    assert [str(each.get("id") or each.get("ref") or each.get("Id")) for each in made] == ids
    assert told(clients) == [*(("10:15", "CREATED", ref) for ref in ids), ("10:30", "UPDATED", ids[3])]
    assert (audited["owed"], audited["delivered"], audited["lost"]) == (6, 6, [])
    assert (changed.get("properties") or changed)["title"] == "deal 3"
    assert [len(page) for page in pages] == [2, 2, 1]


HEADERS = {
    "booked": lambda key: {"X-Booked-Token": key},
    "hubly": lambda key: {"Authorization": f"Bearer {key}"},
    "salesy": lambda key: {"Authorization": f"Bearer {key}"},
}
SEARCH = "/objects/deals/search"
QUERY = "/services/data/v60.0/query?q=SELECT title FROM Opportunity"


def filtered(field, operator, value):
    return {"filterGroups": [{"filters": [{"propertyName": field, "operator": operator, "value": value}]}]}


@pytest.fixture(scope="module")
def five(stack):
    """Return a workspace where each vendor has five deals."""
    clients = stack.new_workspace(seed=7)
    for name in NAMES:
        hub = clients.platform.hub(instance_of(clients, name)["token"])
        for n in range(5):
            hub.call("POST", "/deals", json=fields(name, title=f"it's deal {n} AND more", value=10 - n))
    return clients


def sent(clients, name, method, path, body=None, *, key=None):
    key = clients.credentials.crm_api_key if key is None else key
    if name == "pipes":
        path += ("&" if "?" in path else "?") + f"api_token={key}"
    return clients.fakes[name].send(method, path, json=body, headers=HEADERS.get(name, lambda _key: {})(key))


def ids_of(reply):
    body = decode(reply.body)
    records = (
        body if isinstance(body, list) else next(each for each in body.values() if isinstance(each, list))
    )
    return [each.get("id") or each.get("ref") or each.get("Id") for each in records]


@each_row(
    ("name", "method", "path", "body", "ids"),
    [
        ("pipes", "GET", "/v1/deals", None, [700, 701]),
        ("pipes", "GET", "/v1/deals?start=4&limit=9", None, [704]),
        ("pipes", "GET", "/v1/deals?since=2026-03-02 10:01:00", None, []),
        ("booked", "GET", "/deals?page=3", None, ["38"]),
        ("booked", "GET", "/deals?changed_until=2026-03-02T02:59:59-07:00", None, []),
        ("hubly", "GET", "/objects/deals?after=251", None, ["251", "301"]),
        ("hubly", "POST", SEARCH, filtered("value", "GTE", "9"), ["101", "151"]),
        ("hubly", "POST", SEARCH, {**filtered("value", "GT", 6), "after": "2"}, ["201", "251"]),
        ("hubly", "POST", SEARCH, filtered("hs_lastmodifieddate", "GT", "2026-03-02T10:01:00Z"), []),
        ("hubly", "POST", SEARCH, {"sorts": [{"propertyName": "value", "direction": "ASCENDING"}]}, ["301", "251"]),
        ("hubly", "POST", SEARCH, {"sorts": [{"propertyName": "value", "direction": "descending"}], "limit": 1}, ["101"]),
        ("hubly", "GET", "/objects/deals?archived=true", None, []),
        ("salesy", "GET", f"{QUERY} WHERE title = 'it\\'s deal 1 AND more'", None, ["5001"]),
        ("salesy", "GET", f"{QUERY} WHERE value >= 8 AND value <= 9 ORDER BY title DESC", None, ["5002", "5001"]),
        ("salesy", "GET", f"{QUERY} where SystemModstamp > 2026-03-02T02:01:00-08:00", None, []),
    ],
)  # fmt: skip
def test_a_list_is_what_is_asked_for(five, name, method, path, body, ids):
    reply = sent(five, name, method, path, body)

    assert reply.status == 200, reply.body
    assert ids_of(reply) == ids


@each_row(
    ("name", "method", "path", "body", "status", "said"),
    [
        ("hubly", "POST", SEARCH, {"limit": 3}, 400, "a page has from 1 to 2 records; got 3"),
        ("hubly", "POST", SEARCH, {"after": "x"}, 400, "the token is a whole number"),
        ("hubly", "POST", SEARCH, {"filterGroups": ["x"]}, 400, "each of filterGroups must be an object"),
        ("hubly", "POST", SEARCH, {"filterGroups": [{"filters": "x"}]}, 400, "the filters 'x' are no list"),
        ("hubly", "POST", SEARCH, {"after": "49"}, 400, "VALIDATION_ERROR"),
        ("hubly", "POST", SEARCH, filtered("valu", "GTE", "9"), 400, "there is no field 'valu'"),
        ("hubly", "POST", SEARCH, filtered("value", "NEAR", "9"), 400, "has no operator of EQ, GT, GTE, LTE"),
        ("hubly", "POST", SEARCH, filtered("createdate", "GT", "monday"), 400, "'monday' is no date"),
        ("hubly", "POST", "/objects/deals", {"properties": {"note": "x"}}, 400, "title is required"),
        ("hubly", "POST", "/objects/deals", {"properties": {"titel": "x"}}, 400, "did you mean title?"),
        ("hubly", "POST", "/objects/deals", {"properties": {"title": "x", "stage": "lost"}}, 400, "one of open, won; got"),
        ("hubly", "POST", "/objects/deals", {"properties": {"title": "x", "value": "much"}}, 400, "of the type number"),
        ("hubly", "GET", "/objects/butterflies", None, 404, "there is nothing called butterflies"),
        ("hubly", "GET", "/objects/deals/9", None, 404, "there is no record 9"),
        ("salesy", "GET", "/services/data/v60.0/query?q=SELECT", None, 400, "does not say which records"),
        ("salesy", "GET", "/services/data/v60.0/query/none", None, 400, "the token 'none' is none of a page"),
        ("pipes", "POST", "/v1/deals", {"title": "x", "value": True}, 400, '"errorCode":400'),
        ("pipes", "PUT", "/v1/deals/700", {"title": None}, 400, "title is required"),
        ("booked", "GET", "/deals?page=-1", None, 400, "the number of a page"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_as_the_file_says(five, name, method, path, body, status, said):
    reply = sent(five, name, method, path, body)

    assert (reply.status, said in reply.body.decode()) == (status, True), reply.body


@each_row(
    ("name", "path", "status", "said"),
    [
        ("pipes", "/v1/deals", 401, '{"success":false,"error":"unauthorized access","errorCode":401}'),
        ("booked", "/deals", 403, '{"message":"the API key is missing or unknown"}'),
        ("hubly", "/objects/deals", 401, '"category":"INVALID_AUTHENTICATION"'),
        ("salesy", QUERY, 401, '"errorCode":"INVALID_SESSION_ID"'),
    ],
)
def test_a_credential_of_nobodys_is_refused_as_the_file_says(five, name, path, status, said):
    reply = sent(five, name, "GET", path, key="nobodys")

    assert (reply.status, said in reply.body.decode()) == (status, True), reply.body


def test_a_credential_may_come_in_the_header_or_in_the_parameter_if_the_file_has_both(five):
    keys = (five.credentials.crm_api_key, "nobodys")

    assert [five.fakes["booked"].send("GET", f"/deals?api_key={key}").status for key in keys] == [200, 403]


def test_links_go_on_with_what_was_asked_and_end(five):
    pages = [sent(five, "salesy", "GET", f"{QUERY} WHERE value > 6 ORDER BY value ASC")]
    while link := decode(pages[-1].body).get("nextRecordsUrl"):
        pages.append(sent(five, "salesy", "GET", link))
    numbered = [sent(five, "booked", "GET", f"/deals?page={page}") for page in (1, 3)]

    assert [ids_of(each) for each in pages] == [["5003", "5002"], ["5001", "5000"]]
    assert [decode(each.body)["totalSize"] for each in pages] == [4, 4]
    assert [each.header("X-Total") for each in numbered] == ["5", "5"]
    assert [each.header("Link") for each in numbered] == [
        f'<{five.fakes["booked"].url}/deals?page=2>; rel="next"',
        None,
    ]


def test_fields_are_shown_that_are_asked_for_and_equal_values_keep_the_date(clients):
    path = "/objects/deals"
    made = decode(sent(clients, "hubly", "POST", path, {"properties": {"title": "a", "value": 3}}).body)
    clients.clock.advance("1m")
    same = decode(sent(clients, "hubly", "PATCH", f"{path}/101", {"properties": {"value": "3"}}).body)
    cleared = decode(sent(clients, "hubly", "PATCH", f"{path}/101", {"properties": {"value": ""}}).body)
    asked = decode(sent(clients, "hubly", "GET", f"{path}/101?properties=title&properties=note").body)
    gone = [sent(clients, "hubly", "DELETE", f"{path}/101").status for _ in range(2)]
    listed = decode(sent(clients, "hubly", "GET", f"{path}?archived=true").body)

    dates = {"createdate": "1772445600000", "hs_lastmodifieddate": "1772445600000"}
    assert made["properties"] == {"title": "a", "value": "3", "stage": "open", "object_id": "101", **dates}
    assert same == made
    assert (cleared["updatedAt"], "value" in cleared["properties"]) == ("1772445660000", False)
    assert {*asked["properties"]} == {"title", "object_id", *dates}
    assert (gone, [each["archived"] for each in listed["results"]]) == ([204, 204], [True])


def test_a_value_that_is_to_be_unique_is_taken_once(clients):
    twice = [
        sent(clients, "hubly", "POST", "/objects/contacts", {"properties": {"email": "ada@x.example"}})
        for _ in range(2)
    ]

    assert [each.status for each in twice] == [201, 409]


def test_records_that_probe_polls_have_values_of_their_own_where_a_field_is_unique(clients):
    number = instance_of(clients, "hubly")["id"]
    resource = resource_of(configured_instance(clients, number), "contacts")
    probes = Probes(clients=clients, instance_id=number, resource=resource, changes=())
    probes.run()

    verdicts = {verdict for cell in probes.cells().values() for verdict in cell.verdicts}
    assert verdicts == {CellVerdict.REPORTED, CellVerdict.MISCLASSIFIED}  # made and changed before one poll


@pytest.mark.parametrize("condition", ["stage = 'won'", "properties.stage='won'"])
def test_records_of_probes_have_the_fields_that_the_url_wants(clients, condition):
    body = instance_body(clients.credentials, element="hubly")
    block = body["configuration"]["event.poller.configuration"]["deals"]
    block["url"] += f" and {condition}"
    number = clients.platform.create_instance(body)["id"]
    resource = resource_of(configured_instance(clients, number), "deals")
    probes = Probes(clients=clients, instance_id=number, resource=resource, changes=())
    probes.run()

    assert CellVerdict.LOST not in {verdict for cell in probes.cells().values() for verdict in cell.verdicts}


@pytest.mark.parametrize("name", NAMES)
def test_the_cure_of_missing_dates_is_the_elements_own_with_their_zone(clients, name):
    body = instance_body(clients.credentials, element=name)
    blocks = body["configuration"]["event.poller.configuration"]
    own = blocks["deals"].pop("datesConfiguration")
    clients.platform.create_instance(body)
    found = of_instance(clients, None, lag_s=None).findings
    cure = next(each["cure"]["change"] for each in found if each["rule"] == "missing-date-field")

    dates = cure["event.poller.configuration"]["deals"]["datesConfiguration"]
    assert {key: dates.get(key, "GMT") for key in own} == own


@pytest.mark.parametrize("name", NAMES)
def test_calls_of_the_hub_carry_no_warning_for_what_the_file_reads(clients, name):
    hub = clients.platform.hub(instance_of(clients, name)["token"])
    made = hub.send("POST", "/deals", json=fields(name, title="a"))
    listed = hub.send("GET", "/deals")

    assert [each.status for each in (made, listed)] == [200, 200]
    assert (made.header("Elements-Local-Warnings"), listed.header("Elements-Error")) == (None, None)


def test_a_transformation_may_name_an_object_as_the_vendor_does(clients):
    instance = instance_of(clients, "salesy")
    own, hub = f"/elements/api-v2/instances/{instance['id']}", clients.platform.hub(instance["token"])
    moved = [{"path": "called", "vendorPath": "title"}]
    for name in ("Opportunity", "ours"):
        defined = {"fields": [{"path": "called", "type": "string"}]}
        clients.platform.call("POST", f"{own}/objects/{name}/definitions", json=defined)
        mapping = {"vendorName": "Opportunity", "fields": moved}
        clients.platform.call("POST", f"{own}/transformations/{name}", json=mapping)
    made = hub.call("POST", "/Opportunity", json={"called": "a"})

    read = [hub.call("GET", f"/{name}/{made['id']}") for name in ("Opportunity", "ours", "deals")]
    assert [each.get("called") or each["title"] for each in read] == ["a"] * 3


def test_an_instance_that_trigger_makes_polls_by_the_elements_own_blocks(clients):
    number = trigger.instance_of_its_own(clients, "hubly/contacts")
    kinds = clients.credentials.crms["hubly"]["kinds"]

    kept = configured_instance(clients, number).configuration["event.poller.configuration"]
    assert kept == {name: kind["poller"] for name, kind in kinds.items()}


@pytest.mark.parametrize("name", ["leads", "projects"])
def test_records_of_another_vendor_stand_for_none_of_the_elements_own(clients, name):
    body = instance_body(clients.credentials, element="hubly")
    body["configuration"]["event.poller.configuration"] = {name: {}}
    configured = configured_body(body, clients.credentials.crms)

    with pytest.raises(NotPolledError, match="whose URL lists deals, contacts can; there are"):
        resource_of(configured, name)


def test_an_id_that_is_a_number_is_one_in_every_answer(clients):
    replies = [
        sent(clients, "pipes", method, f"/v1/deals{rest}", body)
        for method, rest, body in [("POST", "", {"title": "a"}), ("DELETE", "/700", None)]
    ]

    assert [decode(each.body)["data"]["id"] for each in replies] == [700, 700]


def test_what_is_made_up_follows_from_the_seed_and_fits(stack):
    made = []
    for _ in range(2):
        clients = stack.new_workspace(seed=11, records=3)
        made.append(ids_and_fields(clients))
        stack.delete_workspace(clients.credentials.name)

    assert made[0] == made[1]
    assert len(made[0]) == 6


def ids_and_fields(clients):
    clients.fakes["pipes"].call("POST", "/_local/seed", json={"records": 3})
    return [
        tuple(each.values())
        for start in (0, 2, 4)
        for each in decode(sent(clients, "pipes", "GET", f"/v1/deals?start={start}").body)["data"]
    ]


def test_hooks_do_what_a_file_cannot_say(tmp_path):
    path = tmp_path / "pipes.yaml"
    hooks = {name: name for name in ("hub", "query")} | {
        "id": "id_of",
        "write": "written",
        "routes": "add_routes",
    }
    named = "".join(f"  {name}: vendor_hooks:{function}\n" for name, function in hooks.items())
    text = FILES["pipes"].read_text("utf-8").replace("type: number, first: 700", "type: text")
    path.write_text(f"{text}hooks:\n{named}", "utf-8")
    with in_process(Options(vendors=(path,))) as stack:
        clients = stack.workspace()
        hub = clients.platform.hub(instance_of(clients, "pipes")["token"])
        made = [hub.call("POST", "/deals", json={"title": "a", "note": "n", "value": n}) for n in (1, 2)]
        refused = hub.send("POST", "/deals", json={"title": "a", "value": 13})
        changed = hub.call("PATCH", "/deals/d-4", json={"note": "x"})
        above = sent(clients, "pipes", "GET", "/v1/deals?above=1")
        count = sent(clients, "pipes", "GET", "/v1/deals/count")

        assert [(each["id"], each["note"]) for each in made] == [
            ("d-7", "n after None"),
            ("d-4", "n after None"),
        ]
        assert made[0]["kind"] == "deals"
        assert (refused.status, b"value is taken by 13" in refused.body) == (409, True)
        assert changed["note"] == "x after d-4"
        assert (ids_of(above), count.body) == (["d-4"], b"2")


@pytest.mark.parametrize(
    ("fault", "pages", "changed"),
    [
        pytest.param({"effect": {"page_overlap": 1}}, ["01", "12", "23"], [], id="pages overlap"),
        pytest.param(
            {"effect": {"delete_listed": 1}, "phase": "after", "when": {"first_n": 1}},
            ["01", "3"],
            [("DELETED", 0)],
            id="deleted after the first page",
        ),
        pytest.param(
            {"effect": {"update_listed": 1}, "phase": "after", "when": {"first_n": 1}},
            ["01", "30"],
            [("UPDATED", 0)],
            id="updated after it, and so moved",
        ),
        pytest.param(
            {"effect": {"delete_listed": 1, "update_listed": 1}, "when": {"first_n": 1}},
            ["23", "1"],
            [("DELETED", 0), ("UPDATED", 1)],
            id="before it",
        ),
        pytest.param(
            {"effect": {"repeat_page": True}, "when": {"every_n": 2, "first_n": 2}},
            ["01", "01", "23"],
            [],
            id="a page is repeated",
        ),
        pytest.param(
            {"effect": {"never_empty": True}, "when": {"first_n": 4}},
            ["01", "23", "23", "23", ""],
            [],
            id="never empty",
        ),
        pytest.param(
            {"effect": {"ignore_parameter": "after"}, "when": {"first_n": 3}},
            ["01", "01", "01", "23"],
            [],
            id="the token is ignored",
        ),
        pytest.param({"effect": {"ignore_parameter": "limit"}}, ["01", "23"], [], id="the size is ignored"),
        pytest.param({"effect": {"unordered": True}}, ["21", "03"], [], id="in another order"),
    ],
)
def test_pages_of_a_list_are_bent_by_a_fault(clients, fault, pages, changed):
    ids = [clients.crm.create("hubly/deals", fields("hubly", title=f"deal {n}"))["id"] for n in range(4)]
    clients.clock.advance("1m")
    clients.fakes["hubly"].script_faults([{"match": {"path": "*/search"}, **fault}])
    read, after = [], {}
    while after is not None:
        by_date = {"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}
        found = decode(sent(clients, "hubly", "POST", SEARCH, {"sorts": [by_date], "limit": 2} | after).body)
        read.append("".join(str(ids.index(each["id"])) for each in found["results"]))
        after = found.get("paging", {}).get("next")

    log = clients.fakes["hubly"].changes()[4:]
    assert read == pages
    assert [(each["change"], ids.index(each["recordId"])) for each in log] == changed
    calls = clients.fakes["hubly"].call("GET", "/_local/journal?limit=9")["exchanges"]
    moved = [one for each in calls for one in each["effect"].get("noted", {}).get("moved", [])]
    assert moved == [ids[at] for change, at in changed if change == "UPDATED"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("fault", "change_url", "cause", "said"),
    [
        ({"list_cap": 1}, ("", ""), "list-cut", "the CRM ended the list that the poll of 2026-03-02T10:15:00Z read after 1 records"),
        ({"index_lag_within_s": 600}, ("", ""), "index-lag", "it knows of each write after a delay of its own"),
        ({}, (">'${date}'", "<'${date}'"), "where-excludes", "and the record was updated at 2026-03-02T10:14:30"),
        ({}, ("${date}", "2026-03-02T10:30:00Z"), "where-excludes", "and the record was updated at 2026-03-02T10:14:30"),
    ],
)  # fmt: skip
def test_what_a_list_left_out_is_named_as_at_insightly(clients, name, fault, change_url, cause, said):
    body = instance_body(clients.credentials, element=name)
    block = body["configuration"]["event.poller.configuration"]["deals"]
    block["url"] = block["url"].replace(*change_url)
    instance = clients.platform.create_instance(body)
    clients.fakes[name].script_faults([{"match": {"path": "*"}, "effect": fault}] if fault else [])
    clients.clock.advance("14m30s")
    made = [clients.crm.create(f"{name}/deals", fields(name, title=f"deal {n}")) for n in range(2)]
    clients.clock.advance("1m")
    number = str(made[1].get("id") or made[1].get("ref") or made[1].get("Id"))
    explained = clients.platform.explain(
        instance_id=instance["id"], resource="deals", record_id=number, cures=False
    )

    assert (explained["cause"], said in explained["why"]) == (cause, True), explained["why"]


def test_limits_hold_where_the_vendors_are_asked_for():
    limited = Options(vendors=(VENDORS / "hubly.yaml",), environment={"ELEMENTS_LOCAL_CRM_LIMITS": "vendor"})
    with in_process(limited) as stack:
        clients = stack.workspace()

        def statuses():
            return [sent(clients, "hubly", "POST", SEARCH, {}).status for _ in range(3)]

        first = statuses()
        others = sent(clients, "hubly", "GET", "/objects/deals").status
        clients.clock.advance("1s")
        assert (first, others, statuses()) == ([200, 200, 429], 200, [200, 200, 429])


def test_a_date_that_the_vendor_cannot_be_asked_by_to_the_second_loses_nothing(tmp_path):
    path = tmp_path / "pipes.yaml"
    daily = '  filter: {format: "yyyy-MM-dd"}\n  paging: {by: offset'
    text = FILES["pipes"].read_text("utf-8").replace("  paging: {by: offset", daily)
    path.write_text(text.replace("{updated>=}", '{updated>=}", until: "{updated<=}'), "utf-8")
    with in_process(Options(vendors=(path,))) as stack:
        clients = stack.workspace()
        hub = clients.platform.hub(instance_of(clients, "pipes")["token"])
        for _ in range(3):
            hub.call("POST", "/deals", json={"title": "a"})
            clients.clock.advance("1m")
        found = [
            [each["id"] for each in hub.call("GET", f"/deals?where=update_time {sign} '2026-03-02 10:01:01'")]
            for sign in (">", ">=", "<", "<=", "=")
        ]
        noted = clients.fakes["pipes"].call("GET", "/_local/journal?limit=100")["exchanges"]
        asked = [call["target"] for call in noted if "/v1/deals?" in call["target"]]

        assert found == [[702], [701, 702], [700], [700, 701], [701]]
        assert {each.partition("since=")[2].partition("&")[0] for each in asked} >= {"", "2026-03-02"}
        assert not [each for each in asked if "until=" in each]


AUTHENTICATIONS = {
    "keyed": ("header: X-Api-Key", {"X-Api-Key": "{key}"}, ""),
    "plain": ("header: Authorization", {"Authorization": "{key}"}, ""),
    "worded": ('header: Authorization, value: "Acme-oauth token={key}"', {"Authorization": "Acme-oauth token={key}"}, ""),
    "queried": ("parameter: api_token", {}, "?api_token={key}"),
}  # fmt: skip


def small(folder, name, authentication, *, listing=""):
    """Write a file of a small vendor that lets callers in, and lists, as it is said."""
    text = (VENDORS / "small.yaml").read_text("utf-8").replace("small", name)
    text = text.replace("  paging:", f"{listing}  paging:")
    text = re.sub("authentication: .*", f"authentication: {{ key: access.token, {authentication} }}", text)
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def letting_in(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vendors")
    files = [small(folder, name, said) for name, (said, _, _) in AUTHENTICATIONS.items()]
    files.append(small(folder, "lagging", "header: X-Api-Key", listing="  lag_s: 4\n"))
    with in_process(Options(vendors=tuple(files))) as stack:
        yield stack


@each_row(("name", "cured"), [("keyed", False), ("plain", False), ("worded", False), ("queried", True)])
def test_a_call_straight_to_a_fake_is_made_again_with_its_credential_where_it_stood(letting_in, name, cured):
    clients = letting_in.new_workspace(seed=7)
    _, headers, query = AUTHENTICATIONS[name]
    key = clients.credentials.crm_api_key
    instance = instance_of(clients, name)
    sent = {header: value.replace("{key}", key) for header, value in headers.items()}
    vendor = replace(clients.fakes[name], headers=sent)
    vendor.script_faults([{"match": {"path": "*", "method": "GET"}, "effect": {"index_lag_s": 4}}])
    clients.clock.advance("14m58s")
    made = vendor.call("POST", f"/v1/deals{query.replace('{key}', key)}", json={"title": "a"})
    clients.clock.advance("16m")
    text = scenario_so_far(letting_in, clients.credentials.name)
    options = {"instance_id": instance["id"], "resource": "deals", "record_id": made["id"], "cures": cured}
    said = clients.platform.explain(**options)

    assert ("not-recorded" in text, "deals/a: id" in text) == (False, True)
    assert (said["cause"], (said["fix"] or {}).get("change")) == (
        "index-lag",
        {"pollDelay": 4} if cured else None,
    )


@each_row(("name", "effect", "lag_s"), [("lagging", {}, 4), ("keyed", {"index_lag_s": 3}, 3)])
def test_a_lag_of_its_lists_is_known_to_lint_and_to_the_diagnosis(letting_in, name, effect, lag_s):
    clients = letting_in.new_workspace(seed=7)
    instance = instance_of(clients, name)
    clients.fakes[name].script_faults([{"match": {"path": "*"}, "effect": effect}] if effect else [])
    clients.clock.advance("14m58s")
    made = clients.crm.create(f"{name}/deals", {"title": "a"})
    clients.clock.advance("16m")
    of = {"instance_id": instance["id"], "resource": "deals", "record_id": made["id"], "cures": False}
    said = clients.platform.explain(**of)
    found = of_instance(clients, instance["id"], lag_s=None)

    assert (said["cause"], f"only {lag_s} s later" in said["why"]) == ("index-lag", True)
    assert [each["rule"] for each in found.findings] == ["poll-delay-too-short"]
    assert found.lag_s == lag_s


FAILING = """
from elements_local.platform.elements.vendor_file import VendorRefusalError

def of_one(number): return [][number]
def of_two(one, two): return one["none"]
def of_three(one, two, three):
    return {}[
        "none"
    ]
def refusing(one, two, three): raise VendorRefusalError("conflict", "it is there")
def adding(fake): fake.route("GET", "/odd", lambda: 1 / 0)
def adding_nothing(fake): raise OSError("no room")
def ending(*arguments): raise SystemExit(0)
"""


@pytest.fixture
def failing(tmp_path, monkeypatch):
    """Return a vendor file with one hook, which fails."""
    monkeypatch.delitem(sys.modules, "failing_hooks", raising=False)
    (tmp_path / "failing_hooks.py").write_text(FAILING, "utf-8")
    plain = (VENDORS / "small.yaml").read_text("utf-8").partition("hooks:")[0]

    def written(name, function):
        (path := tmp_path / "small.yaml").write_text(
            f"{plain}\nhooks: {{{name}: 'failing_hooks:{function}'}}\n", "utf-8"
        )
        return path

    return written


@each_row(
    ("name", "function", "line", "said"),
    [
        ("id", "of_one", 4, "IndexError: list index out of range"),
        ("write", "of_three", 7, "KeyError: 'none'"),
        ("write", "ending", 13, "SystemExit: 0"),
        ("hub", "ending", 13, "SystemExit: 0"),
        ("hub", "of_two", 5, "KeyError: 'none'"),
        ("query", "of_three", 7, "KeyError: 'none'"),
        ("where", "of_two", 5, "TypeError: "),
        ("routes", "adding", 11, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_hook_that_fails_is_named_with_its_line_and_is_no_defect_of_ours(
    failing, tmp_path, name, function, line, said
):
    with in_process(Options(vendors=(failing(name, function),))) as stack:
        clients = stack.workspace()
        asked = [
            sent_with_key(clients, "POST", "/v1/deals", json={"title": "x"}),
            sent_with_key(clients, "GET", "/v1/deals"),
        ]
        shown = [
            each.body.decode() for each in (*asked, sent_with_key(clients, "GET", "/odd"))
        ] + hub_answers(clients)

    told = [each for each in shown if f"the hook failing_hooks:{function}" in each]
    assert [each for each in told if f"{tmp_path / 'failing_hooks.py'}:{line}: {said}" in each], shown
    assert not [each for each in shown if "defect" in each]


def sent_with_key(clients, method, path, **more):
    """Call the fake with the workspace's key."""
    headers = {"Authorization": f"Bearer {clients.credentials.crm_api_key}"}
    return clients.fakes["small"].send(method, path, headers=headers, **more)


def hub_answers(clients):
    body = instance_body(clients.credentials, element="small")
    made = clients.platform.send("POST", "/elements/api-v2/instances", json=body)
    if not made.ok:
        return [made.body.decode()]
    hub = clients.platform.hub(decode(made.body)["token"])
    hub.send("POST", "/deals", json={"title": "y"})
    targets = ("/deals", "/deals?where=title='y'")
    return [hub.send("GET", target).body.decode() for target in targets]


def test_a_hook_that_refuses_is_answered_as_the_file_says(failing):
    with in_process(Options(vendors=(failing("write", "refusing"),))) as stack:
        made = sent_with_key(stack.workspace(), "POST", "/v1/deals", json={"title": "x"})

    assert made.status == 409
    assert "it is there" in made.body.decode()


@pytest.mark.parametrize("command", [("vendor", "check"), ("up", "--vendor")])
@each_row(
    ("name", "function", "said"),
    [
        ("routes", "adding_nothing", "the hook failing_hooks:adding_nothing failed at"),
        ("routes", "ending", "the hook failing_hooks:ending failed at"),
        ("routes", "of_two", "failing_hooks:of_two takes other arguments: it is called with 1"),
        ("write", "nothing", "unknown name in the hook's module failing_hooks 'nothing'"),
    ],
)
def test_check_refuses_what_up_refuses(failing, command, name, function, said):
    done = CliRunner().invoke(cli, [*command, str(failing(name, function))])

    assert done.exit_code == (1 if command[0] == "vendor" else 2)
    assert said in done.output
    assert "Traceback" not in done.output


ATS = {"offset": (0, 2, 4), "page": (1, 2, 3)}


@pytest.mark.parametrize("by", ATS)
def test_pages_of_a_constant_size_are_read_to_their_end(tmp_path, by):
    small = (VENDORS / "small.yaml").read_text("utf-8")
    listed = f'parameters: {{at: "{{{by}}}"}}\n  answer: "{{records}}"\n  paging: {{by: {by}, default: 2, max: 2}}\nget:'
    text = re.sub(r"parameters:.*?\nget:", listed, small, flags=re.DOTALL)
    (path := tmp_path / "small.yaml").write_text(text, "utf-8")
    with in_process(Options(vendors=(path,))) as stack:
        clients = stack.workspace()
        hub = clients.platform.hub(instance_of(clients, "small")["token"])
        for number in range(5):
            hub.call("POST", "/deals", json={"title": f"deal {number}"})
        fake = [len(decode(sent_with_key(clients, "GET", f"/v1/deals?at={at}").body)) for at in ATS[by]]
        pages = [hub.call("GET", f"/deals?pageSize=200&page={page}") for page in (1, 2, 3)]

    assert fake == [2, 2, 1]
    assert [each["title"] for page in pages for each in page] == [f"deal {number}" for number in range(5)]
