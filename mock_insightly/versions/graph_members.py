"""The members of v2's teams, of which one may be a team itself; none is here.

Source: fields of recorded v2.1 team members (observed); MEMBER_TEAM_ID is gone in v3 (Insightly v3.1 OpenAPI document,
    documented).
"""

from mock_insightly.records.fields import Field, Record, Rows, Sent, Whole, rows_of
from mock_insightly.records.row_types import TEAM_MEMBERS
from mock_insightly.versions.shape import Key
from mock_kit.api.json_text import Json

_NAME = "TEAMMEMBERS"
_MEMBERS = Rows(
    id_field=TEAM_MEMBERS.id_field,
    owner_fields=TEAM_MEMBERS.owner_fields,
    required=TEAM_MEMBERS.required,
    fields=(*TEAM_MEMBERS.fields, Field(name="MEMBER_TEAM_ID", type=Whole(), assigned=True)),
)


def team_members() -> Key:
    """Return the key TEAMMEMBERS."""

    def show(record: Record) -> Json:
        return [{**row, "MEMBER_TEAM_ID": None} for row in rows_of(record, _NAME)]

    def take(sent: Sent, _before: Record) -> Record:
        return {_NAME: TEAM_MEMBERS.read(sent[_NAME], _NAME)}

    return Key(name=_NAME, holds=_MEMBERS, show=show, take=take, collection=True)
