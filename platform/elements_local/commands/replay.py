"""``replay``: scenarios without pytest."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from elements_local.clients import BASE_PATH, Addresses
from elements_local.junit import write_junit
from elements_local.receiving import ReceiverError, receiver_of
from elements_local.replaying import chosen, replay, shuffled
from elements_local.runner import How, Result, Runner, Transport
from elements_local.scenario import Scenario, ScenarioError, find, load

_PATH = click.Path(dir_okay=False, path_type=Path)


def _print_schema(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    if wanted:
        import json  # noqa: PLC0415 - only here is JSON to be read by people

        from elements_local.scenario_schema import json_schema  # noqa: PLC0415 - seldom wanted

        click.echo(json.dumps(json_schema(), indent=2))
        ctx.exit()


@click.command("replay")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--name", "names", multiple=True, metavar="TEXT", help="Only scenarios whose name has TEXT in it."
)
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only scenarios with this tag.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the JSON Schema of scenarios, for editors, and stop.",
)
@click.option("--list", "only_list", is_flag=True, help="List the scenarios instead of running them.")
@click.option(
    "--transport",
    type=click.Choice([transport.value for transport in Transport]),
    default=Transport.IN_PROCESS.value,
    show_default=True,
    help="In process under freezegun, or over real ports.",
)
@click.option(
    "--target", metavar="URL", help="A platform that runs already, in the place of a stack of our own."
)
@click.option("--crm-url", default="http://127.0.0.1:4701", show_default=True, help="The target's CRM.")
@click.option("--sink-url", default="http://127.0.0.1:4702", show_default=True, help="The target's sink.")
@click.option("--token", envvar="ELEMENTS_LOCAL_TOKEN", help="For a target that is not bound to loopback.")
@click.option(
    "--receiver",
    metavar="RECEIVER",
    help="Your own receiver in the place of the sink's answers: module:app, module:app/path or a URL.",
)
@click.option(
    "--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes to run them in."
)
@click.option("--shuffle", type=int, metavar="SEED", help="Run them in an order that follows from SEED.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first that fails.")
@click.option("--update", is_flag=True, help="Write the streams that scenarios expect.")
@click.option(
    "--shrink",
    "wants_shrunk",
    is_flag=True,
    help="Save the shortest scenario that still fails beside each that does, as YAML and as a test for pytest.",
)
@click.option("--junit", type=_PATH, help="Write the results as a JUnit file for a CI.")
@click.option("--html", type=_PATH, help="Write a page with a timeline of each scenario.")
@click.option("--quiet", "-q", is_flag=True, help="Show failures only, and how far it is.")
def command(  # noqa: PLR0913 - an option each
    *,
    paths: tuple[Path, ...],
    names: tuple[str, ...],
    tags: tuple[str, ...],
    only_list: bool,
    shuffle: int | None,
    jobs: int,
    fail_fast: bool,
    junit: Path | None,
    html: Path | None,
    quiet: bool,
    wants_shrunk: bool,
    receiver: str | None,
    **rest: Any,
) -> None:
    """Run the scenarios in files and folders; exit 1 if one of them fails."""
    if not paths:
        raise click.UsageError("say which: elements-local replay scenarios")
    scenarios = chosen(_loaded(paths), names=names, tags=tags)
    if not scenarios:
        raise click.UsageError(f"no such scenarios in {', '.join(map(str, paths))}")
    if shuffle is not None:
        scenarios = shuffled(scenarios, shuffle)
    if only_list:
        for scenario in scenarios:
            click.echo(f"{scenario.path}:{scenario.line}: {scenario.name}")
        return
    how = How(keep=html is not None, receiver=_importable(receiver), **_where(**rest))
    scenarios, left_out = _for(how, scenarios)
    results = list(
        _shown(replay(scenarios, how, jobs=jobs, fail_fast=fail_fast), len(scenarios), quiet=quiet)
    )
    if wants_shrunk:
        _shrink([result for result in results if result.failure], how)
    _report(results, junit=junit, html=html)
    failed = sum(result.failure is not None for result in results)
    left = len(scenarios) - len(results)
    click.echo(f"{len(results) - failed} passed, {failed} failed" + (f", {left} not run" if left else ""))
    if left_out:
        click.echo(f"{left_out} left out: their settings or profile need a stack of their own")
    if failed:
        raise SystemExit(1)


def _for(how: How, scenarios: list[Scenario]) -> tuple[list[Scenario], int]:
    """Return the scenarios that can be run so, and how many cannot: a stack that runs already keeps its settings."""
    able = [scenario for scenario in scenarios if how.target is None or not scenario.is_choosy]
    return able, len(scenarios) - len(able)


def _loaded(paths: Sequence[Path]) -> list[Scenario]:
    try:
        return [scenario for path in find(list(paths)) for scenario in load(path)]
    except (ScenarioError, OSError) as error:
        raise click.UsageError(str(error)) from error


def _importable(receiver: str | None) -> str | None:
    """Return a receiver once it is clear that it can be used, from the directory in which the command is called."""
    if receiver is not None:
        sys.path.insert(0, str(Path.cwd()))
        try:
            receiver_of(receiver)
        except ReceiverError as error:
            raise click.UsageError(str(error)) from error
    return receiver


def _where(*, transport: str, target: str | None, crm_url: str, sink_url: str, **rest: Any) -> dict[str, Any]:
    """Return where scenarios are run: in a stack of our own, or in one that runs already."""
    running = None
    if target is not None:
        platform = target.rstrip("/").removesuffix(BASE_PATH)
        running = Addresses(platform=platform, crm=crm_url.rstrip("/"), sink=sink_url.rstrip("/"))
    return {**rest, "transport": Transport(transport), "target": running}


def _shown(results: Iterator[Result], count: int, *, quiet: bool) -> Iterator[Result]:
    """Pass results on, telling of each as it comes."""
    bar = (  # without an estimate: in process, freezegun holds the time that it would be made from
        click.progressbar(length=count, label="scenarios", file=sys.stderr, show_eta=False) if quiet else None
    )
    for result in results:
        if bar:
            bar.update(1)
        if result.failure:
            click.echo(f"{click.style('FAILED', fg='red')}  {result.scenario.name}\n{result.failure}")
            _annotate(result)
        elif not quiet:
            click.echo(f"{click.style('passed', fg='green')}  {result.scenario.name}")
        yield result
    if bar:
        bar.render_finish()


def _shrink(failed: Sequence[Result], how: How) -> None:
    """Save the shortest scenario that still fails, for each that does."""
    from elements_local.shrinking import NothingToShrinkWithError, save, shrink  # noqa: PLC0415 - seldom wanted

    with closing(Runner(how)) as runner, runner.holding():
        for result in failed:
            try:
                shrunk = shrink(result, runner.run)
            except NothingToShrinkWithError as error:
                raise click.UsageError(str(error)) from error
            steps = f"{len(shrunk.steps)} of {len(result.scenario.steps)} steps"
            click.echo(f"shrunk  {result.scenario.name}: {steps}, in {' and '.join(map(str, save(shrunk)))}")


def _annotate(result: Result) -> None:
    """Mark a failure at its line, where GitHub runs this."""
    if result.failure and os.environ.get("GITHUB_ACTIONS") == "true":
        path, _, line = result.failure.place.rpartition(":")
        message = str(result.failure).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        title = result.scenario.name.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
        click.echo(f"::error file={path},line={line},title={title}::{message}")


def _report(results: Sequence[Result], *, junit: Path | None, html: Path | None) -> None:
    if junit:
        write_junit(junit, results)
    if html:
        from elements_local.timeline_page import write_page  # noqa: PLC0415 - loads the templates

        write_page(html, results)
