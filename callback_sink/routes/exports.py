"""``/_local/callbacks.json`` and ``/_local/callbacks.har``: callbacks for other tools."""

from flask import Blueprint, request

from callback_sink.exports import Export, Har, as_har, as_json
from callback_sink.inbox import Callback
from callback_sink.parts import parts
from callback_sink.routes.callbacks import Listed
from callback_sink.routes.calls import asked_workspace
from mock_kit.operations import Answer, operation

bp = Blueprint("exports", __name__, url_prefix="/_local")

_DISPOSITION = {"Content-Disposition": "the file's name"}


@bp.get("/callbacks.json")
@operation(headers=_DISPOSITION)
def whole(query: Listed) -> Answer[Export]:
    """Export the callbacks that the filters mean, with their exact bytes."""
    return Answer(as_json(_asked(query)), _named("callbacks.json"))


@bp.get("/callbacks.har")
@operation(headers=_DISPOSITION)
def archive(query: Listed) -> Answer[Har]:
    """Export the callbacks that the filters mean as an HTTP archive (HAR 1.2)."""
    return Answer(as_har(_asked(query), origin=request.host_url), _named("callbacks.har"))


def _asked(query: Listed) -> list[Callback]:
    return parts().store.callbacks(asked_workspace().name, query, at_most=query.limit)


def _named(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"'}
