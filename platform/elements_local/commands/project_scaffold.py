"""The files that a project starts with: laid down beside what is there, which is never written over unasked."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from elements_local.clients.errors import HarnessError
from elements_local.commands.project_origin import origin_files
from elements_local.stack.output_files import OutputFile

_PACKAGE = files("elements_local")
_TEMPLATES = _PACKAGE / "commands" / "templates" / "init"


class ProjectStartError(HarnessError):
    """Files cannot be laid down."""


@dataclass(frozen=True, kw_only=True)
class ProjectFiles:
    """What came of it, by paths in the project.

    Attributes:
        left: were there, and are not as they would have been made.
        unchanged: were there already, just so.
    """

    made: list[str] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def starting_files(*, examples: bool = False) -> dict[str, bytes]:
    """Return what is laid down: path in the project -> content.

    Args:
        examples: this project's own scenarios, too.
    """
    return {
        **dict(_below(_TEMPLATES, PurePosixPath())),
        **dict(_below(shipped_scenarios() / "postman", PurePosixPath("postman"))),
        "scenarios/scenario.schema.json": (_PACKAGE / "scenario.schema.json").read_bytes(),
        **origin_files(),
        **(dict(_example_scenarios()) if examples else {}),
    }


def lay_down(directory: Path, *, force: bool = False, examples: bool = False) -> ProjectFiles:
    """Lay the files down in a directory, which is made if it is not there.

    Args:
        force: write over files that are there.
        examples: lay down this project's own scenarios, too.

    Raises:
        ProjectStartError, OutputFileError: says what is in the way; nothing is written then.
    """
    starting = starting_files(examples=examples)
    for name in starting:
        _refuse_what_is_in_the_way(directory, PurePosixPath(name))
    laid = ProjectFiles()
    for name, content in starting.items():
        path = directory / name
        _outcome(laid, path, content, force=force).append(name)
    return laid


def _outcome(laid: ProjectFiles, path: Path, content: bytes, *, force: bool) -> list[str]:
    """Write a file, unless it is there, and return the list of what came to the same."""
    output = OutputFile(path=path, force=force)
    if not os.path.lexists(path):
        output.write(content)
        return laid.made
    if path.is_file() and path.read_bytes() == content:
        return laid.unchanged
    if not force:
        return laid.left
    output.write(content)
    return laid.overwritten


def _refuse_what_is_in_the_way(directory: Path, name: PurePosixPath) -> None:
    for folder in [directory, *(directory / parent for parent in name.parents)]:
        if os.path.lexists(folder) and not folder.is_dir():
            raise ProjectStartError(f"{folder} is not a directory, and {directory / name} has to stand in it")
        if not folder.resolve().is_relative_to(directory.resolve()):
            raise ProjectStartError(
                f"{folder} leads out of {directory}, to {folder.resolve()}: {name} cannot be written there"
            )
    OutputFile(path=directory / name, force=True).check()


def _below(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[str, bytes]]:
    """Yield the files below a folder; installing compiles those in Python, which leaves more of them."""
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.name == "__pycache__":
            continue
        if each.is_dir():
            yield from _below(each, at / each.name)
        else:
            yield str(at / each.name), each.read_bytes()


def _example_scenarios() -> Iterator[tuple[str, bytes]]:
    """Yield this project's scenarios, each naming the schema where that is laid down."""
    for name, content in _below(shipped_scenarios(), PurePosixPath("scenario-examples")):
        if name.endswith(".yaml"):
            schema = b"../" * name.count("/") + b"scenarios/scenario.schema.json"
            yield name, re.sub(rb"(?<=\$schema=)\S+", schema, content, count=1)


def shipped_scenarios() -> Path:
    """Return the folder of scenarios and Postman's files: a wheel has a copy, a checkout those that the copy is made of."""
    packaged = Path(__file__).parents[1] / "examples"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "scenarios"
