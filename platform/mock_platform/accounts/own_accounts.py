"""Which accounts a caller may ask about."""

from collections.abc import Iterable

from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.calling import calling_user
from mock_platform.accounts.people import administers
from mock_platform.accounts.store import People
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import ForbiddenError, shown


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
