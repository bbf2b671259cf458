"""A directory that keeps everything, and has one owner at a time."""

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = "elements-local"


class DirectoryInUseError(Exception):
    """Another process keeps its data in a directory, or in a file."""

    def __init__(self, place: Path, owner: str) -> None:
        what = "directory" if place.is_dir() else "file"
        super().__init__(
            f"{place} is in use by {owner}; stop that one, or choose another {what}: two would write over each "
            "other's time"
        )


@contextmanager
def owned(directory: Path) -> Iterator[None]:
    """Make a directory if it is missing, and be its only owner for a while, however the process ends.

    Raises:
        DirectoryInUseError: says which process is.
        OSError: it cannot be made, or not be written to.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _locked(directory, directory / _NAME):
        yield


@contextmanager
def owned_file(file: Path) -> Iterator[None]:
    """Be the only owner of a file for a while; that of a directory is its owner's.

    Raises:
        DirectoryInUseError: says which process is.
        OSError: its directory is not there, or cannot be written to.
    """
    with _locked(file, file.with_name(file.name.removesuffix(".sqlite3"))):
        yield


@contextmanager
def _locked(place: Path, beside: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415 - needed only where something is kept

    # the lock is the operating system's, and ends with the process; the note beside it only says whose it is
    lock, note = FileLock(f"{beside}.lock"), Path(f"{beside}.owner.json")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        if not Path(
            lock.lock_file
        ).exists():  # filelock takes a folder in which no file can be made for a lock that is held
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), lock.lock_file) from error
        raise DirectoryInUseError(place, _owner_of(note)) from error
    try:
        note.write_text(json.dumps({"process": os.getpid()}), encoding="utf-8")
        yield
    finally:
        # removed before the lock is given up: after that it might be the next owner's note
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _owner_of(note: Path) -> str:
    try:
        process = json.loads(note.read_text(encoding="utf-8"))["process"]
    except (OSError, ValueError, KeyError, TypeError):  # it is just starting, or ending
        return "another process"
    return f"process {process}"
