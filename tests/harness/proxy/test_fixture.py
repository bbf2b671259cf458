"""The fixture ``elements_proxy``: programs that a test starts see the test's own workspace by the vendors' hosts."""

from pathlib import Path

import pytest
from programs import find_program
from pytest_httpserver import HTTPServer

from elements_local.start import Options, on_ports

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "unchanged_program.py"
TESTS = """
import os
import subprocess
import sys

import flask
import pytest

ASK = '''
import os, requests, sys
key = os.environ["ELEMENTS_LOCAL_CRM_API_KEY"]
for url in sys.argv[1:]:
    reply = requests.get(url, auth=(key, ""))
    print(reply.status_code, [each["FIRST_NAME"] for each in reply.json()])
'''


def ask(proxy, *urls):
    return subprocess.run(
        [sys.executable, "-c", ASK, *urls], env={**os.environ, **proxy.environment()}, capture_output=True, text=True
    )


@pytest.mark.parametrize("name", ["Ada", "Grace"])
def test_it(elements_proxy, elements_crm, name):
    elements_crm.create("Contacts", {"FIRST_NAME": name})
    ran = ask(elements_proxy, "https://api.insightly.com/v3.1/Contacts")
    assert (ran.stdout, ran.stderr) == (f"200 ['{name}']\\n", "")


def test_what_it_has(elements_proxy, elements_workspace):
    assert "BEGIN CERTIFICATE" in elements_proxy.ca_file.read_text()
    found = elements_proxy.environment({"NO_PROXY": "db"})
    assert found["HTTPS_PROXY"] == elements_proxy.url
    assert "db" in found["NO_PROXY"].split(",")
    assert found["ELEMENTS_LOCAL_WORKSPACE"] == elements_workspace.credentials.name


def test_it_fails(elements_proxy, elements_crm):
    ask(elements_proxy, "https://api.vendor.example")
    raise AssertionError


def test_it_fails_too(elements_proxy):
    ran = ask(elements_proxy, "https://api.other.example")
    assert ran.stdout, ran.stderr


class TestReceiver:
    @pytest.fixture
    def elements_receiver(self):
        return flask.Flask("hooks")

    def test_it(self, request, elements_workspace, elements_crm):
        elements_crm.create("Contacts", {"FIRST_NAME": "Edith"})
        ran = ask(request.getfixturevalue("elements_proxy"), "https://api.insightly.com/v3.1/Contacts")
        assert (ran.stdout, ran.stderr) == ("200 ['Edith']\\n", "")
"""
KILLED = """
import os
import signal
import threading
from pathlib import Path


def test_it(elements_proxy):
    children = [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if stat.read_text().rpartition(")")[2].split()[1] == str(os.getpid())
    ]
    (process,) = [each for each in children if b"mitmdump" in Path(f"/proc/{each}/cmdline").read_bytes()]
    os.kill(process, signal.SIGKILL)
    for thread in threading.enumerate():
        if "_watch" in thread.name:
            thread.join(60)


def test_it_again(elements_proxy): ...
"""
TUNNELED = """
import os
import subprocess


def test_it(elements_proxy):
    environment = {{**os.environ, **elements_proxy.environment()}}
    ran = subprocess.run(["curl", "-sS", "{url}"], env=environment, capture_output=True, text=True)
    assert ran.stdout == "theirs", ran
"""


@pytest.fixture
def project(pytester):
    pytester.makepyfile(TESTS)
    return pytester


def check(result):
    result.assert_outcomes(passed=4, failed=2)
    output = result.stdout.str()
    for host in ("api.vendor.example", "api.other.example"):
        assert output.count(f"hosts outside the stack that were asked for: {host} (refused)\n") == 1
    sentence = "elements-local refuses api.other.example: no service of the stack stands for it; --elements-allow-host api.other.example lets"
    assert sentence in output


@pytest.mark.usefixtures("mitmdump")
class TestRunning:
    @pytest.mark.parametrize("order", [(), ("-k", "Receiver")])
    def test_each_test_s_programs_see_its_workspace(self, project, order):
        result = project.runpytest_subprocess("-rN", *order)

        if order:
            result.assert_outcomes(passed=1, deselected=5)
        else:
            check(result)

    def test_so_they_do_with_a_stack_that_runs_elsewhere(self, project):
        with on_ports(Options(ports=(0, 0, 0))) as stack:
            check(project.runpytest_subprocess("-rN", "--elements-stack", stack.addresses.platform))

    def test_the_page_s_example_passes(self, pytester):
        find_program("curl")
        pytester.makepyfile(EXAMPLE.read_text("utf-8"))

        pytester.runpytest_subprocess().assert_outcomes(passed=1)

    def test_a_host_that_is_let_through_is_so_for_programs_too(self, pytester):
        find_program("curl")
        with HTTPServer(host="127.0.0.2") as server:
            server.expect_request("/it").respond_with_data("theirs")
            pytester.makepyfile(TUNNELED.format(url=server.url_for("/it")))
            refused = pytester.runpytest_subprocess("-rN")
            passed = pytester.runpytest_subprocess("--elements-allow-host", "127.0.0.2")

        refused.assert_outcomes(failed=1)
        passed.assert_outcomes(passed=1)

    def test_a_mitmdump_that_has_ended_fails_the_next_test_with_a_sentence(self, pytester):
        pytester.makepyfile(KILLED)

        result = pytester.runpytest_subprocess("-rN", "-p", "no:randomly")

        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(
            ["mitmdump has ended with status -9: calls of the program reach nothing any more"]
        )


class TestRefusals:
    def test_mitmdump_is_missing(self, project, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        result = project.runpytest_inprocess("-rN", "-k", "what_it_has or fails")

        result.assert_outcomes(errors=3, deselected=3)
        result.stdout.fnmatch_lines(["mitmdump is not on the PATH; `pipx install mitmproxy` or *"])

    def test_what_is_no_host_to_let_through(self, project):
        result = project.runpytest_inprocess("-rN", "-k", "what_it_has", "--elements-allow-host", "a b")

        result.assert_outcomes(errors=1, deselected=5)
        result.stdout.fnmatch_lines(
            ["--elements-allow-host or elements_allow_hosts: expected a host *got 'a b'"]
        )
