"""What is watched: files of scenarios, with the streams that are kept beside them."""

import os
from pathlib import Path

import pytest

from elements_local.commands.replaying.session import Selection, WatchedFiles


@pytest.fixture
def watched(tmp_path: Path) -> WatchedFiles:
    """Two files, one with a stream, that have been looked at."""
    (tmp_path / "a").mkdir()
    for name in ("a.yaml", "b.yaml", "a/it.stream"):
        (tmp_path / name).write_text("x")
    files = WatchedFiles(Selection(paths=[tmp_path]))
    files.changed()
    return files


def test_at_first_all_have_changed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x")

    assert WatchedFiles(Selection(paths=[tmp_path])).changed() == {tmp_path / "a.yaml"}


def test_nothing_has_changed_as_long_as_nothing_does(watched: WatchedFiles) -> None:
    assert watched.changed() == set()


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        pytest.param("b.yaml", "b.yaml", id="a file"),
        pytest.param("a/it.stream", "a.yaml", id="a stream of a file"),
        pytest.param("a/new.stream", "a.yaml", id="a new stream of a file"),
        pytest.param("c.yaml", "c.yaml", id="a new file"),
        pytest.param("deep/d.yaml", "deep/d.yaml", id="a new file in a new folder"),
        pytest.param("b.txt", None, id="another file"),
        pytest.param("b/note.txt", None, id="another file where streams would be"),
    ],
)
def test_a_change_is_seen_once(watched: WatchedFiles, tmp_path: Path, name: str, changed: str | None) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("longer")

    assert watched.changed() == ({tmp_path / changed} if changed else set())
    assert watched.changed() == set()


def test_a_change_of_the_same_length_is_seen_by_its_time(watched: WatchedFiles, tmp_path: Path) -> None:
    os.utime(tmp_path / "a.yaml", ns=(1, 1))

    assert watched.changed() == {tmp_path / "a.yaml"}


def test_what_is_gone_has_changed(watched: WatchedFiles, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").unlink()

    assert watched.changed() == {tmp_path / "b.yaml"}


def test_a_whole_folder_may_go_and_come_again(watched: WatchedFiles, tmp_path: Path) -> None:
    moved = tmp_path.rename(tmp_path.with_name("elsewhere"))
    gone = watched.changed()
    moved.rename(tmp_path)

    assert gone == watched.changed() == {tmp_path / "a.yaml", tmp_path / "b.yaml"}
