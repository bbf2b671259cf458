"""What a service was asked from outside since a workspace was made or reset, kept so that it can be done again.

Unlike the journal, which shows the latest of everything, this leaves out what the services of a stack ask one another,
has the admin calls that change something, keeps bodies as long as most are, and says when it had to forget.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, count
from json import dumps
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from elements_local.kit.api.json_text import Json, MalformedJsonError, decode, encode
from elements_local.kit.api.pages import Page
from elements_local.kit.http_message import NO_HEADERS, Http, NoReply, Reply
from elements_local.kit.instants import format_instant
from elements_local.kit.masks import mask_body, mask_header, mask_known, mask_target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIEnvironment

    from elements_local.kit.workspaces.registry import Workspace

_OVERHEAD = 150
"""About how many bytes are taken by the piece itself, its number, and the place of both."""

Item = TypeVar("Item", bound=msgspec.Struct)

# while freezegun holds the time, dates are of a class that the encoder does not know
_encoder = msgspec.msgpack.Encoder(enc_hook=lambda instant: instant.isoformat())


def pack(item: msgspec.Struct) -> bytes:
    """Return something as one piece of bytes: MessagePack, or JSON if it has numbers of more than 64 bits.

    ``poe bench`` pays for it: what is kept as it is lies in thirty places of memory, by which nothing else stays in the
    processor's cache, and a virtual day takes a twentieth longer.
    """
    try:
        return _encoder.encode(item)
    except OverflowError:
        return encode(item)


def unpack(piece: bytes, shape: type[Item]) -> Item:
    """Return what was packed."""
    read = msgspec.json.decode if piece.startswith(b"{") else msgspec.msgpack.decode
    return read(piece, type=shape)


def weight_of(piece: bytes) -> int:
    """Return about how many bytes a piece takes where it is kept."""
    return _OVERHEAD + len(piece)


class MemoryBudget:
    """The memory that all buffers share.

    Args:
        most_bytes: how much they may hold together.
    """

    def __init__(self, most_bytes: int) -> None:
        # one lock for all buffers of a budget: adding to one may take from another
        self.lock = RLock()
        self._most_bytes = most_bytes
        self._buffers: list[RingBuffer] = []
        self._weight = 0

    def buffer(self, *, most: int, most_bytes: int) -> "RingBuffer":
        """Make a buffer for so many things, and for so many bytes of them."""
        with self.lock:
            buffer = RingBuffer(most=most, most_bytes=most_bytes, changed=self._weigh)
            self._buffers.append(buffer)
        return buffer

    def release(self, buffer: "RingBuffer") -> None:
        """Forget a buffer and what is in it."""
        with self.lock:
            self._buffers = [each for each in self._buffers if each is not buffer]
            self._weight -= buffer.weight

    def _weigh(self, more: int) -> None:
        """Note that a buffer holds more, or less; and let the heaviest make room as long as all hold too much."""
        self._weight += more
        while more > 0 and self._weight > self._most_bytes:
            max(self._buffers, key=attrgetter("weight")).drop()


@dataclass(eq=False, kw_only=True)
class RingBuffer:
    """Things of one sort and of one workspace, packed and numbered; to be used by who holds the budget's lock.

    Attributes:
        most, most_bytes: how much there may be; the latest is kept in any case.
        pruned: the highest number of what had to make room; 0 if nothing had to.
    """

    most: int
    most_bytes: int
    changed: Callable[[int], None]
    entries: deque[tuple[int, bytes]] = field(default_factory=deque)
    weight: int = 0
    pruned: int = 0
    _made: int = 0

    @classmethod
    def empty(cls) -> "RingBuffer":
        """Return one that belongs to no budget."""
        return cls(most=0, most_bytes=0, changed=lambda _more: None)

    def go_on_from(self, number: int) -> None:
        """Begin where another buffer had come to, of which nothing is left up to a number."""
        self.pruned = self._made = number

    def add(self, piece: bytes, number: int | None = None) -> None:
        """Add something that is packed.

        Args:
            number: what it is found by; without one, how many there have been in the buffer.
        """
        self._made += 1
        self.entries.append((self._made if number is None else number, piece))
        before = self.weight
        self.weight += weight_of(piece)
        while len(self.entries) > self.most or (self.weight > self.most_bytes and len(self.entries) > 1):
            self._forget_oldest()
        self.changed(self.weight - before)

    def drop(self) -> None:
        """Let the oldest go."""
        before = self.weight
        self._forget_oldest()
        self.changed(self.weight - before)

    def _forget_oldest(self) -> None:
        number, piece = self.entries.popleft()
        self.pruned = max(self.pruned, number)
        self.weight -= weight_of(piece)


CALLER_HEADER = "Elements-Local-Caller"
"""Names the service of a stack that calls; what comes without it comes from outside."""

EFFECT_HEADER = "Elements-Local-Effect"
"""What scripted faults made of an answer to the engine, and what the service noted of it, as JSON in ASCII."""

LARGEST_EFFECT = 48 * 1024
"""Bytes of that header, whose lines HTTP clients bound; the longest parts of a longer effect are left out."""

ENGINE = "engine"
"""Who calls where the platform's engine does so by itself, while time is moved."""

