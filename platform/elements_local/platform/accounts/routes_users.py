"""``/users`` and ``/organizations/me``: who calls the platform, and for whom."""

from flask import Blueprint, request

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.text import whole_number
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.calling import caller
from elements_local.platform.accounts.directory import (
    MemberJson,
    OrganizationJson,
    organization_to_json,
    user_of,
    user_to_json,
)
from elements_local.platform.accounts.routes_login import opens
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.listing import WhereQuery, narrowed, paginated
from elements_local.platform.core.paging import PAGE_HEADERS, paging
from elements_local.platform.errors import InvalidCredentialsError, NotFoundError

bp = Blueprint("users", __name__, url_prefix="/users")
organizations = Blueprint("organizations", __name__, url_prefix="/organizations")

PASSWORD_HEADER = "Elements-User-Password"  # noqa: S105 - a header's name


@bp.get("")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def index(workspace: Workspace, query: WhereQuery) -> Answer[list[MemberJson]]:
    """List the organization's users."""
    return paginated(narrowed([_shown(workspace)], query.where), paging(query), kinds="users")


@bp.get("/<email_or_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, email_or_id: str) -> Answer[MemberJson]:
    """Show the user.

    With the user's password in ``Elements-User-Password`` the secret is shown too (documented).
    """
    user, number = user_of(workspace), whole_number(email_or_id)
    if number != user.id and email_or_id.casefold() != user.email.casefold():
        raise NotFoundError("user", email_or_id, named="ID" if number is not None else "email")
    answer = _shown(workspace)
    password = request.headers.get(PASSWORD_HEADER)
    if password is not None:
        if not opens(workspace, password, passwords=dependencies().settings.passwords):
            raise InvalidCredentialsError(f"{PASSWORD_HEADER} is not the password of {user.email}.")
        answer["secret"] = workspace.user_secret
    return Answer(answer)


@organizations.get("/me", endpoint="get")
@operation(needs=caller)
def get_organization(workspace: Workspace) -> Answer[OrganizationJson]:
    """Show the caller's organization."""
    return Answer(organization_to_json(workspace))


def _shown(workspace: Workspace) -> MemberJson:
    with dependencies().store.read(workspace.name) as tx:
        return user_to_json(workspace, last_login=Accounts(tx).last_login())
