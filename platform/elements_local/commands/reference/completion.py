"""``completion``: commands and options, completed by the shell."""

import click
from click.shell_completion import get_completion_class

from elements_local.command_line.options import examples

_HOW = (
    "elements-local completion bash >> ~/.bashrc",
    "elements-local completion zsh >> ~/.zshrc    # below its compinit",
    "elements-local completion fish > ~/.config/fish/completions/el.fish",
)


@click.command(
    "completion", epilog=examples(*_HOW, 'eval "$(elements-local completion bash)"    # this shell only')
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and their values with the Tab key.

    Where it goes is in the examples; it holds from the next shell on. The program is asked for names whenever Tab is
    pressed, so an update of it needs no new script.
    """
    complete = get_completion_class(shell)
    if complete is None:  # a click that has not this shell
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(complete(ctx.find_root().command, {}, "elements-local", "_ELEMENTS_LOCAL_COMPLETE").source())
