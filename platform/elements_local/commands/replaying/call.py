"""One call of ``replay``: its options, put into what runs scenarios, and its exit status."""

import os
import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

import click

from elements_local.commands.command_line.options import refuse_set, stack_environment, typed_options
from elements_local.commands.command_line.output import check_outputs, counted, optional_output
from elements_local.commands.command_line.stacks import addresses_of
from elements_local.commands.project_scaffold import shipped_scenarios
from elements_local.commands.replaying.output import ReplayOutput
from elements_local.commands.replaying.runner import How, Transport
from elements_local.commands.replaying.session import ReplaySession, Selection, watch
from elements_local.commands.replaying.shrinking import NothingToShrinkWithError
from elements_local.commands.tenant_replay.opening import TenantFile, opened, read_tenant
from elements_local.commands.tenant_replay.own_data import clean, left_behind
from elements_local.commands.tenant_replay.portability import ANY_TENANT, obstacles
from elements_local.commands.tenant_replay.replays import CutOffError, TenantReplays
from elements_local.commands.tenant_replay.tenant import OWN_NAME
from elements_local.kit.clock import FastClock
from elements_local.kit.masks import mask_url
from elements_local.kit.values import replace
from elements_local.scenarios.scenario import LoadedFile
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.stack.interruption import Interruption
from elements_local.stack.receiving import ReceiverError, receiver_of
from elements_local.stack.reports.files import is_junit, is_page

_OF_STACKS = {
    "assignments", "crm_url", "receiver", "sink_url", "target", "token", "transport", "update", "wants_shrunk", "watches",
}  # fmt: skip


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
    force: bool,
    quiet: bool,
    as_json: bool,
    wants_shrunk: bool,
    receiver: str | None,
    update: bool,
    portable: bool,
    tenant: Path | None,
    clean_up: bool,
    yes: bool,
    **where: Any,
) -> None:
    """Run scenarios as the options of the command say.

    Raises:
        click.UsageError: they contradict one another, or name nothing.
        SystemExit: with the exit status, unless it watches.
    """
    if tenant:
        _refuse_with_tenant()
    elif clean_up:
        raise click.UsageError("--clean takes away what was left at a tenant; say which by --tenant")
    file = read_tenant(tenant) if tenant else None
    against = file.profile if file and not paths else ""
    selection = Selection(
        paths=paths or ([shipped_scenarios() / "against_a_tenant"] if against else []),
        names=names,
        tags=tags,
        seed=shuffle,
        profile=against or None,
    )
    _refuse(selection, watches=watches, wants_shrunk=wants_shrunk)
    if file and clean_up:
        raise SystemExit(_clean(file, yes=yes))
    abilities = file.abilities if file else ANY_TENANT if portable else None
    stop = Interruption()
    output = ReplayOutput(
        quiet=quiet,
        as_json=as_json,
        verdicts=bool(against),
        junit=optional_output(junit, is_junit, force=force),
        html=optional_output(html, is_page, force=force),
    )
    check_outputs(output.junit, output.html, as_json=as_json)
    with stop.handled():
        if only_list:
            raise SystemExit(_list(selection, output, abilities))
        session = ReplaySession(
            how=How(
                keep=html is not None and not tenant,
                update=update,
                receiver=_importable(receiver),
                **_where(**where),
            ),
            output=output,
            stop=stop,
            jobs=jobs,
            fail_fast=fail_fast,
            keep_going=keep_going or watches,
            wants_shrunk=wants_shrunk,
            force=force,
            portable_to=abilities,
            against=against,
        )
        if file:
            raise SystemExit(_replay_at_tenant(selection, session, file, yes=yes))
        if watches:
            watch(selection, session)
        else:
            raise SystemExit(_replay(selection, session))


def _refuse(selection: Selection, *, watches: bool, wants_shrunk: bool) -> None:
    if not selection.paths:
        raise click.UsageError("say which: elements-local replay scenarios")
    if missing := [path for path in selection.paths if not path.exists()]:
        raise click.UsageError("\n".join(f"{path} is not there" for path in missing))
    typed = typed_options()
    for name in ("update", "only_list", "wants_shrunk") if watches else ():
        if name in typed:
            raise click.UsageError(f"--watch runs scenarios again and again; leave {typed[name]} out")
    if wants_shrunk and find_spec("hypothesis") is None:
        raise click.UsageError(str(NothingToShrinkWithError()))


