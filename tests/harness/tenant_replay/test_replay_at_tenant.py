"""`replay --portable` and `replay --tenant` as a program, against a stack whose admin routes nobody can reach."""

import json
import os
import random
import re
import signal
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from command import call
from examples import LONG
from processes import ended, started
from running_tenant import tenant_running, written
from shipped_scenarios import by_file

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.cli import cli
from elements_local.commands.tenant_replay.portability import length, needs_quiet, obstacles

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SPEED = "60" if LONG else "120"
A_WHILE = timedelta(minutes=20)
FEW = 4
AT_ONCE = 8


@pytest.fixture(scope="module")
def running():
    with tenant_running(SPEED) as tenant:
        yield tenant


@pytest.fixture
def tenant_file(running, tmp_path):
    """A file for it, by what differs."""
    return lambda **differs: written(tmp_path / "tenant.yaml", running, **{"speed": int(SPEED), **differs})


def replay(running, *words):
    return call("replay", *map(str, words), **running["env"])


def refused_by_hand(running, *words):
    """Run it, and answer no to what it asks."""
    return CliRunner().invoke(cli, ["replay", *map(str, words)], input="n\n", env=running["env"])


def left(running):
    """The contacts that are there, and whether there are instances."""
    contacts = running["clients"].crm.call("GET", "/v3.1/Contacts")
    return contacts, running["clients"].platform.send("GET", f"{BASE_PATH}/instances").status


def chosen():
    """The files of what is run: a seeded few whose scenarios take a while, and run beside one another; or all of them."""
    portable = {path: [each for each in those if not obstacles(each)] for path, those in by_file().items()}
    lasts = {path: max(map(length, each)) for path, each in portable.items() if each}
    short = [path for path, longest in lasts.items() if timedelta() < longest <= A_WHILE]
    beside = [
        path for path in short if len(portable[path]) < FEW and not any(map(needs_quiet, portable[path]))
    ]
    return [*lasts] if LONG else random.Random(5).sample(beside, FEW)  # noqa: S311 - a choice


def test_portable_scenarios_pass_at_a_tenant_in_real_time_and_leave_nothing(running, tenant_file, tmp_path):
    report = tmp_path / "it.xml"
    before = left(running)
    words = [*chosen(), "--tenant", tenant_file(), "--yes", "--json", "--jobs", AT_ONCE, "--junit", report]

    done = replay(running, *words)

    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert counts["passed"] >= FEW
    assert counts["failed"] == 0
    assert left(running) == before
    for secret in running["env"].values():
        assert secret not in done.stdout + done.stderr + report.read_text("utf-8")


def test_what_is_not_portable_is_left_out_with_its_reason(running, tenant_file, tmp_path):
    mixed = tmp_path / "mixed.yaml"
    mixed.write_text(
        "scenario: one\nsteps:\n  - create: {contacts/ada: {}}\n  - expect: {records: {contacts/ada: {FIRST_NAME: Ada}}}\n"
        "---\nscenario: other\nsteps:\n  - snapshot: it\n  - never: {callbacks: ['* *']}\n"
    )

    done = replay(running, mixed, "--tenant", tenant_file(), "--yes", "--json")

    other = next(each for each in json.loads(done.stdout)["scenarios"] if each["name"] == "other")
    assert other["why"] == f"not portable: {mixed}:8: snapshot: a tenant cannot be remembered"
    assert (other["outcome"], done.returncode) == ("skipped", 0)
    assert "1 scenario at " in done.stderr
    assert "1 left out: not portable; --portable --list says why" in done.stderr


def test_nothing_is_made_unless_it_is_wanted(running, tenant_file):
    before = left(running)

    done = refused_by_hand(running, SCENARIOS / "contacts.yaml", "--tenant", tenant_file())

    assert done.exit_code == 1
    assert re.search("2 scenarios at .*, one after the other, which takes 0:0", done.stderr)
    assert left(running) == before


