"""The routes below /_local: what they take, and what they refuse; who may call them is the guard's."""

from contextlib import contextmanager

import pytest
from each_row import each_row
from prometheus_client.parser import text_string_to_metric_families

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.api.json_text import decode, encode
from elements_local.kit.values import replace
from elements_local.kit.web.middleware import LARGEST_BODY

FAILS = {"effect": {"status": 503}}


def test_health_says_which_service_answers(service):
    assert service.shown("/_local/health") == {"service": "counting", "status": "ok"}


class TestReset:
    @pytest.fixture
    def two(self, service):
        """Two workspaces with a fault, an exchange and a thing each."""
        other = service.another("other")
        for workspace in (None, other):
            service.send("POST", "/things", workspace=workspace)
            service.script(FAILS, workspace=workspace)
        return other

    def state(self, service, workspace=None):
        name = "default" if workspace is None else workspace.name
        return (
            len(service.shown("/_local/faults", workspace=workspace)["faults"]),
            service.shown("/_local/journal", workspace=workspace)["count"],
            service.things[name],
        )

    def test_a_reset_brings_one_workspace_back_to_its_start(self, service, two):
        assert service.send("POST", "/_local/reset").body == b"{}"

        assert self.state(service) == (0, 0, 0)
        assert self.state(service, two) == (1, 1, 1)

    def test_a_reset_that_the_service_refuses_leaves_faults_and_journal(self, service):
        def refuse(_workspace):
            raise ParameterError("busy")

        service.script({"effect": {"status": 503}, "match": {"path": "/nowhere"}})
        admin = service.app.extensions["elements-local-admin"]
        service.app.extensions["elements-local-admin"] = replace(admin, reset=refuse)
        seen = service.shown("/_local/journal")["count"]

        refused = service.send("POST", "/_local/reset")

        assert refused.status == 400
        assert len(service.shown("/_local/faults")["faults"]) == 1
        assert service.shown("/_local/journal")["count"] == seen

    def test_a_reset_is_of_the_callers_workspace(self, service, two):
        service.send("POST", "/_local/reset", workspace=two)

        assert self.state(service) == (1, 1, 1)
        assert self.state(service, two) == (0, 0, 0)

    def test_a_reset_of_all_brings_every_workspace_back(self, service, two):
        service.send("POST", "/_local/reset?all=true")

        assert self.state(service) == (0, 0, 0)
        assert self.state(service, two) == (0, 0, 0)

    def test_a_reset_of_all_is_of_none_if_one_workspace_is_busy(self, service, two):
        @contextmanager
        def holding(workspace):
            if workspace.name == two.name:
                raise ParameterError("busy")
            yield

        admin = service.app.extensions["elements-local-admin"]
        service.app.extensions["elements-local-admin"] = replace(admin, holding=holding)

        refused = service.send("POST", "/_local/reset?all=true")

        assert refused.status == 400
        assert self.state(service) == (1, 1, 1)
        assert self.state(service, two) == (1, 1, 1)

    @pytest.mark.parametrize("query", ["check=true", "all=true&check=true"])
    def test_whether_a_reset_could_be_done_is_said_without_doing_it(self, service, two, query):
        assert service.send("POST", f"/_local/reset?{query}").body == b"{}"

        assert self.state(service) == (1, 1, 1)
        assert self.state(service, two) == (1, 1, 1)

    @pytest.mark.parametrize("value", ["", "yes"])
    def test_a_reset_that_cannot_be_read_resets_nothing(self, service, two, value):
        reply = service.send("POST", f"/_local/reset?all={value}")

        assert reply.status == 400
        assert decode(reply.body)["message"] == f"all must be true or false; got {value!r}"
        assert self.state(service) == (1, 1, 1)
        assert self.state(service, two) == (1, 1, 1)

    @pytest.mark.usefixtures("two")
    def test_a_reset_with_nobodys_credentials_is_refused(self, service):
        reply = service.send("POST", "/_local/reset", headers={"Authorization": "User nobody"})

        assert reply.status == 401
        assert self.state(service) == (1, 1, 1)


class TestFaults:
    def test_rules_are_shown_as_they_were_written_with_their_counts(self, service):
        rule = {**FAILS, "match": {"method": "POST"}, "when": {"every_n": 2}}

        reply = service.send("PUT", "/_local/faults", json={"faults": [rule, FAILS]})
        for _ in range(3):
            service.send("POST", "/things")

        assert decode(reply.body) == {
            "faults": [{**rule, "seen": 0, "struck": 0}, {**FAILS, "seen": 0, "struck": 0}]
        }
        assert service.shown("/_local/faults") == {
            "faults": [{**rule, "seen": 3, "struck": 1}, {**FAILS, "seen": 2, "struck": 2}]
        }

    def test_rules_can_be_taken_away(self, service):
        service.script(FAILS)

        reply = service.send("DELETE", "/_local/faults")

        assert decode(reply.body) == {"faults": []}
        assert service.send("GET", "/things").status == 200

    def test_rules_are_those_of_the_callers_workspace(self, service):
        other = service.another("other")
        service.script(FAILS, workspace=other)

        service.send("DELETE", "/_local/faults")

        assert len(service.shown("/_local/faults", workspace=other)["faults"]) == 1


