"""Writes what a watch has seen, as often as there is something new."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from elements_local.errors import HarnessError, UnreachableError
from elements_local.interruption import Interruption
from elements_local.kit.os_errors import os_reason
from elements_local.recording.composer import Recording, compose
from elements_local.recording.session import RecordingError
from elements_local.recording.text import comments, dump, write
from elements_local.recording.watch import Watch, session_of

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack

_BETWEEN_LOOKS_S = 0.5


@dataclass
class Recorder:
    """One file that a watch's scenario is written to.

    Attributes:
        output: written over if it is there; its folder is made if it is not.
        name: what the scenario shows.
        reads: whether calls that only look are kept.
        say: is told how it goes.
    """

    watch: Watch
    output: Path
    _: KW_ONLY
    name: str
    reads: bool
    say: Callable[[str], None]
    _written: Recording | None = field(default=None, init=False)

    def write(self) -> Recording:
        """Write what was seen, and return it; what was written before, if the stack is gone.

        Raises:
            RecordingError: it cannot be written down.
        """
        try:
            session = self.watch.session()
        except UnreachableError:
            if self._written is None:
                raise
            return self._written
        recording = compose(session, name=self.name, reads=self.reads)
        try:
            self.output.parent.mkdir(parents=True, exist_ok=True)
            write(self.output, recording.document, recording.notes)
        except OSError as error:
            raise RecordingError(f"cannot write {self.output}: {os_reason(error)}") from error
        self._written = recording
        return recording

    def follow(self, stop: Interruption) -> None:
        """Look again and again, until it is asked to stop, or the stack is gone."""
        self.say("watching; Ctrl-C writes the scenario and stops")
        begun = self.watch.started_over
        while True:
            last = stop.requested
            try:
                new = self.watch.look()
            except UnreachableError as error:
                self.say(f"the stack is gone: {error}")
                return
            if self.watch.started_over != begun:
                begun = self.watch.started_over
                self.say("the workspace was reset: starting over")
            if last:
                return
            if new:
                self._write_so_far()
            stop.wait(_BETWEEN_LOOKS_S)

    def _write_so_far(self) -> None:
        """Write what there is, so that it is there whatever happens; what cannot be written yet may be later."""
        try:
            recording = self.write()
        except HarnessError:
            return
        self.say(f"{recording.steps} steps so far")


def scenario_so_far(stack: "Stack", workspace: str) -> str:
    """Return the text of a scenario that does what was done since the workspace was made or reset.

    Raises:
        RecordingError: it cannot be written down; says why.
        HarnessError: a service does not answer, or refuses.
    """
    recording = compose(session_of(stack, workspace))
    return comments(recording.notes) + dump(recording.document)
