"""The page of commands names each of them, in the order of the help, with an example that can be typed."""

import re
import shlex
from pathlib import Path

import click

from elements_local.cli import COMMANDS, cli

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| .+ \| `elements-local (.+)` \|$", PAGE, re.MULTILINE)


def test_every_command_is_in_the_table():
    assert [name for name, _ in ROWS] == list(COMMANDS)


def test_each_example_of_the_table_can_be_typed():
    for _, example in ROWS:
        context, command, words = click.Context(cli), cli, shlex.split(example)
        while isinstance(command, click.Group):
            name, command, words = command.resolve_command(context, words)
            context = click.Context(command, parent=context, info_name=name)

        command.parse_args(context, words)


def test_the_page_has_every_exit_status():
    assert re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE) == ["0", "1", "2", "130"]
