"""How much is kept of each bin; the oldest callbacks make room for new ones."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Insert, bindparam, func, select

from callback_sink import tables
from mock_kit.storage.database import Instant
from mock_kit.storage.prepared import InsertInto, Prepared

_ROWS_AT_ONCE = 20

_WHOLE = ""
"""Stands for all bins of a workspace together; no digest is empty."""

_used = tables.usage.c
_kept = tables.callbacks.c

_more: dict[str, object] = {
    "workspace": bindparam("of_workspace"),
    "callbacks": bindparam("callbacks_more"),
    "bytes": bindparam("bytes_more"),
    "pruned": bindparam("pruned_more"),
    "pruned_at": bindparam("at", type_=Instant),
}
_bins: tuple[object, ...] = (bindparam("of_bin"), _WHOLE)


def _adding(insert: InsertInto) -> Insert:
    """Add to what is noted of a bin and of all together, or begin to note it."""
    more = insert(tables.usage).values([{**_more, "bin_digest": each} for each in _bins])
    return more.on_conflict_do_update(
        index_elements=[_used.workspace, _used.bin_digest],
        set_={
            "callbacks": _used.callbacks + more.excluded.callbacks,
            "bytes": _used.bytes + more.excluded.bytes,
            "pruned": _used.pruned + more.excluded.pruned,
            "pruned_at": func.coalesce(more.excluded.pruned_at, _used.pruned_at),
        },
    ).returning(_used.bin_digest, _used.callbacks, _used.bytes)


_change = Prepared(_adding)
_noted = Prepared(
    select(_used.callbacks, _used.bytes, _used.pruned, _used.pruned_at).where(
        _used.workspace == bindparam("of_workspace"), _used.bin_digest == bindparam("of_bin")
    )
)
_noted_of_all = Prepared(
    select(
        func.sum(_used.callbacks),
        func.sum(_used.bytes),
        func.sum(_used.pruned),
        func.max(_used.pruned_at, type_=Instant),
    ).where(_used.bin_digest == bindparam("of_bin"))
)
_oldest = (
    select(_kept.id, _kept.weight, _kept.bin_digest)
    .where(_kept.workspace == bindparam("of_workspace"))
    .order_by(_kept.id)
    .limit(_ROWS_AT_ONCE)
)
_oldest_of_all = Prepared(_oldest)
_oldest_of_bin = Prepared(_oldest.where(_kept.bin_digest == bindparam("of_bin")))
_prune = Prepared(
    tables.callbacks.delete().where(
        _kept.workspace == bindparam("of_workspace"), _kept.id == bindparam("of_id")
    )
)


@dataclass(frozen=True, kw_only=True)
class StorageLimits:
    """How much is kept at the most of each bin, and of all bins of a workspace; the latest is kept in any case."""

    callbacks: int
    bytes: int
    bytes_of_all: int


@dataclass(frozen=True, kw_only=True)
class StorageUsage:
    """How much is kept.

    Attributes:
        pruned: callbacks that made room for others since the last reset.
        pruned_at: when the last of them did.
    """

    callbacks: int
    bytes: int
    pruned: int = 0
    pruned_at: datetime | None = None


class _Kept(NamedTuple):
    """A callback that may have to make room."""

    id: int
    weight: int
    digest: str


@dataclass(frozen=True)
class _Place:
    """Where callbacks are kept, and what time it is there.

    Attributes:
        workspace: by name.
    """

    connection: Connection
    workspace: str
    now: datetime | None = None


def added(  # noqa: PLR0913 - what came, when, and where
    connection: Connection, workspace: str, digest: str, weight: int, *, limits: StorageLimits, now: datetime
) -> None:
    """Note that a callback was added to a bin, and let the oldest make room if there is too much."""
    place = _Place(connection, workspace, now)
    of_bin, of_all = _changed(place, digest, StorageUsage(callbacks=1, bytes=weight))
    gone = _make_room(place, digest, _excess(of_bin, limits.callbacks, limits.bytes))
    left = StorageUsage(callbacks=of_all.callbacks - gone.callbacks, bytes=of_all.bytes - gone.bytes)
    _make_room(place, _WHOLE, _excess(left, left.callbacks, limits.bytes_of_all))


def removed(connection: Connection, workspace: str, weights: Iterable[tuple[str, int]]) -> None:
    """Note that callbacks were forgotten; each is the digest of its bin and its weight."""
    _removed(_Place(connection, workspace), weights)


def _removed(place: _Place, weights: Iterable[tuple[str, int]]) -> None:
    """Note that callbacks are gone, pruned if there is a time at which."""
    of_bins: dict[str, list[int]] = defaultdict(list)
    for digest, weight in weights:
        of_bins[digest].append(weight)
    for digest, gone in of_bins.items():
        pruned = len(gone) if place.now else 0
        less = StorageUsage(callbacks=-len(gone), bytes=-sum(gone), pruned=pruned, pruned_at=place.now)
        _changed(place, digest, less)


def used(connection: Connection, workspace: str | None = None, digest: str | None = None) -> StorageUsage:
    """Return how much is kept of a bin, of a workspace, or of all."""
    of = {"of_bin": _WHOLE if digest is None else digest}
    if workspace is None:
        found = _noted_of_all.first(connection, of)
    else:
        found = _noted.first(connection, {**of, "of_workspace": workspace})
    *totals, pruned_at = found or (0, 0, 0, None)
    callbacks, kept, pruned = (int(total or 0) for total in totals)
    return StorageUsage(callbacks=callbacks, bytes=kept, pruned=pruned, pruned_at=pruned_at)


def _excess(used: StorageUsage, most: int, most_bytes: int) -> StorageUsage:
    """Return how much is too much; all but one callback at the most."""
    if used.callbacks <= 1:
        return StorageUsage(callbacks=0, bytes=0)
    return StorageUsage(callbacks=max(used.callbacks - most, 0), bytes=max(used.bytes - most_bytes, 0))


def _make_room(place: _Place, digest: str, excess: StorageUsage) -> StorageUsage:
    """Forget the oldest until there is no excess any more, but for the latest; return what was forgotten."""
    gone = StorageUsage(callbacks=0, bytes=0)
    of = {"of_workspace": place.workspace}
    which = (_oldest_of_all, of) if digest == _WHOLE else (_oldest_of_bin, {**of, "of_bin": digest})
    statement, values = which
    while gone.callbacks < excess.callbacks or gone.bytes < excess.bytes:
        oldest = [_Kept(*row) for row in statement.all(place.connection, values)]
        going = list(_first_of(oldest, excess, gone))
        if not going:
            break
        _prune.run_each(place.connection, [{**of, "of_id": each.id} for each in going])
        _removed(place, [(each.digest, each.weight) for each in going])
        weight = sum(each.weight for each in going)
        gone = StorageUsage(callbacks=gone.callbacks + len(going), bytes=gone.bytes + weight)
    return gone


def _first_of(oldest: Sequence[_Kept], excess: StorageUsage, gone: StorageUsage) -> Iterator[_Kept]:
    """Yield as many as make the room that is still missing; never the last, which may be the latest of all."""
    callbacks, weight = gone.callbacks, gone.bytes
    for each in oldest[:-1]:
        if callbacks >= excess.callbacks and weight >= excess.bytes:
            return
        callbacks, weight = callbacks + 1, weight + each.weight
        yield each


def _changed(place: _Place, digest: str, more: StorageUsage) -> tuple[StorageUsage, StorageUsage]:
    """Change what is noted of a bin and of all together, and return both."""
    changed = _change.all(
        place.connection,
        {
            "of_workspace": place.workspace,
            "of_bin": digest,
            "callbacks_more": more.callbacks,
            "bytes_more": more.bytes,
            "pruned_more": more.pruned,
            "at": more.pruned_at,
        },
    )
    noted = {row.bin_digest: StorageUsage(callbacks=row.callbacks, bytes=row.bytes) for row in changed}
    return noted[digest], noted[_WHOLE]
