"""``seed``: believable records, always the same for the same seed."""

import sys

import click

from elements_local.clients import Crm
from elements_local.commands.where import json_option, running_stack, workspace_option
from elements_local.stack import Stack
from mock_kit.json_text import encode_text

_BATCH = 1000


@click.command("seed")
@click.option("--records", type=click.IntRange(1, 10_000_000), help="Of each kind.  [default: 100]")
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
@json_option
@running_stack
def command(  # noqa: PLR0913 - an option each
    stack: Stack, *, records: int | None, seed: int | None, profile: str, workspace: str, as_json: bool
) -> None:
    """Fill a workspace's CRM with contacts, organisations, leads and opportunities that belong together.

    They are dated before the present, so no poll reports them.
    """
    crm = stack.workspace(workspace).crm
    if profile != "realistic":
        if records is not None or seed is not None:
            raise click.UsageError(
                f"the profile {profile} is always the same; leave out --records and --seed"
            )
        told = crm.call("POST", "/_local/seed", json={"profile": profile})
        click.echo(encode_text(told) if as_json else f"the {profile} profile in workspace {workspace!r}")
        return
    count = 100 if records is None else records
    _fill(crm, count, seed)
    if as_json:
        click.echo(encode_text({"records": count, "workspace": workspace}))
    else:
        click.echo(f"{count} records of each kind in workspace {workspace!r}")


def _fill(crm: Crm, records: int, seed: int | None) -> None:
    """Make up records, a batch at a time, telling how far it is."""
    with click.progressbar(length=records, label="seeding", file=sys.stderr) as progress:
        for first in range(0, records, _BATCH):
            size = min(_BATCH, records - first)
            crm.seed(size, first=first, seed=seed)
            progress.update(size)
