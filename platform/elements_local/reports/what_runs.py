"""What `up` prints of a stack that runs, for people and for programs."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.output import print_json

if TYPE_CHECKING:
    from elements_local.clients import Credentials
    from elements_local.stack.stack import Stack


def print_what_runs(stack: "Stack", *, as_json: bool) -> None:
    """Print where the services are, and the credentials of the usual workspace."""
    workspace = stack.workspace().credentials
    if as_json:
        print_json(_as_json(stack, workspace))
    else:
        click.echo(_as_text(stack, workspace))


def _as_json(stack: "Stack", workspace: "Credentials") -> dict[str, object]:
    from elements_local.clients import BASE_PATH  # noqa: PLC0415 - not needed for --help

    running = stack.addresses.running
    document: dict[str, object] = dict(running)
    if "platform" in running:
        document["platform"] = running["platform"] + BASE_PATH
    document["dashboard"] = _dashboard(stack)
    document["workspace"] = workspace.to_json()
    if stack.token is not None:
        document["token"] = stack.token
    return document


def _as_text(stack: "Stack", workspace: "Credentials") -> str:
    from elements_local.clients import BASE_PATH  # noqa: PLC0415 - as above

    clock = stack.clients(workspace).clock.show()
    running = stack.addresses.running
    values = {
        "platform": f"{running.get('platform', '')}{BASE_PATH}" if "platform" in running else "",
        "CRM": running.get("crm"),
        "sink": running.get("sink"),
        "dashboard": _dashboard(stack),
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
        *(f"  {name:<19}  {value}" for name, value in values.items() if value),
    ]
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _dashboard(stack: "Stack") -> str:
    return f"{stack.admin().url}/_local/"
