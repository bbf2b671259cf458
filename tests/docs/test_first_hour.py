"""The README's first page, typed in an empty environment: from a checkout to a callback, a test and a scenario.

It installs from a package index, so it runs only where ``ELEMENTS_LOCAL_TEST_FIRST_HOUR`` is set: ``poe first-hour``.
"""

import os
import shutil
import subprocess
from pathlib import Path
from time import perf_counter

import pytest
from doc_pages import ROOT, answers, block, environment, of_kind, typed, up
from programs import find_program

pytestmark = pytest.mark.skipif(
    not os.environ.get("ELEMENTS_LOCAL_TEST_FIRST_HOUR"),
    reason="installs from a package index; poe first-hour",
)
OURS = ("ELEMENTS_LOCAL_", "PYTHON", "PYTEST_", "VIRTUAL_ENV", "POE_", "XDG_")


def bash(script: str, folder: Path, home: Path, **variables: str) -> str:
    """Type a block in a folder, as somebody whose home is empty, and return what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    path = os.pathsep.join(part for part in kept["PATH"].split(os.pathsep) if ".venv" not in part)
    done = subprocess.run(
        [find_program("bash"), "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**kept, **variables, "HOME": str(home), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The checkout, without anything that git does not know."""
    listed = [find_program("git"), "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            target = tmp_path / "elements-local" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    return tmp_path / "elements-local"


def test_from_a_checkout_to_the_first_callback_and_to_the_first_test_of_ones_own(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, project = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    project.mkdir()

    began = perf_counter()
    toured = bash(block("command", "run"), checkout, home)
    at_tour = perf_counter()
    assert "UPDATED  contacts" in toured

    with up(checkout / ".venv" / "bin" / "elements-local") as running:
        printed = {
            each.name: bash(typed(each.text, running), checkout, home, **environment(running))
            for each in of_kind("run")
            if each.page.name == "README.md"
        }
    at_callback = perf_counter()
    (callback,) = answers(printed["callbacks"])[-1]["callbacks"]
    assert callback["json"]["message"]["events"][0]["eventType"] == "CREATED"

    example, boundary, scenario = (each for each in of_kind("file") if each.page.name == "README.md")
    (project / "test_contact_events.py").write_text(example.text, encoding="utf-8")
    (project / "test_boundary.py").write_text(boundary.text, encoding="utf-8")
    tested = bash(block("command", "first test"), project, home)
    at_test = perf_counter()
    assert "2 passed" in tested

    (project / "scenarios").mkdir()
    (project / "scenarios" / "contact.yaml").write_text(scenario.text, encoding="utf-8")
    replayed = bash(block("command", "first scenario"), project, home)
    assert "1 passed" in replayed

    with capsys.disabled():
        print(  # noqa: T201 - the figures are what it is run for
            f"\n{at_tour - began:.1f} s to the end of the tour, {at_callback - began:.1f} s to the first callback, "
            f"{at_test - began:.1f} s to the first test of one's own, with two installations"
        )
