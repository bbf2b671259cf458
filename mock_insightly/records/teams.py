"""What holds for teams, of which an anonymous one stands for people who were named one by one.

Source: a name is needed where a team is not anonymous, a member where it is; the members of an anonymous one change with the
    team alone, and a brief change of it is none (Insightly v3.1 OpenAPI document, documented); the refusals are assumed.
"""

from msgspec import Struct

from mock_insightly.errors import FieldError, MissingFieldError
from mock_insightly.records.fields import Record, Sent, is_blank, rows_of

MEMBER_TEAM = "MEMBER_TEAM_ID"
"""The key of v2.1 for a team that is a member."""


def refuse_team(member: Sent, place: str = MEMBER_TEAM) -> None:
    """Refuse a member that is a team.

    Raises:
        FieldError: it is one.

    Source: v2.1 has a key for it (observed); that no team is a member here, and one is refused, is assumed.
    """
    if not is_blank(member.get(MEMBER_TEAM)):
        raise FieldError(place, "null, as only users are members here", member[MEMBER_TEAM])


class TeamRules(Struct, frozen=True, kw_only=True):
    """What a version asks of teams, by the names of their fields."""

    flag: str = "ANONYMOUS_TEAM"
    name: str = "TEAM_NAME"
    members: str = "TEAMMEMBERS"

    def check(self, team: Record) -> None:
        """Refuse a team as it would be.

        Raises:
            MissingFieldError: it has no name, and is not anonymous.
            FieldError: it is anonymous, and has no member.
        """
        if not team.get(self.flag):
            if is_blank(team.get(self.name)):
                raise MissingFieldError(self.name, "Team")
        elif not rows_of(team, self.members):
            raise FieldError(self.members, "one member at least of an anonymous team", team.get(self.members))

    def check_open(self, team: Record) -> None:
        """Refuse a change of a team's members one by one.

        Raises:
            FieldError: it is anonymous.
        """
        if team[self.flag]:
            raise FieldError(self.flag, "false for members to change one by one; PUT all to /Teams", True)

    def leaves_members(self, team: Record) -> bool:
        """Say whether a brief change of a team leaves its members alone."""
        return not team[self.flag]
