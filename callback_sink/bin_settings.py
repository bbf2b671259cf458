"""The settings of bins: the keys that sign their callbacks, their next answers, and where they are sent on to."""

from typing import Any

from msgspec import Struct
from msgspec.json import decode
from sqlalchemy import bindparam, select

from callback_sink import tables
from callback_sink.answers import ScriptedResponse
from elements_local.kit.api.json_text import encode_text
from elements_local.kit.storage.transaction import Transaction, WorkspaceStatement
from elements_local.kit.values import replace

_bins = tables.bins.c

_this_bin = _bins.bin == bindparam("of_bin")
_of_bin = WorkspaceStatement(
    select(_bins.signature_keys, _bins.answers, _bins.forward, _bins.relays).where(_this_bin)
)
_forget = WorkspaceStatement(tables.bins.delete().where(_this_bin))
_add = WorkspaceStatement(tables.bins.insert())


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
        self._tx.run(_forget, of_bin=name)
        if settings != BinSettings():
            self._tx.run(
                _add,
                bin=name,
                signature_keys=encode_text(settings.keys),
                answers=encode_text(settings.answers),
                forward=settings.forward,
                relays=settings.relays,
            )

    def change(self, name: str, **changes: Any) -> None:
        """Change some of a bin's settings."""
        self.save(name, replace(self.settings(name), **changes))
