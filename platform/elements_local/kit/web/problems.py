"""From an exception to an answer: each service lists its errors' statuses once and gives them one shape."""

import logging
from collections.abc import Callable, Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from elements_local.kit.api.json_text import MalformedJsonError, NotJsonContentError, encode
from elements_local.kit.api.shapes import ShapeError
from elements_local.kit.storage.database_errors import has_no_connection_left, has_no_room, is_away

_log = logging.getLogger(__name__)

KIT_STATUSES: Mapping[type[Exception], int] = {
    MalformedJsonError: 400,
    ShapeError: 400,
    NotJsonContentError: 415,
}

_NO_ROOM = (
    "there is no room left to keep this; make room on the disk, and send it again: nothing of it was kept"
)
_ALL_TAKEN = "the database has no connection left; send this again later, or have its server allow more"
_AWAY = "the database is away, or another program's; send this again later: nothing of it was kept"
_RETRY_AFTER_S = 1

Body = Callable[[int, str, Exception], object]


def answer_problems(app: Flask, statuses: Mapping[type[Exception], int], body: Body) -> None:
    """Answer every error of an application in one shape.

    Args:
        statuses: domain error -> status; a subclass counts as its nearest listed base.
        body: status, message and error -> what is sent as JSON.
    """

    def answer(status: int, message: str, error: Exception) -> Response:
        return Response(encode(body(status, message, error)), status=status, mimetype="application/json")

    def known(status: int) -> Callable[[Exception], Response]:
        return lambda error: answer(status, str(error), error)

    def refused(error: HTTPException) -> Response:
        response = answer(error.code or 500, in_own_words(error), error)
        response.headers.extend(
            h for h in error.get_headers() if h[0] not in {"Content-Type", "Content-Length"}
        )
        if isinstance(error, MethodNotAllowed) and error.valid_methods:  # a route has a set of them
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    def unforeseen(error: Exception) -> Response:
        # a full disk is no defect of ours, and the sender can do something about it: 507 says so
        if has_no_room(error):
            return answer(507, _NO_ROOM, error)
        if is_away(error):
            away = answer(503, _ALL_TAKEN if has_no_connection_left(error) else _AWAY, error)
            away.headers["Retry-After"] = str(_RETRY_AFTER_S)
            return away
        _log.exception("a request failed unexpectedly", extra={"event": "unforeseen_error"})
        return answer(
            500, f"{type(error).__name__} in {app.name}; this is a defect, its trace is in the log", error
        )

    # Flask looks for the nearest registered class on the way up, so a subclass needs no entry of its own
    for kind, status in {**KIT_STATUSES, **statuses}.items():
        app.register_error_handler(kind, known(status))
    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(Exception, unforeseen)


def unrouted(error: Exception) -> str | None:
    """Say of a present request that reached no route what would have; None leaves an error's own words."""
    match error:
        case NotFound():
            return f"there is no admin route {request.path!r}; GET /_local/openapi.json lists them"
        case MethodNotAllowed():
            return wrong_method(error)
        case _:
            return None


def in_own_words(error: HTTPException) -> str:
    """Say what Flask refuses; its own words tell of browsers, and change."""
    match error:
        case NotFound():
            return f"there is no route {request.path!r}"
        case MethodNotAllowed():
            return wrong_method(error)
        case RequestEntityTooLarge():
            return (
                f"a body may have {request.max_content_length} bytes; this one has {request.content_length}"
            )
        case BadRequest():
            return "the request cannot be read"
        case _:
            return error.name


def wrong_method(error: MethodNotAllowed) -> str:
    """Say which methods the present request's path takes."""
    return f"{request.path} does not take {request.method}; it takes {', '.join(sorted(error.valid_methods or ()))}"
