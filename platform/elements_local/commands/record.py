"""``record``: what happens in a workspace becomes a scenario."""

import signal
from contextlib import closing
from pathlib import Path
from shlex import quote
from threading import Event

import click

from elements_local.commands.where import json_option, running_stack, workspace_option
from elements_local.errors import HarnessError, UnreachableError
from elements_local.recording import Recording, RecordingError, Watch, compose, write
from elements_local.stack import Stack
from mock_kit.json_text import encode_text

_BETWEEN_LOOKS_S = 0.5


@click.command("record")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The scenario file; one that is there is written over.",
)
@click.option("--name", default="", help="What the scenario shows.")
@click.option(
    "--since-start",
    is_flag=True,
    help="Write what has happened so far, and stop, instead of watching until Ctrl-C.",
)
@click.option("--reads", is_flag=True, help="Keep calls that only look, too, with their statuses.")
@click.option("--check", is_flag=True, help="Replay it at once, in process; exit 1 if it does not pass.")
@workspace_option
@json_option
@running_stack
def command(  # noqa: PLR0913 - the command's options
    stack: Stack,
    *,
    output: Path,
    name: str,
    since_start: bool,
    reads: bool,
    check: bool,
    workspace: str,
    as_json: bool,
) -> None:
    r"""Write what was done in a workspace since it was made or reset as a scenario that does the same.

    Calls to the platform, the CRM and the sink become steps, by whatever client they were made; what came at the sink
    is what the scenario expects. Secrets are left out: a scenario has its own.

    \b
      elements-local record -o tests/mine.yaml     (and Ctrl-C at the end)
      elements-local replay tests/mine.yaml
    """
    if not output.parent.is_dir():
        raise click.UsageError(f"{output.parent} is no directory")
    doors = stack.workspace(workspace)
    watch = Watch(doors, stack.addresses, seed=stack.seed_of(workspace))
    recorder = _Recorder(watch, output, name=name, reads=reads)
    if since_start:
        watch.look()
    else:
        recorder.follow()
    recording = recorder.write()
    _tell(recording, output, as_json=as_json)
    if check:
        _replay(output, as_json=as_json)


class _Recorder:
    """Writes what a watch has seen, as often as there is something new."""

    def __init__(self, watch: Watch, output: Path, *, name: str, reads: bool) -> None:
        self._watch = watch
        self._output = output
        self._name = name
        self._reads = reads
        self._written: Recording | None = None

    def write(self) -> Recording:
        """Write what was seen, and return it; what was written before, if the stack is gone.

        Raises:
            RecordingError: it cannot be written down.
        """
        try:
            session = self._watch.session()
        except UnreachableError:
            if self._written is None:
                raise
            return self._written
        recording = compose(session, name=self._name, reads=self._reads)
        try:
            write(self._output, recording.document, recording.notes)
        except OSError as error:
            raise RecordingError(f"cannot write {self._output}: {error.strerror or error}") from error
        self._written = recording
        return recording

    def follow(self) -> None:
        """Look again and again, until Ctrl-C, SIGTERM, or the end of the stack."""
        stopped = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopped.set())
        _say("watching; Ctrl-C writes the scenario and stops")
        begun = self._watch.started_over
        while True:
            last = stopped.is_set()
            try:
                new = self._watch.look()
            except UnreachableError as error:
                _say(f"the stack is gone: {error}")
                return
            if self._watch.started_over != begun:
                begun = self._watch.started_over
                _say("the workspace was reset: starting over")
            if last:
                return
            if new:
                self._write_so_far()
            stopped.wait(_BETWEEN_LOOKS_S)

    def _write_so_far(self) -> None:
        """Write what there is, so that it is there whatever happens; what cannot be written yet may be later."""
        try:
            recording = self.write()
        except HarnessError:
            return
        _say(f"{recording.steps} steps so far")


def _tell(recording: Recording, output: Path, *, as_json: bool) -> None:
    again = f"elements-local replay {quote(str(output))}"
    if as_json:
        told = {
            "file": str(output),
            "steps": recording.steps,
            "notes": list(recording.notes),
            "replay": again,
        }
        click.echo(encode_text(told))
        return
    click.echo(f"{recording.steps} steps in {output}")
    for note in recording.notes:
        click.echo(f"note: {note}")
    click.echo(f"replay it: {again}")


def _replay(output: Path, *, as_json: bool) -> None:
    """Replay a file in process, and stop with exit status 1 if it does not pass."""
    from elements_local.runner import How, Runner  # noqa: PLC0415 - only where it is asked for
    from elements_local.scenario import load  # noqa: PLC0415 - as above

    with closing(Runner(How())) as runner:
        failures = [failure for scenario in load(output) if (failure := runner.run(scenario).failure)]
    for failure in failures:
        click.echo(f"it does not pass as it was recorded:\n{failure}", err=True)
    if failures:
        raise SystemExit(1)
    if not as_json:
        click.echo("it passes")


def _say(text: str) -> None:
    click.echo(text, err=True)
