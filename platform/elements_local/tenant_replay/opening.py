"""Opens a tenant: its secrets, its addresses, and a sink of ours where its callbacks are received."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from urllib.parse import urlsplit
from uuid import uuid4

from elements_local.errors import OptionError
from elements_local.guide import SIGNATURE_KEY
from elements_local.kit.settings import variable
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.wire import NO_HEADERS, Http, NoReply, Reply
from elements_local.kit.workspaces.clock import Mode
from elements_local.service_client import Credentials
from elements_local.start import Options, on_ports
from elements_local.tenant_replay.tenant import (
    CallbackReader,
    CollectorReader,
    SinkReader,
    Tenant,
    tenant_at,
)
from elements_local.tenant_replay.tenant_file import TenantFile

_TOO_MANY = 429
_MOST_TRIES = 5
_PAUSE = timedelta(seconds=10)

GAP = timedelta(milliseconds=150)
"""Between two requests: Insightly takes ten a second (documented)."""

_SECRETS = ("user_secret", "organization_secret", "crm_username", "crm_api_key")


@contextmanager
def opened(file: TenantFile, environment: Mapping[str, str], *, reading: bool = True) -> Iterator[Tenant]:
    """Give the tenant, with where its callbacks are read if that is wanted.

    Raises:
        OptionError: secrets are missing.
    """
    secrets = _secrets_of(environment)
    pause = Event()

    def wait(length: timedelta) -> None:
        pause.wait(length.total_seconds())

    http = PacedHttp(OverNetwork(), wait, gap=GAP / file.speed)
    nowhere = nullcontext(CollectorReader(http, ""))
    with _reader(file, http) if reading else nowhere as reader:
        yield tenant_at(
            file.platform_url,
            file.crm_url,
            Credentials(name="tenant", callback_url=file.callback_url, **secrets),
            http=http,
            reader=reader,
            run=uuid4().hex[:8],
        )


def _secrets_of(environment: Mapping[str, str]) -> dict[str, str]:
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
def _reader(file: TenantFile, http: Http) -> Iterator[CallbackReader]:
    if file.collector_url:
        yield CollectorReader(http, file.collector_url)
        return
    url = urlsplit(file.callback_url)
    sink_alone = Options(
        role="sink",
        ports=(0, 0, file.listen),
        mode=Mode.REAL,
        speed=file.speed,
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
