"""``certify``: a battery of callbacks against your own receiver, and a scorecard."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from elements_local.certify import certify, checks_named
from elements_local.certify.battery import BATTERY
from elements_local.certify.callback import restart_by
from elements_local.certify.scorecard import write_html, write_junit
from elements_local.command_line.options import examples
from elements_local.command_line.output import FILE, print_result
from elements_local.command_line.stacks import json_option
from elements_local.interruption import cut_off
from elements_local.reports.files import writable
from elements_local.reports.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from elements_local.certify import Result, Scorecard

_COLOURS = {"passed": "green", "answered": "yellow", "failed": "red", "skipped": "yellow"}


@click.command(
    "certify",
    epilog=examples(
        "elements-local certify http://127.0.0.1:8000/hooks --key a-key-of-your-own",
        "elements-local certify http://127.0.0.1:8000/hooks --key a-key-of-your-own --probe http://127.0.0.1:8000/probe",
        "elements-local certify http://127.0.0.1:8000/hooks --only duplicate",
        "elements-local certify http://127.0.0.1:8000/hooks --json --junit it.xml",
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
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(BATTERY)),
    metavar="CHECK",
    help=f"One check alone; may be given several times; of {', '.join(BATTERY)}.",
)
@click.option("--junit", type=FILE, help="Write the scorecard as a JUnit file for a CI.")
@click.option("--html", type=FILE, help="Write the scorecard as one page.")
@json_option
def certify_command(*, as_json: bool, junit: Path | None, html: Path | None, **given: Any) -> None:
    """Try the receiver at URL with signatures right and wrong, duplicates, bursts and more; exit 1 if it fails one.

    The receiver gets callbacks as the platform sends them, from instances that are not there. With --probe each change
    that was accepted has to be shown there, and nothing else. Without it only the answers are seen, and a check that an
    effect decides is `answered`, not `passed`. Exit 2 if nothing takes callbacks at URL, the probe cannot be read, or a
    check that --only names could not be made.
    """
    scorecard = _certified(**given)
    print_result(scorecard.to_json(), _coloured(scorecard), as_json=as_json)
    with writable(junit, html):
        if junit:
            write_junit(junit, scorecard)
        if html:
            write_html(html, scorecard)
    for result in scorecard.not_made:
        click.echo(f"{result.name} was asked for and not made: it {result.why}", err=True)
    if scorecard.failed or scorecard.not_made:
        raise SystemExit(1 if scorecard.failed else 2)


def _certified(
    *,
    url: str,
    timeout: float,
    settle: float,
    restart_command: str | None,
    only: tuple[str, ...],
    **given: Any,
) -> "Scorecard":
    names, results = list(checks_named(only)), list["Result"]()
    with (
        cut_off(lambda: _so_far(results, names[len(results) :])),
        progress("certifying", len(names)) as tell,
    ):

        def note(result: "Result") -> None:
            results.append(result)
            tell(about="".join(names[len(results) :][:1]))

        return certify(
            url,
            restart=restart_by(restart_command) if restart_command else None,
            timeout=timedelta(seconds=timeout),
            settle=timedelta(seconds=settle),
            only=only,
            on_result=note,
            **given,
        )


def _so_far(results: "Sequence[Result]", left: "Iterable[str]") -> str:
    """Say what came of the checks that were made, and which were not."""
    done = ", ".join(f"{result.name} {result.outcome.value}" for result in results) or "none"
    return f"of the checks, made: {done}; not made: {', '.join(left)}"


def _coloured(scorecard: "Scorecard") -> str:
    text = str(scorecard)
    for outcome, colour in _COLOURS.items():
        text = text.replace(f"\n  {outcome} ", f"\n  {click.style(outcome, fg=colour)} ")
    return text
