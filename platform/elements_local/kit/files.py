"""Files that a user names: written whole or not at all, and read up to a bound."""

import errno
import os
import stat
from pathlib import Path
from tempfile import mkstemp
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


def write_file(path: Path, content: str | bytes) -> None:
    """Put content in the place of a regular file, or of none; the folder is made.

    What is anything else, as a link, a device or a pipe is, is written to and stays what it is.

    Raises:
        OSError: it cannot be written, and a regular file is as it was; its ``filename`` is the path.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.lstat().st_mode if os.path.lexists(path) else stat.S_IFREG | (0o666 & ~_umask())
        if stat.S_ISREG(mode):
            _replace(path, data, stat.S_IMODE(mode))
        else:
            path.write_bytes(data)
    except OSError as error:
        error.filename = str(path)
        raise


def _replace(path: Path, data: bytes, mode: int) -> None:
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.stem[:100]}.", suffix=path.suffix)
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        draft.chmod(mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """Return the process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def is_kept(path: Path) -> bool:
    """Say whether something would be lost by writing to a path: a file is there, or a link to one or to nothing."""
    return path.is_file() or (path.is_symlink() and not path.exists())
