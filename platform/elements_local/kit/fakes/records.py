"""Records of any kind, and the log of their changes, for a fake that has no store of its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, cast

from flask import request
from sqlalchemy import BigInteger, Column, Integer, MetaData, Text, bindparam, func, or_, select
from sqlalchemy.types import TypeEngine

from elements_local.kit.api.json_text import decode, encode_text
from elements_local.kit.api.pages import Page
from elements_local.kit.fakes.effects import NO_EFFECT, RecordEffect
from elements_local.kit.fakes.former_values import FormerValue, FormerValues
from elements_local.kit.fakes.host import FakeHost
from elements_local.kit.fakes.kept_record import ChangeLogQuery, KeptRecord, KeptRecordsQuery
from elements_local.kit.fakes.links import KeptLink, KeptLinks
from elements_local.kit.storage.database import Instant
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.prepared import Row
from elements_local.kit.storage.retention import Pruned, Retention, RetentionRule, pruned_table
from elements_local.kit.storage.schema import SchemaPart, workspace_table
from elements_local.kit.storage.timeline import TimelineJson, TimelineQuery, per_stretch, stretches
from elements_local.kit.storage.transaction import Transaction, WorkspaceDeletion
from elements_local.kit.traffic.fault_rules import Phase
from elements_local.kit.values import replace
from elements_local.kit.web.request_facts import facts_of
from elements_local.kit.workspaces.registry import Workspace

Fields = Mapping[str, object]

_MOST_NOTED = 1000


class NoCallerError(Exception):
    """A call's API key is nobody's."""


class NoKeptRecordError(Exception):
    """There is no such record."""


class KeptRecords:
    """The records of a fake; what the present call does is done in the workspace whose API key it has.

    A change happens at the workspace's time, in a second that nobody has read; fault rules that apply to the call have their
    effect on its stamps, and on what a list knows.

    Args:
        workspace_of: that of the present call.
        resolution: what two stamps are apart at least, if they are not the same.
        id_of: a record's id, from its number.
        tables: others of the fake, which are made, reset and kept with these.
        history: whether former values are kept.
    """

    def __init__(  # noqa: PLR0913 - all but the first by name
        self,
        host: FakeHost,
        *,
        workspace_of: Callable[[], Workspace],
        resolution: timedelta = timedelta(seconds=1),
        id_of: Callable[[int], str] = str,
        tables: MetaData | None = None,
        history: bool = False,
    ) -> None:
        self.tables = MetaData() if tables is None else tables
        self._host, self._workspace_of = host, workspace_of
        self._resolution, self._id_of = resolution, id_of
        stamps = {"created": Instant, "updated": Instant}
        records = workspace_table(
            self.tables,
            f"{host.name}_records",
            *(Column(name, Text, primary_key=True) for name in ("kind", "id")),
            *_columns({"number": BigInteger, **stamps, "deleted": Integer, "document": Text}),
        )
        changes = workspace_table(
            self.tables,
            f"{host.name}_changes",
            Column("seq", BigInteger, primary_key=True, autoincrement=False),
            *_columns({"kind": Text, "record_id": Text, "change": Text, "at": Instant, **stamps}),
        )
        self._links = KeptLinks(self.tables, host.name)
        self._values = FormerValues(self.tables, host.name) if history else None
        self._open: ContextVar[tuple[Transaction, datetime] | None] = ContextVar("open", default=None)
        pruned = pruned_table(f"{host.name}_pruned", self.tables)
        host.database.create(SchemaPart(host.name, self.tables))
        gone = records.delete().where(records.c.deleted == 1, records.c.updated < bindparam("before"))
        old = changes.delete().where(changes.c.at < bindparam("before"))
        rule = RetentionRule(keep=host.change_retention, statements=[*map(WorkspaceStatement, (gone, old))])
        self._retention = Retention(pruned, [rule])
        self._deletion = WorkspaceDeletion(self.tables)
        of_kind = select(records).where(records.c.kind == bindparam("of_kind"))
        there = of_kind.where(records.c.deleted == 0)
        this = records.c.kind == bindparam("of_kind"), records.c.id == bindparam("of_id")
        logged = (
            changes.c.at >= bindparam("since"),
            *(
                or_(bindparam(name, type_=Text) == "", column == bindparam(name))
                for name, column in (("of_kind", changes.c.kind), ("of_id", changes.c.record_id))
            ),
        )
        after = select(changes).where(*logged, changes.c.seq > bindparam("after")).order_by(changes.c.seq)
        self._all = WorkspaceStatement(there.order_by(records.c.number))
        self._gone = WorkspaceStatement(of_kind.where(records.c.deleted == 1).order_by(records.c.number))
        self._one_gone = WorkspaceStatement(
            of_kind.where(records.c.deleted == 1, records.c.id == bindparam("of_id"))
        )
        self._deletions = WorkspaceStatement(
            select(changes.c.record_id, func.max(changes.c.at).label("at"))
            .where(changes.c.kind == bindparam("of_kind"), changes.c.change == "DELETED")
            .group_by(changes.c.record_id)
        )
        self._one = WorkspaceStatement(there.where(records.c.id == bindparam("of_id")))
        self._last = WorkspaceStatement(select(func.max(records.c.number)))
        self._last_change = WorkspaceStatement(select(func.max(changes.c.seq)))
        self._insert = WorkspaceStatement(records.insert())
        self._update = WorkspaceStatement(records.update().where(*this))
        self._log = WorkspaceStatement(changes.insert())
        self._logged = WorkspaceStatement(after.limit(bindparam("top")))
        self._how_many = WorkspaceStatement(select(func.count()).select_from(changes).where(*logged))
        words = ("created", "updated", "deleted")
        counts = {word: changes.c.change == word.upper() for word in words}
        self._stretches = per_stretch(changes.c.at, changes.c.seq, **counts)

    def create(self, kind: str, fields: Fields) -> KeptRecord:
        """Add a record, and return it."""
        effect, seed = effect_in_force()
        with self._changing() as (tx, at):
            number = (tx.scalar(self._last) or 0) + 1
            created = effect.stamped(at, self._resolution)
            updated = created + timedelta(seconds=effect.later_s(number, seed=seed))
            record = self._new(kind, number, created, updated, fields)
            self._add(tx, record)
            self._note(tx, "CREATED", record, at)
        return record

    def update(self, kind: str, record_id: str, fields: Fields) -> KeptRecord:
        """Change some fields of a record, and return it."""
        with self._changing() as (tx, at):
            before = self._found(tx, kind, record_id)
            updated = effect_in_force()[0].stamped(at, self._resolution)
            record = replace(before, updated=updated, fields={**before.fields, **fields})
            self._set(tx, record)
            if self._values:
                changed = {
                    name: (
                        FormerValue(value=before.fields.get(name), at=before.created),
                        FormerValue(value=value, at=updated),
                    )
                    for name, value in fields.items()
                    if before.fields.get(name) != value
                }
                self._values.note(tx, kind, record_id, changed)
            self._note(tx, "UPDATED", record, at)
        return record

    def delete(self, kind: str, record_id: str) -> None:
        """Take a record away, with its links."""
        with self._changing() as (tx, at):
            record = self._found(tx, kind, record_id)
            self._set(tx, record, deleted=1)
            self._links.remove_all(tx, kind, record_id)
            self._note(tx, "DELETED", record, at)

    def get(self, kind: str, record_id: str, *, deleted: bool = False) -> KeptRecord:
        """Return a record; one that is deleted, if it is asked for so.

        Raises:
            NoKeptRecordError: it is not there.
        """
        with self._reading() as tx:
            return self._found(tx, kind, record_id, deleted=deleted)

    def deletions(self, kind: str) -> dict[str, datetime]:
        """Return when records of a kind were deleted, by their ids, as far as the log goes back."""
        with self._reading() as tx:
            return {row.record_id: row.at for row in tx.all(self._deletions, of_kind=kind)}

    def history(self, record: KeptRecord) -> dict[str, list[FormerValue]]:
        """Return the values that the fields of a record have had, the oldest first."""
        with self._reading() as tx:
            known = self._values.of(tx, record.kind, record.id) if self._values else {}
        first = {
            name: [FormerValue(value=value, at=record.created)]
            for name, value in record.fields.items()
            if value is not None
        }
        return {**first, **known}

    def all_of(self, kind: str) -> list[KeptRecord]:
        """Return the records of a kind as they are, regardless of what lists know; no fault has an effect on that."""
        with self._reading() as tx:
            return [_record(row) for row in tx.all(self._all, of_kind=kind)]

    def links(self, kind: str, record_id: str) -> list[KeptLink]:
        """Return the links of a record."""
        with self._reading() as tx:
            return self._links.of(tx, kind, record_id)

    def link(self, ends: Iterable[KeptLink]) -> None:
        """Link records, whose dates stay, by the ends of links."""
        with self._changing() as (tx, _):
            self._links.add(tx, ends)

    def unlink(self, ends: Iterable[KeptLink]) -> None:
        """Remove links, both ends of each."""
        with self._changing() as (tx, _):
            self._links.remove(tx, ends)

    def listed(
        self,
        kind: str,
        *,
        lag_s: int = 0,
        deleted: bool = False,
        by_date: bool = False,
        chosen: Callable[[list[KeptRecord]], list[KeptRecord]] = list,
    ) -> list[KeptRecord]:
        """Return the records of a kind that lists know of, in the order in which they were made.

        Args:
            lag_s: so long a list has nothing of a write, unless a fault says otherwise.
            deleted: those that are deleted, and no others.
            by_date: they are in the order of their updated dates, so that one that is updated moves.
            chosen: returns those that are asked for in their order, of which a fault leaves the first.
        """
        effect = effect_in_force()[0]
        found = chosen(self._known(kind, lag_s=lag_s, deleted=deleted))
        if not deleted and (effect.delete_listed or effect.update_listed):
            self._change_meanwhile(kind, found, effect, by_date=by_date)
            if facts_of(request).rule.phase is Phase.BEFORE:
                found = chosen(self._known(kind, lag_s=lag_s, deleted=deleted))
        if effect.unordered:
            found = effect.in_disorder(found, lambda record: record.id, seed=self._workspace_of().seed)
        return found if effect.list_cap is None else ended(found, effect.list_cap)

    def _known(self, kind: str, *, lag_s: int, deleted: bool) -> list[KeptRecord]:
        """Return the records that lists know of."""
        workspace, effect = self._workspace_of(), effect_in_force()[0]
        if lag_s and not effect.index_lag_s:
            effect = replace(effect, index_lag_s=lag_s)
            facts_of(request).noted["index_lag_s"] = lag_s
        now = workspace.clock.now()
        with self._reading() as tx:
            found = [_record(row) for row in tx.all(self._gone if deleted else self._all, of_kind=kind)]
            if effect.index_lag_s or effect.index_lag_within_s:
                since = now - timedelta(seconds=effect.index_lag_s + effect.index_lag_within_s)
                late = {
                    row.record_id
                    for row in tx.all(self._logged, since=since, after=0, top=2**31, of_kind=kind, of_id="")
                    if effect.indexed(row.at, row.seq, seed=workspace.seed) > now
                }
                if effect.index_lag_within_s:
                    _note("hidden", late)
                found = [record for record in found if record.id not in late]
        return found

    def _change_meanwhile(
        self, kind: str, found: list[KeptRecord], effect: RecordEffect, *, by_date: bool
    ) -> None:
        """Delete and update the first records of a list, as somebody else might at this moment."""
        left = found[effect.delete_listed :][: effect.update_listed]
        with self._changing(meanwhile=timedelta(seconds=effect.delay_s)) as (tx, at):
            for record in found[: effect.delete_listed]:
                self._set(tx, record, deleted=1)
                self._links.remove_all(tx, kind, record.id)
                self._note(tx, "DELETED", record, at)
            for record in left:
                moved = replace(record, updated=effect.stamped(at, self._resolution))
                self._set(tx, moved)
                self._note(tx, "UPDATED", moved, at)
        if by_date:
            _note("moved", (record.id for record in left))

    def fill(self, workspace: Workspace, kind: str, made: list[Fields], *, if_empty: bool = False) -> int:
        """Add records as if they had always been there, and return how many that were."""
        start = min(workspace.start, workspace.clock.now())
        with self._host.database.transaction(workspace.name) as tx:
            if if_empty and tx.first(self._all, of_kind=kind) is not None:
                return 0
            first = (tx.scalar(self._last) or 0) + 1
            for number, fields in enumerate(made, first):
                at = start - timedelta(hours=1 + number)
                self._add(tx, self._new(kind, number, at, at, fields))
        return len(made)

    def changes(self, workspace: Workspace, search: ChangeLogQuery, *, since: datetime) -> Page[Row]:
        """Return a page of the log, oldest first."""
        of = {"of_kind": search.kind, "of_id": search.record_id}
        with self._host.database.read(workspace.name) as tx:
            rows = tx.all(self._logged, since=since, after=search.after, top=search.limit + 1, **of)
            total = tx.scalar(self._how_many, since=since, **of)
        return Page.of(rows, search.limit, total=total, cursor=lambda row: row.seq)

    def stretches(self, workspace: Workspace, query: TimelineQuery) -> TimelineJson:
        """Count the changes of the log by stretches of time."""
        with self._host.database.read(workspace.name) as tx:
            return stretches(tx, query, changes=self._stretches)

    def kept(self, workspace: Workspace, kind: str, search: KeptRecordsQuery) -> Page[KeptRecord]:
        """Return a page of the records of a kind, the latest first; no fault applies to it."""
        with self._host.database.read(workspace.name) as tx:
            found = [_record(row) for row in tx.all(self._all, of_kind=kind)][::-1]
        wanted = [each for each in found if search.wants(each)]
        rows = [each for each in wanted if search.before is None or each.number < search.before]
        return Page.of(rows, search.limit, total=len(wanted), cursor=lambda record: record.number)

    def pruned(self, workspace: Workspace) -> Pruned | None:
        """Return what of the log is no longer kept."""
        with self._host.database.read(workspace.name) as tx:
            return self._retention.pruned(tx)

    def reset(self, workspace: Workspace) -> None:
        """Forget everything of a workspace."""
        with self._host.database.transaction(workspace.name) as tx:
            self._deletion.run(tx)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the changes of the present call in one transaction: all at one time, or none of them."""
        with self._changing() as changing:
            token = self._open.set(changing)
            try:
                yield
            finally:
                self._open.reset(token)

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        if changing := self._open.get():
            yield changing[0]
            return
        with self._host.database.read(self._workspace_of().name) as tx:
            yield tx

    @contextmanager
    def _changing(self, *, meanwhile: timedelta | None = None) -> Iterator[tuple[Transaction, datetime]]:
        """Open a transaction in which records are changed, at the instant of the change.

        Args:
            meanwhile: the change happens while something else is asked, so long after that began.
        """
        if changing := self._open.get():
            yield changing
            return
        workspace = self._workspace_of()
        with (
            self._host.workspaces.changing(workspace, meanwhile=meanwhile) as at,
            self._host.database.transaction(workspace.name) as tx,
        ):
            yield tx, at

    def _found(self, tx: Transaction, kind: str, record_id: str, *, deleted: bool = False) -> KeptRecord:
        row = tx.first(self._one_gone if deleted else self._one, of_kind=kind, of_id=record_id)
        if row is None:
            raise NoKeptRecordError(f"there is no record {record_id} of the kind {kind}")
        return _record(row)

    def _new(self, kind: str, number: int, made: datetime, updated: datetime, fields: Fields) -> KeptRecord:
        known, kept = self._id_of(number), dict(fields)
        return KeptRecord(kind=kind, id=known, number=number, created=made, updated=updated, fields=kept)

    def _add(self, tx: Transaction, record: KeptRecord) -> None:
        columns = {name: getattr(record, name) for name in ("kind", "id", "number", "created", "updated")}
        tx.run(self._insert, **columns, deleted=0, document=encode_text(record.fields))

    def _set(self, tx: Transaction, record: KeptRecord, *, deleted: int = 0) -> None:
        kept = {"updated": record.updated, "deleted": deleted, "document": encode_text(record.fields)}
        tx.run(self._update, of_kind=record.kind, of_id=record.id, **kept)

    def _note(self, tx: Transaction, change: str, record: KeptRecord, at: datetime) -> None:
        tx.run(
            self._log,
            seq=(tx.scalar(self._last_change) or 0) + 1,
            kind=record.kind,
            record_id=record.id,
            change=change,
            at=at,
            created=record.created,
            updated=record.updated,
        )
        self._retention.forget(tx, at)


def _note(what: str, ids: Iterable[str]) -> None:
    """Note in the journal the records that a fault kept from a list."""
    if noted := sorted(ids)[:_MOST_NOTED]:
        facts_of(request).noted[what] = noted


def ended(records: list[KeptRecord], most: int) -> list[KeptRecord]:
    """Return a list up to where it ends; what is behind that is noted in the journal."""
    if behind := records[most:]:
        facts_of(request).noted["list_cap"] = most
        _note("cut", (record.id for record in behind))
    return records[:most]


def _columns(types: Mapping[str, type[TypeEngine[Any]]]) -> Iterator[Column[Any]]:
    return (Column(name, each, nullable=False) for name, each in types.items())


def effect_in_force() -> tuple[RecordEffect, int]:
    """Return what the rule that has applied to the present call does, and its seed."""
    rule = facts_of(request).rule
    return (NO_EFFECT, 0) if rule is None else (rule.effect, rule.when.seed)


def _record(row: Row) -> KeptRecord:
    columns = {name: getattr(row, name) for name in ("kind", "id", "number", "created", "updated")}
    return KeptRecord(**columns, fields=cast("dict[str, Any]", decode(row.document)))
