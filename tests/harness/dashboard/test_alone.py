"""The pages of a sink and of a CRM that run alone."""

import pytest
from page_reader import PageVisitor

from elements_local.start import Options, in_process


@pytest.fixture
def sink():
    with in_process(Options(role="sink")) as stack:
        yield stack


@pytest.fixture
def crm():
    with in_process(Options(role="crm")) as stack:
        yield stack


def places(page):
    return [given["href"].rpartition("/default/")[2] for _, given in page.links if "data-key" in given]


def test_a_sink_alone_shows_what_it_has(sink):
    visitor = PageVisitor(sink.http, sink.addresses.sink)

    page = visitor.open("/")

    assert page.url == f"{sink.addresses.sink}/_local/"
    assert places(page) == ["", "callbacks/", "faults/", "journal/", "state/"]
    for path in places(page):
        assert visitor.open(f"/_local/dashboard/default/{path}").status == 200


def test_its_callbacks_are_on_the_timeline_and_in_the_inbox(sink):
    visitor = PageVisitor(sink.http, sink.addresses.sink)
    clients = sink.workspace()
    clients.sink.respond({"status": 500, "times": 1})
    for path in ("/default/a", "/default/b"):
        sink.http.send("POST", sink.addresses.sink + path, body=b"{}")

    page = visitor.open("/_local/")

    assert "callback 1: POST /default/a answered 500" in page.words
    assert "callback 2: POST /default/b answered 200" in page.words
    assert "POST /default/b" in visitor.open("/_local/dashboard/default/callbacks/latest").words


def test_a_crm_alone_shows_what_it_has(crm):
    visitor = PageVisitor(crm.http, crm.addresses.crm)

    page = visitor.open("/")

    assert places(page) == ["", "records/", "faults/", "journal/", "state/"]
    made = visitor.send(visitor.open("/_local/dashboard/default/records/Contacts/new"), "/new")
    assert "is made." in made.words
    assert "Contacts" in visitor.open("/_local/").words
    for path in places(page):
        assert visitor.open(f"/_local/dashboard/default/{path}").status == 200


@pytest.mark.parametrize("name", ["sink", "crm"])
def test_one_alone_is_reset_and_snapshotted(request, name):
    stack = request.getfixturevalue(name)
    visitor = PageVisitor(stack.http, stack.admin().url)
    state = visitor.open("/_local/dashboard/default/state/")

    taken = visitor.send(state, "/snapshot")
    moved = visitor.send(visitor.open("/_local/"), "/clock", ("move", "1d"))
    restored = visitor.upload(state, "/restore", "snapshot", taken.reply.body)

    assert "2026-03-03 10:00:00" in moved.words
    assert "2026-03-02 10:00:00" in restored.words
    assert "is at its start again" in visitor.send(state, "/reset").words


ABSENT = ("instances/", "audit/", "callbacks/", "polls/", "why/?instanceId=1&resource=a&recordId=1")


def test_a_page_of_what_does_not_run_says_so(crm):
    visitor = PageVisitor(crm.http, crm.addresses.crm)
    for path in (*ABSENT, "state/scenario.yaml"):
        page = visitor.open(f"/_local/dashboard/default/{path}")

        assert page.status == (502 if path.endswith("yaml") else 404)
        assert "runs here" in page.words
