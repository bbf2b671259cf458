"""What the timeline says of records, of what faults struck, and of time that was moved in vain."""

import json
import re
from html import unescape
from threading import enumerate as enumerate_threads

import pytest
from deadline import DEADLINE_S
from page_reader import PageVisitor

from elements_local.clients.guide import instance_body
from elements_local.dashboard import advances
from elements_local.start import Options, in_process


@pytest.fixture
def timeline(visitor, at):
    """Open the timeline."""
    return lambda query="": visitor.open(at + query)


def marks(page):
    """Return the marks that belong to something: their words, with what that is."""
    found = re.findall(r'class="mark [^"]*"[^>]* title="([^"]*)"[^>]*data-about="([^"]*)"', page.html)
    return {unescape(words): set(json.loads(unescape(about))) for words, about in found}


@pytest.mark.usefixtures("instance")
def test_a_mark_shares_a_record_or_a_poll_with_those_that_belong_to_it(timeline, clients):
    clients.clock.advance("1m")
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})["CONTACT_ID"]
    clients.clock.advance("2m")
    clients.crm.create("Organisations", {"ORGANISATION_NAME": "Engines"})
    clients.clock.advance("12m")
    key = f"contacts/{ada}"

    about = marks(timeline())

    own = sorted(words.partition(": ")[2] for words, keys in about.items() if key in keys)
    assert [each.partition(", and")[0] for each in own] == [
        f"Ada Lovelace, Contacts {ada} (CREATED)",
        f"Ada Lovelace, attempt 1: contacts/{ada} CREATED (delivered)",
        f"Ada Lovelace, contacts/{ada} (CREATED)",
        "poll of contacts (1 seen, 1 reported)",
    ]
    (engines,) = [keys for words, keys in about.items() if "Engines, Organisations" in words]
    assert key not in engines


def test_a_row_names_the_record_with_its_kind_and_id_beside_it(timeline, clients):
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "<b>"})["CONTACT_ID"]

    page = timeline()

    assert f'>Ada &lt;b&gt;</a> <small class="dim mono">Contacts {ada}</small>' in page.html


def test_a_record_that_is_gone_is_called_by_its_kind_and_id(timeline, clients):
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.crm.delete("Contacts", ada)

    assert f">Contacts {ada}</a>" in timeline().html


@pytest.mark.usefixtures("instance")
def test_what_faults_struck_of_one_poll_is_one_row_that_opens(timeline, clients):
    clients.crm.script_faults([{"match": {"path": "*Contacts/Search"}, "effect": {"index_lag_s": 1}}])
    clients.clock.advance("14m")
    for place in range(201):  # a page has 200
        clients.crm.create("Contacts", {"FIRST_NAME": f"Ada {place}"})
    clients.clock.advance("17m")
    struck = clients.crm.call_object("GET", "/_local/journal?struck=true")["exchanges"]

    page = timeline("?lane=FAULT")

    opened = re.findall(r"<summary>(\d+ calls of the poll of contacts)</summary>(.*?)</details>", page.html)
    assert [(words, inner.count("<li>")) for words, inner in opened] == [
        ("2 calls of the poll of contacts", 2)
    ]
    assert len(struck) == 3
    poll = next(keys for words, keys in marks(timeline()).items() if "201 seen" in words)
    (faults,) = [keys for words, keys in marks(page).items() if "2 calls of the poll" in words]
    assert faults & poll


class TestUntilACallback:
    """Time that is moved until a callback that does not come."""

    @pytest.fixture
    def waited(self, visitor, timeline, clients, instance):
        assert instance
        clients.crm.script_faults([{"match": {"path": "*Search"}, "effect": {"index_lag_s": 3600}}])
        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        return lambda **form: visitor.send(timeline(), "/clock", press=("move", "until"), **form)

    @pytest.mark.usefixtures("patient_pages")
    def test_stops_after_an_hour_says_so_in_amber_and_offers_the_way_back(self, visitor, waited, clients):
        page = waited()

        assert re.search(r'class="notice warn"[^>]*>◷ Time is', page.html)
        assert "Time is 2026-03-02 11:00:01" in page.words
        assert "has not come within the limit" in page.words
        back = visitor.send(page, "/rewind")
        assert clients.clock.show()["now"] == "2026-03-02T10:00:01Z"
        assert (clients.platform.polls(), len(clients.crm.changes())) == ([], 1)
        assert "as it was at 2026-03-02 10:00:01" in back.words

    @pytest.mark.usefixtures("patient_pages")
    def test_goes_as_far_as_the_user_lets_it(self, waited, clients):
        waited(limit="6h")

        assert clients.clock.show()["now"] == "2026-03-02T16:00:01Z"

    @pytest.mark.usefixtures("patient_pages")
    def test_a_way_back_that_is_no_longer_kept_is_refused_and_changes_nothing(self, visitor, waited, clients):
        page = waited()
        waited()
        now = clients.clock.show()["now"]

        refused = visitor.send(page, "/rewind")

        assert "is no longer kept" in refused.words
        assert clients.clock.show()["now"] == now

    def test_that_nobody_waited_for_is_told_of_by_the_next_page(self, monkeypatch, timeline, waited):
        monkeypatch.setattr(advances, "PATIENCE_S", 0.0)
        waited()
        for thread in enumerate_threads():
            if thread.name == "advance":
                thread.join(timeout=DEADLINE_S)

        assert ["notice warn" in timeline().html for _ in range(2)] == [True, False]


def test_a_lane_of_faults_is_hatched_where_the_journal_is_no_longer_kept_also_without_an_entry():
    small = {"ELEMENTS_LOCAL_CRM_JOURNAL_BYTES": str(1024 * 1024)}
    with in_process(Options(environment=small)) as stack:
        clients = stack.workspace()
        clients.platform.create_instance(instance_body(clients.credentials))
        clients.clock.advance("1d")
        clients.crm.seed(100)
        for _ in range(300):
            clients.crm.call("GET", "/v3.1/Contacts?top=100")
        struck = clients.crm.call_object("GET", "/_local/journal?struck=true")
        assert (struck["total"], struck["pruned"] > 0) == (0, True)

        page = PageVisitor(stack.http, stack.addresses.platform).open("/_local/dashboard/default/")

        oldest = min(
            one["at"] for one in clients.crm.call_object("GET", "/_local/journal?limit=1000")["exchanges"]
        )
        assert f"Faults before {oldest[:10]} {oldest[11:19]}" in page.words
        assert 'title="Not fetched, or no longer kept"' in page.html
