"""``workspace``, ``reset`` and ``seed``: whose data a stack keeps, back to its start, and believable records in it."""

from typing import TYPE_CHECKING, Any

import click

from elements_local.commands.command_line.options import examples, setting_option
from elements_local.commands.command_line.output import print_result
from elements_local.commands.command_line.stacks import running_stack, workspace_option
from elements_local.stack.interruption import Interruption, cut_off, interrupted
from elements_local.stack.reports.progress import announce_filling, progress

if TYPE_CHECKING:
    from elements_local.clients.workspace_clients import Credentials, RecordsClient
    from elements_local.stack.stack import Stack


@click.group(
    "workspace",
    epilog=examples(
        "elements-local workspace list",
        "elements-local workspace create mine --records 10",
        "elements-local workspace delete mine",
    ),
)
def workspace_command() -> None:
    """List, create and delete workspaces: each has its own credentials, data and clock."""


@workspace_command.command(
    "list", epilog=examples("elements-local workspace list", "elements-local workspace list --json")
)
@running_stack
def list_(stack: "Stack", *, as_json: bool) -> None:
    """List the workspaces with their credentials."""
    workspaces = stack.workspaces()
    document = {"workspaces": [workspace.to_json() for workspace in workspaces]}
    print_result(document, "\n\n".join(map(_as_text, workspaces)), as_json=as_json)


@workspace_command.command(
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
    """Create a workspace called NAME, or with a generated name."""
    announce_filling(choices["records"])
    credentials = stack.new_workspace(
        **{key: value for key, value in choices.items() if value is not None}
    ).credentials
    print_result(credentials.to_json(), _as_text(credentials), as_json=as_json)


@workspace_command.command(
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


@click.command(
    "reset",
    epilog=examples(
        "elements-local reset",
        "elements-local reset --workspace mine",
        "elements-local reset --all --json",
    ),
)
@workspace_option
@click.option("--all", "everything", is_flag=True, help="Reset every workspace.")
@running_stack
def reset_command(stack: "Stack", *, workspace: str, everything: bool, as_json: bool) -> None:
    """Reset a workspace to its start: no instances, records, callbacks or faults, and its first instant."""
    names = [one.name for one in stack.workspaces()] if everything else [workspace]
    what = "every workspace" if everything else f"workspace {workspace!r}"
    with cut_off(lambda: f"{what} may be reset in part; the same command once more brings it to its end"):
        if everything:
            stack.reset_all()
        else:
            stack.workspace(workspace).reset()
    text = "\n".join(f"workspace {name!r} is as it was at its start" for name in names)
    print_result({"reset": names}, text, as_json=as_json)


_BATCH = 1000
_RECORDS = 100


@click.command(
    "seed",
    epilog=examples(
        "elements-local seed --records 500",
        "elements-local seed --records 5000 --first 2000   # go on after the 2000th",
        "elements-local seed --profile edge --workspace mine",
    ),
)
@click.option("--records", type=click.IntRange(1, 10_000_000), help=f"Of each kind.  [default: {_RECORDS}]")
@click.option(
    "--first",
    type=click.IntRange(0, 10_000_000),
    help="So many of them are in already: go on with a seed that was cut off.  [default: 0]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    help="What the records follow from.  [default: the workspace's seed]",
)
@click.option(
    "--profile",
    type=click.Choice(["realistic", "small", "edge"]),
    default="realistic",
    show_default=True,
    help="small is one record of almost every kind, edge what breaks software; both are always the same.",
)
@workspace_option
@running_stack
def seed_command(  # noqa: PLR0913 - an option each
    stack: "Stack",
    *,
    records: int | None,
    first: int | None,
    seed: int | None,
    profile: str,
    workspace: str,
    as_json: bool,
) -> None:
    """Fill a workspace's CRM with linked, believable records.

    These are contacts, organisations, leads, opportunities, projects, tasks, events and e-mails. They are dated before the present, so no poll reports them. Ctrl-C stops after the batch of a thousand that is
    being made, and says what is left.
    """
    clients = stack.workspace(workspace)
    crm = clients.crm
    if profile != "realistic":
        if (records, first, seed) != (None, None, None):
            raise click.UsageError(
                f"the profile {profile} is always the same; leave out --records, --first and --seed"
            )
        answer = crm.call("POST", "/_local/seed", json={"profile": profile})
        print_result(answer, f"the {profile} profile in workspace {workspace!r}", as_json=as_json)
        return
    count, begin = records or _RECORDS, first or 0
    if begin >= count:
        raise click.UsageError(f"--first {begin} leaves nothing of {count} records to make up")
    _fill([crm, *clients.fakes.values()], count, begin, seed)
    text = f"{count - begin} records of each kind in workspace {workspace!r}"
    print_result({"records": count - begin, "workspace": workspace}, text, as_json=as_json)


def _fill(sides: "list[RecordsClient]", records: int, first: int, seed: int | None) -> None:
    """Make up records, a batch at a time, until there are enough or the user has."""
    done = first
    with Interruption().handled() as stop, progress("seeding", records - first) as tell:
        while done < records and not stop.requested:
            size = min(_BATCH, records - done)
            for side in sides:
                side.seed(size, first=done, seed=seed)
            done += size
            tell(size)
    if done < records:
        interrupted(
            f"{done} of {records} records of each kind are in, {records - done} are left; "
            f"the same command with --records {records} --first {done} goes on"
        )
