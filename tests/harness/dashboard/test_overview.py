"""The first page: timeline and clock."""

import pytest

from elements_local.kit.instants import parse_instant

START = "2026-03-02T10:00:00Z"

pytestmark = pytest.mark.usefixtures("patient_pages")


def test_an_empty_workspace_is_shown_what_fills_the_page(visitor, at):
    page = visitor.open(at)

    assert page.status == 200
    assert "Nothing has happened here yet" in page.words
    assert "POST http://127.0.0.1:4701/v3.1/Contacts" in page.words


def test_the_dashboard_begins_with_the_default_workspace(visitor):
    page = visitor.open("/_local/")

    assert (page.status, "workspace default" in page.words) == (200, True)


def test_the_story_of_a_workspace_is_on_the_lanes_and_in_the_list(visitor, at, story):
    page = visitor.open(at)

    shapes = {
        given["class"].split()[1]
        for tag, given in page.tags
        if tag == "a" and "mark" in given.get("class", "")
    }
    assert {"created", "poll", "event", "delivered", "failed", "due", "instance", "clock"} <= shapes
    for words in (
        f"Contacts {story['ada']} CREATED",
        "poll of contacts 1 seen, 1 reported",
        f"contacts/{story['ada']} CREATED",
        f"attempt 1: contacts/{story['eve']} CREATED answered 503",
        f"to come: contacts/{story['eve']} CREATED attempt 2 due",
        "next poll of My Insightly to come",
    ):
        assert words in page.words


@pytest.mark.usefixtures("story")
def test_each_mark_has_a_name(visitor, at):
    page = visitor.open(at)

    marks = [given for tag, given in page.tags if tag == "a" and "mark" in given.get("class", "")]
    assert marks
    assert all(mark["aria-label"] for mark in marks)


def test_range_and_lane_are_in_the_address_and_say_what_they_hide(visitor, at, story):
    page = visitor.open(f"{at}?lane=CRM&from=2026-03-02T10:10:00Z&to=2026-03-02T10:20:00Z")

    assert "hidden by range and lane" in page.words
    assert f"Contacts {story['eve']}" in page.words
    assert f"Contacts {story['ada']}" not in page.words


def test_a_lane_is_left_out(visitor, at, story):
    page = visitor.open(f"{at}?lane=-CRM&lane=-POLL")

    assert f"Contacts {story['eve']}" not in page.words
    assert "poll of contacts" not in page.words
    assert f"contacts/{story['eve']} CREATED" in page.words
    assert "hidden by range and lane" in page.words
    assert [href for href, given in page.links if given.get("aria-label") == "Show Polls"] == [
        f"{at}?lane=-CRM"
    ]


def test_what_a_fault_struck_is_on_a_lane_of_its_own(visitor, at, clients):
    clients.crm.script_faults([{"effect": {"status": 503}, "when": {"first_n": 1}}])
    clients.crm.send("GET", "/v3.1/Contacts")

    page = visitor.open(f"{at}?lane=FAULT")

    assert "crm: GET /v3.1/Contacts status 503" in page.words
    assert f"{at}journal/crm/1" in [href for href, _ in page.links]


@pytest.mark.parametrize(
    "query", ["from=nonsense", "to=", "depth=x", "depth=-4", "lane=none", "from=9999-12-31&to=0001-01-01"]
)
@pytest.mark.usefixtures("story")
def test_a_query_that_means_nothing_breaks_no_page(visitor, at, query):
    assert visitor.open(f"{at}?{query}").status == 200


@pytest.mark.usefixtures("story")
def test_what_is_not_drawn_is_said(visitor, at):
    page = visitor.open(f"{at}?depth=1")

    assert "older ones are not drawn" in page.words


@pytest.mark.parametrize(
    ("move", "now"),
    [
        ("1m", "2026-03-02T10:01:00Z"),
        ("15m", "2026-03-02T10:15:00Z"),
        ("1h", "2026-03-02T11:00:00Z"),
        ("1d", "2026-03-03T10:00:00Z"),
    ],
)
def test_a_button_moves_time(visitor, at, clients, move, now):
    page = visitor.send(visitor.open(at), "/clock", ("move", move))

    assert clients.clock.now() == parse_instant(now)
    assert f"Time is {now}" in page.words
    assert page.url.startswith(f"{visitor.origin}{at}?notice=")


@pytest.mark.usefixtures("instance")
def test_a_button_moves_time_to_the_next_poll(visitor, at, clients):
    page = visitor.send(visitor.open(at), "/clock", ("move", "next"))

    assert clients.clock.now() == parse_instant("2026-03-02T10:15:00Z")
    assert "Time is 2026-03-02T10:15:00Z: 4 polls." in page.words


def test_time_is_moved_to_an_instant(visitor, at, clients):
    visitor.send(visitor.open(at), "/clock", to="2026-03-02 12:34:56")

    assert clients.clock.now() == parse_instant("2026-03-02T12:34:56Z")


@pytest.mark.parametrize("to", ["2026-03-01T10:00:00Z", "soon", ""])
def test_a_move_that_is_refused_says_so_and_moves_nothing(visitor, at, clients, to):
    page = visitor.send(visitor.open(at), "/clock", to=to)

    assert clients.clock.now() == parse_instant(START)
    assert "✗" in page.words


def test_without_a_poller_there_is_no_next_poll(visitor, at):
    page = visitor.send(visitor.open(at), "/clock", ("move", "next"))

    assert "no instance is polled" in page.words


def test_a_clock_that_follows_the_machine_is_made_virtual(visitor, at, clients):
    clients.clock.set(mode="real")

    page = visitor.send(visitor.open(at), "/clock", ("move", "virtual"))

    assert clients.clock.show()["mode"] == "virtual"
    assert "The clock is virtual now." in page.words


def test_a_notice_is_shown_once(visitor, at):
    page = visitor.send(visitor.open(at), "/clock", ("move", "1m"))

    assert "Time is" in page.words
    assert "Time is" not in visitor.open(page.url).words


def test_a_workspace_that_is_gone_is_said_to_be(visitor, stack_in_process):
    gone = stack_in_process.new_workspace().credentials.name
    stack_in_process.delete_workspace(gone)

    page = visitor.open(f"/_local/dashboard/{gone}/")

    assert (page.status, f"There is no workspace '{gone}'" in page.words) == (404, True)


def test_one_workspace_shows_nothing_of_another(visitor, stack_in_process, story):
    other = stack_in_process.new_workspace()
    try:
        page = visitor.open(f"/_local/dashboard/{other.credentials.name}/")
        assert str(story["ada"]) not in page.html
    finally:
        stack_in_process.delete_workspace(other.credentials.name)
