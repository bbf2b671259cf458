"""A stack that runs elsewhere under pytest's fixtures and scenarios: ``--elements-stack``."""

import pytest
from pytest_httpserver import HTTPServer

from elements_local.stack.stack import ElsewhereError, Stack, _seen_from, running_stack
from elements_local.start import Options, on_ports

TESTS = """
import flask
import pytest
from elements_local.clients import guide


@pytest.mark.elements(start="2025-01-01T00:00:00Z", records=1)
def test_it(elements_stack, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink):
    assert elements_stack.addresses.platform == "{url}"
    elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
    elements_clock.advance("1m")
    elements_crm.create("Contacts", {{"FIRST_NAME": "Ada"}})
    elements_clock.advance("15m")
    assert elements_clock.show()["now"] == "2025-01-01T00:16:00Z"
    assert [callback["status"] for callback in elements_sink.callbacks()] == [200]
    assert len(elements_crm.call("GET", "/v3.1/Contacts")) == 2


@pytest.mark.elements(clock="real")
@pytest.mark.elements_faults({{"effect": {{"status": 503}}}})
def test_a_clock_can_be_real(elements_clock, elements_crm):
    assert elements_clock.show()["mode"] == "real"
    assert elements_crm.send("GET", "/v3.1/Contacts").status == 503


def test_it_fails(elements_crm):
    elements_crm.create("Contacts", {{"FIRST_NAME": "Ada"}})
    raise AssertionError


class TestReceiver:
    @pytest.fixture
    def elements_receiver(self):
        app = flask.Flask("hooks")
        app.add_url_rule("/", view_func=lambda: ("", 202), methods=["POST"])
        return app

    def test_it(self, elements_workspace, elements_clock, elements_platform, elements_crm, elements_sink):
        elements_platform.create_instance(guide.instance_body(elements_workspace.credentials))
        elements_crm.create("Contacts", {{"FIRST_NAME": "Ada"}})
        elements_clock.advance("15m")
        assert [callback["status"] for callback in elements_sink.callbacks()] == [202]
"""
SCENARIOS = """
scenario: a contact is reported
steps:
  - create: {contacts/ada: {}}
  - advance: 15m
  - expect: {callbacks: [contacts/ada CREATED]}
---
scenario: a stack of its own
settings: {KEEP_TIES: true}
steps:
  - advance: 1m
"""


@pytest.fixture
def project(pytester: pytest.Pytester, stack_on_ports: Stack) -> pytest.Pytester:
    pytester.makepyfile(TESTS.format(url=stack_on_ports.addresses.platform))
    (pytester.mkdir("scenarios") / "it.yaml").write_text(SCENARIOS)
    return pytester


def names(stack: Stack) -> set[str]:
    return {credentials.name for credentials in stack.workspaces()}


def test_fixtures_and_scenarios_make_workspaces_there_and_delete_them(
    project: pytest.Pytester, stack_on_ports: Stack
) -> None:
    """A receiver is served on a port, and asked from there; a failure says why."""
    before, addresses = names(stack_on_ports), stack_on_ports.addresses

    result = project.runpytest_subprocess("-rs", "--elements-stack", addresses.platform, "-n", "2")

    result.assert_outcomes(passed=4, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            f"elements-local: platform at {addresses.platform}, crm at {addresses.crm}, sink at {addresses.sink}",
            "*- elements-local -*",
            "contacts * was created at 10:00:00; there is no instance*",
            "SKIPPED *its settings or profile need a stack of their own; --elements-stack names one that runs",
        ]
    )
    assert names(stack_on_ports) == before


def test_the_url_may_be_any_that_up_prints(stack_on_ports: Stack) -> None:
    for end in ("/", "/elements/api-v2", "/elements/api-v2/", "/_local/"):
        found = running_stack(stack_on_ports.addresses.platform + end)

        assert found.addresses == stack_on_ports.addresses, end


def test_a_crm_that_runs_alone_is_used_alone() -> None:
    with on_ports(Options(role="crm", ports=(0, 0, 0))) as alone:
        found = running_stack(alone.addresses.crm)

        assert found.addresses.running == {"crm": alone.addresses.crm}


