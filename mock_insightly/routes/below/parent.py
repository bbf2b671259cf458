"""The record that a path of a sub-resource starts with."""

from collections.abc import Callable

from flask import Response
from msgspec import Struct

from elements_local.kit.api.json_text import Json, encode, encode_text
from mock_insightly.records.fields import Record
from mock_insightly.records.references import Reference, reference
from mock_insightly.records.rules import check_open
from mock_insightly.records.stamps import record_in
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.writes import update_in
from mock_insightly.versions.shape import Shape


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

    def answer(self, value: Json, status: int = 200) -> Response:
        """Answer with JSON."""
        return answers.answer(self.call, encode(value), status)

    def answer_record(self, record: Record, status: int = 200) -> Response:
        """Answer a write with the record, as the version shows it."""
        response = answers.answer(self.call, self.shape.one(encode_text(record)), status)
        return answers.located(self.call, response, self.shape.kind.name, self.id)

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
        stamped = self.call.dependencies.settings.rows_stamp_parent if stamps is None else stamps

        def change(before: Record) -> Record:
            answers.insist(self.call, self.shape, before, part(before) if part else None)
            if self.shape.minds_members:
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
