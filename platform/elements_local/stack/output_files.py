"""Files that commands write: whole or not at all, and over nothing that a command did not make, unless that is asked for."""

import os
import stat
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from xml.etree.ElementTree import iterparse

import click
from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.kit.files import read_bounded
from elements_local.kit.os_errors import os_reason

_STANDARD_OUTPUT = frozenset({Path("-"), Path("/dev/stdout")})
# Windows has neither of them, nor pipes among its files
_AS_IT_IS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class OutputFileError(HarnessError):
    """A file cannot be written, or must not be."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")


def _never(_content: bytes) -> bool:
    return False


class OutputFile(Struct, frozen=True, kw_only=True):
    """A file that a command writes, or standard output, which `-` and `/dev/stdout` name.

    A link is never followed, and what is no regular file is left alone.

    Attributes:
        is_ours: says of the content of a file that is there whether a command wrote it; such a file is replaced.
        force: any other file is replaced as well, and so is a link.
    """

    path: Path
    is_ours: Callable[[bytes], object] = _never
    force: bool = False

    def __str__(self) -> str:
        """Return how it is named to users."""
        return str(self.path)

    @property
    def is_standard_output(self) -> bool:
        """Say whether it is no file."""
        return self.path in _STANDARD_OUTPUT

    def check(self) -> None:
        """Find out before the work is done whether its result can be written.

        Raises:
            OutputFileError: it cannot, or something is there that would be lost.
        """
        if self.is_standard_output:
            return
        folder = next(folder for folder in self.path.absolute().parents if folder.exists())
        if not folder.is_dir():
            raise OutputFileError(self.path, f"{folder} is not a directory")
        if not os.access(folder, os.W_OK):
            raise OutputFileError(self.path, f"nothing can be written in {folder}")
        try:
            self._permissions()
        except OSError as error:
            raise OutputFileError(self.path, os_reason(error)) from error

    def write(self, content: str | bytes) -> None:
        """Write it, and make the folder that it is in.

        Raises:
            OutputFileError: it cannot be written, or something is there that would be lost; that is as it was.
        """
        data = content.encode() if isinstance(content, str) else content
        if self.is_standard_output:
            click.echo(data.decode(), nl=False)
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._replace(data, self._permissions())
        except OSError as error:
            raise OutputFileError(self.path, os_reason(error)) from error

    def _permissions(self) -> int | None:
        """Return the permissions of a file that may be replaced, None for the usual ones."""
        try:
            mode = self.path.lstat().st_mode
        except FileNotFoundError:
            return None
        if stat.S_ISREG(mode):
            if not (self.force or self._is_free()):
                raise OutputFileError(self.path, "it is there already; --force writes over it")
            return stat.S_IMODE(mode)
        if not stat.S_ISLNK(mode):
            what = "a directory" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
            raise OutputFileError(self.path, f"it is {what}; name a file, or `-` for standard output")
        if not self.force:
            raise OutputFileError(self.path, "it is a link; --force replaces the link itself")
        return None

    def _is_free(self) -> bool:
        with open(self.path, "rb", opener=lambda path, flags: os.open(path, flags | _AS_IT_IS)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # something else has come since
                return False
            content = read_bounded(file)
        return not content or bool(self.is_ours(content))

    def _replace(self, data: bytes, permissions: int | None) -> None:
        """Put a draft in the place of what is there, which leaves what a link leads to alone."""
        draft = self.path.with_name(f".{self.path.stem[:100]}.{token_hex(8)}{self.path.suffix}")
        descriptor = os.open(draft, _NEW, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            if permissions is not None:
                draft.chmod(permissions)
            draft.replace(self.path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def has_root(tag: str, attribute: str, *values: str) -> Callable[[bytes], bool]:
    """Return what says of an XML file whether its root element is this one, with one of these values."""

    def is_ours(content: bytes) -> bool:
        try:
            _, root = next(iterparse(BytesIO(content), ["start"]))  # noqa: S314 - no more than the root is read
        except (SyntaxError, LookupError, ValueError):  # not XML, or in an unknown encoding
            return False
        return root.tag.rpartition("}")[2] == tag and root.get(attribute) in values

    return is_ours
