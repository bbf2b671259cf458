"""How much is kept of each bin; the oldest callbacks make room for new ones."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, structs
from sqlalchemy import bindparam, func, select

from callback_sink import tables
from callback_sink.settings import SinkSettings
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import InsertInto, Prepared, Row
from elements_local.kit.storage.transaction import AcrossWorkspaces, Transaction

if TYPE_CHECKING:
    from sqlalchemy.sql.dml import ReturningInsert

WHOLE = ""
"""Stands for all bins of a workspace together; no digest is empty."""

_used = tables.usage.c
_kept = tables.callbacks.c


def _adding(insert: InsertInto) -> "ReturningInsert[tuple[int, int]]":
    """Add to what is noted of a bin, or begin to note it."""
    more = insert(tables.usage)
    return more.on_conflict_do_update(
        index_elements=[_used.workspace, _used.bin_digest],
        set_={
            "callbacks": _used.callbacks + more.excluded.callbacks,
            "bytes": _used.bytes + more.excluded.bytes,
            "pruned": _used.pruned + more.excluded.pruned,
            "pruned_at": func.coalesce(more.excluded.pruned_at, _used.pruned_at),
        },
    ).returning(_used.callbacks, _used.bytes)


_add = WorkspaceStatement(_adding)
_sums = select(
    func.sum(_used.callbacks).label("callbacks"),
    func.sum(_used.bytes).label("bytes"),
    func.sum(_used.pruned).label("pruned"),
    func.max(_used.pruned_at, type_=Instant).label("pruned_at"),
).where(_used.bin_digest == bindparam("digest"))
_sums_of_workspace = WorkspaceStatement(_sums)
_sums_of_all = Prepared(_sums)
_oldest = select(_kept.id, _kept.bin_digest, _kept.weight).order_by(_kept.id).limit(1)
_oldest_of_all = WorkspaceStatement(_oldest)
_oldest_of_bin = WorkspaceStatement(_oldest.where(_kept.bin_digest == bindparam("digest")))
_forget = WorkspaceStatement(tables.callbacks.delete().where(_kept.id == bindparam("of_id")))


class StorageUsage(Struct, frozen=True, kw_only=True):
    """How much is kept.

    Attributes:
        pruned: callbacks that made room for others since the last reset.
        pruned_at: when the last of them did.
    """

    callbacks: int
    bytes: int
    pruned: int = 0
    pruned_at: datetime | None = None

    def exceeds(self, callbacks: int, size: int) -> bool:
        """Say whether it is more than that; one callback never is."""
        return self.callbacks > 1 and (self.callbacks > callbacks or self.bytes > size)


def add(tx: Transaction, digest: str, weight: int, *, limits: SinkSettings, now: datetime) -> None:
    """Note that a callback was added to a bin, and let the oldest make room if there is too much."""
    of_bin, of_all = _note(tx, digest, StorageUsage(callbacks=1, bytes=weight))
    # More than one may have to go for a large one. The one that came is never among them: one callback never is too
    # much.
    while of_bin.exceeds(limits.bin_callbacks, limits.bin_bytes):
        of_bin, of_all = _prune(tx, tx.first(_oldest_of_bin, digest=digest), now)
    # The workspace has a limit of bytes alone, so its number of callbacks is held against itself.
    while of_all.exceeds(of_all.callbacks, limits.workspace_bytes):
        _, of_all = _prune(tx, tx.first(_oldest_of_all), now)


def remove(tx: Transaction, weights: Iterable[tuple[str, int]]) -> None:
    """Note that callbacks were forgotten; each is the digest of its bin and its weight."""
    of_bins: dict[str, list[int]] = defaultdict(list)
    for digest, weight in weights:
        of_bins[digest].append(weight)
    for digest, gone in of_bins.items():
        _note(tx, digest, StorageUsage(callbacks=-len(gone), bytes=-sum(gone)))


def used(tx: Transaction, digest: str | None = None) -> StorageUsage:
    """Return how much is kept of a bin, or of all bins of the workspace."""
    return _read(tx.first(_sums_of_workspace, digest=WHOLE if digest is None else digest))


def used_by_all(tx: AcrossWorkspaces) -> StorageUsage:
    """Return how much is kept of all workspaces."""
    return _read(tx.first(_sums_of_all, digest=WHOLE))


def _read(row: Row) -> StorageUsage:
    return StorageUsage(
        callbacks=int(row.callbacks or 0),
        bytes=int(row.bytes or 0),
        pruned=int(row.pruned or 0),
        pruned_at=row.pruned_at,
    )


def _prune(tx: Transaction, oldest: Row, now: datetime) -> tuple[StorageUsage, StorageUsage]:
    """Forget a callback, and return what is kept of its bin and of all."""
    tx.run(_forget, of_id=oldest.id)
    less = StorageUsage(callbacks=-1, bytes=-oldest.weight, pruned=1, pruned_at=now)
    return _note(tx, oldest.bin_digest, less)


def _note(tx: Transaction, digest: str, more: StorageUsage) -> tuple[StorageUsage, StorageUsage]:
    """Add to what is noted of a bin and of all together, and return both."""
    rows = [tx.first(_add, bin_digest=which, **structs.asdict(more)) for which in (digest, WHOLE)]
    of_bin, of_all = (StorageUsage(callbacks=row.callbacks, bytes=row.bytes) for row in rows if row)
    return of_bin, of_all
