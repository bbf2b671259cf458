"""A stack that runs, wherever it does: the one client for tests, scenarios and the command line; how one is found and waited for."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from elements_local.clients.errors import CallError, OptionError, StrangeAnswerError, UnreachableError
from elements_local.clients.records import COLLECTIONS, RESOURCES
from elements_local.clients.service_client import TOKEN_HEADER, admin_headers, answers_of, query_of
from elements_local.clients.workspace_clients import (
    BASE_PATH,
    SERVICES,
    Addresses,
    ClockClient,
    Credentials,
    CrmClient,
    FakeClient,
    PlatformClient,
    ServiceClient,
    SinkClient,
    WorkspaceClients,
    reset_services,
)
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.http_message import Http, NoReply
from elements_local.kit.web.over_network import OverNetwork
from elements_local.stack.interruption import Interruption

CLIENT_TIMEOUT = timedelta(minutes=10)
"""How long a client waits for an answer: callbacks may be waited for a minute, and an advance runs all that falls due."""

_AS_LONG_AS_IT_TAKES = timedelta(days=7)


@dataclass(frozen=True, eq=False, repr=False)
class Stack:
    """A stack that answers, wherever it runs.

    Attributes:
        http: reaches it.
        addresses: of its services: ``platform``, ``crm``, ``sink``.
        token: for the admin routes of one that is not bound to loopback.
        listening: where the services of this process listen, by their names, if it has started some on ports.
        choices: how a new workspace begins by default.
    """

    http: Http
    addresses: Addresses
    _: KW_ONLY
    token: str | None = None
    listening: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Say where it is."""
        return f"Stack({getattr(self.addresses, self.addresses.keeper)!r})"

    @property
    def with_long_timeout(self) -> "Stack":
        """It, as who waits for its answers as long as they take."""
        return replace(self, http=OverNetwork(timeout=_AS_LONG_AS_IT_TAKES))

    def admin(self) -> ServiceClient:
        """Return the service that keeps the workspaces, as the owner of the stack calls it."""
        return self._service(getattr(self.addresses, self.addresses.keeper))

    def workspaces(self) -> list[Credentials]:
        """Return the credentials of all workspaces.

        Raises:
            UnreachableError: the stack does not answer.

        Example:
            >>> [credentials.name for credentials in elements_stack.workspaces()]
            ['default', ...]
        """
        answer = self.admin().call("GET", "/_local/workspaces")
        return [Credentials.from_json(workspace) for workspace in answer["workspaces"]]

    def workspace(self, name: str = "default") -> WorkspaceClients:
        """Return the clients of a workspace.

        Args:
            name: the workspace's.

        Raises:
            OptionError: there is none of that name; says which there are.

        Example:
            >>> elements_stack.workspace().credentials.name
            'default'
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
        """Make a workspace, with secrets, data and a clock of its own.

        Args:
            choices: ``name``, ``clock`` (``virtual`` or ``real``), ``start`` (an instant), ``seed``, ``records`` (of each kind in the CRM),
                all optional.

        Returns:
            The clients of the new workspace.

        Raises:
            CallError: 400 for a choice that cannot be used, 409 for a name that is taken.

        Example:
            >>> elements_stack.new_workspace(name="acme", start="2026-07-01T00:00:00Z").clock.show()["now"]
            '2026-07-01T00:00:00Z'
        """
        body = {**self.choices, **choices}
        return self.clients(Credentials.from_json(self.admin().call("POST", "/_local/workspaces", json=body)))

    def delete_workspace(self, name: str) -> None:
        """Delete a workspace and all that is kept for it.

        Args:
            name: the workspace's.

        Raises:
            CallError: 404 for one that is not there, 409 for ``default`` or while its time is being moved.

        Example:
            >>> made = elements_stack.new_workspace(name="short-lived")
            >>> elements_stack.delete_workspace("short-lived")
        """
        self.admin().call_object("DELETE", f"/_local/workspaces{query_of({'name': name})}")

    def played_hosts(self) -> dict[str, str]:
        """Return the vendors' hosts that it stands for, each with the origin of the service that answers its calls.

        Returns:
            host, in which ``*`` stands for one label -> origin, on the machine where the platform was called.

        Raises:
            UnreachableError: the stack does not answer.

        Example:
            >>> elements_stack.played_hosts()["api.insightly.com"]
            'http://127.0.0.1:...'
        """
        hosts = self.admin().call("GET", "/_local/hosts")["hosts"]
        return {each["host"]: _seen_from(self.addresses.platform, each["url"]) for each in hosts}

    def reset_all(self) -> None:
        """Bring every workspace back to its start, in all services that run, or none in any.

        Raises:
            CallError: a service refuses, as a workspace is busy; nothing has changed.
            PartlyResetError: one failed after others had been reset.

        Example:
            >>> elements_stack.reset_all()
            >>> elements_platform.pollers()
            []
        """
        running = {**self.addresses.running, **self._fakes(self.workspaces()[0])}
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
        platform = PlatformClient(http=http, url=at.platform, headers=headers["platform"])
        return WorkspaceClients(
            credentials=credentials,
            clock=ClockClient(
                http=http,
                url=getattr(at, at.keeper),
                headers=headers[at.keeper],
                whose=query_of({"workspace": credentials.name}) if at.keeper == "sink" else "",
            ),
            platform=platform,
            crm=CrmClient(
                http=http,
                url=at.crm,
                headers=headers["crm"],
                platform=platform,
                others=dict(_others(credentials)),
            ),
            sink=SinkClient(http=http, url=at.sink, headers=admin, workspace=credentials.name),
            fakes={
                key: FakeClient(http=http, url=url, headers=admin, workspace=credentials.name)
                for key, url in self._fakes(credentials).items()
            },
        )

    def _fakes(self, credentials: Credentials) -> dict[str, str]:
        """Return where the fakes of other vendors are: the platform may call them by a name of its own machine."""
        base = self.addresses.platform
        return {key: _seen_from(base, crm["url"]) for key, crm in credentials.crms.items()}

    def _service(self, url: str) -> ServiceClient:
        return ServiceClient(http=self.http, url=url, headers=admin_headers(self.token))


def _others(credentials: Credentials) -> Iterator[tuple[str, str]]:
    """Yield what other vendors' collections are called, with their paths: by themselves where the CRM has none of that name."""
    for key, crm in credentials.crms.items():
        for kind in crm.get("kinds", {}):
            path = f"/_local/records/{key}/{kind}"
            yield f"{key}/{kind}", path
            if kind not in COLLECTIONS and kind.title() not in RESOURCES:
                yield kind, path


