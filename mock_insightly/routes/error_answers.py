"""How the API's own errors are answered; those of the framework, such as 401, 405, 413 and 415, are JSON.

Source: what versions after v2.1 say is unknown, so it is a setting (assumed).
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, request

from elements_local.kit.api.json_text import MalformedJsonError, NotJsonContentError, encode
from mock_insightly import errors
from mock_insightly.dependencies import dependencies
from mock_insightly.versions.known import is_api_path

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


def answer_errors(app: Flask, statuses: Mapping[type[Exception], int]) -> None:
    """Answer the API's own errors.

    Args:
        statuses: error -> status.
    """
    for kind in _TOLD:
        app.register_error_handler(kind, partial(_answered, statuses[kind]))


def _answered(status: int, error: Exception) -> Response:
    """Return the answer to an error, of which some have a status of their own."""
    match error:
        case errors.HiddenByPlanError():
            return Response(status=status)
        case errors.StaleRecordError():
            return _told(str(error), dependencies().settings.stale_status)
        case _:
            return _told(str(error), status)


def _told(message: str, status: int) -> Response:
    """Return the answer to a call that failed."""
    if not is_api_path(request.path):
        key = "message" if request.path.startswith("/_local") else "Message"
        return Response(encode({key: message}), status=status, mimetype="application/json")
    match dependencies().settings.error_body:
        case "empty":
            return Response(status=status)
        case "text":
            return Response(message, status=status, content_type="text/plain; charset=utf-8")
        case "name-and-message":
            named = {"Name": HTTPStatus(status).phrase, "Message": message}
            return Response(encode(named), status=status, mimetype="application/json")
        case _:
            return Response(encode({"Message": message}), status=status, mimetype="application/json")
