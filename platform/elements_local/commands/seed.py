"""``seed``: believable records, always the same for the same seed."""

import sys

import click

from elements_local.commands.where import json_option, running_stack, workspace_option
from elements_local.stack import Stack
from mock_kit.json_text import encode_text

_BATCH = 1000


@click.command("seed")
@click.option(
    "--records", type=click.IntRange(1, 10_000_000), default=100, show_default=True, help="Of each kind."
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**53 - 1),
    help="What the records follow from.  [default: the workspace's seed]",
)
@workspace_option
@json_option
@running_stack
def command(stack: Stack, *, records: int, seed: int | None, workspace: str, as_json: bool) -> None:
    """Fill a workspace's CRM with contacts, organisations, leads and opportunities that belong together.

    They are dated before the present, so no poll reports them.
    """
    crm = stack.workspace(workspace).crm
    with click.progressbar(length=records, label="seeding", file=sys.stderr) as progress:
        for first in range(0, records, _BATCH):
            size = min(_BATCH, records - first)
            crm.seed(size, first=first, seed=seed)
            progress.update(size)
    if as_json:
        click.echo(encode_text({"records": records, "workspace": workspace}))
    else:
        click.echo(f"{records} records of each kind in workspace {workspace!r}")
