"""A stack that runs, wherever it does: the one client for tests, scenarios and the command line."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import timedelta
from typing import Any

from elements_local.clients import (
    Addresses,
    ClockClient,
    Credentials,
    CrmClient,
    PlatformClient,
    ServiceClient,
    SinkClient,
    WorkspaceClients,
    reset_services,
)
from elements_local.errors import OptionError
from elements_local.kit.web.over_network import OverNetwork
from elements_local.kit.web.wire import Http, NoReply
from elements_local.service_client import admin_headers, query_of

CLIENT_TIMEOUT = timedelta(minutes=10)
"""How long a client waits for an answer: callbacks may be waited for a minute, and an advance runs all that falls due."""


@dataclass(frozen=True, eq=False)
class Stack:
    """A stack that answers, wherever it runs.

    Attributes:
        http: reaches it.
        token: for the admin routes of one that is not bound to loopback.
        listening: where the services of this process listen, by their names, if it has started some on ports.
    """

    http: Http
    addresses: Addresses
    _: KW_ONLY
    token: str | None = field(default=None, repr=False)
    listening: Mapping[str, str] = field(default_factory=dict)

    def admin(self) -> ServiceClient:
        """Return the service that keeps the workspaces, as whoever looks after the stack calls it."""
        return self._service(getattr(self.addresses, self.addresses.keeper))

    def workspaces(self) -> list[Credentials]:
        """Return all workspaces."""
        answer = self.admin().call("GET", "/_local/workspaces")
        return [Credentials.from_json(workspace) for workspace in answer["workspaces"]]

    def workspace(self, name: str = "default") -> WorkspaceClients:
        """Return the clients of a workspace.

        Raises:
            OptionError: there is none by that name.
        """
        workspaces = {credentials.name: credentials for credentials in self.workspaces()}
        if name not in workspaces:
            raise OptionError(f"no workspace {name!r}; there are: {', '.join(sorted(workspaces))}")
        return self.clients(workspaces[name])

    def seed_of(self, name: str) -> int:
        """Return what a workspace's ids follow from."""
        workspaces = self.admin().call("GET", "/_local/workspaces")["workspaces"]
        seed: int = next(workspace["seed"] for workspace in workspaces if workspace["name"] == name)
        return seed

    def new_workspace(self, **choices: Any) -> WorkspaceClients:
        """Make a workspace: ``name``, ``clock``, ``start``, ``seed``, ``records``, all optional."""
        return self.clients(
            Credentials.from_json(self.admin().call("POST", "/_local/workspaces", json=choices))
        )

    def delete_workspace(self, name: str) -> None:
        """Delete a workspace and all that is kept for it."""
        self.admin().call("DELETE", f"/_local/workspaces?name={name}")

    def reset_all(self) -> None:
        """Bring every workspace back to its start, in all services that run, or none in any.

        Raises:
            CallError: a service refuses, as a workspace is busy; nothing has changed.
            PartlyResetError: one failed after others had been reset.
        """
        running = self.addresses.running
        reset_services({name: (self._service(url), {"all": "true"}) for name, url in running.items()})

    def clients(self, credentials: Credentials) -> WorkspaceClients:
        """Return the clients that a workspace's credentials open."""
        http, at, admin = self.http, self.addresses, admin_headers(self.token)
        user = f"User {credentials.user_secret}, Organization {credentials.organization_secret}"
        basic = b64encode(f"{credentials.crm_api_key}:".encode()).decode()
        headers = {
            "platform": {**admin, "Authorization": user},
            "crm": {**admin, "Authorization": f"Basic {basic}"},
            "sink": admin,
        }
        return WorkspaceClients(
            credentials=credentials,
            clock=ClockClient(
                http=http,
                url=getattr(at, at.keeper),
                headers=headers[at.keeper],
                whose=query_of({"workspace": credentials.name}) if at.keeper == "sink" else "",
            ),
            platform=PlatformClient(http=http, url=at.platform, headers=headers["platform"]),
            crm=CrmClient(http=http, url=at.crm, headers=headers["crm"]),
            sink=SinkClient(http=http, url=at.sink, headers=admin, workspace=credentials.name),
        )

    def _service(self, url: str) -> ServiceClient:
        return ServiceClient(http=self.http, url=url, headers=admin_headers(self.token))


def at(addresses: Addresses, *, token: str | None = None) -> Stack:
    """Return a stack that runs elsewhere."""
    return Stack(OverNetwork(timeout=CLIENT_TIMEOUT), addresses, token=token)


def found_at(addresses: Addresses, *, token: str | None = None) -> Stack:
    """Return what runs at these addresses: if the platform does not answer, the first other service alone."""
    stack = at(addresses, token=token)
    look = OverNetwork()  # whether something answers shows sooner than what an advance comes to
    for name, url in addresses.running.items():
        if not isinstance(look.send("GET", f"{url}/_local/health"), NoReply):
            return stack if name == "platform" else at(Addresses(**{name: url}), token=token)
    return stack
