"""What the project is developed with: the locks have all that is asked for, and a Python that they are not for is refused."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from doc_pages import block
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from elements_local.platform.shared.job_queue import CHECKED_WITH

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
PYTHONS = ("3.11.0", "3.11.15", "3.12.0", "3.12.15", "3.13.0", "3.13.15", "3.14.0", "3.14.15")
SYSTEMS = {"linux": "x86_64", "darwin": "arm64"}
SCRIPT = ROOT / ".ci" / "develop.py"


class Locked(NamedTuple):
    """An entry of the lock."""

    requirement: Requirement
    hashes: list[str]


def locked() -> list[Locked]:
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements-dev.txt").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", "").splitlines()
    parts = [re.split(r"\s--hash=", line) for line in lines]
    return [Locked(Requirement(first), [each.strip() for each in hashes]) for first, *hashes in parts]


LOCK = locked()


def asked_for() -> set[str]:
    """Return what pyproject.toml asks for: to run, to build, and by each of its extras."""
    extras = PROJECT["optional-dependencies"].values()
    own = f"{PROJECT['name']}["
    texts = {*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]}.union(*extras)
    return {text for text in texts if not text.startswith(own)}


def installed_on(python: str, system: str) -> dict[str, str]:
    """Return the versions that the lock installs, by name; where it names two for one package, it is no lock."""
    machine = {
        **default_environment(),
        "implementation_name": "cpython",
        "platform_machine": SYSTEMS[system],
        "platform_python_implementation": "CPython",
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "sys_platform": system,
    }
    versions: dict[str, str] = {}
    for requirement, _ in LOCK:
        if requirement.marker is None or requirement.marker.evaluate(machine):
            (pin,) = requirement.specifier
            assert pin.operator == "=="
            assert versions.setdefault(requirement.name, pin.version) == pin.version
    return versions


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_all_that_is_asked_for_within_its_ranges(python: str, system: str) -> None:
    versions = installed_on(python, system)

    wanted = [Requirement(text) for text in asked_for()]
    outside = [
        str(each)
        for each in wanted
        if not each.specifier.contains(versions.get(canonicalize_name(each.name), "0"), prereleases=True)
    ]
    assert len(wanted) > 40
    assert outside == []


def test_the_locked_procrastinate_is_the_one_whose_tables_the_queue_was_checked_with() -> None:
    """After an update: compare what ``job_queue.py`` and ``job_queue.sql`` name with its schema, then renew the version."""
    (locked_version,) = {
        version
        for python in PYTHONS
        for system in SYSTEMS
        for name, version in installed_on(python, system).items()
        if name == "procrastinate"
    }

    assert locked_version == CHECKED_WITH


def test_each_entry_of_the_lock_has_hashes_and_no_address() -> None:
    assert [str(entry) for entry, hashes in LOCK if not hashes] == []
    assert {
        found for _, hashes in LOCK for found in hashes if not re.fullmatch("sha256:[0-9a-f]{64}", found)
    } == set()
    assert [str(entry) for entry, _ in LOCK if entry.url] == []
    assert "://" not in (ROOT / "requirements-dev.txt").read_text("utf-8")


def test_the_lock_of_newman_has_a_hash_of_each_package_and_no_address() -> None:
    asked = json.loads((ROOT / ".ci" / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / ".ci" / "package-lock.json").read_text("utf-8"))
    root = lock["packages"].pop("")

    assert root["dependencies"] == asked["dependencies"]
    assert "node_modules/newman" in lock["packages"]
    assert [name for name, entry in lock["packages"].items() if not entry.get("integrity")] == []
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []


def run_as(python: tuple[int, int, int], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a copy of the script, in a folder of its own, by a Python that says it is another one."""
    (folder / ".ci").mkdir()
    shutil.copy(SCRIPT, folder / ".ci")
    shutil.copy(ROOT / "pyproject.toml", folder)
    code = f"import runpy, sys; sys.version_info = {python}; runpy.run_path('.ci/develop.py', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("python", [(3, 8, 20), (3, 10, 15), (3, 15, 0), (4, 0, 0)])
def test_a_python_that_the_lock_is_not_for_is_refused_in_a_sentence(
    python: tuple[int, int, int], tmp_path: Path
) -> None:
    done = run_as(python, tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"This is Python {python[0]}.{python[1]}, but requirements-dev.txt is for Python 3.11 to 3.14: "
        "run the command with one of those.\n"
    )
    assert not (tmp_path / ".venv").exists()


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))


def test_the_script_is_what_the_readme_has_people_run_first() -> None:
    first, second = block("command", "test").strip().split(" && ")

    assert first == f"python3 {SCRIPT.relative_to(ROOT)}"
    assert second.removeprefix(".venv/bin/poe ") in PYPROJECT["tool"]["poe"]["tasks"]
