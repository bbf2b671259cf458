"""A stack in the foreground: it runs until Ctrl-C, or is waited for, and what runs is printed."""

import sys
from contextlib import ExitStack
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from elements_local.clients.service_client import SERVICES
from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.command_line.options import typed_options
from elements_local.commands.command_line.output import print_json
from elements_local.commands.command_line.stacks import start_options
from elements_local.kit.storage.database_errors import shown_url
from elements_local.kit.web.origins import is_loopback
from elements_local.stack.exposure import who_can_reach
from elements_local.stack.freed_memory import give_freed_memory_back
from elements_local.stack.gc_paused import gc_paused
from elements_local.stack.interruption import Interruption, interrupted
from elements_local.stack.options import is_shared
from elements_local.stack.reports.activity_lines import ActivityPrinter
from elements_local.stack.reports.progress import announce_filling
from elements_local.stack.stack import addresses_at, as_platform_says, at, wait_for
from elements_local.start import on_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from elements_local.clients.workspace_clients import Addresses, Credentials
    from elements_local.stack.stack import Stack
    from elements_local.start import Options

_OF_MAKING = ("start", "seed")


def run(ctx: click.Context, *, as_json: bool, quiet: bool, token: str | None, **options: Any) -> None:
    """Run what ``up`` was asked for until a signal comes, and print what happens."""
    if not quiet:
        announce_filling(options["records"])
    if options["fresh"] and options["database"]:
        _confirm_fresh(options["database"])
    spared = "" if options["fresh"] else _without_effect(options["data"])
    give_freed_memory_back()
    with Interruption().handled() as stop, ExitStack() as closing:
        with gc_paused():
            chosen = start_options(token=token or None, **options)
            stack = closing.enter_context(on_ports(chosen, called_inside=True))
        if warning := who_can_reach(stack, chosen):
            click.echo(f"{fill(warning, width=100)}\n", err=as_json)
        if spared:
            click.echo(spared, err=True)
        _print_start(stack, chosen, as_json=as_json)
        tells = "platform" in chosen.services and not quiet
        stream = sys.stderr if as_json else sys.stdout
        coloured = stream.isatty() and ctx.color is not False
        telling = ActivityPrinter(stack, stream, coloured=coloured) if tells else None
        stop.wait()
        if telling is not None:
            telling.catch_up()
    if not as_json and (telling is None or telling.has_ended()):
        click.echo("stopped")


def _print_start(stack: "Stack", options: "Options", *, as_json: bool) -> None:
    if options.is_part and options.role != "platform":
        listens = "".join(stack.listening.values())
        print_part(options.role or "", stack.addresses, listens=listens, as_json=as_json)
        return
    if options.data or options.database:
        _say_if_clock_stays(stack, options.mode.value)
        for line in moved_sinks(stack):
            click.secho(f"warning: {line}", fg="yellow", err=True)
    part = {"role": "platform", "listens": stack.listening["platform"]} if options.is_part else {}
    print_what_runs(stack, as_json=as_json, part=part, shows_token=options.token is None)


def _say_if_clock_stays(stack: "Stack", chosen: str) -> None:
    """Say of a workspace that is kept with another clock than was chosen that it keeps it."""
    kept = stack.workspace().clock.show()["mode"]
    if kept != chosen and (chosen == "real" or "clock" in typed_options()):
        effect = "nothing falls due by itself; " if kept == "virtual" else ""
        click.secho(
            f"warning: the default workspace is kept with a {kept} clock, which --clock {chosen} does not change: {effect}"
            f"`elements-local clock {chosen}` changes it",
            fg="yellow",
            err=True,
        )


def _confirm_fresh(database: str) -> None:
    """Ask whether what a database keeps may be lost.

    Raises:
        click.ClickException: it may not, or nobody is there to say so.
    """
    question = f"{shown_url(database)}: drop the tables of elements-local, with all that they keep?"
    try:
        agreed = click.confirm(question, err=True)
    except click.Abort as error:
        raise click.UsageError(
            "--fresh of a --database asks first, and got no answer; run it on a terminal, or pipe `y` to it"
        ) from error
    if not agreed:
        raise click.ClickException("nothing was changed; leave out --fresh to go on with what is kept")


def _without_effect(data: Path | None) -> str:
    """Say which options are of making a workspace, and change none that is kept already."""
    chosen = [flag for name, flag in typed_options().items() if name in _OF_MAKING]
    if not (data and chosen and any(data.glob("*.sqlite3"))):
        return ""
    verb = "does" if len(chosen) == 1 else "do"
    text = f"{data} keeps a workspace already, which {' and '.join(chosen)} {verb} not change"
    return f"{text}; `elements-local clock` moves its time, or choose another directory"


