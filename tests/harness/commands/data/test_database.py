"""``database check|upgrade``: what a stack keeps, from one version of the program to the next."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from elements_local.cli import cli
from elements_local.start import Options, in_process

FILE = "elements-local.sqlite3"
PARTS = ["workspaces", "faults", "platform", "crm", "sink"]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A directory with what a stack left."""
    with in_process(Options(data=tmp_path / "kept")):
        pass
    return tmp_path / "kept"


def database(*options):
    return CliRunner().invoke(cli, ["database", *map(str, options)])


def changed(directory, statement):
    with closing(sqlite3.connect(directory / FILE)) as connection, connection:
        connection.execute(statement)


def test_what_this_program_wrote_is_as_it_should_be(kept):
    done = database("check", "--data", kept, "--json")

    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert [part["part"] for part in told["parts"]] == PARTS
    assert all(part["found"] == part["expected"] for part in told["parts"])
    assert told["differences"] == []


def test_the_file_may_be_named_as_a_database(kept):
    assert database("check", "--database", f"sqlite:///{kept / FILE}").exit_code == 0


def test_a_part_that_is_missing_is_found_and_made(kept):
    changed(kept, "DROP TABLE kit_faults")
    changed(kept, "DELETE FROM kit_schema_versions WHERE part = 'faults'")

    before = database("check", "--data", kept)
    upgraded = database("upgrade", "--data", kept)
    after = database("check", "--data", kept)

    assert before.exit_code == 1
    assert "faults: no tables, this program needs version" in before.output
    assert "run `elements-local database upgrade`" in before.output
    assert upgraded.exit_code == 0
    assert "faults: made, version" in upgraded.output
    assert after.exit_code == 0


def test_what_somebody_changed_by_hand_is_named(kept):
    changed(kept, "DROP TABLE kit_faults")

    done = database("check", "--data", kept)

    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == "add table: kit_faults"


@pytest.mark.parametrize("version", [0, 99], ids=["never released", "a later one's"])
def test_a_version_of_which_nothing_can_be_made_is_refused_in_one_sentence(kept, version):
    changed(kept, f"UPDATE kit_schema_versions SET version = {version} WHERE part = 'platform'")  # noqa: S608 - ours

    check = database("check", "--data", kept)
    upgrade = database("upgrade", "--data", kept)

    assert check.exit_code == 1
    assert f"platform: version {version}, this program needs" in check.output
    assert upgrade.exit_code == 2
    (line,) = upgrade.output.strip().splitlines()
    assert f"--data {kept}: the database's platform tables have schema version {version}" in line
    assert "start with an empty --data directory, or use the program that wrote it" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param([], "give --data or --database", id="neither"),
        pytest.param(["--data", "a", "--database", "sqlite:///b"], "not both", id="both"),
        pytest.param(["--data", "nowhere"], "nowhere keeps nothing yet", id="no directory"),
        pytest.param(["--database", "sqlite:///nowhere.sqlite3"], "keeps nothing yet", id="no file"),
    ],
)
@pytest.mark.parametrize("command", ["check", "upgrade"])
def test_only_what_is_there_is_looked_at(tmp_path, monkeypatch, command, options, said):
    monkeypatch.chdir(tmp_path)

    done = database(command, *options)

    assert done.exit_code == 2
    assert said in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_directory_in_use_is_left_alone(kept):
    with in_process(Options(data=kept)):
        done = database("upgrade", "--data", kept)

    assert done.exit_code == 2
    assert "is in use by" in done.output
