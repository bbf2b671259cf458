"""``workspace``: worlds to work in."""

from typing import TYPE_CHECKING, Any

import click

from elements_local.command_line.options import examples, setting_option
from elements_local.command_line.output import print_result
from elements_local.command_line.stacks import running_stack
from elements_local.reports.progress import announce_filling

if TYPE_CHECKING:
    from elements_local.clients import Credentials
    from elements_local.stack.stack import Stack


@click.group(
    "workspace",
    epilog=examples(
        "elements-local workspace list",
        "elements-local workspace create mine --records 10",
        "elements-local workspace delete mine",
    ),
)
def command() -> None:
    """List, make and delete workspaces: each has credentials, data and a clock of its own."""


@command.command(
    "list", epilog=examples("elements-local workspace list", "elements-local workspace list --json")
)
@running_stack
def list_(stack: "Stack", *, as_json: bool) -> None:
    """List the workspaces with their credentials."""
    workspaces = stack.workspaces()
    document = {"workspaces": [workspace.to_json() for workspace in workspaces]}
    print_result(document, "\n\n".join(map(_as_text, workspaces)), as_json=as_json)


@command.command(
    epilog=examples(
        "elements-local workspace create",
        "elements-local workspace create mine --records 10 --seed 7 --json",
        "elements-local workspace create live --clock real",
    )
)
@click.argument("name", required=False)
@setting_option("clock")
@setting_option("start", default=None)
@setting_option("seed", default=None)
@setting_option("records", about="of each kind")
@running_stack
def create(stack: "Stack", *, as_json: bool, **choices: Any) -> None:
    """Make a workspace, NAMEd or with a name of its own."""
    announce_filling(choices["records"])
    credentials = stack.new_workspace(
        **{key: value for key, value in choices.items() if value is not None}
    ).credentials
    print_result(credentials.to_json(), _as_text(credentials), as_json=as_json)


@command.command(
    epilog=examples(
        "elements-local workspace delete mine",
        "elements-local workspace delete mine --json",
    )
)
@click.argument("name")
@running_stack
def delete(stack: "Stack", *, name: str, as_json: bool) -> None:
    """Delete a workspace and all that is kept for it."""
    stack.delete_workspace(name)
    print_result({"deleted": name}, f"workspace {name!r} is gone", as_json=as_json)


def _as_text(credentials: "Credentials") -> str:
    return "\n".join(f"{key.replace('_', ' '):<20} {value}" for key, value in credentials.to_json().items())
