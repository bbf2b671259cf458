"""`verify` as a program, against a stack whose admin routes are out of reach and whose time runs by itself."""

import json
import os
import signal
import socket
import subprocess
from threading import Event

import pytest
from deadline import DEADLINE_S
from junitparser import JUnitXml
from running_tenant import PROGRAM, tenant_running

from elements_local.clients import BASE_PATH
from elements_local.commands.checking.verify import OWN_NAME

SPEED = "15"


@pytest.fixture(scope="module")
def running():
    with tenant_running(SPEED) as tenant:
        yield tenant


def verify(running, *words, env=None, **options):
    return subprocess.run(
        [PROGRAM, "verify", *running["words"], *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **(running["env"] if env is None else env)},
        **options,
    )


def listening(port):
    return ["--listen", str(port), "--tenant-callback-url", f"http://127.0.0.1:{port}/verify"]


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_stack_agrees_with_itself_without_admin_routes_and_on_a_real_clock(running, free_port, tmp_path):
    junit, html = tmp_path / "visit.xml", tmp_path / "visit.html"

    done = verify(running, *listening(free_port), "--yes", "--json", "--junit", junit, "--html", html)

    assert done.returncode == 0, done.stdout + done.stderr
    given = json.loads(done.stdout)
    assert {check["verdict"] for check in given["checks"]} == {"agrees"}
    assert [case.name for suite in JUnitXml.fromfile(str(junit)) for case in suite] == [
        check["check"] for check in given["checks"]
    ]
    assert "To give back" in html.read_text(encoding="utf-8")
    left = running["clients"].crm.call("GET", "/v3.1/Contacts")
    assert not [each for each in left if each["LAST_NAME"] == OWN_NAME]
    for secret in running["env"].values():
        assert secret not in done.stdout + done.stderr + html.read_text("utf-8") + junit.read_text("utf-8")


def test_a_collector_that_is_emptied_by_asking_does_but_shows_no_headers_and_refuses_nothing(running):
    collector = f"{running['sink']}/collected"

    done = verify(
        running, "--tenant-callback-url", collector, "--tenant-collector-url", collector, "--yes", "--json"
    )

    verdicts = {check["check"]: check["verdict"] for check in json.loads(done.stdout)["checks"]}
    unseen = {name for name, verdict in verdicts.items() if verdict == "not seen"}
    assert unseen == {"callback-headers", "retries"}, done.stdout
    assert set(verdicts.values()) == {"agrees", "not seen"}
    assert done.returncode == 0


def test_what_a_visit_that_was_killed_has_left_is_taken_away_and_nothing_else(running, free_port):
    clients = running["clients"]
    ada = clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"})
    words = [PROGRAM, "verify", *running["words"], *listening(free_port), "--yes"]
    with subprocess.Popen(
        words, stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], **running["env"]}
    ) as visit:
        while len(clients.crm.call("GET", "/v3.1/Contacts")) < 3:
            Event().wait(0.05)
        visit.send_signal(signal.SIGKILL)
    asked = verify(running, "--clean", input="n\n")
    done = verify(running, "--clean", "--yes")

    assert (asked.returncode, done.returncode) == (1, 0)
    assert "deleted" in done.stdout
    assert [each["CONTACT_ID"] for each in clients.crm.call("GET", "/v3.1/Contacts")] == [ada["CONTACT_ID"]]
    assert b"elements-local-verify" not in clients.platform.send("GET", f"{BASE_PATH}/instances").body
    assert verify(running, "--clean", "--yes").stdout == "nothing of ours is there\n"


def test_ctrl_c_takes_away_what_was_made(running, free_port):
    clients = running["clients"]
    before = len(clients.crm.call("GET", "/v3.1/Contacts"))
    words = [PROGRAM, "verify", *running["words"], *listening(free_port), "--yes"]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], **running["env"]},
    ) as visit:
        while len(clients.crm.call("GET", "/v3.1/Contacts")) < before + 2:
            Event().wait(0.05)
        visit.send_signal(signal.SIGINT)
        visit.communicate(timeout=DEADLINE_S)

    assert visit.returncode == 130
    assert len(clients.crm.call("GET", "/v3.1/Contacts")) == before


def test_nothing_is_made_unless_it_is_wanted(running, free_port):
    before = running["clients"].crm.call("GET", "/v3.1/Contacts")

    done = verify(running, *listening(free_port), input="n\n")

    assert done.returncode == 1
    assert "Two instances are made at" in done.stderr
    assert running["clients"].crm.call("GET", "/v3.1/Contacts") == before


@pytest.mark.parametrize(
    ("words", "without", "told"),
    [
        ([], "", "where are callbacks received? say --tenant-callback-url"),
        (["--tenant-platform-url", ""], "", "which tenant? say --tenant-platform-url"),
        ([], "CRM_API_KEY", "set ELEMENTS_LOCAL_TENANT_CRM_API_KEY in the environment"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_made(running, words, without, told):
    env = {name: value for name, value in running["env"].items() if not without or not name.endswith(without)}

    done = verify(running, *words, "--yes", env=env)

    assert done.returncode == 2
    assert told in done.stderr


def test_what_a_visit_saw_stands_with_the_ledgers_rows(tmp_path):
    block = {
        "date": "2026-11-27",
        "product": "cloud-elements",
        "checks": [
            {"check": "batches", "verdict": "agrees"},
            {"check": "retries", "verdict": "differs"},
            {"check": "disabled", "verdict": "not seen"},
        ],
    }
    kept = tmp_path / "visit.json"
    kept.write_text(json.dumps(block), encoding="utf-8")

    def rows(*words):
        printed = subprocess.run(
            [PROGRAM, "fidelity", "--json", *words], capture_output=True, text=True, check=True
        )
        return {each["behaviour"]: each for each in json.loads(printed.stdout)}

    plain, seen = rows(), rows("--observed", kept)
    changed = {name for name in plain if plain[name] != seen[name]}

    assert changed == {name for name, each in plain.items() if {"batches", "retries"} & {*each["verify"]}}
    for name in changed:
        assert "a tenant of cloud-elements, 2026-11-27" in seen[name]["source"]
        if "retries" in seen[name]["verify"]:
            assert "DIFFERS" in seen[name]["source"]
        else:
            assert seen[name]["evidence"] == "observed"


def test_a_file_that_no_visit_wrote_is_refused(tmp_path):
    (tmp_path / "it.json").write_text("{}", encoding="utf-8")

    done = subprocess.run(
        [PROGRAM, "fidelity", "--observed", tmp_path / "it.json"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "is not what `verify --json` prints" in done.stderr
