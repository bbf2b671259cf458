"""The README says what is: its blocks are files that run, and its walk-through is walked."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from elements_local.cli import COMMANDS
from elements_local.scenario import load

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def block(mark: str) -> str:
    """Return the fenced block that follows a mark."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```\w*\n(.*?)```\n", README, re.DOTALL)
    assert found, f"the README has no block marked {mark!r}"
    return found[1]


@pytest.fixture(scope="module")
def running() -> Iterator[dict]:
    """A stack as the README starts it, on free ports."""
    up = [
        BIN / "elements-local",
        "up",
        "--json",
        "--platform-port",
        "0",
        "--crm-port",
        "0",
        "--sink-port",
        "0",
    ]
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield json.loads(process.stdout.readline())
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def lone() -> Iterator[dict]:
    """A CRM as the README starts it alone, on a free port."""
    words = re.findall(r"^\.venv/bin/elements-local (up --role crm .*)$", README, re.MULTILINE)
    assert words == ["up --role crm --records 100"]
    up = [BIN / "elements-local", *words[0].split(), "--json", "--crm-port", "0"]
    with subprocess.Popen(up, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield {"platform": "http://127.0.0.1:9", **json.loads(process.stdout.readline())}
        process.terminate()
        assert process.wait(timeout=30) == 0


def run(mark: str, running: dict, **words: object) -> list[str]:
    """Run a block against what runs, with some of its words filled in, and return its lines."""
    script = block(mark).replace(".venv/bin/", f"{BIN}/")
    for word, value in words.items():
        script = script.replace(word, str(value))
    origins = {
        name: "/".join(running[name].split("/")[:3])
        for name in ("platform", "crm", "sink")
        if name in running
    }
    for port, service in ((4700, "platform"), (4701, "crm"), (4702, "sink")):
        script = script.replace(f"http://127.0.0.1:{port}", origins.get(service, "http://127.0.0.1:9"))
    environment = {f"ELEMENTS_LOCAL_{name.upper()}_URL": origin for name, origin in origins.items()}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**environment},
    )
    return done.stdout.splitlines()


def test_the_walk_through_brings_the_contact_as_created_signed(running: dict) -> None:
    instance = json.loads(run("run: create", running)[0])
    contact = json.loads(run("run: change", running)[1])
    advanced, callbacks = "".join(run("run: callbacks", running)).split("}{", 1)
    polls = json.loads(run("run: polls", running)[0])["polls"]
    audit = json.loads(run("run: audit", running, INSTANCE=instance["id"])[0])

    (callback,) = json.loads("{" + callbacks)["callbacks"]
    (event,) = callback["json"]["message"]["events"]
    assert instance["configuration"]["password"] == "********"
    assert json.loads(advanced + "}")["events"] == 1
    assert (event["eventType"], event["objectId"]) == ("CREATED", str(contact["CONTACT_ID"]))
    assert callback["signature"] == "valid"
    assert [record["verdict"] for poll in polls for record in poll["records"]] == ["CREATED"]
    assert [told["recordId"] for told in audit["reported"]] == [str(contact["CONTACT_ID"])]
    assert not audit["lost"]


def test_a_lone_crm_is_searched_and_has_workspaces(lone: dict) -> None:
    advanced, answered = run("run alone: search", lone)
    made, rest = run("run alone: workspace", lone)[:2]

    assert advanced == "2026-03-02T10:00:00Z -> 2026-03-03T10:00:00Z"
    (found,) = json.loads("[" + answered.partition("}[")[2])
    assert (found["FIRST_NAME"], found["DATE_UPDATED_UTC"]) == ("Ada", "2026-03-03 10:00:00")
    assert json.loads(made)["name"] == "mine"
    assert rest.startswith('{"from":"2026-03-03T10:00:00Z","now":"2026-03-03T10:15:00Z"}')


@pytest.mark.parametrize("name", ["test_contact_events.py", "test_receiver.py"])
def test_an_example_test_is_a_file_that_runs(name: str) -> None:
    path = f"tests/docs/examples/{name}"

    assert block(f"file: {path}") == (ROOT / path).read_text(encoding="utf-8")


def test_the_expected_audits_are_steps_of_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "audits.yaml"
    path.write_text(f"scenario: audits\nsteps:\n{block('steps: audit')}", encoding="utf-8")

    (scenario,) = load(path)

    assert [step.verb for step in scenario.steps] == ["expect", "expect", "never"]


def test_the_example_scenario_is_a_document_that_runs() -> None:
    path = "scenarios/created_or_updated.yaml"
    first = (ROOT / path).read_text(encoding="utf-8").partition("---\n")[0]
    scenario = "".join(line for line in first.splitlines(keepends=True) if not line.startswith("#"))

    assert block(f"file: {path}, the first document") == scenario


def test_every_command_is_in_the_table() -> None:
    table = README.partition("## Commands")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize(
    "command", [[], *([name] for name in COMMANDS)], ids=lambda words: " ".join(words) or "none"
)
def test_every_command_has_help(command: list[str]) -> None:
    done = subprocess.run(
        [BIN / "elements-local", *command, "--help"], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("Usage: elements-local")
    assert done.stderr == ""