def at(addresses: Addresses, *, token: str | None = None) -> Stack:
    """Return a stack that runs elsewhere."""
    return Stack(OverNetwork(timeout=CLIENT_TIMEOUT), addresses, token=token)


def answers_at(url: str) -> bool:
    """Say whether a service of a stack answers at a URL."""
    return not isinstance(OverNetwork().send("GET", f"{url}/_local/health"), NoReply)


def found_at(addresses: Addresses, *, token: str | None = None) -> Stack:
    """Return what runs at these addresses: if the platform does not answer, the first other service alone."""
    stack = at(addresses, token=token)
    for name, url in addresses.running.items():
        if answers_at(url):
            return stack if name == "platform" else at(Addresses(**{name: url}), token=token)
    return stack


_OF_ITS_OWN_MACHINE = frozenset({"127.0.0.1", "localhost", "::1", "0.0.0.0", "::"})  # noqa: S104 - compared only
_BETWEEN_LOOKS_S = 0.1
_LOOK = timedelta(seconds=5)
_WORTH_A_LINE_S = 1.0


class ElsewhereError(OptionError):
    """A stack that was said to run cannot be used; says what is missing, and what to do."""


def running_stack(
    url: str, *, crm: str | None = None, sink: str | None = None, token: str | None = None
) -> Stack:
    """Return the stack whose platform is at a URL, or the CRM or the sink that runs alone there.

    The platform says where the other two are. What it calls by a name of its own machine is looked for on the machine that
    the URL names.

    Args:
        url: as ``up`` prints it.
        crm, sink: where these are reached, if that is not as the platform says.
        token: for the admin routes of a stack that is not bound to loopback.

    Raises:
        ElsewhereError: a service does not answer, or is another stack's.
    """
    base = url.rstrip("/").removesuffix("/_local").removesuffix(BASE_PATH)
    if urlsplit(base).scheme not in {"http", "https"} or not urlsplit(base).hostname:
        raise ElsewhereError(f"expected the URL of a platform, such as http://127.0.0.1:4700; got {url!r}")
    health = _health(at(Addresses(platform=base), token=token).admin())
    if health.get("service") != SERVICES[0]:
        return _alone(base, str(health.get("service")), token)
    chosen = {"crm": crm, "sink": sink}
    urls = {name: (chosen[name] or _seen_from(base, health.get(name))).rstrip("/") for name in chosen}
    stack = at(Addresses(platform=base, **urls), token=token)
    with answers_of(base, stack.http):
        _check(stack)
    return stack


@contextmanager
def speaking_to(url: str, *, token: str | None = None) -> Iterator[Stack]:
    """Give the stack at a URL, as ``running_stack`` finds it; an answer that cannot be read is a stranger's."""
    stack = running_stack(url, token=token)
    with answers_of(url, stack.http):
        yield stack


