"""``/_local/callbacks.json`` and ``/_local/callbacks.har``: callbacks for other tools."""

from flask import Blueprint, request

from callback_sink.dependencies import dependencies
from callback_sink.exports import CallbackExport, Har, as_har, as_json
from callback_sink.listed import CallbackPage
from callback_sink.routes.callbacks import CallbackPageQuery
from callback_sink.routes.calls import asked_workspace
from mock_kit.api.operations import Answer, operation
from mock_kit.api.pages import PageJson, page_json

bp = Blueprint("exports", __name__, url_prefix="/_local")

_DISPOSITION = {"Content-Disposition": "the file's name"}


@bp.get("/callbacks.json")
@operation(headers=_DISPOSITION)
def whole(query: CallbackPageQuery) -> Answer[CallbackExport]:
    """Export the callbacks that the filters mean, with their exact bytes."""
    found = _asked(query)
    return Answer(as_json(found.callbacks, _page(found)), _named("callbacks.json"))


@bp.get("/callbacks.har")
@operation(headers=_DISPOSITION)
def archive(query: CallbackPageQuery) -> Answer[Har]:
    """Export the callbacks that the filters mean as an HTTP archive (HAR 1.2)."""
    found = _asked(query)
    return Answer(as_har(found.callbacks, _page(found), origin=request.host_url), _named("callbacks.har"))


def _asked(query: CallbackPageQuery) -> CallbackPage:
    name, store = asked_workspace().name, dependencies().store
    found = store.listed(name, query, after=query.after, limit=query.limit)
    store.refuse_other_form(name, query, found=bool(found.total))
    return found


def _page(found: CallbackPage) -> PageJson:
    return page_json(found.total, {"after": found.callbacks[-1].id} if found.more else None)


def _named(file: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file}"'}