def _refuse_with_tenant() -> None:
    for name, flag in typed_options().items():
        if name in _OF_STACKS:
            raise click.UsageError(f"--tenant runs at somebody else's platform; leave {flag} out")


def _list(selection: Selection, output: ReplayOutput, tenant: TenantAbilities | None) -> int:
    loaded = _read(selection)
    if tenant:
        output.show_portable(loaded, tenant)
    else:
        output.show_list(loaded)
    return 2 if loaded.errors else 0


def _replay(selection: Selection, session: ReplaySession) -> int:
    loaded = session.stop.unless_requested(lambda: _read(selection, session.portable_to))
    with session.replayed(loaded or LoadedFile()) as report:
        session.output.show_end(report)
    return report.exit_status


def _replay_at_tenant(selection: Selection, session: ReplaySession, file: TenantFile, *, yes: bool) -> int:
    """Replay those that are portable at a tenant, if that is wanted, and return the exit status."""
    loaded = _read(selection, file.abilities)
    left: list[str] = []

    def on_left(what: str) -> None:
        left.append(what)
        click.echo(f"could not be taken away: {what}; --clean does so", err=True)

    cut = Event()

    def wait(length: timedelta) -> None:
        if cut.wait((length / file.speed).total_seconds()):
            raise CutOffError

    with opened(file, os.environ) as tenant:
        now = FastClock(file.speed).now
        replays = TenantReplays(
            tenant=tenant,
            timing=file.timing,
            now=now,
            wait=wait,
            on_left=on_left,
            jobs=session.jobs,
            stop_requested=lambda: session.stop.requested,
            cut=cut,
        )
        if not loaded.errors or session.keep_going:
            portable = [each for each in loaded.scenarios if not obstacles(each, file.abilities)]
            _ask(replays, len(portable), replays.duration(portable) / file.speed, session, yes=yes)
        with replace(session, tenant=replays).replayed(loaded) as report:
            session.output.show_end(report)
    return report.exit_status or (1 if left else 0)


def _clean(file: TenantFile, *, yes: bool) -> int:
    """Take away what earlier runs have left at a tenant, if that is wanted, and return the exit status."""
    with opened(file, os.environ, reading=False) as tenant:
        there = [what for what, _ in left_behind(tenant)]
        click.echo("\n".join(there) or "nothing of ours is there")
        if there and not yes:
            click.confirm(f"Delete these {len(there)}?", abort=True)
        failed = [f"{what}: {error}" for what, error in clean(tenant) if error] if there else []
    if there:
        click.echo(f"{len(there) - len(failed)} deleted")
    for each in failed:
        click.echo(each, err=True)
    return 1 if failed else 0


def _ask(
    replays: TenantReplays, scenarios: int, lasts: timedelta, session: ReplaySession, *, yes: bool
) -> None:
    tenant = replays.tenant
    order = "one after the other" if replays.jobs == 1 else f"{replays.jobs} at once"
    click.echo(
        f"{counted(scenarios, 'scenario')} at {tenant.name}, {order}, which takes "
        f"{timedelta(seconds=round(lasts.total_seconds()))} if no poll is late. Each makes instances there and records at "
        f"{mask_url(tenant.crm.url)}, all named {OWN_NAME} ({tenant.run}), and deletes them at its end; callbacks go to "
        f"{mask_url(tenant.credentials.callback_url)}.",
        err=True,
    )
    if not yes:
        with session.stop.cutting():
            click.confirm("Go on?", abort=True, err=True)


def _read(selection: Selection, tenant: TenantAbilities | None = None) -> LoadedFile:
    """Read the scenarios, of which there has to be one, or a mistake.

    Args:
        tenant: of them one has to be able to run there, if that is wanted.
    """
    loaded = selection.read()
    where = ", ".join(map(str, selection.paths))
    if not loaded.scenarios and not loaded.errors:
        raise click.UsageError(f"no scenarios match in {where}")
    if tenant and loaded.scenarios and all(obstacles(each, tenant) for each in loaded.scenarios):
        raise click.UsageError(f"no scenario in {where} is portable; --portable --list says why")
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
    return {
        **rest,
        "transport": Transport(transport),
        "target": addresses_of(target, crm_url, sink_url, token=rest["token"]),
    }
