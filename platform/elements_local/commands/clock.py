"""``clock``: a workspace's time."""

from typing import Any

import click

from elements_local.commands.where import json_option, running_stack, workspace_option
from elements_local.stack import Stack
from mock_kit.json_text import encode_text


@click.group("clock")
def command() -> None:
    """Tell, set and advance a workspace's time."""


@command.command()
@workspace_option
@json_option
@running_stack
def show(stack: Stack, *, workspace: str, as_json: bool) -> None:
    """Tell the time."""
    _print_clock(stack.workspace(workspace).clock.show(), as_json=as_json)


@command.command("set")
@click.argument("instant")
@workspace_option
@json_option
@running_stack
def set_(stack: Stack, *, instant: str, workspace: str, as_json: bool) -> None:
    """Set a virtual clock to INSTANT, such as 2026-03-02T10:00:00Z, without running anything in between."""
    _print_clock(stack.workspace(workspace).clock.set(now=instant), as_json=as_json)


@command.command()
@click.argument("duration", required=False)
@click.option("--to", metavar="INSTANT", help="Advance to an instant, in the place of by a duration.")
@workspace_option
@json_option
@running_stack
def advance(stack: Stack, *, duration: str | None, to: str | None, workspace: str, as_json: bool) -> None:
    """Advance virtual time by DURATION, such as 15m, 1h 30m or 2 days, and run all that falls due."""
    if (duration is None) == (to is None):
        raise click.UsageError("give a duration, or --to INSTANT")
    ran = stack.workspace(workspace).clock.advance(duration, to=to)
    if as_json:
        click.echo(encode_text(ran))
    else:
        click.echo(f"{ran['from']} -> {ran['now']}{_told(ran)}")


@command.command()
@workspace_option
@json_option
@running_stack
def real(stack: Stack, *, workspace: str, as_json: bool) -> None:
    """Let the clock follow the machine's."""
    _print_clock(stack.workspace(workspace).clock.set(mode="real"), as_json=as_json)


@command.command()
@workspace_option
@json_option
@running_stack
def virtual(stack: Stack, *, workspace: str, as_json: bool) -> None:
    """Stop the clock where it stands; it moves only when it is told to."""
    _print_clock(stack.workspace(workspace).clock.set(mode="virtual"), as_json=as_json)


def _told(ran: dict[str, Any]) -> str:
    """Say what ran, where there is a platform that runs things."""
    if "polls" not in ran:
        return ""
    return (
        f": {ran['polls']} polls, {ran['events']} events, "
        f"{ran['deliveries']} of {ran['attempts']} callbacks delivered"
    )


def _print_clock(shown: dict[str, Any], *, as_json: bool) -> None:
    click.echo(encode_text(shown) if as_json else f"{shown['now']} ({shown['mode']})")
