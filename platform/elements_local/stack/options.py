"""How a stack is started, and what this process is of it: all, one service alone, or a part of a stack of several processes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from elements_local.clients.errors import OptionError
from elements_local.clients.workspace_clients import BASE_PATH, SERVICES, Addresses
from elements_local.kit.clock import Mode, VirtualClock
from elements_local.kit.instants import format_instant
from elements_local.kit.settings import SettingsError
from elements_local.kit.storage.database import Database
from elements_local.kit.workspaces.registry import DEFAULT_START
from elements_local.stack.stack_settings import ClientSettings, Configuration

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from elements_local.platform.elements.connector import Connector

WORKER = "worker"
"""The role of a process that runs what falls due by real clocks, and opens no port."""

_CLIENT = ClientSettings()
USUAL_URLS = {"platform": _CLIENT.platform_url, "crm": _CLIENT.crm_url, "sink": _CLIENT.sink_url}

_POSTGRESQL = "--database postgresql+psycopg://..."


@dataclass(frozen=True, kw_only=True, repr=False)
class Options:
    """How a stack is started.

    Attributes:
        host: where it listens; one that others can reach is guarded by a token, and by secrets that they do not know.
        known_secrets: whether the default workspace has the documented secrets there, too.
        role: what of a stack this process is; None is all of it. ``crm`` and ``sink`` are these services alone, or, on a
            PostgreSQL, a part of a stack of several processes, as ``platform`` and ``worker`` always are.
        ports: of platform, CRM and sink; 0, as long as nothing is said, takes any free one.
        mode: of the clocks, ``virtual`` or ``real``.
        start: when virtual clocks begin, a ``datetime`` with a zone.
        seed: what the default workspace's ids and made-up data follow from.
        records: how many of each kind its CRM starts with. As ``mode`` and ``start``, this holds for what ``new_workspace``
            makes, too, unless that says otherwise.
        data: a directory that keeps everything; without one it is gone at the end.
        database: an SQLAlchemy URL, in the place of ``data``; or one that is open already, and stays open.
        speed: how many seconds pass on a real clock in each of the machine's.
        virtual_clock: makes the virtual clocks.
        environment: the services' own settings, and those of the whole stack, by their variables; other variables than
            ``ELEMENTS_LOCAL_*`` are passed over.
        applications: others of this process, by their origins, that the stack finds there.
        connectors: for elements beside those that are shipped.
        vendors: files that describe others, by path, or by name if they are shipped.
        urls: where the services of a stack of several processes are called, by their names, unless that is as usual:
            those of other processes, and this one's own.
        token: what admin routes ask for; without one there is one where others can reach the stack, another each time.
        fresh: whether what ``data`` keeps, or a URL's database, is lost first, whichever version of this program made it.
        configuration: what ``environment`` and the options of a command come from; None where nobody typed any.

    Raises:
        OptionError: ``mode`` is neither of the two.

    Example:
        >>> settings = {"ELEMENTS_LOCAL_CRM_LIMITS": "vendor"}
        >>> Options(ports=(4700, 4701, 4702), records=100, environment=settings)
        Options(ports, records, environment)
    """

    host: str = "127.0.0.1"
    known_secrets: bool = False
    role: str | None = None
    ports: tuple[int, int, int] = (0, 0, 0)
    mode: Mode = Mode.VIRTUAL
    speed: int = 1
    start: datetime = DEFAULT_START
    seed: int = 0
    records: int = 0
    data: Path | None = None
    database: str | Database | None = None
    virtual_clock: Callable[[datetime], VirtualClock] = VirtualClock
    environment: Mapping[str, str] = field(default_factory=dict)
    applications: "Mapping[str, WSGIApplication]" = field(default_factory=dict)
    connectors: "tuple[Connector, ...]" = ()
    vendors: tuple[str | Path, ...] = ()
    urls: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None
    fresh: bool = False
    configuration: Configuration | None = None

    def __post_init__(self) -> None:
        """Take a clock's mode by its word, too."""
        given: object = self.mode
        try:
            object.__setattr__(self, "mode", Mode(given))
        except ValueError:
            modes = " or ".join(repr(each.value) for each in Mode)
            raise OptionError(f"mode must be {modes}; got {given!r}") from None

    def __repr__(self) -> str:
        """Name in one line what is chosen, without values, some of which are secret."""
        usual = Options()
        return f"Options({', '.join(name for name, value in vars(self).items() if value != getattr(usual, name))})"

    @property
    def services(self) -> tuple[str, ...]:
        """The services whose applications this process makes: a worker's is a platform without a port."""
        if self.role is None:
            return SERVICES
        return ("platform",) if self.role == WORKER else (self.role,)

    @property
    def chosen_ports(self) -> dict[str, int]:
        """The ports of the services that others are to find here."""
        named = dict(zip(SERVICES, self.ports, strict=True))
        return {} if self.role == WORKER else {name: named[name] for name in self.services}

    @property
    def workspace_choices(self) -> dict[str, object]:
        """How a workspace begins that is made later, as ``Stack.new_workspace`` takes it."""
        begins = {
            "clock": self.mode.value,
            "start": format_instant(self.start),
            "records": self.records,
        }
        usual = {"clock": Mode.VIRTUAL.value, "start": format_instant(DEFAULT_START), "records": 0}
        return {name: value for name, value in begins.items() if value != usual[name]}

    @property
    def is_part(self) -> bool:
        """Whether this process is one of several that make up a stack."""
        return self.role is not None and is_shared(self.database)

    @property
    def is_alone(self) -> bool:
        """Whether one service runs without the other two."""
        return self.role is not None and not self.is_part

    def addresses(self, listening: Mapping[str, str]) -> Addresses:
        """Return where the services are called.

        Args:
            listening: where those of this process listen, by their names, and others that it was told of.
        """
        return Addresses(**{**listening, **self.urls})

    def checked(self) -> "Options":
        """Return these options once their settings can be used.

        Raises:
            OptionError: there is no setting of a name, or a value is not what its setting takes; or options do not go
                together.
        """
        _check(self)
        try:
            Configuration(self.environment).check()
        except SettingsError as error:
            raise OptionError(str(error)) from error
        return self


def is_shared(database: str | Database | None) -> bool:
    """Say whether other processes may serve the same environment, as they may on a PostgreSQL."""
    if isinstance(database, Database):
        return database.locks is not None
    return database is not None and database.startswith("postgres")


def origin_of(name: str, url: str) -> str:
    """Return where a service is called, by the URL that a user gives: with a slash at the end or without.

    Raises:
        OptionError: it is not a URL of a service.
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


def _check(options: Options) -> None:
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
