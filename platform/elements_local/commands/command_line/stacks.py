"""Which running stack a command speaks to, and whose workspace."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from elements_local.clients.errors import OptionError
from elements_local.clients.service_client import answers_of
from elements_local.clients.workspace_clients import BASE_PATH, Addresses
from elements_local.commands.command_line.options import (
    configuration,
    setting_option,
    stack_environment,
    typed_options,
)
from elements_local.kit.clock import Mode
from elements_local.kit.instants import parse_instant
from elements_local.stack.options import is_shared, origin_of
from elements_local.stack.stack import as_platform_says, found_at
from elements_local.stack.stack_settings import FLAT
from elements_local.start import Options

F = TypeVar("F", bound=Callable[..., None])

workspace_option = setting_option("workspace")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def running_stack(command: F) -> F:
    """Give a command ``--json`` and the options that say where a stack runs, and the stack as its first argument."""

    @json_option
    @setting_option("platform_url", "crm_url", "sink_url", "token")
    @wraps(command)
    def wrapped(platform_url: str, crm_url: str, sink_url: str, token: str | None, **rest: Any) -> None:
        addresses = addresses_of(platform_url, crm_url, sink_url, token=token)
        stack = found_at(addresses, token=token)
        with answers_of(getattr(stack.addresses, stack.addresses.keeper), stack.http):
            command(stack, **rest)

    return wrapped  # type: ignore[return-value]  # click's decorators keep the function


def addresses_of(platform_url: str, crm_url: str, sink_url: str, *, token: str | None = None) -> "Addresses":
    """Return where the services are, by the URLs that a user gives: with a slash at the end or without.

    A platform that is elsewhere than usual says where its CRM and its sink are, unless the user does.
    """
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


def start_options(  # noqa: PLR0913 - the options of `up`
    *,
    role: str,
    platform_port: int,
    crm_port: int,
    sink_port: int,
    platform_url: str | None,
    crm_url: str | None,
    sink_url: str | None,
    clock: str,
    start: str,
    **same: Any,
) -> "Options":
    """Return the options of a start.

    Raises:
        OptionError: some do not go together.
    """
    if same["data"] and same["database"]:
        raise OptionError("give --data or --database, not both")
    if same["speed"] != 1 and clock != "real":
        raise OptionError("--speed needs a clock that runs by itself: add --clock real, or leave out --speed")
    if same["speed"] != 1 and (same["data"] or same["database"]) and not is_shared(same["database"]):
        raise OptionError(
            "--speed runs ahead of the machine's time, so only a PostgreSQL can keep it, as its clock goes on; "
            "leave out --data and any other --database"
        )
    return Options(
        role=None if role == "all" else role,
        ports=(platform_port, crm_port, sink_port),
        urls=_urls(same["database"], platform=platform_url, crm=crm_url, sink=sink_url),
        mode=Mode(clock),
        start=parse_instant(start),
        environment=stack_environment(),
        configuration=configuration(click.get_current_context()),
        **same,
    )


def _urls(database: str | None, **urls: str | None) -> dict[str, str]:
    """Return where services are called; what commands find a stack by is passed over where it says nothing of this one."""
    typed = typed_options()
    return {
        name: origin_of(name, url)
        for name, url in urls.items()
        if url and (is_shared(database) or f"{name}_url" in typed)
    }
