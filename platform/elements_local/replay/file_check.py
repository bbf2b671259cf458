"""Replays a file that a command has just written, and says whether it passes."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click

from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load


def check_file(path: Path, environment: Mapping[str, str], *, otherwise: str, as_json: bool) -> None:
    """Replay a file in process, and stop with exit status 1 if it does not pass.

    Args:
        environment: settings of its stack, as variables.
        otherwise: what is said before a failure.

    Raises:
        SystemExit: it does not pass.
    """
    with closing(Runner(How(environment=environment))) as runner:
        failures = [failure for scenario in load(path) if (failure := runner.run(scenario).failure)]
    for failure in failures:
        click.echo(f"{otherwise}:\n{failure}", err=True)
    if failures:
        raise SystemExit(1)
    if not as_json:
        click.echo("it passes")
