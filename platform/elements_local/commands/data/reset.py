"""``reset``: back to the start."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples
from elements_local.command_line.output import print_result
from elements_local.command_line.stacks import running_stack, workspace_option
from elements_local.interruption import cut_off

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack


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
@running_stack
def command(stack: "Stack", *, workspace: str, everything: bool, as_json: bool) -> None:
    """Bring a workspace back to its start: no instances, records, callbacks or faults, and its first instant."""
    names = [one.name for one in stack.workspaces()] if everything else [workspace]
    what = "every workspace" if everything else f"workspace {workspace!r}"
    with cut_off(lambda: f"{what} may be reset in part; the same command once more brings it to its end"):
        if everything:
            stack.reset_all()
        else:
            stack.workspace(workspace).reset()
    text = "\n".join(f"workspace {name!r} is as it was at its start" for name in names)
    print_result({"reset": names}, text, as_json=as_json)
