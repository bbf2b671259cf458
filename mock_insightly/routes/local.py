"""The admin routes that only the CRM has: its ground truth, and made-up records."""

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from mock_insightly.changes import ChangeQuery
from mock_insightly.kinds import KINDS
from mock_insightly.parts import parts
from mock_insightly.seed import LARGEST, SEEDED, Seeding
from mock_kit.admin import ParameterError, asked_workspace, json_answer, whole_number
from mock_kit.instants import UnreadableTimeError, parse_instant
from mock_kit.json_text import Json, read_json

_LARGEST_NUMBER = 2**63 - 1

bp = Blueprint("crm", __name__, url_prefix="/_local")


@bp.get("/changes")
def changes() -> ResponseReturnValue:
    """Show every change that clients made, oldest first: all, or those that the query asks for."""
    asked = ChangeQuery(
        kind=_kind(request.args.get("kind")),
        record_id=whole_number("recordId", 0, high=_LARGEST_NUMBER) or None,
        since=_instant(request.args.get("since")),
        limit=whole_number("limit", 0, low=1) or None,
    )
    found = parts().store.changes(asked_workspace(), asked)
    return json_answer({"changes": [change.to_json() for change in found]})


@bp.post("/seed")
def seed() -> ResponseReturnValue:
    """Fill in made-up records of every kind, as if they had always been there."""
    workspace = asked_workspace()
    sent = read_json(request)
    if not isinstance(sent, dict):
        raise ParameterError('expected an object such as {"records": 100}')
    records = _number(sent, "records", None, high=LARGEST, more="; for more, call again with first")
    wanted = _number(sent, "seed", workspace.seed, high=_LARGEST_NUMBER)
    first = _number(sent, "first", 0, high=10**12)
    parts().lay_foundation(workspace)
    with parts().store.history(workspace) as history:
        Seeding(
            history=history,
            account=parts().account(workspace),
            seed=wanted,
            now=workspace.clock.now(),
            first=first,
            count=records,
        ).fill()
    return json_answer({"records": {kind.name: records for kind in SEEDED}})


def _number(sent: dict[str, Json], name: str, default: int | None, *, high: int, more: str = "") -> int:
    value = sent.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= high:
        raise ParameterError(f"{name} is a whole number from 0 to {high}{more}; got {value!r}")
    return value


def _kind(name: str | None) -> str | None:
    if name is None:
        return None
    for kind in KINDS:
        if kind.name.lower() == name.lower():
            return kind.name
    raise ParameterError(f"kind is one of {', '.join(kind.name for kind in KINDS)}; got {name!r}")


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_instant(text)
    except UnreadableTimeError as error:
        raise ParameterError(f"since: {error}") from error
