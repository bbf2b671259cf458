"""``up``: the stack in the foreground."""

import logging
from typing import Any

import click

from elements_local.commands.command_line.options import (
    examples,
    set_option,
    setting_option,
    stack_option,
    typed_options,
    vendor_options,
)
from elements_local.kit.masks import mask_log
from elements_local.stack.gc_paused import gc_paused
from elements_local.stack.stack_settings import FLAT

_OF_WAITING = ("timeout",)
_OF_BOTH = ("role", "host", "platform_port", "crm_port", "sink_port", "token", "as_json", "quiet", "wait")
_URL = "where the {} of a stack of several processes is called, this one's own or another's, where that is not as usual"


@click.command(
    "up",
    epilog=examples(
        "elements-local up",
        "elements-local up --records 100 --clock real",
        "elements-local up --clock real --speed 60",
        "elements-local up --data ./kept --platform-port 8700",
        "elements-local up --data ./kept --fresh",
        "elements-local up --role crm",
        "elements-local up --role worker --database postgresql+psycopg://me@db/stack",
        "elements-local up --set platform.batch_size=5 --set crm.search_inclusive=true",
        "elements-local up --host 0.0.0.0 --served-as build7",
        "elements-local up --json --quiet & elements-local up --wait",
    ),
)
@setting_option("role", "host")
@stack_option("--served-as", multiple=True, metavar="NAME")
@stack_option("--trusted-proxy", metavar="ADDRESS")
@stack_option("--allow-origin", about=FLAT["allow_origins"].about, multiple=True, metavar="ORIGIN")
@vendor_options
@setting_option("known_secrets", "platform_port", "crm_port", "sink_port")
@setting_option("platform_url", default=None, about=_URL.format("platform"))
@setting_option("crm_url", default=None, about=_URL.format("CRM"))
@setting_option("sink_url", default=None, about=_URL.format("sink"))
@setting_option("clock", "speed", "start", "seed", "records", "data", "database")
@click.option(
    "--fresh",
    is_flag=True,
    help="Begin anew with --data or --database, whichever version of this program wrote it: everything kept is lost. Of a "
    "--database, which it asks about first, only this program's tables are dropped.",
)
@stack_option(
    "--allow-host",
    about="hosts that callbacks may go to besides this machine; * is any",
    multiple=True,
    metavar="HOST",
)
@stack_option(
    "--limits",
    about="whether the CRM refuses more calls than the vendor's does, in a second and in a day; off unless set",
    type=click.Choice(["off", "vendor"]),
)
@stack_option("--keep-ties", is_flag=True)
@set_option
@click.option(
    "--wait",
    is_flag=True,
    help="Start nothing: return as soon as a stack answers here that was started elsewhere.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long --wait waits; it exits 1 then.",
)
@setting_option(
    "token",
    about="what admin routes ask for, of each process of a stack the same; with --wait --json, the stack's. Without it, "
    "one is made and printed where the stack is not bound to loopback",
)
@click.option("--quiet", "-q", is_flag=True, help="Do not print what happens.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when the stack answers.")
@click.pass_context
def up_command(  # noqa: PLR0913 - the command's options
    ctx: click.Context,
    /,
    *,
    as_json: bool,
    quiet: bool,
    wait: bool,
    timeout: float,
    token: str | None,
    **options: Any,
) -> None:
    """Run the platform, the CRM and the sink until Ctrl-C, and print what happens, a line each.

    With --json one line of JSON says what runs, and what happens is printed on standard error. With --role crm or
    --role sink one of them runs alone. It keeps clock and workspaces itself, the commands clock, seed, reset and
    workspace find it, and what belongs to the others is left out of what --json prints. With --database and the URL of a
    PostgreSQL it is one process of a stack of several, as those with --role platform and --role worker are.

    --wait is for scripts and containers: it starts nothing, and returns once a stack that was started elsewhere
    answers at this host and these ports.
    """
    _refuse_pointless(ctx.command, waiting=wait)
    if not (wait or quiet):
        click.echo("elements-local is starting", err=True)
    with gc_paused():
        from elements_local.commands.command_line import foreground  # noqa: PLC0415 - takes most of a start, so after that line

    if wait:
        foreground.wait(timeout_s=timeout, token=token, as_json=as_json, quiet=quiet, **options)
        return
    log_without_secrets()
    foreground.run(ctx, as_json=as_json, quiet=quiet, token=token, **options)


class MaskedFormatter(logging.Formatter):
    """Writes messages and traces as they may be shown: without passwords in URLs, what is below a secret's name, and secrets known by value."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        return mask_log(super().format(record))


def log_without_secrets() -> None:
    """Let this process write its log to standard error, masked."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedFormatter())
    logging.basicConfig(handlers=[handler])
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns of what scripted faults do on purpose


def _refuse_pointless(command: click.Command, *, waiting: bool) -> None:
    """Refuse options of starting where nothing is started, and those of waiting where nothing is waited for."""
    starting = {param.name for param in command.params} - set(_OF_WAITING)
    usable = {*_OF_BOTH, *(_OF_WAITING if waiting else starting)}
    pointless = ", ".join(flag for name, flag in typed_options().items() if name not in usable)
    if pointless:
        why = "--wait starts nothing" if waiting else "that is for --wait"
        raise click.UsageError(f"{why}; leave out {pointless}")
