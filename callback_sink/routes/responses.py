"""``/_local/responses``: tell a bin what to answer next."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from callback_sink.answers import Script
from callback_sink.parts import parts
from callback_sink.routes.calls import asked_bin, asked_workspace, body_as, owner_of
from mock_kit.admin import json_answer

bp = Blueprint("responses", __name__, url_prefix="/_local/responses")

_SHAPE = (
    '{"bin": "<name>", "responses": [{"status"?: 200 to 599, "times"?: 1 or more, "body"?, '
    '"headers"?: {name: text without line breaks}, "delay_s"?: seconds, "drop"?: true or false}]}'
)


@bp.put("")
def tell() -> ResponseReturnValue:
    """Put answers in the place of those that are left."""
    script = body_as(Script, expected=_SHAPE)
    owner = owner_of(script.bin)
    parts().store.script(owner.name, script.bin, script.responses)
    return _left(owner.name, script.bin)


@bp.get("")
def show() -> ResponseReturnValue:
    """Show the answers that are left."""
    name = asked_bin()
    return _left(asked_workspace().name, name)


@bp.delete("")
def forget() -> ResponseReturnValue:
    """Go back to 200."""
    name = asked_bin()
    workspace = asked_workspace().name
    parts().store.script(workspace, name, [])
    return _left(workspace, name)


def _left(workspace: str, name: str) -> Response:
    answers = parts().store.answers(workspace, name)
    return json_answer({"bin": name, "responses": [answer.to_json() for answer in answers]})