LARGEST_KEPT_BODY = 64 * 1024
KEPT_CALLS = 10_000
KEPT_BYTES_OF_CALLS = 4 * 1024 * 1024
"""Of a workspace's changes, and as many of its reads."""

PAGE_BYTES = 512 * 1024
"""A page ends with the call that makes it longer: to mask what it shows takes time."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})

_CALLER = "HTTP_" + CALLER_HEADER.upper().replace("-", "_")
_NUMBERS = count(1)


def next_number() -> int:
    """Return a number that is higher than any before, of whichever service.

    The services of one process share it: an instant orders nothing while a workspace's clock stands still.
    """
    return next(_NUMBERS)


class RecordedCall(Struct, frozen=True, kw_only=True):
    """One call and its answer.

    Attributes:
        began: a number that it got when it came.
        number: the one that it got when it was answered; pages go by it, so that none is left out that takes its time.
        at: the instant it came, by the workspace's clock.
        answered_at: the instant it was answered; another one on a virtual clock, too, if a change began the next second.
        size: bytes of its body, of which ``LARGEST_KEPT_BODY`` are kept.
        status: of the answer; None if the connection was dropped.
        fault: whether a scripted fault struck.
    """

    began: int
    number: int
    at: datetime
    answered_at: datetime
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    size: int
    status: int | None
    fault: bool
    reply_headers: list[tuple[str, str]]
    reply: bytes

    def to_json(self, workspace: "Workspace") -> dict[str, Json]:
        """Return what may be shown: of the workspace's own secrets their names, of all others a mask."""
        own = {secret: f"{{{name}}}" for name, secret in workspace.secrets.items()}
        return {
            "began": self.began,
            "number": self.number,
            "at": format_instant(self.at),
            "answered_at": format_instant(self.answered_at),
            "method": self.method,
            "target": mask_target(_named(self.target, own)),
            "headers": _shown(self.headers, own),
            "body": mask_body(_named(self.body.decode("utf-8", "replace"), own)),
            "size": self.size,
            "status": self.status,
            "fault": self.fault,
            "reply_headers": _shown(self.reply_headers, own),
            "reply": mask_body(_named(self.reply.decode("utf-8", "replace"), own)),
        }


class _Kept(Struct, frozen=True, kw_only=True):
    """What is kept for a workspace: reads apart, so that they push no change out."""

    changes: RingBuffer
    reads: RingBuffer


class CallPage(Page[RecordedCall], frozen=True, kw_only=True):
    """Calls in the order of their numbers.

    Attributes:
        resets: how often the workspace's calls were forgotten altogether.
        last: the number of the latest call that is kept, of those that are shown and all others; 0 if there is none.
        pruned, pruned_reads: the latest change, and the latest read, that made room for others.
    """

    resets: int
    last: int
    pruned: int
    pruned_reads: int


