"""What a task's places are checked against: its milestone, and the project or opportunity that it is for."""

from mock_insightly.account.pipelines import stages
from mock_insightly.errors import NoSuchRecordError
from mock_insightly.kinds import MILESTONES, OPPORTUNITIES, PROJECTS, RecordKind
from mock_insightly.records.fields import Record
from mock_insightly.records.task_places import refuse_misplaced
from mock_insightly.records.writing import Writing
from mock_insightly.routes.call import CrmCall
from mock_insightly.versions.shape import Shape


def see_that_it_fits(writing: Writing, call: CrmCall, shape: Shape, record: Record) -> None:
    """Refuse a task whose places do not agree, on a version that minds; other records pass.

    Args:
        record: as it would be written.

    Raises:
        FieldError: they do not.
    """
    if not shape.minds_places:
        return
    task = {**shape.kind.blank, **record}
    refuse_misplaced(
        task,
        milestone=_found(writing, MILESTONES, task),
        related=_found(writing, PROJECTS, task) or _found(writing, OPPORTUNITIES, task),
        stages=stages(call.account),
    )


def _found(writing: Writing, kind: RecordKind, task: Record) -> Record | None:
    number = task[kind.id_field]
    if not isinstance(number, int):
        return None
    try:
        return writing.get(kind, number)
    except NoSuchRecordError:
        return None
