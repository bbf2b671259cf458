"""What a process is of a stack: all of it, one service alone, or a part of a stack of several processes."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from elements_local.clients import BASE_PATH
from elements_local.errors import OptionError
from elements_local.kit.storage.database import Database
from elements_local.stack.stack_settings import ClientSettings

if TYPE_CHECKING:
    from elements_local.start import Options

WORKER = "worker"
"""The role of a process that runs what falls due by real clocks, and opens no port."""

_CLIENT = ClientSettings()
USUAL_URLS = {"platform": _CLIENT.platform_url, "crm": _CLIENT.crm_url, "sink": _CLIENT.sink_url}

_POSTGRESQL = "--database postgresql+psycopg://..."


def is_shared(database: str | Database | None) -> bool:
    """Say whether other processes may serve the same environment, as they may on a PostgreSQL."""
    if isinstance(database, Database):
        return database.locks is not None
    return database is not None and database.startswith("postgresql")


def origin_of(name: str, url: str) -> str:
    """Return where a service is called, by the URL that a user gives: with a slash at the end or without.

    Raises:
        OptionError: it is no URL of a service.
    """
    given = url.rstrip("/").removesuffix(BASE_PATH)
    try:
        parts = urlsplit(given)
        is_origin = bool(parts.hostname) and parts.scheme in {"http", "https"} and given.count("/") == 2
    except ValueError:
        is_origin = False
    if not is_origin:
        raise OptionError(
            f"--{name}-url must be a URL such as http://{name}:4700, without a path; got {url!r}"
        )
    return given.lower()


def check(options: "Options") -> None:
    """Refuse what does not go with the role that a process has.

    Raises:
        OptionError: says what does not, and what would.
    """
    if options.is_alone and options.role not in {"crm", "sink"}:
        raise OptionError(
            f"--role {options.role} is one of several processes that keep a stack together on a PostgreSQL: give {_POSTGRESQL}"
        )
    if options.urls and not is_shared(options.database):
        flags = ", ".join(f"--{name}-url" for name in options.urls)
        raise OptionError(
            f"{flags} is for several processes that keep a stack together on a PostgreSQL: leave it out, or give "
            f"{_POSTGRESQL}"
        )
    if options.records and options.is_part:
        raise OptionError(
            "--records fills a CRM as its stack starts, which several processes do one by one: leave it out, and run "
            "`elements-local seed` once they answer"
        )
    if options.records and options.role == "sink":
        raise OptionError("--records are the CRM's; leave them out with --role sink")