def test_ctrl_c_takes_away_what_was_made(running, tenant_file):
    before = left(running)
    with replaying(running, SCENARIOS / "contacts.yaml", tenant_file()) as program:
        while left(running) == before:
            Event().wait(0.02)
        code, told, _ = ended(program, signal.SIGINT)

    assert code == 130
    assert "interrupted; what was done is reported, and not run were:" in told
    assert left(running) == before


def replaying(running, scenarios, file):
    env = {"PATH": os.environ["PATH"], **running["env"]}
    return started("replay", scenarios, "--tenant", file, "--yes", env=env)


def test_what_a_replay_that_was_killed_has_left_is_taken_away_and_nothing_else(running, tenant_file):
    before = left(running)
    crm = running["clients"].crm
    with replaying(running, SCENARIOS / "accounts.yaml", tenant_file()) as program:
        while not crm.call("GET", "/v3.1/Organisations"):
            Event().wait(0.02)
        ended(program, signal.SIGKILL)

    kept = refused_by_hand(running, "--tenant", tenant_file(), "--clean")
    cleaned = replay(running, "--tenant", tenant_file(), "--clean", "--yes")
    again = replay(running, "--tenant", tenant_file(), "--clean", "--yes")

    assert (kept.exit_code, cleaned.returncode) == (1, 0)
    assert "2 deleted" in cleaned.stdout
    assert again.stdout == "nothing of ours is there\n"
    assert crm.call("GET", "/v3.1/Organisations") == []
    assert left(running) == before


WRONG_FILES = {
    "tenant.yaml:1:1: the key 'platform_url' is missing": {"platform_url": None},
    "unknown key 'plattform_url'; did you mean 'platform_url'?": {"plattform_url": "x"},
    "secrets are read from the environment alone": {"user_secret": "x"},
    "platform_url: expected a URL": {"platform_url": "localhost"},
    "the key 'callback_url' is missing": {"callback_url": None},
    "profile": {"profile": "salesforce"},
    "settle: expected a duration such as 15m": {"settle": "soon"},
    "speed": {"speed": 0},
}
WRONG_WORDS = {
    "contacts.yaml --watch": "leave --watch out",
    "contacts.yaml --set crm.limits=vendor": "leave --set out",
    "contacts.yaml --target http://127.0.0.1:1": "leave --target out",
    "snapshots.yaml": "is portable; --portable --list says why",
    "contacts.yaml --clean --update": "leave --update out",
}


def test_a_file_that_is_wrong_and_what_cannot_be_done_there_are_refused_before_anything_is(
    running, tenant_file
):
    def refusal(words, **differs):
        path, *rest = words.split()
        file = tenant_file(**differs)
        done = call("replay", SCENARIOS / path, *rest, "--tenant", file, "--yes", **running["env"])
        assert done.returncode == 2, words
        return done.stderr

    for told, differs in WRONG_FILES.items():
        assert told in refusal("contacts.yaml", **differs)
    for words, told in WRONG_WORDS.items():
        assert told in refusal(words)


def test_missing_secrets_are_named(running, tenant_file):
    env = {name: value for name, value in running["env"].items() if not name.endswith("CRM_API_KEY")}

    done = call("replay", SCENARIOS / "contacts.yaml", "--tenant", tenant_file(), "--yes", **env)

    assert done.returncode == 2
    assert "set ELEMENTS_LOCAL_TENANT_CRM_API_KEY in the environment" in done.stderr


def test_what_is_portable_is_listed_and_counted_and_alone_run():
    words = ("replay", SCENARIOS / "boundaries.yaml", "--portable")
    done, listed = call(*words), call(*words, "--list")
    as_json = json.loads(call(*words, "--list", "--json").stdout)

    assert (
        "boundaries.yaml:2: a change in the very second of a poll, after it, is lost: no: settings are"
        in listed.stdout
    )
    assert listed.stdout.endswith("1 of 7 scenarios portable\n")
    assert as_json["portable"] == 1
    assert as_json["scenarios"][2]["obstacles"][0]["line"] == 37
    assert "1 passed, 0 failed\n6 left out: not portable; --portable --list says why" in done.stdout
    assert done.returncode == 0
