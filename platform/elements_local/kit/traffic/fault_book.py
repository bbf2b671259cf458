"""Which fault rules are in force, for each service and workspace, and how often each has struck."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from math import ceil
from threading import Condition, RLock
from typing import Annotated, Any

from msgspec import Meta, Struct, convert
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, bindparam

from elements_local.kit.api.json_text import Json, decode, encode_text
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Prepared, Row
from elements_local.kit.storage.schema import SchemaPart
from elements_local.kit.storage.transaction import Transaction
from elements_local.kit.traffic.fault_rules import FaultRule, FaultRules, parse_rules
from elements_local.kit.values import replace
from elements_local.kit.workspaces.registry import Workspace
from elements_local.kit.workspaces.table_rows import SnapshotError

_metadata = MetaData()
_faults = Table(
    "kit_faults",
    _metadata,
    Column("service", Text, primary_key=True),
    Column("workspace", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("struck", Integer, nullable=False),
)
SCHEMA = SchemaPart("faults", _metadata)
"""The rules of all services."""

_LOOK_AFTER_S = 0.1
"""How soon is noticed what nobody announces: what another process did, and a client that hung up."""
_LONGEST_HOLD_S = 60

_of_service = _faults.c.service == bindparam("of_service")
_count = WorkspaceStatement(
    _faults.update()
    .where(_of_service, _faults.c.position == bindparam("at"))
    .values(seen=bindparam("now_seen"), struck=bindparam("now_struck"))
)
_forget = WorkspaceStatement(_faults.delete().where(_of_service))
_add = WorkspaceStatement(_faults.insert())
_of_all = Prepared(_faults.select().where(_of_service).order_by(_faults.c.workspace, _faults.c.position))
_of_one = WorkspaceStatement(_faults.select().where(_of_service).order_by(_faults.c.position))


class FaultEntry(Struct, frozen=True, kw_only=True):
    """A rule, how many requests it matched and how many of them it struck."""

    rule: FaultRule
    seen: int = 0
    struck: int = 0

    def to_json(self) -> Json:
        """Return the rule with its two counts."""
        rule = self.rule.to_json()
        assert isinstance(rule, dict)  # noqa: S101 - what a struct turns into
        return {**rule, "seen": self.seen, "struck": self.struck}


_Times = Annotated[int, Meta(ge=0, lt=2**31)]


class KeptEntry(Struct, forbid_unknown_fields=True):
    """A rule with its two counts, as a snapshot has it."""

    rule: dict[str, object]
    seen: _Times
    struck: _Times


class FaultBook:
    """The rules of one service, kept in the database and read from memory.

    Args:
        shape: that of the service's rules.
    """

    def __init__(self, database: Database, *, service: str, shape: type[FaultRules] = FaultRules) -> None:
        self.service = service
        self.shape = shape
        self._database = database
        # a rule's count is read, raised and kept in one step, or two requests would both be its first; RLock, as snapshots hold it while they read
        self._lock = RLock()
        self._changed = Condition(self._lock)
        database.create(SCHEMA)
        self._entries = self._load()

    def entries(self, workspace: str) -> list[FaultEntry]:
        """Return a workspace's rules in the order in which they are tried."""
        return list(self._entries.get(workspace, ()))

    def replace(self, workspace: str, rules: Sequence[FaultRule]) -> None:
        """Put rules in the place of those that are there; counts start at nought."""
        entries = [FaultEntry(rule=rule) for rule in rules]
        with self._lock, self._database.transaction(workspace) as tx:
            self._write(tx, entries)
            self._entries[workspace] = entries
            self._changed.notify_all()

    def apply(self, workspace: str, method: str, path: str, *, now: datetime) -> FaultRule | None:
        """Return the first rule that hits this request, and count it for every rule tried before."""
        if not self._entries.get(workspace):
            return None
        with self._lock:
            entries = self._entries[workspace]
            for at, entry in enumerate(entries):
                if not entry.rule.match.matches(method, path):
                    continue
                # a rule counts each request that gets to it, and not only those that it hits: `every_n` needs that
                hit = entry.rule.applies(entry.seen + 1, now=now)
                entries[at] = replace(entry, seen=entry.seen + 1, struck=entry.struck + hit)
                self._save(workspace, at, entries[at])
                if hit:
                    self._changed.notify_all()
                    return entry.rule
        return None

    def hold(self, workspace: str, rule: FaultRule, *, gone: Callable[[], bool]) -> None:
        """Return once a rule is no longer there, the client that waits has gone, or a minute is over."""
        self._wait_until(
            lambda: gone() or rule not in [entry.rule for entry in self.entries(workspace)], _LONGEST_HOLD_S
        )

    def wait_for_held(self, workspace: str, seconds: float) -> None:
        """Return once a rule has held a call, none is there that could, or so much real time is over."""

        def ready() -> bool:
            holding = [entry for entry in self.entries(workspace) if entry.rule.effect.hold]
            return not holding or any(entry.struck for entry in holding)

        self._wait_until(ready, seconds)

    def _wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        with self._changed:
            for _ in range(ceil(seconds / _LOOK_AFTER_S)):
                if ready():
                    return
                self._changed.wait(_LOOK_AFTER_S)

    @contextmanager
    def quiesce(self, _workspace: Workspace) -> Iterator[None]:
        """Let no rule apply meanwhile."""
        with self._lock:
            yield

    @property
    def kept_shape(self) -> Any:
        """What snapshots hold."""
        return list[KeptEntry]

    def recall(self, workspace: Workspace) -> list[Json]:
        """Return a workspace's rules with their counts."""
        return [
            {"rule": entry.rule.to_json(), "seen": entry.seen, "struck": entry.struck}
            for entry in self.entries(workspace.name)
        ]

    def restore(
        self, connection: Connection, workspace: Workspace, value: list[KeptEntry]
    ) -> Callable[[], None]:
        """Write rules with their counts, and return what puts them in force once that is committed.

        Raises:
            FaultRuleError: one of them cannot be read.
            SnapshotError: one has struck more often than it was tried.
        """
        sent: Any = {"faults": [entry.rule for entry in value]}
        rules = parse_rules(sent, service=self.service, shape=self.shape)
        for place, entry in enumerate(value):
            if entry.struck > entry.seen:
                raise SnapshotError(
                    f"memory.faults[{place}].struck: expected {entry.seen} at the most, as often as it was seen; got {entry.struck}"
                )
        entries = [
            FaultEntry(rule=rule, seen=entry.seen, struck=entry.struck)
            for rule, entry in zip(rules, value, strict=True)
        ]
        self._write(Transaction(connection, workspace.name), entries)

        def put_in_force() -> None:
            with self._changed:
                self._entries[workspace.name] = entries
                self._changed.notify_all()

        return put_in_force

    def _write(self, tx: Transaction, entries: Sequence[FaultEntry]) -> None:
        tx.run(_forget, of_service=self.service)
        rows = [
            {
                "service": self.service,
                "position": at,
                "rule": encode_text(entry.rule),
                "seen": entry.seen,
                "struck": entry.struck,
            }
            for at, entry in enumerate(entries)
        ]
        tx.run_each(_add, rows)

    def _save(self, workspace: str, at: int, entry: FaultEntry) -> None:
        counted = {"now_seen": entry.seen, "now_struck": entry.struck}
        with self._database.transaction(workspace) as tx:
            tx.run(_count, of_service=self.service, at=at, **counted)

    def _load(self) -> dict[str, list[FaultEntry]]:
        """Read the rules of all workspaces."""
        loaded: dict[str, list[FaultEntry]] = {}
        with self._database.read_across() as tx:
            for row in tx.all(_of_all, of_service=self.service):
                loaded.setdefault(row.workspace, []).append(self._entry(row))
        return loaded

    def _load_one(self, workspace: str) -> list[FaultEntry]:
        """Read the rules of one workspace."""
        with self._database.read(workspace) as tx:
            return [self._entry(row) for row in tx.all(_of_one, of_service=self.service)]

    def _entry(self, row: Row) -> FaultEntry:
        (rule,) = convert({"faults": [decode(row.rule)]}, self.shape).faults
        return FaultEntry(rule=rule, seen=row.seen, struck=row.struck)
