"""What commands print."""

import os
import sys
from pathlib import Path
from shlex import quote
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from elements_local.kit.api.json_text import encode_text
from elements_local.stack.output_files import OutputFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


FILE = click.Path(dir_okay=False, path_type=Path)
"""What an option takes that names a file."""

force_option = click.option("--force", is_flag=True, help="Write over a file that is there.")


def optional_output(
    path: Path | None, is_ours: "Callable[[bytes], object]", *, force: bool
) -> OutputFile | None:
    """Return the file that an option names, if it is given."""
    return OutputFile(path=path, is_ours=is_ours, force=force) if path else None


def check_outputs(*outputs: OutputFile | None, as_json: bool) -> bool:
    """Check before the work is done that files can be written, and return whether standard output is for one of them.

    Raises:
        click.UsageError: it would be for several documents.
        OutputFileError: one cannot be written.
    """
    files = [output for output in outputs if output is not None]
    standard = sum(output.is_standard_output for output in files)
    if standard + as_json > 1:
        raise click.UsageError("standard output can have only one of the files and --json")
    for output in files:
        output.check()
    return bool(standard)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "file"), counted(2, "file")
    ('1 file', '2 files')
    """
    return f"{number} {noun}" + ("" if number == 1 else "s")


def wrapped(text: str, *, indent: int = 0) -> str:
    """Return a text in lines as wide as the terminal, or as COLUMNS says; in a file or a pipe it stays one line.

    Args:
        indent: blanks before each line, and four more before all but the first.
    """
    first = " " * indent
    if not (sys.stdout.isatty() or os.environ.get("COLUMNS")):
        return first + text
    return click.wrap_text(text, get_terminal_size().columns, first, f"{first}    ")


def print_result(value: object, text: str, *, as_json: bool, err: bool = False) -> None:
    """Print what a command came to: for programs as one line of JSON, for people as a text.

    Args:
        err: print a text to standard error.
    """
    if as_json:
        print_json(value)
    else:
        click.echo(text, err=err)


def print_written(output: OutputFile, steps: int, notes: "Sequence[str]", *, as_json: bool) -> None:
    """Print what a command has written: a scenario of so many steps, with notes on it."""
    if output.is_standard_output:
        return
    again = f"elements-local replay {quote(str(output))}"
    document = {"file": str(output), "steps": steps, "notes": list(notes), "replay": again}
    lines = (f"{steps} steps in {output}", *(f"note: {note}" for note in notes), f"replay it: {again}")
    print_result(document, "\n".join(lines), as_json=as_json)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    click.echo(encode_text(value))
