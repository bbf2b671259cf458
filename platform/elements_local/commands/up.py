"""``up``: the stack in the foreground."""

import logging
import os
import signal
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import click

from elements_local.clients import BASE_PATH, Credentials
from elements_local.errors import OptionError
from elements_local.stack import Stack
from elements_local.start import PORTS, Options, on_ports
from elements_local.uncollected import uncollected
from mock_kit.clock import Mode
from mock_kit.instants import UnreadableTimeError, format_instant, parse_instant
from mock_kit.json_text import encode_text
from mock_kit.workspaces import DEFAULT_START

_PORT = click.IntRange(0, 65535)


@click.command("up")
@click.option(
    "--role",
    envvar="ELEMENTS_LOCAL_ROLE",
    type=click.Choice(["all", "crm", "sink"]),
    default="all",
    show_default=True,
    help="Run the CRM or the sink alone: nothing but its own port is opened.",
)
@click.option(
    "--host", envvar="ELEMENTS_LOCAL_HOST", default="127.0.0.1", show_default=True, help="Where to listen."
)
@click.option(
    "--platform-port",
    envvar="ELEMENTS_LOCAL_PLATFORM_PORT",
    type=_PORT,
    default=PORTS[0],
    show_default=True,
    help="0 takes any free port; so for the other two.",
)
@click.option("--crm-port", envvar="ELEMENTS_LOCAL_CRM_PORT", type=_PORT, default=PORTS[1], show_default=True)
@click.option(
    "--sink-port", envvar="ELEMENTS_LOCAL_SINK_PORT", type=_PORT, default=PORTS[2], show_default=True
)
@click.option(
    "--clock",
    envvar="ELEMENTS_LOCAL_CLOCK",
    type=click.Choice(["virtual", "real"]),
    default="virtual",
    show_default=True,
    help="Virtual time moves only when it is told to.",
)
@click.option(
    "--start",
    envvar="ELEMENTS_LOCAL_START",
    default=format_instant(DEFAULT_START),
    show_default=True,
    metavar="INSTANT",
    help="Where virtual time starts.",
)
@click.option(
    "--seed",
    envvar="ELEMENTS_LOCAL_SEED",
    type=click.IntRange(0, 2**53 - 1),
    default=0,
    show_default=True,
    help="What ids and made-up data follow from.",
)
@click.option(
    "--records",
    envvar="ELEMENTS_LOCAL_RECORDS",
    type=click.IntRange(0, 10_000),
    default=0,
    show_default=True,
    help="Contacts, organisations, leads and opportunities to start with, of each so many.",
)
@click.option(
    "--data",
    envvar="ELEMENTS_LOCAL_DATA",
    type=click.Path(file_okay=False, path_type=Path),
    help="A directory that keeps everything; without one all is gone at the end.",
)
@click.option(
    "--database", envvar="ELEMENTS_LOCAL_DATABASE", help="An SQLAlchemy URL, in the place of --data."
)
@click.option(
    "--allow-host",
    "allow_host",
    multiple=True,
    metavar="HOST",
    help="Where callbacks may go beside this machine; may be given several times; * is anywhere.",
)
@click.option(
    "--limits",
    type=click.Choice(["off", "vendor"]),
    help="Whether the CRM refuses more calls than the vendor's does, in a second and in a day.  [default: off]",
)
@click.option(
    "--keep-ties",
    is_flag=True,
    help="Leave a change in the very second of a poll, or in which an instance was made, in that second, where it is lost.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when the stack answers.")
def command(as_json: bool, **options: Any) -> None:  # noqa: FBT001 - click's signature
    """Run the platform, the CRM and the sink until Ctrl-C.

    \b
    Then, in another terminal:
      elements-local clock advance 15m
      curl http://127.0.0.1:4702/_local/callbacks

    With --role crm or --role sink one of them runs alone. It keeps clock and workspaces itself, the commands
    clock, seed, reset and workspace find it, and what belongs to the others is left out of what --json prints.
    """  # noqa: D301 - the escape is click's: it keeps the lines below it apart
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns of what scripted faults do on purpose
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with ExitStack() as closing:
        with uncollected():
            stack = closing.enter_context(on_ports(_options(**options)))
        workspace = stack.workspace().credentials
        click.echo(_as_json(stack, workspace) if as_json else _as_text(stack, workspace))
        stopped.wait()
    if not as_json:
        click.echo("stopped")


def _options(  # noqa: PLR0913 - the command's options
    *,
    role: str,
    host: str,
    platform_port: int,
    crm_port: int,
    sink_port: int,
    clock: str,
    start: str,
    seed: int,
    records: int,
    data: Path | None,
    database: str | None,
    allow_host: tuple[str, ...],
    limits: str | None,
    keep_ties: bool,
) -> Options:
    if data and database:
        raise OptionError("give --data or --database, not both")
    if role == "sink" and records:
        raise OptionError("--records are the CRM's; leave them out with --role sink")
    try:
        first = parse_instant(start)
    except UnreadableTimeError as error:
        raise OptionError(f"--start: {error}") from error
    chosen = {
        "ELEMENTS_LOCAL_PLATFORM_ALLOW_HOSTS": ",".join(allow_host),
        "ELEMENTS_LOCAL_SINK_ALLOW_HOSTS": ",".join(allow_host),
        "ELEMENTS_LOCAL_CRM_LIMITS": limits,
        "ELEMENTS_LOCAL_KEEP_TIES": "true" if keep_ties else None,
    }
    return Options(
        host=host,
        role=None if role == "all" else role,
        ports=(platform_port, crm_port, sink_port),
        mode=Mode(clock),
        start=first,
        seed=seed,
        records=records,
        data=data,
        database=database,
        environment={**os.environ, **{name: value for name, value in chosen.items() if value}},
    )


def _as_json(stack: Stack, workspace: Credentials) -> str:
    running = stack.addresses.running
    shown: dict[str, object] = dict(running)
    if "platform" in running:
        shown["platform"] = running["platform"] + BASE_PATH
        shown["dashboard"] = f"{running['platform']}/_local/"
    shown["workspace"] = workspace.to_json()
    if stack.token is not None:
        shown["token"] = stack.token
    return encode_text(shown)


def _as_text(stack: Stack, workspace: Credentials) -> str:
    clock = stack.doors(workspace).clock.show()
    running = stack.addresses.running
    told = {
        "platform": f"{running.get('platform', '')}{BASE_PATH}" if "platform" in running else "",
        "CRM": running.get("crm"),
        "sink": running.get("sink"),
        "organization secret": workspace.organization_secret,
        "user secret": workspace.user_secret,
        "CRM user name": workspace.crm_username,
        "CRM API key": workspace.crm_api_key,
        "callback URL": workspace.callback_url,
        "admin token": stack.token,
    }
    lines = [
        f"elements-local is running; its clock is {clock['mode']}, at {clock['now']}",
        "",
        *(f"  {name:<19}  {value}" for name, value in told.items() if value),
    ]
    return "\n".join([*lines, "", "Ctrl-C stops it."])
