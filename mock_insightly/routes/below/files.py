"""Answers about the files of records: those that are attached to them, their images, and those in their custom fields.

Source: paths, parts and answers from the v2.2 and v3.1 OpenAPI documents (documented); a file is answered with its own
    Content-Type, 417 for an empty body, and 202 for taking away what is not there (recorded v2.1 exchanges, observed); that a
    new image stamps its record, where it then lies, that a field then holds the file's name, and what is refused, is assumed,
    and so is 404 where there is none.
"""

from collections.abc import Callable

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from elements_local.kit.values import replace
from mock_insightly.account.definitions import custom_fields_of
from mock_insightly.errors import EmptyUploadError, FieldError, NoSuchRowError
from mock_insightly.kinds import FILE_ATTACHMENTS, RecordKind
from mock_insightly.records.fields import Record, rows_of
from mock_insightly.records.files import File, Upload, read_upload
from mock_insightly.records.references import hung
from mock_insightly.records.row_types import custom_field
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.call import CrmCall, this_call
from mock_insightly.routes.writes import create_in, put_file
from mock_insightly.versions.known import ANY_VERSION
from mock_insightly.versions.sub_resources import Attachments, FieldPicture, Picture

bp = Blueprint("attached", __name__, url_prefix=ANY_VERSION)


@bp.get("/fileattachments/<int:record_id>")
def show(version: str, record_id: int) -> ResponseReturnValue:
    """Show a file; or, with ``format=JSON``, what is known of it."""
    call = this_call(version)
    with call.reading() as records:
        document = records.document(FILE_ATTACHMENTS, record_id)
        file = records.file(FILE_ATTACHMENTS, record_id)
    if file is None or call.query.get("format", "").lower() == "json":
        return answers.answer(call, call.shape(FILE_ATTACHMENTS.name.lower()).one(document))
    return Response(file.content, mimetype=file.content_type)


def create(parent: Parent, _attachments: Attachments) -> ResponseReturnValue:
    """Attach the file of a multipart body."""
    upload = read_upload(request.get_data(), request.content_type or "")
    if upload is None:
        came = request.content_type or ""
        raise FieldError("The body", "multipart/form-data with the file in the part called file", came)
    with parent.call.writing() as writing:
        writing.get(parent.shape.kind, parent.id)
        made = attach(writing, parent.call, upload, parent.shape.kind.entity, parent.id)
    shape = parent.call.version.shape(FILE_ATTACHMENTS)
    return answers.written(parent.call, shape, made, 201)


def attach(writing: Writing, call: CrmCall, upload: Upload, entity: str, record_id: int) -> Record:
    """Attach a file to a record, as a part of a transaction.

    Raises:
        EmptyUploadError: the file has no name.
    """
    name = upload.texts.get("file_name") or upload.name
    if not name:
        raise EmptyUploadError("the file's name")
    kind = upload.texts.get("content_type") or upload.file.content_type
    category = FILE_ATTACHMENTS.field("FILE_CATEGORY_ID")
    sent = upload.texts.get("file_category_id", "").strip()
    given: Record = {
        "FILE_NAME": name,
        "CONTENT_TYPE": kind,
        "FILE_SIZE": len(upload.file.content),
        "FILE_CATEGORY_ID": category.take(sent, "file_category_id") if category and sent else None,
    }
    made = create_in(writing, call, FILE_ATTACHMENTS, hung(FILE_ATTACHMENTS, given, entity, record_id))
    number = FILE_ATTACHMENTS.id_of(made)
    put_file(writing, FILE_ATTACHMENTS, number, File(content_type=kind, content=upload.file.content))
    return writing.edit(
        FILE_ATTACHMENTS, number, lambda record: {**record, "URL": f"/fileattachments/{number}"}
    )


def show_image(parent: Parent, picture: Picture) -> ResponseReturnValue:
    """Show the image."""
    file = _file(parent, parent.shape.kind)
    if file is None:
        raise NoSuchRowError(picture.name, parent.id)
    return Response(file.content, mimetype=file.content_type)


def put_image(parent: Parent, picture: Picture, name: str) -> ResponseReturnValue:
    """Keep the body as the image."""
    file = _sent(name, name)
    url = f"http://s3.amazonaws.com/insightly.userfiles/{parent.call.account.instance_id}/{name}"
    record = _written(parent, parent.shape.kind, file, lambda _before: {"IMAGE_URL": url})
    return parent.answer_record(record, picture.put_status)


def remove_image(parent: Parent, _picture: Picture) -> ResponseReturnValue:
    """Take the image away, if there is one."""
    if parent.record()["IMAGE_URL"] is not None:
        _written(parent, parent.shape.kind, None, lambda _before: {"IMAGE_URL": None})
    return answers.accepted()


def show_field_image(parent: Parent, picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Show the image of a field."""
    file = _file(parent, _kept_as(parent.shape.kind, member))
    if file is None:
        raise NoSuchRowError(picture.name, member)
    return Response(file.content, mimetype=file.content_type)


def put_field_image(parent: Parent, _picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Keep the body as the image of a field."""
    field, _, name = member.partition("/")
    file = _sent(name, member)
    called = _image_field(parent.shape.kind, field)

    def given(before: Record) -> Record:
        return {"CUSTOMFIELDS": [*_other_fields(before, called), custom_field(called, name)]}

    return parent.answer_record(_written(parent, _kept_as(parent.shape.kind, called), file, given), 201)


def remove_field_image(parent: Parent, _picture: FieldPicture, member: str) -> ResponseReturnValue:
    """Take the image of a field away, if there is one."""
    kept_as = _kept_as(parent.shape.kind, member)
    if _file(parent, kept_as):
        called = _image_field(parent.shape.kind, member)
        _written(parent, kept_as, None, lambda before: {"CUSTOMFIELDS": [*_other_fields(before, called)]})
    return answers.accepted()


def _file(parent: Parent, kept_as: RecordKind) -> File | None:
    parent.record()
    with parent.call.reading() as records:
        return records.file(kept_as, parent.id)


def _sent(name: str, called: str) -> File:
    content = request.get_data()
    if not content or not name:
        raise EmptyUploadError(called)
    return File(content_type=request.content_type or "application/octet-stream", content=content)


def _written(
    parent: Parent, kept_as: RecordKind, file: File | None, given: Callable[[Record], Record]
) -> Record:
    def keep(writing: Writing) -> None:
        if file is None:
            writing.drop_file(kept_as, parent.id)
        else:
            put_file(writing, kept_as, parent.id, file)

    return parent.write(given, also=keep)


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
