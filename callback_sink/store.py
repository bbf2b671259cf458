"""What the sink remembers: callbacks, and the settings of each bin."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import Any

from msgspec import Struct
from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, select

from callback_sink import tables, usage
from callback_sink.answers import ScriptedResponse, next_answer
from callback_sink.bin_settings import BinSettings, bin_settings_of, save_bin_settings
from callback_sink.errors import NoSuchCallbackError, OtherObjectTypeError
from callback_sink.inbox import Callback, ForwardedJson, Received
from callback_sink.listed import CallbackPage, page_of
from callback_sink.search import Filters, NearMiss, closest, events_of, matches
from callback_sink.settings import SinkSettings
from callback_sink.signature import judge
from callback_sink.tables import callback_of, digest_of, row_of, taken, weight_of
from callback_sink.usage import StorageUsage
from mock_kit.api.json_text import encode_text
from mock_kit.api.nearest import other_form
from mock_kit.storage.database import Database, row_stream
from mock_kit.storage.prepared import Forgetting, Prepared
from mock_kit.values import replace

_LARGEST_ID = 2**63 - 1
_ROWS_AT_ONCE = 10
_FORWARDS_KEPT = 20

_ids = tables.workspaces.c
_kept = tables.callbacks.c

# Statements are built once, and compiled once: that costs more than running them.
_forgetting = Forgetting(tables.metadata)
_next_id = Prepared(
    lambda insert: (
        insert(tables.workspaces)
        .on_conflict_do_update(index_elements=[_ids.workspace], set_={"last_id": _ids.last_id + 1})
        .returning(_ids.last_id)
    )
)
_add = Prepared(tables.callbacks.insert())


class Recorded(Struct, frozen=True, kw_only=True):
    """What became of a callback.

    Attributes:
        forward: where it is to be sent on to; None if nowhere, if the sink hangs up on it, or if it answers in the
            target's place.
        relays: whether the target's answer is the sender's.
    """

    callback: Callback
    answer: ScriptedResponse
    forward: str | None
    relays: bool


class CallbackStore:
    """The sink's memory, to which any number of threads may write, and of processes on one PostgreSQL.

    They take turns: so ids follow the order in which callbacks are kept, no callback slips in
    between the arrival of a key and the judgement of what is there, and nobody sleeps in SQLite's queue.
    """

    def __init__(self, database: Database, limits: SinkSettings) -> None:
        self._database = database
        self._limits = limits
        self._turn = Lock()
        database.create(tables.SCHEMA)

    def record(self, workspace: str, received: Received) -> Recorded:
        """Keep a callback, judged by the keys known now, and say how it is answered."""
        with self._writing(workspace) as connection:
            settings = bin_settings_of(connection, workspace, received.bin)
            answer, left = next_answer(settings.answers)
            # An answer for ever, or none, leaves the settings as they are: no write then.
            if left != settings.answers:
                save_bin_settings(connection, workspace, received.bin, replace(settings, answers=left))
            # The id is drawn in the transaction that keeps the callback: no id is lost, and none is seen before its
            # callback.
            number = _next_id.scalar(connection, {"workspace": workspace, "last_id": 1})
            callback = taken(received, answer, settings.keys, number=number)
            _add.run(connection, {"workspace": workspace, **row_of(callback)})
            digest, weight, now = digest_of(received.bin), weight_of(callback), received.received_at
            usage.added(connection, workspace, digest, weight, limits=self._limits, now=now)
        relays = settings.relays and not settings.answers
        stands_in = settings.relays and not relays
        forward = None if answer.hangs_up or stands_in else settings.forward
        return Recorded(callback=callback, answer=answer, forward=forward, relays=relays)

    def note_forward(
        self, workspace: str, number: int, forwarded: ForwardedJson, *, relayed: bool = False
    ) -> None:
        """Keep what came of sending a callback on, if it is still there.

        Args:
            relayed: what the target answered is what the sender was answered.
        """
        with self._writing(workspace) as connection:
            row = connection.execute(tables.callbacks.select().where(_this(workspace, number))).first()
            # It may have been pruned, or forgotten by a test, while the target took its time.
            if row is not None:
                noted = [*callback_of(row).forwards, forwarded][-_FORWARDS_KEPT:]
                answered = forwarded["status"] if relayed else row.status
                change = tables.callbacks.update().where(_this(workspace, number))
                connection.execute(change.values(forwards=encode_text(noted), status=answered))

    def used(self) -> StorageUsage:
        """Say how much is kept of all workspaces."""
        with self._database.reading() as connection:
            return usage.used(connection)

    def last_id(self, workspace: str) -> int:
        """Return the id of the latest callback that came since the last reset."""
        with self._database.reading() as connection:
            return connection.scalar(select(_ids.last_id).where(_ids.workspace == workspace)) or 0

    def callbacks(
        self, workspace: str, filters: Filters, *, after: int = 0, at_most: int | None = None
    ) -> list[Callback]:
        """Return the callbacks that a search means of those with a higher id than one, oldest first."""
        with self._database.reading() as connection:
            return list(islice(_search(connection, workspace, filters, after=after), at_most))

    def listed(
        self, workspace: str, filters: Filters, *, after: int = 0, before: int | None = None, limit: int
    ) -> CallbackPage:
        """Return a page of the callbacks that a search means, oldest first.

        Args:
            after: the id of the last one of the page before.
            before: asks for the latest of those with a lower id, instead of the first after one.
        """
        with self._database.reading() as connection:
            digest = None if filters.bin is None else digest_of(filters.bin)
            used = usage.used(connection, workspace, digest)
            # what is not sifted is counted already
            begin, end = (0, None if before is None else _LARGEST_ID) if filters.narrows else (after, before)
            found = _search(connection, workspace, filters, after=begin, before=end)
            page = page_of(
                found,
                lambda one: one.id > after and (before is None or one.id < before),
                limit,
                used,
                counts=filters.narrows,
            )
        return page if before is None else replace(page, callbacks=page.callbacks[::-1])

    def near_misses(self, workspace: str, filters: Filters) -> list[NearMiss]:
        """Return the callbacks that come closest to a search without being meant."""
        with self._database.reading() as connection:
            return closest(filters, _search(connection, workspace, Filters()))

    def refuse_other_form(self, workspace: str, filters: Filters, *, found: bool) -> None:
        """Refuse a search that looked for, or left out, a type of object that is told of in another form.

        Args:
            found: whether the search found something, so that what it looked for is told of.

        Raises:
            OtherObjectTypeError: the type is in the singular, or in other letters.
        """
        asked = filters.unwanted_object_types
        if filters.object_type is not None and not found:
            asked.add(filters.object_type)
        if not asked:
            return
        with self._database.reading() as connection:
            told = {
                event["objectType"]
                for callback in _search(connection, workspace, Filters())
                for event in events_of(callback.json)
            }
        known = sorted(filter(None, told))
        for object_type in sorted(asked):
            if near := other_form(object_type, known):
                raise OtherObjectTypeError(object_type, told=near)

    def callback(self, workspace: str, asked: int) -> Callback:
        """Return one callback.

        Raises:
            NoSuchCallbackError: there is none of this id.
        """
        with self._database.reading() as connection:
            this = _this(workspace, min(asked, _LARGEST_ID))
            row = connection.execute(tables.callbacks.select().where(this)).first()
        if row is None:
            raise NoSuchCallbackError(asked, workspace=workspace)
        return callback_of(row)

    def remove(self, workspace: str, filters: Filters) -> list[Callback]:
        """Forget the callbacks that a search means, and return them, oldest first."""
        with self._writing(workspace) as connection:
            found = list(_search(connection, workspace, filters))
            if found:
                # as it was counted when they came: in a workspace of another name their paths are longer or shorter
                weights = select(_kept.id, _kept.bin_digest, _kept.weight).where(_kept.workspace == workspace)
                counted = {number: (digest, weight) for number, digest, weight in connection.execute(weights)}
                these = tables.callbacks.delete().where(_this(workspace, bindparam("of_id")))
                connection.execute(these, [{"of_id": each.id} for each in found])
                usage.removed(connection, workspace, [counted[each.id] for each in found])
        return found

    def bin_settings(self, workspace: str, name: str) -> BinSettings:
        """Return a bin's settings; answers that were given are no longer among them."""
        with self._database.reading() as connection:
            return bin_settings_of(connection, workspace, name)

    def replace_keys(self, workspace: str, name: str, keys: list[str]) -> int:
        """Put keys in the place of those known for a bin, and say how many are known then."""
        with self._writing(workspace) as connection:
            return _know(connection, workspace, name, bin_settings_of(connection, workspace, name), keys)

    def add_key(self, workspace: str, name: str, key: str) -> int:
        """Add a key to those known for a bin, unless it is one, and say how many are known then."""
        with self._writing(workspace) as connection:
            settings = bin_settings_of(connection, workspace, name)
            return _know(connection, workspace, name, settings, [*settings.keys, key])

    def script(self, workspace: str, name: str, answers: list[ScriptedResponse]) -> None:
        """Put answers in the place of those that a bin was told to give."""
        self._change_bin(workspace, name, answers=answers)

    def send_on(self, workspace: str, name: str, url: str | None, *, relays: bool = False) -> None:
        """Let a bin's callbacks be sent on to a URL, or nowhere."""
        self._change_bin(workspace, name, forward=url, relays=relays)

    def _change_bin(self, workspace: str, name: str, **changes: Any) -> None:
        with self._writing(workspace) as connection:
            settings = bin_settings_of(connection, workspace, name)
            save_bin_settings(connection, workspace, name, replace(settings, **changes))

    @contextmanager
    def quiesce(self, workspace: str) -> Iterator[None]:
        """Let nobody write meanwhile."""
        with self._turn, self._database.alone(_turn_of(workspace)):
            yield

    def clear(self, workspace: str) -> None:
        """Forget everything about a workspace; its ids start anew."""
        with self._writing(workspace) as connection:
            _forgetting.run(connection, workspace)

    @contextmanager
    def _writing(self, workspace: str) -> Iterator[Connection]:
        with self._turn, self._database.writing(alone=_turn_of(workspace)) as connection:
            yield connection


