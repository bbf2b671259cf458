"""The workflows are such as GitHub takes, and two linters have nothing against them; the commands of docs/ci.md run."""

import os
import runpy
import shlex
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from doc_pages import ROOT, block, has_the_shape_of
from each_row import each_row
from packaging.requirements import Requirement
from programs import PATH, find_program

from elements_local.commands.cli import COMMANDS
from elements_local.commands.project_origin import REQUIREMENTS, origin_of
from elements_local.commands.project_scaffold import starting_files

BIN = Path(sys.executable).parent
WORKFLOW = block("workflow", "scenarios.yml")
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
CHECK = ROOT / ".github" / "workflows" / "check.yml"
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT, POE = DECLARED["project"], DECLARED["tool"]["poe"]["tasks"]
refusal = runpy.run_path(str(ROOT / ".ci" / "release.py"))["refusal"]
SCENARIO = "scenario: it\nsteps:\n  - advance: 1m\n  - expect: {events: [COMPLETED]}\n"


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    """The workflow as a file of a user's."""
    path = tmp_path / ".github" / "workflows" / "scenarios.yml"
    path.parent.mkdir(parents=True)
    path.write_text(WORKFLOW, encoding="utf-8")
    return path


def steps() -> dict[str, dict]:
    (job,) = yaml.safe_load(WORKFLOW)["jobs"].values()
    return {step["name"]: step for step in job["steps"]}


def test_it_is_the_one_that_init_lays_down() -> None:
    assert starting_files()[".github/workflows/scenarios.yml"].decode() == WORKFLOW


def test_they_have_the_shape_that_github_takes(workflow: Path) -> None:
    assert has_the_shape_of("github-workflows", workflow, RELEASE, CHECK)

    workflow.write_text(WORKFLOW.replace("runs-on:", "run-on:"), encoding="utf-8")

    assert not has_the_shape_of("github-workflows", workflow), "the shape is really looked at"


def test_gitlab_takes_its_snippet_whose_command_is_the_same(tmp_path: Path) -> None:
    snippet = block("workflow", ".gitlab-ci.yml")
    (tmp_path / ".gitlab-ci.yml").write_text(snippet, encoding="utf-8")

    assert has_the_shape_of("gitlab-ci", tmp_path / ".gitlab-ci.yml")
    assert yaml.safe_load(snippet)["scenarios"]["script"] == [
        steps()["Install"]["run"],
        steps()["Replay"]["run"].replace('"$FOLDER"', "scenarios"),
        steps()["Test"]["run"],
    ]


def zizmor(*workflows: Path) -> subprocess.CompletedProcess[str]:
    words = [BIN / "zizmor", "--offline", "--no-config", "--pedantic", "--no-progress", *workflows]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_linter_has_nothing_against_them_and_would_have(workflow: Path) -> None:
    linted = zizmor(workflow, RELEASE, CHECK)
    workflow.write_text(WORKFLOW.replace('"$FOLDER"', "${{ inputs.folder }}"), encoding="utf-8")

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "template-injection" in zizmor(workflow).stdout


def steps_of_a_release() -> list[dict]:
    (job,) = yaml.safe_load(RELEASE.read_text("utf-8"))["jobs"].values()
    assert {*job["permissions"]} == {"contents", "id-token", "attestations", "packages"}
    assert job["permissions"]["contents"] == "read"
    return job["steps"]


def script_of_a_release(word: str) -> str:
    (script,) = (step["run"] for step in steps_of_a_release() if word in step.get("run", ""))
    return script


def test_a_release_is_checked_and_tried_before_it_is_uploaded_by_tools_that_are_installed() -> None:
    scripts = [step.get("run") or step["uses"] for step in steps_of_a_release()]

    order = [
        scripts.index(next(each for each in scripts if word in each))
        for word in (
            ".ci/release.py",
            "poe check",
            "poe advisories",
            "twine check",
            "/bin/elements-local",
            "docker run",
            "attest-build-provenance",
            "uv publish",
            "--push",
        )
    ]
    assert order == sorted(order)
    extras = PROJECT["optional-dependencies"]
    installed = {Requirement(each).name for each in (*extras["dev"], *extras["test"])}
    assert installed >= {"hatchling", "poethepoet", "twine", "uv"}


@pytest.mark.parametrize("by", ["/bin/elements-local", "docker run --rm --read-only"])
def test_a_release_does_the_readmes_first_job_by_what_it_has_built(by: str) -> None:
    job = (
        (ROOT / "README.md").read_text("utf-8").partition("<!-- command: run -->")[2].partition("\n```\n")[0]
    )
    (line,) = (line for line in script_of_a_release(by).splitlines() if by in line)

    assert line.split()[-1] == job.split()[-1]


