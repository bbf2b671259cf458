"""The workspace itself, as a snapshot has it: its clock, what its ids follow from, and who it was.

It is part of the snapshot of the service that keeps workspaces: the platform's, or any that runs alone.

Restored into another workspace, or on another stack, the state becomes that workspace's own: whatever in it names the
credentials of the one that it was taken of, or the address of its sink, names those of the other from then on.
"""

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct, convert, structs
from sqlalchemy import Connection

from elements_local.kit.storage.snapshots import Memory, Snapshot
from elements_local.kit.storage.table_rows import Reworded, SnapshotError
from elements_local.kit.workspaces.clock import Mode
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.kit.workspaces.workspace import KeptClock, KeptWorkspace

WORKSPACE = "workspace"
"""Under which a snapshot's memory has it."""


class WorkspaceSnapshot(Struct, frozen=True, kw_only=True):
    """The workspaces as a memory for snapshots.

    Attributes:
        sink_url: where callbacks go, without the workspace's name; None where there is no sink.
    """

    workspaces: Workspaces
    sink_url: str | None = None

    @property
    def kept_shape(self) -> Any:
        """What snapshots hold."""
        return KeptWorkspace

    def recall(self, workspace: Workspace) -> KeptWorkspace:
        """Return a workspace as it is."""
        clock = workspace.clock
        now = clock.now() if clock.mode is Mode.VIRTUAL else None
        kept_clock = KeptClock(mode=clock.mode, now=now, watermark=clock.watermark)
        return KeptWorkspace(**{**structs.asdict(workspace), "clock": kept_clock, "sink_url": self.sink_url})

    def restore(
        self, connection: Connection, workspace: Workspace, value: KeptWorkspace
    ) -> Callable[[], None]:
        """Write clock and origin, and return what puts them in force once that is committed.

        Raises:
            SnapshotError: a virtual clock stands nowhere.
        """
        if value.clock.mode is Mode.VIRTUAL and value.clock.now is None:
            raise SnapshotError("memory.workspace.clock.now: a virtual clock needs an instant; got null")
        return self.workspaces.restore(connection, workspace, value)

    def moved(self, snapshot: Snapshot, workspace: Workspace) -> Reworded:
        """Put the names of the workspace that is restored into in the place of those in the snapshot."""
        names = convert(snapshot.memory[WORKSPACE], KeptWorkspace).names()
        return rewording(dict(zip(names, self.recall(workspace).names(), strict=False)))


def workspace_snapshot_of(workspaces: Workspaces) -> dict[str, Memory]:
    """Return what a service that runs alone remembers beside its own, by name."""
    return {WORKSPACE: WorkspaceSnapshot(workspaces=workspaces)}


def rewording(names: dict[str, str]) -> Reworded:
    """Return what replaces whole names in texts, of two that begin alike the longer one.

    >>> rewording({"http://a": "http://c", "http://a/b": "http://c/d"})("url", '["http://a/b/x", "http://a/bb"]')
    '["http://c/d/x", "http://c/bb"]'
    """
    changed = {old: new for old, new in names.items() if old != new}
    if not changed:
        return lambda _column, text: text
    longest_first = sorted(names, key=len, reverse=True)
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return lambda _column, text: words.sub(lambda found: names[found[0]], text)
