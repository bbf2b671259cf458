"""Where a task may stand: with a project or an opportunity, at a milestone of the one, at a stage of either.

Source: OPPORTUNITY_ID only without a project, MILESTONE_ID only of that project, STAGE_ID only of a pipeline of the related
    record (later v2.2 OpenAPI document, documented); that others are refused, and that the related record is the project or
    the opportunity, is assumed.
"""

from collections.abc import Iterable

from mock_insightly.errors import FieldError
from mock_insightly.records.fields import Record


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
