"""What ``replay`` says while it runs and at its end: to people, to scripts, and to GitHub's annotations."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from msgspec import Struct

from elements_local.commands.command_line.output import counted
from elements_local.commands.replaying.report import (
    Case,
    CaseStatus,
    ReplayReport,
    SkipReason,
    Verdict,
    case_of,
    head_json,
    mistake_json,
)
from elements_local.commands.replaying.report_files import write_junit, write_page
from elements_local.commands.tenant_replay.portability import obstacles
from elements_local.kit.api.json_text import encode_text
from elements_local.scenarios.performing import ScenarioResult
from elements_local.scenarios.scenario import LoadedFile, Scenario, ScenarioError
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.stack.output_files import OutputFile
from elements_local.stack.reports.progress import Stopwatch, progress

_MOST_REMAINING = 10
_MARGIN = " " * 10
_COLOURS = {Verdict.AGREES: "green", Verdict.DIFFERS: "red", Verdict.NOT_SEEN: "yellow"}


class ReplayOutput(Struct, frozen=True, kw_only=True):
    """Where a replay's words and reports go.

    Attributes:
        quiet: failures only, and how far it is.
        as_json: standard output is for JSON.
        verdicts: a tenant is held against the ledger.
        junit, html: files that are written at the end, passed or failed.
    """

    quiet: bool = False
    as_json: bool = False
    verdicts: bool = False
    junit: OutputFile | None = None
    html: OutputFile | None = None

    def say(self, text: str) -> None:
        """Say something to people: on standard error, if standard output is for JSON or for a report."""
        reports = [each for each in (self.junit, self.html) if each]
        click.echo(text, err=self.as_json or any(each.is_standard_output for each in reports))

    def show_list(self, loaded: LoadedFile) -> None:
        """List scenarios, a line each, or as one JSON document."""
        lines = [f"{each.path}:{each.line}: {each.name}" for each in loaded.scenarios]
        self._show_list({"scenarios": [head_json(each) for each in loaded.scenarios]}, lines, loaded.errors)

    def show_portable(self, loaded: LoadedFile, tenant: TenantAbilities) -> None:
        """List scenarios with what keeps each from running at a tenant, and count those that nothing does."""
        found = [(scenario, obstacles(scenario, tenant)) for scenario in loaded.scenarios]
        portable = sum(not each for _, each in found)
        heads, lines = [], []
        for scenario, each in found:
            reasons = [{"line": one.line, "reason": one.reason} for one in each]
            heads.append({**head_json(scenario), "portable": not each, "obstacles": reasons})
            line, verdict = (each[0].line, f"no: {each[0].reason}") if each else (scenario.line, "portable")
            lines.append(f"{scenario.path}:{line}: {scenario.name}: {verdict}")
        lines.append(f"{portable} of {counted(len(found), 'scenario')} portable")
        self._show_list({"scenarios": heads, "portable": portable}, lines, loaded.errors)

    def _show_list(
        self, document: dict[str, object], lines: Sequence[str], errors: Sequence[ScenarioError]
    ) -> None:
        if self.as_json:
            click.echo(encode_text({**document, "mistakes": [mistake_json(error) for error in errors]}))
        else:
            for line in lines:
                click.echo(line)
        self.show_mistakes(errors)

    def show_mistakes(self, errors: Sequence[ScenarioError]) -> None:
        """Say what is wrong with files, a line each."""
        for error in errors:
            click.echo(str(error), err=True)
            self._annotate(error.reason, "cannot be read", error.path, error.place.line, error.place.column)

    @contextmanager
    def progress(self, count: int) -> Iterator[Callable[[ScenarioResult], None]]:
        """Give what shows results as they come: each with a line, or, if it is to be quiet, failures and how far it is."""
        watch, failed = Stopwatch(), 0
        with ExitStack() as showing:
            # in process, freezegun holds the time that an estimate would be made from
            bar = progress("scenarios", count, now=lambda: watch.seconds, estimates=False)
            tell = showing.enter_context(bar) if self.quiet else None

            def show(result: ScenarioResult) -> None:
                nonlocal failed
                failed += result.failure is not None
                self.show_result(result)
                if tell is not None:
                    tell(about=f"{failed} failed")

            yield show

    def show_end(self, report: ReplayReport) -> None:
        """Say what came of it, and write the reports."""
        self.show_mistakes(report.mistakes)
        if report.interrupted:
            self._show_remaining(report.not_run(SkipReason.INTERRUPTED))
        if self.verdicts:
            self._show_verdicts(report)
        else:
            self._show_counts(report)
        if report.error:
            click.echo(f"elements-local: {report.error}", err=True)
        if report.mistakes:
            self._show_what_mistakes_do(report)
        if self.as_json:
            click.echo(encode_text(report.to_json()))
        self.write(report)

    def _show_counts(self, report: ReplayReport) -> None:
        counts = report.counts()
        unable = len(report.not_run(SkipReason.OWN_STACK))
        unportable = len(report.not_run(SkipReason.UNPORTABLE))
        not_run = counts[CaseStatus.SKIPPED] - unable - unportable
        summary = f"{counts[CaseStatus.PASSED]} passed, {counts[CaseStatus.FAILED]} failed"
        self.say(summary + (f", {not_run} not run" if not_run else ""))
        if unable:
            self.say(f"{unable} left out: their settings or profile need a stack of their own")
        if unportable:
            self.say(f"{unportable} left out: not portable; --portable --list says why")

    def _show_verdicts(self, report: ReplayReport) -> None:
        """Say which scenarios have shown nothing, since they were not run, and count the verdicts."""
        for case in report.cases:
            if case.status is CaseStatus.SKIPPED:
                self._show_verdict(case)
        counts = report.verdicts()
        self.say(
            f"{counts[Verdict.AGREES]} agree, {counts[Verdict.DIFFERS]} differ, {counts[Verdict.NOT_SEEN]} not seen"
        )

    def _show_verdict(self, case: Case) -> None:
        """Say what a scenario says of the tenant, of a difference with both sides."""
        if self.quiet and case.verdict is Verdict.AGREES:
            return
        self.say(f"{click.style(f'{case.verdict.value:<8}', fg=_COLOURS[case.verdict])}  {case.name}")
        if case.verdict is Verdict.DIFFERS:
            self.say(f"{_MARGIN}expected: {case.step}")
            self.say(f"{_MARGIN}came:     " + f"\n{_MARGIN}          ".join(case.came))
        elif case.verdict is Verdict.NOT_SEEN:
            self.say(_MARGIN + f"\n{_MARGIN}".join(case.came))

    def _show_what_mistakes_do(self, report: ReplayReport) -> None:
        files = len({error.path for error in report.mistakes})
        mistakes = f"{counted(len(report.mistakes), 'mistake')} in {counted(files, 'file')}"
        readable = len(report.not_run(SkipReason.MISTAKES))
        hint = f", so nothing was run; --keep-going runs the {counted(readable, 'scenario')} that can be read"
        click.echo(mistakes + (hint if readable else ""), err=True)

    def write(self, report: ReplayReport) -> None:
        """Write the files of reports.

        Raises:
            OutputFileError: one cannot be written.
        """
        if self.junit:
            write_junit(self.junit, report)
        if self.html:
            write_page(self.html, report)

    def show_result(self, result: ScenarioResult) -> None:
        """Say what came of a scenario."""
        if self.verdicts:
            self._show_verdict(case_of(result))
        elif result.failure:
            self.say(f"{click.style('FAILED', fg='red')}  {result.scenario.name}\n{result.failure}")
            path, _, line = result.failure.place.rpartition(":")
            self._annotate(str(result.failure), result.scenario.name, Path(path), int(line))
        elif not self.quiet:
            self.say(f"{click.style('passed', fg='green')}  {result.scenario.name}")

    def _show_remaining(self, remaining: Sequence[Scenario]) -> None:
        self.say("interrupted; what was done is reported" + (", and not run were:" if remaining else ""))
        for scenario in remaining[:_MOST_REMAINING]:
            self.say(f"  {scenario.path}:{scenario.line}: {scenario.name}")
        if len(remaining) > _MOST_REMAINING:
            self.say(f"  and {len(remaining) - _MOST_REMAINING} more")

    def _annotate(self, message: str, title: str, path: Path, line: int, column: int | None = None) -> None:
        if os.environ.get("GITHUB_ACTIONS") == "true":
            place = f"file={path},line={line}" + (f",col={column}" if column else "")
            message = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
            title = title.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
            self.say(f"::error {place},title={title}::{message}")
