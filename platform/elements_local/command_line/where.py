"""Which running stack a command speaks to, and whose workspace."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from elements_local.command_line.setting_options import setting_option
from elements_local.stack_settings import FLAT

if TYPE_CHECKING:
    from elements_local.clients import Addresses

F = TypeVar("F", bound=Callable[..., None])

workspace_option = setting_option("workspace")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def running_stack(command: F) -> F:
    """Give a command ``--json`` and the options that say where a stack runs, and the stack as its first argument."""

    @json_option
    @setting_option("platform_url", "crm_url", "sink_url", "token")
    @wraps(command)
    def wrapped(platform_url: str, crm_url: str, sink_url: str, token: str | None, **rest: Any) -> None:
        from elements_local.stack.stack import found_at  # noqa: PLC0415 - not needed for --help

        command(found_at(addresses_of(platform_url, crm_url, sink_url, token=token), token=token), **rest)

    return wrapped  # type: ignore[return-value]  # click's decorators keep the function


def addresses_of(platform_url: str, crm_url: str, sink_url: str, *, token: str | None = None) -> "Addresses":
    """Return where the services are, by the URLs that a user gives: with a slash at the end or without.

    A platform that is elsewhere than usual says where its CRM and its sink are, unless the user does.
    """
    from elements_local.clients import BASE_PATH, Addresses  # noqa: PLC0415 - not needed for --help
    from elements_local.stack.stack_elsewhere import as_platform_says  # noqa: PLC0415 - as above

    given = Addresses(
        platform=platform_url.rstrip("/").removesuffix(BASE_PATH),
        crm=crm_url.rstrip("/"),
        sink=sink_url.rstrip("/"),
    )
    if given.platform == FLAT["platform_url"].default:
        return given
    source = click.get_current_context().get_parameter_source
    unnamed = [name for name in ("crm", "sink") if source(f"{name}_url") is ParameterSource.DEFAULT]
    return as_platform_says(given, unnamed, token=token) if unnamed else given
