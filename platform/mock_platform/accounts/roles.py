"""Roles: what users, and accounts for all their users, may be allowed to do.

Source: that roles are given to users and accounts, and that some may not be (observed); their keys and who has them
(documented); their numbers, which differ by organization, are assumed.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from mock_platform.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError


class Role(Struct, frozen=True, kw_only=True):
    """What a user may do.

    Attributes:
        administers: whether who has it sees and changes what belongs to others.
        privileged: whether it is the platform's own to give.
    """

    id: int
    key: str
    name: str
    description: str
    administers: bool = False
    privileged: bool = False


RoleKey = Literal["org-admin", "admin", "org", "default-user", "sys-admin"]
"""The keys that users and accounts may have."""

ORG_ADMIN = Role(
    id=1,
    key="org-admin",
    name="Organization Administrator",
    description="Manages the organization's accounts, users and instances",
    administers=True,
)
ACCOUNT_ADMIN = Role(
    id=2,
    key="admin",
    name="Administrator",
    description="Manages the users and instances of an account",
    administers=True,
)
ORG_USER = Role(
    id=3,
    key="org",
    name="Organization User",
    description="Manages instances of their own in the default account",
)
DEFAULT_USER = Role(
    id=5,
    key="default-user",
    name="Default User",
    description="Manages instances of their own in another account",
)
SYSTEM = Role(
    id=4, key="sys-admin", name="System Administrator", description="Runs the platform", privileged=True
)

ROLES = {role.key: role for role in (ORG_ADMIN, ACCOUNT_ADMIN, ORG_USER, DEFAULT_USER, SYSTEM)}

_PRIVILEGES = (
    "viewAccountElementInstances",
    "useAccountElementInstances",
    "editAccountElementInstances",
    "deleteAccountElementInstances",
)

PLATFORMS_OWN = 1
"""Id of an account and a user that exist and are no customer's: the platform's own (assumed)."""


def privileges(role: Role) -> tuple[str, ...]:
    """Return what a role lets its holders do with instances of others of their account.

    Source: the four names, which administrators of an account have unless they are taken away (documented); that
        they are texts in lists of roles, and that administrators of the organization have them too, is assumed.
        They cannot be taken away here.
    """
    return _PRIVILEGES if role.administers else ()


def role_named(key: str) -> Role:
    """Return a role.

    Raises:
        InvalidRequestError: there is none of that name (observed: 400, whoever it is asked for).
    """
    if key not in ROLES:
        raise InvalidRequestError(f"there is no role {key[:80]!r}; the roles are {', '.join(ROLES)}")
    return ROLES[key]


def check_not_foreign(kind: str, asked: str) -> None:
    """Refuse a role for somebody who is there, but in no organization of a customer's.

    Args:
        kind: account or user.
        asked: the id.

    Raises:
        ForbiddenError: they are the platform's own (observed: 403 for what is foreign; whose it is, is assumed).
    """
    if asked == str(PLATFORMS_OWN):
        raise ForbiddenError(f"the {kind} {asked} belongs to another organization")


def of_new_user(requested: Iterable[str], *, default_account: bool, of_whole: bool) -> tuple[str, ...]:
    """Return the roles of a new user: those that are asked for, and the one that every user of such an account has.

    Raises:
        InvalidRequestError: there is no role of that name.
        ForbiddenError: it is not theirs to give who asks (observed: 403, and nothing is made).
    """
    held: tuple[str, ...] = ((ORG_USER if default_account else DEFAULT_USER).key,)
    for key in requested:
        held = held if key in held else granted(held, role_named(key), of_whole=of_whole)
    return held


def check_not_oneself(caller: int, user: int) -> None:
    """Refuse changes of one's own roles.

    Raises:
        ForbiddenError: it is oneself (observed: 403).
    """
    if caller == user:
        raise ForbiddenError("nobody gives roles to themselves, or takes them; another administrator can")


def granted(held: tuple[str, ...], role: Role, *, of_whole: bool) -> tuple[str, ...]:
    """Return the roles with one more.

    Args:
        of_whole: whether who gives it administers the whole organization.

    Raises:
        ForbiddenError: it is not theirs to give (observed: 403).
        ConflictError: it is held already (observed: 409).
    """
    _check_giver(role, of_whole=of_whole)
    if role.key in held:
        raise ConflictError(f"the role {role.key} is held already")
    return (*held, role.key)


def withdrawn(held: tuple[str, ...], role: Role, *, of_whole: bool) -> tuple[str, ...]:
    """Return the roles without one.

    Raises:
        ForbiddenError: it is not theirs to take (assumed, as when it is given).
        NotFoundError: it is not held (assumed).
    """
    _check_giver(role, of_whole=of_whole)
    if role.key not in held:
        raise NotFoundError("role", role.key, named="key")
    return tuple(key for key in held if key != role.key)


def _check_giver(role: Role, *, of_whole: bool) -> None:
    if role.privileged:
        raise ForbiddenError(f"the role {role.key} is the platform's own to give")
    if role == ORG_ADMIN and not of_whole:
        raise ForbiddenError(f"who has not got the role {role.key} cannot give or take it")
