"""What commands write: over nothing that they did not make, and never through a link or into a pipe."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from command import call, every_command

A_SCENARIO = "scenario: it is quiet\nsteps: [advance: 1m]\n"
FAILS = """\
scenario: it fails
steps:
  - advance: 1m
  - create: {contacts/ada: {}}
  - advance: 15m
  - never: {callbacks: [contacts/ada CREATED]}
"""
NOBODY = "http://127.0.0.1:9/callbacks"
WRITE = (
    "replay it.yaml --junit acme.yaml",
    "replay it.yaml --html acme.yaml",
    f"certify receiver {NOBODY} --junit acme.yaml",
    f"certify receiver {NOBODY} --html acme.yaml",
    "certify poller --junit acme.yaml -- true",
    "certify poller --html acme.yaml -- true",
    "sweep body.json --svg acme.yaml",
    "clock follow acme.yaml",
    "clock --follow acme.yaml",
    "record -o acme.yaml",
    "import body.json --output acme.yaml",
    "lint body.json --scenario late-poll --output acme.yaml",
    "vendor new acme",
)
"""Every command that writes a file, where it writes acme.yaml."""


def words_of_ours(path: Path) -> None:
    """Write a file that has all that our files are known by, but not where they have it."""
    path.write_text(
        '<notes><testsuites name="elements-local"/><svg data-generator="elements-local"/></notes>\n'
        '<html data-generator="elements-local">\n1772445600.000000\n'
    )


def link(path: Path) -> None:
    (path.parent / "led-to").write_text('<testsuites name="elements-local"/>')
    path.symlink_to("led-to")


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "it.yaml").write_text(A_SCENARIO)
    (tmp_path / "body.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize("words", WRITE)
@pytest.mark.parametrize("there", [words_of_ours, link, pipe])
def test_what_is_none_of_theirs_is_refused_before_any_work_and_stays(
    folder: Path, words: str, there: Callable[[Path], None]
) -> None:
    path = folder / "acme.yaml"
    there(path)
    before = {each.name: each.lstat().st_ino for each in folder.iterdir()}
    content = b"" if there is pipe else path.read_bytes()

    done = call(*words.split(), cwd=folder)

    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot write acme.yaml: it is " in done.stderr
    assert {each.name: each.lstat().st_ino for each in folder.iterdir()} == before
    assert there is pipe or path.read_bytes() == content


def test_every_command_that_names_a_file_to_write_is_above_and_can_be_forced() -> None:
    can = {
        " ".join(names)
        for names, command in every_command()
        if any("--force" in option.opts for option in command.params)
    }

    assert can == {"init", "replay", "certify receiver", "certify poller", "sweep", "clock follow", "record", "import", "lint", "vendor new"}  # fmt: skip


@pytest.mark.parametrize("option", ["--junit", "--html"])
def test_a_report_can_be_written_every_day_and_over_another_file_by_force(folder: Path, option: str) -> None:
    path = folder / "report"
    path.touch()
    words = ("replay", "it.yaml", option, "report")

    statuses = [call(*words, cwd=folder).returncode for _ in range(2)]
    report = path.read_text()
    path.write_text(f"my notes\n{report}")
    refused, forced = call(*words, cwd=folder), call(*words, "--force", cwd=folder)

    assert statuses == [0, 0]
    assert (refused.returncode, forced.returncode) == (2, 0)
    assert not path.read_text().startswith("my notes")


def test_a_scenario_is_not_written_over_though_it_was_recorded(folder: Path) -> None:
    """It is a source file: who has it may have changed it since."""
    words = ("lint", "body.json", "--scenario", "late-poll", "-o", "it.yaml")

    assert "--force writes over it" in call(*words, cwd=folder).stderr


def test_a_report_on_standard_output_stands_there_alone(folder: Path) -> None:
    shown = [call("replay", "it.yaml", "--junit", name, cwd=folder) for name in ("-", "/dev/stdout")]
    both = call("replay", "it.yaml", "--junit", "-", "--html", "-", cwd=folder)
    json_too = call("replay", "it.yaml", "--junit", "-", "--json", cwd=folder)

    for done in shown:
        assert (done.returncode, ET.fromstring(done.stdout).get("tests")) == (0, "1")  # noqa: S314 - ours
        assert "1 passed, 0 failed" in done.stderr
    for refused in (both, json_too):
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "standard output can have only one of the files and --json" in refused.stderr
    assert sorted(each.name for each in folder.iterdir()) == ["body.json", "it.yaml"]


def test_what_has_to_be_a_file_is_not_standard_output(folder: Path) -> None:
    follow = call("clock", "follow", "-", cwd=folder)
    check = call("record", "-o", "-", "--check", cwd=folder)

    assert (follow.returncode, "libfaketime reads a file; name one" in follow.stderr) == (2, True)
    assert (check.returncode, "--check replays a file; name one by --output" in check.stderr) == (2, True)


def test_what_was_shrunk_is_written_over_and_a_file_of_that_name_is_not(folder: Path) -> None:
    (folder / "it.yaml").write_text(FAILS)
    words = ("replay", "it.yaml", "--shrink")
    document, test = folder / "it.it_fails.shrunk.yaml", folder / "test_it_fails_shrunk.py"

    first, again = call(*words, cwd=folder), call(*words, cwd=folder)
    test.write_text("mine")
    document.unlink()
    refused = call(*words, cwd=folder)

    assert [first.stdout, again.stdout] == [first.stdout] * 2
    assert "shrunk  it fails: 3 of 4 steps" in first.stdout
    assert f"cannot write {test.name}: it is there already" in refused.stderr
    assert (test.read_text(), document.exists()) == ("mine", False)
    assert "shrunk" in call(*words, "--force", cwd=folder).stdout


def test_the_schema_of_vendor_files_is_renewed_unless_it_is_another_file(folder: Path) -> None:
    schema = folder / "vendor.schema.json"
    made = [call("vendor", "new", name, cwd=folder).returncode for name in ("one", "two")]
    current = json.loads(schema.read_text())
    schema.write_text(json.dumps({"description": "A vendor file of elements-local", "title": "mine"}))
    refused = call("vendor", "new", "three", cwd=folder)
    mine = json.loads(schema.read_text())
    forced = call("vendor", "new", "three", "--force", cwd=folder)

    assert (made, refused.returncode, forced.returncode) == ([0, 0], 2, 0)
    assert (mine["title"], json.loads(schema.read_text())) == ("mine", current)
    assert "cannot write vendor.schema.json" in refused.stderr
