"""``seed``: believable records, always the same for the same seed."""

from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples
from elements_local.command_line.output import print_result
from elements_local.command_line.stacks import running_stack, workspace_option
from elements_local.interruption import Interruption, interrupted
from elements_local.reports.progress import progress

if TYPE_CHECKING:
    from elements_local.clients import CrmClient
    from elements_local.stack.stack import Stack

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
def command(  # noqa: PLR0913 - an option each
    stack: "Stack",
    *,
    records: int | None,
    first: int | None,
    seed: int | None,
    profile: str,
    workspace: str,
    as_json: bool,
) -> None:
    """Fill a workspace's CRM with contacts, organisations, leads and opportunities that belong together.

    They are dated before the present, so no poll reports them. Ctrl-C stops after the batch of a thousand that is
    being made, and says what is left.
    """
    crm = stack.workspace(workspace).crm
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
    _fill(crm, count, begin, seed)
    text = f"{count - begin} records of each kind in workspace {workspace!r}"
    print_result({"records": count - begin, "workspace": workspace}, text, as_json=as_json)


def _fill(crm: "CrmClient", records: int, first: int, seed: int | None) -> None:
    """Make up records, a batch at a time, until there are enough or the user has."""
    done = first
    with Interruption().heeded() as stop, progress("seeding", records - first) as tell:
        while done < records and not stop.requested:
            size = min(_BATCH, records - done)
            crm.seed(size, first=done, seed=seed)
            done += size
            tell(size)
    if done < records:
        interrupted(
            f"{done} of {records} records of each kind are in, {records - done} are left; "
            f"the same command with --records {records} --first {done} goes on"
        )
