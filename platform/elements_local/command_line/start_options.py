"""How ``up`` is to start a stack: what was said on the command line and elsewhere, as the options of a start."""

from typing import TYPE_CHECKING, Any

from elements_local.command_line.setting_options import stack_environment, typed_options
from elements_local.errors import OptionError

if TYPE_CHECKING:
    from elements_local.start import Options


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
    from elements_local.kit.workspaces.clock import Mode  # noqa: PLC0415 - as above
    from elements_local.kit.workspaces.instants import parse_instant  # noqa: PLC0415 - as above
    from elements_local.start import Options  # noqa: PLC0415 - loads the services

    if same["data"] and same["database"]:
        raise OptionError("give --data or --database, not both")
    if same["speed"] != 1 and clock != "real":
        raise OptionError(
            "--speed is of a clock that runs by itself; choose --clock real, too, or leave it out"
        )
    if same["speed"] != 1 and (same["data"] or same["database"]):
        raise OptionError(
            "--speed runs ahead of the machine's time, so nothing of it is kept; leave out --data and --database"
        )
    return Options(
        role=None if role == "all" else role,
        ports=(platform_port, crm_port, sink_port),
        urls=_urls(same["database"], platform=platform_url, crm=crm_url, sink=sink_url),
        mode=Mode(clock),
        start=parse_instant(start),
        environment=stack_environment(),
        **same,
    )


def _urls(database: str | None, **urls: str | None) -> dict[str, str]:
    """Return where services are called; what commands find a stack by is passed over where it says nothing of this one."""
    from elements_local.stack.options import is_shared, origin_of  # noqa: PLC0415 - as above

    typed = typed_options()
    return {
        name: origin_of(name, url)
        for name, url in urls.items()
        if url and (is_shared(database) or f"{name}_url" in typed)
    }
