"""Files that a user names: read up to a bound."""

import errno
import os
from pathlib import Path
from typing import BinaryIO

_LARGEST = 64 * 2**20
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)  # Windows has none, nor pipes among its files


def read_file(path: Path) -> bytes:
    """Read a file, of a device or a pipe what it gives; a pipe into which nobody writes is empty.

    Raises:
        OSError: it cannot be read, or is larger than 64 MiB.
    """
    with open(path, "rb", opener=_opened) as file:
        return read_bounded(file)


def read_bounded(file: BinaryIO) -> bytes:
    """Read a file that is open.

    Raises:
        OSError: it is larger than 64 MiB.
    """
    content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise OSError(errno.EFBIG, "too large")
    return content


def _opened(path: str, flags: int) -> int:
    """Open a file without waiting for a writer; what is read is waited for."""
    descriptor = os.open(path, flags | _NO_WAITING)
    if _NO_WAITING:
        os.set_blocking(descriptor, True)
    return descriptor
