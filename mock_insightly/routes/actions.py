"""Answers about what is done to a record by a path: it is followed, brought to a stage or a state, converted.

Source: paths and bodies from the v2.2 and v3.1 OpenAPI documents, of conversions from the vendor's test suite (documented). A
    change of pipeline or stage stamps the record (recorded v2.1 opportunities, observed); that a follow does not is assumed.
    The v3.1 document answers a change of stage with an array of changes, the Go client reads the record, and this follows
    the client (observed). That each activity becomes a task that is linked to the record, when it is due, that the answer to
    an assignment repeats what came, and the one to a conversion is the lead, is assumed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from flask import Response

from elements_local.kit.api.json_text import Json, encode_text
from mock_insightly.errors import FieldError, InUseError, MissingFieldError, NoSuchRowError
from mock_insightly.fields.fields import (
    Date,
    Integer,
    Record,
    Sent,
    format_date,
    read_id,
    rows_of,
    upper_keys,
    whole_second,
)
from mock_insightly.fields.lookups import activity_sets, entered
from mock_insightly.json_schemas import DescribedTarget, JsonSchema, id_schema, object_of, taken
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.sales import CONTACTS, LEADS, OPPORTUNITIES, ORGANISATIONS
from mock_insightly.kinds.work import FOLLOWS, STATE_CHANGES, TASKS
from mock_insightly.records.record import child_fields, created, record_in
from mock_insightly.records.rules import (
    contact_of,
    known_reason,
    opportunity_of,
    organisation_of,
    state_entry,
)
from mock_insightly.records.search import PageRange, RecordFilter
from mock_insightly.records.sequences import CONVERSIONS
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.operations import LOCATED, CrmOperation
from mock_insightly.routes.sub_resources import Parent
from mock_insightly.routes.writes import create_in, update_in
from mock_insightly.versions.sub_resources import (
    Assignment,
    Following,
    Mailbox,
    PipelinePosition,
    StagePosition,
    StateSwitch,
    SubResource,
)

_FOLLOWED = object_of({"FOLLOWING": {"type": "boolean"}})


@CrmOperation(Following, "GET", id="show", gives=_FOLLOWED)
def show_following(parent: Parent, _following: Following) -> Response:
    """Say whether the caller follows {one}."""
    parent.record()
    return parent.answer({"FOLLOWING": bool(_follows(parent))})


@CrmOperation(Following, "POST", id="start", gives=_FOLLOWED)
def follow(parent: Parent, _following: Following) -> Response:
    """Follow {one}."""
    parent.record()
    if not _follows(parent):
        with parent.call.writing() as writing:
            writing.create(FOLLOWS, partial(_new_follow, parent))
    return parent.answer({"FOLLOWING": True})


@CrmOperation(Following, "DELETE", id="stop")
def unfollow(parent: Parent, _following: Following) -> None:
    """Follow {one} no longer."""
    parent.record()
    for follow in _follows(parent):
        with parent.call.writing() as writing:
            writing.delete(FOLLOWS, follow)


def _new_follow(parent: Parent, number: int) -> Record:
    given: Record = {"RECORD_TYPE": parent.shape.kind.entity, "RECORD_ID": parent.id}
    call = parent.call
    return created(FOLLOWS, given, record_id=number, account=call.account, now=call.stamped)


def _follows(parent: Parent) -> list[int]:
    wanted = RecordFilter(of=parent.reference)
    with parent.call.reading() as records:
        found = records.find(FOLLOWS, wanted, PageRange())
    return [FOLLOWS.id_of(record_in(document)) for document in found.documents]


_CHANGE = "PIPELINE_STAGE_CHANGE"


def _pipeline_and_stage(_of: DescribedTarget) -> JsonSchema:
    inner: JsonSchema = {"type": ["object", "null"], "properties": {"STAGE_ID": taken(Integer(lowest=1))}}
    return object_of({"PIPELINE_ID": id_schema()}, {"PIPELINE_STAGE_CHANGE": inner})


def _enters(of: type[SubResource], takes: Callable[[DescribedTarget], JsonSchema]) -> CrmOperation:
    return CrmOperation(
        of, "PUT", id="put", gives=lambda of: of.record, headers=LOCATED, if_match=True, takes=takes
    )


@_enters(PipelinePosition, _pipeline_and_stage)
def enter_pipeline(parent: Parent, _position: PipelinePosition) -> Response:
    """Bring {one} into a pipeline."""
    sent = parent.call.body()
    stage = _number(upper_keys(sent.get(_CHANGE) or {}, _CHANGE), "STAGE_ID")
    return _put_at_stage(parent, lambda _before: _number(sent, "PIPELINE_ID"), stage)


@_enters(StagePosition, lambda _of: object_of({"STAGE_ID": id_schema()}))
def change_stage(parent: Parent, _position: StagePosition) -> Response:
    """Bring {one} to another stage."""
    stage = _number(parent.call.body(), "STAGE_ID")
    if stage is None:
        raise MissingFieldError("STAGE_ID", "stage change")
    return _put_at_stage(parent, lambda before: before["PIPELINE_ID"], stage)


def _put_at_stage(parent: Parent, pipeline: Callable[[Record], Json], stage: Json) -> Response:
    def given(before: Record) -> Record:
        return entered(parent.call.account, parent.shape.kind.entity, pipeline(before), stage)

    return parent.answer_record(parent.write(given, stamps=True))


@CrmOperation(PipelinePosition, "DELETE", id="leave")
def leave_pipeline(parent: Parent, _position: PipelinePosition) -> None:
    """Take {one} out of its pipeline."""
    parent.write(lambda _before: {"PIPELINE_ID": None, "STAGE_ID": None}, stamps=True)


def _state_change(of: DescribedTarget) -> JsonSchema:
    field = of.shape.kind.field("OPPORTUNITY_STATE")
    state: JsonSchema = {} if field is None else taken(field.type, required=True)
    return object_of({"FOR_OPPORTUNITY_STATE": state}, {"STATE_REASON_ID": taken(Integer(lowest=1))})


@CrmOperation(
    StateSwitch,
    "PUT",
    id="put",
    gives=lambda of: of.schemas.record(of.version.shape(STATE_CHANGES)),
    if_match=True,
    takes=_state_change,
)
def switch_state(parent: Parent, _switch: StateSwitch) -> Response:
    """Change the state of {one}."""
    sent = parent.call.body()
    field = OPPORTUNITIES.field("OPPORTUNITY_STATE")
    called = "FOR_OPPORTUNITY_STATE"
    if field is None or sent.get(called) is None:
        raise MissingFieldError(called, "state change")
    state = field.take(sent[called], called)
    reason = known_reason(parent.call.account, _number(sent, "STATE_REASON_ID"))
    given: Record = {"OPPORTUNITY_STATE": state, "OPPORTUNITY_STATE_REASON_ID": reason}
    record = parent.write(lambda _before: given, stamps=True)
    shape = parent.call.version.shape(STATE_CHANGES)
    entry = state_entry(record, parent.call.account)
    return answers.answer(parent.call, shape.one(encode_text(entry)))


@CrmOperation(Mailbox, "GET", id="show", gives=object_of({"EMAIL": {"type": "string"}}))
def show_mailbox(parent: Parent, sub: Mailbox) -> Response:
    """Show the address that files e-mail under {one}."""
    address = parent.record().get("LINKED_EMAIL_ADDRESS")
    if address is None:
        raise NoSuchRowError(sub.name, address)
    return parent.answer({"EMAIL": address})


def _number(sent: Sent, name: str) -> Json:
    value = sent.get(name)
    return None if value is None else read_id(value, name)


@CrmOperation(
    Assignment,
    "POST",
    id="create",
    gives={"type": "object"},
    takes=lambda _of: object_of({"ACTIVITYSET_ID": id_schema()}, {"START_DATE": taken(Date())}),
    problems=(402,),
)
def assign(parent: Parent, _assignment: Assignment) -> Response:
    """Assign a set of activities to {one}; each becomes a task."""
    sent = parent.call.body()
    chosen = _activity_set(parent, sent)
    given, kind = _given_start(sent), parent.shape.kind
    with parent.call.writing() as writing:
        writing.get(kind, parent.id)
        start = whole_second(parent.call.now) if given is None else given
        for activity in rows_of(chosen, "ACTIVITIES"):
            create_in(
                writing,
                parent.call,
                TASKS,
                child_fields(TASKS, _task(activity, start), kind.entity, parent.id),
            )
    return parent.answer(dict(sent))


def _activity_set(parent: Parent, sent: Sent) -> Record:
    known = {str(one["ACTIVITYSET_ID"]): one for one in activity_sets(parent.call.account)}
    chosen = known.get(str(sent.get("ACTIVITYSET_ID")))
    if chosen is None:
        raise FieldError("ACTIVITYSET_ID", f"one of {', '.join(known)}", sent.get("ACTIVITYSET_ID"))
    return chosen


def _given_start(sent: Sent) -> datetime | None:
    text = sent.get("START_DATE")
    kept = None if text is None else Date().read(text, "START_DATE")
    return None if kept is None else datetime.fromisoformat(f"{kept}+00:00")


def _task(activity: Record, start: datetime) -> Record:
    days = activity["DUE_DAYS_AFTER_START"]
    try:
        due = start + timedelta(days=days if isinstance(days, int) else 0)
    except OverflowError as error:
        what = "a date after which the calendar has room for every activity"
        raise FieldError("START_DATE", what, format_date(start)) from error
    return {
        "TITLE": activity["ACTIVITY_NAME"],
        "DETAILS": activity["ACTIVITY_DETAILS"],
        "DUE_DATE": format_date(due.replace(hour=0, minute=0, second=0)),
    }


def convert(call: CrmCall, lead_id: int, opportunity: str | None) -> Record:
    """Convert a lead, and return it.

    Args:
        opportunity: the name of one that comes with it.

    Raises:
        NoSuchRecordError: there is no such lead.
        InUseError: it is converted already.
    """
    with call.writing() as writing:
        lead = writing.get(LEADS, lead_id)
        if lead["CONVERTED"]:
            raise InUseError(LEADS.entity, lead_id, "is converted already")
        company = organisation_of(lead)
        organisation = None if company is None else _made(writing, call, ORGANISATIONS, company)
        contact = _made(writing, call, CONTACTS, contact_of(lead, organisation))
        deal = None
        if opportunity:
            deal = _made(writing, call, OPPORTUNITIES, opportunity_of(opportunity, contact, organisation))
        given: Record = {
            "CONVERTED": True,
            "CONVERTED_DATE_UTC": format_date(call.stamped),
            "CONVERTED_CONTACT_ID": contact,
            "CONVERTED_ORGANISATION_ID": organisation,
            "CONVERTED_OPPORTUNITY_ID": deal,
        }
        writing.reserve(CONVERSIONS, 1)
        return update_in(writing, call, LEADS, lead_id, lambda before: call.changed(LEADS, before, given))


def _made(writing: Writing, call: CrmCall, kind: RecordKind, given: Record) -> int:
    return kind.id_of(create_in(writing, call, kind, given))
