"""``/_local/responses``: tell a bin what to answer next."""

from typing import TypedDict

from flask import Blueprint

from callback_sink.answers import AnswerJson, Script
from callback_sink.dependencies import dependencies
from callback_sink.routes.calls import BinQuery, WorkspaceQuery, asked_workspace, owner_of
from mock_kit.api.operations import Answer, operation

bp = Blueprint("responses", __name__, url_prefix="/_local/responses")


class ResponsesLeftJson(TypedDict):
    """The answers that are left of those a bin was told."""

    bin: str
    responses: list[AnswerJson]


@bp.put("")
@operation()
def tell(query: WorkspaceQuery, body: Script) -> Answer[ResponsesLeftJson]:  # noqa: ARG001 - read by owner_of
    """Put answers in the place of those that are left."""
    owner = owner_of(body.bin)
    dependencies().store.script(owner.name, body.bin, body.responses)
    return _left(owner.name, body.bin)


@bp.get("")
@operation()
def show(query: BinQuery) -> Answer[ResponsesLeftJson]:
    """Show the answers that are left."""
    return _left(asked_workspace().name, query.bin)


@bp.delete("")
@operation()
def forget(query: BinQuery) -> Answer[ResponsesLeftJson]:
    """Go back to 200."""
    workspace = asked_workspace().name
    dependencies().store.script(workspace, query.bin, [])
    return _left(workspace, query.bin)


def _left(workspace: str, name: str) -> Answer[ResponsesLeftJson]:
    answers = dependencies().store.bin_settings(workspace, name).answers
    return Answer({"bin": name, "responses": [answer.to_json() for answer in answers]})
