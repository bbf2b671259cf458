"""What is refused before any view sees a call, and how errors are answered.

Source: what versions after v2.1 say is unknown, so it is a setting (assumed).
"""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from flask import Flask, Request, Response, request

from elements_local.kit.admin.routes import UnknownWorkspaceError
from elements_local.kit.api.json_text import MalformedJsonError, NotJsonContentError, encode
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly import errors
from mock_insightly.dependencies import dependencies
from mock_insightly.errors import (
    AuthorizationDeniedError,
    XmlNotServedError,
)
from mock_insightly.middleware import CALLER
from mock_insightly.versions.known import is_api_path

_XML = frozenset({"application/xml", "text/xml"})


def check_request() -> None:
    """Refuse a call of the API before anything else is looked at.

    Raises:
        AuthorizationDeniedError: the API key is nobody's.
        XmlNotServedError: the Accept header will have nothing but XML.
    """
    environ = request.environ
    if CALLER not in environ:
        return
    if environ[CALLER] is None:
        raise AuthorizationDeniedError
    if "xml" not in environ.get("HTTP_ACCEPT", "").lower():
        return
    wanted = request.accept_mimetypes
    if not wanted.accept_json and _XML & {*wanted.values()}:
        raise XmlNotServedError(str(wanted))


def workspace_of(request: Request) -> Workspace:
    """Return the workspace an admin call means: that of its API key, the default one without.

    Raises:
        UnknownWorkspaceError: the key is nobody's.
    """
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return dependencies().workspaces.default
    workspace = dependencies().with_key_in(authorization)
    if workspace is None:
        raise UnknownWorkspaceError("the Authorization header must be Basic with the API key of a workspace")
    return workspace


_OWN_ERRORS = (
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
    for kind in _OWN_ERRORS:
        app.register_error_handler(kind, partial(_answered, statuses[kind]))


def _answered(status: int, error: Exception) -> Response:
    """Return the answer to an error, of which some have a status of their own."""
    match error:
        case errors.HiddenByPlanError():
            return Response(status=status)
        case errors.StaleRecordError():
            return _error_response(str(error), dependencies().settings.stale_status)
        case _:
            return _error_response(str(error), status)


def _error_response(message: str, status: int) -> Response:
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
