"""An organization, its accounts and their users: how they come about, and who may do what.

Source: the platform's administration guides (documented), unless it says otherwise.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from mock_platform.accounts.roles import ORG_ADMIN, ROLES
from mock_platform.core.choices import Passwords, Visibility
from mock_platform.core.instance import User
from mock_platform.errors import ConflictError, InvalidRequestError, shown

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, kw_only=True)
class Organization:
    """A customer of the platform.

    Attributes:
        external_id, customer_id: what the customer is called elsewhere.
    """

    id: int
    name: str
    secret: str = field(repr=False)
    created: datetime
    external_id: str = ""
    customer_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A part of an organization.

    Attributes:
        default: whether it is the one that administers the others.
        roles: of all its users.
    """

    id: int
    company_id: int
    external_id: str
    name: str
    created: datetime
    description: str = ""
    active: bool = True
    default: bool = False
    roles: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Member(User):
    """A user as the administration knows them.

    Attributes:
        secret: what they call the platform with.
        details: what else is known, such as a city, as the platform names it.
        password: what they sign in with; None where none has been chosen. It guards nothing, and is kept as it is.
    """

    secret: str = field(repr=False)
    created: datetime
    active: bool = True
    last_login: datetime | None = None
    password: str | None = field(default=None, repr=False)
    roles: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


class Founding(Struct, frozen=True, kw_only=True):
    """What a workspace begins with: one organization, one account, one user."""

    organization: Organization
    account: Account
    user: Member


@dataclass(frozen=True, kw_only=True)
class UserChange:
    """What is to be changed about a user; None leaves it as it is."""

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    password: str | None = None
    active: bool | None = None
    roles: tuple[str, ...] | None = None
    details: Mapping[str, str] | None = None


Changed = TypeVar("Changed", Member, Account)


def change_user(user: Member, change: UserChange, *, others: Iterable[Member], founder: int) -> Member:
    """Return a user with some things changed.

    Args:
        others: of the same organization.
        founder: id of the user whom the workspace belongs to.

    Raises:
        InvalidRequestError: the address is none.
        ConflictError: the address is somebody else's; or the founder would be switched off (assumed: with them
            nobody could call the workspace any more).
    """
    if change.email is not None:
        check_email(change.email, (other for other in others if other.id != user.id))
    if change.active is False:
        keep_founder("user", user.id, founder)
    return _with(user, vars(change))


def change_account(account: Account, **said: str | bool | None) -> Account:
    """Return an account with some things changed.

    Args:
        said: its fields by their names; None leaves one as it is.

    Raises:
        ConflictError: the default account would be switched off (assumed).
    """
    if said.get("active") is False:
        keep_default(account)
    return _with(account, said)


def check_email(email: str, others: Iterable[Member]) -> None:
    """Refuse an address that is none, or somebody else's; letters count in any case (assumed).

    Raises:
        InvalidRequestError: it is none.
        ConflictError: it is taken (observed: 409).
    """
    if not _EMAIL.fullmatch(email):
        raise InvalidRequestError(f"email must be an address such as ada@example.com; got {shown(email)}")
    if any(other.email.casefold() == email.casefold() for other in others):
        raise ConflictError(f"A user with the email {email} exists already")


def keep_founder(kind: str, identity: int, founder: int) -> None:
    """Refuse to take away what a workspace is called with.

    Raises:
        ConflictError: it would be (assumed).
    """
    if identity == founder:
        raise ConflictError(f"the {kind} {identity} is the one this workspace began with, and stays")


def keep_default(account: Account) -> None:
    """Refuse to take away the default account.

    Raises:
        ConflictError: it would be (assumed).
    """
    if account.default:
        raise ConflictError(f"account {account.id} is the default one of its organization, and stays")


def administers(user: Member, account: Account) -> bool:
    """Say whether a user, or everybody in their account, administers something."""
    return any(ROLES[key].administers for key in (*user.roles, *account.roles))


def administers_organization(user: Member, account: Account) -> bool:
    """Say whether a user, or everybody in their account, administers the whole organization."""
    return ORG_ADMIN.key in {*user.roles, *account.roles}


def administers_accounts(user: Member, account: Account) -> bool:
    """Say whether a user administers accounts: in the default one (documented), as an administrator (assumed)."""
    return account.default and administers(user, account)


def administered(user: Member, account: Account, others: Iterable[Member]) -> list[Member]:
    """Return those users whom an administrator sees and changes.

    Source: assumed, as for instances: all of the organization, or those of the own account.
    """
    everybody = administers_organization(user, account)
    return [other for other in others if everybody or other.account_id == user.account_id]


def sees(user: Member, account: Account, owner: User, *, visibility: Visibility = Visibility.ROLE) -> bool:
    """Say whether a user sees an instance.

    Args:
        account: the user's.
        owner: whose instance it is.

    Source: administrators of an account see and change what is in it (documented), anybody else their own (inferred);
        other accounts were to be asked for (observed).
    """
    if visibility is Visibility.ORGANIZATION or user.id == owner.id:
        return True
    if visibility is Visibility.SUB_ACCOUNTS and administers_organization(user, account):
        return True
    return administers(user, account) and owner.account_id == user.account_id


def opens(user: Member, password: str, *, passwords: Passwords) -> bool:
    """Say whether a password is a user's: the chosen one, else what the setting says; the secret always is."""
    if password == user.secret:
        return True
    if user.password is not None:
        return password == user.password
    return passwords is Passwords.ANY and bool(password)


def _with(original: Changed, values: Mapping[str, object]) -> Changed:
    changes = {name: value for name, value in values.items() if value is not None}
    return replace(original, **changes)  # type: ignore[arg-type]  # each field by its own name
