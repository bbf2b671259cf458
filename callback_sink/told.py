"""What bins are told: the keys that sign their callbacks, their next answers, and where they are sent on to."""

from msgspec import Struct
from msgspec.json import decode
from sqlalchemy import Connection, Insert, bindparam, select

from callback_sink import tables
from callback_sink.answers import Answer
from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import InsertInto, Prepared

_told = tables.bins.c

_this_bin = (_told.workspace == bindparam("of_workspace"), _told.bin == bindparam("of_bin"))
_what_is_told = Prepared(
    select(_told.signature_keys, _told.answers, _told.forward, _told.relays).where(*_this_bin)
)


def _telling(insert: InsertInto) -> Insert:
    told = insert(tables.bins)
    return told.on_conflict_do_update(
        index_elements=[_told.workspace, _told.bin],
        set_={name: told.excluded[name] for name in ("signature_keys", "answers", "forward", "relays")},
    )


_tell = Prepared(_telling)
_untell = Prepared(tables.bins.delete().where(*_this_bin))


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


def told_of(connection: Connection, workspace: str, name: str) -> Told:
    """Return what a bin was told."""
    row = _what_is_told.first(connection, {"of_workspace": workspace, "of_bin": name})
    if row is None:
        return Told()
    return Told(
        keys=decode(row.signature_keys, type=list[str]),
        answers=decode(row.answers, type=list[Answer]),
        forward=row.forward,
        relays=row.relays,
    )


def tell(connection: Connection, workspace: str, name: str, told: Told) -> None:
    """Put what a bin is told in the place of what it was."""
    if told == Told():
        _untell.run(connection, {"of_workspace": workspace, "of_bin": name})
        return
    lists = {"signature_keys": encode_text(told.keys), "answers": encode_text(told.answers)}
    on = {"forward": told.forward, "relays": told.relays}
    _tell.run(connection, {"workspace": workspace, "bin": name, **on, **lists})
