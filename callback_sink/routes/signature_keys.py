"""``/_local/signature-keys``: tell a bin by which keys its callbacks are signed. The keys are never shown."""

from typing import Annotated

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from msgspec import Meta, Struct

from callback_sink.inbox import BinName
from callback_sink.parts import parts
from callback_sink.routes.calls import asked_bin, asked_workspace, body_as, owner_of
from mock_kit.admin import json_answer

bp = Blueprint("signature_keys", __name__, url_prefix="/_local/signature-keys")

_Key = Annotated[str, Meta(min_length=1)]


class Keys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys of a bin; none makes it forget those it has."""

    bin: BinName
    keys: list[_Key]


class OneMore(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further key of a bin."""

    bin: BinName
    key: _Key


@bp.put("")
def replace() -> ResponseReturnValue:
    """Put keys in the place of those that are known."""
    told = body_as(Keys, expected='{"bin": "<name>", "keys": ["<key>", ...]}, no key empty')
    return _known(told.bin, parts().store.replace_keys(owner_of(told.bin).name, told.bin, told.keys))


@bp.post("")
def add() -> ResponseReturnValue:
    """Add a key to those that are known."""
    told = body_as(OneMore, expected='{"bin": "<name>", "key": "<key>"}, the key not empty')
    return _known(told.bin, parts().store.add_key(owner_of(told.bin).name, told.bin, told.key))


@bp.get("")
def count() -> ResponseReturnValue:
    """Say how many keys are known."""
    name = asked_bin()
    return _known(name, len(parts().store.keys(asked_workspace().name, name)))


def _known(name: str, keys: int) -> Response:
    return json_answer({"bin": name, "keys": keys})
