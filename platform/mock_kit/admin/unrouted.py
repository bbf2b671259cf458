"""What is said of an admin call that reaches no route."""

from flask import request
from werkzeug.exceptions import MethodNotAllowed, NotFound


def unrouted(error: Exception) -> str | None:
    """Say of a present request that reached no route what would have; None leaves an error's own words."""
    match error:
        case NotFound():
            return f"there is no admin route {request.path!r}; GET /_local/openapi.json lists them"
        case MethodNotAllowed():
            return wrong_method(error)
        case _:
            return None


def wrong_method(error: MethodNotAllowed) -> str:
    """Say which methods the present request's path takes."""
    return f"{request.path} does not take {request.method}; it takes {', '.join(sorted(error.valid_methods or ()))}"
