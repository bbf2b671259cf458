"""What the sink remembers: callbacks, and the settings of each bin.

These are the keys that sign its callbacks, its next answers, and where they are sent on to.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import Any

from msgspec import Struct
from msgspec.json import decode
from sqlalchemy import bindparam, case, literal, select

from callback_sink import tables, usage
from callback_sink.answers import ScriptedResponse, next_answer
from callback_sink.errors import NoSuchCallbackError, OtherObjectTypeError
from callback_sink.inbox import Callback, ForwardedJson, Received
from callback_sink.search import Filters, NearMiss, closest, matches
from callback_sink.settings import SinkSettings
from callback_sink.signature import SignatureVerdict, judge
from callback_sink.tables import callback_of, digest_of, row_of, taken, weight_of
from callback_sink.usage import StorageUsage
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.api.pages import Page
from elements_local.kit.storage.database import Database
from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.storage.transaction import Transaction, WorkspaceDeletion
from elements_local.kit.text import other_form
from elements_local.kit.values import replace

_bins = tables.bins.c

_this_bin = _bins.bin == bindparam("of_bin")
_of_bin = WorkspaceStatement(
    select(_bins.signature_keys, _bins.answers, _bins.forward, _bins.relays).where(_this_bin)
)
_forget_bin = WorkspaceStatement(tables.bins.delete().where(_this_bin))
_add_bin = WorkspaceStatement(tables.bins.insert())


class BinSettings(Struct, frozen=True, kw_only=True):
    """The settings of a bin.

    Attributes:
        forward: where its callbacks are sent on to.
        relays: whether that target's answer is the sender's, as long as there are no ``answers``.
    """

    keys: list[str] = []
    answers: list[ScriptedResponse] = []
    forward: str | None = None
    relays: bool = False


class Bins:
    """The bins of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def settings(self, name: str) -> BinSettings:
        """Return a bin's settings; answers that were given are no longer among them."""
        row = self._tx.first(_of_bin, of_bin=name)
        if row is None:
            return BinSettings()
        return BinSettings(
            keys=decode(row.signature_keys, type=list[str]),
            answers=decode(row.answers, type=list[ScriptedResponse]),
            forward=row.forward,
            relays=row.relays,
        )

    def save(self, name: str, settings: BinSettings) -> None:
        """Replace a bin's settings."""
        self._tx.run(_forget_bin, of_bin=name)
        if settings != BinSettings():
            self._tx.run(
                _add_bin,
                bin=name,
                signature_keys=encode_text(settings.keys),
                answers=encode_text(settings.answers),
                forward=settings.forward,
                relays=settings.relays,
            )

    def change(self, name: str, **changes: Any) -> None:
        """Change some of a bin's settings."""
        self.save(name, replace(self.settings(name), **changes))


PAGE_BYTES = 16 * 1024 * 1024
"""Of the bodies of a page of callbacks: it ends with the one that makes it longer."""


class CallbackPage(Page[Callback], frozen=True, kw_only=True):
    """A page of callbacks, oldest first.

    Attributes:
        used: how much is kept where was looked.
    """

    used: StorageUsage


def _first(
    found: Iterable[Callback], on_page: Callable[[Callback], bool], limit: int, *, counts: bool, bodies: bool
) -> tuple[list[Callback], int, int | None]:
    """Return the first so many callbacks that may be on a page, fewer if they are large, and the cursor of the next.

    Args:
        counts: whether what is found has to be counted, for the second value.
        bodies: whether the page has them.
    """
    first: list[Callback] = []
    total, size, more = 0, 0, False
    for callback in found:
        total += 1
        if more or not on_page(callback):
            continue
        # At least one is always shown, however large, so that who pages gets on.
        more = len(first) == limit or size >= PAGE_BYTES
        # Counting goes on to the end; without it, one more than the page says all.
        if more and not counts:
            break
        if not more:
            first.append(callback)
            size += callback.size if bodies else 0
    return first, total, first[-1].id if more else None


_LARGEST_ID = 2**63 - 1
_ROWS_AT_ONCE = 10
_FORWARDS_KEPT = 20
_LONGEST_SOUGHT = 1000

_ids = tables.workspaces.c
_kept = tables.callbacks.c
_this = _kept.id == bindparam("of_id")
_body_if_needed = case((_kept.events.is_(None), _kept.body), else_=literal(b"")).label("body")
_WITHOUT_BODIES = [each if each.name != "body" else _body_if_needed for each in _kept]

