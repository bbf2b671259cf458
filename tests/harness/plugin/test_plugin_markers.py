"""Markers of users' own tests: how a workspace begins and what goes wrong in it, by pytest run inside pytest."""

import pytest

GOOD = """
from datetime import UTC, datetime

import pytest

pytestmark = pytest.mark.elements(start="2025-01-01T00:00:00Z", records=2)


def test_a_modules_marker_holds_for_its_tests(elements_clock, elements_crm):
    assert elements_clock.show() == {"mode": "virtual", "now": "2025-01-01T00:00:00Z"}
    assert len(elements_crm.call("GET", "/v3.1/Contacts")) == 2


@pytest.mark.elements(records=0, start=datetime(2024, 1, 1, tzinfo=UTC))
def test_the_nearest_holds_and_an_aware_datetime_is_an_instant(elements_clock, elements_crm):
    assert elements_clock.show()["now"] == "2024-01-01T00:00:00Z"
    assert elements_crm.call("GET", "/v3.1/Contacts") == []


@pytest.mark.elements(seed=7)
class TestClass:
    @pytest.mark.parametrize("turn", [1, 2])
    def test_what_nearer_ones_do_not_say_comes_from_the_others(self, turn, elements_clock, elements_crm):
        names = [contact["FIRST_NAME"] for contact in elements_crm.call("GET", "/v3.1/Contacts")]
        assert elements_clock.show()["now"] == "2025-01-01T00:00:00Z"
        assert names == type(self).seen if hasattr(type(self), "seen") else len(names) == 2
        type(self).seen = names

    @pytest.mark.elements(clock="real")
    def test_a_clock_can_be_real(self, elements_clock):
        assert elements_clock.show()["mode"] == "real"


@pytest.mark.elements_faults({"effect": {"status": 503}})
class TestFaults:
    def test_a_rule_is_the_crms_unless_it_says_otherwise(self, elements_crm, elements_platform):
        assert elements_crm.send("GET", "/v3.1/Contacts").status == 503
        assert elements_platform.send("GET", "/elements/api-v2/elements").status == 200

    @pytest.mark.elements_faults()
    def test_nearer_markers_put_theirs_in_the_place_of_the_rules(self, elements_crm):
        assert elements_crm.send("GET", "/v3.1/Contacts").status == 200

    @pytest.mark.elements_faults({"effect": {"status": 401}, "service": "platform"})
    @pytest.mark.elements_faults({"effect": {"status": 502}, "service": "sink"}, {"effect": {"status": 500}})
    def test_markers_side_by_side_add_up(
        self, elements_crm, elements_platform, elements_sink, elements_workspace
    ):
        sent = elements_sink.http.send("POST", elements_workspace.credentials.callback_url, body=b"x")
        assert elements_crm.send("GET", "/v3.1/Contacts").status == 500
        assert elements_platform.send("GET", "/elements/api-v2/elements").status == 401
        assert sent.status == 502
"""

BAD = {
    "elements(sed=1)": "elements: sed: unknown key 'sed'; did you mean 'seed'?",
    'elements("soon")': "elements: expected keywords (start, seed, records, clock); got ('soon',)",
    'elements(start="soon")': "elements: start: expected an instant such as 2026-03-02T10:00:00Z; got 'soon'*",
    'elements(start="2026-03-02T10:00")': "elements: start: expected an instant with a zone, such as *; got '2026-03-02T10:00'",
    'elements(start="9001-01-01T00:00:00Z")': "elements: start: a clock goes from 1900 to 9000; got 9001-01-01T00:00:00Z",
    "elements(start=datetime(2026, 3, 2))": "elements: start: expected an aware instant, such as *; got 2026-03-02T00:00:00",
    "elements(start=5)": "elements: start: expected a text; got 5",
    'elements(seed="x")': "elements: seed: expected a whole number from 0 to 9007199254740991; got 'x'",
    "elements(records=-1)": "elements: records: expected a whole number from 0; got -1",
    'elements(clock="fast")': "elements: clock: unknown value 'fast'; known: real, virtual",
    'elements_faults({"efect": {}})': "elements_faults: efect: unknown key 'efect'; did you mean 'effect'?; got {'efect': {}}",
    'elements_faults({"effect": {"staus": 1}})': "elements_faults: effect.staus: unknown key 'staus'; did you mean 'status'?*",
    'elements_faults({"effect": {"status": 9}, "service": "platform"})': "elements_faults: effect.status: expected a whole number from 200 to 599; got 9*",
    'elements_faults({"effect": {}})': "elements_faults: the crm refuses a rule: a rule has no effect: give status, *",
    'elements_faults({"effect": {"status": 503}, "service": "sinc"})': "elements_faults: unknown service 'sinc'; did you mean 'sink'?",
    'elements_faults([{"effect": {"status": 503}}])': "elements_faults: expected rules such as {*}; got [{*}]",
    'elements_faults(effect={"status": 503})': "elements_faults: expected rules, each a mapping; got {'effect': {'status': 503}}",
}  # fmt: skip


@pytest.fixture
def strict(pytester: pytest.Pytester) -> pytest.Pytester:
    """A user's project in which unknown markers and warnings are errors."""
    pytester.makefile(
        ".toml",
        pyproject='[tool.pytest.ini_options]\nfilterwarnings = ["error"]\naddopts = ["--strict-markers"]\n',
    )
    return pytester


def test_markers_say_how_a_workspace_begins_and_what_goes_wrong_in_it(strict: pytest.Pytester) -> None:
    strict.makepyfile(GOOD)

    result = strict.runpytest_inprocess("-p", "no:randomly")

    result.assert_outcomes(passed=8)


def test_what_is_wrong_with_a_marker_is_said_with_its_test_and_without_a_traceback(
    strict: pytest.Pytester,
) -> None:
    tests = [
        f"@pytest.mark.{marker}\ndef test_{number:02}(elements_workspace): ..."
        for number, marker in enumerate(BAD)
    ]
    strict.makepyfile("\n".join(["import pytest", "from datetime import datetime", *tests]))

    result = strict.runpytest_inprocess("-p", "no:randomly")

    result.assert_outcomes(errors=len(BAD))
    said = [
        f"*::test_{number:02}: @pytest.mark.{message.replace('[', '[[]')}"
        for number, message in enumerate(BAD.values())
    ]
    result.stdout.fnmatch_lines(said)
    result.stdout.no_fnmatch_line("*direct cause*")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_markers_are_listed(strict: pytest.Pytester) -> None:
    result = strict.runpytest_inprocess("--markers")

    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.elements(start, seed, records, clock): *",
            "@pytest.mark.elements_faults(*rules): *",
        ]
    )
