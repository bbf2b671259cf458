"""What `up` prints of a stack that runs, for people and for programs."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from elements_local.command_line.output import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from elements_local.clients import Addresses, Credentials
    from elements_local.stack.stack import Stack

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
    document = {**(part or {}), **_with_base_path(stack.addresses), "dashboard": _dashboard(stack)}
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
    from elements_local.clients import BASE_PATH  # noqa: PLC0415 - as above

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
    from elements_local.clients import BASE_PATH  # noqa: PLC0415 - not needed for --help

    return {name: url + (BASE_PATH if name == "platform" else "") for name, url in addresses.running.items()}


def _as_text(stack: "Stack", workspace: "Credentials", token: str | None) -> str:
    clock = stack.clients(workspace).clock.show()
    running = _with_base_path(stack.addresses)
    values = {
        "platform": running.get("platform"),
        "CRM": running.get("crm"),
        "sink": running.get("sink"),
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
    from elements_local.kit.web.outbound import is_loopback  # noqa: PLC0415 - as above

    try:
        given, own = urlsplit(url), urlsplit(bin_url)
        host, port = given.hostname or "", given.port
    except ValueError:  # it is none, and nothing is sent there
        return False
    below = f"{given.path}/".startswith(f"{own.path}/")
    return below and (host == "localhost" or is_loopback(host)) and port != own.port