def as_platform_says(addresses: Addresses, names: Iterable[str], *, token: str | None = None) -> Addresses:
    """Return addresses of which some, the CRM's or the sink's, are as the platform says; unchanged if it does not answer."""
    try:
        health = _health(at(addresses, token=token).admin())
    except ElsewhereError:
        return addresses
    return replace(
        addresses, **{name: _seen_from(addresses.platform, health[name]) for name in names if name in health}
    )


def wait_for(
    addresses: Addresses,
    *,
    timeout_s: float,
    stop: Interruption,
    say: Callable[[str], None],
) -> dict[str, str]:
    """Wait until every service answers, and return those that do not in time, each with the reason.

    Args:
        timeout_s: seconds of real time.
        stop: ends it at once.
        say: is called with what is waited for, if that takes longer than a moment.
    """
    begun, announced = monotonic(), False
    while True:
        left = timeout_s - (monotonic() - begun)
        missing = {name: reason for name, url in addresses.running.items() if (reason := _missing(name, url))}
        if not missing or left <= 0:
            return missing
        if not announced and monotonic() - begun >= _WORTH_A_LINE_S:
            announced = True
            say(f"waiting: {'; '.join(missing.values())}")
        if stop.wait(_BETWEEN_LOOKS_S):
            return missing


def addresses_at(host: str, ports: Mapping[str, int]) -> Addresses:
    """Return where services are reached that listen at a host and these ports."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    bracketed = f"[{own}]" if ":" in own else own
    return Addresses(**{name: f"http://{bracketed}:{port}" for name, port in ports.items()})


def _alone(base: str, service: str, token: str | None) -> Stack:
    if service not in SERVICES:
        raise ElsewhereError(f"{base} is not a service of elements-local: its /_local/health names none")
    alone = at(Addresses(**{service: base}), token=token)
    try:
        with answers_of(base, alone.http):
            alone.workspaces()
    except CallError as error:
        if error.status == HTTPStatus.NOT_FOUND:  # who keeps the workspaces is another
            reason = f"{base} is the {service} of a whole stack; give the URL of its platform"
            raise ElsewhereError(reason) from error
        raise ElsewhereError(f"{base} cannot be used: {error}") from error
    return alone


def _health(service: ServiceClient) -> dict[str, Any]:
    try:
        health = service.call("GET", "/_local/health")
    except (CallError, UnreachableError, StrangeAnswerError) as error:
        raise ElsewhereError(f"{service.url} cannot be used: {error}") from error
    return health if isinstance(health, dict) else {}


def _seen_from(base: str, url: object) -> str:
    """Return where a service is that the platform calls by a name of the platform's own machine."""
    try:
        parts, host, port = urlsplit(str(url)), urlsplit(base).hostname or "", urlsplit(str(url)).port
    except ValueError as error:
        raise StrangeAnswerError(base, f"it says that another service is at {url!r}") from error
    if parts.hostname not in _OF_ITS_OWN_MACHINE or host in _OF_ITS_OWN_MACHINE:
        return str(url)
    bracketed = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=bracketed if port is None else f"{bracketed}:{port}").geturl()


def _check(stack: Stack) -> None:
    """Make a workspace and delete it, and see that all three know of it meanwhile."""
    try:
        clients = stack.new_workspace()
    except (CallError, UnreachableError) as error:
        raise ElsewhereError(f"{stack.addresses.platform} makes no workspace: {error}") from error
    try:
        _ask(clients, "crm", clients.crm, "/_local/changes")
        _ask(clients, "sink", clients.sink, f"/_local/callbacks?workspace={clients.credentials.name}")
    finally:
        stack.delete_workspace(clients.credentials.name)


def _ask(clients: WorkspaceClients, name: str, service: ServiceClient, path: str) -> None:
    try:
        service.call("GET", path)
    except UnreachableError as error:
        raise ElsewhereError(f"{error}; say where it is reached: --elements-{name} URL") from error
    except (CallError, StrangeAnswerError) as error:
        reason = (
            f"what answers at {service.url} is not the {name} of the stack at {clients.platform.url}: {error}"
        )
        raise ElsewhereError(f"{reason}; say where that is reached: --elements-{name} URL") from error


def _missing(name: str, url: str) -> str | None:
    reply = OverNetwork(timeout=_LOOK).send("GET", f"{url}/_local/health")
    if isinstance(reply, NoReply):
        return f"no {name} at {url} ({reply.reason})"
    if reply.status == 403 and TOKEN_HEADER.encode() in reply.body:
        return None  # it is not bound to loopback, and answers all who have its token
    try:
        health = decode(reply.body)
    except MalformedJsonError:
        health = None
    service = health.get("service") if isinstance(health, dict) else None
    if reply.ok and service == name:
        return None
    what = f"the {service} of a stack" if service else f"something else ({reply.status})"
    return f"no {name} at {url}, where {what} answers"