class CallLog:
    """The calls of one service, by workspace.

    Args:
        room: the memory for them, which others may share.
    """

    def __init__(self, room: MemoryBudget) -> None:
        self._budget = room
        self._kept: dict[str, _Kept] = {}
        self._resets: dict[str, int] = {}

    def add(self, workspace: str, call: RecordedCall) -> None:
        """Keep a call."""
        piece = pack(call)
        with self._budget.lock:
            buffers = self._kept.get(workspace)
            if buffers is None:
                buffers = self._kept[workspace] = _Kept(changes=self._buffer(), reads=self._buffer())
            (buffers.reads if call.method in READS else buffers.changes).add(piece, call.number)

    def clear(self, workspace: str) -> None:
        """Forget a workspace's calls, and count that."""
        with self._budget.lock:
            buffers = self._kept.pop(workspace, None)
            if buffers is not None:
                self._budget.release(buffers.changes)
                self._budget.release(buffers.reads)
            self._resets[workspace] = self._resets.get(workspace, 0) + 1

    def after(self, workspace: str, number: int, *, limit: int, reads: bool = True) -> CallPage:
        """Return the first so many calls that were answered after the one with a number, or ``PAGE_BYTES`` of them.

        Args:
            reads: whether those are among them that only read.
        """
        with self._budget.lock:
            buffers = self._kept.get(workspace) or _Kept(changes=RingBuffer.empty(), reads=RingBuffer.empty())
            kept = [*buffers.changes.entries, *buffers.reads.entries]
            entries = kept if reads else [*buffers.changes.entries]
            resets = self._resets.get(workspace, 0)
            pruned, pruned_reads = buffers.changes.pruned, buffers.reads.pruned
        newer = [piece for its_number, piece in sorted(entries) if its_number > number]
        items = [unpack(piece, RecordedCall) for piece in _page(newer[:limit])]
        return CallPage(
            items=items,
            total=len(entries),
            cursor=items[-1].number if len(items) < len(newer) else None,
            resets=resets,
            last=max((its_number for its_number, _ in kept), default=0),
            pruned=pruned,
            pruned_reads=pruned_reads,
        )

    def changes(self, workspace: str) -> list[RecordedCall]:
        """Return a workspace's calls that changed something, in the order in which they were answered."""
        with self._budget.lock:
            buffers = self._kept.get(workspace)
            entries = [] if buffers is None else [*buffers.changes.entries]
        return [unpack(piece, RecordedCall) for _, piece in entries]

    def _buffer(self) -> RingBuffer:
        return self._budget.buffer(most=KEPT_CALLS, most_bytes=KEPT_BYTES_OF_CALLS)


def _page(calls: list[bytes]) -> list[bytes]:
    """Return the first of some calls, up to the one that makes a page long enough."""
    weights = accumulate(map(weight_of, calls))
    return calls[: 1 + sum(weight < PAGE_BYTES for weight in weights)]


def ascii_json(value: object) -> str:
    """Write compact JSON as a header may have it."""
    return dumps(value, separators=(",", ":"))


def format_effect(effect: "Mapping[str, object]") -> str:
    """Write an effect for ``EFFECT_HEADER``."""
    parts = {name: ascii_json(each) for name, each in effect.items()}
    while sum(map(len, parts.values())) > LARGEST_EFFECT:
        del parts[max(parts, key=lambda name: len(parts[name]))]
    return ascii_json({name: effect[name] for name in parts})


def parse_effect(reply: Reply) -> "Mapping[str, object]":
    """Read what an answer says of a scripted fault; nothing if it does not, or says something else."""
    # by its exact name, as a service of the stack sends it: each poll looks for it in two answers (``poe bench --part day``)
    text = dict(reply.header_list).get(EFFECT_HEADER)
    if text is None:
        return {}
    try:
        effect = decode(text)
    except MalformedJsonError:
        return {}
    return effect if isinstance(effect, dict) else {}


def caller_of(environ: "WSGIEnvironment") -> str | None:
    """Return which service of the stack makes a call, ``ENGINE`` for one that nobody asked for; None from outside."""
    caller: str | None = environ.get(_CALLER)
    return caller


class InternalHttp(Struct, frozen=True):
    """A wire on which a service says who it is, so that its calls are not taken for anybody else's."""

    http: Http
    service: str

    def send(
        self, method: str, url: str, *, headers: "Mapping[str, str]" = NO_HEADERS, body: bytes = b""
    ) -> Reply | NoReply:
        """Send a request with the service's name."""
        return self.http.send(method, url, headers={**headers, CALLER_HEADER: self.service}, body=body)


def _shown(headers: list[tuple[str, str]], own: "Mapping[str, str]") -> dict[str, Json]:
    return {name: mask_header(name, _named(value, own)) for name, value in headers}


def _named(text: str, own: "Mapping[str, str]") -> str:
    """Put names in the places of secrets, and masks where they are encoded."""
    for secret, name in own.items():
        if secret in text:
            text = text.replace(secret, name)
    return mask_known(text, own)
