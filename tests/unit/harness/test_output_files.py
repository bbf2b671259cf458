"""Files that commands write: whole, never through a link, and over nothing that would be lost."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from elements_local.stack.faketime import is_time
from elements_local.stack.output_files import OutputFile, OutputFileError, has_root

OURS = b"ours, of yesterday"
THEIRS = b"theirs, and the word ours"
is_ours = OURS.__eq__


def regular(path: Path) -> None:
    path.write_bytes(THEIRS)


def link_to_ours(path: Path) -> None:
    (path.parent / "led-to").write_bytes(OURS)
    path.symlink_to("led-to")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def folder(path: Path) -> None:
    path.mkdir()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    return tmp_path / "it.xml"


def seen(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return what lies in a folder: the mode and inode of each, and a regular file's content."""
    return {
        each.name: (
            each.lstat().st_mode ^ each.lstat().st_ino,
            each.read_bytes() if stat.S_ISREG(each.lstat().st_mode) else b"",
        )
        for each in folder.iterdir()
    }


LOST = "it is there already; --force writes over it"
LINK = "it is a link; --force replaces the link itself"
NO_FILE = "it is a pipe, a socket or a device; name a file, or `-` for standard output"
FOLDER = "it is a directory; name a file, or `-` for standard output"


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (regular, LOST), (link_to_ours, LINK), (link_to_nothing, LINK), (link_to_itself, LINK),
        (pipe, NO_FILE), (listener, NO_FILE), (folder, FOLDER),
    ],
)  # fmt: skip
def test_what_would_be_lost_is_refused_before_the_work_and_after_it_and_is_as_it_was(
    path: Path, there: Callable[[Path], None], reason: str
) -> None:
    there(path)
    before = seen(path.parent)
    output = OutputFile(path=path, is_ours=is_ours)

    for write in (output.check, lambda: output.write("new")):
        with pytest.raises(OutputFileError) as refused:
            write()
        assert str(refused.value) == f"cannot write {path}: {reason}"

    assert seen(path.parent) == before


@pytest.mark.parametrize("there", [regular, link_to_ours, link_to_nothing, link_to_itself])
def test_if_it_is_forced_a_file_or_a_link_is_replaced_and_what_the_link_leads_to_is_as_it_was(
    path: Path, there: Callable[[Path], None]
) -> None:
    there(path)
    others = {name: each for name, each in seen(path.parent).items() if name != path.name}

    OutputFile(path=path, force=True).write("new")

    assert stat.S_ISREG(path.lstat().st_mode)
    assert path.read_text() == "new"
    assert {name: each for name, each in seen(path.parent).items() if name != path.name} == others


@pytest.mark.parametrize(("there", "reason"), [(pipe, NO_FILE), (listener, NO_FILE), (folder, FOLDER)])
def test_what_is_no_file_is_refused_even_if_it_is_forced(
    path: Path, there: Callable[[Path], None], reason: str
) -> None:
    there(path)

    with pytest.raises(OutputFileError, match=reason):
        OutputFile(path=path, force=True).write("new")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_is_refused() -> None:
    with pytest.raises(OutputFileError, match=NO_FILE):
        OutputFile(path=Path("/dev/full"), force=True).write("new")


@pytest.mark.parametrize("there", [OURS, b""])
def test_a_file_of_ours_and_an_empty_one_are_replaced_and_keep_their_permissions(
    path: Path, there: bytes
) -> None:
    path.write_bytes(there)
    path.chmod(0o640)
    os.link(path, path.parent / "other name")
    output = OutputFile(path=path, is_ours=is_ours)

    output.check()
    output.write("new")

    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)
    assert (path.parent / "other name").read_bytes() == there
    assert len(seen(path.parent)) == 2


def test_a_link_that_comes_after_the_look_is_not_followed(path: Path) -> None:
    def swapped(_content: bytes) -> bool:
        path.unlink()
        link_to_ours(path)
        return True

    path.write_bytes(OURS)
    OutputFile(path=path, is_ours=swapped).write("new")

    assert (path.is_symlink(), path.read_text()) == (False, "new")
    assert (path.parent / "led-to").read_bytes() == OURS


def test_folders_are_made_and_permissions_are_the_usual_ones(tmp_path: Path) -> None:
    output, usual = OutputFile(path=tmp_path / "a" / "b" / "out.yaml"), tmp_path / "usual"
    usual.touch()

    output.check()
    assert [*tmp_path.iterdir()] == [usual]
    output.write(b"new")

    assert (output.path.read_bytes(), output.path.stat().st_mode) == (b"new", usual.stat().st_mode)


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(OutputFileError, match=f"{tmp_path / 'file'} is not a directory"):
        OutputFile(path=tmp_path / "file" / "out").check()


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_standard_output_is_free(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    output = OutputFile(path=Path(name))

    output.check()
    output.write("é\n".encode())

    assert (capsys.readouterr().out, [*tmp_path.iterdir()]) == ("é\n", [])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'<testsuites name="ours"/>', True),
        (b'<?xml version="1.0"?><!-- x --><testsuites tests="1" name="ours"><broken', True),
        (b'<t:testsuites xmlns:t="http://example.com" name="ours">', True),
        ("<testsuites name='ours'/>".encode("utf-16"), True),
        (b'<testsuites name="theirs"><testsuite name="ours"/></testsuites>', False),
        (b'<report><testsuites name="ours"/></report>', False),
        (b'<testsuites hostname="ours" title=\'name="ours"\'/>', False),
        (b'<!-- <testsuites name="ours"/> --><testsuites/>', False),
        (b'notes: <testsuites name="ours"/>', False),
        (b'<?xml version="1.0" encoding="nowhere"?><testsuites name="ours"/>', False),
        (b'<testsuites name="ours"', False),
    ],
)  # fmt: skip
def test_an_xml_file_is_known_by_its_root(content: bytes, expected: bool) -> None:  # noqa: FBT001 - a table
    assert has_root("testsuites", "name", "ours", "ours, too")(content) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1772445600.000500\n", True),
        (b"-2208988800.000000\n", True),
        (b"1772445600.000500\nand my notes\n", False),
        (b"\n1772445600.000500\n", False),
        (b"1772445600\n", False),
    ],
)
def test_a_time_file_has_a_time_and_nothing_else(content: bytes, expected: bool) -> None:  # noqa: FBT001 - a table
    assert bool(is_time(content)) is expected
