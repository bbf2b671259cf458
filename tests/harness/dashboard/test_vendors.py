"""The pages of another vendor's records, faults and instances, as of the CRM's."""

import pytest
from page_reader import PageVisitor

from elements_local.dashboard.routes.faults import PRESETS, summary
from elements_local.start import Options, in_process


@pytest.fixture(scope="module")
def stack():
    with in_process(Options(vendors=("hubspotcrm",))) as started:
        yield started


@pytest.fixture
def clients(stack):
    made = stack.new_workspace()
    yield made
    stack.delete_workspace(made.credentials.name)


@pytest.fixture
def visit(stack, clients):
    visitor = PageVisitor(stack.http, stack.addresses.platform)
    at = f"/_local/dashboard/{clients.credentials.name}/"
    return visitor, lambda path: visitor.open(at + path)


@pytest.fixture
def ada(clients):
    return clients.crm.create("hubspotcrm/contacts", {"properties": {"lastname": "Lovelace"}})["id"]


def test_a_new_instance_has_its_elements_block_and_credential(visit, clients):
    visitor, opened = visit
    page = opened("instances/new/hubspotcrm")

    made = visitor.send(page, "/new/hubspotcrm", name="Mine")

    (poller,) = clients.platform.pollers()
    assert (poller["name"], made.status) == ("Mine", 200)
    assert [each["resource"] for each in poller["resources"]] == ["contacts", "accounts", "opportunities"]
    assert clients.credentials.crms["hubspotcrm"]["credentials"]["access.token"] not in page.html


def test_the_form_leads_to_all_elements(visit):
    _, opened = visit
    page = opened("instances/new")

    assert [each for each, _ in page.links if "/new/hubspotcrm" in each]
    assert opened("instances/new/nobodys").status == 404


def test_a_record_is_made_changed_and_deleted(visit, clients):
    visitor, opened = visit
    made = visitor.send(
        opened("records/hubspotcrm.accounts/new"), "/new", json='{"properties": {"name": "Engines"}}'
    )
    (row,) = clients.fakes["hubspotcrm"].call("GET", "/_local/records?kind=accounts")["records"]
    assert f"/records/hubspotcrm.accounts/{row['id']}" in made.url
    text = made.filled_in(f".accounts/{row['id']}")["json"]

    changed = visitor.send(made, f".accounts/{row['id']}", json=text.replace("Engines", "Looms"))

    assert "Changed: name." in changed.words
    gone = visitor.send(changed, "/delete")
    assert (gone.status, "deleted" in gone.words) == (200, True)
    changes = [each["change"] for each in clients.fakes["hubspotcrm"].changes()]
    assert changes == ["CREATED", "UPDATED", "DELETED"]


def test_what_the_vendor_refuses_is_shown_beside_what_was_written(visit):
    visitor, opened = visit

    page = visitor.send(
        opened("records/hubspotcrm.contacts/new"), "/new", json='{"properties": {"no_such": "x"}}'
    )

    assert (page.status, "no_such" in page.filled_in("/new")["json"]) == (400, True)


def test_a_record_is_found_by_the_vendors_id(visit, ada):
    _, opened = visit

    assert "Lovelace" in opened(f"records/hubspotcrm.contacts/{ada}").words
    assert opened("records/hubspotcrm.contacts/1").status == 404
    assert opened("records/hubspotcrm.contacts/" + "x" * 500).status == 404


def test_changes_are_on_the_lane_and_lead_to_the_record(visit, ada):
    _, opened = visit
    page = opened("")

    assert f"hubspotcrm.contacts {ada}" in page.words
    assert [each for each, _ in page.links if each.endswith(f"/records/hubspotcrm.contacts/{ada}")]


def test_a_callback_leads_to_its_record(visit, clients):
    visitor, opened = visit
    visitor.send(opened("instances/new/hubspotcrm"), "/new/hubspotcrm")
    made = clients.crm.create("hubspotcrm/contacts", {"properties": {"lastname": "King"}})["id"]
    clients.clock.advance("16m")

    page = opened("callbacks/latest")

    assert [each for each, _ in page.links if each.endswith(f"/records/hubspotcrm.contacts/{made}")]


@pytest.mark.parametrize("preset", [each.name for each in PRESETS if each.service in {"any", "records"}])
def test_faults_of_its_fake_are_switched_on(visit, clients, preset):
    visitor, opened = visit
    page = opened("faults/")

    done = visitor.send(page, "/faults/hubspotcrm", on=preset)

    assert done.status == 200, done.words
    (rule,) = clients.fakes["hubspotcrm"].call("GET", "/_local/faults")["faults"]
    assert rule.get("match", {}).get("method") != "GET"  # its lists are searches
    assert summary(rule) in [each.text for each in PRESETS]


@pytest.mark.usefixtures("ada")
def test_its_requests_are_in_the_journal(visit):
    _, opened = visit

    assert "POST /crm/v3/objects/contacts" in opened("journal/hubspotcrm/latest").words
