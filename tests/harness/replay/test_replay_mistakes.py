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


def test_five_broken_files_are_all_listed_and_nothing_is_run(folder: Path) -> None:
    done = replay(folder)

    assert done.exit_code == 2
    *lines, last = done.stderr.splitlines()
    assert sorted(":".join(line.split(":")[:3]) for line in lines) == sorted(places(folder))
    assert last == (
        "6 mistakes in 5 files, so nothing was run; --keep-going runs the 3 scenarios that can be read"
    )
    assert done.stdout == "0 passed, 0 failed, 3 not run\n"


def test_with_keep_going_what_can_be_read_runs_and_the_exit_status_is_two_all_the_same(folder: Path) -> None:
    done = replay(folder, "--keep-going")

    assert done.exit_code == 2
    assert "passed  d\n" in done.stdout
    assert done.stdout.endswith("2 passed, 1 failed\n")
    assert done.stderr.splitlines()[-1] == "6 mistakes in 5 files"
    assert all(f"{place}: " in done.stderr for place in places(folder))


def test_a_list_has_the_mistakes_too(folder: Path) -> None:
    done = replay(folder, "--list")

    assert done.exit_code == 2
    assert [line.rpartition(": ")[2] for line in done.stdout.splitlines()] == [
        "d",
        "it is not quiet",
        "it is quiet",
    ]
    assert all(f"{place}: " in done.stderr for place in places(folder))


@pytest.mark.parametrize(("words", "ran"), [([], 0), (["--keep-going"], 3)])
def test_reports_have_mistakes_as_errors_and_what_was_not_run_as_skipped(
    folder: Path, words: list[str], ran: int
) -> None:
    replay(folder, *words, "--junit", folder / "it.xml", "--html", folder / "it.html")

    document = ET.parse(folder / "it.xml").getroot()  # noqa: S314 - our own
    cases = list(document.iter("testcase"))
    errors = {f"{case.get('file')}:{case.get('line')}" for case in cases if case.find("error") is not None}
    assert errors == {place.rpartition(":")[0] for place in places(folder)}
    assert (document.get("errors"), document.get("skipped")) == ("6", str(3 - ran))
    assert (document.get("failures"), document.get("tests")) == (str(min(ran, 1)), "9")
    page = (folder / "it.html").read_text()
    assert page.count('class="case error"') == 6
    assert page.count('class="case skipped"') == 3 - ran


def test_mistakes_are_in_the_json_with_their_places(folder: Path) -> None:
    done = replay(folder, "--json")

    told = json.loads(done.stdout)
    assert done.exit_code == 2
    assert told["counts"] == {"passed": 0, "failed": 0, "skipped": 3, "mistakes": 6}
    assert {f"{each['path']}:{each['line']}:{each['column']}" for each in told["mistakes"]} == set(
        places(folder)
    )
    assert {each["why"] for each in told["scenarios"]} == {
        "not run, since there are mistakes in scenario files"
    }


def test_mistakes_are_marked_where_github_runs_it(folder: Path) -> None:
    done = replay(folder / "b.yaml", GITHUB_ACTIONS="true")

    assert [line.partition(",title=")[0] for line in done.stdout.splitlines() if line.startswith("::")] == [
        f"::error file={folder}/b.yaml,line=3,col=5",
        f"::error file={folder}/b.yaml,line=4,col=5",
    ]


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
