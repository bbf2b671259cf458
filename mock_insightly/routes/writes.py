"""What else happens when a record is written: it is checked, others are stamped, an opportunity's history goes on."""

from collections.abc import Callable, Iterable
from functools import partial

from elements_local.kit.api.json_text import Json
from mock_insightly.errors import FieldError, InUseError, NoSuchRecordError, PlanLimitError, StorageLimitError
from mock_insightly.fields.fields import Integer, Record, Sent, format_date, is_blank, rows_of
from mock_insightly.fields.lookups import stages
from mock_insightly.kinds import KINDS, kind_of_rows, sales, work
from mock_insightly.kinds.account import TEAMS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import MILESTONES, OPPORTUNITIES, PROJECTS
from mock_insightly.records.contents import File
from mock_insightly.records.record import Reference, created, linked, references, updated_at
from mock_insightly.records.rules import DATED, activity, date_of, refuse_misplaced, state_change
from mock_insightly.records.search import Criterion, PageRange, RecordFilter
from mock_insightly.records.writing import Writing
from mock_insightly.routes.call import CrmCall
from mock_insightly.versions.shape import Shape

COUNTED = (
    sales.CONTACTS,
    sales.ORGANISATIONS,
    sales.LEADS,
    sales.OPPORTUNITIES,
    sales.PROJECTS,
    work.TASKS,
    work.EVENTS,
    work.NOTES,
)
"""What counts towards the limit of a plan."""

_USERS = "VISIBLE_USER_IDS"
_TEAM = "Anonymous team"
_BY_ENTITY = {kind.entity.upper(): kind for kind in KINDS}


def create_in(writing: Writing, call: CrmCall, kind: RecordKind, given: Record) -> Record:
    """Create a record as a part of a transaction.

    Raises:
        PlanLimitError: the account may have no more.
    """
    _keep_to_plan(writing, call, kind)
    made = writing.create(kind, call.maker(kind, given))
    if kind.child and call.crm.settings.children_stamp_parent:
        _stamp(writing, call, references(kind, made))
    _stamp_other_side(writing, call, kind, None, made)
    _update_activity_dates(writing, call, kind, made)
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
    _update_activity_dates(writing, call, kind, was[0], after)
    if kind is sales.OPPORTUNITIES:
        _add_state_change(writing, call, was[0], after)
    return after


def put_file(writing: Writing, call: CrmCall, kind: RecordKind, record_id: int, file: File) -> None:
    """Keep the file of a record, in the place of the one it had.

    Raises:
        StorageLimitError: the account has no room for it.
    """
    limit = call.crm.settings.storage_limit
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
        ensure_not_in_use(writing, kind, before)
        if kind.retires:
            retired: Record = {kind.retires: False}
            writing.update(kind, record_id, lambda record: call.changed(kind, record, retired))
        else:
            if kind.used_by and writing.count(kind.name) == 1:
                raise InUseError(kind.entity, record_id, "is the last one left")
            writing.delete(kind, record_id)
            _update_activity_dates(writing, call, kind, before)


def ensure_not_in_use(writing: Writing, kind: RecordKind, record: Record) -> None:
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
    if writing.find(kind_of_rows(users), wanted, PageRange(top=1)).documents:
        raise InUseError(kind.entity, number, f"is in use: there are {users} with it")


def _keep_to_plan(writing: Writing, call: CrmCall, kind: RecordKind) -> None:
    limit = call.crm.settings.record_limit
    if limit and kind in COUNTED and sum(writing.count(one.name) for one in COUNTED) >= limit:
        raise PlanLimitError(limit)


def _add_state_change(writing: Writing, call: CrmCall, before: Record, after: Record) -> None:
    entry = state_change(before, after, call.account)
    if entry is None:
        return

    def make(number: int) -> Record:
        return created(work.STATE_CHANGES, entry, record_id=number, account=call.account, now=call.stamped)

    writing.create(work.STATE_CHANGES, make)


def _update_activity_dates(writing: Writing, call: CrmCall, kind: RecordKind, *states: Record) -> None:
    """Bring the activity dates of what a task or an event hangs on, or hung on, up to date; that stamps nothing."""
    if kind not in DATED:
        return
    for parent in sorted({one for state in states for one in references(kind, state)}):
        of = _BY_ENTITY.get(parent.entity)
        if of is None or of.field("NEXT_ACTIVITY_DATE_UTC") is None:
            continue
        dates = [date_of(one, child) for one in DATED for child in writing.referring(one, parent)]
        dates_of_activity = activity((date for date in dates if date is not None), format_date(call.stamped))
        try:
            before = writing.get(of, parent.id)
        except NoSuchRecordError:
            continue
        if any(before[name] != value for name, value in dates_of_activity.items()):
            writing.edit(of, parent.id, partial(_with, dates_of_activity))


def _with(fields: Record, record: Record) -> Record:
    return {**record, **fields}


def _stamp_other_side(
    writing: Writing, call: CrmCall, kind: RecordKind, before: Record | None, after: Record
) -> None:
    """Stamp what a record is newly linked to, if that is wanted."""
    if not call.crm.settings.links_stamp_other_side or kind.child:
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


def validate_task_links(writing: Writing, call: CrmCall, shape: Shape, record: Record) -> None:
    """Refuse a task whose places do not agree, on a version that minds; other records pass.

    Args:
        record: as it would be written.

    Raises:
        FieldError: they do not.
    """
    if not shape.checks_task_links:
        return
    task = {**shape.kind.blank, **record}
    refuse_misplaced(
        task,
        milestone=_named_by(writing, MILESTONES, task),
        related=_named_by(writing, PROJECTS, task) or _named_by(writing, OPPORTUNITIES, task),
        stages=stages(call.account),
    )


def _named_by(writing: Writing, kind: RecordKind, task: Record) -> Record | None:
    number = task[kind.id_field]
    if not isinstance(number, int):
        return None
    try:
        return writing.get(kind, number)
    except NoSuchRecordError:
        return None


def with_team(writing: Writing, call: CrmCall, shape: Shape, sent: Sent, given: Record) -> Record:
    """Return the fields of a record with the team of those who may see it, where a client of v2 names them one by one.

    Raises:
        FieldError: the users are no ids.

    Source: VISIBLE_TEAM_ID is set where INDIVIDUALS made an anonymous team (Insightly v2.2 OpenAPI document, documented);
        that the users come as an array, or as a text with commas, and what the team is called, is assumed.
    """
    named = sent.get(_USERS)
    if given.get("VISIBLE_TO") != "INDIVIDUALS" or is_blank(named):
        return given
    if not any(key.name == _USERS for key in shape.keys):
        return given
    members: list[Json] = [
        {"PERMISSION_ID": None, "TEAM_ID": None, "MEMBER_USER_ID": id_} for id_ in _user_ids(named)
    ]
    team = create_in(
        writing, call, TEAMS, {"TEAM_NAME": _TEAM, "ANONYMOUS_TEAM": True, "TEAMMEMBERS": members}
    )
    return {**given, "VISIBLE_TEAM_ID": team["TEAM_ID"]}


def _user_ids(named: Json) -> list[Json]:
    ids = named.split(",") if isinstance(named, str) else named
    if not isinstance(ids, list):
        raise FieldError(_USERS, "ids of users, in an array or with commas between them", named)
    return [Integer(lowest=1).read(one, _USERS) for one in ids]
