"""The routes below /_local: what they take, and what they refuse; who may call them is the guard's."""

import sys
from contextlib import contextmanager

import pytest
from each_row import each_row
from prometheus_client.parser import text_string_to_metric_families

from elements_local.kit.admin.routes import ParameterError
from elements_local.kit.api.json_text import decode
from elements_local.kit.values import replace
from elements_local.kit.web.middleware import LARGEST_BODY

FAILS = {"effect": {"status": 503}}
NOTHING, ALL = (0, 0, 0), (1, 1, 1)
"""How many faults, exchanges and things a workspace has."""


class TestReset:
    """Of two workspaces with a fault, an exchange and a thing each, mine and the other."""

    @pytest.fixture
    def other(self, service):
        other = service.another("other")
        for workspace in (None, other):
            service.send("POST", "/things", workspace=workspace)
            service.script(FAILS, workspace=workspace)
        return other

    @pytest.fixture
    def left(self, service, other):
        """Return a function that counts what mine and the other have."""

        def counts(workspace=None):
            return (
                len(service.shown("/_local/faults", workspace=workspace)["faults"]),
                service.shown("/_local/journal", workspace=workspace)["count"],
                service.things["default" if workspace is None else workspace.name],
            )

        return lambda: [counts(), counts(other)]

    @pytest.mark.parametrize(
        ("query", "is_mine", "expected"),
        [
            pytest.param("", True, [NOTHING, ALL], id="mine"),
            pytest.param("", False, [ALL, NOTHING], id="the other"),
            pytest.param("?all=true", True, [NOTHING, NOTHING], id="all"),
            pytest.param("?check=true", True, [ALL, ALL], id="whether it could be done"),
            pytest.param("?all=true&check=true", True, [ALL, ALL], id="whether all could be done"),
        ],
    )
    def test_a_reset_brings_workspaces_back_to_their_start(
        self, service, other, left, query, is_mine, expected
    ):
        reply = service.send("POST", f"/_local/reset{query}", workspace=None if is_mine else other)

        assert (reply.status, reply.body) == (200, b"{}")
        assert left() == expected

    @pytest.mark.parametrize("query", ["?all=", "?all=yes"])
    def test_a_reset_that_cannot_be_read_resets_nothing(self, service, left, query):
        reply = service.send("POST", f"/_local/reset{query}")

        assert reply.status == 400
        assert decode(reply.body)["message"].startswith("all must be true or false; got ")
        assert left() == [ALL, ALL]

    def test_a_reset_with_nobodys_credentials_is_refused(self, service, left):
        assert service.send("POST", "/_local/reset", headers={"Authorization": "User nobody"}).status == 401
        assert left() == [ALL, ALL]

    @pytest.mark.parametrize("query", ["", "?all=true"])
    def test_a_reset_that_the_service_refuses_leaves_faults_and_journal(self, service, left, query):
        def refuse(_workspace):
            raise ParameterError("busy")

        admin = service.app.extensions["elements-local-admin"]
        service.app.extensions["elements-local-admin"] = replace(admin, reset=refuse)

        assert service.send("POST", f"/_local/reset{query}").status == 400
        assert left() == [ALL, ALL]

    def test_a_reset_of_all_is_of_none_if_one_workspace_is_busy(self, service, other, left):
        @contextmanager
        def holding(workspace):
            if workspace.name == other.name:
                raise ParameterError("busy")
            yield

        admin = service.app.extensions["elements-local-admin"]
        service.app.extensions["elements-local-admin"] = replace(admin, holding=holding)

        assert service.send("POST", "/_local/reset?all=true").status == 400
        assert left() == [ALL, ALL]


def test_rules_are_counted_each_for_itself(service):
    rule = {**FAILS, "match": {"method": "POST"}, "when": {"every_n": 2}}
    service.script(rule, FAILS)

    for _ in range(3):
        service.send("POST", "/things")

    assert service.shown("/_local/faults")["faults"] == [
        {**rule, "seen": 3, "struck": 1},
        {**FAILS, "seen": 2, "struck": 2},
    ]


@each_row(
    ("body", "kind", "status", "told"),
    {
        "cut off": (b'{"faults": [', "application/json", 400, "line 1, column 13"),
        "no UTF-8": (b'{"faults": "\xff"}', "application/json", 400, "not UTF-8"),
        "the second of two": (
            b'{"faults": [{"effect": {"status": 503}}, {"effect": {"status": 99}}]}',
            "application/json",
            400,
            "faults[1].effect.status",
        ),
        "over already": (
            b'{"faults": [{"effect": {"status": 503}, "until": "2026-03-02T10:00:00Z"}]}',
            "application/json",
            400,
            "until is over",
        ),
        "too large": (b'"' + b"x" * LARGEST_BODY + b'"', "application/json", 413, ""),
        # a page of another origin may send these without asking first
        "a text": (b"{}", "text/plain", 415, "text/plain"),
        "a form": (b"{}", "application/x-www-form-urlencoded", 415, "application/x-www-form-urlencoded"),
        "a text of JSON": (b"{}", "text/json", 415, "text/json"),
    },
)
def test_where_rules_are_refused_the_old_ones_stay(service, body, kind, status, told):
    service.script(FAILS)

    reply = service.send("PUT", "/_local/faults", body=body, headers={"Content-Type": kind})

    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/json")
    assert told in decode(reply.body)["message"]
    assert len(service.shown("/_local/faults")["faults"]) == 1


@each_row(
    "query",
    [
        *(f"journal?limit={limit}" for limit in ("0", "10001", "1.5", "", "%D9%A3", "%C2%B2", "9" * 5000)),
        *("journal?before=-1", "journal?before=x", "journal/calls?after=-1", "journal/calls?limit=0"),
    ],
)
def test_what_is_no_number_of_a_list_is_refused_by_its_name(service, query):
    reply = service.send("GET", f"/_local/{query}")

    name = query.partition("?")[2].partition("=")[0]
    assert reply.status == 400
    assert decode(reply.body)["message"].startswith(f"{name} must be a whole number from ")


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

    def test_without_the_package_the_answer_names_the_extra_that_has_it(self, service, monkeypatch):
        monkeypatch.setitem(sys.modules, "prometheus_client", None)

        reply = service.send("GET", "/_local/metrics")

        assert reply.status == 501
        assert decode(reply.body)["message"] == (
            "metrics need the package prometheus-client: install elements-local with its extra `postgresql`"
        )

    def test_a_method_of_odd_letters_is_escaped(self, service):
        service.send('A"B\\C', "/things")

        assert self.samples(service) == {("counting", 'A"B\\C', "405"): 1}
