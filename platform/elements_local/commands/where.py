"""Which running stack a command speaks to, and whose workspace."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from elements_local.stack.stack import Stack

F = TypeVar("F", bound=Callable[..., None])

_OPTIONS = (
    click.option(
        "--platform-url",
        envvar="ELEMENTS_LOCAL_PLATFORM_URL",
        default="http://127.0.0.1:4700",
        show_default=True,
        help="Where the platform answers.",
    ),
    click.option(
        "--crm-url",
        envvar="ELEMENTS_LOCAL_CRM_URL",
        default="http://127.0.0.1:4701",
        show_default=True,
        help="Where the CRM answers.",
    ),
    click.option(
        "--sink-url",
        envvar="ELEMENTS_LOCAL_SINK_URL",
        default="http://127.0.0.1:4702",
        show_default=True,
        help="Where the sink answers.",
    ),
    click.option(
        "--token",
        envvar="ELEMENTS_LOCAL_TOKEN",
        help="The token that `up` printed, if it is not bound to loopback.",
    ),
)

workspace_option = click.option(
    "--workspace",
    envvar="ELEMENTS_LOCAL_WORKSPACE",
    default="default",
    show_default=True,
    help="Whose world.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def running_stack(command: F) -> F:
    """Give a command the options that say where a stack runs, and the stack as its first argument."""

    @wraps(command)
    def wrapped(platform_url: str, crm_url: str, sink_url: str, token: str | None, **rest: Any) -> None:
        command(_stack(platform_url, crm_url, sink_url, token), **rest)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]  # click's decorators keep the function


def _stack(platform_url: str, crm_url: str, sink_url: str, token: str | None) -> "Stack":
    from elements_local.clients import BASE_PATH, Addresses  # noqa: PLC0415 - not needed for --help
    from elements_local.stack.stack import found_at  # noqa: PLC0415 - as above

    addresses = Addresses(
        platform=platform_url.rstrip("/").removesuffix(BASE_PATH),
        crm=crm_url.rstrip("/"),
        sink=sink_url.rstrip("/"),
    )
    return found_at(addresses, token=token)
