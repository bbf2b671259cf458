"""What else happens when a record is written: others are stamped, an opportunity's history goes on."""

from collections.abc import Callable, Iterable
from functools import partial

from mock_insightly import kinds
from mock_insightly.dependencies import dependencies
from mock_insightly.errors import InUseError, NoSuchRecordError, PlanLimitError, StorageLimitError
from mock_insightly.kinds import KINDS, RecordKind, kind_of_rows
from mock_insightly.records.activity import DATED, activity, date_of
from mock_insightly.records.dates import format_date
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.files import File
from mock_insightly.records.query import PageRange
from mock_insightly.records.references import Reference, linked, references
from mock_insightly.records.search import Criterion, RecordFilter
from mock_insightly.records.stamps import created, updated_at
from mock_insightly.records.states import state_change
from mock_insightly.records.writing import Writing
from mock_insightly.routes.call import CrmCall

COUNTED = (
    kinds.CONTACTS,
    kinds.ORGANISATIONS,
    kinds.LEADS,
    kinds.OPPORTUNITIES,
    kinds.PROJECTS,
    kinds.TASKS,
    kinds.EVENTS,
    kinds.NOTES,
)
"""What counts towards the limit of a plan."""

_BY_ENTITY = {kind.entity.upper(): kind for kind in KINDS}


def create_in(writing: Writing, call: CrmCall, kind: RecordKind, given: Record) -> Record:
    """Create a record as a part of a transaction.

    Raises:
        PlanLimitError: the account may have no more.
    """
    _keep_to_plan(call, kind)
    made = writing.create(kind, call.maker(kind, given))
    if kind.child and call.dependencies.settings.children_stamp_parent:
        _stamp(writing, call, references(kind, made))
    _stamp_other_side(writing, call, kind, None, made)
    _tell_activity(writing, call, kind, made)
    return made


def update_in(
    writing: Writing, call: CrmCall, kind: RecordKind, record_id: int, change: Callable[[Record], Record]
) -> Record:
    """Change a record as a part of a transaction."""
    was: list[Record] = []

    def noted(before: Record) -> Record:
        was.append(before)
        return change(dict(before))

    after = writing.update(kind, record_id, noted)
    _stamp_other_side(writing, call, kind, was[0], after)
    _tell_activity(writing, call, kind, was[0], after)
    if kind is kinds.OPPORTUNITIES:
        _tell_state(writing, call, was[0], after)
    return after


def put_file(writing: Writing, kind: RecordKind, record_id: int, file: File) -> None:
    """Keep the file of a record, in the place of the one it had.

    Raises:
        StorageLimitError: the account has no room for it.
    """
    limit = dependencies().settings.storage_limit
    if limit and writing.bytes_kept() + len(file.content) > limit:
        raise StorageLimitError(limit)
    writing.put_file(kind, record_id, file)


def delete(call: CrmCall, kind: RecordKind, record_id: int) -> None:
    """Delete a record, or retire it where its kind does so.

    Raises:
        InUseError: it is in use, the last of its sort, or retired already.
        NoSuchRecordError: it is not there.

    Source: 409 for lead sources and statuses in use or the last one left, and for categories in use or deactivated;
        a category's delete deactivates it (Insightly v3.1 OpenAPI document, documented).
    """
    with call.writing() as writing:
        before = writing.get(kind, record_id)
        see_that_it_is_free(call, kind, before)
        if kind.retires:
            retired: Record = {kind.retires: False}
            writing.update(kind, record_id, lambda record: call.changed(kind, record, retired))
        else:
            _keep_one(call, kind, record_id)
            writing.delete(kind, record_id, children=call.dependencies.settings.delete_takes_children)
            _tell_activity(writing, call, kind, before)


def see_that_it_is_free(call: CrmCall, kind: RecordKind, record: Record) -> None:
    """Refuse a change of what others use, or of what is retired.

    Raises:
        InUseError: it is.
    """
    number = kind.id_of(record)
    if kind.retires and not record[kind.retires]:
        raise InUseError(kind.entity, number, "is deactivated")
    if kind.used_by is None:
        return
    users, field = kind.used_by
    wanted = RecordFilter(criterion=Criterion(places=(field,), value=number))
    if call.dependencies.store.find(call.workspace, kind_of_rows(users), wanted, PageRange(top=1)).documents:
        raise InUseError(kind.entity, number, f"is in use: there are {users} with it")


def _keep_one(call: CrmCall, kind: RecordKind, record_id: int) -> None:
    if kind.used_by and call.dependencies.store.count(call.workspace, kind) == 1:
        raise InUseError(kind.entity, record_id, "is the last one left")


def _keep_to_plan(call: CrmCall, kind: RecordKind) -> None:
    limit = call.dependencies.settings.record_limit
    if (
        limit
        and kind in COUNTED
        and sum(call.dependencies.store.count(call.workspace, one) for one in COUNTED) >= limit
    ):
        raise PlanLimitError(limit)


def _tell_state(writing: Writing, call: CrmCall, before: Record, after: Record) -> None:
    entry = state_change(before, after, call.account)
    if entry is None:
        return

    def make(number: int) -> Record:
        return created(kinds.STATE_CHANGES, entry, record_id=number, account=call.account, now=call.stamped)

    writing.create(kinds.STATE_CHANGES, make)


def _tell_activity(writing: Writing, call: CrmCall, kind: RecordKind, *states: Record) -> None:
    """Bring the activity dates of what a task or an event hangs on, or hung on, up to date; that stamps nothing."""
    if kind not in DATED:
        return
    for parent in sorted({one for state in states for one in references(kind, state)}):
        of = _BY_ENTITY.get(parent.entity)
        if of is None or of.field("NEXT_ACTIVITY_DATE_UTC") is None:
            continue
        dates = [date_of(one, child) for one in DATED for child in writing.referring(one, parent)]
        told = activity((date for date in dates if date is not None), format_date(call.stamped))
        try:
            before = writing.get(of, parent.id)
        except NoSuchRecordError:
            continue
        if any(before[name] != value for name, value in told.items()):
            writing.edit(of, parent.id, partial(_with, told))


def _with(fields: Record, record: Record) -> Record:
    return {**record, **fields}


def _stamp_other_side(
    writing: Writing, call: CrmCall, kind: RecordKind, before: Record | None, after: Record
) -> None:
    """Stamp what a record is newly linked to, if that is wanted."""
    if not call.dependencies.settings.links_stamp_other_side or kind.child:
        return
    old = {linked(link) for link in rows_of(before or {}, "LINKS")}
    _stamp(
        writing, call, (one for link in rows_of(after, "LINKS") if (one := linked(link)) and one not in old)
    )


def _stamp(writing: Writing, call: CrmCall, others: Iterable[Reference]) -> None:
    """Stamp records; those that are not there, or whose kind is not known, are left out."""
    for other in sorted(others):
        kind = _BY_ENTITY.get(other.entity)
        if kind is None:
            continue
        try:
            writing.update(kind, other.id, lambda record: updated_at(call.stamped, record))
        except NoSuchRecordError:
            continue
