"""What is replayed, one replay of it with a report at its end, and ``--watch``, which runs again what has changed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event

from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.commands.command_line.output import counted
from elements_local.commands.replaying.output import ReplayOutput
from elements_local.commands.replaying.processes import chosen, replaying, shuffled
from elements_local.commands.replaying.report import ReplayReport, Skipped, SkipReason
from elements_local.commands.replaying.runner import How, Runner
from elements_local.commands.replaying.shrinking import save, shrink
from elements_local.commands.tenant_replay.portability import obstacles
from elements_local.commands.tenant_replay.replays import TenantReplays
from elements_local.kit import values
from elements_local.kit.clock import SystemClock
from elements_local.kit.os_errors import os_reason
from elements_local.scenarios.expect import streams_of
from elements_local.scenarios.performing import ScenarioResult
from elements_local.scenarios.scenario import LoadedFile, Scenario, ScenarioError, find, load_all
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.stack.interruption import Interruption
from elements_local.stack.reports.progress import Stopwatch
from elements_local.stack.yaml_text import SourcePosition


class Selection(Struct, frozen=True, kw_only=True):
    """Which scenarios are meant.

    Attributes:
        paths: files and folders.
        names: words of their names, one of which is enough; none means any.
        tags: in the same way.
        seed: of the order; None is that of the files.
        profile: which of the platform's two names is meant; None for either.
    """

    paths: Sequence[Path]
    names: Sequence[str] = ()
    tags: Sequence[str] = ()
    seed: int | None = None
    profile: str | None = None

    def files(self) -> list[Path]:
        """Return the scenario files that there are at present, each once."""
        return list(dict.fromkeys(find([path for path in self.paths if path.exists()])))

    def read(self, only: Collection[Path] | None = None) -> LoadedFile:
        """Read the scenarios, and all that is wrong with their files.

        Args:
            only: the files that are meant, if it is not all of them.
        """
        files = [file for file in self.files() if only is None or file in only]
        loaded = [_loaded(file) for file in files]
        scenarios = chosen(
            [each for file in loaded for each in file.scenarios], names=self.names, tags=self.tags
        )
        if self.profile:
            scenarios = [each for each in scenarios if each.profile in {None, self.profile}]
        if self.seed is not None:
            scenarios = shuffled(scenarios, self.seed)
        return LoadedFile(
            scenarios=tuple(scenarios), errors=tuple(error for file in loaded for error in file.errors)
        )


class ReplaySession(Struct, frozen=True, kw_only=True):
    """How scenarios are replayed.

    Attributes:
        keep_going: run what can be read, though there are mistakes in other files.
        wants_shrunk: save the shortest scenario that still fails beside each that does.
        force: over files that are there.
        portable_to: leave out what cannot run at such a tenant.
        tenant: run them there, in the place of a stack.
        against: which of the platform's two names the tenant has, if it is held against the ledger.
    """

    how: How
    output: ReplayOutput
    stop: Interruption
    jobs: int = 1
    fail_fast: bool = False
    keep_going: bool = False
    wants_shrunk: bool = False
    force: bool = False
    portable_to: TenantAbilities | None = None
    tenant: TenantReplays | None = None
    against: str = ""

    @contextmanager
    def replayed(self, loaded: LoadedFile) -> Iterator[ReplayReport]:
        """Run what was read, telling of it, and give what came of it; at the end of the block the stacks are stopped.

        That may take its time if a receiver hangs, so its result is better reported before.
        """
        began, watch = SystemClock().now(), Stopwatch()
        left_out = [skipped for each in loaded.scenarios if (skipped := self._left_out(each))]
        unable = {_key(skipped.scenario) for skipped in left_out}
        runnable = [each for each in loaded.scenarios if _key(each) not in unable]
        held_back = bool(loaded.errors) and not self.keep_going
        results: list[ScenarioResult] = []
        error = ""
        with ExitStack() as stacks:
            if not held_back:
                error = self._run(runnable, results, stacks)
            yield ReplayReport(
                began=began,
                seconds=watch.seconds,
                results=results,
                mistakes=loaded.errors,
                skipped=[*self._not_run(runnable, results, held_back=held_back, error=error), *left_out],
                interrupted=self.stop.requested,
                error=error,
                profile=self.against,
            )

    def _run(self, scenarios: Sequence[Scenario], results: list[ScenarioResult], stacks: ExitStack) -> str:
        """Run scenarios, and return why not all of them could be run, if so."""
        if self.tenant:
            running = self.tenant.replaying(scenarios)
        else:
            running = replaying(scenarios, self.how, jobs=self.jobs, stop=self.stop)
        try:
            with (
                self.output.progress(len(scenarios)) as show,
                closing(stacks.enter_context(running)) as fresh_results,
            ):
                for result in fresh_results:
                    results.append(result)
                    show(result)
                    if self.fail_fast and result.failure:
                        break
            if self.wants_shrunk:
                failed = [each for each in results if each.failure]
                self.stop.unless_requested(partial(self._shrink, failed))
        except HarnessError as error:
            return str(error)
        return ""

    def _left_out(self, scenario: Scenario) -> Skipped | None:
        """Say why a scenario cannot be run here, if so."""
        if self.how.target is not None and scenario.is_choosy:
            return Skipped(scenario=scenario, why=SkipReason.OWN_STACK)
        found = obstacles(scenario, self.portable_to) if self.portable_to else []
        if found:
            detail = f"{scenario.path}:{found[0]}"
            return Skipped(scenario=scenario, why=SkipReason.UNPORTABLE, detail=detail)
        return None

    def _not_run(
        self, runnable: Sequence[Scenario], results: Sequence[ScenarioResult], *, held_back: bool, error: str
    ) -> list[Skipped]:
        if held_back:
            why = SkipReason.MISTAKES
        elif self.stop.requested:
            why = SkipReason.INTERRUPTED
        else:
            of_place = SkipReason.NO_TENANT if self.tenant else SkipReason.NO_STACK
            why = of_place if error else SkipReason.FAILURE
        ran = {_key(result.scenario) for result in results}
        return [Skipped(scenario=each, why=why) for each in runnable if _key(each) not in ran]

    def _shrink(self, failed: Sequence[ScenarioResult]) -> None:
        with closing(Runner(replace(self.how, cures=False))) as runner, runner.holding():
            for result in failed:
                shrunk = shrink(result, runner.run)
                steps = f"{len(shrunk.steps)} of {len(result.scenario.steps)} steps"
                files = " and ".join(map(str, save(shrunk, force=self.force)))
                self.output.say(f"shrunk  {result.scenario.name}: {steps}, in {files}")


def _loaded(file: Path) -> LoadedFile:
    """Read a file; that it cannot be opened is a mistake among the others."""
    readable = Path(str(file).encode(errors="backslashreplace").decode())
    if readable != file:  # names are what ids and reports are made of
        return _unread(readable, "the file's name is not UTF-8; rename it")
    try:
        return load_all(file)
    except OSError as error:
        return _unread(file, f"cannot be opened: {os_reason(error)}")


def _unread(file: Path, reason: str) -> LoadedFile:
    return LoadedFile(errors=(ScenarioError(file, SourcePosition(1, 1), reason),))


def _key(scenario: Scenario) -> tuple[Path, str]:
    """Return what tells a scenario from the others, also once it has been to another process."""
    return scenario.path, scenario.name


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
    return values.replace(
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
