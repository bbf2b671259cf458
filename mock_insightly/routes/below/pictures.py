"""Answers about the one image of a record.

Source: paths from the v2.2 and v3.1 OpenAPI documents (documented); 417 for an empty body, and 202 for taking away what
    is not there (recorded v2.1 exchanges, observed); that a new image stamps its record, and where it then lies, is
    assumed, and so is 404 where there is none.
"""

from flask import Response, request
from flask.typing import ResponseReturnValue

from mock_insightly.dependencies import dependencies
from mock_insightly.errors import EmptyUploadError, NoImageError, NoSuchRowError
from mock_insightly.records.fields import Record
from mock_insightly.records.files import File
from mock_insightly.routes import answers
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.writes import put_file
from mock_insightly.versions.sub_resources import Picture
from mock_kit.api.json_text import encode_text


def show(parent: Parent, picture: Picture) -> ResponseReturnValue:
    """Show the image."""
    parent.record()
    file = dependencies().store.file(parent.call.workspace, parent.shape.kind, parent.id)
    if file is None and picture.missing is not None:
        raise NoImageError(picture.missing)
    if file is None:
        raise NoSuchRowError(picture.name, parent.id)
    return Response(file.content, mimetype=file.content_type)


def put(parent: Parent, picture: Picture, name: str) -> ResponseReturnValue:
    """Keep the body as the image."""
    content = request.get_data()
    if not content:
        raise EmptyUploadError(name)
    file = File(content_type=request.content_type or "application/octet-stream", content=content)
    url = f"http://s3.amazonaws.com/insightly.userfiles/{parent.call.account.instance_id}/{name}"
    record = _written(parent, file, url)
    return answers.answer(parent.call, parent.shape.one(encode_text(record)), picture.put_status)


def remove(parent: Parent, _picture: Picture) -> ResponseReturnValue:
    """Take the image away, if there is one."""
    if parent.record()["IMAGE_URL"] is not None:
        _written(parent, None, None)
    return answers.accepted()


def _written(parent: Parent, file: File | None, url: str | None) -> Record:
    with parent.call.writing() as writing:
        record = parent.write(
            writing, lambda _before: {"IMAGE_URL": url}, stamps=dependencies().settings.rows_stamp_parent
        )
        if file is None:
            writing.drop_file(parent.shape.kind, parent.id)
        else:
            put_file(writing, parent.shape.kind, parent.id, file)
    return record