class TestJournal:
    @pytest.fixture
    def busy(self, service):
        for nth in range(60):
            service.send("GET", f"/things/{nth}")
        return service

    def targets(self, service, query=""):
        shown = service.shown(f"/_local/journal{query}")
        assert shown["count"] == len(shown["exchanges"])
        return [each["target"] for each in shown["exchanges"]]

    def test_the_latest_fifty_are_shown_newest_first(self, busy):
        assert self.targets(busy) == [f"/things/{nth}" for nth in range(59, 9, -1)]

    def test_a_page_says_where_the_next_one_is_and_how_many_there_are(self, busy):
        page = busy.shown("/_local/journal?q=things/&limit=25")
        pages = [page]
        while page["next"]:
            page = busy.shown(page["next"])
            pages.append(page)

        assert [each["target"] for page in pages for each in page["exchanges"]] == [
            f"/things/{nth}" for nth in range(59, -1, -1)
        ]
        assert [(page["count"], page["total"], page["pruned"]) for page in pages] == [
            (25, 60, 0),
            (25, 60, 0),
            (10, 60, 0),
        ]

    def test_nobodys_credentials_are_refused(self, service):
        assert service.send("GET", "/_local/journal", headers={"Authorization": "User x"}).status == 401


REFUSED = {
    "PUT /_local/faults": [
        (b"", 400, "the body is empty"),
        (b'{"faults": [', 400, "line 1, column 13"),
        (b'{"faults": "\xff"}', 400, "not UTF-8"),
        (b"[" * 65 + b"]" * 65, 400, "nested deeper than 64"),
        (b"[]", 400, "the whole must be an object; got "),
        (b'{"faults": null}', 400, "faults must be a list of objects; got null"),
        (b'{"faults": [1]}', 400, "faults[0] must be an object; got 1"),
        (b'{"faults": [{"effect": {"delay_s": 1e400}}]}', 400, "out of range"),
        (b'{"faults": [{"effect": {"headers": {"A": "b\\r\\nC: d"}}}]}', 400, "headers"),
        (b'{"faults": [{"effect": {"status": 503}, "service": "crm"}]}', 400, "'crm'"),
        (b'{"faults": [{"effect": {"status": 503}, "until": "2026-03-02T10:00:00Z"}]}', 400, "until is over"),
        (
            b'{"faults": [{"effect": {"status": 503}}, {"effect": {"status": 99}}]}',
            400,
            "faults[1].effect.status",
        ),
        (b'"' + b"x" * LARGEST_BODY + b'"', 413, ""),
    ],
    **{
        f"GET /_local/journal?limit={limit}": [
            (b"", 400, "limit must be a whole number from 1 to 10000; got ")
        ]
        for limit in ("0", "-1", "10001", "1.5", "", "ten", "%D9%A3", "%C2%B2", "9" * 5000, "0" * 5000 + "1")
    },
    **{
        f"GET /_local/journal?before={before}": [(b"", 400, "before must be a whole ")]
        for before in ("-1", "x")
    },
    **{
        f"GET /_local/journal/calls?{query}": [(b"", 400, "")] for query in ("after=-1", "after=x", "limit=0")
    },
}


@each_row("call", [*REFUSED])
def test_what_is_refused_says_why_and_the_old_rules_stay(service, call):
    service.script(FAILS)
    method, target = call.split(" ")

    for body, status, told in REFUSED[call]:
        reply = service.send(method, target, body=body)

        assert (reply.status, reply.headers["Content-Type"]) == (status, "application/json"), body[:50]
        assert told in decode(reply.body)["message"]
    assert len(service.shown("/_local/faults")["faults"]) == 1


@each_row("content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_another_content_type_is_refused(service, content_type):
    """A page of another origin may send these without asking first."""
    reply = service.send(
        "PUT", "/_local/faults", body=encode({"faults": [FAILS]}), headers={"Content-Type": content_type}
    )

    assert (reply.status, service.shown("/_local/faults")) == (415, {"faults": []})
    assert content_type in decode(reply.body)["message"]


class TestMetrics:
    def samples(self, service):
        reply = service.send("GET", "/_local/metrics")
        assert reply.status == 200
        assert reply.headers["Content-Type"].startswith("text/plain; version=")
        return {
            (sample.labels["service"], sample.labels["method"], sample.labels["status"]): sample.value
            for family in text_string_to_metric_families(reply.body.decode())
            for sample in family.samples
            if sample.name == "elements_local_requests_total"
        }

    def test_answers_are_counted(self, service):
        service.send("GET", "/things")
        service.send("GET", "/things")
        service.send("POST", "/nowhere")

        assert self.samples(service) == {("counting", "GET", "200"): 2, ("counting", "POST", "404"): 1}

    def test_a_method_of_odd_letters_is_escaped(self, service):
        service.send('A"B\\C', "/things")

        assert self.samples(service) == {("counting", 'A"B\\C', "405"): 1}
