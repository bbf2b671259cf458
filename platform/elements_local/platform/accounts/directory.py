"""The one organization, account and user of a workspace, which follow from its seed, as the platform shows them.

Source: the platform's administration answers (documented, observed); the flags of a user beside ``active``, the
inside of a role, and an organization's ``environment`` and ``status`` are assumed.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum

from msgspec import UNSET, UnsetType

from elements_local.kit.api.views import View
from elements_local.kit.caching import bounded_cache
from elements_local.kit.text import whole_number
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.core.identities import small_number
from elements_local.platform.core.instance import User
from elements_local.platform.errors import ForbiddenError, InvalidRequestError, NotFoundError, quoted

SECURED = "secured"
NEVER = "1970-01-01"
"""The last login of who has not signed in (observed)."""


class RoleJson(View, kw_only=True):
    """A role that a user has."""

    id: int
    name: str
    key: str
    active: bool = True
    description: str
    features: tuple[str, ...] = ()


class MemberJson(View, kw_only=True):
    """A user; ``secret`` is there if the user's password was sent along."""

    id: int
    created_date: str
    first_name: str
    last_name: str
    full_name: str
    email: str
    active: bool = True
    last_login_date: str
    password: str = SECURED
    roles: tuple[RoleJson, ...]
    account_expired: bool = False
    account_locked: bool = False
    credentials_expired: bool = False
    enabled: bool = True
    secret: str | UnsetType = UNSET


class AccountJson(View, kw_only=True):
    """An account."""

    id: int
    name: str
    description: str = ""
    active: bool = True
    created_date: str
    external_id: str
    default_account: bool = True
    type: str = "Default"
    company_id: int


class OrganizationJson(View, kw_only=True):
    """An organization, with the secret that its users call the platform with."""

    id: int
    name: str
    secret: str
    external_id: str = ""
    customer_id: str = ""
    environment: str = "local"
    status: str = "active"
    created_date: str


_ROLES = (  # that the numbers, which differ by organization, are these is assumed
    RoleJson(
        id=1,
        name="Organization Administrator",
        key="org-admin",
        description="Manages the organization's accounts, users and instances",
    ),
    RoleJson(
        id=3,
        name="Organization User",
        key="org",
        description="Manages instances of their own in the default account",
    ),
)


@bounded_cache(256)  # asked for with every list
def user_of(workspace: Workspace) -> User:
    """Return the user of a workspace, who administers its organization."""
    return User(
        id=small_number(workspace, "user"),
        account_id=small_number(workspace, "account"),
        company_id=small_number(workspace, "company"),
        email=workspace.crm_username,
        first_name="Olive",
        last_name="Owner",
    )


def user_to_json(workspace: Workspace, *, last_login: datetime | None) -> MemberJson:
    """Return the user; the password is never shown (documented)."""
    user = user_of(workspace)
    return MemberJson(
        id=user.id,
        created_date=_date(workspace.start),
        first_name=user.first_name,
        last_name=user.last_name,
        full_name=f"{user.first_name} {user.last_name}",
        email=user.email,
        last_login_date=NEVER if last_login is None else _date(last_login),
        roles=_ROLES,
    )


def account_to_json(workspace: Workspace) -> AccountJson:
    """Return the account."""
    user = user_of(workspace)
    return AccountJson(
        id=user.account_id,
        name=workspace.name,
        created_date=_date(workspace.start),
        external_id=workspace.name,
        company_id=user.company_id,
    )


def organization_to_json(workspace: Workspace) -> OrganizationJson:
    """Return the organization."""
    return OrganizationJson(
        id=user_of(workspace).company_id,
        name=workspace.name,
        secret=workspace.organization_secret,
        created_date=_date(workspace.start),
    )


def _date(instant: datetime) -> str:
    """Write the day of an instant: ``yyyy-MM-dd`` (documented for the date of creation, assumed for the last login)."""
    return instant.date().isoformat()


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
        raise ForbiddenError(f"account {quoted(foreign[0])} is not one of yours; accountIds[] takes {own}")


POLICY_KEY = "notification.webhook.failure.policy"
"""The account setting that holds the policy (documented)."""


class FailurePolicy(Enum):
    """What an account wants done with a callback that failed.

    Source: the two words, and that ``retry`` is the default (documented).
    """

    RETRY = "retry"
    QUEUE = "queue"


def failure_policy(settings: Mapping[str, str]) -> FailurePolicy:
    """Return the policy that an account's settings name; ``retry`` where they name none (documented).

    Raises:
        InvalidRequestError: they name something else.
    """
    word = settings.get(POLICY_KEY, FailurePolicy.RETRY.value)
    try:
        return FailurePolicy(word)
    except ValueError as error:
        raise InvalidRequestError(f"{POLICY_KEY} must be retry or queue; got {quoted(word)}") from error
