"""Who calls: from the secrets of a request to a workspace."""

from collections.abc import Iterable

from flask import request
from msgspec import Struct

from elements_local.kit.text import whole_number
from elements_local.kit.workspaces.registry import Workspace, Workspaces
from elements_local.platform.accounts.authorization import Authorization, parse_authorization
from elements_local.platform.accounts.directory import user_of
from elements_local.platform.accounts.store import workspace_with_token
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.registry import StoreRegistry
from elements_local.platform.errors import ForbiddenError, InvalidCredentialsError, NotFoundError, shown


class Callers(Struct, frozen=True, kw_only=True):
    """The users of all workspaces, by what they send."""

    workspaces: Workspaces
    store: StoreRegistry

    def of(self, sent: Authorization) -> Workspace:
        """Return the workspace of who sends these secrets.

        Raises:
            InvalidCredentialsError: they are nobody's, or do not belong together.
        """
        workspace = self._with_bearer(sent.bearer) if sent.bearer else self._with_user(sent.user)
        if sent.organization is not None and sent.organization != workspace.organization_secret:
            raise InvalidCredentialsError("The Organization secret is not that of the user's organization.")
        return workspace

    def workspace_of(self, header: str | None) -> Workspace | None:
        """Return the workspace that an Authorization header's user is of, or None, whatever else is in it."""
        try:
            sent = parse_authorization(header)
            # For request ids and clocks of refused calls too: whatever else is wrong, whose they are is known.
            return self.of(Authorization(user=sent.user, bearer=sent.bearer))
        except InvalidCredentialsError:
            return None

    def _with_user(self, secret: str | None) -> Workspace:
        if secret is None:
            raise InvalidCredentialsError("A User secret is needed.")
        workspace = self.workspaces.with_user_secret(secret)
        if workspace is None:
            raise InvalidCredentialsError("The User secret is not known here.")
        return workspace

    def _with_bearer(self, token: str) -> Workspace:
        with self.store.read_across() as tx:
            name = workspace_with_token(tx, token)
        workspace = None if name is None else self.workspaces.named(name)
        if workspace is None:
            raise InvalidCredentialsError("The Bearer token is not known here, or no longer.")
        return workspace


def caller() -> Workspace:
    """Return the workspace of a call that needs a user and an organization; a Bearer token stands for both (assumed).

    Raises:
        InvalidCredentialsError: a secret is missing or nobody's, or the two are of different workspaces.
    """
    sent = authorization()
    workspace = calling(sent)
    if sent.organization is None and sent.bearer is None:
        raise InvalidCredentialsError("An Organization secret is needed beside the User secret.")
    return workspace


def authorization() -> Authorization:
    """Return the secrets of the present request.

    Raises:
        InvalidCredentialsError: there are none, or they are garbled.
    """
    return parse_authorization(request.environ.get("HTTP_AUTHORIZATION"))


def calling(sent: Authorization) -> Workspace:
    """Return the workspace whose secrets these are.

    Raises:
        InvalidCredentialsError: one of them is missing or nobody's, or they do not belong together.
    """
    return dependencies().services[Callers].of(sent)


def check_account(workspace: Workspace, account_id: str) -> None:
    """Refuse an account that a path names, unless it is the workspace's.

    Raises:
        NotFoundError: there is none of this id.
    """
    if whole_number(account_id) != user_of(workspace).account_id:
        raise NotFoundError("account", account_id)


def check_own_accounts(workspace: Workspace, named: Iterable[str]) -> None:
    """Refuse to tell of another's account.

    Raises:
        ForbiddenError: one of those that are named is not the caller's (observed: 403).
    """
    own = str(user_of(workspace).account_id)
    foreign = [account_id for account_id in named if account_id != own]
    if foreign:
        raise ForbiddenError(f"account {shown(foreign[0])} is not one of yours; accountIds[] takes {own}")
