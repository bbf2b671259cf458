"""A tenant: where platform, CRM and receiver are, whom they know, and how its callbacks are read."""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from elements_local.clients.errors import HarnessError
from elements_local.clients.service_client import Addresses, Credentials, ServiceClient
from elements_local.clients.workspace_clients import Fields, SinkClient
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.http_message import Http, NoReply
from elements_local.kit.masks import mask_url
from elements_local.stack.stack import Stack

CRM_VERSION = "/v3.1"
OWN_NAME = "elements-local-replay"
"""What every record that is made is called, and how the name of every instance begins."""


class CallbackReader(Protocol):
    """Where a tenant's callbacks are read back."""

    @property
    def can_fail(self) -> bool:
        """Whether it can be configured to refuse callbacks."""

    def callbacks(self) -> list[dict[str, Any]]:
        """Return what has come so far, oldest first, as the sink shows it.

        A collector shows ``json`` and ``body`` alone, without ``headers``, ``received_at`` and ``signature``.
        """

    def respond(self, *answers: Fields) -> None:
        """Say how the next callbacks are answered; as usual, if nothing is said."""


class Tenant(Struct, frozen=True, kw_only=True):
    """A tenant, and as whom it is spoken to.

    Attributes:
        name: what the report calls it.
        platform: below the base path, as user and organization.
        crm: below its version, by the API key.
        credentials: those of the CRM are an instance's user name and password; ``callback_url`` leads to the reader.
        run: tells this run's instances from another's.
    """

    name: str
    platform: ServiceClient
    crm: ServiceClient
    credentials: Credentials
    reader: CallbackReader
    run: str


def tenant_at(
    platform_url: str, crm_url: str, credentials: Credentials, *, http: Http, **rest: Any
) -> Tenant:
    """Return the tenant whose API is below a URL, which, masked, is its name."""
    at = Addresses(platform=platform_url.rstrip("/"), crm=crm_url.rstrip("/") + CRM_VERSION)
    clients = Stack(http, at).clients(credentials)
    return Tenant(
        name=mask_url(platform_url),
        platform=clients.platform,
        crm=clients.crm,
        credentials=credentials,
        **rest,
    )


class _Body(Struct):
    data: str


class _Drained(Struct):
    data: list[_Body]


class UnreadableCollectorError(HarnessError):
    """A collector does not answer as one."""


@dataclass
class SinkReader:
    """Our own sink: it shows headers and signatures, and refuses what it is configured to.

    Attributes:
        bin_name: where the callbacks arrive; the workspace's own if it is None.
    """

    sink: SinkClient
    bin_name: str | None = None
    can_fail: bool = True
    _read: list[dict[str, Any]] = field(default_factory=list)
    _reading: Lock = field(default_factory=Lock)

    def callbacks(self) -> list[dict[str, Any]]:
        """Return what the sink has recorded, of which only what is new is fetched."""
        with self._reading:
            self._read += self.sink.callbacks(after=self._read[-1]["id"] if self._read else 0)
        return self._read

    def respond(self, *answers: Fields) -> None:
        """Script the sink."""
        self.sink.respond(*answers, to_bin=self.bin_name)


@dataclass
class CollectorReader:
    """A collector somewhere: ``GET URL?returnQueue`` answers ``{"count", "data": [{"data": body}]}``, each body once.

    Source: the vendor's API test suite reads its own so (documented).
    """

    http: Http
    url: str
    can_fail: bool = False
    _read: list[dict[str, Any]] = field(default_factory=list)

    def callbacks(self) -> list[dict[str, Any]]:
        """Empty the collector, and return all that it had until now.

        Raises:
            UnreadableCollectorError: it cannot be read.
        """
        reply = self.http.send("GET", f"{self.url}?returnQueue")
        if isinstance(reply, NoReply) or not reply.ok:
            came = reply.reason if isinstance(reply, NoReply) else str(reply.status)
            raise UnreadableCollectorError(f"{mask_url(self.url)}?returnQueue could not be read: {came}")
        try:
            drained = msgspec.json.decode(reply.body, type=_Drained)
            self._read += [{"body": each.data, "json": decode(each.data.encode())} for each in drained.data]
        except (MalformedJsonError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UnreadableCollectorError(
                f'{mask_url(self.url)}?returnQueue answered something else than {{"count": 1, "data": [{{"data": "<body>"}}]}}'
            ) from error
        return self._read

    def respond(self, *answers: Fields) -> None:
        """Refuse, as nothing can be scripted there."""
        raise NotImplementedError
