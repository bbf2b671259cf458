"""``replay --watch``: runs again what has changed.

Files are looked at, several times a second, and not subscribed to: a hundred of them take milliseconds, it works on
mounts of containers and networks where notices of the system do not come, and nothing has to be installed for it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

from elements_local.command_line.output import counted
from elements_local.kit.values import replace
from elements_local.replay.report import ReplayReport
from elements_local.replay.session import ReplaySession, Selection
from elements_local.scenarios.expect import streams_of

_BETWEEN_LOOKS_S = 0.3

_Signature = frozenset[tuple[Path, int, int]]


def watch(selection: Selection, session: ReplaySession) -> None:
    """Run what is selected, and again what has changed of it, until the session is asked to stop."""
    files = WatchedFiles(selection)
    changed: Collection[Path] | None = files.changed()
    state = None
    while changed is not None:
        with session.replayed(selection.read(changed)) as report:
            _tell_of_old_failures(session, state, changed)
            state = _since(state, report, changed)
            session.output.show_end(state)
        if not session.stop.requested:
            _tell_of_waiting(session, selection)
        changed = session.stop.unless_requested(partial(files.wait, Event()))
        for path in sorted(changed or ()):
            session.output.say(f"{'changed' if path.exists() else 'gone'}: {path}")


@dataclass
class WatchedFiles:
    """The files of a selection, with the streams that are kept for them, as they were when they were last looked at."""

    selection: Selection
    _seen: Mapping[Path, _Signature] = field(default_factory=dict, init=False)

    def changed(self) -> set[Path]:
        """Return the scenario files that have come, gone or changed since the last look, or one of whose streams has."""
        before, self._seen = self._seen, {file: _signature(file) for file in self.selection.files()}
        return {
            file for file in before.keys() | self._seen.keys() if before.get(file) != self._seen.get(file)
        }

    def wait(self, pause: Event) -> set[Path]:
        """Wait until files change, and until no more of them do: many an editor writes in several steps."""
        while not (changed := self.changed()):
            pause.wait(_BETWEEN_LOOKS_S)
        more = changed
        while more:
            pause.wait(_BETWEEN_LOOKS_S)
            more = self.changed()
            changed |= more
        return changed


def _signature(file: Path) -> _Signature:
    signature = set()
    for path in (file, *streams_of(file)):
        try:
            status = path.stat()
        except OSError:  # it is gone again
            continue
        signature.add((path, status.st_mtime_ns, status.st_size))
    return frozenset(signature)


def _since(before: ReplayReport | None, report: ReplayReport, changed: Collection[Path]) -> ReplayReport:
    """Return a report of all that is watched: what has changed is as it came out now, the rest as it did before."""
    if before is None:
        return report
    return replace(
        report,
        results=[*(each for each in before.results if each.scenario.path not in changed), *report.results],
        mistakes=[*(each for each in before.mistakes if each.path not in changed), *report.mistakes],
        skipped=[*(each for each in before.skipped if each.scenario.path not in changed), *report.skipped],
    )


def _tell_of_old_failures(
    session: ReplaySession, before: ReplayReport | None, changed: Collection[Path]
) -> None:
    for result in before.results if before else ():
        if result.failure and result.scenario.path not in changed:
            session.output.say(f"as before, {result.scenario.name} fails: {result.failure.place}")


def _tell_of_waiting(session: ReplaySession, selection: Selection) -> None:
    files = counted(len(selection.files()), "file")
    where = ", ".join(map(str, selection.paths))
    session.output.say(f"waiting for changes in {where} ({files}); Ctrl-C ends it\n")
