"""One call of ``replay``: what it is told, put into what runs scenarios, and its exit status."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from elements_local.commands.setting_options import refuse_set, stack_environment
from elements_local.commands.where import addresses_of
from elements_local.interruption import Interruption
from elements_local.receiving import ReceiverError, receiver_of
from elements_local.reports.replay_output import ReplayOutput
from elements_local.reports.replay_session import ReplaySession, Selection
from elements_local.reports.replay_watch import watch
from elements_local.scenarios.runner import How, Transport
from elements_local.scenarios.scenario import LoadedFile
from elements_local.scenarios.shrinking import NothingToShrinkWithError


def replay(  # noqa: PLR0913 - an option each
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
    """Run scenarios as the options of the command say.

    Raises:
        click.UsageError: they contradict one another, or name nothing.
        SystemExit: with the exit status, unless it watches.
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
    if target is None:
        return {**rest, "transport": Transport(transport), "environment": stack_environment()}
    refuse_set("the target runs already")
    return {**rest, "transport": Transport(transport), "target": addresses_of(target, crm_url, sink_url)}
