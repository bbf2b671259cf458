"""``replay``: scenarios without pytest."""

from pathlib import Path

import click

from elements_local.junit import write_junit
from elements_local.runner import Failure, Runner, Transport
from elements_local.scenario import Scenario, ScenarioError, find, load


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--transport",
    type=click.Choice([transport.value for transport in Transport]),
    default=Transport.IN_PROCESS.value,
    show_default=True,
    help="In process under freezegun, or over real ports.",
)
@click.option(
    "--junit",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the results as a JUnit file for a CI.",
)
def command(*, paths: tuple[Path, ...], transport: str, junit: Path | None) -> None:
    """Run the scenarios in files and folders; exit 1 if one of them fails."""
    try:
        scenarios = [scenario for path in find(list(paths)) for scenario in load(path)]
    except (ScenarioError, OSError) as error:
        raise click.UsageError(str(error)) from error
    if not scenarios:
        raise click.UsageError(f"no scenarios (*.yaml) in {', '.join(map(str, paths))}")
    runner = Runner(Transport(transport))
    try:
        results = [(scenario, _run(runner, scenario)) for scenario in scenarios]
    finally:
        runner.close()
    failed = sum(failure is not None for _, failure in results)
    click.echo(f"{len(results) - failed} passed, {failed} failed")
    if junit:
        write_junit(junit, results)
    if failed:
        raise SystemExit(1)


def _run(runner: Runner, scenario: Scenario) -> Failure | None:
    failure = runner.run(scenario)
    if failure:
        click.echo(f"{click.style('FAILED', fg='red')}  {scenario.name}\n{failure}")
    else:
        click.echo(f"{click.style('passed', fg='green')}  {scenario.name}")
    return failure
