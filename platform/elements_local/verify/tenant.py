"""A tenant: where platform, CRM and receiver are, whom they know, and how time passes there."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from msgspec import Struct, field

from elements_local.clients import BASE_PATH, Fields, WorkspaceClients
from elements_local.service_client import Credentials, ServiceClient
from mock_kit.web.wire import Http

CRM_VERSION = "/v3.1"
OWN_NAME = "elements-local-verify"
"""What every record that is made is called, and how the name of every instance begins."""


class CallbackReader(Protocol):
    """Where a tenant's callbacks are read back."""

    @property
    def can_fail(self) -> bool:
        """Whether it can be told to refuse callbacks."""

    def callbacks(self) -> list[dict[str, Any]]:
        """Return what has come so far, oldest first, as the sink shows it.

        A collector shows ``json`` and ``body`` alone, without ``headers``, ``received_at`` and ``signature``.
        """

    def respond(self, *answers: Fields) -> None:
        """Say how the next callbacks are answered; as usual, if nothing is said."""


class Tenant(Struct, frozen=True, kw_only=True):
    """A tenant, and who visits it.

    Attributes:
        name: what the report calls it.
        platform: below the base path, as user and organization.
        crm: below its version, by the API key.
        credentials: those of the CRM are an instance's user name and password; ``callback_url`` leads to the reader.
        interval: between two polls.
        pass_time: lets so much of the tenant's time pass.
        run: tells this visit's records from another's.
    """

    name: str
    platform: ServiceClient
    crm: ServiceClient
    credentials: Credentials
    reader: CallbackReader
    interval: timedelta
    pass_time: Callable[[timedelta], None]
    run: str = field(default="reference")


def tenant_at(
    platform_url: str, crm_url: str, credentials: Credentials, *, http: Http, name: str = "", **rest: Any
) -> Tenant:
    """Return the tenant whose API is below a URL, which is its name if it has no other."""
    user = f"User {credentials.user_secret}, Organization {credentials.organization_secret}"
    key = b64encode(f"{credentials.crm_api_key}:".encode()).decode()
    return Tenant(
        name=name or platform_url,
        platform=ServiceClient(http=http, url=platform_url.rstrip("/"), headers={"Authorization": user}),
        crm=ServiceClient(
            http=http, url=crm_url.rstrip("/") + CRM_VERSION, headers={"Authorization": f"Basic {key}"}
        ),
        credentials=credentials,
        **rest,
    )


def tenant_of(clients: WorkspaceClients, reader: CallbackReader, **rest: Any) -> Tenant:
    """Return a workspace of a stack as a tenant whose clock is advanced."""
    return tenant_at(
        clients.platform.url + BASE_PATH,
        clients.crm.url,
        clients.credentials,
        http=clients.platform.http,
        reader=reader,
        pass_time=clients.clock.advance,
        **rest,
    )
