"""Who makes the present call, by the secrets that came with it."""

from mock_kit.web.compatible_flask import present_request
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.authorization import Authorization, parse_authorization
from mock_platform.accounts.callers import Caller, Callers
from mock_platform.accounts.people import Member
from mock_platform.accounts.store import People
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import InvalidCredentialsError


def caller() -> Workspace:
    """Return the workspace of a call that needs a user and an organization; a Bearer token stands for both (assumed).

    Raises:
        InvalidCredentialsError: a secret is missing or nobody's, or the two are of different workspaces.
    """
    sent = authorization()
    workspace = calling(sent).workspace
    if sent.organization is None and sent.bearer is None:
        raise InvalidCredentialsError("An Organization secret is needed beside the User secret.")
    return workspace


def authorization() -> Authorization:
    """Return the secrets of the present request.

    Raises:
        InvalidCredentialsError: there are none, or they are garbled.
    """
    return parse_authorization(present_request().environ.get("HTTP_AUTHORIZATION"))


def calling(sent: Authorization) -> Caller:
    """Return the user whose secrets these are.

    Raises:
        InvalidCredentialsError: one of them is missing or nobody's, or they do not belong together.
    """
    return dependencies().services[Callers].of(sent)


def calling_user(workspace: Workspace) -> Member:
    """Return the user who makes the present call, for views that treat one user other than another."""
    return dependencies().store[People].user(workspace, calling(authorization()).user_id)
