"""``record``, ``import`` and ``init``: files of scenarios, written of what happened, of what an integration has, or as a start."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from elements_local.clients.records import INSIGHTLY, Kinds
from elements_local.commands.command_line.options import (
    examples,
    refuse_set,
    set_option,
    stack_environment,
    vendor_options,
)
from elements_local.commands.command_line.output import (
    FILE,
    check_outputs,
    force_option,
    print_result,
    print_written,
)
from elements_local.commands.command_line.stacks import json_option, running_stack, workspace_option
from elements_local.commands.project_origin import REQUIREMENTS, origin_files
from elements_local.commands.project_scaffold import lay_down
from elements_local.commands.replaying.runner import check_file
from elements_local.kit.settings import variable
from elements_local.platform.elements.catalogue import Catalogue, shipped
from elements_local.scenarios.recording import Recorder, Watch
from elements_local.scenarios.recording.import_sources import read
from elements_local.scenarios.recording.imported_scenario import NothingToImportError, scenario_of
from elements_local.scenarios.recording.text import write
from elements_local.stack.gc_paused import gc_paused
from elements_local.stack.interruption import Interruption, cut_off
from elements_local.stack.output_files import OutputFile
from elements_local.stack.yaml_text import YamlError
from elements_local.start import Options, in_process

if TYPE_CHECKING:
    from elements_local.commands.project_scaffold import ProjectFiles
    from elements_local.scenarios.recording.import_sources import ImportedFile
    from elements_local.stack.stack import Stack


@click.command(
    "record",
    epilog=examples(
        "elements-local record --output tests/mine.yaml   # Ctrl-C ends it",
        "elements-local record -o tests/mine.yaml --since-start --check",
        "elements-local replay tests/mine.yaml",
    ),
)
@click.option(
    "--output",
    "-o",
    required=True,
    type=FILE,
    help="The scenario file; a folder that is not there is made.",
)
@force_option
@click.option("--name", default="", help="What the scenario shows.")
@click.option(
    "--since-start",
    is_flag=True,
    help="Write what has happened so far, and stop, instead of watching until Ctrl-C.",
)
@click.option("--reads", is_flag=True, help="Keep calls that only look, too, with their statuses.")
@click.option("--check", is_flag=True, help="Replay it at once, in process; exit 1 if it does not pass.")
@set_option
@workspace_option
@running_stack
def record_command(  # noqa: PLR0913 - the command's options
    stack: "Stack",
    *,
    output: Path,
    force: bool,
    name: str,
    since_start: bool,
    reads: bool,
    check: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Write what was done in a workspace since it was made or reset as a scenario that does the same.

    Calls to the platform, the CRM and the sink become steps, whichever client made them; what came at the sink
    is what the scenario expects. Secrets are left out: a scenario has its own.
    """
    file = _scenario_file(output, force=force, check=check, as_json=as_json)
    if not check:
        refuse_set("nothing is started without --check")
    environment = stack_environment() if check else {}
    watch = Watch(stack.workspace(workspace), stack.addresses, seed=stack.seed_of(workspace))
    recorder = Recorder(watch, file, name=name, reads=reads, say=partial(click.echo, err=True))
    with Interruption().handled() as stop:
        if since_start:
            watch.look()
        else:
            recorder.follow(stop)
        recording = recorder.write()
    print_written(file, recording.steps, recording.notes, as_json=as_json)
    if check:
        with cut_off(lambda: f"{output} is written; whether it passes is not known"):
            check_file(output, environment, otherwise="it does not pass as it was recorded", as_json=as_json)


