"""``certify``: a battery of callbacks against your own receiver, or of changes around your own poller, and a scorecard."""

import shlex
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elements_local.certify import certify
from elements_local.certify.battery import Check, chosen_of
from elements_local.certify.poller.certification import BATTERY as POLLER_BATTERY
from elements_local.certify.poller.certification import certify_poller
from elements_local.certify.poller.command import CommandRunner
from elements_local.certify.poller.judgement import Leniency
from elements_local.certify.poller.trial import PollerTerms
from elements_local.certify.receiver.callback import restart_by
from elements_local.certify.receiver.certification import BATTERY as RECEIVER_BATTERY
from elements_local.certify.scorecard import Outcome, write_html, write_junit
from elements_local.commands.command_line.options import (
    examples,
    set_option,
    stack_environment,
    vendor_options,
)
from elements_local.commands.command_line.output import (
    FILE,
    check_outputs,
    force_option,
    optional_output,
    print_result,
)
from elements_local.commands.command_line.stacks import json_option
from elements_local.kit.instants import UnreadableTimeError, parse_duration
from elements_local.kit.settings import variable
from elements_local.stack import faketime
from elements_local.stack.interruption import cut_off
from elements_local.stack.output_files import OutputFile
from elements_local.stack.reports.files import is_junit, is_page
from elements_local.stack.reports.progress import progress
from elements_local.start import Options, on_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from elements_local.certify import Result, Scorecard
    from elements_local.stack.stack import Stack

_SHORTEST = timedelta(minutes=3)
_FRACTION = timedelta(microseconds=500)
_COLOURS = {"passed": "green", "answered": "yellow", "failed": "red", "skipped": "yellow"}


class _Certify(click.Group):
    """``certify URL`` is ``certify receiver URL``, which came first."""

    default = "receiver"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Name the command that is meant where none is named."""
        asks_for_help = not args or args[0] in self.get_help_option_names(ctx)
        return super().parse_args(ctx, args if asks_for_help else self._named(args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant."""
        return super().resolve_command(ctx, self._named(args))

    def _named(self, args: list[str]) -> list[str]:
        return args if args[0] in self.commands else [self.default, *args]


@click.group(
    "certify",
    cls=_Certify,
    epilog=examples(
        "elements-local certify receiver http://127.0.0.1:8000/hooks",
        "elements-local certify poller -- python poller.py",
    ),
)
def certify_command() -> None:
    """Try your own receiver, or your own poller; `certify URL` is `certify receiver URL`."""


_junit_option = click.option("--junit", type=FILE, help="Write the scorecard as a JUnit file for a CI.")
_html_option = click.option("--html", type=FILE, help="Write the scorecard as one page.")
_Outputs = tuple[OutputFile | None, OutputFile | None]


def _only_option(checks: "Mapping[str, Check[Any]]") -> "Callable[[Any], Any]":
    slow = [name for name, check in checks.items() if check.if_named]
    made = f"; made only so: {', '.join(slow)}" if slow else ""
    return click.option(
        "--only",
        multiple=True,
        type=click.Choice(list(checks)),
        metavar="CHECK",
        help=f"One check alone; repeatable; of {', '.join(checks)}{made}.",
    )


@certify_command.command(
    epilog=examples(
        "elements-local certify receiver http://127.0.0.1:8000/hooks --key a-key-of-your-own",
        "elements-local certify receiver http://127.0.0.1:8000/hooks --key a-key-of-your-own --probe http://127.0.0.1:8000/probe",
        "elements-local certify receiver http://127.0.0.1:8000/hooks --only duplicate",
        "elements-local certify receiver http://127.0.0.1:8000/hooks --json --junit it.xml",
    ),
)
@click.argument("url")
@click.option("--key", default="", help="The signature key that the receiver checks with.")
@click.option(
    "--probe",
    metavar="URL",
    help="Answers with what callbacks have left, as JSON: objectType, objectId, date and eventType of each change.",
)
@click.option(
    "--restart-command",
    metavar="COMMAND",
    help="Restarts the receiver, and ends when it answers again.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds that the receiver may take.",
)
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    help="Seconds after an answer in which the probe has to show the change.",
)
@click.option(
    "--burst", type=click.IntRange(1, 100_000), default=500, show_default=True, help="Callbacks of the burst."
)
@_only_option(RECEIVER_BATTERY)
@_junit_option
@_html_option
@force_option
@json_option
def receiver(  # noqa: PLR0913 - the command's options
    *,
    url: str,
    timeout: float,
    settle: float,
    restart_command: str | None,
    only: tuple[str, ...],
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    force: bool,
    **given: Any,
) -> None:
    """Test the receiver at URL with right and wrong signatures, duplicates, bursts and more; exit 1 if it fails one.

    The receiver gets callbacks as the platform sends them, from instances that are not there. With --probe each change
    that was accepted must be shown there, and nothing else. Without it only the answers are seen, and a check that needs
    an effect is `answered`, not `passed`. Exit 2 if nothing takes callbacks at URL, the probe cannot be read, or a check
    that --only names could not be made.
    """
    outputs = _outputs(junit, html, force=force, as_json=as_json)
    with _certifying(chosen_of(RECEIVER_BATTERY, only)) as note:
        scorecard = certify(
            url,
            restart=restart_by(restart_command) if restart_command else None,
            timeout=timedelta(seconds=timeout),
            settle=timedelta(seconds=settle),
            only=only,
            on_result=note,
            **given,
        )
    _finish(scorecard, outputs, as_json=as_json)


