"""The pytest plugin, by pytest run inside pytest."""

import xml.etree.ElementTree as ET

import pytest
from stable_names import names

PASSING = """
scenario: a contact is reported
tags: [quick]
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect: {callbacks: [contacts/ada CREATED]}
---
scenario: nothing is reported
steps:
  - advance: 1h
  - expect: {callbacks: []}
"""
FAILING = """
scenario: a contact is misnamed
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: {to: T+15m}
  - expect:
      callbacks: [contacts/ada UPDATED]
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A user's project with a folder of scenarios."""
    pytester.makefile(".toml", pyproject='[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n')
    pytester.mkdir("scenarios")
    return pytester


def scenarios(project: pytest.Pytester, **files: str) -> None:
    for name, text in files.items():
        (project.path / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_every_document_below_the_folder_is_one_test(project: pytest.Pytester) -> None:
    scenarios(project, passing=PASSING)
    (project.path / "other.yaml").write_text("no: scenario")

    result = project.runpytest_inprocess("-v")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["scenarios/passing.yaml::a contact is reported PASSED*"])


def test_a_failure_is_in_the_report_for_a_ci_and_one_is_chosen_as_pytest_does(
    project: pytest.Pytester,
) -> None:
    scenarios(project, passing=PASSING, failing=FAILING)

    result = project.runpytest_inprocess("--junitxml", "it.xml")
    again = project.runpytest_inprocess("--last-failed")
    one = project.runpytest_inprocess("scenarios/passing.yaml::nothing is reported")

    result.assert_outcomes(passed=2, failed=1)
    result.stdout.no_fnmatch_line("*Traceback*")
    cases = {case.get("name"): case for case in ET.parse(project.path / "it.xml").getroot().iter("testcase")}  # noqa: S314 - our own
    assert {name: case.get("classname") for name, case in cases.items()} == {
        "a contact is misnamed": "scenarios.failing.yaml",
        "a contact is reported": "scenarios.passing.yaml",
        "nothing is reported": "scenarios.passing.yaml",
    }
    assert "scenarios/failing.yaml:7: expect:" in cases["a contact is misnamed"].find("failure").text
    assert all(float(case.get("time")) >= 0 for case in cases.values())
    again.assert_outcomes(failed=1)
    one.assert_outcomes(passed=1)


def test_scenarios_are_chosen_by_name_and_by_tag(project: pytest.Pytester) -> None:
    scenarios(project, passing=PASSING)

    for words in (("-k", "nothing"), ("-k", "quick"), ("-m", "quick"), ("-m", "not quick")):
        result = project.runpytest_inprocess("--strict-markers", *words)

        result.assert_outcomes(passed=1, deselected=1)


def test_tests_with_workspaces_of_their_own_and_scenarios_run_side_by_side(project: pytest.Pytester) -> None:
    scenarios(project, passing=PASSING)
    project.makepyfile(
        """
        import pytest

        @pytest.mark.elements(records=1)
        @pytest.mark.parametrize("turn", range(6))
        def test_nobody_else_is_here(turn, elements_crm, elements_clock, elements_sink, elements_workspace):
            assert len(elements_crm.call("GET", "/v3.1/Contacts")) == 1
            assert elements_clock.show() == {"mode": "virtual", "now": "2026-03-02T10:00:00Z"}
            assert elements_sink.callbacks() == []
            elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
            elements_clock.advance("1h")
            assert elements_clock.show()["now"] == "2026-03-02T11:00:00Z"
            assert len(elements_crm.call("GET", "/v3.1/Contacts")) == 2
            elements_sink.http.send("POST", elements_workspace.credentials.callback_url, body=b"x")
            assert len(elements_sink.callbacks()) == 1
        """
    )

    result = project.runpytest_subprocess("-n", "2", "--strict-markers", "-m", "quick or elements")

    result.assert_outcomes(passed=7)


def test_the_folders_are_an_ini_option(project: pytest.Pytester) -> None:
    (project.path / "elsewhere").mkdir()
    (project.path / "elsewhere" / "it.yaml").write_text(PASSING, encoding="utf-8")
    scenarios(project, ignored=FAILING)

    result = project.runpytest_inprocess("-o", "elements_scenarios=elsewhere")

    result.assert_outcomes(passed=2)


def test_the_same_scenarios_pass_over_ports(project: pytest.Pytester) -> None:
    scenarios(project, passing=PASSING)

    project.runpytest_inprocess("--elements-transport", "network").assert_outcomes(passed=2)


