"""Answers about images: the one of a record, and those in its custom fields.

Source: paths from the v2.2 and v3.1 OpenAPI documents (documented); 417 for an empty body, and 202 for taking away what
    is not there (recorded v2.1 exchanges, observed); that a new image stamps its record, where it then lies, that a field
    then holds the file's name, and what is refused, is assumed, and so is 404 where there is none.
"""

from collections.abc import Callable

from flask import Response, request
from flask.typing import ResponseReturnValue

from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.errors import EmptyUploadError, FieldError, NoImageError, NoSuchRowError
from mock_insightly.kinds import RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.files import File
from mock_insightly.records.row_types import custom_field
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.writes import put_file
from mock_insightly.versions.sub_resources import FieldPicture, Picture
from mock_kit.values import replace


def show(parent: Parent, picture: Picture) -> ResponseReturnValue:
    """Show the image."""
    file = _file(parent, parent.shape.kind)
    if file is None and picture.missing is not None:
        raise NoImageError(picture.missing)
    if file is None:
        raise NoSuchRowError(picture.name, parent.id)
    return Response(file.content, mimetype=file.content_type)


def put(parent: Parent, picture: Picture, name: str) -> ResponseReturnValue:
    """Keep the body as the image."""
    file = _sent(name, name)
    url = f"http://s3.amazonaws.com/insightly.userfiles/{parent.call.account.instance_id}/{name}"
    record = _written(parent, parent.shape.kind, file, lambda _before: {"IMAGE_URL": url})
    return parent.answer_record(record, picture.put_status)


def remove(parent: Parent, _picture: Picture) -> ResponseReturnValue:
    """Take the image away, if there is one."""
    if parent.record()["IMAGE_URL"] is not None:
        _written(parent, parent.shape.kind, None, lambda _before: {"IMAGE_URL": None})
    return answers.accepted()


def show_field(parent: Parent, picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Show the image of a field."""
    file = _file(parent, _kept_as(parent.shape.kind, member))
    if file is None:
        raise NoSuchRowError(picture.name, member)
    return Response(file.content, mimetype=file.content_type)


def put_field(parent: Parent, _picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Keep the body as the image of a field."""
    field, _, name = member.partition("/")
    file = _sent(name, member)
    called = _image_field(parent.shape.kind, field)

    def given(before: Record) -> Record:
        return {"CUSTOMFIELDS": [*_other_fields(before, called), custom_field(called, name)]}

    return parent.answer_record(_written(parent, _kept_as(parent.shape.kind, called), file, given), 201)


def remove_field(parent: Parent, _picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Take the image of a field away, if there is one."""
    kept_as = _kept_as(parent.shape.kind, member)
    if _file(parent, kept_as):
        called = _image_field(parent.shape.kind, member)
        _written(parent, kept_as, None, lambda before: {"CUSTOMFIELDS": [*_other_fields(before, called)]})
    return answers.accepted()


def _file(parent: Parent, kept_as: RecordKind) -> File | None:
    parent.record()
    return parent.call.dependencies.store.file(parent.call.workspace, kept_as, parent.id)


def _sent(name: str, called: str) -> File:
    content = request.get_data()
    if not content or not name:
        raise EmptyUploadError(called)
    return File(content_type=request.content_type or "application/octet-stream", content=content)


def _written(
    parent: Parent, kept_as: RecordKind, file: File | None, given: Callable[[Record], Record]
) -> Record:
    with parent.call.writing() as writing:
        stamps = parent.call.dependencies.settings.rows_stamp_parent
        record = parent.write(writing, given, stamps=stamps)
        if file is None:
            writing.drop_file(kept_as, parent.id)
        else:
            put_file(writing, kept_as, parent.id, file)
    return record


def _other_fields(record: Record, called: str) -> list[Record]:
    return [row for row in rows_of(record, "CUSTOMFIELDS") if row["FIELD_NAME"] != called]


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
