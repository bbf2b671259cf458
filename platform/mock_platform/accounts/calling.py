"""Who makes the present call, by the secrets that came with it."""

from collections.abc import Iterable

from mock_kit.web.compatible_flask import present_request
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.authorization import Authorization, parse_authorization
from mock_platform.accounts.callers import Caller, Callers
from mock_platform.accounts.people import Member, administers
from mock_platform.accounts.store import People
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import ForbiddenError, InvalidCredentialsError, shown


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


def named_accounts(workspace: Workspace, named: Iterable[str]) -> frozenset[int]:
    """Return the accounts that are asked about: those that are named, else all that the caller may name.

    Raises:
        ForbiddenError: one of them is not the caller's (observed: 403).
    """
    own = {str(account_id): account_id for account_id in _own_accounts(workspace)}
    ids = list(named)
    foreign = [account_id for account_id in ids if account_id not in own]
    if foreign:
        takes = ", ".join(own)
        raise ForbiddenError(f"account {shown(foreign[0])} is not one of yours; accountIds[] takes {takes}")
    return frozenset(own[account_id] for account_id in ids or own)


def _own_accounts(workspace: Workspace) -> list[int]:
    """Return the accounts that the caller may name: all of them for who administers them, else their own (assumed)."""
    user = calling_user(workspace)
    with dependencies().store[People].reading(workspace) as register:
        account, accounts = register.account_of(user), register.accounts()
    if account.default and administers(user, account):
        return [one.id for one in accounts]
    return [account.id]
