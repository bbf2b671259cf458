"""Composes the scenario of a session, and writes it as often as there is something new."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from elements_local.clients.errors import HarnessError, UnreachableError
from elements_local.kit.instants import format_instant
from elements_local.kit.values import replace
from elements_local.scenarios.recording import controls, instances, records, requests
from elements_local.scenarios.recording.composer import Recording, ScenarioComposer
from elements_local.scenarios.recording.session import ObservedCall, RecordingError, Session
from elements_local.scenarios.recording.text import comments, dump, write
from elements_local.scenarios.recording.watch import Watch, session_of
from elements_local.stack.interruption import Interruption
from elements_local.stack.output_files import OutputFile

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack

_BETWEEN_LOOKS_S = 0.5


_SNAPSHOT = "/_local/snapshot"


@dataclass
class Recorder:
    """One file that a watch's scenario is written to.

    Attributes:
        output: written once, if it is standard output.
        name: what the scenario shows.
        reads: whether calls that only look are kept.
        say: is called with lines on the progress.
    """

    watch: Watch
    output: OutputFile
    _: KW_ONLY
    name: str
    reads: bool
    say: Callable[[str], None]
    _written: Recording | None = field(default=None, init=False)

    def write(self) -> Recording:
        """Write what was seen, and return it; what was written before, if the stack is gone.

        Raises:
            RecordingError: it cannot be written down.
            OutputFileError: the file cannot be written.
        """
        try:
            session = self.watch.session()
        except UnreachableError:
            if self._written is None:
                raise
            return self._written
        recording = compose(session, name=self.name, reads=self.reads)
        write(self.output, recording.document, recording.notes)
        self.output = replace(self.output, force=True)  # what is there now is ours
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
            if new and not self.output.is_standard_output:
                self._write_so_far()
            stop.wait(_BETWEEN_LOOKS_S)

    def _write_so_far(self) -> None:
        """Write what there is, so that it is there in any case; what cannot be written yet may be later."""
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


def compose(session: Session, *, name: str = "", reads: bool = False) -> Recording:
    """Return the scenario that repeats a session.

    Args:
        name: what it shows.
        reads: calls that only look are among its steps.

    Raises:
        RecordingError: nothing was done, or time went back.
    """
    _refuse_going_back(session)
    if not any(not call.reads for call in session.calls):
        raise RecordingError(
            f"nothing has happened in workspace {session.credentials.name!r} since it was made or reset; there is nothing to write"
        )
    composer = ScenarioComposer(session=session, now=session.calls[0].at.replace(microsecond=0))
    for note in session.notes:
        composer.note(note)
    for call in session.calls:
        _add(composer, call, reads=reads)
    composer.catch_up(session.now)
    composer.expect()
    return _recording(composer, name)


def _refuse_going_back(session: Session) -> None:
    """Refuse a session in which a snapshot was put back: what that held is in no call.

    Raises:
        RecordingError: a snapshot was put back.
    """
    if any(
        (call.method, call.target.partition("?workspace=")[0]) == ("PUT", _SNAPSHOT) and call.good
        for call in session.calls
    ):
        raise RecordingError(
            "a snapshot was restored: what came before is gone, and no call has what it held; reset the "
            "workspace (elements-local reset) and begin anew, or write the steps `snapshot` and `restore` by hand"
        )


def _add(composer: ScenarioComposer, call: ObservedCall, *, reads: bool) -> None:
    if call.reads and not reads and not requests.matters(composer, call):
        return
    # First the time that passed before the call, so that what arrived by then is expected before the step.
    composer.catch_up(call.at)
    if controls.add_clock(composer, call):
        return
    # The first that knows a call takes it; an unknown call becomes a plain request.
    if not any(add(composer, call) for add in (controls.add_fault, instances.add, records.add)):
        requests.add(composer, call)
    # After the step: the call itself may have begun the next second.
    composer.step_on(call)


def _recording(composer: ScenarioComposer, name: str) -> Recording:
    session = composer.session
    if not composer.steps:
        # A scenario without steps is none; that nothing came is what it can expect.
        composer.steps.append({"expect": {"callbacks": []}})
    document: dict[str, Any] = {
        "scenario": name or f"recorded in workspace {session.credentials.name}",
        "start": format_instant(composer.start or composer.now),
        **({"settings": {"KEEP_TIES": True}} if session.keeps_ties else {}),
        **instances.heading(composer.head.get("instances", {})),
        **({"records": composer.head["records"]} if "records" in composer.head else {}),
        "seed": session.seed,
        "steps": composer.steps,
    }
    text = dump(document)
    # The last line of defence: scenarios are committed, and a secret that slipped through would be published.
    if any(secret in text for secret in session.credentials.secrets):
        raise RecordingError("a defect: a secret of the workspace would be in the file, so it is not written")
    return Recording(
        document=document,
        notes=tuple(composer.notes),
        records=composer.names.ids,
        instances=composer.instances,
    )


_REPORTED = frozenset({"CREATED", "UPDATED"})
