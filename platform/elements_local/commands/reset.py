"""``reset``: back to the start."""

from typing import TYPE_CHECKING

import click

from elements_local.commands.output import examples, print_json
from elements_local.commands.where import json_option, running_stack, workspace_option
from elements_local.interruption import cut_off

if TYPE_CHECKING:
    from elements_local.stack import Stack


@click.command(
    "reset",
    epilog=examples(
        "elements-local reset",
        "elements-local reset --workspace mine",
        "elements-local reset --all --json",
    ),
)
@workspace_option
@click.option("--all", "everything", is_flag=True, help="Reset every workspace.")
@json_option
@running_stack
def command(stack: "Stack", *, workspace: str, everything: bool, as_json: bool) -> None:
    """Bring a workspace back to its start: no instances, records, callbacks or faults, and its first instant."""
    names = [one.name for one in stack.workspaces()] if everything else [workspace]
    done: list[str] = []
    with cut_off(lambda: _so_far(names, done)):
        for name in names:
            stack.workspace(name).reset()
            done.append(name)
            if not as_json:
                click.echo(f"workspace {name!r} is as it was at its start")
    if as_json:
        print_json({"reset": done})


def _so_far(names: list[str], done: list[str]) -> str:
    under_way, left = names[len(done)], names[len(done) + 1 :]
    return f"reset: {_listed(done)}; perhaps in part: {under_way}; not reset: {_listed(left)}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
