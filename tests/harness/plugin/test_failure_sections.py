"""What is printed below a test that fails: why what was changed has not come, and what happened, by pytest inside pytest."""

import re
import xml.etree.ElementTree as ET

import pytest

HEAD = """
import pytest
from elements_local import guide
from elements_local.start import Options

SETTINGS = {"ELEMENTS_LOCAL_KEEP_TIES": "true"}


@pytest.fixture(scope="session")
def elements_settings():
    return Options(ports=(0, 0, 0), environment=SETTINGS)


@pytest.fixture
def made(elements_workspace):
    def make(*, contacts=None, **configuration):
        body = guide.instance_body(elements_workspace.credentials)
        body["configuration"].update(configuration)
        body["configuration"]["event.poller.configuration"]["contacts"].update(contacts or {})
        return elements_workspace.platform.create_instance(body)

    return make


@pytest.fixture
def world(elements_workspace):
    return elements_workspace


def add(world, collection="Contacts", **fields):
    return world.crm.create(collection, fields or {"FIRST_NAME": "Ada"})


def kinds(world):
    return [
        event["eventType"]
        for callback in world.sink.callbacks()
        for event in callback["json"]["message"]["events"]
    ]
"""

CASES = {
    "made_in_the_second_of_the_instance": (
        """
        made()
        add(world)
        world.clock.advance("15m")
        assert kinds(world) == ["CREATED"]
        """,
        [
            ("contacts # was created at 10:00:00; explained: tie, it is dated 10:00:00, the very second in which the instance was made; "
            "the poll of 10:15:00 asked for changes after 10:00:00, so make the change a second later; fix: set pollDelay *"),
            "In workspace ws-*, whose virtual clock shows 2026-03-02T10:15:00Z:",
            "  instance #, made at 10:00:00: polls contacts, accounts, leads, opportunities; next at 10:30:00",
            "  change at 10:00:00: contacts # CREATED",
            "  4 polls saw nothing, at 10:15:00",
            "  no callback was sent",
        ],
    ),
    "two_changes_between_polls": (
        """
        made()
        world.clock.advance("1m")
        ada = add(world)
        world.clock.advance("1m")
        world.crm.update("Contacts", ada["CONTACT_ID"], {"FIRST_NAME": "Ida"})
        world.clock.advance("15m")
        assert kinds(world) == ["CREATED", "UPDATED"]
        """,
        [
            ("contacts # was updated at 10:02:00; explained: changed-at-once, the poll of 10:15:00 called it UPDATED: *; "
            "it was created and changed between two polls, 2 changes in all; fix: *"),
            "  poll at 10:15:00 of contacts from 10:00:00: 1 seen, 1 reported",
            "    contacts #: UPDATED, updated *; 60 s after created, beyond the tolerance of 0 s",
            "  callback at 10:15:00: contacts # UPDATED: 200 from http://127.0.0.1:*/ws-*",
        ],
    ),
    "a_callback_to_somewhere_else": (
        """
        url = world.credentials.callback_url.rpartition("/")[0]
        made(**{"event.notification.callback.url": f"{url}/mine?api_key=0123456789"})
        world.clock.advance("1m")
        add(world)
        world.clock.advance("15m")
        assert kinds(world) == ["CREATED"]
        """,
        [
            ("contacts # was created at 10:01:00; explained: sent-elsewhere, its callback was taken by http://127.0.0.1:*/mine, "
            "which is not the workspace's bin of the sink; fix: *")
        ],
    ),
    "an_id_that_cannot_be_read": (
        """
        made(contacts={"idField": "CONTACTID"})
        world.clock.advance("1m")
        ada = add(world)
        world.clock.advance("15m")
        assert world.sink.callbacks(objectId=ada["CONTACT_ID"])
        """,
        [
            ("contacts # was created at 10:01:00; explained: id-missing, the poll of 10:15:00 saw it without an id: "
            "idField 'CONTACTID' names nothing in it; fix: set idField of contacts to 'CONTACT_ID', *"),
            "    a record of contacts without an id: CREATED, *",
        ],
    ),
    "a_clock_that_is_behind": (
        """
        made()
        world.clock.advance("20m")
        world.crm.script_faults([{"effect": {"clock_skew_s": -600}}])
        add(world)
        world.clock.advance("15m")
        assert kinds(world) == ["CREATED"]
        """,
        [
            ("contacts # was created at 10:20:00; explained: clock-skew, the CRM dated the change of 10:20:00 10:10:00, -600 s off; "
            "the poll of 10:30:00 asked for changes after 10:15:00; fix: *"),
            "  change at 10:20:00: contacts # CREATED, dated 10:10:00",
        ],
    ),
    "what_came_but_for_its_name": (
        """
        made()
        world.clock.advance("1m")
        add(world)
        world.clock.advance("15m")
        assert kinds(world) == ["UPDATED"]
        """,
        [
            "In workspace *",
            "  instance #, *",
            "  change at 10:01:00: contacts # CREATED",
            "  poll at 10:15:00 of contacts from 10:00:00: 1 seen, 1 reported",
            "    contacts #: CREATED, updated *; 0 s after created, within the tolerance of 0 s",
            "  3 polls saw nothing, at 10:15:00",
            "  callback at 10:15:00: contacts # CREATED: 200 from http://127.0.0.1:*/ws-*",
        ],
    ),
    "a_request_of_ones_own": (
        """
        world.sink.http.send("POST", world.credentials.callback_url, body=b"x")
        assert kinds(world) == ["CREATED"]
        """,
        ["  request at 10:00:00 to the sink: POST /ws-*: 200"],
    ),
    "nothing_at_all": (
        "assert world is None",
        [
            ("nothing happened in workspace ws-*, whose virtual clock shows 2026-03-02T10:00:00Z: no instance, no change, "
            "no callback")
        ],
    ),
    "many_records": (
        """
        made()
        for _ in range(30):
            add(world)
        world.clock.advance("15m")
        assert len(world.sink.callbacks()) == 3
        """,
        [
            "contacts #, contacts #, contacts # and 27 more were created at 10:00:00; explained: tie, *",
            "  27 earlier changes",
            "  change at 10:00:00: contacts # CREATED",
        ],
    ),
}  # fmt: skip


