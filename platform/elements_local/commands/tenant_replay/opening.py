"""Reads the file of a tenant, and opens it: its secrets, its addresses, a sink of ours where its callbacks are received."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Lock
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import uuid4

from msgspec import Meta, Struct, structs

from elements_local.clients.errors import OptionError
from elements_local.clients.guide import SIGNATURE_KEY
from elements_local.clients.service_client import Credentials, answers_of
from elements_local.commands.tenant_replay.replays import TenantTiming
from elements_local.commands.tenant_replay.tenant import (
    CallbackReader,
    CollectorReader,
    SinkReader,
    Tenant,
    tenant_at,
)
from elements_local.kit.clock import Mode
from elements_local.kit.files import read_file
from elements_local.kit.http_message import NO_HEADERS, Http, NoReply, Reply
from elements_local.kit.instants import UnreadableTimeError, parse_duration
from elements_local.kit.masks import credentials_in, learn, mask_known, secrets_of_url
from elements_local.kit.os_errors import os_reason
from elements_local.kit.settings import variable
from elements_local.kit.web.over_network import OverNetwork
from elements_local.scenarios.scenario_document import ScenarioDocument, ScenarioError
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.stack.yaml_text import YamlError, read_documents
from elements_local.start import Options, on_ports

_TOO_MANY = 429
_MOST_TRIES = 5
_PAUSE = timedelta(seconds=10)

GAP = timedelta(milliseconds=150)
"""Between two requests: Insightly takes ten a second (documented)."""

_SECRETS = ("user_secret", "organization_secret", "crm_username", "crm_api_key")


_HttpUrl = Annotated[str, Meta(pattern="^https?://", description="a URL such as https://example.com")]


_Positive = Annotated[int, Meta(ge=1)]


class TenantFile(Struct, forbid_unknown_fields=True, frozen=True):
    """A tenant as a user writes it down, in YAML.

    Attributes:
        platform_url: with ``/elements/api-v2`` at the end.
        callback_url: leads to a port of this machine, or to the collector.
        collector_url: is emptied by ``GET ?returnQueue``; without one a sink of ours listens.
        listen: the sink's port.
        profile: which of the platform's two names it has.
        shortest_interval: in minutes, how often it polls at most.
        intervals: how many of them an expectation may be late.
        settle: what a poll and its callbacks take at most.
        speed: how fast its time runs, if it is a stack of ours.
    """

    platform_url: _HttpUrl
    callback_url: _HttpUrl
    crm_url: _HttpUrl = "https://api.insightly.com"
    collector_url: str = ""
    listen: Annotated[int, Meta(ge=0, le=65535)] = 4702
    profile: Literal["cloud-elements", "open-connectors"] = "cloud-elements"
    shortest_interval: _Positive = 1
    intervals: _Positive = 2
    settle: str = "10s"
    speed: _Positive = 1

    @property
    def abilities(self) -> TenantAbilities:
        """What scenarios may need of it."""
        return TenantAbilities(
            profile=self.profile,
            has_sink=not self.collector_url,
            shortest_interval=self.shortest_interval,
        )

    @property
    def timing(self) -> TenantTiming:
        """How long is waited there."""
        return TenantTiming(settle=parse_duration(self.settle), intervals=self.intervals)


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

    network = OverNetwork()
    http = PacedHttp(network, wait, gap=GAP / file.speed, secrets=[*secrets.values()])
    nowhere = nullcontext(CollectorReader(http, ""))
    with _reader(file, http) if reading else nowhere as reader, answers_of(file.platform_url, network):
        yield tenant_at(
            file.platform_url,
            file.crm_url,
            Credentials.from_json({"name": "tenant", "callback_url": file.callback_url, **secrets}),
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
    """Sends with a gap before each request, and waits where it is asked to.

    Attributes:
        wait: lets real time pass.
        gap: between two requests.
        secrets: are masked in what is answered, as are the credentials of the request itself.
    """

    http: Http
    wait: Callable[[timedelta], None]
    gap: timedelta = GAP
    secrets: Sequence[str] = ()
    _pace: Lock = field(default_factory=Lock)

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str] = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request; what was refused as one too many is sent again, five times at the most."""
        tries = 1
        while True:
            with self._pace:  # other threads that send at the same time wait after us
                self.wait(self.gap)
            reply = self.http.send(method, url, headers=headers, body=body)
            if isinstance(reply, NoReply):
                return reply
            if reply.status != _TOO_MANY or tries == _MOST_TRIES:
                secrets = [*self.secrets, *credentials_in(headers.get("Authorization", ""))]
                text = mask_known(reply.body.decode("utf-8", "surrogateescape"), secrets)
                return replace(reply, body=text.encode("utf-8", "surrogateescape"))
            tries += 1
            after = reply.headers.get("Retry-After", "")
            self.wait(timedelta(seconds=int(after)) if after.isascii() and after.isdecimal() else _PAUSE)


_EXAMPLE = "`platform_url: https://api.cloud-elements.com/elements/api-v2` and `callback_url: https://...`"


def read_tenant(path: Path) -> TenantFile:
    """Read the file.

    Raises:
        OptionError: it cannot be read; says where in it, what came and what was expected.
    """
    try:
        documents = read_documents(read_file(path).decode())
        if len(documents) != 1:
            raise OptionError(f"{path}: expected one document with {_EXAMPLE}; got {len(documents)}")
        read = ScenarioDocument(path, documents[0]).convert(documents[0].value, TenantFile, example=_EXAMPLE)
        parse_duration(read.settle)
    except (ScenarioError, YamlError) as error:
        where = f"{path}:{error.place.line}: " if isinstance(error, YamlError) else ""
        hint = (
            "; secrets are read from the environment alone"
            if "secret" in str(error) or "key" in str(error)
            else ""
        )
        raise OptionError(f"{where}{error}{hint}") from error
    except UnreadableTimeError as error:
        raise OptionError(f"{path}: settle: {error}") from error
    except UnicodeDecodeError as error:
        raise OptionError(f"{path} cannot be read: it is not UTF-8") from error
    except OSError as error:
        raise OptionError(f"{path} cannot be read: {os_reason(error)}") from error
    for value in structs.asdict(read).values():
        learn(secrets_of_url(value) if isinstance(value, str) else ())
    return read
