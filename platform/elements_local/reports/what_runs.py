"""What `up` prints of a stack that runs, for people and for programs."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.output import print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elements_local.clients import Addresses, Credentials
    from elements_local.stack.stack import Stack


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
