"""``record``: what happens in a workspace becomes a scenario."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from elements_local.command_line.options import examples, refuse_set, set_option, stack_environment
from elements_local.command_line.output import FILE, print_written
from elements_local.command_line.stacks import running_stack, workspace_option
from elements_local.interruption import Interruption, cut_off
from elements_local.recording import Recorder, Watch
from elements_local.replay.file_check import check_file

if TYPE_CHECKING:
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
    help="The scenario file; one that is there is written over, and a folder that is not is made.",
)
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
def command(  # noqa: PLR0913 - the command's options
    stack: "Stack",
    *,
    output: Path,
    name: str,
    since_start: bool,
    reads: bool,
    check: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Write what was done in a workspace since it was made or reset as a scenario that does the same.

    Calls to the platform, the CRM and the sink become steps, by whatever client they were made; what came at the sink
    is what the scenario expects. Secrets are left out: a scenario has its own.
    """
    _check_folder(output)
    if not check:
        refuse_set("nothing is started without --check")
    environment = stack_environment() if check else {}
    watch = Watch(stack.workspace(workspace), stack.addresses, seed=stack.seed_of(workspace))
    recorder = Recorder(watch, output, name=name, reads=reads, say=partial(click.echo, err=True))
    with Interruption().heeded() as stop:
        if since_start:
            watch.look()
        else:
            recorder.follow(stop)
        recording = recorder.write()
    print_written(output, recording.steps, recording.notes, as_json=as_json)
    if check:
        with cut_off(lambda: f"{output} is written; whether it passes is not known"):
            check_file(output, environment, otherwise="it does not pass as it was recorded", as_json=as_json)


def _check_folder(output: Path) -> None:
    """See before anything is watched that there is a place to write to: a folder, or one in which it can be made."""
    existing = next(folder for folder in output.absolute().parents if folder.exists())
    if not existing.is_dir():
        raise click.UsageError(f"{existing} is no directory")
    if not os.access(existing, os.W_OK):
        raise click.UsageError(f"nothing can be written in {existing}")
