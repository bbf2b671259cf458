"""What hangs below records: rows that they carry, such as tags, links and dates, and records that refer to them.

Source: bodies, statuses and answers from the v2.2 and v3.1 OpenAPI documents (documented); 400 for a link or tag that
    is there already (an integration in the field, observed second-hand); 404 for a row that is not there is assumed.
"""

from collections.abc import Callable

from flask import Response
from msgspec import Struct

from elements_local.kit.api.json_text import Json, encode, encode_text, read_json
from mock_insightly.errors import NoSuchRecordError, NoSuchRowError, RepeatedRowError
from mock_insightly.fields.fields import Record, Sent, sent_rows, upper_keys
from mock_insightly.json_schemas import (
    DescribedTarget,
    JsonSchema,
    array,
    id_schema,
    object_of,
    rows_of_key,
    with_key,
)
from mock_insightly.records.record import Reference, child_fields, record_in, reference, references
from mock_insightly.records.rules import check_open
from mock_insightly.records.search import RecordFilter, is_true, updated_after
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.operations import (
    BRIEF,
    COUNTED,
    LOCATED,
    ONE,
    PAGING,
    UPDATED_AFTER,
    CrmOperation,
    record_variable,
    variable,
)
from mock_insightly.routes.writes import create_in, update_in
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import Attachments, Children, EmbeddedCollection

_Edit = Callable[[list[Record]], list[Record]]


class Parent(Struct, frozen=True, kw_only=True):
    """A record, and the call about something below it."""

    call: CrmCall
    shape: Shape
    id: int

    @property
    def reference(self) -> Reference:
        """What others refer to it by."""
        return reference(self.shape.kind.entity, self.id)

    def record(self) -> Record:
        """Return the record.

        Raises:
            NoSuchRecordError: it is not there.
        """
        with self.call.reading() as records:
            return record_in(records.document(self.shape.kind, self.id))

    def answer(self, value: Json) -> Response:
        """Answer with JSON."""
        return answers.answer(self.call, encode(value))

    def answer_record(self, record: Record) -> Response:
        """Answer a write with the record, as the version shows it."""
        return answers.written(self.call, self.shape, record)

    def write(
        self,
        given: Callable[[Record], Record],
        *,
        stamps: bool | None = None,
        part: Callable[[Record], bytes] | None = None,
        also: Callable[[Writing], None] | None = None,
    ) -> Record:
        """Change the record.

        Args:
            given: gets the record as it was, and returns the canonical fields to change.
            stamps: whether that counts as an update of the record; None is as the settings say of its rows.
            part: gets the record as it was, and returns what a GET of the part that is written would have shown.
            also: does what else belongs to the same transaction.
        """
        stamped = self.call.crm.settings.rows_stamp_parent if stamps is None else stamps

        def change(before: Record) -> Record:
            answers.check_if_match(self.call, self.shape, before, part(before) if part else None)
            if self.shape.is_team:
                check_open(before)
            fields = given(before)
            return self.call.changed(self.shape.kind, before, fields) if stamped else {**before, **fields}

        with self.call.writing() as writing:
            kind = self.shape.kind
            if stamped:
                record = update_in(writing, self.call, kind, self.id, change)
            else:
                record = writing.edit(kind, self.id, change)
            if also:
                also(writing)
        return record


@CrmOperation(
    EmbeddedCollection,
    "GET",
    id="index",
    gives=lambda of: array(of.row),
)
def list_rows(parent: Parent, collection: EmbeddedCollection) -> Response:
    """List the {sub} of {one}."""
    return answers.rows(parent.call, collection.rows(parent.shape, parent.record()), paged=False)


@CrmOperation(
    EmbeddedCollection,
    "POST",
    id="add",
    gives=lambda of: of.row,
    if_match=True,
    takes=lambda of: of.row_to_write,
)
def add_row(parent: Parent, collection: EmbeddedCollection) -> Response:
    """Add one of the {sub} of {one}."""
    row = dict(parent.call.body())
    before, after = _write_rows(parent, collection, lambda rows: [*rows, _new(collection, rows, row)])
    return parent.answer(_made(collection, before, after, row))


def _row_or_rows(of: DescribedTarget) -> JsonSchema:
    named = of.row_to_write if of.sub.upserts else with_key(of.row_to_write, of.sub.by, {})
    return {"anyOf": [named, array(of.row_to_write)]}


