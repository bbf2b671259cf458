"""What the sink remembers: callbacks, and what each bin was told."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from threading import Lock

from msgspec import Struct, structs
from msgspec.json import decode
from sqlalchemy import Connection, Select, bindparam, select

from callback_sink import tables, usage
from callback_sink.answers import Answer, next_answer
from callback_sink.errors import NoSuchCallbackError
from callback_sink.inbox import Callback, ForwardedJson, Received, Verdict, judge
from callback_sink.rows import callback_of, row_of, taken, weight_of
from callback_sink.search import Filters, NearMiss, closest, matches
from callback_sink.tables import digest_of
from callback_sink.usage import Limits, Usage
from mock_kit.database import Database
from mock_kit.json_text import encode_text
from mock_kit.prepared import Prepared

_LARGEST_ID = 2**63 - 1
_ROWS_AT_ONCE = 50
_FORWARDS_KEPT = 20

_ids = tables.workspaces.c
_kept = tables.callbacks.c
_told = tables.bins.c

# Statements are built once, and those of every callback compiled once: that costs more than running them.
_next_id = Prepared(
    tables.workspaces.update()
    .where(_ids.workspace == bindparam("of_workspace"))
    .values(last_id=_ids.last_id + 1)
    .returning(_ids.last_id)
)
_first_id = tables.workspaces.insert()
_add = Prepared(tables.callbacks.insert())
_all = tables.callbacks.select().where(_kept.workspace == bindparam("of_workspace")).order_by(_kept.id)
_in_bin = _all.where(_kept.bin_digest == bindparam("of_digest"), _kept.bin == bindparam("of_bin"))
_after = _all.where(_kept.id > bindparam("after"))
_unchecked = _in_bin.where(_kept.signature == Verdict.UNCHECKED.value)
_one = _all.where(_kept.id == bindparam("of_id"))
_settle = (
    tables.callbacks.update()
    .where(_kept.workspace == bindparam("of_workspace"), _kept.id == bindparam("of_id"))
    .values(signature=bindparam("found"))
)
_remove = tables.callbacks.delete().where(
    _kept.workspace == bindparam("of_workspace"), _kept.id == bindparam("of_id")
)
_note = (
    tables.callbacks.update()
    .where(_kept.workspace == bindparam("of_workspace"), _kept.id == bindparam("of_id"))
    .values(forwards=bindparam("noted"), status=bindparam("answered"))
)
_this_bin = (_told.workspace == bindparam("of_workspace"), _told.bin == bindparam("of_bin"))
_what_is_told = Prepared(
    select(_told.signature_keys, _told.answers, _told.forward, _told.relays).where(*_this_bin)
)
_tell = tables.bins.insert()
_untell = tables.bins.delete().where(*_this_bin)


class Told(Struct, frozen=True, kw_only=True):
    """What a bin was told.

    Attributes:
        forward: where its callbacks are sent on to.
        relays: whether that target's answer is the sender's, as long as there are no ``answers``.
    """

    keys: list[str] = []
    answers: list[Answer] = []
    forward: str | None = None
    relays: bool = False


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What became of a callback.

    Attributes:
        forward: where it is to be sent on to; None if nowhere, if the sink hangs up on it, or if it answers in the
            target's place.
        relays: whether the target's answer is the sender's.
    """

    callback: Callback
    answer: Answer
    forward: str | None
    relays: bool


