"""The command line within the process of a test: what says nothing about processes need not wait for one to start."""

from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess

import click
import pytest

from elements_local.commands.cli import cli


def call(*words: str | Path, cwd: Path | None = None, **env: str) -> CompletedProcess[str]:
    """Run ``elements-local`` with these words, and return what a program of its own would have.

    Args:
        cwd: where; None for where the tests run.
        env: variables that it has beside those of the tests.
    """
    arguments = [str(word) for word in words]
    with (
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as errors,
        pytest.MonkeyPatch.context() as patch,
        chdir(cwd or Path.cwd()),
    ):
        for name, value in env.items():
            patch.setenv(name, value)
        status = 0
        try:
            cli.main(arguments, prog_name="elements-local")
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return CompletedProcess(arguments, status, out.getvalue(), errors.getvalue())


def every_command(group: click.Command = cli, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield the words of each command, groups included, with the command."""
    yield names, group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            yield from every_command(group.get_command(context, name), *names, name)
