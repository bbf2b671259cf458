"""What is built: two builds are the same bytes, an index takes them, and the wheel runs where the sources are not."""

import email
import importlib.util
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from elements_local.commands.project_scaffold import starting_files

ROOT = Path(__file__).parents[2]
PACKAGES = {"elements_local", "mock_insightly", "callback_sink"}
PAGES = ".data/data/share/doc/elements-local/"
"""Where the wheel has its documents: an installer puts what is below ``data/`` into the environment's root."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def built(sources: Path, folder: Path, *kinds: str) -> dict[str, Path]:
    """Build what is uploaded, and return the files by what they end in."""
    words = [word for kind in kinds for word in ("-t", kind)]
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder, *words],
        cwd=sources,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1767225600"},
        check=True,
        capture_output=True,
    )
    return {path.suffix: path for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the sdist, built from the sources as they are."""
    return built(ROOT, tmp_path_factory.mktemp("release"), "wheel", "sdist")


@pytest.fixture(scope="module")
def wheel(release: dict[str, Path]) -> Path:
    return release[".whl"]


def names_in(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def metadata_of(wheel: Path) -> Message:
    (place,) = (name for name in names_in(wheel) if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(zipfile.ZipFile(wheel).read(place))


def test_the_wheel_holds_all_five_packages_with_their_types_and_nothing_else(wheel: Path) -> None:
    names = names_in(wheel)
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name and PAGES not in name}

    assert tops == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    missing = [
        path.relative_to(root).as_posix()
        for root in (ROOT / "platform", ROOT)
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        if path.relative_to(root).as_posix() not in names
    ]
    assert missing == []


def test_the_wheel_holds_all_that_pages_are_made_of_and_that_init_lays_down(wheel: Path) -> None:
    names = names_in(wheel)
    templates = ROOT / "platform" / "elements_local" / "commands" / "templates"

    kept = {path.relative_to(ROOT / "platform").as_posix() for path in templates.rglob("*") if path.is_file()}
    assert {name for name in kept if "__pycache__" not in name} <= names
    examples = ROOT / "scenarios"
    files = {path.relative_to(examples) for path in examples.rglob("*") if path.is_file()}
    assert {
        f"elements_local/examples/{path.as_posix()}" for path in files if "__pycache__" not in path.parts
    } <= names
    assert {"elements_local/scenario.schema.json", "elements_local/vendor.schema.json"} <= names
    assert "elements_local/platform/elements/vendors/hubspotcrm.yaml" in names


def test_the_wheel_has_every_page_as_it_is_in_the_repository_and_no_picture_or_program(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel)
    installed = {name.partition(PAGES)[2]: name for name in files.namelist() if PAGES in name}
    above = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}

    assert {*installed} == above | {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    assert {
        page for page, name in installed.items() if files.read(name) != (ROOT / page).read_bytes()
    } == set()
    assert b"elements_platform" in files.read(installed["docs/python.md"])


def test_the_wheel_says_what_it_is_and_under_which_licences(wheel: Path) -> None:
    said = metadata_of(wheel)

    licences = said.get_all("License-File", [])
    assert (said["Version"], said["License-Expression"]) == (PROJECT["version"], "MIT AND 0BSD")
    assert {*map(os.path.basename, licences)} == {"LICENSE", "htmx-LICENSE.txt"}
    assert {*licences} <= {name.partition(".dist-info/licenses/")[2] for name in names_in(wheel)}
    assert f"\n## {PROJECT['version']}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_link_and_picture_of_the_readme_on_an_index_leads_to_a_file_of_the_release(wheel: Path) -> None:
    text = metadata_of(wheel).get_payload()
    tokens = [inner for token in MarkdownIt().enable("table").parse(text) for inner in token.children or ()]
    leads = [
        str(token.attrs.get("href") or token.attrs["src"])
        for token in tokens
        if token.type in {"link_open", "image"}
    ]

    source = re.escape(PROJECT["urls"]["Source"])
    inside = [
        found
        for link in leads
        if (found := re.fullmatch(rf"{source}/(blob|raw)/v{PROJECT['version']}/([^#]+)(#.*)?", link))
    ]
    assert all(link.startswith(("https://", "http://127.0.0.1")) for link in leads)
    assert len(inside) > 20
    assert [found[2] for found in inside if not (ROOT / found[2]).exists()] == []
    assert {Path(found[2]).suffix for found in inside if found[1] == "raw"} == {".png"}


def test_the_sdist_builds_the_same_wheel_and_the_same_sdist(release: dict[str, Path], tmp_path: Path) -> None:
    with tarfile.open(release[".gz"]) as archive:
        archive.extractall(tmp_path, filter="data")
    (sources,) = tmp_path.iterdir()

    again = built(sources, tmp_path / "again", "wheel", "sdist")

    assert {kind: path.read_bytes() == again[kind].read_bytes() for kind, path in release.items()} == {
        ".whl": True,
        ".gz": True,
    }


@pytest.mark.skipif(not importlib.util.find_spec("twine"), reason="twine is not installed")
def test_an_index_takes_what_is_built(release: dict[str, Path]) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *release.values()],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def link_requirements(wheel: Path, site: Path) -> None:
    """Put into an environment what a wheel requires, and what that requires, as it is installed here: no index is asked."""
    (this,) = metadata.distributions(path=[str(wheel)])
    left, found = [*(this.requires or [])], {this.name}
    while left:
        requirement = Requirement(left.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found.add(name)
            distribution = metadata.distribution(name)
            left += distribution.requires or []
            for top in {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}:
                (site / top).symlink_to(str(distribution.locate_file(top)))


def test_the_stack_runs_from_the_wheel_in_an_empty_environment_away_from_the_sources(
    wheel: Path, tmp_path: Path
) -> None:
    uv = pytest.importorskip("uv").find_uv_bin()
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "--quiet", "--no-cache", "--python", sys.executable, tmp_path / "venv"], check=True
    )
    install = [uv, "pip", "install", "--quiet", "--no-cache", "--offline", "--no-deps", "--python", python]
    subprocess.run([*install, wheel], check=True)
    link_requirements(wheel, *(tmp_path / "venv").glob("lib/python*/site-packages"))
    program = tmp_path / "venv" / "bin" / "elements-local"

    where = "import json, elements_local, mock_insightly, callback_sink; "
    where += "print(json.dumps([m.__file__ for m in (elements_local, mock_insightly, callback_sink)]))"
    files = json.loads(run(tmp_path, python, "-c", where).stdout)
    begun = run(tmp_path, program, "init", "--examples", "--json", "project")
    replayed = run(
        tmp_path / "project", program, "replay", "scenarios", "scenario-examples/hazards/index_lag.yaml"
    )

    again = run(
        tmp_path / "project", *install, "--reinstall", "--requirement", "requirements-elements-local.txt"
    )

    assert again.returncode == 0, again.stderr
    assert (tmp_path / "project" / "vendor" / wheel.name).read_bytes() == wheel.read_bytes()
    assert all(Path(file).is_relative_to(tmp_path / "venv") for file in files)
    assert sorted(json.loads(begun.stdout)["made"]) == sorted(starting_files(examples=True))
    assert replayed.returncode == 0, replayed.stdout


def run(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, cwd=folder)