class Store:
    """The sink's memory. One process writes to it; any number of its threads may.

    The threads take turns: so ids follow the order in which callbacks are kept, no callback slips in
    between the arrival of a key and the judgement of what is there, and nobody sleeps in SQLite's queue.
    """

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._limits = limits
        self._turn = Lock()
        database.create("sink", tables.metadata, version=tables.VERSION)

    def record(self, workspace: str, received: Received) -> Recorded:
        """Keep a callback, judged by the keys known now, and say how it is answered."""
        with self._writing() as connection:
            told = _told_of(connection, workspace, received.bin)
            answer, left = next_answer(told.answers)
            if left != told.answers:
                _tell_bin(connection, workspace, received.bin, structs.replace(told, answers=left))
            callback = taken(received, answer, told.keys, number=_draw_id(connection, workspace))
            row = row_of(callback)
            _add.run(connection, {"workspace": workspace, **row})
            usage.added(connection, workspace, row["bin_digest"], row["weight"], limits=self._limits)
        relays = told.relays and not told.answers
        stands_in = told.relays and not relays
        forward = None if answer.hangs_up or stands_in else told.forward
        return Recorded(callback=callback, answer=answer, forward=forward, relays=relays)

    def note_forward(
        self, workspace: str, number: int, forwarded: ForwardedJson, *, relayed: bool = False
    ) -> None:
        """Keep what came of sending a callback on, if it is still there.

        Args:
            relayed: what the target answered is what the sender was answered.
        """
        with self._writing() as connection:
            row = connection.execute(_one, {"of_workspace": workspace, "of_id": number}).one_or_none()
            if row is not None:
                noted = [*callback_of(row).forwards, forwarded][-_FORWARDS_KEPT:]
                answered = forwarded["status"] if relayed else row.status
                of = {"of_workspace": workspace, "of_id": number}
                connection.execute(_note, {**of, "noted": encode_text(noted), "answered": answered})

    def used(self, workspace: str | None = None, name: str | None = None) -> Usage:
        """Say how much is kept of a bin, of a workspace, or of all."""
        with self._database.reading() as connection:
            return usage.used(connection, workspace, None if name is None else digest_of(name))

    def callbacks_after(
        self, workspace: str, number: int, wanted: Filters, *, at_most: int
    ) -> list[Callback]:
        """Return the callbacks that a search means of those that came after one, oldest first."""
        of = {"of_workspace": workspace, "after": number}
        with self._database.reading() as connection, _reading(connection, _after, of) as found:
            return list(islice((each for each in found if matches(wanted, each)), at_most))

    def last_id(self, workspace: str) -> int:
        """Return the id of the latest callback that came since the last reset."""
        with self._database.reading() as connection:
            return connection.scalar(select(_ids.last_id).where(_ids.workspace == workspace)) or 0

    def callbacks(self, workspace: str, wanted: Filters, *, at_most: int | None = None) -> list[Callback]:
        """Return the callbacks that a search means, oldest first."""
        with self._database.reading() as connection, _search(connection, workspace, wanted) as found:
            return list(islice(found, at_most))

    def near_misses(self, workspace: str, wanted: Filters) -> list[NearMiss]:
        """Return the callbacks that come closest to a search without being meant."""
        with self._database.reading() as connection, _search(connection, workspace, Filters()) as every:
            return closest(wanted, every)

    def callback(self, workspace: str, asked: int) -> Callback:
        """Return one callback.

        Raises:
            NoSuchCallbackError: there is none of this id.
        """
        with self._database.reading() as connection:
            of = {"of_workspace": workspace, "of_id": min(asked, _LARGEST_ID)}
            row = connection.execute(_one, of).one_or_none()
        if row is None:
            raise NoSuchCallbackError(asked, workspace=workspace)
        return callback_of(row)

    def remove(self, workspace: str, wanted: Filters) -> list[Callback]:
        """Forget the callbacks that a search means, and return them, oldest first."""
        with self._writing() as connection:
            with _search(connection, workspace, wanted) as meant:
                found = list(meant)
            if found:
                connection.execute(
                    _remove, [{"of_workspace": workspace, "of_id": callback.id} for callback in found]
                )
                usage.removed(
                    connection, workspace, [(digest_of(each.bin), weight_of(each)) for each in found]
                )
        return found

    def told(self, workspace: str, name: str) -> Told:
        """Return what a bin was told, and has not yet done."""
        with self._database.reading() as connection:
            return _told_of(connection, workspace, name)

    def replace_keys(self, workspace: str, name: str, keys: list[str]) -> int:
        """Put keys in the place of those known for a bin, and say how many are known then."""
        with self._writing() as connection:
            return _know(connection, workspace, name, keys)

    def add_key(self, workspace: str, name: str, key: str) -> int:
        """Add a key to those known for a bin, unless it is one, and say how many are known then."""
        with self._writing() as connection:
            return _know(connection, workspace, name, [*_told_of(connection, workspace, name).keys, key])

    def script(self, workspace: str, name: str, answers: list[Answer]) -> None:
        """Put answers in the place of those that a bin was told to give."""
        with self._writing() as connection:
            told = _told_of(connection, workspace, name)
            _tell_bin(connection, workspace, name, structs.replace(told, answers=answers))

    def send_on(self, workspace: str, name: str, url: str | None, *, relays: bool = False) -> None:
        """Let a bin's callbacks be sent on to a URL, or nowhere."""
        with self._writing() as connection:
            told = _told_of(connection, workspace, name)
            _tell_bin(connection, workspace, name, structs.replace(told, forward=url, relays=relays))

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let nobody write meanwhile."""
        with self._turn:
            yield

    def clear(self, workspace: str) -> None:
        """Forget everything about a workspace; its ids start anew."""
        with self._writing() as connection:
            for table in tables.metadata.sorted_tables:
                connection.execute(table.delete().where(table.c.workspace == workspace))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._turn, self._database.writing() as connection:
            yield connection


def _draw_id(connection: Connection, workspace: str) -> int:
    drawn: int | None = _next_id.scalar(connection, {"of_workspace": workspace})
    if drawn is None:
        drawn = 1
        connection.execute(_first_id, {"workspace": workspace, "last_id": drawn})
    return drawn


@contextmanager
def _search(connection: Connection, workspace: str, wanted: Filters) -> Iterator[Iterator[Callback]]:
    of = {"of_workspace": workspace}
    narrowed = (_all, of) if wanted.bin is None else (_in_bin, {**of, **_named(wanted.bin)})
    with _reading(connection, *narrowed) as found:
        yield (callback for callback in found if matches(wanted, callback))


@contextmanager
def _reading(
    connection: Connection, statement: Select[tuple[object, ...]], of: Mapping[str, object]
) -> Iterator[Iterator[Callback]]:
    """Give callbacks as they are read: a full inbox need not fit into memory."""
    with connection.execute(statement, of, execution_options={"yield_per": _ROWS_AT_ONCE}) as rows:
        yield map(callback_of, rows)


def _named(name: str) -> dict[str, str]:
    return {"of_bin": name, "of_digest": digest_of(name)}


def _told_of(connection: Connection, workspace: str, name: str) -> Told:
    row = _what_is_told.first(connection, {"of_workspace": workspace, "of_bin": name})
    if row is None:
        return Told()
    return Told(
        keys=decode(row.signature_keys, type=list[str]),
        answers=decode(row.answers, type=list[Answer]),
        forward=row.forward,
        relays=row.relays,
    )


def _tell_bin(connection: Connection, workspace: str, name: str, told: Told) -> None:
    connection.execute(_untell, {"of_workspace": workspace, "of_bin": name})
    if told != Told():
        lists = {"signature_keys": encode_text(told.keys), "answers": encode_text(told.answers)}
        on = {"forward": told.forward, "relays": told.relays}
        connection.execute(_tell, {"workspace": workspace, "bin": name, **on, **lists})


def _know(connection: Connection, workspace: str, name: str, keys: list[str]) -> int:
    """Note a bin's keys, and judge by them the callbacks that came when none was known."""
    known = list(dict.fromkeys(keys))
    told = _told_of(connection, workspace, name)
    _tell_bin(connection, workspace, name, structs.replace(told, keys=known))
    with _reading(connection, _unchecked, {"of_workspace": workspace, **_named(name)}) as unchecked:
        judged = [
            {
                "of_workspace": workspace,
                "of_id": callback.id,
                "found": judge(callback.signature_header, callback.body, known).value,
            }
            for callback in unchecked
        ]
    if judged:
        connection.execute(_settle, judged)
    return len(known)