def _interval(_ctx: click.Context, _param: click.Parameter, text: str) -> timedelta:
    try:
        interval = parse_duration(text)
    except UnreadableTimeError as error:
        raise click.BadParameter(str(error)) from error
    if interval < _SHORTEST:
        raise click.BadParameter(f"expected 3m at least, as the checks need that long; got {text!r}")
    return interval


@certify_command.command(
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "elements-local certify poller -- python poller.py",
        "elements-local certify poller --vendor hubspotcrm -- python poller.py",
        "elements-local certify poller --only late-visibility --within 2 -- node poller.js",
        "elements-local certify poller --deletes --junit it.xml --html it.html -- sh -c './tap --state $ELEMENTS_LOCAL_STATE_FILE'",
    ),
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@click.option(
    "--interval",
    default="15m",
    show_default=True,
    callback=_interval,
    help="Virtual time from one run to the next, 3m at least.",
)
@click.option(
    "--within",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Runs within which a change has to be reported.",
)
@click.option("--allow-repeats", is_flag=True, help="Let a change be reported more than once.")
@click.option("--deletes", is_flag=True, help="Expect deletions to be reported, too.")
@click.option(
    "--resource",
    default="contacts",
    show_default=True,
    help="Whose records are changed; hubspotcrm/contacts names the vendor, too.",
)
@vendor_options
@click.option(
    "--page-size",
    type=click.IntRange(1, 10_000),
    default=500,
    show_default=True,
    help="Records that the poller asks for at once at the most.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="What ids and lags follow from."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds of real time that a run may take.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Checks that are made at a time, each in a workspace of its own.",
)
@click.option(
    "--faketime",
    "by_faketime",
    is_flag=True,
    help="Give COMMAND the virtual time as its machine's, by libfaketime.",
)
@click.option(
    "--proxy",
    "by_proxy",
    is_flag=True,
    help="Let COMMAND reach the stack by the vendors' own hosts, as `exec` does; needs mitmdump.",
)
@_only_option(POLLER_BATTERY)
@_junit_option
@_html_option
@force_option
@set_option
@json_option
def poller(  # noqa: PLR0913 - the command's options
    *,
    command: tuple[str, ...],
    interval: timedelta,
    within: int,
    allow_repeats: bool,
    deletes: bool,
    resource: str,
    page_size: int,
    seed: int,
    timeout: float,
    jobs: int,
    by_faketime: bool,
    by_proxy: bool,
    only: tuple[str, ...],
    as_json: bool,
    junit: Path | None,
    html: Path | None,
    force: bool,
) -> None:
    """Try a poller of your own: COMMAND is run once at each interval of virtual time, and says what has changed.

    It finds the CRM at ELEMENTS_LOCAL_CRM_URL, with ELEMENTS_LOCAL_CRM_API_KEY; keeps what it needs in the folder
    ELEMENTS_LOCAL_STATE_DIR; polling began at ELEMENTS_LOCAL_START, and it is ELEMENTS_LOCAL_NOW. It prints a line of
    JSON for each change: {"resource", "id", "change"?, "updated"?}, or messages of Singer or Airbyte. Exit 1 if one is
    missed, late, repeated, misclassified, misdated or of no record in a check, or COMMAND changes records or asks for
    the same again and again; 2 if it cannot be run.
    """
    if by_faketime and not faketime.library():
        raise click.UsageError(f"--faketime needs libfaketime, which was not found; {faketime.INSTALL}")
    if by_faketime and (reason := faketime.no_effect_on(command[0])):
        raise click.UsageError(
            f"--faketime has no effect: {reason}; let it read ELEMENTS_LOCAL_NOW, and leave it out"
        )
    outputs = _outputs(junit, html, force=force, as_json=as_json)
    environment = {**stack_environment(), variable("keep_ties"): "true"}
    with (
        _certifying(chosen_of(POLLER_BATTERY, only)) as note,
        on_ports(Options(environment=environment)) as stack,
        ExitStack() as closing,
    ):
        proxied = closing.enter_context(_proxy(stack, by_faketime=by_faketime)) if by_proxy else {}

        def further(now: datetime) -> dict[str, str]:
            return {**proxied, **(_time_of(now) if by_faketime else {})}

        runner = CommandRunner(command=command, timeout=timedelta(seconds=timeout), further=further)
        closing.callback(runner.end)
        terms = PollerTerms(
            runner=runner,
            resource=resource,
            interval=interval,
            page=page_size,
            seed=seed,
            allowed=Leniency(within=within, repeats=allow_repeats, deletes=deletes),
            jobs=jobs,
        )
        scorecard = certify_poller(stack, terms, title=shlex.join(command), only=only, on_result=note)
    _finish(scorecard, outputs, as_json=as_json)


