"""Kills a stack just before and just behind each of its durable writes, starts it again on the same data, and counts.

Every transaction that writes is named by the function that opened it, so that the tables beside this have every place at which
an operation can be cut in two. ``poe crash-points`` does all of it, and ``--write`` writes a table anew.
"""

import json
import os
import pickle
import re
import shutil
import signal
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from inspect import CO_GENERATOR
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from act import kept_of
from operations import OPERATIONS, SETTLED, Operation, advance, make
from postgresql import PostgresqlServer
from sqlalchemy import Engine, event, text

from elements_local.kit.storage.database import Database
from elements_local.start import Options, in_process

TABLES = {name: Path(__file__).parent / f"{name}.md" for name in ("sqlite", "postgresql")}
Stored = Any
"""Where a stack's data are: a directory, or the URL of a database."""

_WRITTEN = re.compile(r"\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_HAS_WRITTEN = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
_PASSED_ON = {"Workspaces._remember"}
"""Functions that write what their callers decide."""


@dataclass
class Commits:
    """Sees each transaction that writes, and kills this process at one.

    Attributes:
        kill_at: which, counted from 1, and whether it is committed by then; 0 for none.
        seen: the place of each, with the tables that it writes, as far as the database says.
        unseen: statements that wrote outside of all that was seen.
    """

    kill_at: tuple[int, bool] = (0, False)
    seen: list[tuple[str, list[str]]] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def install(self) -> None:
        """See to it, in this process, for good."""
        writing, statements, inside = Database.writing, [], []

        def traced(statement: str) -> None:
            if found := _WRITTEN.match(statement):
                (statements if inside else self.unseen).append(found[1])

        @event.listens_for(Engine, "connect")
        def connected(connection: Any, _record: object) -> None:
            if hasattr(connection, "set_trace_callback"):
                connection.set_trace_callback(traced)

        @contextmanager
        def seeing(database: Database, *, alone: str | None = None) -> Iterator[Any]:
            with writing(database, alone=alone) as connection:
                inside.append(connection)
                statements.clear()
                try:
                    yield connection
                finally:
                    inside.pop()
                is_postgresql = connection.dialect.name == "postgresql"
                written = bool(connection.scalar(_HAS_WRITTEN) if is_postgresql else statements)
                if written:
                    self.seen.append((_place(), sorted(set(statements))))
                    self._kill(afterwards=False)
            if written:
                self._kill(afterwards=True)

        Database.writing = seeing

    def begin(self, kill_at: tuple[int, bool]) -> None:
        """Forget what was seen, and kill at a later write."""
        self.seen.clear()
        self.unseen.clear()
        self.kill_at = kill_at

    def _kill(self, *, afterwards: bool) -> None:
        if (len(self.seen), afterwards) == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _place() -> str:
    """Name the function that writes, by its module."""
    frame: Any = sys._getframe(2)
    while True:
        module, name = frame.f_globals["__name__"], frame.f_code.co_qualname
        own = module.startswith(("elements_local.", "mock_insightly.", "callback_sink."))
        is_way = module.startswith("elements_local.kit.storage.") or frame.f_code.co_flags & CO_GENERATOR
        if own and not is_way and name not in _PASSED_ON:
            return f"{module.removeprefix('elements_local.')}.{name}"
        frame = frame.f_back


def forked(work: Callable[[], Any], *, dies: bool = False) -> Any:
    """Return what some work in a process of its own comes to; if that is to be killed, whether it was."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as out:
                pickle.dump(work(), out)
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the process must not go on as its parent
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if dies:
        return status == -signal.SIGKILL
    assert status == 0, f"exit status {status}"
    return pickle.loads(said)  # noqa: S301 - our own


class Folders:
    """Lends copies of data below a directory."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    @contextmanager
    def copy(self, of: Path | None) -> Iterator[Path]:
        """Lend a copy of a stack's data; without those, an empty directory."""
        with TemporaryDirectory(dir=self._folder) as name:
            if of is not None:
                shutil.copytree(of, name, dirs_exist_ok=True)
            yield Path(name)


@contextmanager
def running(stored: Stored) -> Iterator[Any]:
    options = Options(data=stored) if isinstance(stored, Path) else Options(database=stored)
    with in_process(options) as stack:
        yield stack


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an operation.

    Attributes:
        kept: what the services keep of all workspaces when the stack has started again.
        end: the same once it was asked for again, and time has gone on.
        again: how many callbacks were taken once more, with the id and the bytes of the first.
        callbacks: how many were taken, these apart.
        findings: what is lost, doubled or otherwise than owed.
    """

    kept: Any
    end: Any
    again: int
    callbacks: int
    findings: list[str]


class Trial:
    """One operation, and what is there before it.

    Args:
        store: lends copies of what is there before.
    """

    def __init__(self, operation: Operation, store: "Folders | PostgresqlServer", stored: Stored) -> None:
        self.operation = operation
        self._store = store
        self._stored = stored
        self._given: tuple[Any, ...] = ()
        if not operation.starting:
            given = forked(self._prepare)
            self._given = () if given is None else (given,)
        with store.copy(stored) as copy:
            self.writes, self.unseen = forked(lambda: self._watch(copy))

    @cached_property
    def untouched(self) -> "Outcome":
        """What comes of an operation that is asked for later."""
        with self._store.copy(self._stored) as copy:
            return forked(lambda: self._outcome(copy))

    @cached_property
    def undisturbed(self) -> "Outcome":
        """What comes of one that nobody cuts off, and that is asked for again all the same."""
        with self._store.copy(self._stored) as copy:
            forked(lambda: self._watch(copy))
            return forked(lambda: self._outcome(copy))

    def killed(self, number: int, *, afterwards: bool) -> Outcome:
        """Kill a stack at a write, start it again, ask again for what was cut off, let time go on, and count."""
        with self._store.copy(self._stored) as copy:
            died = forked(lambda: self._watch(copy, kill_at=(number, afterwards)), dies=True)
            assert died, f"{self.operation.name} came to its end before its write {number}"
            return forked(lambda: self._outcome(copy))

    def _prepare(self) -> Any:
        with running(self._stored) as stack:
            return self.operation.before(stack)

    def _watch(self, copy: Stored, kill_at: tuple[int, bool] = (0, False)) -> Any:
        commits = Commits()
        commits.install()
        starting = self.operation.starting
        if starting:
            commits.kill_at = kill_at
        with running(copy) as stack:
            if not starting:
                commits.begin(kill_at)
            self.operation.act(stack, *self._given)
            return commits.seen, commits.unseen

    def _outcome(self, copy: Stored) -> Outcome:
        with running(copy) as stack:
            kept = kept_by(stack)
            self.operation.again(stack, *self._given)
            for each in stack.workspaces():
                stack.clients(each).clock.advance(to=SETTLED)
            counted = [counts(stack.clients(each)) for each in stack.workspaces()]
            return Outcome(
                kept=kept,
                end=kept_by(stack),
                again=sum(again for again, _, _ in counted),
                callbacks=sum(callbacks for _, callbacks, _ in counted),
                findings=[one for _, _, findings in counted for one in findings],
            )


def kept_by(stack: Any) -> Any:
    """Return what the services keep of each workspace."""
    return {each.name: kept_of(stack.clients(each).snapshot()) for each in stack.workspaces()}


def counts(clients: Any) -> tuple[int, int, list[str]]:
    """Hold what the sink has taken against the CRM's log, and ask the audit.

    Callbacks come at least once (docs/receiver.md): one that comes again has the id and the bytes of the first. What two of them
    tell of is doubled.

    Returns:
        How many were taken again, how many without these, and what is wrong.
    """
    findings: list[str] = []
    taken: dict[str, list[str]] = {}
    for callback in clients.sink.callbacks():
        if callback["signature"] not in {"valid", "absent"}:
            findings.append(f"{callback['signature']} signature: {callback['id']}")
        if callback["status"] == 200:
            taken.setdefault(callback["headers"]["Elements-Webhook-Id"], []).append(callback["body"])
    findings += [f"other bytes: {number}" for number, same in taken.items() if len(set(same)) > 1]
    told = Counter(
        (one["objectId"], one["eventType"])
        for same in taken.values()
        for one in json.loads(same[0]).get("message", {}).get("events", [])
    )
    pollers = clients.platform.pollers()
    log = [one for one in clients.crm.changes() if one["change"] != "DELETED"]
    owed = Counter((one["recordId"], one["change"]) for one in log)
    if pollers:
        findings += [f"lost: {one}" for one in (owed - told).elements()]
    findings += [f"doubled: {one}" for one in (told - owed).elements()]
    for poller in pollers:
        audit = clients.platform.audit(poller["instanceId"])
        wrong = (
            [one for one in audit["lost"] if one["change"] != "DELETED"]
            + audit["misclassified"]
            + audit["duplicate"]
        )
        findings += [f"by the audit: {one}" for one in wrong]
    return sum(len(same) - 1 for same in taken.values()), len(taken), findings


def differing(one: Any, other: Any) -> list[str]:
    """Name the tables in which two stacks differ, and what else does."""
    if one.keys() != other.keys():
        return ["workspaces"]
    found = set()
    for name, services in one.items():
        for service, part in services.items():
            for kind in ("tables", "memory"):
                values, others = part[kind], other[name][service][kind]
                found |= {key for key in values.keys() | others.keys() if values.get(key) != others.get(key)}
    return sorted(found)


def row(trial: Trial, number: int) -> list[str]:
    """Return what the table says of a write before any kill; behind the last one, of all that is kept."""
    place, written = trial.writes[number - 1] if number <= len(trial.writes) else ("(the end)", ())
    return [trial.operation.name, str(number), place, " ".join(written)]


def became(trial: Trial, outcome: Outcome) -> list[str]:
    """Return what it says of a kill: what was kept, and what is not in the end as if nobody had been killed."""
    same = {"all": trial.undisturbed.kept, "nothing": trial.untouched.kept}
    kept = next((word for word, state in same.items() if state == outcome.kept), "a part")
    more = outcome.again - trial.undisturbed.again
    told = [f"{more} sent again"] if more else []
    return [kept, ", ".join([*told, *differing(outcome.end, trial.undisturbed.end)])]


def examine(trials: list[Trial], *, chance: Random, share: int) -> tuple[list[list[str]], list[str]]:
    """Kill at one of so many writes, before and after it, and return the table's rows, and what is wrong."""
    rows = {
        (trial.operation.name, number): row(trial, number)
        for trial in trials
        for number in range(1, len(trial.writes) + 2)
    }
    findings = [
        f"{trial.operation.name}: {one} is written outside of all transactions"
        for trial in trials
        for one in trial.unseen
    ]
    points = [
        (trial, number, afterwards)
        for trial in trials
        for number in range(1, len(trial.writes) + 1)
        for afterwards in (False, True)
    ]
    for place in sorted(chance.sample(range(len(points)), -(-len(points) // share))):
        trial, number, afterwards = points[place]
        outcome = trial.killed(number, afterwards=afterwards)
        found = list(outcome.findings)
        if outcome.callbacks != trial.undisturbed.callbacks:
            found.append(f"{outcome.callbacks} callbacks, not {trial.undisturbed.callbacks}")
        name, this = trial.operation.name, number + afterwards
        said = [*row(trial, this), *became(trial, outcome)]
        if len(rows[name, this]) == len(said) and rows[name, this] != said:
            found.append(f"{said} behind a write, and {rows[name, this]} before the next")
        rows[name, this] = said
        findings += [f"{name}, {'behind' if afterwards else 'before'} write {number}: {one}" for one in found]
    return list(rows.values()), findings


HEAD = ("operation", "write", "the process is killed before", "tables", "kept", "otherwise in the end")


def table(rows: list[list[str]]) -> str:
    """Write rows as a table, which ends where the longest of them does."""
    size = max(map(len, rows))
    lines = [HEAD[:size], ["---"] * size, *(row + [""] * (size - len(row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def read_table(database: str) -> list[list[str]]:
    """Return the table's rows."""
    lines = TABLES[database].read_text(encoding="utf-8").splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@contextmanager
def stores(database: str) -> Iterator[Folders | PostgresqlServer]:
    """Give a place for data."""
    if database == "postgresql":
        with PostgresqlServer.started(f"crash-points-{os.getpid()}") as server:
            yield server
    else:
        with TemporaryDirectory() as folder:
            yield Folders(folder)


def main() -> None:
    """Kill, and say what came of it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=TABLES, default="sqlite")
    parser.add_argument("--share", type=int, default=1, help="kill at one of so many points")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--operation", action="append", help="only this one")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="write the table of the database anew")
    chosen = parser.parse_args()
    with ExitStack() as lent:
        store = lent.enter_context(stores(chosen.database))
        started = lent.enter_context(store.copy(None))
        with running(started):
            pass
        with store.copy(started) as stored, running(stored) as stack:
            make(stack)  # what follows is imported by then, and not by each process again
            advance(SETTLED)(stack)
        trials = [
            Trial(each, store, lent.enter_context(store.copy(None if each.starting else started)))
            for each in OPERATIONS
            if not chosen.operation or each.name in chosen.operation
        ]
        chance = Random(chosen.seed)  # noqa: S311 - reproducible on purpose
        rows, findings = examine(trials, chance=chance, share=chosen.share)
    if chosen.write:
        # which tables, and what was kept, is held for SQLite alone: there a statement is seen as it is sent
        shown = rows if chosen.database == "sqlite" else [row[:3] for row in rows]
        TABLES[chosen.database].write_text(table(shown), encoding="utf-8")
    as_json = json.dumps({"rows": rows, "findings": findings})
    print(as_json if chosen.json else "\n".join([table(rows), *findings]))  # noqa: T201
    sys.exit(bool(findings))


if __name__ == "__main__":
    main()