def test_the_image_of_a_release_is_the_documented_one_for_two_architectures() -> None:
    built, pushed = (shlex.split(script_of_a_release(word)) for word in ("--load", "--push"))

    for words in (built, pushed):
        assert (ROOT / words[words.index("--file") + 1]).samefile(ROOT / "docs/container/Containerfile")
    assert pushed[pushed.index("--platform") + 1] == "linux/amd64,linux/arm64"


@each_row(
    ("source", "tag", "refused"),
    {
        "all is well": ("https://git.example.org/us/elements-local", "v1.2", ""),
        "another tag": ("https://git.example.org/us/elements-local", "v1.3", "tag v1.2"),
        "no changes": ("https://git.example.org/us/elements-local", "v9", "no section '9'"),
        "no address": ("https://elements-local.example/elements-local", "v1.2", "the line marked FILL IN"),
    },
)
def test_a_release_is_refused_while_something_is_not_filled_in(source, tag, refused) -> None:
    said = refusal("9" if tag == "v9" else "1.2", source, "# Changelog\n\n## 1.2\n", tag)

    assert (refused in said) if refused else not said


def test_the_line_that_is_marked_has_the_projects_address() -> None:
    (line,) = (
        line for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines() if "FILL IN" in line
    )
    source = tomllib.loads(line)["Source"]

    assert source == PROJECT["urls"]["Source"]


def test_what_is_checked_here_is_checked_at_each_push_and_before_a_commit() -> None:
    (job,) = yaml.safe_load(CHECK.read_text("utf-8"))["jobs"].values()
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    (hook,) = repository["hooks"]

    assert job["steps"][-1]["run"] == ".ci/run"
    assert hook["entry"].removeprefix(".venv/bin/") == "poe quick"
    assert "quick" in POE


def test_an_issue_asks_for_what_is_needed() -> None:
    forms = ROOT / ".github" / "ISSUE_TEMPLATE"

    assert has_the_shape_of("github-issue-forms", forms / "defect.yml")
    assert has_the_shape_of("github-issue-config", forms / "config.yml")


def test_what_it_installs_and_tests_is_laid_down_too() -> None:
    words = shlex.split(steps()["Install"]["run"])
    laid = starting_files()

    assert words == ["python", "-m", "pip", "install", "--requirement", REQUIREMENTS, "pytest"]
    assert steps()["Set up Python"]["with"]["cache-dependency-path"] in laid
    assert set(shlex.split(steps()["Test"]["run"])) & laid.keys() == {"tests/test_elements_local.py"}


FROM = "elements-local @ "


@each_row(
    ("direct_url", "requirement"),
    {
        "an index": ({}, "elements-local==1.2"),
        "a repository": (
            {"url": "https://h/x.git", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}},
            f"{FROM}git+https://h/x.git@c0ffee",
        ),
        "a wheel's URL": ({"url": "https://h/x.whl", "archive_info": {}}, f"{FROM}https://h/x.whl"),
        "a wheel that is gone": (
            {"url": "file:///gone/x.whl", "archive_info": {}},
            "# no wheel can be made of /gone/x.whl: name one here, or a repository\n./vendor/elements-local.whl",
        ),
    },
)
def test_what_is_installed_is_what_laid_it_down(direct_url, requirement) -> None:
    assert origin_of(direct_url, "1.2") == (requirement, {})


def test_its_command_is_there_and_makes_the_reports_that_it_keeps_of_what_fails_too(tmp_path: Path) -> None:
    step = steps()["Replay"]
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "it.yaml").write_text(SCENARIO)
    program, command, *_ = shlex.split(step["run"])

    done = subprocess.run(
        [find_program("bash"), "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={"PATH": f"{BIN}{os.pathsep}{PATH}", **dict.fromkeys(step["env"], "it")},
        check=False,
        capture_output=True,
    )

    assert (program, command in COMMANDS) == ("elements-local", True)
    assert done.returncode == 1, done.stderr
    kept = sorted(path.name for path in tmp_path.glob(steps()["Keep the reports"]["with"]["path"]))
    assert kept == ["scenarios.html", "scenarios.xml"]
    (case,) = ET.parse(tmp_path / "scenarios.xml").getroot().iter("testcase")  # noqa: S314 - our own
    assert (case.get("name"), case.find("failure") is not None) == ("it", True)
