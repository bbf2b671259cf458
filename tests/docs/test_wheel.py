"""What is built: the wheel holds all five packages, and runs where the sources are not."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from elements_local.project_start import starting_files

ROOT = Path(__file__).parents[2]
PACKAGES = {"mock_kit", "mock_platform", "elements_local", "mock_insightly", "callback_sink"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sources as they are."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        folder,
        ROOT,
    ]
    subprocess.run(build, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_all_five_packages_with_their_types_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}

    assert tops == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    missing = [
        path.relative_to(root).as_posix()
        for root in (ROOT / "platform", ROOT)
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        if path.relative_to(root).as_posix() not in names
    ]
    assert missing == []


def test_the_wheel_holds_all_that_pages_are_made_of_and_that_init_lays_down(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = ROOT / "platform" / "elements_local" / "templates"

    kept = {path.relative_to(ROOT / "platform").as_posix() for path in templates.rglob("*") if path.is_file()}
    assert {name for name in kept if "__pycache__" not in name} <= names
    postman = {path.name for path in (ROOT / "scenarios" / "postman").iterdir()}
    assert {f"elements_local/postman_files/{name}" for name in postman} <= names
    assert "elements_local/scenario.schema.json" in names


def test_the_stack_runs_from_the_wheel_in_an_empty_environment_away_from_the_sources(
    wheel: Path, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "-q", wheel],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip("the package index cannot be reached, so an empty environment cannot be filled")
    assert installed.returncode == 0, installed.stderr

    where = "import json, mock_kit, mock_platform, elements_local, mock_insightly, callback_sink as last; "
    where += "print(json.dumps([m.__file__ for m in (mock_kit, mock_platform, elements_local, mock_insightly, last)]))"
    files = json.loads(
        subprocess.run([python, "-c", where], capture_output=True, check=True, cwd=tmp_path).stdout
    )
    toured = subprocess.run(
        [tmp_path / "venv" / "bin" / "elements-local", "tour"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    begun = subprocess.run(
        [tmp_path / "venv" / "bin" / "elements-local", "init", "--json", "project"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert all(Path(file).is_relative_to(tmp_path / "venv") for file in files)
    assert sorted(json.loads(begun.stdout)["made"]) == sorted(starting_files())
    assert toured.returncode == 0, toured.stderr
    assert "UPDATED  contacts" in toured.stdout
