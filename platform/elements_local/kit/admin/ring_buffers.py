"""What is kept in memory for a while: so much of each sort and workspace, and so much of all together.

The oldest makes room for new ones: of its own buffer, and if all buffers together hold too much, of the heaviest.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from threading import RLock
from typing import TypeVar

import msgspec

from elements_local.kit.api.json_text import encode

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