def test_a_stack_that_is_not_bound_to_loopback_needs_its_token(project: pytest.Pytester, monkeypatch) -> None:
    with on_ports(Options(host="0.0.0.0", ports=(0, 0, 0))) as guarded:  # noqa: S104 - for its token
        url = guarded.addresses.platform
        project.makepyfile(TESTS.format(url=url))

        without = project.runpytest_inprocess("--elements-stack", url)
        monkeypatch.setenv("ELEMENTS_LOCAL_TOKEN", guarded.token or "")
        with_it = project.runpytest_inprocess("--elements-stack", url, "-k", "not fails and not Receiver")

    assert without.ret == pytest.ExitCode.USAGE_ERROR
    without.stderr.fnmatch_lines(
        ["ERROR: --elements-stack: * answered 403: *send the token that `up` printed*"]
    )
    with_it.assert_outcomes(passed=3, skipped=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--elements-stack", "http://127.0.0.1:9"), "http://127.0.0.1:9 cannot be used: no answer from *is the stack running?*"),
        (("--elements-stack", "4700"), "expected the URL of a platform, such as http://127.0.0.1:4700; got '4700'"),
        (("--elements-stack", "ftp://x"), "expected the URL of a platform, such as *; got 'ftp://x'"),
    ],
)  # fmt: skip
def test_a_stack_that_does_not_answer_is_misuse_and_nothing_is_run(
    project: pytest.Pytester, words: tuple[str, ...], said: str
) -> None:
    result = project.runpytest_inprocess(*words)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --elements-stack: {said}"])


def test_addresses_without_a_stack_are_misuse(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess("--elements-crm", "http://127.0.0.1:1")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --elements-crm and --elements-sink go with --elements-stack URL"])


@pytest.mark.parametrize("service", ["crm", "sink"])
def test_a_service_of_another_stack_is_told_from_the_platforms_own_and_from_one_that_runs_alone(
    stack_on_ports: Stack, service: str
) -> None:
    before = names(stack_on_ports)
    with on_ports(Options(ports=(0, 0, 0))) as another:
        foreign = getattr(another.addresses, service)
        with pytest.raises(ElsewhereError) as refused:
            running_stack(stack_on_ports.addresses.platform, **{service: foreign})
        with pytest.raises(ElsewhereError) as whole:
            running_stack(foreign)

    assert f"what answers at {foreign} is not the {service} of the stack" in str(refused.value)
    assert f"--elements-{service} URL" in str(refused.value)
    assert str(whole.value) == f"{foreign} is the {service} of a whole stack; give the URL of its platform"
    assert names(stack_on_ports) == before


def test_a_service_that_does_not_answer_is_named_with_what_to_say(stack_on_ports: Stack) -> None:
    with pytest.raises(ElsewhereError, match=r"no answer from http://127.0.0.1:9/.*--elements-sink URL"):
        running_stack(stack_on_ports.addresses.platform, sink="http://127.0.0.1:9")


def test_what_is_no_stack_is_told_so(httpserver: HTTPServer) -> None:
    for answer in ("{}", "[]", "hello", '{"service": "nginx"}'):
        httpserver.clear()
        httpserver.expect_request("/_local/health").respond_with_data(answer)

        with pytest.raises(ElsewhereError, match=r"cannot be used|is not a service of elements-local"):
            running_stack(httpserver.url_for(""))


def test_what_a_platform_calls_by_a_name_of_its_own_machine_is_looked_for_there() -> None:
    here, beside = "http://127.0.0.1:4701", "http://crm:4701"

    assert {base: _seen_from(base, here) for base in SEEN} == SEEN
    assert _seen_from("http://stack:4700", beside) == _seen_from("http://127.0.0.1:14700", beside) == beside


SEEN = {
    "http://127.0.0.1:4700": "http://127.0.0.1:4701",
    "http://stack:4700": "http://stack:4701",
    "https://stack": "http://stack:4701",
    "http://[fd00::1]:4700": "http://[fd00::1]:4701",
}
"""Where a platform is -> where the CRM is that it calls by a name of its own machine."""
