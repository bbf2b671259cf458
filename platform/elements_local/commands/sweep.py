"""``sweep``: what becomes of a change at every second around a poll, as a grid."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elements_local.clients.guide import instance_body, patched
from elements_local.clients.records import Kinds
from elements_local.commands.command_line.options import examples, set_option, stack_environment
from elements_local.commands.command_line.output import (
    FILE,
    check_outputs,
    force_option,
    optional_output,
    print_json,
)
from elements_local.commands.command_line.stacks import running_stack, workspace_option
from elements_local.commands.lint import read_body
from elements_local.diagnosis import table
from elements_local.diagnosis.configured import patch_of, resource_of, unread
from elements_local.diagnosis.findings import configured_body, configured_instance, of_body
from elements_local.diagnosis.grid import changed
from elements_local.diagnosis.sweep import ENVIRONMENT, sweep
from elements_local.diagnosis.table import svg_of
from elements_local.stack.reports.files import is_picture
from elements_local.start import Options, in_process

if TYPE_CHECKING:
    from collections.abc import Collection

    from elements_local.diagnosis.configured import Configured
    from elements_local.diagnosis.grid import CellKey, Grid
    from elements_local.stack.stack import Stack


@click.command(
    "sweep",
    epilog=examples(
        "elements-local sweep instance.json            # the body that you would send to POST /instances",
        "elements-local sweep --instance 155909        # the configuration of an instance that runs",
        "elements-local sweep instance.json --with pollDelay=3 --with createdCheckTolerance=3",
        "elements-local sweep instance.json --resource leads --svg sweep.svg --json",
    ),
)
@click.argument("body", type=click.Path(allow_dash=True, path_type=Path), required=False, metavar="[FILE]")
@click.option(
    "--instance", "instance_id", type=click.IntRange(0), help="An instance of a running stack, by its id."
)
@click.option("--resource", metavar="NAME", help="The block that is swept.  [default: the first that can be]")
@click.option(
    "--with",
    "cures",
    multiple=True,
    metavar="NAME=VALUE",
    help="Sweep once more with a key of the block changed, and show what that changes; repeatable. A "
    "dot leads into an object, event... are keys of the whole configuration, null leaves one out.",
)
@click.option("--svg", type=FILE, help="Write a picture.")
@force_option
@set_option
@workspace_option
@running_stack
def sweep_command(  # noqa: PLR0913 - the command's options
    stack: "Stack",
    *,
    body: Path | None,
    instance_id: int | None,
    resource: str | None,
    cures: tuple[str, ...],
    svg: Path | None,
    force: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Sweep changes over a poll, and show at which second one is lost, duplicate, misclassified or late.

    A record is created, updated, created and updated a second later, or deleted, at every second from -5 to +5 around each
    of three polls, in its own second before and after it, and at one second of each minute between them: as the CRM is,
    with a search that lags, a clock that is ahead or behind, stamps apart or tied, pages that overlap or shift, a poll that
    fails, and as clocks go forward and back. The command uses a stack of its own, and an audit of what really came; it only
    reads the configuration of yours. The worst row stands first.

    FILE is JSON as POST /instances takes it (`-` is standard input). Without one it sweeps an instance of a running stack:
    the only one, or the one that --instance names.
    """
    if body is not None and instance_id is not None:
        raise click.UsageError("give either FILE or --instance")
    picture = optional_output(svg, is_picture, force=force)
    picture_only = check_outputs(picture, as_json=as_json)
    configured = _configured(stack, workspace, body, instance_id)
    before, after = _swept(configured, resource, cures)
    titles = ["as it is", *([f"with {', '.join(cures)}"] if after else [])]
    grids = [before, *([after] if after else [])]
    marked = _changed_cells(before, after)
    if picture is not None:
        named = [f"{before.resource} {title}" for title in titles]
        picture.write(svg_of(*zip(named, grids, strict=True), marked=marked))
    if as_json:
        print_json(_as_json(before, after, cures))
    elif not picture_only:
        _print(dict(zip(titles, grids, strict=True)), marked)


def _configured(stack: "Stack", workspace: str, body: Path | None, instance_id: int | None) -> "Configured":
    if body is not None:
        return configured_body(read_body(body))
    return configured_instance(stack.workspace(workspace), instance_id)


def _swept(configured: "Configured", name: str | None, cures: tuple[str, ...]) -> "tuple[Grid, Grid | None]":
    """Sweep a configuration as it is, and with changes if there are any, each in a fresh workspace of one stack."""
    with in_process(Options(environment={**stack_environment(), **ENVIRONMENT})) as stack:
        kinds = Kinds(stack.workspace().credentials.crms, first=configured.element, alone=True)
        configured = replace(configured, kinds=kinds)
        resource = resource_of(configured, name)
        patch = patch_of(cures, resource.name)
        plain = resource.alone_in(configured)
        if not patch:
            return sweep(stack, plain, resource), None
        cured = replace(plain, configuration=patched(plain.configuration, patch))
        _refuse_unread(stack, plain, cured)
        before = sweep(stack, plain, resource)
        return before, sweep(stack, cured, resource_of(cured, resource.name))


def _refuse_unread(stack: "Stack", before: "Configured", after: "Configured") -> None:
    clients = stack.workspace()
    guide = instance_body(clients.credentials, element=after.element)
    found = [
        of_body(clients, {**guide, "configuration": each.taken_over}, lag_s=None).findings
        for each in (before, after)
    ]
    for message in unread(*found):
        raise click.UsageError(f"--with: {message}")


def _changed_cells(before: "Grid", after: "Grid | None") -> "Collection[CellKey]":
    return {key for keys in changed(before, after).values() for key in keys} if after else ()


def _as_json(before: "Grid", after: "Grid | None", cures: tuple[str, ...]) -> dict[str, Any]:
    if after is None:
        return before.to_json()
    moved = [
        {
            "circumstance": before.circumstances[key.circumstance].name,
            "change": key.change,
            "poll": key.poll + 1,
            "offset": key.label,
            "was": was,
            "is": has_become,
        }
        for (was, has_become), keys in changed(before, after).items()
        for key in keys
    ]
    return {**before.to_json(), "with": {"changes": list(cures), **after.to_json()}, "changed": moved}


def _print(titled: "dict[str, Grid]", marked: "Collection[CellKey]") -> None:
    before, *others = titled.values()
    for title, grid in titled.items():
        click.echo(f"{grid.resource}, {title}")
        for line in table.lines_of(grid, marked=marked if grid is not before else ()):
            click.echo(line)
        click.echo(f"{table.counts_of(grid)}\n")
    for after in others:
        for line in table.changes_of(before, after):
            click.echo(line)
    click.echo(table.legend())
