"""The command line. Each command is imported when it is run, so that ``--help`` comes at once."""

import os
import signal
import sys
from contextlib import nullcontext
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from elements_local.clients.errors import HarnessError
from elements_local.commands.command_line.options import examples
from elements_local.kit.settings import SettingsError
from elements_local.stack.gc_paused import gc_paused
from elements_local.stack.interruption import interrupted
from elements_local.stack.reports.progress import announced_if_slow
from elements_local.stack.stack_settings import Configuration

COMMANDS = {
    "up": ("up", "Run the platform, the CRM and the sink until Ctrl-C."),
    "exec": ("exec", "Run a program, unchanged, to which the vendors' hosts are the stack."),
    "tour": ("tour", "Show the Insightly guide's walk-through, step by step."),
    "listen": ("tour", "Print what happens in a running stack, a line each."),
    "trigger": ("trigger", "Make a change in the CRM, and show its callback."),
    "explain": (
        "explain",
        "Say why a change did, or did not, lead to a callback, and what would have helped.",
    ),
    "audit": ("explain", "Compare what receivers should have got with what they got."),
    "clock": ("clock", "Show, set or advance a workspace's clock."),
    "replay": ("replay", "Run scenarios without pytest."),
    "lint": ("lint", "Find what in a poller's configuration will miss, duplicate or misclassify events."),
    "sweep": ("sweep", "Show at which second around a poll a change is missed, duplicated or misclassified."),
    "record": ("scenario_files", "Write what happens in a workspace as a scenario that replays."),
    "import": (
        "scenario_files",
        "Make a scenario of an instance's JSON, a callback, a HAR file or a run in Postman.",
    ),
    "seed": ("workspace", "Fill a workspace's CRM with believable records."),
    "reset": ("workspace", "Reset a workspace to its start."),
    "workspace": ("workspace", "List, create and delete workspaces."),
    "vendor": ("vendor", "List, check and begin files that describe vendors."),
    "settings": ("settings", "List every setting with its value and origin."),
    "init": ("scenario_files", "Write a start into your project: a scenario, a test, a receiver and more."),
    "certify": ("certify", "Test your own receiver, or your own poller."),
    "openapi": ("openapi", "Print the OpenAPI document of a service."),
    "postman": ("openapi", "Print a Postman collection of every operation."),
    "fidelity": ("fidelity", "List every imitated behaviour with its source and its tests."),
    "completion": ("settings", "Print a script that completes commands and options in a shell."),
}
"""By its name, the module of a command in ``commands``, and what it does."""


class _Commands(click.Group):
    """The commands by name; each module is imported when one of its commands is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        # the first start after an installation compiles everything; where nobody watches, nothing is said of it
        slow = (
            announced_if_slow(f"elements-local is loading {cmd_name}")
            if sys.stderr.isatty()
            else nullcontext()
        )
        with gc_paused(), slow:
            module, _ = COMMANDS[cmd_name]
            found = import_module(f"elements_local.commands.{module}")
        command: click.Command = getattr(found, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, and name the nearest one if there is none."""
        name = ctx.invoked_subcommand = args[0]  # to import it takes long enough to be cut off
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        if urls := [each for each in args if "://" in each]:
            from elements_local.kit.masks import learn, secrets_of_url  # noqa: PLC0415 - as in settings

            learn(secret for url in urls for secret in secrets_of_url(url))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete names of commands without importing any."""
        named = [
            CompletionItem(name, help=about)
            for name, (_, about) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command: misuse that it finds out itself has exit status 2, and what is cut off 130.

        Commands that leave something behind say what; they do so by themselves.
        """
        try:
            return super().invoke(ctx)
        except (HarnessError, SettingsError) as error:
            click.echo(f"{ctx.info_name}: {error}", err=True)
            return ctx.exit(2)
        except KeyboardInterrupt:
            return interrupted(f"{ctx.info_name} {ctx.invoked_subcommand} was cut off")


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "elements-local tour                       # see it happen",
        "elements-local up                         # run the stack until Ctrl-C",
        "elements-local trigger contacts created   # in another terminal",
        "elements-local clock --help               # every command has examples",
    ),
)
@click.version_option(
    package_name="elements-local", message="elements-local %(version)s", help="Show the version and stop."
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Cloud Elements' instances API and polling engine, a fake Insightly CRM and a callback sink, on this machine.

    Start with `elements-local tour`, then `elements-local up`. Settings come from flags, then from
    ELEMENTS_LOCAL_* in the environment, then from [tool.elements-local] in ./pyproject.toml;
    `elements-local settings` lists them.

    Exit status: 0 good, 1 an expectation failed, 2 misuse, 130 interrupted. NO_COLOR switches colours off.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    ctx.obj = Configuration(os.environ, Path("pyproject.toml"))


def main(prog_name: str = "elements-local") -> None:
    """Run the command line.

    Args:
        prog_name: what the user typed.
    """
    try:
        cli(prog_name=prog_name)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while Python ends would print a traceback
