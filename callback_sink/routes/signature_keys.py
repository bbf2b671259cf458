"""``/_local/signature-keys``: tell a bin by which keys its callbacks are signed. The keys are never shown."""

from typing import Annotated, TypedDict

from flask import Blueprint
from msgspec import Meta, Struct

from callback_sink.dependencies import dependencies
from callback_sink.inbox import BinName
from callback_sink.routes.calls import BinQuery, WorkspaceQuery, asked_workspace, owner_of
from mock_kit.api.operations import Answer, operation

bp = Blueprint("signature_keys", __name__, url_prefix="/_local/signature-keys")

_Key = Annotated[str, Meta(min_length=1)]


class SignatureKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys of a bin; none makes it forget those it has."""

    bin: BinName
    keys: list[_Key]


class AddedSignatureKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further key of a bin."""

    bin: BinName
    key: _Key


class KnownKeysJson(TypedDict):
    """How many keys of a bin are known."""

    bin: str
    keys: int


@bp.put("")
@operation()
def replace(query: WorkspaceQuery, body: SignatureKeys) -> Answer[KnownKeysJson]:  # noqa: ARG001 - read by owner_of
    """Put keys in the place of those that are known."""
    return _known(body.bin, dependencies().store.replace_keys(owner_of(body.bin).name, body.bin, body.keys))


@bp.post("")
@operation()
def add(query: WorkspaceQuery, body: AddedSignatureKey) -> Answer[KnownKeysJson]:  # noqa: ARG001 - as in replace
    """Add a key to those that are known."""
    return _known(body.bin, dependencies().store.add_key(owner_of(body.bin).name, body.bin, body.key))


@bp.get("")
@operation()
def count(query: BinQuery) -> Answer[KnownKeysJson]:
    """Say how many keys are known."""
    return _known(query.bin, len(dependencies().store.bin_settings(asked_workspace().name, query.bin).keys))


def _known(name: str, keys: int) -> Answer[KnownKeysJson]:
    return Answer({"bin": name, "keys": keys})
