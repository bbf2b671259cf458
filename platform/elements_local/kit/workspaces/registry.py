"""Workspaces: one customer's data each, found by its credentials, with a clock of its own.

The services share nothing else: who holds a workspace's secret is in it, and what a workspace's clock
says is the time for every service.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from threading import RLock
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Connection, MetaData, Row, Select, Table, Text, bindparam, select

from elements_local.kit.clock import Mode, SystemClock, VirtualClock, WorkspaceClock, in_utc
from elements_local.kit.storage.database import Database, Instant
from elements_local.kit.storage.database_errors import DamagedDatabaseError, has_no_room
from elements_local.kit.storage.prepared import Prepared, Values
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.values import replace
from elements_local.kit.workspaces.workspace import (
    DEFAULT_NAME,
    DEFAULT_START,
    DOCUMENTED,
    DefaultWorkspaceError,
    KeptWorkspace,
    NewWorkspace,
    Secrets,
    Workspace,
    WorkspaceExistsError,
    random_secrets,
    seeded_secrets,
)

_metadata = MetaData()
WORKSPACES = Table(
    "kit_workspaces",
    _metadata,
    Column("name", Text, primary_key=True),
    Column("seed", BigInteger, nullable=False),
    Column("origin", Text, nullable=False),
    Column("organization_secret", Text, nullable=False),
    Column("user_secret", Text, nullable=False),
    Column("crm_username", Text, nullable=False),
    Column("crm_api_key", Text, nullable=False),
    Column("clock_mode", Text, nullable=False),
    Column("clock_start", Instant, nullable=False),
    Column("clock_now", Instant, nullable=False),
    Column("clock_watermark", Instant),
)
SCHEMA = SchemaPart("workspaces", _metadata)
_generations = Table(
    "kit_generations",
    MetaData(),
    Column("workspace", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)
_another = {"number": _generations.c.number + 1}
_renew = Prepared(
    lambda insert: insert(_generations).on_conflict_do_update(index_elements=["workspace"], set_=_another)
)
INSERT = Prepared(WORKSPACES.insert())
SET_WATERMARK = Prepared(
    WORKSPACES.update()
    .where(WORKSPACES.c.name == bindparam("of"))
    .values(clock_watermark=bindparam("read_at"))
)
MOVE = Prepared(
    WORKSPACES.update().where(WORKSPACES.c.name == bindparam("of")).values(clock_now=bindparam("moved_to"))
)


def row_of(workspace: Workspace) -> dict[str, object]:
    """Return the row of a new workspace: nothing of it has been read."""
    return {
        **workspace.to_json(),
        "origin": workspace.origin,
        "clock_mode": workspace.clock.mode.value,
        "clock_start": workspace.start,
        "clock_now": workspace.clock.now(),
        "clock_watermark": None,
    }


__all__ = ["DEFAULT_NAME", "DEFAULT_START", "NewWorkspace", "Workspace", "Workspaces"]

_PATIENCE_S = 5
"""How long a change waits for a poll that is reading."""


class Workspaces:
    """All workspaces of a stack, kept in the database and looked up in memory.

    Args:
        default: how the default workspace is made, if the database has none.
        virtual_clock: makes the clocks of mode virtual.
        real_clock: the clock of all workspaces of mode real; where processes share a database, how fast theirs run.
        keep_ties: whether a change may fall into the very second of a reading before it.
        known_secrets: whether new workspaces get secrets that others may know: the default one the documented ones,
            others those that follow from name and seed.
    """

    _selected: ClassVar[Select[Any]] = select(WORKSPACES)

    def __init__(  # noqa: PLR0913 - what workspaces are made with; all of it by name
        self,
        database: Database,
        *,
        default: NewWorkspace | None = None,
        virtual_clock: Callable[[datetime], VirtualClock] = VirtualClock,
        real_clock: SystemClock | None = None,
        keep_ties: bool = False,
        known_secrets: bool = True,
    ) -> None:
        self._database = database
        self._keep_ties = keep_ties
        self._known_secrets = known_secrets
        self._virtual_clock = virtual_clock
        self.real_clock = real_clock or SystemClock()
        # guards the two dictionaries while they and the table change; reading one key needs no lock
        self._lock = RLock()
        self._by_name: dict[str, Workspace] = {}
        self._by_secret: dict[str, Workspace] = {}
        database.create(SCHEMA)
        database.create(SchemaPart("generations", _generations.metadata))
        # the database goes before the options: a stack that is started again finds the default workspace as it was
        self._load()
        if DEFAULT_NAME not in self._by_name:
            chosen = default or NewWorkspace()
            seed = chosen.seed or 0
            self._add(self._made(DEFAULT_NAME, DOCUMENTED, seed=seed, mode=chosen.mode, start=chosen.start))

    def real_now(self, workspace: Workspace | None = None) -> datetime:  # noqa: ARG002 - one real clock is all of them here
        """Return the instant of a workspace, or of a new one, whose clock is real from now on."""
        return self.real_clock.now()

    @property
    def default(self) -> Workspace:
        """The workspace of calls that name none."""
        return self._by_name[DEFAULT_NAME]

    def __iter__(self) -> Iterator[Workspace]:
        # a copy: workspaces are made and deleted while real time and routes go through them
        return iter(list(self._by_name.values()))

    def named(self, name: str) -> Workspace | None:
        """Return the workspace of this name, if there is one."""
        return self._by_name.get(name)

    def with_user_secret(self, secret: str) -> Workspace | None:
        """Return the workspace whose user has this secret."""
        # one dictionary has all kinds of secrets, so it is asked which kind this one is: a CRM key opens no platform
        workspace = self._by_secret.get(secret)
        return workspace if workspace and workspace.user_secret == secret else None

    def with_api_key(self, key: str) -> Workspace | None:
        """Return the workspace whose CRM user has this API key."""
        workspace = self._by_secret.get(key)
        return workspace if workspace and workspace.crm_api_key == key else None

    def create(self, new: NewWorkspace) -> Workspace:
        """Make a workspace with fresh credentials.

        Raises:
            WorkspaceNameError: the name would not do.
            WorkspaceExistsError: it is taken.
        """
        with self._lock:
            name, seed = new.drawn(named=self._by_name.get)
            if name in self._by_name:
                raise WorkspaceExistsError(name)
            workspace = self._made(
                name, seeded_secrets(seed, name), seed=seed, mode=new.mode, start=new.start
            )
            self._add(workspace)
        return workspace

    @property
    def remembered_by(self) -> dict[str, str]:
        """What an answer says that is from the memory of one process: ``process``, where others have memories as well."""
        return {}

    def refresh(self, workspace: Workspace, *, waits: bool = False) -> None:
        """Take over what other processes have made of a workspace; of one that this process keeps alone, nothing.

        Args:
            waits: for who is doing so already.
        """

    def generation(self, workspace: Workspace) -> int:
        """Return another number once a service has put a workspace back: what was read before is no part of what is there."""
        mine = select(_generations.c.number).where(_generations.c.workspace == workspace.name)
        with self._database.autocommit_read() as connection:
            return connection.scalar(mine) or 0

    def renew(self, workspace: Workspace) -> None:
        """Note that a service has put a workspace back, to its start or to a snapshot."""
        with self._database.writing() as connection:
            _renew.run(connection, {"workspace": workspace.name, "number": 1})

    def delete(self, workspace: Workspace) -> None:
        """Forget a workspace, if it is still there; what services keep for it must be reset before.

        Raises:
            DefaultWorkspaceError: it is the default one.
        """
        if workspace.name == DEFAULT_NAME:
            raise DefaultWorkspaceError
        with self._lock:
            # another of the same name may have been made meanwhile; a workspace is identified by the clock that it keeps
            existing = self._by_name.get(workspace.name)
            if existing is None or existing.clock is not workspace.clock:
                return
            # the row first: a process that ends here must not bring back a workspace that was said to be deleted
            with self._database.writing() as connection:
                connection.execute(WORKSPACES.delete().where(WORKSPACES.c.name == workspace.name))
            del self._by_name[workspace.name]
            for secret in workspace.secrets.values():
                del self._by_secret[secret]

    def move(self, workspace: Workspace, instant: datetime) -> None:
        """Move a workspace's virtual clock forward, and remember where it stands.

        Raises:
            ClockError: the clock is real, or would move back.
        """
        with workspace.clock.lock:  # or the database might remember the earlier of two moves
            if workspace.clock.mode is Mode.VIRTUAL and in_utc(instant) > workspace.clock.now():
                # kept first: where there is no room for it, the clock stays where it is
                self._remember(MOVE, {"of": workspace.name, "moved_to": instant})
            workspace.clock.move_to(instant)

    def reach(self, workspace: Workspace, instant: datetime) -> None:
        """Move a workspace's virtual clock to an instant, unless a change has moved it there or further meanwhile.

        Raises:
            ClockError: the clock is real.
        """
        # `move` takes the lock again; between `now` and the move no change may move the clock further
        with workspace.clock.lock:
            self.move(workspace, max(instant, workspace.clock.now()))

    def take_back(self, workspace: Workspace, instant: datetime) -> None:
        """Let a virtual clock stand where it did before a move; where there is no room to keep that, in memory alone."""
        with workspace.clock.lock:
            watermark = workspace.clock.watermark
            try:
                self._use_clock(workspace, Mode.VIRTUAL, instant, watermark=watermark)
            except Exception as error:
                if not has_no_room(error):
                    raise
                workspace.clock.use(self._clock(Mode.VIRTUAL, instant), watermark=watermark)

    def set_watermark(self, workspace: Workspace) -> datetime:
        """Note that a workspace is read as of now, or as a real clock has it, and return that instant.

        A change that has an earlier stamp is kept by then, and the next one begins another second.
        """
        clock = workspace.clock
        with clock.lock:
            now = clock.as_of()
            # kept in the database as well, or a restart would let a change fall into a second that was read
            if clock.mode is Mode.VIRTUAL and clock.watermark != now:
                self._remember(SET_WATERMARK, {"of": workspace.name, "read_at": now})
                clock.watermark = now
        return now

    @contextmanager
    def reading(self, workspace: Workspace) -> Iterator[datetime]:
        """Let a workspace be read, and give the instant as of which; on a virtual clock no change happens meanwhile."""
        with nullcontext() if workspace.clock.mode is Mode.REAL else workspace.clock.reading:
            yield self.set_watermark(workspace)

    @contextmanager
    def changing(self, workspace: Workspace, *, meanwhile: timedelta | None = None) -> Iterator[datetime]:
        """Give the instant of a change, which is to be kept meanwhile; if it fails, time has not moved.

        In the second of the watermark the change begins the next one, unless ties are kept.

        Args:
            meanwhile: the change happens while somebody reads, so long after the present instant; a real clock is where it is.
        """
        with ExitStack() as locks:
            if (
                meanwhile is None
                and workspace.clock.mode is Mode.VIRTUAL
                and workspace.clock.reading.acquire(timeout=_PATIENCE_S)
            ):  # without the lock after that: the reader itself may be waiting for this change
                locks.callback(workspace.clock.reading.release)
            # held until the change is kept: nobody reads as of a later instant before that
            locks.enter_context(workspace.clock.lock)
            at = workspace.clock.next_change() if meanwhile is None else workspace.clock.later(meanwhile)
            yield at
            if workspace.clock.mode is Mode.VIRTUAL:
                self.move(workspace, at)

    def set_clock(self, workspace: Workspace, mode: Mode, now: datetime) -> None:
        """Let a workspace go by another clock; ``now`` is where a virtual one stands.

        Raises:
            NaiveInstantError: the instant has no time zone.
        """
        with workspace.clock.lock:
            self._use_clock(workspace, mode, now, watermark=workspace.clock.watermark)

    def reset_clock(self, workspace: Workspace) -> None:
        """Bring a virtual clock back to its start; a real one stays. Nothing has been read."""
        with workspace.clock.lock:
            if workspace.clock.mode is Mode.VIRTUAL:
                self._use_clock(workspace, Mode.VIRTUAL, workspace.start, watermark=None)

    def _use_clock(
        self, workspace: Workspace, mode: Mode, now: datetime, *, watermark: datetime | None
    ) -> None:
        changed = {"clock_mode": mode.value, "clock_now": in_utc(now), "clock_watermark": watermark}
        with self._database.writing() as connection:
            connection.execute(WORKSPACES.update().where(WORKSPACES.c.name == workspace.name).values(changed))
        # kept before it is in force: what follows is stamped by it, and must not outlive it in the database
        workspace.clock.use(self._clock(mode, now), watermark=watermark)

    def restore(
        self, connection: Connection, workspace: Workspace, kept: KeptWorkspace
    ) -> Callable[[], None]:
        """Write a workspace as a snapshot has it, and return what puts that in force once it is committed.

        Its name and its credentials stay.
        """
        now = in_utc(kept.clock.now or self.real_now(workspace))
        row = {
            "seed": kept.seed,
            "origin": kept.origin,
            "clock_mode": kept.clock.mode.value,
            "clock_start": kept.start,
            "clock_now": now,
            "clock_watermark": kept.clock.watermark,
        }
        if kept.clock.mode is workspace.clock.mode is Mode.REAL:
            del row["clock_now"]  # it runs on
        connection.execute(WORKSPACES.update().where(WORKSPACES.c.name == workspace.name).values(row))

        # run after the commit: the caller's transaction may yet be undone, and a clock cannot be put back unnoticed
        def apply() -> None:
            with workspace.clock.lock, self._lock:
                workspace.clock.use(self._clock(kept.clock.mode, now), watermark=kept.clock.watermark)
                self._index(replace(workspace, seed=kept.seed, origin=kept.origin, start=kept.start))

        return apply

    def _workspace_clock(
        self, clock: SystemClock | VirtualClock, watermark: datetime | None
    ) -> WorkspaceClock:
        return WorkspaceClock(clock, watermark=watermark, keeps_ties=self._keep_ties)

    def _clock(self, mode: Mode, now: datetime) -> SystemClock | VirtualClock:
        return self.real_clock if mode is Mode.REAL else self._virtual_clock(now)

    def _made(self, name: str, known: Secrets, *, seed: int, mode: Mode, start: datetime) -> Workspace:
        """Return a new workspace.

        Args:
            known: its secrets, if others may know them.
        """
        now = start if mode is Mode.VIRTUAL else self.real_now()
        return Workspace(
            name=name,
            seed=seed,
            origin=name,
            crm_username=f"owner@{name}.example",
            start=start,
            clock=self._workspace_clock(self._clock(mode, now), watermark=None),
            **vars(known if self._known_secrets else random_secrets()),
        )

    def _remember(self, moved: Prepared, values: Values) -> None:
        """Keep where a clock stands, for the next start; of a temporary database there is none (``poe bench``)."""
        if not self._database.is_temporary:
            with self._database.writing() as connection:
                moved.run(connection, values)

    def _add(self, workspace: Workspace) -> None:
        with self._database.writing() as connection:
            INSERT.run(connection, row_of(workspace))
        # findable only once it is kept; the other way round a call could change a workspace that is then not there
        self._index(workspace)

    def _index(self, workspace: Workspace) -> None:
        self._by_name[workspace.name] = workspace
        for secret in workspace.secrets.values():
            self._by_secret[secret] = workspace

    def _load(self) -> None:
        try:
            with self._database.reading() as connection:
                for row in connection.execute(self._selected.order_by(WORKSPACES.c.name)):
                    self._index(self._from_row(row))
        except (ValueError, TypeError, OverflowError) as error:
            raise DamagedDatabaseError("a workspace cannot be read") from error

    def _clock_of(self, row: Row[Any]) -> SystemClock | VirtualClock:
        return self._clock(Mode(row.clock_mode), row.clock_now)

    def _from_row(self, row: Row[tuple[object, ...]]) -> Workspace:
        clock = self._workspace_clock(self._clock_of(row), watermark=row.clock_watermark)
        others = {name: value for name, value in row._asdict().items() if not name.startswith("clock_")}
        return Workspace(**others, start=row.clock_start, clock=clock)
