"""What a service was asked and what it answered: the last few hundred requests of each workspace."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import Connection

from mock_kit.calls import Calls
from mock_kit.instants import format_instant
from mock_kit.json_text import Json
from mock_kit.masks import mask_body, mask_header, mask_target
from mock_kit.workspaces import Workspace

KEPT_REQUESTS = 500
KEPT_BYTES = 8 * 1024


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer. Bodies are cut at ``KEPT_BYTES``.

    Attributes:
        at: when it came, by the workspace's clock.
        answered_at: when it was answered; another instant on a virtual clock, too, if a change began the next second.
        status: of the answer; None if the connection was dropped.
        fault: whether a scripted fault struck.
    """

    at: Annotated[datetime, Meta(tz=True)]
    answered_at: Annotated[datetime, Meta(tz=True)]
    method: str
    target: str
    request_headers: list[tuple[str, str]]
    request_body: bytes
    status: int | None
    reply_headers: list[tuple[str, str]]
    reply_body: bytes
    fault: bool

    def to_json(self) -> Json:
        """Return what may be shown: secrets masked."""
        return {
            "at": format_instant(self.at),
            "answered_at": format_instant(self.answered_at),
            "method": self.method,
            "target": mask_target(self.target),
            "status": self.status,
            "fault": self.fault,
            "request": {"headers": _headers(self.request_headers), "body": _body(self.request_body)},
            "reply": {"headers": _headers(self.reply_headers), "body": _body(self.reply_body)},
        }


class Journal:
    """The exchanges of one service; the oldest make room for new ones.

    Attributes:
        calls: what came from outside, kept so that it can be done again.
    """

    kept_shape: Any = list[Exchange]

    def __init__(self) -> None:
        self.calls = Calls()
        self._kept: dict[str, deque[Exchange]] = {}

    def add(self, workspace: str, exchange: Exchange) -> None:
        """Keep an exchange."""
        self._kept.setdefault(workspace, deque(maxlen=KEPT_REQUESTS)).append(exchange)

    def clear(self, workspace: str) -> None:
        """Forget a workspace's exchanges."""
        self._kept.pop(workspace, None)
        self.calls.clear(workspace)

    def recall(self, workspace: Workspace) -> list[Exchange]:
        """Return a workspace's exchanges for a snapshot, oldest first, with the secrets in them.

        ``calls`` is no part of it: that says what was asked, restores included, and not how things stand.
        """
        return list(self._kept.get(workspace.name, ()))

    def restore(
        self, _connection: Connection, workspace: Workspace, value: list[Exchange]
    ) -> Callable[[], None]:
        """Return what puts exchanges in the place of those that are kept."""

        def put_back() -> None:
            self._kept[workspace.name] = deque(value, maxlen=KEPT_REQUESTS)

        return put_back

    def search(self, workspace: str, *, text: str = "") -> Iterator[Json]:
        """Yield a workspace's exchanges, newest first, that contain a text as shown."""
        for exchange in reversed(list(self._kept.get(workspace, ()))):
            if not text or any(text.lower() in line.lower() for line in _lines(exchange)):
                yield exchange.to_json()


def _lines(exchange: Exchange) -> Iterator[str]:
    """Yield what an exchange shows, without the quotes and escapes of its notation."""
    yield f"{format_instant(exchange.at)} {exchange.method} {mask_target(exchange.target)} {exchange.status or ''}"
    for headers, body in (
        (exchange.request_headers, exchange.request_body),
        (exchange.reply_headers, exchange.reply_body),
    ):
        yield from (f"{name}: {value}" for name, value in _headers(headers).items())
        yield _body(body)


def _headers(pairs: list[tuple[str, str]]) -> dict[str, Json]:
    """Return headers by name, in the case of their first coming; of one that came twice, both values."""
    values: dict[str, list[str]] = {}
    names = {name.lower(): name for name, _ in reversed(pairs)}
    for name, value in pairs:
        values.setdefault(names[name.lower()], []).append(mask_header(name, value))
    return {name: ", ".join(each) for name, each in values.items()}


def _body(raw: bytes) -> str:
    shown = mask_body(raw[:KEPT_BYTES].decode("utf-8", "replace"))
    return shown + " ..." if len(raw) > KEPT_BYTES else shown
