"""Answers about where a record stands: its pipeline and stage, its state, its mailbox.

Source: paths and bodies from the v2.2 and v3.1 OpenAPI documents (documented); a change of pipeline or stage stamps the
    record (recorded v2.1 opportunities, observed); the v3.1 document answers with an array of changes, the Go client
    reads the record, and this follows the client (observed).
"""

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from mock_insightly.account.pipelines import entered
from mock_insightly.errors import MissingFieldError, NoSuchRowError
from mock_insightly.kinds import OPPORTUNITIES, STATE_CHANGES
from mock_insightly.records.fields import Record, Sent, read_id, upper_keys
from mock_insightly.records.states import known_reason, state_entry
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.versions.sub_resources import Mailbox, PipelinePosition, StateSwitch
from mock_kit.api.json_text import Json, encode_text

_CHANGE = "PIPELINE_STAGE_CHANGE"


def put(parent: Parent, place: PipelinePosition) -> ResponseReturnValue:
    """Bring the record into a pipeline, or to another stage of the one it is in."""
    sent = parent.call.body()
    inner = sent if place.stage_only else upper_keys(sent.get(_CHANGE) or {}, _CHANGE)
    stage = _number(inner, "STAGE_ID")
    if place.stage_only and stage is None:
        raise MissingFieldError("STAGE_ID", "stage change")

    def given(before: Record) -> Record:
        pipeline = before["PIPELINE_ID"] if place.stage_only else _number(sent, "PIPELINE_ID")
        return entered(parent.call.account, parent.shape.kind.entity, pipeline, stage)

    return parent.answer_record(_written(parent, given))


def leave(parent: Parent, _place: PipelinePosition) -> ResponseReturnValue:
    """Take the record out of its pipeline."""
    _written(parent, lambda _before: {"PIPELINE_ID": None, "STAGE_ID": None})
    return answers.accepted()


def switch(parent: Parent, _switch: StateSwitch) -> ResponseReturnValue:
    """Change an opportunity's state."""
    sent = parent.call.body()
    field = OPPORTUNITIES.field("OPPORTUNITY_STATE")
    called = "FOR_OPPORTUNITY_STATE"
    if field is None or sent.get(called) is None:
        raise MissingFieldError(called, "state change")
    state = field.take(sent[called], called)
    reason = known_reason(parent.call.account, _number(sent, "STATE_REASON_ID"))
    record = _written(
        parent, lambda _before: {"OPPORTUNITY_STATE": state, "OPPORTUNITY_STATE_REASON_ID": reason}
    )
    shape = parent.call.version.shapes[STATE_CHANGES.name.lower()]
    entry = state_entry(record, parent.call.account)
    return answers.answer(parent.call, shape.one(encode_text(entry)))


def mailbox(parent: Parent, sub: Mailbox) -> ResponseReturnValue:
    """Show the address that files e-mail under the record."""
    address = parent.record().get("LINKED_EMAIL_ADDRESS")
    if address is None:
        raise NoSuchRowError(sub.name, address)
    return parent.answer({"EMAIL": address})


def _written(parent: Parent, given: Callable[[Record], Record]) -> Record:
    with parent.call.writing() as writing:
        return parent.write(writing, given, stamps=True)


def _number(sent: Sent, name: str) -> Json:
    value = sent.get(name)
    return None if value is None else read_id(value, name)
