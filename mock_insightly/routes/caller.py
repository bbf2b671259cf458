"""Who calls."""

from flask import Request

from mock_insightly.dependencies import dependencies
from mock_insightly.errors import AuthorizationDeniedError, XmlNotServedError
from mock_insightly.middleware import CALLER
from mock_kit.admin.routes import UnknownWorkspaceError
from mock_kit.workspaces.registry import Workspace

_XML = frozenset({"application/xml", "text/xml"})


def authenticate(request: Request) -> None:
    """See whose workspace a call of the API is for, before anything else is looked at.

    Raises:
        AuthorizationDeniedError: the API key is nobody's.
    """
    environ = request.environ
    if CALLER in environ and environ[CALLER] is None:
        raise AuthorizationDeniedError


def speak_json(request: Request) -> None:
    """Refuse a call that will have nothing but XML.

    Raises:
        XmlNotServedError: that is what its Accept header says.
    """
    if CALLER not in request.environ or "xml" not in request.environ.get("HTTP_ACCEPT", "").lower():
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
