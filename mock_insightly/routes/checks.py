"""What is refused before any view sees a call: who is nobody, what is to be XML, a method that a path does not take."""

from flask import Request, request

from elements_local.kit.admin.routes import UnknownWorkspaceError
from elements_local.kit.workspaces.registry import Workspace
from mock_insightly.dependencies import dependencies
from mock_insightly.errors import (
    AuthorizationDeniedError,
    XmlNotServedError,
)
from mock_insightly.middleware import CALLER

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
