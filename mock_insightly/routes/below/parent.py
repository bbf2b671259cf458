"""The record that a path of a sub-resource starts with."""

from collections.abc import Callable

from flask import Response
from msgspec import Struct

from mock_insightly.records.fields import Record
from mock_insightly.records.references import Reference, reference
from mock_insightly.records.rules import check_open
from mock_insightly.records.stamps import record_in
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.writes import update_in
from mock_insightly.versions.shape import Shape
from mock_kit.api.json_text import Json, encode, encode_text


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
        return record_in(self.call.dependencies.store.get(self.call.workspace, self.shape.kind, self.id))

    def answer(self, value: Json, status: int = 200) -> Response:
        """Answer with JSON."""
        return answers.answer(self.call, encode(value), status)

    def answer_record(self, record: Record, status: int = 200) -> Response:
        """Answer a write with the record, as the version shows it."""
        response = answers.answer(self.call, self.shape.one(encode_text(record)), status)
        return answers.located(self.call, response, self.shape.kind.name, self.id)

    def write(
        self,
        writing: Writing,
        given: Callable[[Record], Record],
        *,
        stamps: bool,
        part: Callable[[Record], bytes] | None = None,
    ) -> Record:
        """Change the record, as a part of a transaction.

        Args:
            given: gets the record as it was, and returns the canonical fields to change.
            stamps: whether that counts as an update of the record.
            part: gets the record as it was, and returns what a GET of the part that is written would have shown.
        """

        def change(before: Record) -> Record:
            answers.insist(self.call, self.shape, before, part(before) if part else None)
            if self.shape.minds_members:
                check_open(before)
            fields = given(before)
            return self.call.changed(self.shape.kind, before, fields) if stamps else {**before, **fields}

        if stamps:
            return update_in(writing, self.call, self.shape.kind, self.id, change)
        return writing.edit(self.shape.kind, self.id, change)
