"""The walk-through of the README is walked, and then the blocks of the other pages, against what it has left."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

from doc_pages import ROOT, answers, environment, of_kind, typed, up
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


def part_of(shown: object, answer: object) -> bool:
    """Tell whether an answer has all that is shown of it; lists are shown whole."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(part_of(shown[key], answer.get(key)) for key in shown)
    if isinstance(shown, list):
        same = isinstance(answer, list) and len(shown) == len(answer)
        return same and all(map(part_of, shown, answer))
    return shown == answer


def test_the_walk_through_brings_the_contact_as_created_signed_and_the_blocks_of_other_pages_run() -> None:
    with up(BIN / "elements-local") as running:
        walked = run("run", running)

    assert failed(walked) == {}
    for shown in of_kind("answer"):
        answer = answers(walked[shown.name].stdout)[-1]
        assert part_of(json.loads(shown.text), answer), json.dumps(answer, indent=2)
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
    polls, deliveries, changes = answers(walked["by hand"].stdout)
    assert [poll["seen"] for poll in polls["polls"]] == [1]
    assert [attempt["status"] for attempt in deliveries["deliveries"][0]["attempts"]] == [200]
    assert [change["recordId"] for change in changes["changes"]] == [str(contact["CONTACT_ID"])]


def test_a_lone_crm_is_searched_and_has_workspaces() -> None:
    page = (ROOT / "docs" / "crm.md").read_text(encoding="utf-8")
    (words,) = re.findall(r"^\.venv/bin/elements-local (up --role crm .*)$", page, re.MULTILINE)
    with up(BIN / "elements-local", *words.split()) as running:
        alone = run("run alone", running)

    assert failed(alone) == {}
    advanced = alone["search"].stdout.splitlines()[0]
    _, (found,) = answers(alone["search"].stdout)
    made, moved = answers(alone["workspace"].stdout)[:2]
    assert advanced == "2026-03-02T10:00:00Z -> 2026-03-03T10:00:00Z"
    assert (found["FIRST_NAME"], found["DATE_UPDATED_UTC"]) == ("Ada", "2026-03-03 10:00:00")
    assert made["name"] == "mine"
    assert moved == {"workspace": "default", "from": "2026-03-03T10:00:00Z", "now": "2026-03-03T10:15:00Z"}


def failed(done: Done) -> dict[str, str]:
    """Return what the blocks that failed have said."""
    return {name: each.stdout + each.stderr for name, each in done.items() if each.returncode}
