"""A directory that keeps everything, and has one owner at a time."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LOCK = "elements-local.lock"
_OWNER = "elements-local.owner.json"


class DirectoryInUseError(Exception):
    """Another process keeps its data in a directory."""

    def __init__(self, directory: Path, owner: str) -> None:
        super().__init__(
            f"{directory} is in use by {owner}; stop that one, or choose another directory: two would write over each "
            "other's time"
        )


@contextmanager
def owned(directory: Path) -> Iterator[None]:
    """Make a directory if it is missing, and be its only owner for a while, however the process ends.

    Raises:
        DirectoryInUseError: says which process is.
        OSError: it cannot be made, or not be written to.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - needed only where something is kept

    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / _LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise DirectoryInUseError(directory, _owner_of(directory)) from error
    try:
        (directory / _OWNER).write_text(json.dumps({"process": os.getpid()}), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            (directory / _OWNER).unlink(missing_ok=True)
        lock.release()


def _owner_of(directory: Path) -> str:
    try:
        process = json.loads((directory / _OWNER).read_text(encoding="utf-8"))["process"]
    except (OSError, ValueError, KeyError, TypeError):  # it is just starting, or ending
        return "another process"
    return f"process {process}"
