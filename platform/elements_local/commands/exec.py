"""``exec``: a program as it is, to which the vendors' hosts are a stack."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from elements_local.clients.errors import OptionError
from elements_local.clients.service_client import answers_of
from elements_local.commands.command_line.options import (
    examples,
    set_option,
    setting_option,
    stack_environment,
    typed_options,
    vendor_options,
)
from elements_local.commands.command_line.stacks import addresses_of, workspace_option
from elements_local.kit.clock import Mode
from elements_local.kit.instants import parse_instant
from elements_local.kit.os_errors import os_reason
from elements_local.stack.program_runs import VARIABLE, kill_all, new_run
from elements_local.stack.proxy.mitmdump import Proxy, proxy
from elements_local.stack.proxy.workspace_variables import workspace_variables
from elements_local.stack.stack import Stack, answers_at, at
from elements_local.start import Options, on_ports

if TYPE_CHECKING:
    from types import FrameType

_OF_STARTING = ("connectors", "vendors", "clock", "start", "assignments")
_OF_FINDING = ("platform_url", "crm_url", "sink_url", "token")
_MISUSE = 2
_OF_A_SIGNAL = 128
"""What a shell adds to a signal's number."""


@click.command(
    "exec",
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "elements-local exec -- python sync.py",
        "elements-local exec --vendor hubspotcrm --clock real -- npm test",
        "elements-local exec --tunnel registry.npmjs.org -- npx my-connector",
        "elements-local exec --workspace acme -- curl https://api.insightly.com/v3.1/Contacts -u $ELEMENTS_LOCAL_CRM_API_KEY:",
    ),
)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@click.option(
    "--tunnel",
    "tunneled",
    multiple=True,
    metavar="HOST",
    help="A further host that the program may call; * stands for one label; repeatable. All others are refused.",
)
@workspace_option
@setting_option("platform_url", "crm_url", "sink_url", "token")
@vendor_options
@setting_option("clock", "start")
@set_option
def exec_command(
    *,
    command: tuple[str, ...],
    tunneled: tuple[str, ...],
    workspace: str,
    clock: str,
    start: str,
    **where: Any,
) -> None:
    """Run COMMAND, unchanged: the hosts of the platform and of the CRMs' vendors are the running stack to it.

    If no stack runs, one is started for as long as COMMAND does, as --vendor, --clock, --start and --set say. Calls by
    https go through mitmdump, a program of mitmproxy's that has to be installed; COMMAND finds the proxy, its
    certificate, and the workspace's credentials in its environment. A call to any other host is refused, and listed when
    COMMAND has ended. Exit as COMMAND does, 2 if it cannot be run.
    """
    with ExitStack() as closing:
        stack = closing.enter_context(_stack(clock=clock, start=start, **where))
        credentials = stack.workspace(workspace).credentials
        program = _Program(command)
        running = closing.enter_context(
            proxy(
                stack,
                tunneled=tunneled,
                remedy="--tunnel {host} lets it through",
                ended=program.give_up,
            )
        )
        status = program.run({**running.environment(), **workspace_variables(stack, credentials)})
        _tell_refused(running)
    sys.exit(status)


@contextmanager
def _stack(
    *, platform_url: str, crm_url: str, sink_url: str, token: str | None, **own: str
) -> Iterator[Stack]:
    """Give the stack that runs, or one that is started.

    Raises:
        click.UsageError: options say how to start one, and one runs.
        OptionError: one is said to run somewhere, and none does.
    """
    addresses = addresses_of(platform_url, crm_url, sink_url, token=token)
    typed = typed_options()
    if answers_at(addresses.platform):
        pointless = [flag for name, flag in typed.items() if name in _OF_STARTING]
        if pointless:
            raise click.UsageError(
                f"a stack runs at {addresses.platform}, and {' and '.join(pointless)} would start one; leave that out, or "
                "end the other"
            )
        running = at(addresses, token=token)
        with answers_of(addresses.platform, running.http):
            yield running
        return
    if any(name in typed for name in _OF_FINDING):
        raise OptionError(f"no stack answers at {addresses.platform}; leave that out to have one started")
    options = Options(
        mode=Mode(own["clock"]), start=parse_instant(own["start"]), environment=stack_environment()
    )
    with on_ports(options) as stack:
        yield stack


class _Program:
    """The command, in the terminal's own foreground, and all that it leaves running."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lost = ""

    def give_up(self, why: str) -> None:
        """End it, as nothing that it does can come to anything."""
        self._lost = why
        if self._process is not None:
            self._process.kill()

    def run(self, variables: Mapping[str, str]) -> int:
        """Run it to its end, and return its status.

        Raises:
            OptionError: there is no such program.
        """
        run = new_run()
        # Ctrl-C reaches both: the program says what becomes of it
        before = {number: signal.signal(number, self._pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the user's own
                self._command, env={**os.environ, **variables, VARIABLE: run}
            )
            if self._lost:  # before there was anything to end
                self._process.kill()
            status = self._process.wait()
        except OSError as error:
            raise OptionError(f"{self._command[0]} cannot be run: {os_reason(error)}") from error
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            kill_all(run)
        if self._lost:
            click.echo(f"elements-local: {self._lost}; it was ended", err=True)
            return _MISUSE
        return _OF_A_SIGNAL - status if status < 0 else status

    def _pass_on(self, number: int, _frame: "FrameType | None") -> None:
        # a terminal sends its own to the whole group
        if self._process is not None and number != signal.SIGINT:
            self._process.send_signal(number)


def _tell_refused(running: Proxy) -> None:
    for host, times in running.refused().items():
        calls = "a call" if times == 1 else f"{times} calls"
        click.echo(
            f"elements-local: {calls} to {host} refused, as no service of the stack stands for it; --tunnel {host} lets it through",
            err=True,
        )
