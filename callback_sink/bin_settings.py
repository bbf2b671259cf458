"""The settings of bins: the keys that sign their callbacks, their next answers, and where they are sent on to."""

from msgspec import Struct
from msgspec.json import decode
from sqlalchemy import Connection, bindparam, select

from callback_sink import tables
from callback_sink.answers import ScriptedResponse
from mock_kit.api.json_text import encode_text
from mock_kit.storage.prepared import Prepared

_bins = tables.bins.c

_this_bin = (_bins.workspace == bindparam("of_workspace"), _bins.bin == bindparam("of_bin"))
# each workspace has a bin, with a key (``poe bench-scenarios``)
_of_bin = Prepared(select(_bins.signature_keys, _bins.answers, _bins.forward, _bins.relays).where(*_this_bin))
_forget = Prepared(tables.bins.delete().where(*_this_bin))
_add = Prepared(tables.bins.insert())


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


def bin_settings_of(connection: Connection, workspace: str, name: str) -> BinSettings:
    """Return a bin's settings."""
    row = _of_bin.first(connection, {"of_workspace": workspace, "of_bin": name})
    if row is None:
        return BinSettings()
    return BinSettings(
        keys=decode(row.signature_keys, type=list[str]),
        answers=decode(row.answers, type=list[ScriptedResponse]),
        forward=row.forward,
        relays=row.relays,
    )


def save_bin_settings(connection: Connection, workspace: str, name: str, settings: BinSettings) -> None:
    """Replace a bin's settings."""
    _forget.run(connection, {"of_workspace": workspace, "of_bin": name})
    if settings != BinSettings():
        row = {
            "workspace": workspace,
            "bin": name,
            "signature_keys": encode_text(settings.keys),
            "answers": encode_text(settings.answers),
            "forward": settings.forward,
            "relays": settings.relays,
        }
        _add.run(connection, row)
