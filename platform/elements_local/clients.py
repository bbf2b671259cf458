"""Clients of the three services: what a customer's code does with them, in one line each.

They speak HTTP like anyone else, over the network or in process.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from elements_local.errors import CallError, NotRunningError, UnreachableError
from elements_local.stack import resets, snapshots
from mock_kit.api.json_text import decode, encode
from mock_kit.web.wire import Http, NoReply, Reply
from mock_kit.workspaces.instants import format_instant, parse_instant

BASE_PATH = "/elements/api-v2"

Fields = Mapping[str, object]


SERVICES = ("platform", "crm", "sink")


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the three services are, without a slash at the end; nothing for one that does not run."""

    platform: str = ""
    crm: str = ""
    sink: str = ""

    @property
    def running(self) -> dict[str, str]:
        """The services that run, with their addresses."""
        return {name: getattr(self, name) for name in SERVICES if getattr(self, name)}

    @property
    def keeper(self) -> str:
        """The name of the service that keeps clock and workspaces: the platform, or the one that runs alone."""
        return next(iter(self.running), SERVICES[0])


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A workspace as those know it who work in it; nothing stands for what a service needs that does not run."""

    name: str
    organization_secret: str = field(repr=False, default="")
    user_secret: str = field(repr=False, default="")
    crm_username: str = ""
    crm_api_key: str = field(repr=False, default="")
    callback_url: str = ""

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> "Credentials":
        """Read what ``/_local/workspaces`` shows of a workspace."""
        return cls(**{name: shown[name] for name in cls.__dataclass_fields__ if name in shown})

    def to_json(self) -> dict[str, str]:
        """Return the workspace as ``up --json`` prints it, without what nobody needs."""
        known = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in known.items() if value}


@dataclass(frozen=True, kw_only=True)
class ServiceClient:
    """One service, called with one set of credentials.

    Attributes:
        url: below which paths are meant.
        headers: sent with every call.
    """

    http: Http
    url: str
    headers: Mapping[str, str] = field(repr=False)

    def send(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request and return the answer, whatever its status.

        Args:
            json: sent as JSON, in the place of ``body``.

        Raises:
            NotRunningError: the service was not started.
            UnreachableError: no answer came.
        """
        if not self.url:
            raise NotRunningError(type(self).__name__.removesuffix("Client"))
        sent = {**self.headers, **(headers or {})}
        if json is not None:
            body = encode(json)
            sent.setdefault("Content-Type", "application/json")
        reply = self.http.send(method, self.url + path, headers=sent, body=body)
        if isinstance(reply, NoReply):
            raise UnreachableError(self.url + path, reply.reason)
        return reply

    def call(self, method: str, path: str, *, json: object = None) -> Any:
        """Send a request and return the JSON of its answer, None if that is empty.

        Raises:
            CallError: the answer is no success.
            UnreachableError: no answer came.
        """
        reply = self.send(method, path, json=json)
        if not reply.ok:
            raise CallError(method, self.url + path, reply.status, reply.body.decode("utf-8", "replace"))
        return decode(reply.body) if reply.body else None

    def listed(self, path: str, key: str, *, newest_first: bool = False) -> list[dict[str, Any]]:
        """Return all that an admin route lists, page after page, in the order of the list.

        Args:
            path: with the query that the first page is asked for with.
            key: under which the items are.
            newest_first: that order; otherwise what a page leads back to comes before it.

        Raises:
            CallError, UnreachableError: as ``call``.
        """
        pages = [self.call("GET", path)]
        while more := pages[-1]["next"]:
            pages.append(self.call("GET", more))
        if "before=" in (pages[0]["next"] or "") and not newest_first:
            pages.reverse()
        return [item for page in pages for item in page[key]]

    def filtered(self, what: str, filters: Mapping[str, object]) -> list[dict[str, Any]]:
        """Return all that the admin route of a list has under its own name; of ``limit`` so many, a single page.

        Raises:
            CallError, UnreachableError: as ``call``.
        """
        path = f"/_local/{what}{_query(filters)}"
        if filters.get("limit") is None:
            return self.listed(path, what)
        page: list[dict[str, Any]] = self.call("GET", path)[what]
        return page


