"""How much is kept of each bin; the oldest callbacks make room for new ones."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, bindparam, func, select

from callback_sink import tables

_ROWS_AT_ONCE = 100

_used = tables.usage.c
_kept = tables.callbacks.c

_of_bin = (_used.workspace == bindparam("of_workspace"), _used.bin_digest == bindparam("of_bin"))
_change = (
    tables.usage.update()
    .where(*_of_bin)
    .values(
        callbacks=_used.callbacks + bindparam("callbacks_more"),
        bytes=_used.bytes + bindparam("bytes_more"),
        pruned=_used.pruned + bindparam("pruned_more"),
    )
    .returning(_used.callbacks, _used.bytes)
)
_first = tables.usage.insert()
_oldest = (
    select(_kept.id, _kept.weight)
    .where(_kept.workspace == bindparam("of_workspace"), _kept.bin_digest == bindparam("of_bin"))
    .order_by(_kept.id)
    .limit(_ROWS_AT_ONCE)
)
_prune = tables.callbacks.delete().where(
    _kept.workspace == bindparam("of_workspace"),
    _kept.bin_digest == bindparam("of_bin"),
    _kept.id <= bindparam("last"),
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much is kept of each bin at the most; its latest callback is kept in any case."""

    callbacks: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How much is kept.

    Attributes:
        pruned: callbacks that made room for others since the last reset.
    """

    callbacks: int
    bytes: int
    pruned: int = 0


def added(connection: Connection, workspace: str, digest: str, weight: int, *, limits: Limits) -> None:
    """Note that a callback was added to a bin, and let the oldest make room if there are too many."""
    callbacks, kept = _changed(connection, workspace, digest, Usage(callbacks=1, bytes=weight))
    before = 0
    while before != callbacks > 1 and (callbacks > limits.callbacks or kept > limits.bytes):
        before = callbacks
        callbacks, kept = _make_room(connection, workspace, digest, limits, (callbacks, kept))


def removed(connection: Connection, workspace: str, weights: Iterable[tuple[str, int]]) -> None:
    """Note that callbacks were forgotten; each is the digest of its bin and its weight."""
    of_bins: dict[str, list[int]] = defaultdict(list)
    for digest, weight in weights:
        of_bins[digest].append(weight)
    for digest, gone in of_bins.items():
        _changed(connection, workspace, digest, Usage(callbacks=-len(gone), bytes=-sum(gone)))


def used(connection: Connection, workspace: str | None = None, digest: str | None = None) -> Usage:
    """Return how much is kept of a bin, of a workspace, or of all."""
    asked = select(func.sum(_used.callbacks), func.sum(_used.bytes), func.sum(_used.pruned))
    if workspace is not None:
        asked = asked.where(_used.workspace == workspace)
    if digest is not None:
        asked = asked.where(_used.bin_digest == digest)
    callbacks, kept, pruned = (int(total or 0) for total in connection.execute(asked).one())
    return Usage(callbacks=callbacks, bytes=kept, pruned=pruned)


def _make_room(
    connection: Connection, workspace: str, digest: str, limits: Limits, there: tuple[int, int]
) -> tuple[int, int]:
    """Forget the oldest, as many as need be of those that are looked at in one go, but for the latest."""
    of = {"of_workspace": workspace, "of_bin": digest}
    callbacks, kept = there
    last, gone, weight = 0, 0, 0
    for row in connection.execute(_oldest, of):
        enough = callbacks - gone <= limits.callbacks and kept - weight <= limits.bytes
        if enough or callbacks - gone == 1:
            break
        last, gone, weight = row.id, gone + 1, weight + row.weight
    connection.execute(_prune, {**of, "last": last})
    return _changed(connection, workspace, digest, Usage(callbacks=-gone, bytes=-weight, pruned=gone))


def _changed(connection: Connection, workspace: str, digest: str, more: Usage) -> tuple[int, int]:
    """Change what is noted of a bin, and return its callbacks and bytes."""
    row = connection.execute(
        _change,
        {
            "of_workspace": workspace,
            "of_bin": digest,
            "callbacks_more": more.callbacks,
            "bytes_more": more.bytes,
            "pruned_more": more.pruned,
        },
    ).one_or_none()
    if row is not None:
        return row.callbacks, row.bytes
    connection.execute(_first, {"workspace": workspace, "bin_digest": digest, **asdict(more)})
    return more.callbacks, more.bytes
