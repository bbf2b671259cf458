"""``fidelity``: what is imitated, how sure that is, and which tests hold it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples
from elements_local.command_line.output import print_json, wrapped
from elements_local.command_line.stacks import json_option
from elements_local.fidelity import ledger, markdown, observed_at

if TYPE_CHECKING:
    from elements_local.fidelity import Behaviour


@click.command(
    "fidelity",
    epilog=examples(
        "elements-local fidelity --area polling",
        "elements-local fidelity --evidence assumed   # our open questions",
        "elements-local fidelity --json",
    ),
)
@click.option("--area", help="Only one area, such as polling.")
@click.option(
    "--evidence",
    type=click.Choice(["documented", "observed", "assumed"]),
    help="Only behaviours of one kind of evidence; the assumed ones are our open questions.",
)
@click.option(
    "--observed",
    type=click.Path(path_type=Path),
    help="What `replay --tenant FILE --json` printed: its verdicts stand with the behaviours that it looked at.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown page.")
@json_option
def command(
    area: str | None, evidence: str | None, observed: Path | None, *, as_markdown: bool, as_json: bool
) -> None:
    """List every imitated behaviour with its source, kind of evidence, and the tests that hold it."""
    everything = observed_at(ledger(), observed) if observed else ledger()
    entries = [
        entry for entry in everything if area in {None, entry.area} and evidence in {None, entry.evidence}
    ]
    if not entries:
        areas = ", ".join(dict.fromkeys(entry.area for entry in everything))
        raise click.UsageError(f"nothing is listed so; the areas are {areas}")
    if as_json:
        print_json(entries)
    elif as_markdown:
        click.echo(markdown(entries))
    else:
        for entry in entries:
            _print(entry)


def _print(entry: "Behaviour") -> None:
    click.echo(wrapped(f"[{entry.area}] {entry.evidence}: {entry.behaviour}"))
    click.echo(wrapped(f"source: {entry.source}", indent=4))
    for test in entry.tests:
        click.echo(f"    {test}")
