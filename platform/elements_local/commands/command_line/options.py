"""Options of commands that are settings: each is declared where the setting is, and asks the environment and the project, too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from elements_local.kit.settings import Setting
from elements_local.stack.stack_settings import FLAT, Configuration

F = TypeVar("F", bound=Callable[..., Any])
_DECLARED = object()


class SettingOption(click.Option):
    """A flag of a setting; one that is not given is looked for in the environment and in ``pyproject.toml``."""

    def consume_value(self, ctx: click.Context, opts: Any) -> tuple[Any, ParameterSource]:
        """Return the setting's value as it is declared, and where it comes from.

        Raises:
            SettingsError: a value is not what the setting takes.
        """
        value, source = super().consume_value(ctx, opts)
        name = self.name or ""
        if ctx.resilient_parsing:
            return value, source
        if source is ParameterSource.COMMANDLINE:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            configuration(ctx).add_flag(self.opts[0], name, text)
        chosen = configuration(ctx).found.get(name)
        if chosen is None:
            return value, source
        origin = source if source is ParameterSource.COMMANDLINE else ParameterSource.ENVIRONMENT
        return FLAT[name].value_of(chosen.text, named=chosen.named), origin


def configuration(ctx: click.Context) -> Configuration:
    """Return the settings of the program's call."""
    return ctx.find_root().ensure_object(Configuration)


def setting_option(*names: str, default: Any = _DECLARED, about: str = "") -> Callable[[F], F]:
    """Give a command the options of settings that are no service's, in this order.

    Args:
        default: what holds for this command where nothing is said, in the place of the setting's own.
        about: what it means for this command.
    """

    def with_options(command: F) -> F:
        for name in reversed(names):
            command = _setting_option(name, default, about)(command)
        return command

    return with_options


def _setting_option(name: str, default: Any, about: str) -> Callable[[F], F]:
    setting = FLAT[name]
    default_value = setting.default if default is _DECLARED else default
    default_text = "" if default_value is None or default_value is False else f"  [default: {default_value}]"
    choices = click.Choice(list(setting.choices)) if setting.choices else None
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        cls=SettingOption,
        is_flag=isinstance(setting.default, bool),
        type=choices or (click.Path(path_type=Path) if setting.read is Path else click.UNPROCESSED),
        metavar=None if choices or isinstance(setting.default, bool) else _metavar(setting),
        default=default_value,
        help=_sentence(about or setting.about) + default_text,
    )


def stack_option(flag: str, *, about: str = "", **rest: Any) -> Callable[[F], F]:
    """Give a command an option that sets something of the services, or of the whole stack."""
    name = flag.removeprefix("--").replace("-", "_")

    def note(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        if ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            text = ",".join(value) if isinstance(value, tuple) else str(value).lower()
            configuration(ctx).add_flag(flag, name, text)

    several = "; repeatable" if rest.get("multiple") else ""
    help_ = _sentence((about or FLAT[name].about) + several)
    return click.option(flag, name, expose_value=False, callback=note, help=help_, **rest)


def _note_assignments(ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> None:
    for assignment in given:
        configuration(ctx).add_assignment(assignment)


set_option = click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    expose_value=False,
    callback=_note_assignments,
    help="Set what `elements-local settings` lists, such as platform.batch_size=5; repeatable.",
)
"""Gives a command that starts a stack the option that reaches every setting of its services."""


def examples(*lines: str) -> str:
    """Return the end of a command's help: what it looks like when it is typed."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def typed_options() -> dict[str, str]:
    """Return what was typed for the present command: the options' flags by the names of their parameters."""
    context = click.get_current_context()
    return {
        param.name: param.opts[0]
        for param in context.command.params
        if param.name and context.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    }


def stack_environment() -> dict[str, str]:
    """Return the settings of the stack that the present command starts, as environment variables.

    Raises:
        SettingsError: one cannot be used.
    """
    return configuration(click.get_current_context()).environment()


def refuse_set(why: str, *, vendors: bool = True) -> None:
    """Refuse ``--set``, and what hands in vendors, where the present command starts no stack.

    Args:
        vendors: whether the latter is refused, too.

    Raises:
        click.UsageError: it was given.
    """
    handing_in = (("connector", "--connector"), ("vendor", "--vendor"))
    for name, flag in (("assignments", "--set"), *(handing_in if vendors else ())):
        if name in typed_options():
            raise click.UsageError(f"{why}, so leave out {flag}")


def _sentence(about: str) -> str:
    return f"{about[:1].upper()}{about[1:]}."


def _metavar(setting: Setting) -> str:
    return "NUMBER" if isinstance(setting.default, int) else setting.expected.split()[1].upper()


def vendor_options(command: F) -> F:
    """Give a command the options that hand in other vendors than the one that is shipped."""
    connector = stack_option(
        "--connector", about=FLAT["connectors"].about, multiple=True, metavar="MODULE:NAME"
    )
    vendor = stack_option("--vendor", about=FLAT["vendors"].about, multiple=True, metavar="NAME|FILE")
    return connector(vendor(command))
