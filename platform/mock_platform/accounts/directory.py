"""Organizations, accounts and users as the platform shows them.

Source: the platform's administration answers (documented, observed); the flags of a user beside ``active``, the
inside of a role, and an organization's ``environment`` and ``status`` are assumed.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NotRequired, TypedDict, cast

from mock_platform.accounts.people import Account, Member, Organization
from mock_platform.accounts.roles import ROLES, Role, privileges

SECURED = "secured"
NEVER = "1970-01-01"
"""The last login of who has not signed in (observed)."""


class RoleJson(TypedDict):
    """A role that a user has."""

    id: int
    name: str
    key: str
    active: bool
    description: str
    features: list[str]


class ListedRoleJson(RoleJson):
    """A role, as lists of them have it."""

    privileges: list[str]
    hide: bool


class MemberJson(TypedDict):
    """A user; ``secret`` is there for whoever sent the user's password along, ``password`` not where they are made."""

    id: int
    createdDate: str
    firstName: str
    lastName: str
    fullName: str
    email: str
    active: bool
    lastLoginDate: str
    password: NotRequired[str]
    roles: list[RoleJson]
    accountExpired: bool
    accountLocked: bool
    credentialsExpired: bool
    enabled: bool
    secret: NotRequired[str]
    city: NotRequired[str]
    country: NotRequired[str]
    phone: NotRequired[str]
    postalCode: NotRequired[str]
    stateProvince: NotRequired[str]
    street1: NotRequired[str]
    street2: NotRequired[str]
    externalId: NotRequired[str]


class AccountJson(TypedDict):
    """An account."""

    id: int
    name: str
    description: str
    active: bool
    createdDate: str
    externalId: str
    defaultAccount: bool
    type: str
    companyId: int


class OrganizationJson(TypedDict):
    """An organization, with the secret that its users call the platform with."""

    id: int
    name: str
    secret: str
    externalId: str
    customerId: str
    environment: str
    status: str
    createdDate: str


def user_to_json(user: Member) -> MemberJson:
    """Return a user; the password is never shown (documented)."""
    answer: MemberJson = {
        "id": user.id,
        "createdDate": _date(user.created),
        "firstName": user.first_name,
        "lastName": user.last_name,
        "fullName": f"{user.first_name} {user.last_name}",
        "email": user.email,
        "active": user.active,
        "lastLoginDate": NEVER if user.last_login is None else _date(user.last_login),
        "password": SECURED,
        "roles": [role_to_json(ROLES[key]) for key in user.roles],
        "accountExpired": False,
        "accountLocked": False,
        "credentialsExpired": False,
        "enabled": user.active,
    }
    return answer | cast("MemberJson", dict(user.details))


def changed_user_to_json(user: Member, *, password: bool) -> MemberJson:
    """Return a user who has been changed; ``password`` is there only if it was (observed)."""
    shown = user_to_json(user)
    if not password:
        del shown["password"]
    return shown


def new_user_to_json(user: Member) -> MemberJson:
    """Return a user who has just been made, with the secret, which is never shown so again (documented)."""
    shown = user_to_json(user)
    del shown["password"]
    return {**shown, "secret": user.secret}


def account_to_json(account: Account) -> AccountJson:
    """Return an account."""
    return {
        "id": account.id,
        "name": account.name,
        "description": account.description,
        "active": account.active,
        "createdDate": _date(account.created),
        "externalId": account.external_id,
        "defaultAccount": account.default,
        "type": "Default" if account.default else "CompanyAccount",
        "companyId": account.company_id,
    }


def organization_to_json(organization: Organization) -> OrganizationJson:
    """Return an organization."""
    return {
        "id": organization.id,
        "name": organization.name,
        "secret": organization.secret,
        "externalId": organization.external_id,
        "customerId": organization.customer_id,
        "environment": "local",
        "status": "active",
        "createdDate": _date(organization.created),
    }


def role_to_json(role: Role) -> RoleJson:
    """Return a role."""
    return {
        "id": role.id,
        "name": role.name,
        "key": role.key,
        "active": True,
        "description": role.description,
        "features": [],
    }


def roles_to_json(keys: Iterable[str]) -> list[ListedRoleJson]:
    """Return the roles that somebody has."""
    return [
        {**role_to_json(ROLES[key]), "privileges": list(privileges(ROLES[key])), "hide": False}
        for key in keys
    ]


def _date(instant: datetime) -> str:
    """Write the day of an instant: ``yyyy-MM-dd`` (documented for the date of creation, assumed for the last login)."""
    return instant.date().isoformat()
