"""Which fault rules are in force, for each service and workspace, and how often each has struck."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

from msgspec import convert
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam

from mock_kit.database import Database
from mock_kit.faults import Rule, Rules
from mock_kit.json_text import Json, decode, encode_text

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
_count = (
    _faults.update()
    .where(
        _faults.c.service == bindparam("of_service"),
        _faults.c.workspace == bindparam("of_workspace"),
        _faults.c.position == bindparam("at"),
    )
    .values(seen=bindparam("now_seen"), struck=bindparam("now_struck"))
)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A rule, how many requests it matched and how many of them it struck."""

    rule: Rule
    seen: int = 0
    struck: int = 0

    def to_json(self) -> Json:
        """Return the rule with its two counts."""
        rule = self.rule.to_json()
        assert isinstance(rule, dict)  # noqa: S101 - what a struct turns into
        return {**rule, "seen": self.seen, "struck": self.struck}


class FaultBook:
    """The rules of one service, kept in the database and read from memory.

    Args:
        shape: that of the service's rules.
    """

    def __init__(self, database: Database, *, service: str, shape: type[Rules] = Rules) -> None:
        self.service = service
        self.shape = shape
        self._database = database
        self._lock = Lock()
        database.create(f"{service}-faults", _metadata, version=1)
        self._entries = self._load()

    def entries(self, workspace: str) -> list[Entry]:
        """Return a workspace's rules in the order in which they are tried."""
        return list(self._entries.get(workspace, ()))

    def replace(self, workspace: str, rules: Sequence[Rule]) -> None:
        """Put rules in the place of those that are there; counts start at nought."""
        rows = [
            {**self._key(workspace, at), "rule": encode_text(rule), "seen": 0, "struck": 0}
            for at, rule in enumerate(rules)
        ]
        with self._lock, self._database.writing() as connection:
            connection.execute(
                _faults.delete().where(_faults.c.service == self.service, _faults.c.workspace == workspace)
            )
            if rows:
                connection.execute(_faults.insert(), rows)
            self._entries[workspace] = [Entry(rule=rule) for rule in rules]

    def strike(self, workspace: str, method: str, path: str, *, now: datetime) -> Rule | None:
        """Return the first rule that hits this request, and count it for every rule tried before."""
        if not self._entries.get(workspace):
            return None
        with self._lock:
            entries = self._entries[workspace]
            for at, entry in enumerate(entries):
                if not entry.rule.match.matches(method, path):
                    continue
                hit = entry.rule.strikes(entry.seen + 1, now=now)
                entries[at] = replace(entry, seen=entry.seen + 1, struck=entry.struck + hit)
                self._save(workspace, at, entries[at])
                if hit:
                    return entry.rule
        return None

    def _key(self, workspace: str, at: int) -> dict[str, object]:
        return {"service": self.service, "workspace": workspace, "position": at}

    def _save(self, workspace: str, at: int, entry: Entry) -> None:
        counted = {"now_seen": entry.seen, "now_struck": entry.struck}
        where = {"of_service": self.service, "of_workspace": workspace, "at": at}
        with self._database.writing() as connection:
            connection.execute(_count, {**where, **counted})

    def _load(self) -> dict[str, list[Entry]]:
        loaded: dict[str, list[Entry]] = {}
        mine = _faults.select().where(_faults.c.service == self.service)
        with self._database.reading() as connection:
            for row in connection.execute(mine.order_by(_faults.c.workspace, _faults.c.position)):
                (rule,) = convert({"faults": [decode(row.rule)]}, self.shape).faults
                entry = Entry(rule=rule, seen=row.seen, struck=row.struck)
                loaded.setdefault(row.workspace, []).append(entry)
        return loaded