def test_the_stack_starts_as_the_settings_fixture_says(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from datetime import UTC, datetime

        import pytest
        from elements_local.start import Options, on_ports

        @pytest.fixture(scope="session")
        def elements_settings():
            return Options(records=2, seed=5, start=datetime(2026, 5, 1, tzinfo=UTC), mode="virtual")

        def test_records_are_there(elements_stack):
            assert len(elements_stack.workspace().crm.call("GET", "/v3.1/Leads")) == 2

        def test_so_they_are_in_the_tests_own_workspace(elements_crm, elements_clock):
            assert len(elements_crm.call("GET", "/v3.1/Leads")) == 2
            assert elements_clock.now() == datetime(2026, 5, 1, tzinfo=UTC)

        @pytest.mark.elements(records=1)
        def test_a_marker_says_otherwise(elements_crm):
            assert len(elements_crm.call("GET", "/v3.1/Leads")) == 1

        def test_another_stack_has_ports_of_its_own(elements_stack):
            with on_ports(Options()) as another:
                assert {*another.listening.values()}.isdisjoint(elements_stack.listening.values())
        """
    )

    result = project.runpytest_inprocess()

    result.assert_outcomes(passed=4)


def test_a_stack_that_was_started_otherwise_is_not_taken_for_a_modules_own(project: pytest.Pytester) -> None:
    own = """
        import pytest
        from elements_local.start import Options

        @pytest.fixture(scope="session")
        def elements_settings():
            return Options(records={records})

        def test_it(elements_crm):
            assert len(elements_crm.call("GET", "/v3.1/Contacts")) == {records}
        """
    project.makepyfile(
        test_a=own.format(records=3), test_b=own.format(records=3), test_c=own.format(records=1)
    )
    project.makepyfile(test_d="def test_it(elements_crm): pass")

    result = project.runpytest_inprocess(
        "test_a.py", "test_b.py", "test_c.py", "test_d.py", "-p", "no:randomly"
    )

    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(
        ["*this test has another elements_settings than the test that started the stack*"]
    )


def test_loading_the_plugin_imports_nothing_heavy(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys

        def test_it():
            heavy = {"flask", "sqlalchemy", "requests", "freezegun", "yaml", "msgspec", "elements_local.platform"}
            assert not heavy & set(sys.modules)
        """
    )

    result = project.runpytest_subprocess("-p", "no:schemathesis", "-p", "no:pytest_httpserver")

    result.assert_outcomes(passed=1)


def test_what_the_product_brings_is_not_compiled_again_for_its_assertions(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys
        from importlib.machinery import SourceFileLoader

        def test_it(elements_clock):
            elements_clock.advance("15m")
            ours = ("elements_local", "mock_insightly", "callback_sink")
            loaders = {name: module.__loader__ for name, module in sys.modules.items() if name.partition(".")[0] in ours}
            rewritten = {name for name, loader in loaders.items() if type(loader) is not SourceFileLoader}
            assert len(rewritten) < 10 < 200 < len(loaders), rewritten  # the plugin itself, and what it is loaded with
        """
    )

    result = project.runpytest_subprocess()

    result.assert_outcomes(passed=1)


def test_fixtures_explain_and_audit_what_a_test_has_done(project: pytest.Pytester) -> None:
    project.makepyfile("""
        from elements_local.clients.guide import instance_body


        def test_it(elements_workspace, elements_crm, elements_clock, elements_platform, elements_explain, elements_audit):
            body = instance_body(elements_workspace.credentials)
            body["configuration"]["event.poller.configuration"]["contacts"]["idField"] = "NUMBER"
            elements_platform.create_instance(body)
            elements_clock.advance("1m")
            ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
            elements_clock.advance("15m")

            said = elements_explain("contacts", ada)

            assert (said["cause"], said["fix"]["change"]) == ("id-missing", {"idField": "CONTACT_ID"})
            assert elements_explain(callback=1, cures=False)["cause"] == "id-missing"
            assert [lost["cause"] for lost in elements_audit()["lost"]] == ["id-missing"]
    """)

    project.runpytest_inprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("name", names()["fixtures"])
def test_a_fixture_is_shown_in_a_short_line_without_secrets(name, elements_workspace, request):
    if name == "elements_proxy":
        request.getfixturevalue("mitmdump")
    shown = repr(request.getfixturevalue(name))

    secrets = [
        value
        for key, value in elements_workspace.credentials.to_json().items()
        if key.endswith(("_secret", "_key"))
    ]
    assert len(secrets) == 3
    assert len(shown) <= 100
    assert "\n" not in shown
    assert not [secret for secret in secrets if secret in shown]