def _turn_of(workspace: str) -> str:
    """Name the turn to write to a workspace, which processes take as threads do."""
    return f"callbacks {workspace}"


def _search(
    connection: Connection, workspace: str, filters: Filters, *, after: int = 0, before: int | None = None
) -> Iterator[Callback]:
    """Yield what is meant of the callbacks after one, oldest first: a full inbox need not fit into memory.

    Args:
        before: only those before this one, the latest first.
    """
    mine = tables.callbacks.select().where(_kept.workspace == workspace, _kept.id > after)
    if filters.bin is not None:
        # The digest finds them by the index, the name itself tells apart what one digest might stand for.
        mine = mine.where(_kept.bin_digest == digest_of(filters.bin), _kept.bin == filters.bin)
    if before is not None:
        mine = mine.where(_kept.id < min(before, _LARGEST_ID))
    order = _kept.id if before is None else _kept.id.desc()
    rows = row_stream(connection, mine.order_by(order), at_once=_ROWS_AT_ONCE)
    return (callback for callback in map(callback_of, rows) if matches(filters, callback))


def _this(workspace: str, number: int | BindParameter[int]) -> ColumnElement[bool]:
    return and_(_kept.workspace == workspace, _kept.id == number)


def _know(connection: Connection, workspace: str, name: str, settings: BinSettings, keys: list[str]) -> int:
    """Note a bin's keys, and judge by them the callbacks that came when none was known."""
    known = list(dict.fromkeys(keys))
    save_bin_settings(connection, workspace, name, replace(settings, keys=known))
    unchecked = Filters(bin=name, signature="unchecked")
    # A test may make the key known after the first callbacks came. Those that were judged keep their verdict.
    for callback in list(_search(connection, workspace, unchecked)):
        found = judge(callback.signature_header, callback.body, known)
        change = tables.callbacks.update().where(_this(workspace, callback.id))
        connection.execute(change.values(signature=found.value))
    return len(known)