@dataclass(frozen=True, kw_only=True)
class ClockClient(ServiceClient):
    """A workspace's clock.

    Attributes:
        whose: the query that names the workspace, where headers do not.
    """

    whose: str = ""

    def now(self) -> datetime:
        """Tell the time."""
        return parse_instant(self.show()["now"])

    def show(self) -> dict[str, Any]:
        """Return ``{"mode", "now"}``, and ``keep_ties`` where they are kept."""
        shown: dict[str, Any] = self.call("GET", f"/_local/clock{self.whose}")
        return shown

    def set(self, *, mode: str | None = None, now: datetime | str | None = None) -> dict[str, Any]:
        """Change the mode, or set a virtual clock without running anything in between."""
        wanted = {"mode": mode, "now": _instant(now)}
        sent = {key: value for key, value in wanted.items() if value}
        shown: dict[str, Any] = self.call("PUT", f"/_local/clock{self.whose}", json=sent)
        return shown

    def advance(
        self, duration: timedelta | str | float | None = None, *, to: datetime | str | None = None
    ) -> dict[str, Any]:
        """Move time, and return what ran once everything due has.

        Args:
            duration: by how much: a ``timedelta``, a text such as ``15m`` or ``2 days``, or seconds.
            to: in its place, the instant to which time is moved.
        """
        length = duration.total_seconds() if isinstance(duration, timedelta) else duration
        wanted = {"duration": length, "to": _instant(to)}
        sent = {key: value for key, value in wanted.items() if value is not None}
        ran: dict[str, Any] = self.call("POST", f"/_local/clock/advance{self.whose}", json=sent)
        return ran


class PlatformClient(ServiceClient):
    """The platform, as the workspace's user and organization."""

    def create_instance(self, body: Fields) -> dict[str, Any]:
        """Make an element instance."""
        made: dict[str, Any] = self.call("POST", f"{BASE_PATH}/instances", json=body)
        return made

    def patch_instance(self, instance_id: int, body: Fields) -> dict[str, Any]:
        """Change some of an instance."""
        changed: dict[str, Any] = self.call("PATCH", f"{BASE_PATH}/instances/{instance_id}", json=body)
        return changed

    def delete_instance(self, instance_id: int) -> None:
        """Delete an instance."""
        self.call("DELETE", f"{BASE_PATH}/instances/{instance_id}")

    def events(self, instance_id: int) -> list[dict[str, Any]]:
        """Return an instance's events, newest first."""
        found: list[dict[str, Any]] = self.call("GET", f"{BASE_PATH}/instances/{instance_id}/events")
        return found

    def polls(self, **filters: object) -> list[dict[str, Any]]:
        """Return polls with every decision, oldest first: all, or the latest so many if there is a ``limit``."""
        return self.filtered("polls", filters)

    def poll(self, instance_id: int | None = None) -> dict[str, Any]:
        """Poll at once."""
        ran: dict[str, Any] = self.call("POST", "/_local/polls", json={"instanceId": instance_id})
        return ran

    def audit(self, instance_id: int) -> dict[str, Any]:
        """Hold what an instance owed its receiver against what it got."""
        shown: dict[str, Any] = self.call("GET", "/_local/audit" + _query({"instanceId": instance_id}))
        return shown

    def hub(self, token: str) -> ServiceClient:
        """Return the hub as the instance with this token sees it."""
        return ServiceClient(
            http=self.http,
            url=f"{self.url}{BASE_PATH}/hubs/crm",
            headers={"Authorization": f"{self.headers['Authorization']}, Element {token}"},
        )


class CrmClient(ServiceClient):
    """The CRM, as the user whose API key it is."""

    version = "/v3.1"

    def create(self, collection: str, fields: Fields) -> dict[str, Any]:
        """Make a record."""
        made: dict[str, Any] = self.call("POST", f"{self.version}/{collection}", json=fields)
        return made

    def update(self, collection: str, record_id: int, fields: Fields) -> dict[str, Any]:
        """Change some fields of a record."""
        changed: dict[str, Any] = self.call("PUT", f"{self.version}/{collection}/{record_id}", json=fields)
        return changed

    def delete(self, collection: str, record_id: int) -> None:
        """Delete a record."""
        self.call("DELETE", f"{self.version}/{collection}/{record_id}")

    def get(self, collection: str, record_id: int) -> dict[str, Any]:
        """Return a record."""
        found: dict[str, Any] = self.call("GET", f"{self.version}/{collection}/{record_id}")
        return found

    def changes(self) -> list[dict[str, Any]]:
        """Return everything that has happened to the data, oldest first."""
        return self.filtered("changes", {})

    def seed(self, records: int, *, first: int = 0, seed: int | None = None, if_empty: bool = False) -> None:
        """Fill in made-up records; if that is asked for, only where there are no contacts yet."""
        chosen = {} if seed is None else {"seed": seed}
        wary = {"if_empty": True} if if_empty else {}
        self.call("POST", "/_local/seed", json={"records": records, "first": first, **chosen, **wary})

    def script_faults(self, rules: list[Fields]) -> None:
        """Put fault rules in the place of those that are there."""
        self.call("PUT", "/_local/faults", json={"faults": rules})


