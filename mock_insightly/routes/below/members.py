"""The routes of team members: rows of teams that have a list of their own.

Source: paths from the v2.2 and v3.1 OpenAPI documents (documented); a member that is there already is answered as it is
    (recorded v2.1 exchanges, observed).
"""

from collections.abc import Callable, Iterator

from flask import Blueprint
from flask.typing import ResponseReturnValue

from elements_local.kit.api.json_text import encode
from mock_insightly.errors import MissingFieldError, NoSuchRowError
from mock_insightly.kinds import TEAMS
from mock_insightly.records.fields import Record, Rows, Sent, read_id, rows_of
from mock_insightly.records.query import WHOLE
from mock_insightly.records.search import EVERYTHING
from mock_insightly.records.stamps import record_in
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.call import CrmCall, allow, this_call
from mock_insightly.versions.known import ANY_VERSION

_ROWS = "TEAMMEMBERS"

bp = Blueprint("members", __name__, url_prefix=f"{ANY_VERSION}/teammembers")


@bp.get("")
def index(version: str) -> ResponseReturnValue:
    """List the members of all teams."""
    call = this_call(version)
    return answers.rows(call, [_shown(call, row) for row in _members(call)], paged=True)


@bp.get("/<int:number>")
def show(version: str, number: int) -> ResponseReturnValue:
    """Show one."""
    call = this_call(version)
    return answers.answer(call, encode(_shown(call, _member(call, number))))


@bp.post("")
def create(version: str) -> ResponseReturnValue:
    """Make a user the member of a team; who is one already stays so."""
    call = this_call(version)
    sent = _sent(call)
    team, user = (_number(sent, name) for name in ("TEAM_ID", "MEMBER_USER_ID"))

    def joined(rows: list[Record]) -> list[Record]:
        if any(row["MEMBER_USER_ID"] == user for row in rows):
            return rows
        return [*rows, {"PERMISSION_ID": None, "TEAM_ID": team, "MEMBER_USER_ID": user}]

    record = _write(call, team, joined)
    row = next(row for row in rows_of(record, _ROWS) if row["MEMBER_USER_ID"] == user)
    return _written(call, row, 201)


@bp.put("")
def update(version: str) -> ResponseReturnValue:
    """Put another user in the place of a member, whose team stays what it is.

    Source: early v2.2 has the route (Insightly v2.2 OpenAPI document, documented); what it changes is assumed.
    """
    call = this_call(version)
    allow(call.version.on_members)
    sent = _sent(call)
    number, user = (_number(sent, name) for name in ("PERMISSION_ID", "MEMBER_USER_ID"))
    team = int(str(_member(call, number)["TEAM_ID"]))

    def replaced(rows: list[Record]) -> list[Record]:
        return [{**row, "MEMBER_USER_ID": user} if row["PERMISSION_ID"] == number else row for row in rows]

    _write(call, team, replaced)
    return _written(call, _member(call, number), 200)


@bp.delete("/<int:number>")
def delete(version: str, number: int) -> ResponseReturnValue:
    """Take a member out of its team."""
    call = this_call(version)
    team = int(str(_member(call, number)["TEAM_ID"]))

    def left(rows: list[Record]) -> list[Record]:
        return [row for row in rows if row["PERMISSION_ID"] != number]

    _write(call, team, left)
    return answers.accepted()


def _written(call: CrmCall, row: Record, status: int) -> ResponseReturnValue:
    response = answers.answer(call, encode(_shown(call, row)), status)
    return answers.located(call, response, "TeamMembers", row["PERMISSION_ID"])


def _shown(call: CrmCall, row: Record) -> Record:
    """Return a member as the version shows it."""
    return {name: row.get(name) for name in _names(call)}


def _sent(call: CrmCall) -> Sent:
    """Return a member as it came."""
    return call.body()


def _names(call: CrmCall) -> list[str]:
    """Return what a version has of a member."""
    members = call.version.shape(TEAMS).key(_ROWS).holds
    assert isinstance(members, Rows)  # noqa: S101 - which every version says of it
    return [field.name for field in members.fields]


def _write(call: CrmCall, team: int, edit: Callable[[list[Record]], list[Record]]) -> Record:
    parent = Parent(call=call, shape=call.shape(TEAMS.name.lower()), id=team)
    return parent.write(lambda before: {_ROWS: [*edit(rows_of(before, _ROWS))]})


def _members(call: CrmCall) -> Iterator[Record]:
    with call.reading() as records:
        teams = records.find(TEAMS, EVERYTHING, WHOLE).documents
    for document in teams:
        yield from rows_of(record_in(document), _ROWS)


def _member(call: CrmCall, number: int) -> Record:
    for row in _members(call):
        if row["PERMISSION_ID"] == number:
            return row
    raise NoSuchRowError("TeamMembers", number)


def _number(sent: Sent, name: str) -> int:
    if sent.get(name) is None:
        raise MissingFieldError(name, "TeamMember")
    return read_id(sent[name], name)
