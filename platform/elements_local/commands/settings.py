"""``settings`` and ``completion``: what can be set and what holds; commands and options completed by the shell."""

import click
from click.shell_completion import get_completion_class

from elements_local.commands.command_line.options import configuration, examples, set_option
from elements_local.commands.command_line.output import print_json, wrapped
from elements_local.commands.command_line.stacks import json_option
from elements_local.kit.text import nearest
from elements_local.stack.listed_settings import ListedSetting, listed, written


@click.command(
    "settings",
    epilog=examples(
        "elements-local settings",
        "elements-local settings crm.limits",
        "elements-local settings --set platform.profile=open-connectors --json",
    ),
)
@click.argument("name", required=False)
@set_option
@json_option
@click.pass_context
def settings_command(ctx: click.Context, /, *, name: str | None, as_json: bool) -> None:
    """List every setting with its value, default and origin, or show the one called NAME.

    These are the values that `up` would start with here: flags come first, then ELEMENTS_LOCAL_* in the environment, then
    [tool.elements-local] in ./pyproject.toml, then the default. Secrets are masked.
    """
    settings = listed(configuration(ctx))
    chosen = [_of_name(name, settings)] if name else settings
    if as_json:
        print_json(chosen[0] if name else {"settings": chosen})
    else:
        for each in chosen:
            value, default = (written(one, each.about) for one in (each.value, each.default))
            _print = _print_whole if name else _print_line
            _print(each, value, default)


def _of_name(name: str, settings: list[ListedSetting]) -> ListedSetting:
    by_name = {each.name: each for each in settings} | {each.variable: each for each in settings}
    if setting := by_name.get(name) or by_name.get(name.replace("-", "_")):
        return setting
    near = nearest(name, by_name)
    hint = f"; did you mean {near}?" if near else ""
    raise click.UsageError(f"there is no setting {name!r}{hint}; without a name, all are listed")


def _print_line(setting: ListedSetting, value: str, default: str) -> None:
    beside = "" if setting.origin == "default" else f"; default {default}"
    click.echo(f"{setting.name} = {value}  ({setting.origin}{beside})")
    click.echo(wrapped(setting.about, indent=4))


def _print_whole(setting: ListedSetting, value: str, default: str) -> None:
    group, dot, key = setting.name.rpartition(".")
    lines = {
        "value": f"{value} ({setting.origin})",
        "default": default,
        "takes": setting.takes,
        "environment": setting.variable,
        "pyproject.toml": f"[tool.elements-local{dot}{group}] {key}",
    }
    click.echo(setting.name)
    click.echo(wrapped(setting.about, indent=4))
    for what, text in lines.items():
        click.echo(f"  {what:<15} {text}")


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
def completion_command(ctx: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options and their values with the Tab key.

    Where it goes is in the examples; it holds from the next shell on. The program is asked for names whenever Tab is
    pressed, so an update of it needs no new script.
    """
    complete = get_completion_class(shell)
    if complete is None:  # a click that has not this shell
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(complete(ctx.find_root().command, {}, "elements-local", "_ELEMENTS_LOCAL_COMPLETE").source())
