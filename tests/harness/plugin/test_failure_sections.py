"""Which tests that fail have a section, and of which workspaces; ``tests/harness/test_newcomers.py`` has what it says."""

import re

import pytest

OTHERS = """
import os

import pytest


@pytest.fixture
def instance(elements_platform):
    return elements_platform.create_instance({})


def test_a_fixture_of_ones_own_fails(instance): ...


def test_it_passes(elements_workspace): ...


@pytest.mark.xfail
def test_it_is_expected_to_fail(elements_workspace):
    raise AssertionError


def test_it_is_skipped(elements_workspace):
    pytest.skip("later")


def test_it_fails_without_a_traceback(elements_workspace):
    pytest.fail("so it is", pytrace=False)


def test_the_workspace_is_asked_for_late(request):
    request.getfixturevalue("elements_crm").create("Contacts", {"FIRST_NAME": "Ada"})
    raise AssertionError


@pytest.mark.elements(clock="real")
def test_its_clock_is_real(elements_workspace, elements_crm):
    elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
    raise AssertionError


def test_it_uses_nothing_of_ours():
    raise AssertionError
"""


def test_whatever_fails_has_a_section_and_nothing_else_has_in_processes_of_xdist_too(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(OTHERS)

    result = pytester.runpytest_subprocess("-rN", "-n", "1")

    result.assert_outcomes(passed=1, xfailed=1, skipped=1, failed=4, errors=1)
    output = result.stdout.str()
    for name, pattern in (
        ("ERROR at setup of test_a_fixture_of_ones_own_fails", "nothing happened in workspace ws-"),
        ("test_it_fails_without_a_traceback", "nothing happened in workspace ws-"),
        ("test_the_workspace_is_asked_for_late", "there is no instance in this workspace"),
        ("test_its_clock_is_real", "whose real clock shows "),
    ):
        (report,) = re.findall(rf"_ {name} _.*?(?=\n_{{3,}}|\n={{3,}}|\Z)", output, re.DOTALL)
        assert "- elements-local -" in report
        assert pattern in report
    assert output.count("- elements-local -") == 4


WITH_THE_STACK = """
import pytest
from elements_local.clients import guide


def lose(clients):
    clients.platform.create_instance(guide.instance_body(clients.credentials))
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})


@pytest.fixture
def made(elements_stack):
    clients = elements_stack.new_workspace(name="made")
    yield clients
    elements_stack.delete_workspace("made")


def test_passes(elements_stack):
    lose(elements_stack.new_workspace(name="earlier"))


def test_usual(elements_stack):
    lose(elements_stack.workspace())
    raise AssertionError


def test_made(made):
    lose(made)
    raise AssertionError


def test_none(elements_stack):
    raise AssertionError


def test_four(elements_stack):
    for number in range(4):
        lose(elements_stack.new_workspace(name=f"of-four-{number}"))
    raise AssertionError
"""


def test_who_works_with_the_stack_has_a_section_of_each_workspace_that_was_used(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(test_it=WITH_THE_STACK)

    result = pytester.runpytest_inprocess("-p", "no:randomly", "-rN")

    result.assert_outcomes(passed=1, failed=4)
    reports = re.split(r"\n_+ test_(\w+) _+\n", result.stdout.str())[1:]
    used = {
        name: re.findall(r"^In workspace ([^,]+),", report, re.MULTILINE)
        for name, report in zip(reports[::2], reports[1::2], strict=True)
    }
    assert used == {
        "usual": ["default"],
        "made": ["made"],
        "none": [],
        "four": ["of-four-1", "of-four-2", "of-four-3"],
    }


def test_a_stack_that_is_gone_is_a_line_and_leaves_the_failure_as_it_is(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from contextlib import ExitStack

        import pytest
        from elements_local.start import on_ports

        running = ExitStack()

        @pytest.fixture(scope="session")
        def elements_stack(elements_settings):
            return running.enter_context(on_ports(elements_settings))

        def test_it(elements_workspace):
            running.close()
            assert "this" == "that"
        """
    )

    result = pytester.runpytest_inprocess()

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "E       AssertionError: assert 'this' == 'that'",
            "*- elements-local -*",
            "what happened cannot be said: UnreachableError: no answer from http://127.0.0.1:*",
        ]
    )


def test_where_only_the_crm_runs_nothing_else_is_started_and_its_changes_are_told(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import pytest
        from elements_local.start import Options

        @pytest.fixture(scope="session")
        def elements_settings():
            return Options(role="crm", ports=(0, 0, 0))

        @pytest.mark.parametrize("time", [1, 2])
        def test_it(elements_stack, elements_crm, elements_clock, time):
            elements_clock.advance("1h")
            ada = elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
            assert ada["DATE_CREATED_UTC"] == "2026-03-02 11:00:00"
            assert len(elements_crm.call("GET", "/v3.1/Contacts")) == 1
            assert list(elements_stack.addresses.running) == ["crm"]
            assert time == 1
        """
    )

    result = pytester.runpytest_inprocess()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*- elements-local -*", "In workspace *:", "*  change at 11:00:00: contacts * CREATED"]
    )
    result.stdout.no_fnmatch_line("*instance*")
