"""What forms do that a recording cannot hold: the clock, what has a seed or an id of its own, scenarios of pages."""

import pytest

from elements_local.commands.replaying.runner import How, Runner
from elements_local.kit.instants import parse_instant
from elements_local.scenarios.scenario import load

START = "2026-03-02T10:00:00Z"

pytestmark = pytest.mark.usefixtures("patient_pages")


MOVES = {
    ("move", "1m"): "2026-03-02 10:01:00",
    ("move", "15m"): "2026-03-02 10:16:00",
    ("move", "1h"): "2026-03-02 11:16:00",
    ("move", "1d"): "2026-03-03 11:16:00",
}


class TestClock:
    def test_buttons_and_an_instant_move_time(self, visitor, at, clients):
        for button, now in MOVES.items():
            page = visitor.send(visitor.open(at), "/clock", button)

            assert clients.clock.now() == parse_instant(now)
            assert f"Time is {now}" in page.words
            assert page.url.startswith(f"{visitor.origin}{at}?notice=")
        visitor.send(visitor.open(at), "/clock", to="2026-03-04 12:34:56")
        assert clients.clock.now() == parse_instant("2026-03-04T12:34:56Z")

    def test_buttons_move_time_to_what_is_due_next_until_a_callback_and_until_idle(
        self, visitor, at, clients, request
    ):
        without = visitor.send(visitor.open(at), "/clock", ("move", "next"))
        request.getfixturevalue("instance")
        page = visitor.send(visitor.open(at), "/clock", ("move", "next"))

        clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
        until, idle = (visitor.send(visitor.open(at), "/clock", ("move", move)) for move in ("until", "idle"))

        assert "Time is 2026-03-02 10:00:00: nothing fell due. Nothing more is due so soon." in without.words
        assert "Time is 2026-03-02 10:15:00: 4 polls." in page.words
        assert "Time is 2026-03-02 10:30:00: 4 polls, 1 event, 1 callback." in until.words
        assert "Nothing more is due so soon." in idle.words

    def test_a_move_that_is_refused_says_so_and_moves_nothing(self, visitor, at, clients):
        for to in ("2026-03-01T10:00:00Z", "soon", ""):
            page = visitor.send(visitor.open(at), "/clock", to=to)

            assert clients.clock.now() == parse_instant(START)
            assert "✗" in page.words

    def test_a_clock_that_follows_the_machine_is_made_virtual(self, visitor, at, clients):
        clients.clock.set(mode="real")

        page = visitor.send(visitor.open(at), "/clock", ("move", "virtual"))

        assert clients.clock.show()["mode"] == "virtual"
        assert "The clock is virtual now." in page.words


class TestState:
    def test_a_snapshot_is_taken_and_put_back_and_what_is_none_changes_nothing(
        self, visitor, at, clients, story
    ):
        taken = visitor.send(visitor.open(f"{at}state/"), "/snapshot")
        assert "attachment" in taken.reply.headers["Content-Disposition"]
        clients.clock.advance("3h")
        clients.crm.delete("Contacts", story["ada"])

        state = visitor.open(f"{at}state/")
        for content in (b"", b"{", b"[]", b'{"version": 99}', b"\xff\xfe"):
            assert "✗" in visitor.upload(state, "/restore", "snapshot", content).words
            assert len(clients.crm.call("GET", "/v3.1/Contacts")) == 1
        page = visitor.upload(state, "/restore", "snapshot", taken.reply.body)

        assert "is as it was then." in page.words
        assert clients.crm.get("Contacts", story["ada"])["FIRST_NAME"] == "Ada"
        assert clients.clock.show()["now"] == "2026-03-02T10:30:01Z"

    def test_what_happened_is_a_scenario_that_passes_and_has_what_pages_did(
        self, visitor, at, clients, story, tmp_path
    ):
        visitor.send(visitor.open(f"{at}records/Contacts/{story['ada']}"), "/delete")
        visitor.send(visitor.open(at), "/clock", ("move", "1h"))
        assert "Download the scenario" in visitor.open(f"{at}state/").words
        reply = visitor.open(f"{at}state/scenario.yaml").reply
        (tmp_path / "mine.yaml").write_bytes(reply.body)

        (scenario,) = load(tmp_path / "mine.yaml")
        runner = Runner(How())
        try:
            assert runner.run(scenario).failure is None
        finally:
            runner.close()
        assert "delete" in [step.verb for step in scenario.steps]
        assert f'filename="{clients.credentials.name}.yaml"' in reply.headers["Content-Disposition"]

    def test_a_workspace_is_made_and_deleted(self, visitor, at, stack_in_process):
        values = {"name": "by-pages", "records": "2", "start": "2030-01-01T00:00:00Z"}
        page = visitor.send(visitor.open(f"{at}state/"), "/workspaces", **values)
        try:
            made = stack_in_process.workspace("by-pages")
            assert page.url.startswith(f"{visitor.origin}/_local/dashboard/by-pages/?")
            assert made.clock.show()["now"] == "2030-01-01T00:00:00Z"
            assert made.crm.call("GET", "/_local/records?kind=Contacts")["total"] == 2
        finally:
            gone = visitor.send(visitor.open("/_local/dashboard/by-pages/state/"), "/workspaces/delete")
        assert "Workspace by-pages is deleted." in gone.words
        assert "by-pages" not in [each.name for each in stack_in_process.workspaces()]
