"""Clients of the three services: what a customer's code does with them, in one line each.

They speak HTTP like anyone else, over the network or in process.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias
from urllib.parse import parse_qs

from elements_local.errors import HarnessError
from elements_local.kit.instants import parse_instant
from elements_local.kit.wire import Reply
from elements_local.service_client import (
    SERVICES,
    Addresses,
    ClockClient,
    Credentials,
    ServiceClient,
    query_of,
    segment,
)

__all__ = [
    "BASE_PATH",
    "SERVICES",
    "Addresses",
    "ClockClient",
    "Credentials",
    "CrmClient",
    "FakeClient",
    "Fields",
    "PlatformClient",
    "ServiceClient",
    "SinkClient",
    "WorkspaceClients",
]

BASE_PATH = "/elements/api-v2"

Fields = Mapping[str, object]


class PlatformClient(ServiceClient):
    """The platform, as the workspace's user and organization."""

    def create_instance(self, body: Fields) -> dict[str, Any]:
        """Make an element instance."""
        return self.call_object("POST", f"{BASE_PATH}/instances", json=body)

    def patch_instance(self, instance_id: int, body: Fields) -> dict[str, Any]:
        """Change some of an instance."""
        return self.call_object("PATCH", f"{BASE_PATH}/instances/{segment(instance_id)}", json=body)

    def delete_instance(self, instance_id: int) -> None:
        """Delete an instance."""
        self.call("DELETE", f"{BASE_PATH}/instances/{segment(instance_id)}")

    def events(self, instance_id: int) -> list[dict[str, Any]]:
        """Return an instance's events, newest first."""
        events: list[dict[str, Any]] = self.call(
            "GET", f"{BASE_PATH}/instances/{segment(instance_id)}/events"
        )
        return events

    def polls(self, **filters: object) -> list[dict[str, Any]]:
        """Return polls with every decision, oldest first: all, or the latest so many if there is a ``limit``."""
        return self.filtered("polls", filters)

    def poll(self, instance_id: int | None = None) -> dict[str, Any]:
        """Poll at once."""
        return self.call_object("POST", "/_local/polls", json={"instanceId": instance_id})

    def audit(self, instance_id: int) -> dict[str, Any]:
        """Hold what an instance owed its receiver against what it got: all that was found, from all pages."""
        audit = self.call_object(
            "GET", "/_local/audit" + query_of({"instanceId": instance_id, "limit": 10_000})
        )
        del audit["total"]
        while more := audit.pop("next"):
            page = self.call_object("GET", more)
            audit |= {kind: page[kind] + audit[kind] for kind in audit["counts"]} | {"next": page["next"]}
        return audit

    def audit_counts(self) -> list[dict[str, Any]]:
        """Count what the audit of each instance finds."""
        counts: list[dict[str, Any]] = self.call("GET", "/_local/audit/counts")["audits"]
        return counts

    def explain(  # noqa: PLR0913 - what can be asked about
        self,
        *,
        instance_id: int | None = None,
        resource: str | None = None,
        record_id: str | int | None = None,
        change: int | None = None,
        event: str | None = None,
        callback: int | None = None,
        cures: bool = True,
    ) -> dict[str, Any]:
        """Say why a change did, or did not, lead to a callback.

        Args:
            instance_id, resource, record_id: the latest change of a record.
            change: in their place, with the instance, the ``seq`` of a change of the CRM's log.
            event, callback: in their place, an event's id, or the sink's of a callback.
            cures: whether changes that would have helped are tried.
        """
        asked = {"instanceId": instance_id, "resource": resource, "recordId": record_id, "change": change}
        also = {"event": event, "callback": callback, "cures": None if cures else "false"}
        return self.call_object("GET", "/_local/explain" + query_of({**asked, **also}))

    def pollers(self) -> list[dict[str, Any]]:
        """Return the instances with what each polls, and when next."""
        pollers: list[dict[str, Any]] = self.call("GET", "/_local/pollers")["pollers"]
        return pollers

    def hub(self, token: str) -> ServiceClient:
        """Return the hub as the instance with this token sees it."""
        return ServiceClient(
            http=self.http,
            url=f"{self.url}{BASE_PATH}/hubs/crm",
            headers={"Authorization": f"{self.headers['Authorization']}, Element {token}"},
        )


class RecordsClient(ServiceClient):
    """A service that keeps records, as far as its admin routes go."""

    def changes(self) -> list[dict[str, Any]]:
        """Return everything that has happened to the data, oldest first."""
        return self.filtered("changes", {})

    def seed(self, records: int, *, first: int = 0, seed: int | None = None, if_empty: bool = False) -> None:
        """Fill in made-up records; if that is asked for, only where there are no contacts yet."""
        chosen = {} if seed is None else {"seed": seed}
        condition = {"if_empty": True} if if_empty else {}
        self.call_object(
            "POST", "/_local/seed", json={"records": records, "first": first, **chosen, **condition}
        )

    def script_faults(self, rules: list[Fields]) -> None:
        """Put fault rules in the place of those that are there."""
        self.call("PUT", "/_local/faults", json={"faults": rules})