def written(cases: dict[str, tuple[str, list[str]]]) -> str:
    tests = [
        f"def test_{name}(world, made):\n    {body.strip().replace(chr(10) + ' ' * 8, chr(10) + ' ' * 4)}\n"
        for name, (body, _) in cases.items()
    ]
    return "\n\n".join([HEAD, *tests])


def run(pytester: pytest.Pytester, cases: dict[str, tuple[str, list[str]]], *words: str) -> dict[str, str]:
    """Run the tests of some cases and return the text of each failure, as a CI is shown it."""
    pytester.makepyfile(written(cases))
    pytester.runpytest_inprocess("-p", "no:randomly", "--junitxml=it.xml", *words)
    found = ET.parse(pytester.path / "it.xml").getroot().iter("testcase")  # noqa: S314 - our own
    failed = {case.get("name"): case.find("failure") for case in found}
    return {name: "" if failure is None else failure.text or "" for name, failure in failed.items()}


def section_of(text: str) -> list[str]:
    """Return the lines of our section."""
    return text.partition("- elements-local -")[2].partition("\n")[2].splitlines()


def matches(line: str, pattern: str) -> bool:
    wanted = re.escape(pattern).replace(r"\#", r"\d+").replace(r"\*", ".*")
    return re.fullmatch(wanted, line) is not None


def test_a_failure_says_why_and_what_happened_the_most_telling_first_and_no_secret(
    pytester: pytest.Pytester,
) -> None:
    failures = run(pytester, CASES)

    for name, (_, expected) in CASES.items():
        section = section_of(failures[f"test_{name}"])
        assert matches(section[0], expected[0]) or expected[0].startswith("  "), section
        for pattern in expected:
            assert any(matches(line, pattern) for line in section), (pattern, section)
        assert len(section) <= 15
        assert "0123456789" not in "\n".join(section)


MANY = """
        made()
        world.clock.advance("1m")
        for _ in range(30):
            add(world)
        world.clock.advance("15m")
        assert world.sink.callbacks() == []
"""


def test_the_rest_is_shown_on_demand(pytester: pytest.Pytester) -> None:
    found = run(pytester, {"many": (MANY, [])}, "-v")

    many = section_of(found["test_many"])
    assert sum(line.startswith("  change at ") for line in many) == 30
    assert not any("earlier" in line or "more lines" in line for line in many)
    assert "  poll at 10:15:00 of leads from 10:00:00: 0 seen, 0 reported" in many


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
from elements_local import guide


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


def test_with_a_receiver_in_process_it_says_what_that_answered(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import flask
        import pytest
        from elements_local import guide

        app = flask.Flask("hooks")

        @app.post("/hooks")
        def hear():
            return "", 500

        @pytest.fixture
        def elements_receiver():
            from elements_local.receiving import Receiver
            return Receiver(app=app, path="/hooks")

        def test_it(elements_workspace, elements_platform, elements_crm, elements_clock, elements_sink):
            elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
            elements_clock.advance("1m")
            elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
            elements_clock.advance("14m")
            assert [callback["status"] for callback in elements_sink.callbacks()] == [200]
        """
    )

    result = pytester.runpytest_inprocess()

    result.assert_outcomes(failed=1)
    said = (
        "*contacts * was created at 10:01:00; explained: retrying, its receiver answered 500 at 10:15:00; the sink sent it "
        "on to http://127.0.0.1:4703/hooks; the next try is at 10:15:04; fix: *"
    )
    result.stdout.fnmatch_lines(["*- elements-local -*", said])


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


def test_where_only_the_crm_runs_its_changes_are_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from elements_local.start import Options

        @pytest.fixture(scope="session")
        def elements_settings():
            return Options(role="crm", ports=(0, 0, 0))

        def test_it(elements_crm):
            elements_crm.create("Contacts", {"FIRST_NAME": "Ada"})
            raise AssertionError
        """
    )

    result = pytester.runpytest_inprocess()

    result.stdout.fnmatch_lines(
        ["*- elements-local -*", "In workspace *:", "*  change at 10:00:00: contacts * CREATED"]
    )
    result.stdout.no_fnmatch_line("*instance*")
