"""Who may see a record, where a client of v2 names the users one by one.

Source: VISIBLE_TEAM_ID is set where INDIVIDUALS made an anonymous team (Insightly v2.2 OpenAPI document, documented);
    that the users come as an array, or as a text with commas, and what the team is called, is assumed.
"""

from mock_insightly.errors import FieldError
from mock_insightly.kinds import TEAMS
from mock_insightly.records.fields import Record, Sent, Whole, is_blank
from mock_insightly.records.writing import Writing
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.writes import create_in
from mock_insightly.versions.shape import Shape
from mock_kit.api.json_text import Json

_USERS = "VISIBLE_USER_IDS"
_NAME = "Anonymous team"


def with_team(writing: Writing, call: CrmCall, shape: Shape, sent: Sent, given: Record) -> Record:
    """Return the fields of a record with the team of those who may see it, made in the same transaction.

    Raises:
        FieldError: the users are no ids.
    """
    named = sent.get(_USERS)
    if given.get("VISIBLE_TO") != "INDIVIDUALS" or is_blank(named):
        return given
    if not any(key.name == _USERS for key in shape.keys):
        return given
    members: list[Json] = [
        {"PERMISSION_ID": None, "TEAM_ID": None, "MEMBER_USER_ID": id_} for id_ in _ids(named)
    ]
    team = create_in(
        writing, call, TEAMS, {"TEAM_NAME": _NAME, "ANONYMOUS_TEAM": True, "TEAMMEMBERS": members}
    )
    return {**given, "VISIBLE_TEAM_ID": team["TEAM_ID"]}


def _ids(named: Json) -> list[Json]:
    ids = named.split(",") if isinstance(named, str) else named
    if not isinstance(ids, list):
        raise FieldError(_USERS, "ids of users, in an array or with commas between them", named)
    return [Whole(lowest=1).read(one, _USERS) for one in ids]
