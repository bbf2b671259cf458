"""``reset``: back to the start."""

import click

from elements_local.commands.where import running_stack, workspace_option
from elements_local.stack import Stack


@click.command("reset")
@workspace_option
@click.option("--all", "everything", is_flag=True, help="Reset every workspace.")
@running_stack
def command(stack: Stack, *, workspace: str, everything: bool) -> None:
    """Bring a workspace back to its start: no instances, records, callbacks or faults, and its first instant."""
    names = [one.name for one in stack.workspaces()] if everything else [workspace]
    for name in names:
        stack.workspace(name).reset()
        click.echo(f"workspace {name!r} is as it was at its start")
