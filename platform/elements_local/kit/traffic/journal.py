"""What a service was asked and what it answered: the last few hundred requests of each workspace."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec import field as parameter
from sqlalchemy import Connection

from elements_local.kit.api.json_text import Json
from elements_local.kit.api.pages import Limit, ListQuery, Page, UnwantedTexts
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_body, mask_header, mask_known, mask_target, mask_value
from elements_local.kit.settings import integer
from elements_local.kit.traffic.calls import (
    CALLER_HEADER,
    READS,
    CallLog,
    MemoryBudget,
    RingBuffer,
    pack,
    unpack,
)
from elements_local.kit.values import replace
from elements_local.kit.workspaces.registry import Workspace

KEPT_REQUESTS = 500
KEPT_BYTES = 8 * 1024
KEPT_BYTES_OF_REQUESTS = 4 * 1024 * 1024
"""Of a workspace, so that three sorts fit into what all workspaces have, their calls included:"""

JOURNAL_BYTES = 12 * 1024 * 1024
_SMALLEST = 1024 * 1024


def bytes_setting() -> int:
    """Declare a service's setting of how much its journal keeps."""
    about = "bytes of requests and answers that are kept in memory, of all workspaces together (ours)"
    return integer(JOURNAL_BYTES, about, low=_SMALLEST)


class Exchange(Struct, frozen=True, kw_only=True):
    """One request and its answer. Bodies are cut at ``KEPT_BYTES``.

    Attributes:
        at: when it came, by the workspace's clock.
        answered_at: when it was answered; another instant on a virtual clock, too, if a change began the next second.
        status: of the answer; None if the connection was dropped.
        fault: whether a scripted fault struck.
        effect: what it did, as its rule says, with ``noted``, what the service noted of it; empty if none struck.
        duration_us: microseconds of the machine's time until the answer. Snapshots have none, as one seed makes one snapshot.
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
    effect: dict[str, Any] = {}
    duration_us: int = 0

    def to_json(self, secrets: Iterable[str] = ()) -> dict[str, Json]:
        """Return what may be shown: secrets masked, and the workspace's own wherever they stand."""
        return {
            "at": format_instant(self.at),
            "answered_at": format_instant(self.answered_at),
            "duration_us": self.duration_us,
            "method": self.method,
            "target": mask_known(mask_target(self.target), secrets),
            "status": self.status,
            "fault": self.fault,
            "effect": mask_value(self.effect),
            "request": _shown(self.request_headers, self.request_body, secrets),
            "reply": _shown(self.reply_headers, self.reply_body, secrets),
        }


class JournalQuery(ListQuery):
    """Which exchanges are asked for.

    Attributes:
        q: a text that they contain, as they are shown; case does not count.
        not_: texts that they do not contain.
        struck: only those that a scripted fault struck.
        reads: false leaves out those that only read.
        caller: only those of a service of the stack, such as ``engine``, which polls.
    """

    q: str = ""
    not_: UnwantedTexts = parameter(default=[], name="not")
    struck: bool = False
    reads: bool = True
    caller: str = ""
    limit: Limit = 50

    def means(self, exchange: Exchange) -> bool:
        """Say whether an exchange is asked for, on whichever page."""
        if (self.struck and not exchange.fault) or (not self.reads and exchange.method in READS):
            return False
        if self.caller and (CALLER_HEADER, self.caller) not in exchange.request_headers:
            return False
        lines = [line.lower() for line in _lines(exchange)] if self.q or self.not_ else []
        return (not self.q or _is_in(self.q, lines)) and not any(_is_in(text, lines) for text in self.not_)


class KeptExchanges(Struct):
    """A workspace's exchanges as a snapshot has them, oldest first; so many before them had to make room."""

    pruned: int
    exchanges: list[Exchange]


class ExchangePage(Page[tuple[int, Exchange]], frozen=True, kw_only=True):
    """A page of exchanges, each with its number, newest first.

    Attributes:
        pruned: how many had to make room since the workspace was made or reset.
    """

    pruned: int = 0