@CrmOperation(
    EmbeddedCollection,
    "PUT",
    id="put",
    gives=lambda of: {"anyOf": [of.row, array(of.row)]},
    if_match=True,
    takes=_row_or_rows,
)
def put_rows(parent: Parent, collection: EmbeddedCollection) -> Response:
    """Put an array in the place of all {sub}, or an object in the place of one of the {sub} of {one}."""
    body = read_json(parent.call.request)
    if isinstance(body, list):
        return _put_all(parent, collection, body)
    row = dict(upper_keys(body, "The body"))

    def edit(rows: list[Record]) -> list[Record]:
        at = collection.index_of(rows, row.get(collection.by))
        if at is None and collection.upserts:
            return [*rows, _new(collection, rows, row)]
        if at is None:
            raise NoSuchRowError(collection.name, row.get(collection.by))
        return [*rows[:at], row, *rows[at + 1 :]]

    before, after = _write_rows(parent, collection, edit)
    at = collection.index_of(after, row.get(collection.by))
    return parent.answer(_made(collection, before, after, row) if at is None else after[at])


@CrmOperation(
    EmbeddedCollection, "DELETE", id="remove", if_match=True, takes=lambda of: object_of({of.sub.by: {}})
)
def remove_row(parent: Parent, collection: EmbeddedCollection) -> None:
    """Take away one of the {sub} of {one}: the one that the body names."""
    _remove(parent, collection, parent.call.body().get(collection.by))


def _row_variable(of: DescribedTarget) -> tuple[JsonSchema, ...]:
    numbered = of.sub.by == rows_of_key(of.shape.key(of.sub.key)).id_field
    schema: JsonSchema = (
        {"type": "integer", "format": "int64"} if numbered else {"type": "string", "minLength": 1}
    )
    return (variable(of.sub.by.lower(), schema),)


@CrmOperation(
    EmbeddedCollection,
    "DELETE",
    ONE,
    id="remove_one",
    variables=_row_variable,
    if_match=True,
    problems=(400,),
)
def remove_named_row(parent: Parent, collection: EmbeddedCollection, member: str) -> None:
    """Take away one of the {sub} of {one}."""
    _remove(parent, collection, member)


def _put_all(parent: Parent, collection: EmbeddedCollection, body: list[Json]) -> Response:
    def edit(_rows: list[Record]) -> list[Record]:
        kept: list[Record] = []
        for row, _ in sent_rows(body, "The body"):
            kept.append(_new(collection, kept, row))
        return kept

    _, after = _write_rows(parent, collection, edit)
    return parent.answer([*after])


def _remove(parent: Parent, collection: EmbeddedCollection, called: Json) -> None:
    def edit(rows: list[Record]) -> list[Record]:
        at = collection.index_of(rows, called)
        if at is None:
            raise NoSuchRowError(collection.name, called)
        return [*rows[:at], *rows[at + 1 :]]

    _write_rows(parent, collection, edit)


def _write_rows(
    parent: Parent, collection: EmbeddedCollection, edit: _Edit
) -> tuple[list[Record], list[Record]]:
    """Change the rows, and return them as they were and as they are."""
    before: list[Record] = []

    def given(record: Record) -> Record:
        before.extend(collection.rows(parent.shape, record))
        return collection.given(parent.shape, record, edit([*before]))

    record = parent.write(given, part=lambda record: encode(collection.rows(parent.shape, record)))
    return before, collection.rows(parent.shape, record)


def _new(collection: EmbeddedCollection, rows: list[Record], row: Sent) -> Record:
    """Return a row that may join others.

    Raises:
        RepeatedRowError: one of them says the same.
    """
    duplicate = collection.duplicate_of(rows, row)
    if duplicate is not None:
        raise RepeatedRowError(collection.name, duplicate)
    return dict(row)


def _made(collection: EmbeddedCollection, before: list[Record], after: list[Record], row: Sent) -> Record:
    """Return the row that was added, or that of a custom field which null has cleared."""
    cleared: Record = {name: row.get(name) for name in ("CUSTOM_FIELD_ID", "FIELD_VALUE")}
    return next(
        (one for one in after if collection.index_of(before, one.get(collection.by)) is None), cleared
    )


