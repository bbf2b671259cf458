"""``listen``: what happens in a running stack, a line each."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples, setting_option
from elements_local.command_line.output import print_json
from elements_local.command_line.stacks import running_stack
from elements_local.errors import NotRunningError, UnreachableError
from elements_local.interruption import ended_by_signal
from elements_local.reports.activity_lines import activities, latest, line

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack


@click.command(
    "listen",
    epilog=examples(
        "elements-local listen",
        "elements-local listen --workspace mine --since-start",
        "elements-local listen --json | jq 'select(.kind == \"callback\")'",
    ),
)
@setting_option("workspace", default=None, about="whose; all of them unless it is given")
@click.option("--since-start", is_flag=True, help="Begin with what is still kept of what has happened.")
@running_stack
def command(stack: "Stack", *, workspace: str | None, since_start: bool, as_json: bool) -> None:
    """Tell what happens in a running stack, a line each, until Ctrl-C.

    Instances that are made, polls that find something or fail, callbacks and how they are answered, retries,
    warnings, and time that is moved: what `up` tells in its own terminal. It begins with the present, and ends, too,
    when the stack does. With --json each line is an object.
    """
    if not stack.addresses.platform:
        raise NotRunningError("platform")
    if workspace is not None:
        stack.workspace(workspace)  # there has to be one
    platform = stack.admin()
    after = 0 if since_start else latest(platform)
    with ended_by_signal():
        if not as_json:
            click.echo(f"listening at {platform.url}; Ctrl-C ends it", err=True)
        try:
            for activity in activities(platform, after=after, workspace=workspace):
                if as_json:
                    print_json(activity)
                else:
                    click.echo(line(activity))
        except UnreachableError as error:
            click.echo(f"the stack has ended ({error.reason})", err=True)