@dataclass(frozen=True, kw_only=True, repr=False)
class CrmClient(RecordsClient):
    """The CRM, as the user whose API key it is; and other vendors that the stack plays, by the platform.

    Attributes:
        others: a collection of theirs, ``deals`` or ``hubspot/contacts``, -> its path on the platform.
    """

    version: ClassVar[str] = "/v3.1"
    platform: ServiceClient | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    def place(self, collection: str) -> tuple[ServiceClient, str]:
        """Return where a collection's records are, and its path there."""
        path = self.others.get(collection)
        return (self, f"{self.version}/{collection}") if path is None else (self.platform or self, path)

    def create(self, collection: str, fields: Fields) -> dict[str, Any]:
        """Make a record."""
        client, path = self.place(collection)
        return client.call_object("POST", path, json=fields)

    def update(self, collection: str, record_id: int | str, fields: Fields) -> dict[str, Any]:
        """Change some fields of a record."""
        client, path = self.place(collection)
        return client.call_object("PUT", f"{path}/{segment(record_id)}", json=fields)

    def delete(self, collection: str, record_id: int | str) -> None:
        """Delete a record."""
        client, path = self.place(collection)
        client.call("DELETE", f"{path}/{segment(record_id)}")

    def get(self, collection: str, record_id: int | str) -> dict[str, Any]:
        """Return a record."""
        client, path = self.place(collection)
        return client.call_object("GET", f"{path}/{segment(record_id)}")