def _scenario_file(output: Path, *, force: bool, check: bool, as_json: bool) -> OutputFile:
    file = OutputFile(path=output, force=force)
    if check_outputs(file, as_json=as_json) and check:
        raise click.UsageError("--check replays a file; name one by --output")
    return file


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
@force_option
@click.option(
    "--check", is_flag=True, help="Replay it in process; exit 1 if it does not come to the callbacks."
)
@vendor_options
@json_option
def import_command(*, file: Path, output: Path, force: bool, check: bool, as_json: bool) -> None:
    """Make a scenario of FILE, which comes from a real integration, that reproduces the callbacks in it.

    FILE is an instance as GET /instances/{id} shows it, the body of a callback in the form of 2018 or 2020, what the sink exports, a
    HAR file, a Postman collection with saved answers, or newman's JSON report. Masked secrets are left out. Comments in the
    scenario say what could not be known.
    """
    written = _scenario_file(output, force=force, check=check, as_json=as_json)
    environment = stack_environment()
    # thousands of callbacks are read, and nothing of them can be collected before they are written
    with gc_paused():
        try:
            imported = read(file)
            made = scenario_of(imported, _kinds(imported, environment))
        except NothingToImportError as error:
            raise click.UsageError(f"{file}: {error}") from error
        try:
            write(written, made.document, made.notes)
        except YamlError as error:
            raise click.UsageError(f"{file} has what no scenario can hold: {error}") from error
    print_written(written, len(made.document["steps"]), made.notes, as_json=as_json)
    if check:
        otherwise = "it does not come to the callbacks that were imported"
        check_file(output, environment, otherwise=otherwise, as_json=as_json)


def _kinds(imported: "ImportedFile", environment: dict[str, str]) -> Kinds:
    """Return the kinds of records that can be made, those of connectors that are handed in among them."""
    if not any(environment.get(variable(each)) for each in ("connectors", "vendors")):
        Catalogue(shipped())  # declares the secret keys of its elements
        return Kinds()
    with in_process(Options(environment=environment)) as stack:
        crms = stack.workspace().credentials.crms
    element = str(imported.instance["element"].get("key")) if imported.instance else INSIGHTLY
    return Kinds(crms, first=element)


_NEXT = (
    "elements-local replay scenarios",
    "pytest tests/test_elements_local.py",
    "elements-local replay scenarios --receiver receiver:app/callbacks",
)


@click.command(
    "init",
    epilog=examples(
        "elements-local init",
        "elements-local init ../shop --json",
        "elements-local init --force",
        "elements-local init --examples && elements-local replay scenario-examples",
    ),
)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=".", metavar="[DIR]")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option(
    "--examples", is_flag=True, help="Add more than a hundred scenarios to read, in scenario-examples/."
)
@json_option
def init_command(directory: Path, *, force: bool, examples: bool, as_json: bool) -> None:
    """Write a start into a project: a scenario, a test, a receiver, Postman's files and a CI workflow.

    It asks nothing. Existing files are kept, and listed.
    """
    files = lay_down(directory, force=force, examples=examples)
    installs = origin_files()[REQUIREMENTS].decode()
    if installs.startswith("# "):
        click.echo(f"{REQUIREMENTS}: {installs.partition(chr(10))[0].removeprefix('# ')}", err=True)
    document = {"directory": str(directory), **asdict(files), "next": list(_NEXT)}
    print_result(document, _as_text(directory, files), as_json=as_json)


def _as_text(directory: Path, files: "ProjectFiles") -> str:
    sections = (
        (f"made in {directory}", files.made),
        ("written over", files.overwritten),
        ("left as they are (--force writes over them)", files.left),
        ("there already", files.unchanged),
    )
    lines = [
        line
        for head, names in sections
        if names
        for line in (f"{head}:", *(f"  {name}" for name in names), "")
    ]
    for name, content in origin_files().items():
        if name != REQUIREMENTS:
            lines += [
                f"{name} has {len(content) / 1_000_000:.1f} MB, which a commit keeps: the installed one is from no index",
                "",
            ]
    inside = [] if directory.resolve() == Path.cwd() else [f"cd {quote(str(directory))}"]
    return "\n".join([*lines, "next:", *(f"  {line}" for line in (*inside, *_NEXT))])
