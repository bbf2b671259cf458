"""Makes ready to visit a tenant: its secrets, its addresses, and a sink of ours where its callbacks are received."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from urllib.parse import urlsplit
from uuid import uuid4

from msgspec import Struct

from elements_local.errors import OptionError
from elements_local.service_client import Credentials
from elements_local.start import Options, on_ports
from elements_local.verify.tenant import CallbackReader, CollectorReader, SinkReader, Tenant, tenant_at
from elements_local.verify.visit import SIGNATURE_KEY
from mock_kit.settings import variable
from mock_kit.web.transports import OverNetwork
from mock_kit.web.wire import NO_HEADERS, Http, NoReply, Reply
from mock_kit.workspaces.clock import Mode

_TOO_MANY = 429
_MOST_TRIES = 5
_PAUSE = timedelta(seconds=10)

GAP = timedelta(milliseconds=150)
"""Between two requests: Insightly takes ten a second (documented)."""

_SECRETS = ("user_secret", "organization_secret", "crm_username", "crm_api_key")


class TenantOptions(Struct, frozen=True, kw_only=True):
    """What is said of a tenant.

    Attributes:
        callback_url: leads to a port of this machine, or to the collector.
        collector_url: is emptied by ``GET ?returnQueue``; without one a sink of ours listens.
        listen: the sink's port.
        speed: how fast the tenant's time runs, if it is a stack of ours.
    """

    platform_url: str
    crm_url: str
    callback_url: str = ""
    collector_url: str = ""
    listen: int = 0
    interval: timedelta = timedelta(minutes=1)
    speed: int = 1


@contextmanager
def opened(
    options: TenantOptions, environment: Mapping[str, str], *, reading: bool = True
) -> Iterator[Tenant]:
    """Give the tenant, with where its callbacks are read if that is wanted.

    Raises:
        OptionError: something is missing.
    """
    secrets = secrets_of(environment)
    if not options.platform_url:
        raise OptionError(
            "which tenant? say --tenant-platform-url, such as https://api.cloud-elements.com/elements/api-v2"
        )
    pause = Event()

    def wait(length: timedelta) -> None:
        pause.wait(length.total_seconds())

    http = PacedHttp(OverNetwork(), wait, gap=GAP / options.speed)
    nowhere = nullcontext(CollectorReader(http, ""))
    with _reader(options, http) if reading else nowhere as reader:
        yield tenant_at(
            options.platform_url,
            options.crm_url,
            Credentials(name="verify", callback_url=options.callback_url, **secrets),
            http=http,
            reader=reader,
            interval=options.interval,
            pass_time=lambda length: wait(length / options.speed),
            run=uuid4().hex[:8],
        )


def secrets_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Read a tenant's secrets.

    Raises:
        OptionError: names those that are missing.
    """
    named = {name: variable(f"tenant_{name}") for name in _SECRETS}
    missing = [name for name in named.values() if not environment.get(name)]
    if missing:
        raise OptionError(f"set {', '.join(missing)} in the environment; secrets are read from nowhere else")
    return {name: environment[key] for name, key in named.items()}


@contextmanager
def _reader(options: TenantOptions, http: Http) -> Iterator[CallbackReader]:
    if not options.callback_url:
        raise OptionError(
            "where are callbacks received? say --tenant-callback-url, which leads to --listen or to the collector"
        )
    if options.collector_url:
        yield CollectorReader(http, options.collector_url)
        return
    url = urlsplit(options.callback_url)
    sink_alone = Options(
        role="sink",
        ports=(0, 0, options.listen),
        mode=Mode.REAL,
        speed=options.speed,
        environment={"ELEMENTS_LOCAL_SERVED_AS": url.hostname or "localhost"},
    )
    with on_ports(sink_alone) as stack:
        sink = stack.workspace().sink
        name = url.path.strip("/").partition("/")[0]
        sink.call("PUT", "/_local/signature-keys", json={"bin": name, "keys": [SIGNATURE_KEY]})
        yield SinkReader(sink, name)


@dataclass
class PacedHttp:
    """Sends with a gap before each request, and waits where it is told to.

    Attributes:
        wait: lets real time pass.
        gap: between two requests.
    """

    http: Http
    wait: Callable[[timedelta], None]
    gap: timedelta = GAP
    _pace: Lock = field(default_factory=Lock)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request; what was refused as one too many is sent again, five times at the most."""
        tries = 1
        while True:
            with self._pace:  # whoever sends at the same time waits after us
                self.wait(self.gap)
            reply = self.http.send(method, url, headers=headers, body=body)
            if isinstance(reply, NoReply) or reply.status != _TOO_MANY or tries == _MOST_TRIES:
                return reply
            tries += 1
            after = reply.headers.get("Retry-After", "")
            self.wait(timedelta(seconds=int(after)) if after.isascii() and after.isdecimal() else _PAUSE)