def wait(  # noqa: PLR0913 - where, and how long
    *,
    role: str,
    host: str,
    platform_port: int,
    crm_port: int,
    sink_port: int,
    timeout_s: float,
    token: str | None,
    database: str | None,
    as_json: bool,
    quiet: bool,
    **_of_starting: object,
) -> None:
    """Wait until a stack answers that was started elsewhere, and print what runs.

    Raises:
        click.ClickException: none answers in time, or it cannot be waited for.
    """
    if role == "worker":
        raise click.UsageError("--wait waits for what answers at a port, and a worker opens none")
    ports = {"platform": platform_port, "crm": crm_port, "sink": sink_port}
    chosen = {name: port for name, port in ports.items() if role in {"all", name}}
    if not all(chosen.values()):
        raise click.UsageError("--wait has to know the ports; 0 is any")
    addresses = addresses_at(host, chosen)
    with Interruption().handled() as stop:
        missing = wait_for(
            addresses,
            timeout_s=timeout_s,
            stop=stop,
            say=lambda text: None if quiet else click.echo(text, err=True),
        )
    lacking = "; ".join(missing.values())
    if missing and stop.requested:
        interrupted(f"still waiting: {lacking}")
    if missing:
        raise click.ClickException(f"waited {timeout_s:g} s: {lacking}")
    if as_json:
        _print_awaited(role, addresses, token=token, database=database)
    elif not quiet:
        click.echo(f"elements-local answers at {', '.join(addresses.running.values())}")


def _print_awaited(role: str, addresses: "Addresses", *, token: str | None, database: str | None) -> None:
    """Print the line of JSON that what answers has printed itself."""
    if role == "platform":
        part = {"role": role, "listens": addresses.platform}
        known = as_platform_says(addresses, SERVICES, token=token)
        print_what_runs(at(known, token=token), as_json=True, part=part, shows_token=False)
    elif role != "all" and is_shared(database):
        print_part(role, addresses, listens=addresses.running[role], as_json=True)
    else:
        print_what_runs(at(addresses, token=token), as_json=True)


_MOST_LOOKED_AT = 100
"""Workspaces of a stack that is started again: each costs a call."""


def print_what_runs(
    stack: "Stack", *, as_json: bool, part: "Mapping[str, str] | None" = None, shows_token: bool = True
) -> None:
    """Print where the services are, and the credentials of the usual workspace.

    Args:
        part: what JSON says, too, of a process that is a part of the stack.
        shows_token: whether the token, if there is one, is news to who reads it.
    """
    workspace = stack.workspace().credentials
    token = stack.token if shows_token else None
    if not as_json:
        click.echo(_as_text(stack, workspace, token))
        return
    crms = {key: {name: crm[name] for name in ("url", "credentials")} for key, crm in workspace.crms.items()}
    others = {"crms": crms} if crms else {}
    document = {
        **(part or {}),
        **_with_base_path(stack.addresses),
        **others,
        "dashboard": _dashboard(stack),
    }
    secrets = {} if token is None else {"token": token}
    print_json({**document, "workspace": workspace.to_json(), **secrets})


def print_part(role: str, addresses: "Addresses", *, listens: str, as_json: bool) -> None:
    """Print what a process is of a stack whose workspaces another one keeps.

    Args:
        listens: where it does; empty for a worker.
    """
    if as_json:
        own = {"listens": listens} if listens else {}
        print_json({"role": role, **own, **_with_base_path(addresses)})
        return
    what = f"serves as the {role} at {listens}" if listens else "runs what falls due by real clocks"
    click.echo(
        f"elements-local {what}, for the stack whose platform is {addresses.platform}; Ctrl-C stops it."
    )


def moved_sinks(stack: "Stack") -> "Iterator[str]":
    """Yield a sentence for each instance of before whose callbacks still go where its stack's sink was then."""
    if not (stack.addresses.platform and stack.addresses.sink):
        return
    for workspace in stack.workspaces()[:_MOST_LOOKED_AT]:
        bin_url = workspace.callback_url
        for poller in stack.clients(workspace).platform.pollers():
            if _is_elsewhere(poller["callbackUrl"], bin_url):
                yield (
                    f"instance {poller['instanceId']} of workspace {workspace.name} sends its callbacks to "
                    f"{poller['callbackUrl']}, and the sink is at {bin_url} now: start with the ports of before, or "
                    f"PATCH {stack.addresses.platform}{BASE_PATH}/instances/{poller['instanceId']} with "
                    f'{{"configuration": {{"event.notification.callback.url": "{bin_url}"}}}}'
                )


def _with_base_path(addresses: "Addresses") -> dict[str, str]:
    return {name: url + (BASE_PATH if name == "platform" else "") for name, url in addresses.running.items()}


def _as_text(stack: "Stack", workspace: "Credentials", token: str | None) -> str:
    clock = stack.clients(workspace).clock.show()
    running = _with_base_path(stack.addresses)
    values = {
        "platform": running.get("platform"),
        "CRM": running.get("crm"),
        "sink": running.get("sink"),
        **{key: crm["url"] for key, crm in workspace.crms.items()},
        "dashboard": _dashboard(stack),
        "organization secret": workspace.organization_secret,
        "user secret": workspace.user_secret,
        "CRM user name": workspace.crm_username,
        "CRM API key": workspace.crm_api_key,
        "callback URL": workspace.callback_url,
        "admin token": "the one that was given" if stack.token and not token else token,
    }
    lines = [
        f"elements-local is running; its clock is {clock['mode']}, at {clock['now']}",
        "",
        *(f"  {name:<19}  {value}" for name, value in values.items() if value),
    ]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _dashboard(stack: "Stack") -> str:
    return f"{stack.admin().url}/_local/"


def _is_elsewhere(url: str, bin_url: str) -> bool:
    """Say whether a callback URL is that of a bin but for the port."""
    try:
        given, own = urlsplit(url), urlsplit(bin_url)
        host, port = given.hostname or "", given.port
    except ValueError:  # it is none, and nothing is sent there
        return False
    below = f"{given.path}/".startswith(f"{own.path}/")
    return below and (host == "localhost" or is_loopback(host)) and port != own.port
