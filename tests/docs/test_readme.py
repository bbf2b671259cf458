"""The walk-through of the README is walked, and then the blocks of the other pages, against what it has left."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from doc_pages import ROOT, answers, block, environment, of_kind, typed, up
from programs import find_program

BIN = Path(sys.executable).parent
Done = dict[str, subprocess.CompletedProcess[str]]


def run(kind: str, running: dict) -> Done:
    """Run the blocks of a kind one after the other against what runs, and return what came of each."""
    done: Done = {}
    bash, _ = find_program("bash"), find_program("curl")
    for each in of_kind(kind):
        script = typed(each.text, running).replace(".venv/bin/", f"{shlex.quote(str(BIN))}/")
        if "INSTANCE" in script:
            script = script.replace("INSTANCE", str(answers(done["create"].stdout)[-1]["id"]))
        done[each.name] = subprocess.run(
            [bash, "-euo", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            env=environment(running),
        )
    return done


@pytest.fixture(scope="module")
def walked() -> Iterator[Done]:
    with up(BIN / "elements-local") as running:
        yield run("run", running)


@pytest.fixture(scope="module")
def alone() -> Iterator[Done]:
    page = (ROOT / "docs" / "crm.md").read_text(encoding="utf-8")
    (words,) = re.findall(r"^\.venv/bin/elements-local (up --role crm .*)$", page, re.MULTILINE)
    with up(BIN / "elements-local", *words.split()) as running:
        yield run("run alone", running)


@pytest.mark.parametrize("name", [each.name for each in of_kind("run")])
def test_a_block_runs(name: str, walked: Done) -> None:
    assert walked[name].returncode == 0, walked[name].stdout + walked[name].stderr


@pytest.mark.parametrize("name", [each.name for each in of_kind("run alone")])
def test_a_block_runs_against_a_crm_alone(name: str, alone: Done) -> None:
    assert alone[name].returncode == 0, alone[name].stdout + alone[name].stderr


def part_of(shown: object, answer: object) -> bool:
    """Tell whether an answer has all that is shown of it; lists are shown whole."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(part_of(shown[key], answer.get(key)) for key in shown)
    if isinstance(shown, list):
        same = isinstance(answer, list) and len(shown) == len(answer)
        return same and all(map(part_of, shown, answer))
    return shown == answer


@pytest.mark.parametrize("name", [each.name for each in of_kind("answer")])
def test_what_is_shown_of_an_answer_is_part_of_it(name: str, walked: Done) -> None:
    answer = answers(walked[name].stdout)[-1]

    assert part_of(json.loads(block("answer", name)), answer), json.dumps(answer, indent=2)


def test_the_walk_through_brings_the_contact_as_created_signed(walked: Done) -> None:
    (instance,) = answers(walked["create"].stdout)
    contact = answers(walked["change"].stdout)[-1]
    advanced, callbacks = answers(walked["callbacks"].stdout)
    (polls,) = answers(walked["polls"].stdout)
    (audit,) = answers(walked["audit"].stdout)

    (callback,) = callbacks["callbacks"]
    (event,) = callback["json"]["message"]["events"]
    assert instance["configuration"]["password"] == "********"
    assert advanced["events"] == 1
    assert (event["eventType"], event["objectId"]) == ("CREATED", str(contact["CONTACT_ID"]))
    assert callback["signature"] == "valid"
    assert [record["verdict"] for poll in polls["polls"] for record in poll["records"]] == ["CREATED"]
    assert [told["recordId"] for told in audit["reported"]] == [str(contact["CONTACT_ID"])]
    assert not audit["lost"]


def test_what_is_to_be_looked_at_tells_of_the_contact(walked: Done) -> None:
    contact = answers(walked["change"].stdout)[-1]
    polls, deliveries, changes = answers(walked["by hand"].stdout)

    assert [poll["seen"] for poll in polls["polls"]] == [1]
    assert [attempt["status"] for attempt in deliveries["deliveries"][0]["attempts"]] == [200]
    assert [change["recordId"] for change in changes["changes"]] == [str(contact["CONTACT_ID"])]


def test_a_lone_crm_is_searched_and_has_workspaces(alone: Done) -> None:
    advanced = alone["search"].stdout.splitlines()[0]
    _, (found,) = answers(alone["search"].stdout)
    made, moved = answers(alone["workspace"].stdout)[:2]

    assert advanced == "2026-03-02T10:00:00Z -> 2026-03-03T10:00:00Z"
    assert (found["FIRST_NAME"], found["DATE_UPDATED_UTC"]) == ("Ada", "2026-03-03 10:00:00")
    assert made["name"] == "mine"
    assert moved == {"from": "2026-03-03T10:00:00Z", "now": "2026-03-03T10:15:00Z"}