_deletion = WorkspaceDeletion(tables.metadata)
_last_id = WorkspaceStatement(select(_ids.last_id))
_next_id = WorkspaceStatement(
    lambda insert: (
        insert(tables.workspaces)
        .on_conflict_do_update(index_elements=[_ids.workspace], set_={"last_id": _ids.last_id + 1})
        .returning(_ids.last_id)
    )
)
_add = WorkspaceStatement(tables.callbacks.insert())
_get = WorkspaceStatement(tables.callbacks.select().where(_this))
_change_forwards = WorkspaceStatement(
    tables.callbacks.update()
    .where(_this)
    .values(forwards=bindparam("noted_forwards"), status=bindparam("noted_status"))
)
_unchecked = WorkspaceStatement(
    tables.callbacks.select()
    # The digest finds them by the index, the name itself tells apart what one digest might stand for.
    .where(_kept.bin_digest == bindparam("of_digest"), _kept.bin == bindparam("of_bin"))
    .where(_kept.signature == SignatureVerdict.UNCHECKED.value)
)
_change_verdict = WorkspaceStatement(
    tables.callbacks.update().where(_this).values(signature=bindparam("verdict"))
)
_weights = WorkspaceStatement(select(_kept.id, _kept.bin_digest, _kept.weight))
_delete = WorkspaceStatement(tables.callbacks.delete().where(_this))


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


