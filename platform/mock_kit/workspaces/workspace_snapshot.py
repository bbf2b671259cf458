"""The workspace itself, as a snapshot has it: its clock, what its ids follow from, and who it was.

It is part of the snapshot of the service that keeps workspaces: the platform's, or any that runs alone.

Restored into another workspace, or on another stack, the state becomes that workspace's own: whatever in it names the
credentials of the one that it was taken of, or the address of its sink, names those of the other from then on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct, convert
from sqlalchemy import Connection

from mock_kit.storage.snapshots import Memory, Snapshot
from mock_kit.storage.table_rows import Reworded, SnapshotError
from mock_kit.workspaces.clock import Mode
from mock_kit.workspaces.errors import SEEDS
from mock_kit.workspaces.registry import KeptRegistration, Workspace, Workspaces

WORKSPACE = "workspace"
"""Under which a snapshot's memory has it."""

_Instant = Annotated[datetime, Meta(tz=True)]
_Secret = Annotated[str, Meta(min_length=16)]


class KeptClock(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A clock as it stood; a real one, which follows the machine, has no instant.

    Attributes:
        watermark: as of when was read last: a change in that second is to begin the next one.
    """

    mode: Mode
    now: _Instant | None
    watermark: _Instant | None = None


class KeptWorkspace(Struct, forbid_unknown_fields=True):
    """A workspace as it was.

    Attributes:
        start: where its virtual clock returns to on reset.
        sink_url: where the sink was, whose bin of the workspace's name its callbacks go to; None if there was none.
    """

    name: Annotated[str, Meta(min_length=1)]
    seed: Annotated[int, Meta(ge=-SEEDS, le=SEEDS - 1)]
    origin: str
    start: _Instant
    clock: KeptClock
    organization_secret: _Secret
    user_secret: _Secret
    crm_api_key: _Secret
    crm_username: Annotated[str, Meta(min_length=1)]
    sink_url: Annotated[str, Meta(min_length=1)] | None

    def names(self) -> tuple[str, ...]:
        """Return what others call it, or it them."""
        sink = () if self.sink_url is None else (self.sink_url, f"{self.sink_url}/{self.name}")
        return (self.organization_secret, self.user_secret, self.crm_api_key, self.crm_username, *sink)


@dataclass(frozen=True, kw_only=True)
class WorkspaceSnapshot:
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
        return KeptWorkspace(
            name=workspace.name,
            seed=workspace.seed,
            origin=workspace.origin,
            start=workspace.start,
            clock=KeptClock(mode=clock.mode, now=now, watermark=clock.watermark),
            organization_secret=workspace.organization_secret,
            user_secret=workspace.user_secret,
            crm_api_key=workspace.crm_api_key,
            crm_username=workspace.crm_username,
            sink_url=self.sink_url,
        )

    def restore(
        self, connection: Connection, workspace: Workspace, value: KeptWorkspace
    ) -> Callable[[], None]:
        """Write clock and origin, and return what lets them be so once that is committed.

        Raises:
            SnapshotError: a virtual clock stands nowhere.
        """
        clock = value.clock
        if clock.mode is Mode.VIRTUAL and clock.now is None:
            raise SnapshotError("memory.workspace.clock.now: a virtual clock needs an instant; got null")
        kept = KeptRegistration(
            seed=value.seed,
            origin=value.origin,
            start=value.start,
            mode=clock.mode,
            now=clock.now,
            watermark=clock.watermark,
        )
        return self.workspaces.restore(connection, workspace, kept)

    def moved(self, snapshot: Snapshot, workspace: Workspace) -> Reworded:
        """Put the names of the workspace that is restored into in the place of those in the snapshot."""
        was = convert(snapshot.memory[WORKSPACE], KeptWorkspace).names()
        return rewording(dict(zip(was, self.recall(workspace).names(), strict=False)))


def workspace_snapshot_of(workspaces: Workspaces) -> dict[str, Memory]:
    """Return what a service that runs alone remembers beside its own, by name."""
    return {WORKSPACE: WorkspaceSnapshot(workspaces=workspaces)}


def rewording(names: dict[str, str]) -> Reworded:
    """Return what replaces whole names in texts, of two that begin alike the longer one.

    >>> rewording({"http://a": "http://c", "http://a/b": "http://c/d"})("url", '["http://a/b/x", "http://a/bb"]')
    '["http://c/d/x", "http://c/bb"]'
    """
    changed = {was: now for was, now in names.items() if was != now}
    if not changed:
        return lambda _column, text: text
    longest_first = sorted(names, key=len, reverse=True)
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return lambda _column, text: words.sub(lambda found: names[found[0]], text)
