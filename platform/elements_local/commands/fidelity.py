"""``fidelity``: what is imitated, how sure that is, and which tests hold it."""

import click

from elements_local.commands.where import json_option
from elements_local.fidelity import Behaviour, ledger, markdown


@click.command("fidelity")
@click.option("--area", help="Only one area, such as polling.")
@click.option(
    "--evidence",
    type=click.Choice(["documented", "observed", "assumed"]),
    help="Only behaviours of one kind of evidence; the assumed ones are our open questions.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown page.")
@json_option
def command(area: str | None, evidence: str | None, *, as_markdown: bool, as_json: bool) -> None:
    """List every imitated behaviour with its source, kind of evidence, and the tests that hold it."""
    entries = [
        entry for entry in ledger() if area in {None, entry.area} and evidence in {None, entry.evidence}
    ]
    if not entries:
        areas = ", ".join(dict.fromkeys(entry.area for entry in ledger()))
        raise click.UsageError(f"nothing is listed so; the areas are {areas}")
    if as_json:
        from mock_kit.json_text import encode_text  # noqa: PLC0415 - only where JSON is wanted

        click.echo(encode_text(entries))
    elif as_markdown:
        click.echo(markdown(entries))
    else:
        for entry in entries:
            _print(entry)


def _print(entry: Behaviour) -> None:
    click.echo(f"[{entry.area}] {entry.evidence}: {entry.behaviour}")
    click.echo(f"    source: {entry.source}")
    for test in entry.tests:
        click.echo(f"    {test}")
