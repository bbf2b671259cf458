"""What commands print."""

import os
import sys
from pathlib import Path
from shlex import quote
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from elements_local.kit.api.json_text import encode_text
from elements_local.kit.files import is_kept

if TYPE_CHECKING:
    from collections.abc import Sequence


FILE = click.Path(dir_okay=False, path_type=Path)
"""What an option takes that names a file."""

force_option = click.option("--force", is_flag=True, help="Write over a file that is there.")


def refuse_kept(output: Path, *, force: bool) -> None:
    """Refuse to write over a file that is there, unless that is meant.

    Raises:
        click.UsageError: it is there.
    """
    if is_kept(output) and not force:
        raise click.UsageError(f"{output} is there already; --force writes over it, --output names another")


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


def print_result(value: object, text: str, *, as_json: bool) -> None:
    """Print what a command came to: for programs as one line of JSON, for people as a text."""
    if as_json:
        print_json(value)
    else:
        click.echo(text)


def print_written(output: Path, steps: int, notes: "Sequence[str]", *, as_json: bool) -> None:
    """Print what a command has written: a scenario of so many steps, with notes on it."""
    again = f"elements-local replay {quote(str(output))}"
    document = {"file": str(output), "steps": steps, "notes": list(notes), "replay": again}
    lines = (f"{steps} steps in {output}", *(f"note: {note}" for note in notes), f"replay it: {again}")
    print_result(document, "\n".join(lines), as_json=as_json)


def print_json(value: Any) -> None:
    """Print a value as one line of JSON."""
    click.echo(encode_text(value))
