"""Answers about the files of records: those that are attached to them, their images, and those in their custom fields.

Source: paths, parts and answers from the v2.2 and v3.1 OpenAPI documents (documented); a file is answered with its own
    Content-Type, 417 for an empty body, and 202 for taking away what is not there (recorded v2.1 exchanges, observed); that a
    new image stamps its record, where it then lies, that a field then holds the file's name, and what is refused, is assumed,
    and so is 404 where there is none.
"""

from collections.abc import Callable

from flask import Response, request

from elements_local.kit.values import replace
from mock_insightly.errors import EmptyUploadError, FieldError, NoSuchRowError
from mock_insightly.fields.definitions import custom_fields_of
from mock_insightly.fields.fields import Record, rows_of
from mock_insightly.fields.row_types import custom_field
from mock_insightly.json_schemas import JsonSchema
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.kinds.work import FILE_ATTACHMENTS
from mock_insightly.records.contents import File, Upload, read_upload
from mock_insightly.records.record import child_fields
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.operations import LOCATED, ONE, CrmOperation, variable
from mock_insightly.routes.sub_resources import Parent
from mock_insightly.routes.writes import create_in, put_file
from mock_insightly.versions.sub_resources import Attachments, FieldPicture, Picture, SubResource
from mock_insightly.versions.version import CrmTarget

_BYTES: JsonSchema = {"type": "string", "format": "binary"}
_TEXTS: dict[str, JsonSchema] = {name: {} for name in ("file_name", "content_type", "file_category_id")}
_FIELD = variable("field", {"type": "string", "minLength": 1}, "The name of a custom field for images.")
_FILE_NAME = variable("file_name", {"type": "string", "minLength": 1})


@CrmOperation(
    Attachments,
    "POST",
    id="create",
    gives=lambda of: of.child,
    headers=LOCATED,
    takes={"type": "object", "properties": {"file": _BYTES, **_TEXTS}, "required": ["file"]},
    media_type="multipart/form-data",
    problems=(402, 417),
)
def attach_file(parent: Parent, _attachments: Attachments) -> Response:
    """Create one of the {sub} of {one}."""
    upload = read_upload(request.get_data(), request.content_type or "")
    if upload is None:
        came = request.content_type or ""
        raise FieldError("The body", "multipart/form-data with the file in the part called file", came)
    with parent.call.writing() as writing:
        writing.get(parent.shape.kind, parent.id)
        made = attach(writing, parent.call, upload, parent.shape.kind.entity, parent.id)
    shape = parent.call.version.shape(FILE_ATTACHMENTS)
    return answers.written(parent.call, shape, made)


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
    made = create_in(
        writing, call, FILE_ATTACHMENTS, child_fields(FILE_ATTACHMENTS, given, entity, record_id)
    )
    number = FILE_ATTACHMENTS.id_of(made)
    put_file(writing, call, FILE_ATTACHMENTS, number, File(content_type=kind, content=upload.file.content))
    return writing.edit(
        FILE_ATTACHMENTS, number, lambda record: {**record, "URL": f"/fileattachments/{number}"}
    )


@CrmOperation(Picture, "GET", id="show", file=True)
def show_image(parent: Parent, picture: Picture) -> Response:
    """Show the image of {one}."""
    file = _file(parent, parent.shape.kind)
    if file is None:
        raise NoSuchRowError(picture.name, parent.id)
    return answers.file_answer(file)


def _keeps_image(
    of: type[SubResource],
    at: str,
    variables: tuple[JsonSchema, ...],
    status: int | Callable[[CrmTarget], int],
) -> CrmOperation:
    return CrmOperation(
        of,
        "PUT",
        at,
        id="put",
        status=status,
        gives=lambda of: of.record,
        headers=LOCATED,
        variables=variables,
        takes=_BYTES,
        media_type="application/octet-stream",
        problems=(417,),
    )


@_keeps_image(Picture, ONE, (_FILE_NAME,), lambda of: int(of.sub.put_status))
def put_image(parent: Parent, _picture: Picture, name: str) -> Response:
    """Keep the body as the image of {one}."""
    file = _sent(name, name)
    url = f"http://s3.amazonaws.com/insightly.userfiles/{parent.call.account.instance_id}/{name}"
    record = _written(parent, parent.shape.kind, file, lambda _before: {"IMAGE_URL": url})
    return parent.answer_record(record)


@CrmOperation(Picture, "DELETE", id="remove")
def remove_image(parent: Parent, _picture: Picture) -> None:
    """Take the image of {one} away."""
    if parent.record()["IMAGE_URL"] is not None:
        _written(parent, parent.shape.kind, None, lambda _before: {"IMAGE_URL": None})


@CrmOperation(FieldPicture, "GET", ONE, id="show", file=True, variables=(_FIELD,))
def show_field_image(parent: Parent, picture: FieldPicture, member: str) -> Response:
    """Show the image in a field of {one}."""
    file = _file(parent, _kept_as(parent.shape.kind, member))
    if file is None:
        raise NoSuchRowError(picture.name, member)
    return answers.file_answer(file)


@_keeps_image(FieldPicture, "{}/{}", (_FIELD, _FILE_NAME), 201)
def put_field_image(parent: Parent, _picture: FieldPicture, field: str, name: str) -> Response:
    """Keep the body as the image in a field of {one}."""
    file = _sent(name, f"{field}/{name}")
    called = _image_field(parent.shape.kind, field)

    def given(before: Record) -> Record:
        return {"CUSTOMFIELDS": [*_other_fields(before, called), custom_field(called, name)]}

    return parent.answer_record(_written(parent, _kept_as(parent.shape.kind, called), file, given))


@CrmOperation(FieldPicture, "DELETE", ONE, id="remove", variables=(_FIELD,))
def remove_field_image(parent: Parent, _picture: FieldPicture, member: str) -> None:
    """Take the image in a field of {one} away."""
    kept_as = _kept_as(parent.shape.kind, member)
    if _file(parent, kept_as):
        called = _image_field(parent.shape.kind, member)
        _written(parent, kept_as, None, lambda before: {"CUSTOMFIELDS": [*_other_fields(before, called)]})


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
            put_file(writing, parent.call, kept_as, parent.id, file)

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
