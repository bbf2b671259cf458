"""Answers about the files that are attached to records.

Source: paths, parts and answers from the v2.2 and v3.1 OpenAPI documents (documented); a file is answered with its own
    Content-Type (recorded v2.1 exchanges, observed).
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from mock_insightly.errors import EmptyUploadError, FieldError
from mock_insightly.kinds import COMMENTS, FILE_ATTACHMENTS, NOTES
from mock_insightly.records.fields import Record, read_id
from mock_insightly.records.files import File, Upload, read_upload
from mock_insightly.records.references import hung
from mock_insightly.records.writing import Writing
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.call import CrmCall, this_call
from mock_insightly.routes.writes import create_in, put_file
from mock_insightly.versions.known import ANY_VERSION
from mock_insightly.versions.sub_resources import Attachments

bp = Blueprint("attached", __name__, url_prefix=ANY_VERSION)


@bp.get("/fileattachments/<int:record_id>")
def show(version: str, record_id: int) -> ResponseReturnValue:
    """Show a file; or, with ``format=JSON``, what is known of it."""
    call = this_call(version)
    document = call.dependencies.store.get(call.workspace, FILE_ATTACHMENTS, record_id)
    file = call.dependencies.store.file(call.workspace, FILE_ATTACHMENTS, record_id)
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


def create_empty(call: CrmCall, resource: str) -> ResponseReturnValue:
    """Attach a file of which only the name came to a note or a comment, on v2.1.

    Source: 201 with nothing in it, and then a file of no bytes that has the request's Content-Type (recorded v2.1
        exchanges, observed).
    """
    kind = {"notes": NOTES, "comments": COMMENTS}.get(resource)
    if kind is None:
        raise MethodNotAllowed(valid_methods=["GET"])
    number = read_id(call.query["c_id"], "c_id")
    file = File(content_type=request.content_type or "application/octet-stream", content=b"")
    with call.writing() as writing:
        writing.get(kind, number)
        attach(writing, call, Upload(name=call.query.get("filename", ""), file=file), kind.entity, number)
    return Response(status=201)


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
