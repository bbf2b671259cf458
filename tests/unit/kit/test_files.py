"""Files that a user names are read up to a bound, and nobody who might write is waited for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from elements_local.kit.files import read_file
from elements_local.kit.os_errors import os_reason


def regular(path: Path) -> None:
    path.write_text("before")


def link(path: Path) -> None:
    (path.parent / "led-to").write_text("before")
    path.symlink_to("led-to")


def pipe(path: Path) -> None:
    os.mkfifo(path)


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
