"""Answers about records that refer to a record: its tasks, events, notes, e-mails, milestones.

Source: Insightly v2.2 and v3.1 OpenAPI documents (documented).
"""

from flask import request
from flask.typing import ResponseReturnValue

from elements_local.kit.api.json_text import encode, encode_text, read_json
from mock_insightly.errors import NoSuchRecordError
from mock_insightly.records.fields import Record
from mock_insightly.records.query import is_true
from mock_insightly.records.references import hung, references
from mock_insightly.records.search import RecordFilter, updated_after
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.writes import create_in, update_in
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import Children


def index(parent: Parent, children: Children) -> ResponseReturnValue:
    """List the children.

    Source: ``updated_after_utc`` is documented for these lists (Insightly v3.1 OpenAPI document).
    """
    parent.record()
    call = parent.call
    inclusive = call.dependencies.settings.search_inclusive
    after = updated_after(call.query.get("updated_after_utc", ""), inclusive=inclusive)
    wanted = RecordFilter(after=after, of=parent.reference)
    shape = parent.call.version.shape(children.kind)
    return answers.page(call, shape, wanted, call.version.list_status(children), whole=children.arrays)


def create(parent: Parent, children: Children) -> ResponseReturnValue:
    """Create a child."""
    call, shape = parent.call, parent.call.version.shape(children.kind)
    given = shape.below().given(shape.sent(read_json(request)), {}, whole=call.version.replaces)
    with call.writing() as writing:
        writing.get(parent.shape.kind, parent.id)
        made = create_in(
            writing, call, shape.kind, hung(shape.kind, given, parent.shape.kind.entity, parent.id)
        )
    return _written(parent, children, made, 201)


def update(parent: Parent, children: Children) -> ResponseReturnValue:
    """Change the child whose id the body says.

    Source: ``brief`` shortens the answer to a PUT of a note (Insightly v3.1 OpenAPI document, documented).
    """
    call, shape = parent.call, parent.call.version.shape(children.kind)
    sent = shape.sent(read_json(request))
    record_id = shape.id_in(sent)

    def change(before: Record) -> Record:
        _see_that_it_hangs(parent, shape, before, record_id)
        answers.insist(call, shape, before)
        given = shape.given(sent, before, whole=call.version.replaces)
        return call.changed(shape.kind, before, {**given, **_still_hung(parent, shape, given)})

    with call.writing() as writing:
        made = update_in(writing, call, shape.kind, record_id, change)
    return _written(parent, children, made, 200, brief=is_true(call.query.get("brief")))


def delete_one(parent: Parent, children: Children, member: str) -> ResponseReturnValue:
    """Delete a child."""
    call, shape = parent.call, parent.call.version.shape(children.kind)
    record_id = int(member) if member.isdecimal() and member.isascii() and len(member) < 19 else 0
    with call.writing() as writing:
        _see_that_it_hangs(parent, shape, writing.get(shape.kind, record_id), record_id)
        writing.delete(shape.kind, record_id)
    return answers.accepted()


def _written(
    parent: Parent, children: Children, made: Record, status: int, *, brief: bool = False
) -> ResponseReturnValue:
    shape = parent.call.version.shape(children.kind)
    shown = encode(shape.show_listed(made, brief=True)) if brief else None
    if children.arrays:
        shown = shape.page([encode_text(made)], brief=brief)
    return answers.written(parent.call, shape, made, status, shown=shown)


def _still_hung(parent: Parent, shape: Shape, given: Record) -> Record:
    """Return the fields that keep a child where the path says that it hangs, if its body does not."""
    return {
        field: parent.id
        for field, of in shape.kind.refers
        if of == parent.shape.kind.entity and field in given and given[field] is None
    }


def _see_that_it_hangs(parent: Parent, shape: Shape, child: Record, record_id: int) -> None:
    if parent.reference not in references(shape.kind, child):
        raise NoSuchRecordError(shape.kind.entity, record_id)
