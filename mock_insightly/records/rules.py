"""What must hold of the fields of one record together: of teams, of where a task stands.

Source: of teams, a name is needed where one is not anonymous, a member where it is; the members of an anonymous one, which
    stands for people who were named one by one, change with the team alone, and a brief change of it is none (Insightly v3.1
    OpenAPI document, documented). Of tasks, OPPORTUNITY_ID only without a project, MILESTONE_ID only of that project,
    STAGE_ID only of a pipeline of the related record (later v2.2 OpenAPI document, documented); that the related record is
    the project or the opportunity, and all refusals, are assumed.
"""

from collections.abc import Iterable

from mock_insightly.errors import FieldError, MissingFieldError
from mock_insightly.records.fields import Record, is_blank, rows_of

ANONYMOUS, TEAM_NAME, MEMBERS = "ANONYMOUS_TEAM", "TEAM_NAME", "TEAMMEMBERS"


def check_team(team: Record) -> None:
    """Refuse a team as it would be.

    Raises:
        MissingFieldError: it has no name, and is not anonymous.
        FieldError: it is anonymous, and has no member.
    """
    if not team.get(ANONYMOUS):
        if is_blank(team.get(TEAM_NAME)):
            raise MissingFieldError(TEAM_NAME, "Team")
    elif not rows_of(team, MEMBERS):
        raise FieldError(MEMBERS, "one member at least of an anonymous team", team.get(MEMBERS))


def check_open(team: Record) -> None:
    """Refuse a change of a team's members one by one.

    Raises:
        FieldError: it is anonymous.
    """
    if team[ANONYMOUS]:
        raise FieldError(ANONYMOUS, "false for members to change one by one; PUT all to /Teams", True)


def refuse_misplaced(
    task: Record, *, milestone: Record | None, related: Record | None, stages: Iterable[Record]
) -> None:
    """Refuse a task whose places do not agree.

    Args:
        milestone: that of the task; None if it names none, or one that is not there.
        related: its project or, without one, its opportunity; None likewise.
        stages: those of all pipelines.

    Raises:
        FieldError: they do not.
    """
    project = task["PROJECT_ID"]
    if project is not None and task["OPPORTUNITY_ID"] is not None:
        raise FieldError("OPPORTUNITY_ID", "null, since PROJECT_ID is not", task["OPPORTUNITY_ID"])
    if task["MILESTONE_ID"] is not None:
        if project is None:
            raise FieldError("MILESTONE_ID", "null, since PROJECT_ID is", task["MILESTONE_ID"])
        if milestone is None or milestone["PROJECT_ID"] != project:
            raise FieldError(
                "MILESTONE_ID", f"the id of a milestone of project {project}", task["MILESTONE_ID"]
            )
    if task["STAGE_ID"] is not None:
        pipeline = related["PIPELINE_ID"] if related else None
        known = [one["STAGE_ID"] for one in stages if pipeline and one["PIPELINE_ID"] == pipeline]
        if task["STAGE_ID"] not in known:
            of = (
                f"one of {', '.join(map(str, known))}"
                if known
                else "null, since what it is for has no pipeline"
            )
            raise FieldError("STAGE_ID", of, task["STAGE_ID"])
