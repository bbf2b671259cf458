"""``clock``: a workspace's time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shlex import quote
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import click

from elements_local.clients.errors import HarnessError, UnreachableError
from elements_local.commands.command_line.options import examples
from elements_local.commands.command_line.output import FILE, counted, force_option, print_result
from elements_local.commands.command_line.stacks import running_stack, workspace_option
from elements_local.kit.instants import parse_instant
from elements_local.stack import faketime
from elements_local.stack.interruption import Interruption, cut_off
from elements_local.stack.output_files import OutputFile
from elements_local.stack.reports.progress import progress

if TYPE_CHECKING:
    from elements_local.clients.workspace_clients import ClockClient
    from elements_local.stack.stack import Stack


_LOOKS = 50
_BETWEEN_LOOKS_S = 0.1
_WORTH_SHOWING_S = 0.5
_PATIENCE_S = 5
_REASONS = {
    "next": "that was due next",
    "idle": "nothing more is due so soon",
    "until": "the callbacks have been sent",
}
_TOO_EARLY = {
    "limit": "it came to its limit before that: --limit DURATION lets it go further",
    "asked": "somebody has stopped it before its end",
    "shutdown": "the stack was stopped before its end",
}
"""Why an advance ended before what it was asked for."""


class _Clock(click.Group):
    """The group of commands, whose option ``--follow`` is its command ``follow``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take ``--follow`` at the beginning for the command."""
        return super().parse_args(ctx, ["follow", *args[1:]] if args[:1] == ["--follow"] else args)


@click.group(
    "clock",
    cls=_Clock,
    epilog=examples(
        "elements-local clock show",
        "elements-local clock advance 15m",
        "elements-local clock real",
        "elements-local clock follow now.txt",
    ),
)
@click.option(
    "--follow",
    metavar="FILE",
    expose_value=False,
    help="Keep the time in FILE for other programs; with the options of the command follow, which it is short for.",
)
def clock_command() -> None:
    """Show, set or advance a workspace's clock."""


@clock_command.command(
    epilog=examples("elements-local clock show", "elements-local clock show --workspace mine --json")
)
@workspace_option
@running_stack
def show(stack: "Stack", *, workspace: str, as_json: bool) -> None:
    """Show the time."""
    _print_clock(stack.workspace(workspace).clock.show(), as_json=as_json)


@clock_command.command(
    "set",
    epilog=examples("elements-local clock set 2026-03-02T10:00:00Z", "elements-local clock set 2026-05-01"),
)
@click.argument("instant")
@workspace_option
@running_stack
def set_(stack: "Stack", *, instant: str, workspace: str, as_json: bool) -> None:
    """Set a virtual clock to INSTANT, such as 2026-03-02T10:00:00Z, without running anything in between."""
    _print_clock(stack.workspace(workspace).clock.set(now=instant), as_json=as_json)


@clock_command.command(
    epilog=examples(
        "elements-local clock advance 15m",
        "elements-local clock advance 1h 30m --json",
        "elements-local clock advance --to 2026-03-03T00:00:00Z",
        "elements-local clock advance next",
        "elements-local clock advance until callbacks=2 objectType=contacts --limit 2h",
    )
)
@click.argument("duration", nargs=-1, metavar="[DURATION | next | idle [DURATION] | until KEY=VALUE...]")
@click.option("--to", metavar="INSTANT", help="Advance to an instant instead of by a duration.")
@click.option(
    "--limit", metavar="DURATION", help="How far idle and until go at the most; a day, if not given."
)
@workspace_option
@running_stack
def advance(  # noqa: PLR0913 - a parameter an option
    stack: "Stack",
    *,
    duration: tuple[str, ...],
    to: str | None,
    limit: str | None,
    workspace: str,
    as_json: bool,
) -> None:
    """Advance virtual time by DURATION, such as 15m, 1h 30m or 2 days, and run all that falls due.

    Instead of DURATION: next, to what is due next; idle, until nothing is due within a minute, or DURATION; until, until
    callbacks have been sent: callbacks=2 says how many, objectType, eventType, objectId and instanceId which.
    """
    if bool(duration) == (to is not None):
        raise click.UsageError("give a duration, or --to INSTANT")
    how_far = _how_far(duration)
    clock = stack.workspace(workspace).clock
    bounds = {"to": to} if to else {}
    with cut_off(lambda: _stop(clock, bounds)), _showing_progress(clock, bounds):
        summary = stack.with_long_timeout.workspace(workspace).clock.advance(**how_far, to=to, limit=limit)
    why = summary.get("stopped", "")
    because = f"; {_REASONS[why]}" if why in _REASONS else ""
    line = f"{summary['from']} -> {summary['now']}{_what_ran(summary)}{because}"
    print_result(summary, line, as_json=as_json)
    if why in _TOO_EARLY:
        click.echo(_TOO_EARLY[why], err=True)
        raise SystemExit(1)


@clock_command.command(
    epilog=examples("elements-local clock real", "elements-local clock real --workspace mine")
)
@workspace_option
@running_stack
def real(stack: "Stack", *, workspace: str, as_json: bool) -> None:
    """Let the clock follow the machine's."""
    _print_clock(stack.workspace(workspace).clock.set(mode="real"), as_json=as_json)


