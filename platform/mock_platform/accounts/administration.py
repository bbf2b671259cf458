"""Who may administer what: for the ``needs`` of operations, which answer 401 before anything else."""

from contextlib import AbstractContextManager

from msgspec import Struct

from mock_kit.text import whole_number
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts import people
from mock_platform.accounts.calling import authorization, caller, calling
from mock_platform.accounts.people import Account, Member
from mock_platform.accounts.roles import ORG_ADMIN
from mock_platform.accounts.store import People, WorkspacePeople
from mock_platform.core.dependencies import dependencies
from mock_platform.errors import NotFoundError, NotPermittedError


class SignedInUser(Struct, frozen=True, kw_only=True):
    """A user who calls, as they stood when the call came."""

    workspace: Workspace
    user: Member
    account: Account

    @property
    def administers(self) -> bool:
        """Whether they see and change other users."""
        return people.administers(self.user, self.account)

    @property
    def administers_organization(self) -> bool:
        """Whether they administer all of the organization."""
        return people.administers_organization(self.user, self.account)

    def reading(self) -> AbstractContextManager[WorkspacePeople]:
        """Open the register to read."""
        return dependencies().store[People].reading(self.workspace)

    def writing(self) -> AbstractContextManager[WorkspacePeople]:
        """Open the register to change it."""
        return dependencies().store[People].writing(self.workspace)

    def users(self, register: WorkspacePeople) -> list[Member]:
        """Return the users whom this one may see and change: themselves, and those they administer."""
        if not self.administers:
            return [user for user in register.users() if user.id == self.user.id]
        return people.administered(self.user, self.account, register.users())

    def user_named(self, register: WorkspacePeople, email_or_id: str) -> Member:
        """Return one of them by address or id.

        Raises:
            NotFoundError: there is none.
        """
        number = whole_number(email_or_id)
        for user in self.users(register):
            if user.id == number or user.email.casefold() == email_or_id.casefold():
                return user
        raise NotFoundError("user", email_or_id, named="ID" if number is not None else "email")


def signed() -> SignedInUser:
    """Return the user of a call that needs a user and an organization."""
    workspace = caller()
    user_id = calling(authorization()).user_id
    with dependencies().store[People].reading(workspace) as register:
        user = register.user(user_id) or register.founder
        return SignedInUser(workspace=workspace, user=user, account=register.account_of(user))


def administrator() -> SignedInUser:
    """Return an administrator's call; anybody else's is 401 (documented)."""
    signer = signed()
    if not signer.administers:
        raise NotPermittedError("Only an administrator sees and changes what belongs to others.")
    return signer


def organization_administrator() -> SignedInUser:
    """Return a call of somebody who administers the whole organization; anybody else's is 401 (assumed)."""
    signer = signed()
    if not signer.administers_organization:
        raise NotPermittedError(f"This needs the role {ORG_ADMIN.key}.")
    return signer


def accounts_administrator() -> SignedInUser:
    """Return a call of an administrator in the default account; anybody else's is 401 (documented)."""
    signer = signed()
    if not people.administers_accounts(signer.user, signer.account):
        raise NotPermittedError("Only an administrator in the default account administers accounts.")
    return signer


def account_named(register: WorkspacePeople, account_id: str) -> Account:
    """Return an account by the id in a path.

    Raises:
        NotFoundError: there is none.
    """
    account = register.account(whole_number(account_id))
    if account is None:
        raise NotFoundError("account", account_id)
    return account
