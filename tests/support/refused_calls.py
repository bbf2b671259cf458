"""Calls that the platform refuses, as rows: each with its status and what it says, and nothing changes because of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elements_local.clients import BASE_PATH, ServiceClient, WorkspaceClients
from elements_local.kit.api.json_text import decode

OWNER = "User {user}, Organization {organization}"
HUB = "User {user}, Element {token}"
ALL = f"{OWNER}, Element {{token}}"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A call, and how it is refused.

    Attributes:
        says: part of the message.
        query: of the path, with its question mark.
        json: the body, or what makes it of the workspace's clients.
        by: the Authorization header; None for a stranger.
        crm: what the CRM answers meanwhile.
    """

    status: int
    says: str
    query: str = ""
    json: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    by: str | None = OWNER
    crm: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Group:
    """Refusals that each of some routes has."""

    routes: Sequence[str]
    refusals: Sequence[Refusal]


@dataclass(frozen=True)
class Refusing:
    """A workspace whose calls are refused.

    Attributes:
        words: what routes and headers may name: ids, tokens, secrets.
    """

    clients: WorkspaceClients
    anybody: ServiceClient
    words: Mapping[str, object]

    def state(self) -> tuple[Any, ...]:
        """Return all that a refusal could have changed, of the platform and its CRM."""
        kept = self.clients.platform.call("POST", "/_local/snapshot")
        return kept["tables"], kept["memory"]["workspace"], self.clients.crm.changes()

    def unlike(self, group: Group) -> list[str]:
        """Make all calls of a group, and say which were not refused as they should be."""
        found = [
            (self._answer(route, each), route, each) for route in group.routes for each in group.refusals
        ]
        return [
            f"{route}{each.query} {str(each.json or each.body)[:100]}: {status} {said!r}, not {each.status} {each.says!r}"
            for (status, said), route, each in found
            if status != each.status or self._filled(each.says) not in said
        ]

    def _answer(self, route: str, refusal: Refusal) -> tuple[int, str]:
        method, path = route.split(" ")
        if refusal.crm is not None:
            self.clients.crm.script_faults([{"effect": refusal.crm}])
        who = {} if refusal.by is None else {"Authorization": self._filled(refusal.by)}
        made: Callable[[WorkspaceClients], Any] | None = refusal.json if callable(refusal.json) else None
        reply = self.anybody.send(
            method,
            self._place(self._filled(path) + self._filled(refusal.query)),
            json=made(self.clients) if made else refusal.json,
            body=refusal.body,
            headers={**who, **refusal.headers},
        )
        if refusal.crm is not None:
            self.clients.crm.script_faults([])
        return reply.status, message_of(reply) if reply.status >= 400 else ""

    def _filled(self, text: str) -> str:
        for name, value in self.words.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    @staticmethod
    def _place(path: str) -> str:
        return path if path.startswith("/_local") else BASE_PATH + path


def message_of(reply: Any) -> str:
    """Return the message of an error, whose form is the platform's."""
    body: Any = decode(reply.body)
    assert set(body) <= {"requestId", "message", "providerMessage"}
    assert re.fullmatch("[0-9a-f]{24}", body["requestId"])
    assert reply.headers["elements-request-id"] == body["requestId"]
    assert reply.headers["Content-Type"].startswith("application/json")
    return str(body["message"])


def bodies(status: int, rows: Mapping[str, Sequence[Any]], *, by: str = OWNER) -> list[Refusal]:
    """Return refusals of JSON bodies by what is said of them."""
    return [
        Refusal(status=status, says=says, json=json, by=by)
        for says, rows_of in rows.items()
        for json in rows_of
    ]


def queries(status: int, rows: Mapping[str, Sequence[str]], *, by: str = OWNER) -> list[Refusal]:
    """Return refusals of queries by what is said of them."""
    return [
        Refusal(status=status, says=says, query=query and f"?{query}", by=by)
        for says, rows_of in rows.items()
        for query in rows_of
    ]
