"""``certify``: a battery of callbacks against your own receiver, and a scorecard."""

from datetime import timedelta
from pathlib import Path

import click

from elements_local.certify import Outcome, Scorecard, certify
from elements_local.certify.checks import BATTERY
from elements_local.certify.report import write_html, write_junit
from elements_local.certify.trial import restart_by
from mock_kit.json_text import encode_text

_COLOURS = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.SKIPPED: "yellow"}
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("certify")
@click.argument("url")
@click.option("--key", default="", help="The signature key that the receiver checks with.")
@click.option(
    "--probe",
    metavar="URL",
    help="Answers with what callbacks have left: the same bytes as long as nothing new was said.",
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
    "--burst", type=click.IntRange(1, 100_000), default=500, show_default=True, help="Callbacks of the burst."
)
@click.option("--only", multiple=True, metavar="CHECK", help=f"One check alone; of {', '.join(BATTERY)}.")
@click.option("--json", "as_json", is_flag=True, help="Print the scorecard as JSON.")
@click.option("--junit", type=_FILE, help="Write the scorecard as a JUnit file for a CI.")
@click.option("--html", type=_FILE, help="Write the scorecard as one page.")
def command(  # noqa: PLR0913 - the command's options
    *,
    url: str,
    key: str,
    probe: str | None,
    restart_command: str | None,
    timeout: float,
    burst: int,
    only: tuple[str, ...],
    as_json: bool,
    junit: Path | None,
    html: Path | None,
) -> None:
    """Try the receiver at URL with signatures right and wrong, duplicates, bursts and more; exit 1 if it fails one.

    \b
    The receiver gets callbacks as the platform sends them, from instances that are not there:
      elements-local certify http://127.0.0.1:8000/callbacks --key a-key-of-your-own
    """  # noqa: D301 - the escape is click's: it keeps the lines below it apart
    scorecard = certify(
        url,
        key=key,
        probe=probe,
        restart=restart_by(restart_command) if restart_command else None,
        timeout=timedelta(seconds=timeout),
        burst=burst,
        only=only,
    )
    if junit:
        write_junit(junit, scorecard)
    if html:
        write_html(html, scorecard)
    click.echo(encode_text(scorecard.to_json()) if as_json else _coloured(scorecard))
    if not scorecard.passed:
        raise SystemExit(1)


def _coloured(scorecard: Scorecard) -> str:
    text = str(scorecard)
    for outcome, colour in _COLOURS.items():
        text = text.replace(f"\n  {outcome.value} ", f"\n  {click.style(outcome.value, fg=colour)} ")
    return text
