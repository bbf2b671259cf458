"""``replay`` lists all mistakes at once, runs nothing or what can be read, and says so by its exit status."""

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elements_local.commands.replay import replay_command as command

GOOD = "scenario: it is quiet\nsteps:\n  - advance: 1m\n  - expect: {events: []}\n"
FAILS = "scenario: it is not quiet\nsteps:\n  - advance: 1m\n  - expect: {events: [COMPLETED]}\n"
BROKEN = {
    "a.yaml": ("", ["1:1"]),
    "b.yaml": ("scenario: b\nsteps:\n  - advnce: 1m\n  - slep: 1m\n", ["3:5", "4:5"]),
    "c.yaml": ("scenario: 'c\n---\nscenario: d\nsteps: [advance: 1m]\n", ["2:1"]),
    "deep/e.yaml": ("- advance: 1m\n", ["1:1"]),
    "f.yaml": ("scenario: f\nsteps: [advance: 1m]\nsede: 1\n", ["3:1"]),
}
"""Five files: name -> text, the places of their mistakes."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    for name, (text, _) in BROKEN.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "fails.yaml").write_text(FAILS)
    return tmp_path


def replay(*words: object, **env: str) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], env=env)


def places(folder: Path) -> list[str]:
    return [f"{folder / name}:{place}" for name, (_, found) in BROKEN.items() for place in found]


SAID = "6 mistakes in 5 files"


@pytest.mark.parametrize(
    ("words", "outcomes", "last"),
    [
        (
            [],
            ["skipped"] * 3,
            f"{SAID}, so nothing was run; --keep-going runs the 3 scenarios that can be read",
        ),
        (["--keep-going"], ["passed", "failed", "passed"], SAID),
    ],
)
def test_five_broken_files_are_all_listed_and_reported_and_what_is_not_run_is_skipped(
    folder: Path, words: list[str], outcomes: list[str], last: str
) -> None:
    done = replay(folder, *words, "--json", "--junit", folder / "it.xml", "--html", folder / "it.html")

    told, skipped = json.loads(done.stdout), outcomes.count("skipped")
    assert done.exit_code == 2
    listed = [line for line in done.stderr.splitlines() if line.startswith(f"{folder}/") and ": " in line]
    assert {place for place in places(folder) if not any(line.startswith(place) for line in listed)} == set()
    assert last in done.stderr.splitlines()
    assert [each["outcome"] for each in told["scenarios"]] == outcomes
    assert (told["counts"]["mistakes"], told["counts"]["skipped"]) == (6, skipped)
    assert {f"{each['path']}:{each['line']}:{each['column']}" for each in told["mistakes"]} == {
        *places(folder)
    }
    unrun = "not run, since there are mistakes in scenario files"
    assert [each["why"] for each in told["scenarios"]].count(unrun) == skipped
    document = ET.parse(folder / "it.xml").getroot()  # noqa: S314 - our own
    cases = list(document.iter("testcase"))
    errors = {f"{case.get('file')}:{case.get('line')}" for case in cases if case.find("error") is not None}
    assert errors == {place.rpartition(":")[0] for place in places(folder)}
    counted = {kind: document.get(kind) for kind in ("errors", "skipped", "failures", "tests")}
    failed = str(outcomes.count("failed"))
    assert counted == {"errors": "6", "skipped": str(skipped), "failures": failed, "tests": "9"}
    page = (folder / "it.html").read_text()
    assert page.count('class="case error"') == 6
    assert page.count('class="case skipped"') == skipped


def test_a_list_has_the_mistakes_too(folder: Path) -> None:
    done = replay(folder, "--list")

    assert done.exit_code == 2
    assert [line.rpartition(": ")[2] for line in done.stdout.splitlines()] == [
        "d",
        "it is not quiet",
        "it is quiet",
    ]
    assert all(f"{place}: " in done.stderr for place in places(folder))


def test_mistakes_and_failures_are_marked_where_github_runs_it(folder: Path) -> None:
    words = (folder / "b.yaml", folder / "fails.yaml", "--keep-going")
    done = replay(*words, GITHUB_ACTIONS="true")

    marks = [line.partition("::error ")[2] for line in done.stdout.splitlines() if line.startswith("::")]
    assert [mark.partition(",title=")[0] for mark in sorted(marks)] == [
        f"file={folder}/b.yaml,line=3,col=5",
        f"file={folder}/b.yaml,line=4,col=5",
        f"file={folder}/fails.yaml,line=4",
    ]
    assert "%0A" in "".join(marks)
    assert "::error" not in replay(*words, GITHUB_ACTIONS="").output


def test_all_paths_that_are_not_there_are_named(folder: Path) -> None:
    done = replay(folder / "x", folder, folder / "y.yaml")

    assert done.exit_code == 2
    assert f"{folder}/x is not there\n{folder}/y.yaml is not there" in done.stderr


def test_a_file_that_cannot_be_opened_is_a_mistake_among_the_others(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "good.yaml").write_text(GOOD)

    done = replay(tmp_path, "--keep-going")

    assert done.exit_code == 2
    assert f"{tmp_path}/folder.yaml:1:1: cannot be opened: it is a directory" in done.stderr
    assert "1 passed, 0 failed" in done.stdout


def test_a_file_that_is_named_twice_runs_once(folder: Path) -> None:
    done = replay(folder / "good.yaml", f"{folder}/./good.yaml", folder / "good.yaml")

    assert done.stdout.endswith("1 passed, 0 failed\n")


def test_a_file_whose_name_is_no_text_is_a_mistake_among_the_others(tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.yaml")).write_text(GOOD)
    (tmp_path / "good.yaml").write_text(GOOD)

    done = replay(
        tmp_path, "--keep-going", "--json", "--html", tmp_path / "it.html", "--junit", tmp_path / "it.xml"
    )

    assert done.exit_code == 2
    told = json.loads(done.stdout)
    assert told["counts"]["passed"] == 1
    assert [(each["path"], each["reason"]) for each in told["mistakes"]] == [
        (f"{tmp_path}/\\udcff.yaml", "the file's name is not UTF-8; rename it")
    ]