class Journal:
    """The exchanges of one service; the oldest make room for new ones.

    Args:
        most_bytes: of all workspaces, calls included.

    Attributes:
        calls: what came from outside, kept so that it can be done again.
    """

    kept_shape: Any = KeptExchanges

    def __init__(self, most_bytes: int = JOURNAL_BYTES) -> None:
        self._budget = MemoryBudget(most_bytes)
        self.calls = CallLog(self._budget)
        self._kept: dict[str, RingBuffer] = {}

    def add(self, workspace: str, exchange: Exchange) -> None:
        """Keep an exchange."""
        piece = pack(exchange)
        with self._budget.lock:
            buffer = self._kept.get(workspace)
            if buffer is None:
                buffer = self._kept[workspace] = self._buffer()
            buffer.add(piece)

    def clear(self, workspace: str) -> None:
        """Forget a workspace's exchanges."""
        self._replace(workspace, None)
        self.calls.clear(workspace)

    def recall(self, workspace: Workspace) -> KeptExchanges:
        """Return a workspace's exchanges for a snapshot, with the secrets in them.

        ``calls`` is no part of it: that says what was asked, restores included, and not how things stand.
        """
        with self._budget.lock:
            buffer = self._kept.get(workspace.name) or RingBuffer.empty()
            kept = [replace(unpack(piece, Exchange), duration_us=0) for _, piece in buffer.entries]
            return KeptExchanges(buffer.pruned, kept)

    def restore(
        self, _connection: Connection, workspace: Workspace, value: KeptExchanges
    ) -> Callable[[], None]:
        """Return what puts exchanges in the place of those that are kept."""
        return lambda: self._replace(workspace.name, value)

    def page(self, workspace: str, query: JournalQuery) -> ExchangePage:
        """Return a page of a workspace's exchanges, newest first; ``before`` is the ``cursor`` of the page before."""
        with self._budget.lock:
            buffer = self._kept.get(workspace) or RingBuffer.empty()
            entries, pruned = [*reversed(buffer.entries)], buffer.pruned
        exchanges = ((number, unpack(piece, Exchange)) for number, piece in entries)
        matches = [(number, one) for number, one in exchanges if query.means(one)]
        older = [(number, one) for number, one in matches if query.before is None or number < query.before]
        page = ExchangePage.of(older, query.limit, total=len(matches), cursor=itemgetter(0))
        return replace(page, pruned=pruned)

    def _replace(self, workspace: str, kept: KeptExchanges | None) -> None:
        with self._budget.lock:
            buffer = self._kept.pop(workspace, None)
            if buffer is not None:
                self._budget.release(buffer)
            if kept is not None:
                buffer = self._kept[workspace] = self._buffer()
                buffer.go_on_from(kept.pruned)
                for exchange in kept.exchanges:
                    buffer.add(pack(exchange))

    def _buffer(self) -> RingBuffer:
        return self._budget.buffer(most=KEPT_REQUESTS, most_bytes=KEPT_BYTES_OF_REQUESTS)


def _is_in(text: str, lines: Sequence[str]) -> bool:
    return any(text.lower() in line for line in lines)


def _lines(exchange: Exchange) -> Iterator[str]:
    """Yield what an exchange shows, without the quotes and escapes of its notation."""
    yield f"{format_instant(exchange.at)} {exchange.method} {mask_target(exchange.target)} {exchange.status or ''}"
    for headers, body in (
        (exchange.request_headers, exchange.request_body),
        (exchange.reply_headers, exchange.reply_body),
    ):
        yield from (f"{name}: {value}" for name, value in _headers(headers).items())
        yield _body(body)


def _shown(pairs: list[tuple[str, str]], body: bytes, secrets: Iterable[str]) -> Json:
    headers: Json = {name: mask_known(str(value), secrets) for name, value in _headers(pairs).items()}
    return {"headers": headers, "body": mask_known(_body(body), secrets)}


def _headers(pairs: list[tuple[str, str]]) -> dict[str, Json]:
    """Return headers by name, in the case of their first coming; of one that came twice, both values."""
    values: dict[str, list[str]] = {}
    names = {name.lower(): name for name, _ in reversed(pairs)}
    for name, value in pairs:
        values.setdefault(names[name.lower()], []).append(mask_header(name, value))
    return {name: ", ".join(each) for name, each in values.items()}


def _body(raw: bytes) -> str:
    text = mask_body(raw[:KEPT_BYTES].decode("utf-8", "replace"))
    return text + " ..." if len(raw) > KEPT_BYTES else text
