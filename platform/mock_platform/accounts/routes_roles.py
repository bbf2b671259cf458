"""``/users/{id}/roles/{role}`` and ``/accounts/{id}/roles/{role}``: what somebody is allowed to do."""

from dataclasses import replace

from flask import Blueprint

from mock_kit.api.operations import Answer, operation
from mock_kit.text import whole_number
from mock_platform.accounts import people
from mock_platform.accounts.administration import (
    SignedInUser,
    account_named,
    accounts_administrator,
    administrator,
)
from mock_platform.accounts.directory import ListedRoleJson, RoleJson, role_to_json, roles_to_json
from mock_platform.accounts.people import Member
from mock_platform.accounts.roles import check_not_foreign, check_not_oneself, granted, role_named, withdrawn
from mock_platform.accounts.store import WorkspacePeople
from mock_platform.core import identities
from mock_platform.errors import ForbiddenError

bp = Blueprint("roles", __name__)


@bp.get("/users/<user_id>/roles")
@operation(needs=administrator, problems=(403, 404))
def of_user(admin: SignedInUser, user_id: str) -> Answer[list[ListedRoleJson]]:
    """List the roles of a user."""
    check_not_foreign("user", user_id)
    with admin.reading() as register:
        return Answer(roles_to_json(_user_to_change(admin, register, user_id).roles))


@bp.put("/users/<user_id>/roles/<role>")
@operation(needs=administrator, problems=(400, 403, 404, 409))
def grant_to_user(admin: SignedInUser, user_id: str, role: str) -> Answer[RoleJson]:
    """Give a user a role; one that they have is 409 (observed)."""
    known = role_named(role)
    check_not_foreign("user", user_id)
    with admin.writing() as register:
        user = _user_to_change(admin, register, user_id)
        check_not_oneself(admin.user.id, user.id)
        roles = granted(user.roles, known, of_whole=admin.administers_organization)
        register.save(replace(user, roles=roles))
    return Answer(role_to_json(known))


@bp.delete("/users/<user_id>/roles/<role>")
@operation(needs=administrator, problems=(400, 403, 404, 409))
def withdraw_from_user(admin: SignedInUser, user_id: str, role: str) -> Answer[None]:
    """Take a role from a user."""
    known = role_named(role)
    check_not_foreign("user", user_id)
    with admin.writing() as register:
        user = _user_to_change(admin, register, user_id)
        check_not_oneself(admin.user.id, user.id)
        roles = withdrawn(user.roles, known, of_whole=admin.administers_organization)
        people.keep_founder("role of user", user.id, identities.founder_id(admin.workspace))
        register.save(replace(user, roles=roles))
    return Answer(None)


@bp.get("/accounts/<account_id>/roles")
@operation(needs=accounts_administrator, problems=(403, 404))
def of_account(admin: SignedInUser, account_id: str) -> Answer[list[ListedRoleJson]]:
    """List the roles that all users of an account have."""
    check_not_foreign("account", account_id)
    with admin.reading() as register:
        return Answer(roles_to_json(account_named(register, account_id).roles))


@bp.put("/accounts/<account_id>/roles/<role>")
@operation(needs=accounts_administrator, problems=(400, 403, 404, 409))
def grant_to_account(admin: SignedInUser, account_id: str, role: str) -> Answer[RoleJson]:
    """Give all users of an account a role; one that they have is 409 (observed)."""
    known = role_named(role)
    check_not_foreign("account", account_id)
    with admin.writing() as register:
        account = account_named(register, account_id)
        roles = granted(account.roles, known, of_whole=admin.administers_organization)
        register.save(replace(account, roles=roles))
    return Answer(role_to_json(known))


@bp.delete("/accounts/<account_id>/roles/<role>")
@operation(needs=accounts_administrator, problems=(400, 403, 404))
def withdraw_from_account(admin: SignedInUser, account_id: str, role: str) -> Answer[None]:
    """Take a role from all users of an account."""
    known = role_named(role)
    check_not_foreign("account", account_id)
    with admin.writing() as register:
        account = account_named(register, account_id)
        roles = withdrawn(account.roles, known, of_whole=admin.administers_organization)
        register.save(replace(account, roles=roles))
    return Answer(None)


def _user_to_change(admin: SignedInUser, register: WorkspacePeople, user_id: str) -> Member:
    """Return a user whom this administrator may give roles.

    Raises:
        NotFoundError: there is none with this id.
        ForbiddenError: they are in an account that is not this administrator's (observed: 403 for what is foreign).
    """
    user = register.user(whole_number(user_id))
    if user is not None and user not in admin.users(register):
        raise ForbiddenError(f"the user {user_id} belongs to an account that is not yours to administer")
    return admin.user_named(register, user_id)
