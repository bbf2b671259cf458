"""Answers about the images in custom fields of a record.

Source: paths from the v3.1 OpenAPI document (documented); that the field then holds the file's name, that an image
    stamps its record, and what is refused, is assumed.
"""

from dataclasses import replace

from flask import Response, request
from flask.typing import ResponseReturnValue

from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.dependencies import dependencies
from mock_insightly.errors import EmptyUploadError, FieldError, NoSuchRowError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.files import File
from mock_insightly.records.row_types import custom_field
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.writes import put_file
from mock_insightly.versions.sub_resources import FieldPicture
from mock_kit.api.json_text import Json, encode_text


def show(parent: Parent, picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Show the image of a field."""
    parent.record()
    file = dependencies().store.file(parent.call.workspace, _kept_as(parent.shape.kind, member), parent.id)
    if file is None:
        raise NoSuchRowError(picture.name, member)
    return Response(file.content, mimetype=file.content_type)


def put(parent: Parent, _picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Keep the body as the image of a field."""
    field, _, name = member.partition("/")
    content = request.get_data()
    if not content or not name:
        raise EmptyUploadError(member)
    called = _image_field(parent.shape.kind, field)
    file = File(content_type=request.content_type or "application/octet-stream", content=content)
    record = _written(parent, called, name, file)
    return answers.answer(parent.call, parent.shape.one(encode_text(record)), 201)


def remove(parent: Parent, _picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Take the image of a field away, if there is one."""
    parent.record()
    if dependencies().store.file(parent.call.workspace, _kept_as(parent.shape.kind, member), parent.id):
        _written(parent, _image_field(parent.shape.kind, member), None, None)
    return answers.accepted()


def _written(parent: Parent, called: str, name: str | None, file: File | None) -> Record:
    def given(before: Record) -> Record:
        rows: list[Json] = [row for row in rows_of(before, "CUSTOMFIELDS") if row["FIELD_NAME"] != called]
        return {"CUSTOMFIELDS": rows if name is None else [*rows, custom_field(called, name)]}

    kind = _kept_as(parent.shape.kind, called)
    with parent.call.writing() as writing:
        record = parent.write(writing, given, stamps=dependencies().settings.rows_stamp_parent)
        if file is None:
            writing.drop_file(kind, parent.id)
        else:
            put_file(writing, kind, parent.id, file)
    return record


def _image_field(kind: RecordKind, called: str) -> str:
    """Return the name of a custom field as its definition spells it.

    Raises:
        FieldError: the account has no such field for images.
    """
    images = [field.name for field in custom_fields_of(kind.entity) if field.type == "IMAGE"]
    found = next((name for name in images if name.casefold() == called.casefold()), None)
    if found is None:
        raise FieldError("The field", f"one for images: {', '.join(images) or 'there is none'}", called)
    return found


def _kept_as(kind: RecordKind, called: str) -> RecordKind:
    """Return what a field's files are kept under, beside the one image of the record."""
    return replace(kind, name=f"{kind.name}.{called.casefold()}")
