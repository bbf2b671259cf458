"""Workspaces and fault rules that several processes keep together: each looks into the database for what the others have done."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from types import TracebackType
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, bindparam, event, func, select

from elements_local.kit.clock import Mode, SetClock, SystemClock, VirtualClock, WorkspaceClock, in_utc
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.postgresql import DatabaseLock, DatabaseLocks
from elements_local.kit.storage.prepared import Prepared, Row
from elements_local.kit.traffic.fault_book import FaultBook, FaultEntry
from elements_local.kit.traffic.fault_rules import FaultRule
from elements_local.kit.values import replace
from elements_local.kit.workspaces.registry import WORKSPACES, Workspaces
from elements_local.kit.workspaces.workspace import DEFAULT_NAME, NewWorkspace, Workspace


class ProcessLock:
    """As ``RLock``, whose owner is a thread of one of the processes.

    Args:
        entered: called by a thread that has just got it from others, who may have changed what it guards.

    Attributes:
        local: the part of it that is this process's.
    """

    def __init__(self, locks: DatabaseLocks, name: str, *, entered: Callable[[], None]) -> None:
        self.local = RLock()
        self._locks = locks
        self._name = name
        self._entered = entered
        self._depth = 0
        self._held: DatabaseLock | None = None

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:  # noqa: FBT001, FBT002 - a lock's
        """Take it, and say whether it could be had; the time-out is that of each of the two parts."""
        if not self.local.acquire(blocking, timeout):
            return False
        try:
            taken = bool(self._depth) or self._take(None if blocking and timeout < 0 else max(timeout, 0))
        except BaseException:
            self.local.release()
            raise
        if not taken:
            self.local.release()
            return False
        self._depth += 1
        return True

    def release(self) -> None:
        """Give it back."""
        self._depth -= 1
        if not self._depth and self._held is not None:
            self._held.release()
            self._held = None
        self.local.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _take(self, timeout_s: float | None) -> bool:
        held = self._locks.acquire(self._name, timeout_s=timeout_s)
        if held is None:
            return False
        try:
            self._entered()
        except BaseException:
            held.release()
            raise
        self._held = held
        return True


_selected = select(WORKSPACES, func.clock_timestamp().label("clock_looked_at"))
_by_name = Prepared(_selected.where(WORKSPACES.c.name == bindparam("of_name")))


class SharedWorkspaces(Workspaces):
    """All workspaces of the stacks on one database.

    A workspace is returned as it is in the database, its clock included; a clock's lock holds
    against all processes. A real clock is the database's: machines differ. Of a real one, ``clock_now`` is when it
    began to be faster.

    Args:
        locks: those of the database.
        choices: as ``Workspaces`` takes them.
    """

    _selected: ClassVar[Select[Any]] = _selected

    def __init__(self, database: Database, locks: DatabaseLocks, **choices: Any) -> None:
        self._locks = locks
        with self._alone():
            super().__init__(database, **choices)
        if self.real_clock.speed != 1:  # which plans when the queue runs what falls due
            event.listen(database.engine, "connect", self._tell_speed)
            database.engine.dispose()

    def _tell_speed(self, connection: Any, _record: object) -> None:
        connection.execute(f"SET elements_local.speed = {self.real_clock.speed}")
        connection.commit()

    def real_now(self, workspace: Workspace | None = None) -> datetime:
        """Return the instant of a workspace whose clock is real from now on: its own if it was, else the database's."""
        if workspace is not None and workspace.clock.mode is Mode.REAL:
            return workspace.clock.now()
        with self._database.autocommit_read() as connection:
            return in_utc(connection.scalars(select(func.clock_timestamp())).one())

    @property
    def default(self) -> Workspace:
        """The workspace of a call that names none."""
        self.refresh(self._by_name[DEFAULT_NAME])
        return self._by_name[DEFAULT_NAME]

    @property
    def remembered_by(self) -> dict[str, str]:
        """What an answer says that is from the memory of one process: ``process``, its machine's name and its number there."""
        return {"process": f"{os.uname().nodename}-{os.getpid()}"}

    def __iter__(self) -> Iterator[Workspace]:
        asked, rows = self.real_clock.now(), {row.name: row for row in self._rows()}
        for workspace in list(self._by_name.values()):
            row = rows.pop(workspace.name, None)
            if row is None or not _is_as(workspace, row):
                self.refresh(workspace)
        for row in rows.values():
            self._take_in(row, asked)
        return super().__iter__()

    def named(self, name: str) -> Workspace | None:
        """Return the workspace of this name, if there is one."""
        self._find(super().named(name), WORKSPACES.c.name == name)
        return super().named(name)

    def with_user_secret(self, secret: str) -> Workspace | None:
        """Return the workspace whose user has this secret."""
        self._find(super().with_user_secret(secret), WORKSPACES.c.user_secret == secret)
        return super().with_user_secret(secret)

    def with_api_key(self, key: str) -> Workspace | None:
        """Return the workspace whose CRM user has this API key."""
        self._find(super().with_api_key(key), WORKSPACES.c.crm_api_key == key)
        return super().with_api_key(key)

    def create(self, new: NewWorkspace) -> Workspace:
        """Make a workspace with fresh credentials; as ``Workspaces.create``, also of what others have made."""
        with self._alone():
            name, seed = new.drawn(named=self.named)
            self.named(name)  # one that was chosen was not looked for
            return super().create(NewWorkspace(name=name, mode=new.mode, start=new.start, seed=seed))

    def refresh(self, workspace: Workspace, *, waits: bool = False) -> None:
        """Take over what other processes have made of a workspace."""
        clock = workspace.clock
        assert isinstance(clock.lock, ProcessLock)  # noqa: S101 - made below
        # who has the lock in this process is moving time, or has just looked; the row is read under it, or it might be
        # older than what this process has done since
        if not clock.lock.local.acquire(blocking=waits):
            return
        try:
            asked, row = self.real_clock.now(), self._row(workspace.name)
            if row is None or not _has_secrets_of(workspace, row):
                self._forget(workspace)
            if row is not None:
                self._take_in(row, asked)
        finally:
            clock.lock.local.release()

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime) -> None:
        """Let a workspace go by another clock; a real one that stays real runs on."""
        then = in_utc(now)
        if not mode is workspace.clock.mode is Mode.REAL:
            super().set_clock(workspace, mode, self.real_now() if mode is Mode.REAL else then)

    def _find(self, known: Workspace | None, condition: ColumnElement[bool]) -> None:
        if known is not None:
            self.refresh(known)
            return
        asked = self.real_clock.now()
        for row in self._rows(condition):
            self._take_in(row, asked)

    def _row(self, name: str) -> Row | None:
        with self._database.autocommit_read() as connection:
            return _by_name.first(connection, {"of_name": name})

    def _rows(self, *conditions: ColumnElement[bool]) -> list[Row]:
        with self._database.autocommit_read() as connection:
            return list(connection.execute(_selected.where(*conditions)))

    def _take_in(self, row: Row, asked: datetime) -> None:
        """Make what is known of a workspace what its row says, which was asked for at an instant of ``real_clock``."""
        with self._lock:
            known = self._by_name.get(row.name)
            if known is not None and not _has_secrets_of(known, row):  # deleted, and made anew
                self._forget(known)
                known = None
            if known is None:
                self._index(self._from_row(row))
                return
            if (known.seed, known.origin, known.start) != (row.seed, row.origin, row.clock_start):
                self._index(replace(known, seed=row.seed, origin=row.origin, start=row.clock_start))
        self._set_clock_by(known.clock, row, asked)

    def _clock(self, mode: Mode, now: datetime) -> SystemClock | VirtualClock:
        return SetClock(now, like=self.real_clock) if mode is Mode.REAL else super()._clock(mode, now)

    def _clock_of(self, row: Row) -> SystemClock | VirtualClock:
        real = Mode(row.clock_mode) is Mode.REAL
        return self._real_clock_of(row) if real else self._clock(Mode.VIRTUAL, row.clock_now)

    def _real_clock_of(self, row: Row) -> SetClock:
        # what is made of it is later by the way here, and so never ahead of what another process reads afterwards
        passed = row.clock_looked_at - row.clock_now
        return SetClock(row.clock_now + self.real_clock.speed * passed, like=self.real_clock)

    def _set_clock_by(self, clock: WorkspaceClock, row: Row, asked: datetime) -> None:
        mode, now, watermark = Mode(row.clock_mode), row.clock_now, row.clock_watermark
        if mode is Mode.REAL:
            found = self._real_clock_of(row)
            # the way takes now more time, now less: what happens later must not seem to have happened before
            clock.set_right(found, late=self.real_clock.now() - asked, watermark=watermark)
            return
        if mode is not clock.mode or now < clock.now():
            clock.use(self._clock_of(row), watermark=watermark)
            return
        if now > clock.now():
            clock.move_to(now)
        clock.watermark = watermark

    def _forget(self, workspace: Workspace) -> None:
        with self._lock:
            self._by_name.pop(workspace.name, None)
            for secret in workspace.secrets.values():
                self._by_secret.pop(secret, None)

    def _index(self, workspace: Workspace) -> None:
        name, clock = workspace.name, workspace.clock
        if not isinstance(clock.lock, ProcessLock):  # it is a new one
            clock.lock = ProcessLock(
                self._locks, f"clock {name}", entered=lambda: self._look_at_clock(name, clock)
            )
            clock.reading = ProcessLock(self._locks, f"reading {name}", entered=lambda: None)
        super()._index(workspace)

    def _look_at_clock(self, name: str, clock: WorkspaceClock) -> None:
        asked, row = self.real_clock.now(), self._row(name)
        if row is not None:
            self._set_clock_by(clock, row, asked)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let no other process make workspaces meanwhile."""
        held = self._locks.acquire("workspaces")
        assert held is not None  # noqa: S101 - it is waited for
        try:
            yield
        finally:
            held.release()


def _has_secrets_of(workspace: Workspace, row: Row) -> bool:
    return all(getattr(row, name) == secret for name, secret in workspace.secrets.items())


def _is_as(workspace: Workspace, row: Row) -> bool:
    """Say whether what is known of a workspace is what its row says."""
    clock = workspace.clock
    return (
        _has_secrets_of(workspace, row)
        and (workspace.seed, workspace.origin, workspace.start) == (row.seed, row.origin, row.clock_start)
        and (clock.mode, clock.watermark) == (Mode(row.clock_mode), row.clock_watermark)
        and (clock.mode is Mode.REAL or clock.now() == row.clock_now)
    )


class SharedFaultBook(FaultBook):
    """The rules of one service, as they are in the database, whichever process put them there."""

    def entries(self, workspace: str) -> list[FaultEntry]:
        """Return a workspace's rules in the order in which they are tried."""
        with self._lock:
            self._entries[workspace] = self._load_one(workspace)
            return super().entries(workspace)

    def apply(self, workspace: str, method: str, path: str, *, now: datetime) -> FaultRule | None:
        """Return the first rule that hits this request, and count it for every rule tried before."""
        if not self.entries(workspace):
            return None
        with self._database.alone(self._turn_of(workspace)), self._lock:
            self.entries(workspace)  # as the last that struck has left them
            return super().apply(workspace, method, path, now=now)

    def replace(self, workspace: str, rules: Sequence[FaultRule]) -> None:
        """Put rules in the place of those that are there; counts start at nought."""
        with self._database.alone(self._turn_of(workspace)):
            super().replace(workspace, rules)

    @contextmanager
    def quiesce(self, workspace: Workspace) -> Iterator[None]:
        """Let no rule apply meanwhile, in whichever process."""
        with self._database.alone(self._turn_of(workspace.name)), super().quiesce(workspace):
            yield

    def _turn_of(self, workspace: str) -> str:
        # taken before the lock of this process, which is then held for a moment only
        return f"faults {self.service} {workspace}"
