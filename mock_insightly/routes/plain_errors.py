"""The errors that v2.1 tells in plain text, with a reason of their own in the status line.

Source: recorded v2.1 exchanges (observed).
"""

from flask import Flask, Response, request

from mock_insightly.errors import NoImageError, NoSuchRecordError
from mock_insightly.paths import is_api_path, version_in
from mock_kit.json_text import encode

_PLAIN = "text/plain; charset=utf-8"


def answer_plainly(app: Flask) -> None:
    """Answer these errors; other versions tell them in JSON like any other."""
    app.register_error_handler(NoSuchRecordError, _no_such_record)
    app.register_error_handler(NoImageError, _no_image)


def _no_such_record(error: NoSuchRecordError) -> Response:
    if is_api_path(request.path) and version_in(request.path).plain_errors:
        return Response(str(error), status=f"404 {error.entity} Not Found", content_type=_PLAIN)
    key = "Message" if is_api_path(request.path) else "message"
    return Response(encode({key: str(error)}), status=404, mimetype="application/json")


def _no_image(error: NoImageError) -> Response:
    if not str(error):
        return Response(status="400 Bad Request")
    return Response(str(error), status="400 A server exception was thrown.", content_type=_PLAIN)
