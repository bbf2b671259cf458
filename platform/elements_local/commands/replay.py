"""``replay``: scenarios without pytest."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from elements_local.clients import BASE_PATH, Addresses
from elements_local.commands.output import examples
from elements_local.interruption import Interruption
from elements_local.receiving import ReceiverError, receiver_of
from elements_local.reports.replay_output import ReplayOutput
from elements_local.reports.replay_session import ReplaySession, Selection
from elements_local.reports.replay_watch import watch
from elements_local.scenarios.runner import How, Transport
from elements_local.scenarios.scenario import LoadedFile
from elements_local.scenarios.shrinking import NothingToShrinkWithError

_PATH = click.Path(dir_okay=False, path_type=Path)


def _print_schema(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    if wanted:
        import json  # noqa: PLC0415 - only here is JSON to be read by people

        from elements_local.scenarios.scenario_schema import json_schema  # noqa: PLC0415 - seldom wanted

        click.echo(json.dumps(json_schema(), indent=2))
        ctx.exit()


@click.command(
    "replay",
    epilog=examples(
        "elements-local replay scenarios",
        "elements-local replay scenarios --tag retry --watch",
        "elements-local replay scenarios --jobs 4 --quiet --junit scenarios.xml",
        "elements-local replay scenarios --html scenarios.html",
    ),
)
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
@click.option(
    "--keep-going",
    is_flag=True,
    help="Run what can be read though other files have mistakes; exit 2 all the same.",
)
@click.option("--watch", "watches", is_flag=True, help="Run again what has changed, until Ctrl-C.")
@click.option("--junit", type=_PATH, help="Write the results as a JUnit file for a CI.")
@click.option("--html", type=_PATH, help="Write a page with the results, and a timeline of each scenario.")
@click.option("--quiet", "-q", is_flag=True, help="Show failures only, and how far it is.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the results as JSON; words go to standard error."
)
def command(  # noqa: PLR0913 - an option each
    *,
    paths: tuple[Path, ...],
    names: tuple[str, ...],
    tags: tuple[str, ...],
    shuffle: int | None,
    only_list: bool,
    jobs: int,
    fail_fast: bool,
    keep_going: bool,
    watches: bool,
    junit: Path | None,
    html: Path | None,
    quiet: bool,
    as_json: bool,
    wants_shrunk: bool,
    receiver: str | None,
    update: bool,
    **where: Any,
) -> None:
    """Run the scenarios in files and folders.

    Exit status: 0 all passed, 1 one failed, 2 a file has mistakes, which are all listed, 130 it was interrupted.
    """
    selection = Selection(paths=paths, names=names, tags=tags, seed=shuffle)
    _refuse(selection, watches=watches, update=update, only_list=only_list, wants_shrunk=wants_shrunk)
    stop = Interruption()
    output = ReplayOutput(quiet=quiet, as_json=as_json, junit=junit, html=html)
    with stop.heeded():
        if only_list:
            raise SystemExit(_list(selection, output))
        session = ReplaySession(
            how=How(keep=html is not None, update=update, receiver=_importable(receiver), **_where(**where)),
            output=output,
            stop=stop,
            jobs=jobs,
            fail_fast=fail_fast,
            keep_going=keep_going or watches,
            wants_shrunk=wants_shrunk,
        )
        if watches:
            watch(selection, session)
        else:
            raise SystemExit(_replay(selection, session))


def _refuse(selection: Selection, *, watches: bool, **others: bool) -> None:
    """Refuse what cannot be done before anything is."""
    if not selection.paths:
        raise click.UsageError("say which: elements-local replay scenarios")
    if selection.missing:
        raise click.UsageError("\n".join(f"{path} is not there" for path in selection.missing))
    names = {"update": "--update", "only_list": "--list", "wants_shrunk": "--shrink"}
    for name in names if watches else ():
        if others[name]:
            raise click.UsageError(f"--watch runs scenarios again and again; leave {names[name]} out")
    if others["wants_shrunk"] and find_spec("hypothesis") is None:
        raise click.UsageError(str(NothingToShrinkWithError()))


def _list(selection: Selection, output: ReplayOutput) -> int:
    """List the scenarios, and return the exit status."""
    loaded = _read(selection)
    output.show_list(loaded.scenarios, loaded.errors)
    return 2 if loaded.errors else 0


def _replay(selection: Selection, session: ReplaySession) -> int:
    """Replay the scenarios once, and return the exit status."""
    loaded = session.stop.unless_requested(lambda: _read(selection))
    with session.replayed(loaded or LoadedFile()) as report:
        session.output.show_end(report)
    return report.exit_status


def _read(selection: Selection) -> LoadedFile:
    """Read the scenarios, of which there has to be one, or a mistake."""
    loaded = selection.read()
    if not loaded.scenarios and not loaded.errors:
        raise click.UsageError(f"no such scenarios in {', '.join(map(str, selection.paths))}")
    return loaded


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