def _time_of(now: datetime) -> dict[str, str]:
    """Return what has a program take an instant for its machine's time.

    It gets a fraction of a second, as a machine's time has one: some programs cannot read the text of a time without.
    """
    return faketime.environment(FAKETIME=faketime.seconds(now + _FRACTION))


@contextmanager
def _proxy(stack: "Stack", *, by_faketime: bool) -> "Iterator[Mapping[str, str]]":
    """Run mitmdump before the stack, and give what the program has in its environment by it."""
    from elements_local.stack.proxy.mitmdump import proxy  # noqa: PLC0415 - where it is asked for

    # certificates are not valid before they are made
    first = min(check.start for check in POLLER_BATTERY.values())
    variables = _time_of(first) if by_faketime else {}
    with proxy(stack, variables=variables) as running:
        yield running.environment()


@contextmanager
def _certifying(checks: "Iterable[str]") -> "Iterator[Callable[[Result], None]]":
    """Show how far a battery is, and say so where it is cut off."""
    names, results = list(checks), list["Result"]()
    with (
        cut_off(lambda: _so_far(results, names[len(results) :])),
        progress("certifying", len(names)) as tell,
    ):

        def note(result: "Result") -> None:
            results.append(result)
            tell(about="".join(names[len(results) :][:1]))

        yield note


def _outputs(junit: Path | None, html: Path | None, *, force: bool, as_json: bool) -> "_Outputs":
    outputs = (
        optional_output(junit, is_junit, force=force),
        optional_output(html, is_page, force=force),
    )
    check_outputs(*outputs, as_json=as_json)
    return outputs


def _finish(scorecard: "Scorecard", outputs: "_Outputs", *, as_json: bool) -> None:
    """Print and write what came of all checks, and end with the status for that."""
    junit, html = outputs
    aside = any(output.is_standard_output for output in outputs if output)
    print_result(scorecard.to_json(), _coloured(scorecard), as_json=as_json, err=aside)
    if junit:
        write_junit(junit, scorecard)
    if html:
        write_html(html, scorecard)
    for result in scorecard.not_made:
        click.echo(f"{result.name} was asked for and not made: it {result.why}", err=True)
    if scorecard.failed or scorecard.not_made:
        raise SystemExit(1 if scorecard.failed else 2)


def _so_far(results: "Sequence[Result]", left: "Iterable[str]") -> str:
    """Say what came of the checks that were made, and which were not; then what is wrong in those that failed."""
    done = ", ".join(f"{result.name} {result.outcome.value}" for result in results) or "none"
    failed = [str(result) for result in results if result.outcome is Outcome.FAILED]
    return "\n".join([f"of the checks, made: {done}; not made: {', '.join(left)}", *failed])


def _coloured(scorecard: "Scorecard") -> str:
    text = str(scorecard)
    for outcome, colour in _COLOURS.items():
        text = text.replace(f"\n  {outcome} ", f"\n  {click.style(outcome, fg=colour)} ")
    return text