def _list_of_children(of: type[Children]) -> CrmOperation:
    return CrmOperation(
        of,
        "GET",
        id="index",
        gives=lambda of: array(of.child),
        headers=lambda of: () if of.sub.arrays else COUNTED,
        query=lambda of: (UPDATED_AFTER,) if of.sub.arrays else (UPDATED_AFTER, *PAGING, BRIEF),
        problems=(400,),
    )


@_list_of_children(Attachments)
@_list_of_children(Children)
def list_children(parent: Parent, children: Children) -> Response:
    """List the {sub} of {one}.

    Source: ``updated_after_utc`` is documented for these lists (Insightly v3.1 OpenAPI document).
    """
    parent.record()
    call = parent.call
    inclusive = call.crm.settings.search_inclusive
    after = updated_after(call.query.get("updated_after_utc", ""), inclusive=inclusive)
    wanted = RecordFilter(after=after, of=parent.reference)
    return answers.page(call, call.version.shape(children.kind), wanted, whole=children.arrays)


def _child_or_array(of: DescribedTarget) -> JsonSchema:
    return array(of.child) if of.sub.arrays else of.child


@CrmOperation(
    Children,
    "POST",
    id="create",
    gives=_child_or_array,
    headers=LOCATED,
    takes=lambda of: of.schemas.to_create(of.children.below()),
    problems=(402,),
)
def create_child(parent: Parent, children: Children) -> Response:
    """Create one of the {sub} of {one}."""
    call, shape = parent.call, parent.call.version.shape(children.kind)
    given = shape.below().given(shape.sent(read_json(call.request)), {}, whole=call.version.replaces)
    with call.writing() as writing:
        writing.get(parent.shape.kind, parent.id)
        made = create_in(
            writing, call, shape.kind, child_fields(shape.kind, given, parent.shape.kind.entity, parent.id)
        )
    return _written_child(parent, children, made)


def _to_update_child(of: DescribedTarget) -> JsonSchema:
    body = of.schemas.to_update(of.children, whole=of.version.replaces)
    return with_key(body, of.children.kind.id_field, id_schema())


@CrmOperation(
    Children,
    "PUT",
    id="update",
    gives=_child_or_array,
    headers=LOCATED,
    query=(BRIEF,),
    if_match=True,
    takes=_to_update_child,
)
def update_child(parent: Parent, children: Children) -> Response:
    """Change one of the {sub} of {one}: the one whose id the body says.

    Source: ``brief`` shortens the answer to a PUT of a note (Insightly v3.1 OpenAPI document, documented).
    """
    call, shape = parent.call, parent.call.version.shape(children.kind)
    sent = shape.sent(read_json(call.request))
    record_id = shape.id_in(sent)

    def change(before: Record) -> Record:
        _ensure_child(parent, shape, before, record_id)
        answers.check_if_match(call, shape, before)
        given = shape.given(sent, before, whole=call.version.replaces)
        # the fields that keep a child where the path says that it is, if its body does not
        kept = {
            field: parent.id
            for field, of in shape.kind.refers
            if of == parent.shape.kind.entity and field in given and given[field] is None
        }
        return call.changed(shape.kind, before, {**given, **kept})

    with call.writing() as writing:
        made = update_in(writing, call, shape.kind, record_id, change)
    return _written_child(parent, children, made, brief=is_true(call.query.get("brief")))


@CrmOperation(
    Children,
    "DELETE",
    ONE,
    id="delete",
    variables=lambda of: (record_variable(of.children.kind.id_field.lower()),),
)
def delete_child(parent: Parent, children: Children, member: str) -> None:
    """Delete one of the {sub} of {one}."""
    call, shape = parent.call, parent.call.version.shape(children.kind)
    record_id = int(member) if member.isdecimal() and member.isascii() and len(member) < 19 else 0
    with call.writing() as writing:
        _ensure_child(parent, shape, writing.get(shape.kind, record_id), record_id)
        writing.delete(shape.kind, record_id)


def _written_child(parent: Parent, children: Children, made: Record, *, brief: bool = False) -> Response:
    shape = parent.call.version.shape(children.kind)
    shown = encode(shape.show_listed(made, brief=True)) if brief else None
    if children.arrays:
        shown = shape.page([encode_text(made)], brief=brief)
    return answers.written(parent.call, shape, made, shown=shown)


def _ensure_child(parent: Parent, shape: Shape, child: Record, record_id: int) -> None:
    if parent.reference not in references(shape.kind, child):
        raise NoSuchRecordError(shape.kind.entity, record_id)
