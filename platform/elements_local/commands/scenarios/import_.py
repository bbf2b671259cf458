"""``import``: a scenario of what a real integration has."""

from pathlib import Path

import click

from elements_local.command_line.options import examples
from elements_local.command_line.output import FILE, print_written
from elements_local.command_line.stacks import json_option
from elements_local.importing.scenario_made import NothingToImportError, scenario_of
from elements_local.importing.sources import read
from elements_local.recording.text import write
from elements_local.replay.file_check import check_file
from elements_local.reports.files import writable


@click.command(
    "import",
    epilog=examples(
        "elements-local import instance.json",
        "elements-local import callback.json --output scenarios/from-production.yaml --check",
        "elements-local import browser.har --json",
    ),
)
@click.argument("file", type=FILE)
@click.option(
    "--output",
    type=FILE,
    default=Path("scenarios/imported.yaml"),
    show_default=True,
    help="Where the scenario is written.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--check", is_flag=True, help="Replay it in process; exit 1 if it does not come to the callbacks."
)
@json_option
def command(*, file: Path, output: Path, force: bool, check: bool, as_json: bool) -> None:
    """Make a scenario of FILE, which comes from a real integration, that reproduces the callbacks in it.

    FILE is an instance as GET /instances/{id} shows it, the body of a callback in the form of 2018 or 2020, what the sink exports, a
    HAR file, a Postman collection with saved answers, or newman's JSON report. Masked secrets are left out. What could not be known is
    said, and stands in the scenario as a comment.
    """
    if output.exists() and not force:
        raise click.UsageError(f"{output} is there already; --force writes over it, --output names another")
    try:
        made = scenario_of(read(file))
    except NothingToImportError as error:
        raise click.UsageError(f"{file}: {error}") from error
    with writable(output):
        write(output, made.document, made.notes)
    print_written(output, len(made.document["steps"]), made.notes, as_json=as_json)
    if check:
        otherwise = "it does not come to the callbacks that were imported"
        check_file(output, {}, otherwise=otherwise, as_json=as_json)
