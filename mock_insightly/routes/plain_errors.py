"""How errors are told: v2.1 in plain text, with a reason of their own in the status line; later versions in JSON.

Errors of the framework's own, such as 401, 405, 413 and 415, are JSON in all versions.

Source: v2.1's plain text, reasons, and the 417 without words (recorded v2.1 exchanges, observed); that v2.1 tells of
    other errors like that is taken from these, and what later versions say is unknown, so it is a setting (assumed).
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, request

from mock_insightly import errors
from mock_insightly.dependencies import dependencies
from mock_insightly.versions.known import is_api_path, version_in
from mock_kit.api.json_text import MalformedJsonError, NotJsonContentError, encode

_PLAIN = "text/plain; charset=utf-8"
_TOLD = (
    errors.BadRequestError,
    MalformedJsonError,
    errors.PlanLimitError,
    errors.NoSuchRecordError,
    errors.NoSuchRowError,
    errors.InUseError,
    errors.OutOfPlanError,
    errors.HiddenByPlanError,
    errors.EmptyUploadError,
    NotJsonContentError,
)


def answer_plainly(app: Flask, statuses: Mapping[type[Exception], int]) -> None:
    """Answer the API's own errors as each version does.

    Args:
        statuses: error -> status.
    """
    for kind in _TOLD:
        app.register_error_handler(kind, partial(_answered, statuses[kind]))


def _answered(status: int, error: Exception) -> Response:
    """Return the answer to an error, of which some have a status, a reason or words of their own."""
    match error:
        case errors.NoSuchRecordError():
            return _told(str(error), status, f"{error.entity} Not Found")
        case errors.HiddenByPlanError():
            return Response(status=status)
        case errors.StaleRecordError():
            return _told(str(error), dependencies().settings.stale_status)
        case errors.EmptyUploadError() if is_api_path(request.path) and version_in(request.path).plain_errors:
            return Response(status=status)
        case errors.NoImageError():
            reason = "A server exception was thrown." if str(error) else "Bad Request"
            return Response(str(error), status=f"{status} {reason}", content_type=_PLAIN)
        case _:
            return _told(str(error), status)


def _told(message: str, status: int, reason: str | None = None) -> Response:
    """Return the answer to a call that failed."""
    if not is_api_path(request.path):
        key = "message" if request.path.startswith("/_local") else "Message"
        return Response(encode({key: message}), status=status, mimetype="application/json")
    if version_in(request.path).plain_errors and status != 415:
        return Response(message, status=f"{status} {reason}" if reason else status, content_type=_PLAIN)
    match dependencies().settings.error_body:
        case "empty":
            return Response(status=status)
        case "text":
            return Response(message, status=status, content_type=_PLAIN)
        case "name-and-message":
            named = {"Name": HTTPStatus(status).phrase, "Message": message}
            return Response(encode(named), status=status, mimetype="application/json")
        case _:
            return Response(encode({"Message": message}), status=status, mimetype="application/json")
