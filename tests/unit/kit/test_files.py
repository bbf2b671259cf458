"""Files that a user names: a regular one is replaced whole, anything else is written to and stays what it is."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from elements_local.kit.files import is_kept, read_file, write_file
from elements_local.kit.os_errors import os_reason


def regular(path: Path) -> None:
    path.write_text("before")
    path.chmod(0o640)


def link(path: Path) -> None:
    (path.parent / "led-to").write_text("before")
    path.symlink_to("led-to")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("led-to")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def kind(path: Path) -> tuple[int, int]:
    return stat.S_IFMT(path.lstat().st_mode), stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize(
    ("there", "is_kept_there"), [(regular, True), (link, True), (link_to_nothing, True), (pipe, False)]
)
def test_a_target_stays_what_it_is(
    *, tmp_path: Path, there: Callable[[Path], None], is_kept_there: bool
) -> None:
    path = tmp_path / "out.yaml"
    there(path)
    before, number = kind(path), path.lstat().st_ino
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK) if there is pipe else None

    assert is_kept(path) is is_kept_there
    write_file(path, "after")

    assert kind(path) == before
    assert (path.lstat().st_ino == number) is (there is not regular)
    assert (path.read_bytes() if reader is None else os.read(reader, 100)) == b"after"
    assert {each.name for each in tmp_path.iterdir()} <= {"out.yaml", "led-to"}
    if reader is not None:
        os.close(reader)


def test_folders_are_made_and_permissions_are_the_usual_ones(tmp_path: Path) -> None:
    path, usual = tmp_path / "a" / "b" / "out.yaml", tmp_path / "usual"
    usual.touch()

    assert not is_kept(path)
    write_file(path, b"after")

    assert (path.read_bytes(), kind(path)) == (b"after", kind(usual))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_is_written_to_and_what_it_answers_names_the_path(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/dev/full")

    with pytest.raises(OSError, match="/out'") as full:
        write_file(tmp_path / "out", "after")

    assert full.value.filename == str(tmp_path / "out")
    assert not is_kept(Path("/dev/full"))
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def filled_pipe(path: Path) -> None:
    """Make a pipe with something in it whose writer has gone; the reader that keeps it ends with the process."""
    os.mkfifo(path)
    os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    path.write_bytes(b"before")


@pytest.mark.parametrize(
    ("there", "content"), [(regular, b"before"), (link, b"before"), (pipe, b""), (filled_pipe, b"before")]
)
def test_what_there_is_is_read_and_nobody_who_might_write_is_waited_for(
    tmp_path: Path, there: Callable[[Path], None], content: bytes
) -> None:
    there(tmp_path / "in")

    assert read_file(tmp_path / "in") == content


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_what_has_no_end_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too large") as endless:
        read_file(Path("/dev/zero"))
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)

    assert os_reason(endless.value) == "it is larger than 64 MiB"
