"""What holds for teams, of which an anonymous one stands for people who were named one by one.

Source: a name is needed where a team is not anonymous, a member where it is; the members of an anonymous one change with the
    team alone, and a brief change of it is none (Insightly v3.1 OpenAPI document, documented); the refusals are assumed.
"""

from dataclasses import dataclass

from mock_insightly.errors import FieldError, MissingFieldError
from mock_insightly.records.fields import Record, is_blank, rows_of


@dataclass(frozen=True, kw_only=True)
class TeamRules:
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