@dataclass(frozen=True, kw_only=True)
class SinkClient(ServiceClient):
    """The sink, as far as one workspace's callbacks go.

    Attributes:
        workspace: its name.
    """

    workspace: str

    def callbacks(self, **filters: object) -> list[dict[str, Any]]:
        """Return recorded callbacks, oldest first, that match all filters: all, or the first ``limit``."""
        return self.filtered("callbacks", {"workspace": self.workspace, **filters})

    def wait(self, count: int = 1, *, timeout_s: float = 10, **match: object) -> list[dict[str, Any]]:
        """Return as soon as so many callbacks match.

        Raises:
            CallError: they did not come in time; says what came closest.
        """
        wanted = {"count": count, "match": match, "timeout_s": timeout_s}
        first = self.call(
            "POST", f"/_local/callbacks/wait{_query({'workspace': self.workspace})}", json=wanted
        )
        found: list[dict[str, Any]] = first["callbacks"]
        return found + (self.listed(first["next"], "callbacks") if first["next"] else [])

    def verify(self, **expected: object) -> int:
        """Hold what is expected (``match``, ``count``, ``these``, ...) against what came, and return how many did.

        Raises:
            CallError: it is not as expected; says what does not hold, and what came closest.
        """
        shown = self.call(
            "POST", f"/_local/callbacks/verify{_query({'workspace': self.workspace})}", json=expected
        )
        found: int = shown["count"]
        return found

    def relay(self, url: str) -> None:
        """Send callbacks on to a receiver from now on, and answer as it does wherever ``respond`` says nothing."""
        self.call("PUT", "/_local/forwards", json={"bin": self.workspace, "url": url, "answers": "target"})

    def respond(self, *responses: Fields, to_bin: str | None = None) -> None:
        """Tell how the next callbacks are answered."""
        self.call(
            "PUT", "/_local/responses", json={"bin": to_bin or self.workspace, "responses": list(responses)}
        )


@dataclass(frozen=True, kw_only=True)
class WorkspaceClients:
    """All clients of one workspace."""

    credentials: Credentials
    clock: ClockClient
    platform: PlatformClient
    crm: CrmClient
    sink: SinkClient

    @classmethod
    def of(
        cls, http: Http, at: Addresses, credentials: Credentials, *, token: str | None = None
    ) -> "WorkspaceClients":
        """Return the clients of a workspace.

        Args:
            token: for the admin routes of a stack that is not bound to loopback.
        """
        admin = {} if token is None else {"Elements-Local-Token": token}
        user = {
            "Authorization": f"User {credentials.user_secret}, Organization {credentials.organization_secret}"
        }
        basic = b64encode(f"{credentials.crm_api_key}:".encode()).decode()
        headers = {
            "platform": {**admin, **user},
            "crm": {**admin, "Authorization": f"Basic {basic}"},
            "sink": admin,
        }
        return cls(
            credentials=credentials,
            clock=ClockClient(
                http=http,
                url=getattr(at, at.keeper),
                headers=headers[at.keeper],
                whose=_query({"workspace": credentials.name}) if at.keeper == "sink" else "",
            ),
            platform=PlatformClient(http=http, url=at.platform, headers=headers["platform"]),
            crm=CrmClient(http=http, url=at.crm, headers=headers["crm"]),
            sink=SinkClient(http=http, url=at.sink, headers=admin, workspace=credentials.name),
        )

    def reset(self) -> None:
        """Bring the workspace back to its start, in all services that run, or in none.

        Raises:
            CallError: a service refuses, as time is being moved; nothing has changed.
            PartlyResetError: one failed after others had been reset.
        """
        resets.reset(self._sides())

    def snapshot(self) -> dict[str, Any]:
        """Return all that the services that run remember of the workspace, its secrets included."""
        return snapshots.take(self._sides())

    def restore(self, document: Any) -> None:
        """Put the workspace back to a snapshot, which may be of another one, or of another stack; time goes back too.

        Raises:
            NoSnapshotError: the document is none.
            CallError: a service refuses its part; nothing has changed.
        """
        snapshots.restore(self._sides(), document)

    def _sides(self) -> snapshots.Sides:
        """Return the services that run, with what says there whose workspace is meant."""
        whose = {"workspace": self.credentials.name}
        every = {"platform": (self.platform, {}), "crm": (self.crm, {}), "sink": (self.sink, whose)}
        return {name: (client, query) for name, (client, query) in every.items() if client.url}


def _query(parameters: Mapping[str, object]) -> str:
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urlencode(given, doseq=True, quote_via=quote)}" if given else ""


def _instant(value: datetime | str | None) -> str | None:
    return format_instant(value) if isinstance(value, datetime) else value
