"""``exec``: a program's own status, what it leaves running, what is said of refused hosts, and what cannot be run."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command import call
from deadline import DEADLINE_S
from processes import PROGRAM, ended, has_ended, started
from programs import find_program

from elements_local.stack.proxy.mitmdump import PROGRAM as MITMDUMP
from elements_local.stack.stack import answers_at

ASK = """
import os, requests
key = os.environ["ELEMENTS_LOCAL_CRM_API_KEY"]
reply = requests.get("https://api.insightly.com/v3.1/Contacts", auth=(key, ""))
print(reply.status_code, [each["FIRST_NAME"] for each in reply.json()])
"""


def run(*words, **variables):
    return subprocess.run(
        [PROGRAM, "exec", *words],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )


@pytest.fixture
def stack_url(elements_stack):
    return {"ELEMENTS_LOCAL_PLATFORM_URL": elements_stack.addresses.platform}


@pytest.fixture
def no_stack(monkeypatch):
    """No stack runs where it usually does."""
    monkeypatch.setattr("elements_local.commands.exec.answers_at", lambda _url: False)


@pytest.mark.usefixtures("mitmdump")
class TestRunning:
    def test_a_program_sees_the_running_stack_of_its_workspace_and_its_status_is_exec_s(self, stack):
        clients = stack.new_workspace(name="acme")
        clients.crm.create("Contacts", {"FIRST_NAME": "Grace"})
        program = f"{ASK}\nraise SystemExit(7)"
        ran = run(
            "--platform-url",
            stack.addresses.platform,
            "--workspace",
            "acme",
            "--",
            sys.executable,
            "-c",
            program,
        )

        assert (ran.returncode, ran.stdout, ran.stderr) == (7, "200 ['Grace']\n", "")

    def test_our_own_commands_find_the_stack(self, stack):
        ran = run("--platform-url", stack.addresses.platform, "--", PROGRAM, "clock", "show", "--json")

        assert json.loads(ran.stdout)["mode"] == "virtual"

    def test_a_refused_host_is_told_when_the_program_ends(self, stack):
        program = "import requests\nfor _ in range(2):\n  try: requests.get('https://api.other.example')\n  except requests.RequestException: pass\nprint('ended')"
        ran = run("--platform-url", stack.addresses.platform, "--", sys.executable, "-c", program)

        assert (ran.returncode, ran.stdout) == (0, "ended\n")
        assert ran.stderr == (
            "elements-local: 2 calls to api.other.example refused, as no service of the stack stands for it; "
            "--tunnel api.other.example lets it through\n"
        )

    def test_nothing_is_left_running(self, stack):
        # one child in the group, one in a session of its own
        program = "import subprocess; print(*[subprocess.Popen(['sleep', '600'], start_new_session=own, stdout=subprocess.DEVNULL).pid for own in (False, True)])"
        ran = run("--platform-url", stack.addresses.platform, "--", sys.executable, "-c", program)

        assert [has_ended(int(number)) for number in ran.stdout.split()] == [True, True]

    def test_a_program_that_a_signal_ends_has_its_shell_s_status(self, stack):
        ran = run("--platform-url", stack.addresses.platform, "--", "sh", "-c", "kill -9 $$")

        assert ran.returncode == 128 + signal.SIGKILL

    def test_sigterm_goes_on_to_the_program(self, stack):
        program = "trap 'echo ended; exit 3' TERM; echo began; while :; do sleep 0.05; done"
        with started(
            "exec", "--platform-url", stack.addresses.platform, "--", "sh", "-c", program
        ) as process:
            assert process.stdout.readline() == "began\n"
            assert ended(process) == (3, "ended\n", "")

    def test_a_mitmdump_that_ends_meanwhile_ends_the_program_with_a_sentence(self, stack):
        with started(
            "exec", "--platform-url", stack.addresses.platform, "--", "sh", "-c", "echo began; exec sleep 600"
        ) as process:
            assert process.stdout.readline() == "began\n"
            os.kill(child_of(process.pid, MITMDUMP), signal.SIGKILL)
            _, errors = process.communicate(timeout=DEADLINE_S)

        assert process.returncode == 2
        assert errors == (
            "elements-local: mitmdump has ended with status -9: calls of the program reach nothing any more; it was ended\n"
        )

    @pytest.mark.usefixtures("no_stack")
    def test_a_stack_is_started_where_none_runs_and_is_gone_with_the_program(self, tmp_path):
        noted = tmp_path / "noted"
        program = f"curl -s $ELEMENTS_LOCAL_PLATFORM_URL/_local/clock > {noted}; echo $ELEMENTS_LOCAL_PLATFORM_URL > {noted}.url; exit 4"
        ran = call("exec", "--start", "2026-07-01T00:00:00Z", "--", "sh", "-c", program)

        assert (ran.returncode, ran.stderr) == (4, "")
        assert json.loads(noted.read_text())["now"] == "2026-07-01T00:00:00Z"
        assert not answers_at(Path(f"{noted}.url").read_text().strip())

    @pytest.mark.usefixtures("no_stack")
    def test_a_vendor_that_is_handed_in_is_played(self, tmp_path):
        find_program("curl")
        noted = tmp_path / "noted"
        bearer = '-H "Authorization: Bearer $ELEMENTS_LOCAL_CRM_API_KEY"'
        program = f"curl -sS {bearer} https://api.hubapi.com/crm/v3/objects/contacts > {noted}"
        ran = call("exec", "--vendor", "hubspotcrm", "--", "sh", "-c", program)

        assert (ran.returncode, json.loads(noted.read_text())["results"]) == (0, [])


class TestRefusals:
    def test_options_of_starting_are_refused_where_a_stack_runs(self, stack_url):
        ran = call("exec", "--clock", "real", "--set", "crm.limits=vendor", "--", "true", **stack_url)

        assert ran.returncode == 2
        assert "a stack runs at" in ran.stderr
        assert "--clock and --set would start one" in ran.stderr

    @pytest.mark.usefixtures("no_stack")
    def test_a_stack_that_is_said_to_run_and_does_not(self):
        ran = call("exec", "--platform-url", "http://127.0.0.1:9", "--", "true")

        assert ran.returncode == 2
        assert "no stack answers at http://127.0.0.1:9; leave that out to have one started" in ran.stderr

    def test_mitmdump_is_missing(self, stack_url, tmp_path):
        ran = call("exec", "--", "true", **stack_url, PATH=str(tmp_path))

        assert ran.returncode == 2
        assert "mitmdump is not on the PATH; `pipx install mitmproxy`" in ran.stderr

    @pytest.mark.parametrize(
        ("script", "sentence"),
        [
            ("echo 'Mitmproxy: 9.0.1'", "is of mitmproxy 9, and 11 or newer is needed"),
            ("echo hello", "does not say a version of mitmproxy"),
            (
                "case $1 in --version) echo 'Mitmproxy: 11.0.2';; *) echo no such option; exit 3;; esac",
                "mitmdump ended with status 3: no such option",
            ),
        ],
        ids=["old", "another", "ends"],
    )
    def test_a_mitmdump_that_cannot_be_used(self, stack_url, tmp_path, script, sentence):
        program = tmp_path / MITMDUMP
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        ran = call("exec", "--", "true", **stack_url, PATH=str(tmp_path))

        assert ran.returncode == 2
        assert sentence in ran.stderr

    @pytest.mark.parametrize("host", ["https://a.example", "a b", "", "a.example/x", ".*"])
    def test_what_is_no_host_to_tunnel_to(self, stack_url, host):
        ran = call("exec", "--tunnel", host, "--", "true", **stack_url)

        assert ran.returncode == 2
        assert f"expected a host such as api.vendor.example or *.vendor.example; got {host!r}" in ran.stderr

    @pytest.mark.usefixtures("mitmdump")
    def test_there_is_no_such_program(self, stack_url):
        ran = call("exec", "--", "/nowhere/program", **stack_url)

        assert ran.returncode == 2
        assert "/nowhere/program cannot be run" in ran.stderr


def child_of(parent, name):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = stat.read_text().rpartition(")")[2].split()
        if int(fields[1]) == parent and name.encode() in (stat.parent / "cmdline").read_bytes():
            return int(stat.parent.name)
    raise AssertionError(f"{parent} has no child {name}")