class SinkStore:
    """The sink's memory, to which any number of threads may write, and of processes on one PostgreSQL.

    They take turns: so ids follow the order in which callbacks are kept, none is added between the arrival of a key and
    the check of what is there, and no thread waits in SQLite's queue.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = Lock()
        database.create(tables.SCHEMA)
        self.read = database.read
        self.read_across = database.read_across

    @contextmanager
    def transaction(self, workspace: str) -> Iterator[Transaction]:
        """Open a transaction of a workspace, in its turn to write."""
        with self._turn, self._database.transaction(workspace, alone=_turn_of(workspace)) as tx:
            yield tx

    @contextmanager
    def quiesce(self, workspace: str) -> Iterator[None]:
        """Let nobody write meanwhile."""
        with self._turn, self._database.alone(_turn_of(workspace)):
            yield

    def clear(self, workspace: str) -> None:
        """Forget everything about a workspace; its ids start anew."""
        with self.transaction(workspace) as tx:
            _deletion.run(tx)


class Callbacks:
    """The callbacks of a workspace, in a transaction of it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def record(self, received: Received, *, limits: SinkSettings) -> Recorded:
        """Keep a callback, judged by the keys known now, and say how it is answered."""
        bins = Bins(self._tx)
        settings = bins.settings(received.bin)
        answer, left = next_answer(settings.answers)
        # An answer for ever, or none, leaves the settings as they are: no write then.
        if left != settings.answers:
            bins.save(received.bin, replace(settings, answers=left))
        # The id is drawn in the transaction that keeps the callback: no id is lost, and none is seen before its
        # callback.
        number = self._tx.scalar(_next_id, last_id=1)
        callback = taken(received, answer, settings.keys, number=number)
        self._tx.run(_add, **row_of(callback))
        digest, weight = digest_of(received.bin), weight_of(callback)
        usage.add(self._tx, digest, weight, limits=limits, now=received.received_at)
        relays = settings.relays and not settings.answers
        stands_in = settings.relays and not relays
        forward = None if answer.hangs_up or stands_in else settings.forward
        return Recorded(callback=callback, answer=answer, forward=forward, relays=relays)

    def note_forward(self, number: int, forwarded: ForwardedJson, *, relayed: bool = False) -> None:
        """Keep what came of sending a callback on, if it is still there.

        Args:
            relayed: what the target answered is what the sender was answered.
        """
        row = self._tx.first(_get, of_id=number)
        # It may have been pruned, or forgotten by a test, while the target took its time.
        if row is not None:
            noted = [*callback_of(row).forwards, forwarded][-_FORWARDS_KEPT:]
            answered = forwarded["status"] if relayed else row.status
            self._tx.run(
                _change_forwards, of_id=number, noted_forwards=encode_text(noted), noted_status=answered
            )

    def last_id(self) -> int:
        """Return the id of the latest callback that came since the last reset."""
        return self._tx.scalar(_last_id) or 0

    def search(self, filters: Filters, *, after: int = 0, at_most: int | None = None) -> list[Callback]:
        """Return the callbacks that a search means of those with a higher id than one, oldest first."""
        reads = filters.reads_bodies or not filters.narrows
        found = list(islice(self._found(filters, after=after, bodies=reads), at_most))
        return found if reads else self._with_bodies(found)

    def page(
        self,
        filters: Filters,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int,
        bodies: bool = True,
    ) -> CallbackPage:
        """Return a page of the callbacks that a search means, oldest first.

        Args:
            after: the id of the last one of the page before.
            before: asks for the latest of those with a lower id, instead of the first after one.
            bodies: whether the page has them; if not, some may be there all the same.
        """
        used = usage.used(self._tx, None if filters.bin is None else digest_of(filters.bin))
        # what is not sifted is counted already
        begin, end = (0, None if before is None else _LARGEST_ID) if filters.narrows else (after, before)
        # of what is sifted, only those on the page are read whole
        reads = filters.reads_bodies or (bodies and not filters.narrows)
        items, total, cursor = _first(
            self._found(filters, after=begin, before=end, bodies=reads),
            lambda one: one.id > after and (before is None or one.id < before),
            limit,
            counts=filters.narrows,
            bodies=bodies,
        )
        items = self._with_bodies(items) if bodies and not reads else items
        return CallbackPage(
            items=items if before is None else items[::-1],
            total=total if filters.narrows else used.callbacks,
            cursor=cursor,
            used=used,
        )

    def near_misses(self, filters: Filters) -> list[NearMiss]:
        """Return the callbacks that come closest to a search without being meant."""
        misses = closest(filters, self._found(Filters(), bodies=filters.reads_bodies))
        return [replace(miss, callback=self.get(miss.callback.id)) for miss in misses]

    def refuse_other_form(self, filters: Filters, *, found: bool) -> None:
        """Refuse a search that looked for, or left out, a type of object that callbacks have in another form.

        Args:
            found: whether the search found something, so that callbacks have what it looked for.

        Raises:
            OtherObjectTypeError: the type is in the singular, or differs in case.
        """
        asked = filters.unwanted_object_types
        if filters.object_type is not None and not found:
            asked.add(filters.object_type)
        if not asked:
            return
        seen = {
            event["objectType"]
            for callback in self._found(Filters(), bodies=False)
            for event in callback.events
        }
        known = sorted(filter(None, seen))
        for object_type in sorted(asked):
            if near := other_form(object_type, known):
                raise OtherObjectTypeError(object_type, known=near)

    def get(self, asked: int) -> Callback:
        """Return one callback.

        Raises:
            NoSuchCallbackError: there is none of this id.
        """
        row = self._tx.first(_get, of_id=min(asked, _LARGEST_ID))
        if row is None:
            raise NoSuchCallbackError(asked, workspace=self._tx.workspace)
        return callback_of(row)

    def remove(self, filters: Filters) -> list[Callback]:
        """Forget the callbacks that a search means, and return them, oldest first."""
        found = list(self._found(filters))
        if found:
            # as it was counted when they came: in a workspace of another name their paths are longer or shorter
            counted = {row.id: (row.bin_digest, row.weight) for row in self._tx.all(_weights)}
            self._tx.run_each(_delete, [{"of_id": each.id} for each in found])
            usage.remove(self._tx, [counted[each.id] for each in found])
        return found

    def know_keys(self, name: str, keys: list[str], *, before: BinSettings) -> int:
        """Note a bin's keys, judge by them the callbacks that came when none was known, and say how many keys there are.

        Args:
            before: the bin's settings so far.
        """
        known = list(dict.fromkeys(keys))
        if known != before.keys:
            Bins(self._tx).save(name, replace(before, keys=known))
        # A test may make the key known after the first callbacks came. Those that were judged keep their verdict.
        for callback in map(callback_of, self._tx.all(_unchecked, of_digest=digest_of(name), of_bin=name)):
            verdict = judge(callback.signature_header, callback.body, known)
            self._tx.run(_change_verdict, of_id=callback.id, verdict=verdict.value)
        return len(known)

    def _found(
        self, filters: Filters, *, after: int = 0, before: int | None = None, bodies: bool = True
    ) -> Iterator[Callback]:
        """Yield what is meant of the callbacks after one, oldest first: a full inbox need not fit into memory.

        Args:
            before: only those before this one, the latest first.
            bodies: whether bodies are read; without, only those whose events are not kept.
        """
        query = select(*(_kept if bodies else _WITHOUT_BODIES)).where(_kept.id > after)
        if filters.bin is not None:
            # The digest finds them by the index, the name itself tells apart what one digest might stand for.
            query = query.where(_kept.bin_digest == digest_of(filters.bin), _kept.bin == filters.bin)
        for value in filters.of_event.values():
            # Leaves out most of what cannot match; SQLite refuses patterns of more than 50,000 bytes.
            if len(value) <= _LONGEST_SOUGHT:
                reported = _kept.events.contains(encode_text(value), autoescape=True)
                query = query.where(_kept.events.is_(None) | reported)
        if before is not None:
            query = query.where(_kept.id < min(before, _LARGEST_ID))
        order = _kept.id if before is None else _kept.id.desc()
        rows = self._tx.stream(query.order_by(order), at_once=_ROWS_AT_ONCE)
        return (callback for callback in map(callback_of, rows) if matches(filters, callback))

    def _with_bodies(self, found: Iterable[Callback]) -> list[Callback]:
        return [self.get(each.id) for each in found]


def _turn_of(workspace: str) -> str:
    """Name the turn to write to a workspace, which processes take as threads do."""
    return f"callbacks {workspace}"
