"""What was seen of a workspace since it was made or reset: calls from outside, callbacks, polls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from elements_local.clients.errors import HarnessError
from elements_local.clients.workspace_clients import BASE_PATH, Addresses, Credentials
from elements_local.kit.api.json_text import MalformedJsonError, decode
from elements_local.kit.instants import parse_instant
from elements_local.kit.traffic.calls import LARGEST_KEPT_BODY, READS

_MAKING = re.compile(rf"{BASE_PATH}(?:/elements/[^/]+)?/instances/?\Z")


class RecordingError(HarnessError):
    """What happened cannot be written down as a scenario; says why, and what to do."""


UNREAD: Final = object()
"""Stands for a body that is no JSON."""


@dataclass(frozen=True, kw_only=True)
class ObservedCall:
    """A call from outside, as a journal shows it.

    Attributes:
        began: orders the calls of all services by when they came.
        at, answered_at: when it came and when it was answered, by the workspace's clock; on a virtual one another instant
            where it began the next second.
        target: the path, decoded, and the query as it was sent.
        headers, reply_headers: by their names in small letters.
        status: None if the connection was dropped.
        fault: whether a scripted fault struck.
    """

    service: str
    began: int
    at: datetime
    answered_at: datetime
    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    size: int
    status: int | None
    fault: bool
    reply_headers: Mapping[str, str]
    reply: str

    @classmethod
    def from_json(cls, service: str, call: Mapping[str, Any]) -> "ObservedCall":
        """Read what ``/_local/journal/calls`` shows of a call."""
        return cls(
            service=service,
            at=parse_instant(call["at"]),
            answered_at=parse_instant(call["answered_at"]),
            headers=_by_small_names(call["headers"]),
            reply_headers=_by_small_names(call["reply_headers"]),
            **{
                name: call[name]
                for name in ("began", "method", "target", "body", "size", "status", "fault", "reply")
            },
        )

    @property
    def path(self) -> str:
        """Return the target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Return what stands behind the question mark."""
        return self.target.partition("?")[2]

    @property
    def reads(self) -> bool:
        """Say whether it only looks."""
        return self.method in READS

    @property
    def good(self) -> bool:
        """Say whether it succeeded, and no scripted fault had a hand in it."""
        return self.status is not None and 200 <= self.status < 300 and not self.fault

    @property
    def whole(self) -> bool:
        """Say whether its body was kept to the last byte, and is text."""
        return self.size <= LARGEST_KEPT_BODY and "\ufffd" not in self.body

    @property
    def instance_id(self) -> int | None:
        """Return the id of the instance that it went through, where the platform says that."""
        header = self.reply_headers.get("elements-element-instance-id", "")
        return int(header) if header.isdecimal() else None

    @cached_property
    def json(self) -> Any:
        """Return the body's JSON, or ``UNREAD``."""
        return _json(self.body)

    @cached_property
    def answer(self) -> Any:
        """Return the answer's JSON, or ``UNREAD``."""
        return _json(self.reply)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What was seen of a workspace.

    Attributes:
        seed: what its ids follow from.
        now: what its clock shows.
        keeps_ties: whether changes could fall into the second of a poll, as they can on a real clock.
        calls: in the order in which they came.
        callbacks: as the sink lists them, oldest first.
        polls: as the platform lists them, oldest first.
        notes: what a reader of the recording has to know.
    """

    credentials: Credentials
    addresses: Addresses
    seed: int
    now: datetime
    keeps_ties: bool
    calls: tuple[ObservedCall, ...]
    callbacks: tuple[Mapping[str, Any], ...] = ()
    polls: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def makes(call: ObservedCall) -> bool:
    """Say whether a call made an instance."""
    return (
        call.service == "platform"
        and call.method == "POST"
        and call.good
        and _MAKING.match(call.path) is not None
        and isinstance(call.json, dict)
        and isinstance(call.answer, dict)
        and isinstance(call.answer.get("id"), int)
    )


def _by_small_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _json(text: str) -> Any:
    try:
        return decode(text)
    except MalformedJsonError:
        return UNREAD