@clock_command.command(
    epilog=examples("elements-local clock virtual", "elements-local clock virtual --workspace mine")
)
@workspace_option
@running_stack
def virtual(stack: "Stack", *, workspace: str, as_json: bool) -> None:
    """Stop the clock where it stands; it moves only when it is advanced."""
    _print_clock(stack.workspace(workspace).clock.set(mode="virtual"), as_json=as_json)


@clock_command.command(
    epilog=examples(
        "elements-local clock follow now.txt", "elements-local clock follow now.txt --workspace mine --json"
    )
)
@click.argument("file", type=FILE)
@force_option
@workspace_option
@running_stack
def follow(stack: "Stack", *, file: Path, force: bool, workspace: str, as_json: bool) -> None:
    """Keep the time in FILE, from which libfaketime gives it to other programs, until Ctrl-C.

    What such a program needs in its environment is printed first. It ends, too, when the stack does.
    """
    output = OutputFile(path=file, is_ours=faketime.is_time, force=force)
    if output.is_standard_output:
        raise click.UsageError("libfaketime reads a file; name one")
    output.check()
    clock = stack.workspace(workspace).clock
    written = faketime.seconds(clock.now())
    variables = faketime.environment(FAKETIME_TIMESTAMP_FILE=str(file.absolute()), FAKETIME_NO_CACHE="1")
    with Interruption().handled() as stop:
        output.write(f"{written}\n")
        print_result(
            variables,
            "\n".join(f"export {key}={quote(value)}" for key, value in variables.items()),
            as_json=as_json,
        )
        if not faketime.library():
            click.echo(f"libfaketime was not found: {faketime.INSTALL}", err=True)
        try:
            while not stop.wait(_BETWEEN_LOOKS_S):
                if (now := faketime.seconds(clock.now())) != written:
                    output.write(f"{now}\n")
                    written = now
        except UnreachableError as error:
            click.echo(f"the stack has ended ({error.reason})", err=True)


def _how_far(words: tuple[str, ...]) -> dict[str, Any]:
    """Return what ``ClockClient.advance`` takes, as far as it is said without a flag."""
    first, rest = " ".join(words[:1]), words[1:]
    if first == "idle" and rest:
        return {"idle": " ".join(rest)}
    if first != "until":
        return {"duration": " ".join(words) or None}
    sought = dict(word.split("=", 1) for word in rest if "=" in word)
    number = sought.get("callbacks", "1")
    if len(sought) != len(rest) or not sought or not number.isdecimal():
        raise click.UsageError(
            f"expected until callbacks=2 objectType=contacts, or one of them; got {' '.join(words)}"
        )
    return {"until": {**sought, "callbacks": int(number)}}


def _what_ran(summary: dict[str, Any]) -> str:
    """Say what ran, where there is a platform that runs things."""
    if "polls" not in summary:
        return ""
    return (
        f": {counted(summary['polls'], 'poll')}, {counted(summary['events'], 'event')}, "
        f"{summary['deliveries']} of {summary['attempts']} callbacks delivered"
    )


@contextmanager
def _showing_progress(clock: "ClockClient", bounds: dict[str, str]) -> Iterator[None]:
    """Show how far an advance is, if it takes longer than a moment; note where it began and where it is to end."""
    ended = Event()
    watcher = Thread(target=_watch, args=(clock, ended, bounds), name="watch the clock", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join(_PATIENCE_S)


def _watch(clock: "ClockClient", ended: Event, bounds: dict[str, str]) -> None:
    """Show how far the advance of a clock is, until it is over; that the stack is gone is reported by the caller, which waits for it."""
    with suppress(HarnessError):
        if ended.wait(_WORTH_SHOWING_S) or "advance" not in (state := clock.show()):
            return
        bounds.update({key: state["advance"][key] for key in ("from", "to")})
        begun, target = parse_instant(bounds["from"]), parse_instant(bounds["to"])
        seconds = int((target - begun).total_seconds())
        with progress("seconds of virtual time", seconds) as tell:
            done = 0
            while "advance" in state and not ended.wait(_BETWEEN_LOOKS_S):
                so_far = int((parse_instant(state["now"]) - begun).total_seconds())
                tell(so_far - done, f"{state['now']}{_what_ran(state['advance'])}")
                done = so_far
                state = clock.show()


def _stop(clock: "ClockClient", bounds: dict[str, str]) -> str:
    """Let an advance end that is waited for no longer, and say how far it has come.

    Args:
        bounds: where it began and is to end, should it have ended already, as its caller has hung up.
    """
    try:
        advance_run = clock.stop() or bounds
        state, pause = clock.show(), Event()
        for _ in range(_LOOKS):
            if "advance" not in state:  # the job that was being run is over
                break
            pause.wait(_BETWEEN_LOOKS_S)
            state = clock.show()
    except HarnessError as error:
        return f"time was being advanced, and how far it has come is not known: {error}"
    begun = f" from {advance_run['from']}" if "from" in advance_run else ""
    position = f"the clock has come{begun} to {state['now']}"
    if "to" not in advance_run or parse_instant(state["now"]) >= parse_instant(advance_run["to"]):
        return position
    return f"{position}, and not to {advance_run['to']}; `elements-local clock advance --to {advance_run['to']}` goes on"


def _print_clock(clock: dict[str, Any], *, as_json: bool) -> None:
    speed = f", {clock['speed']} times as fast as the machine's" if "speed" in clock else ""
    print_result(clock, f"{clock['now']} ({clock['mode']}{speed})", as_json=as_json)
