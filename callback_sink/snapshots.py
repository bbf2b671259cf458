"""Snapshots of the sink: whether ids and totals agree with the callbacks, and what becomes of them under another name."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, select

from callback_sink.answers import ScriptedResponse
from callback_sink.inbox import ForwardedJson
from callback_sink.signature import SignatureVerdict
from callback_sink.tables import bins, callback_of, callbacks, digest_of, usage, workspaces
from callback_sink.usage import WHOLE
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.workspaces.registry import Workspace
from elements_local.kit.workspaces.snapshots import Snapshot, check_counted, check_texts, unmoved
from elements_local.kit.workspaces.table_rows import Reworded, SnapshotError

_TEXTS: Mapping[Column[Any], Any] = {
    bins.c.signature_keys: list[str],
    bins.c.answers: list[ScriptedResponse],
    callbacks.c.headers: list[tuple[str, str]],
    callbacks.c.forwards: list[ForwardedJson],
    callbacks.c.signature: SignatureVerdict,
}


_last_id = WorkspaceStatement(select(workspaces.c.last_id))
_usage = WorkspaceStatement(select(usage.c.bin_digest, usage.c.callbacks, usage.c.bytes))
_callbacks = WorkspaceStatement(select(callbacks))


def check_sound(tx: Transaction) -> None:
    """Check that a workspace's last id is not behind its callbacks, and that what is noted of bins is their sum.

    Raises:
        SnapshotError: says what is not, what was expected, and what came.
    """
    last = tx.scalar(_last_id)
    check_counted(tx, (callbacks.c.id,), last, "tables.sink_workspaces: last_id")
    check_texts(tx, _TEXTS)
    expected = _kept(tx)
    came = {row.bin_digest: (row.callbacks, row.bytes) for row in tx.all(_usage)}
    for digest in {**expected, **came}:
        wanted, got = expected.get(digest, (0, 0)), came.get(digest, (0, 0))
        if wanted != got:
            which = f"the bin of digest {digest}" if digest else "all bins together"
            raise SnapshotError(
                f"tables.sink_usage: expected {wanted[0]} callbacks of {wanted[1]} bytes for {which}, as in "
                f"tables.sink_callbacks; got {got[0]} of {got[1]}"
            )


def moved(snapshot: Snapshot, workspace: Workspace) -> Reworded:
    """Rename the workspace's own bin, in every row that is of it, for a workspace of another name; others keep theirs."""
    was, now = snapshot.workspace, workspace.name
    if was == now:
        return unmoved(snapshot, workspace)
    names = {was: now, digest_of(was): digest_of(now)}
    # The name must end there: `acme-2` does not begin with the bin `acme`.
    start = re.compile(rf"/+{re.escape(was)}(?=[/?]|\Z)")

    def reworded(column: str, text: str) -> str:
        if column in {"bin", "bin_digest"}:
            return names.get(text, text)
        return start.sub(f"/{now}", text, count=1) if column == "path" and start.match(text) else text

    return reworded


def _kept(tx: Transaction) -> dict[str, tuple[int, int]]:
    """Return how many callbacks each bin has and what they weigh, and of all together, once each row has been read."""
    found: dict[str, tuple[int, int]] = {WHOLE: (0, 0)}
    for row in tx.all(_callbacks):
        read = callback_of(row)
        digest = digest_of(read.bin)
        if row.bin_digest != digest:
            raise SnapshotError(
                f"tables.sink_callbacks: expected the bin_digest of {row.id} to be {digest}; got {row.bin_digest}"
            )
        for which in (digest, WHOLE):
            count, weight = found.get(which, (0, 0))
            found[which] = count + 1, weight + row.weight
    return found
