"""``/_local/signature-keys``: tell a bin by which keys its callbacks are signed. The keys are never shown."""

from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from callback_sink.inbox import BinName
from callback_sink.parts import parts
from callback_sink.routes.calls import OneBin, Whose, asked_workspace, owner_of
from mock_kit.api.operations import Answer, operation

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


class Known(TypedDict):
    """How many keys of a bin are known."""

    bin: str
    keys: int


@bp.put("")
@operation()
def replace(query: Whose, body: Keys) -> Answer[Known]:  # noqa: ARG001 - read by owner_of
    """Put keys in the place of those that are known."""
    return _known(body.bin, parts().store.replace_keys(owner_of(body.bin).name, body.bin, body.keys))


@bp.post("")
@operation()
def add(query: Whose, body: OneMore) -> Answer[Known]:  # noqa: ARG001 - as in replace
    """Add a key to those that are known."""
    return _known(body.bin, parts().store.add_key(owner_of(body.bin).name, body.bin, body.key))


@bp.get("")
@operation()
def count(query: OneBin) -> Answer[Known]:
    """Say how many keys are known."""
    return _known(query.bin, len(parts().store.told(asked_workspace().name, query.bin).keys))


def _known(name: str, keys: int) -> Answer[Known]:
    return Answer({"bin": name, "keys": keys})