@dataclass(frozen=True, kw_only=True, repr=False)
class FakeClient(RecordsClient):
    """A fake of another vendor, as far as its admin routes go, for one workspace.

    Attributes:
        workspace: its name.
    """

    workspace: str

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Send a request and return the answer, as ``ServiceClient`` does."""
        return super().send(method, _of_workspace(path, self.workspace), **request)


def _of_workspace(path: str, workspace: str) -> str:
    """Return the path of an admin call that says whose workspace it means, unless it says so already."""
    before, _, query = path.partition("?")
    if {"workspace", "bin"} & parse_qs(query).keys():
        return path
    return f"{before}{query_of({'workspace': workspace})}{f'&{query}' if query else ''}"


@dataclass(frozen=True, kw_only=True, repr=False)
class SinkClient(ServiceClient):
    """The sink, as far as one workspace's callbacks go.

    Attributes:
        workspace: its name; calls about callbacks that name no other are about this one.
    """

    workspace: str

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Send a request and return the answer, as ``ServiceClient`` does."""
        if path.startswith("/_local/callbacks"):
            path = _of_workspace(path, self.workspace)
        return super().send(method, path, **request)

    def callbacks(self, **filters: object) -> list[dict[str, Any]]:
        """Return recorded callbacks, oldest first, that match all filters: all, or the first ``limit``."""
        return self.filtered("callbacks", {"workspace": self.workspace, **filters})

    def wait(self, count: int = 1, *, timeout_s: float = 10, **match: object) -> list[dict[str, Any]]:
        """Return as soon as so many callbacks match.

        Raises:
            CallError: they did not come in time; says what came closest.
            TypeError: ``timeout`` is given, or the like; ``timeout_s`` is meant.
        """
        if unknown := next((name for name in match if name.startswith("timeout")), None):
            raise TypeError(f"wait() takes no {unknown!r}; did you mean timeout_s, in seconds?")
        first = self.call(
            "POST",
            f"/_local/callbacks/wait{query_of({'workspace': self.workspace})}",
            json={"count": count, "match": match, "timeout_s": timeout_s},
        )
        callbacks: list[dict[str, Any]] = first["callbacks"]
        return callbacks + (self.listed(first["next"], "callbacks") if first["next"] else [])

    def verify(self, **expected: object) -> int:
        """Hold what is expected (``match``, ``count``, ``these``, ...) against what came, and return how many did.

        Raises:
            CallError: it is not as expected; says what does not hold, and what came closest.
        """
        path = f"/_local/callbacks/verify{query_of({'workspace': self.workspace})}"
        count: int = self.call("POST", path, json=expected)["count"]
        return count

    def replay(self, callback_id: int, *, url: str | None = None) -> dict[str, Any]:
        """Send a callback once more, the same bytes and headers, and return what came of it: ``status``, or a ``reason``.

        Args:
            url: where to; None is where the workspace's callbacks are sent on or relayed to.

        Raises:
            CallError: they are sent nowhere, or may not be sent there.
        """
        path = f"/_local/callbacks/{segment(callback_id)}/replay{query_of({'workspace': self.workspace})}"
        return self.call_object("POST", path, json={"url": url} if url else None)

    def relay(self, url: str) -> None:
        """Send callbacks on to a receiver from now on, and answer as it does wherever ``respond`` says nothing."""
        self.call("PUT", "/_local/forwards", json={"bin": self.workspace, "url": url, "answers": "target"})

    def respond(self, *responses: Fields, to_bin: str | None = None) -> None:
        """Tell how the next callbacks are answered."""
        self.call(
            "PUT", "/_local/responses", json={"bin": to_bin or self.workspace, "responses": list(responses)}
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class WorkspaceClients:
    """All clients of one workspace.

    Attributes:
        fakes: those of other vendors, by their elements.
    """

    credentials: Credentials
    clock: ClockClient
    platform: PlatformClient
    crm: CrmClient
    sink: SinkClient
    fakes: Mapping[str, FakeClient] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Name the workspace, and none of its secrets."""
        return f"{type(self).__name__}({self.credentials.name!r})"

    def reset(self) -> None:
        """Bring the workspace back to its start, in all services that run, or in none.

        Raises:
            CallError: a service refuses, as time is being moved; nothing has changed.
            PartlyResetError: one failed after others had been reset.
        """
        reset_services(self._sides())

    def snapshot(self) -> dict[str, Any]:
        """Return all that the services that run remember of the workspace, its secrets included."""
        return take_snapshot(self._sides())

    def restore(self, document: Any) -> None:
        """Put the workspace back to a snapshot, which may be of another one, or of another stack; time goes back too.

        Raises:
            NoSnapshotError: the document is none.
            CallError: a service refuses its part; nothing has changed.
        """
        restore_snapshot(self._sides(), document)

    def changes(self) -> list[dict[str, Any]]:
        """Return everything that has happened to the data, oldest first: the CRM's, and other vendors' of kinds that it has not."""
        own = self.crm.changes() if self.crm.url else []
        kinds = {change["resource"].lower() for change in own}
        logs = [log for fake in self.fakes.values() for log in fake.changes()]
        others = [change for change in logs if change["resource"].lower() not in kinds]
        return sorted([*own, *others], key=lambda change: parse_instant(change["at"])) if others else own

    def _sides(self) -> "Sides":
        """Return the services that run, with what says there whose workspace is meant."""
        whose = {"workspace": self.credentials.name}
        every = {"platform": (self.platform, {}), "crm": (self.crm, {}), "sink": (self.sink, whose)}
        others = {name: (client, whose) for name, client in self.fakes.items()}
        return {name: (client, query) for name, (client, query) in {**every, **others}.items() if client.url}


SNAPSHOT_VERSION = 1
"""Of the document."""

Sides: TypeAlias = Mapping[str, tuple[ServiceClient, Mapping[str, str]]]
"""Service -> its client, and the query that says whose workspace is meant there."""

_CHECK = {"check": "true"}
"""Asks a service whether it could."""


class PartlyResetError(HarnessError):
    """A service failed after others had been reset."""

    def __init__(self, done: list[str], left: list[str], error: HarnessError) -> None:
        super().__init__(
            f"{' and '.join(done)} {'has' if len(done) == 1 else 'have'} been reset, {' and '.join(left)} not: {error}"
        )


class NoSnapshotError(HarnessError):
    """A document is no snapshot of a whole workspace."""

    def __init__(self, came: str) -> None:
        super().__init__(
            f'expected {{"version": {SNAPSHOT_VERSION}, "platform": {{...}}, "crm": {{...}}, "sink": {{...}}}}; got {came}'
        )


def reset_services(sides: Sides) -> None:
    """Bring all services back to their start; each is asked whether it could, before the first is.

    Raises:
        CallError, UnreachableError: a service refuses, or does not answer; nothing has changed.
        PartlyResetError: one failed after others had been reset.
    """
    for client, whose in sides.values():
        client.call_object("POST", f"/_local/reset{query_of({**whose, **_CHECK})}")
    done: list[str] = []
    for name, (client, whose) in sides.items():
        try:
            client.call_object("POST", f"/_local/reset{query_of(whose)}")
        except HarnessError as error:
            if not done:
                raise
            raise PartlyResetError(done, [other for other in sides if other not in done], error) from error
        done.append(name)


def take_snapshot(sides: Sides) -> dict[str, Any]:
    """Return what all services remember of a workspace.

    Each answers for one moment of its own; if other calls go on meanwhile, the platform's is the earliest, so that
    nothing which it still owes is missing.
    """
    parts = {
        name: client.call("POST", f"/_local/snapshot{query_of(whose)}")
        for name, (client, whose) in sides.items()
    }
    return {"version": SNAPSHOT_VERSION, **parts}


def restore_snapshot(sides: Sides, document: Any) -> None:
    """Put a workspace back to what all services remembered of it.

    Each service is asked whether it could, before the first does; the platform, whose clock lets jobs run, is the last.

    Raises:
        NoSnapshotError: it is none.
        CallError: a service refuses its part; no service has changed then.
    """
    _refuse_what_is_none(sides, document)
    for check in (_CHECK, {}):
        for name in reversed(list(sides)):
            client, whose = sides[name]
            client.call("PUT", f"/_local/snapshot{query_of({**whose, **check})}", json=document[name])


def _refuse_what_is_none(sides: Sides, document: Any) -> None:
    if not isinstance(document, dict):
        raise NoSnapshotError(type(document).__name__)
    if document.get("version") != SNAPSHOT_VERSION:
        raise NoSnapshotError(f"version {document.get('version')!r}")
    if document.keys() != {"version", *sides}:
        raise NoSnapshotError(f"the keys {', '.join(map(str, document))}")
