"""``/users`` and ``/organizations/me``: who calls the platform, and for whom."""

from flask import Blueprint, request

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.text import whole_number
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import (
    MemberJson,
    OrganizationJson,
    organization_to_json,
    user_of,
    user_to_json,
)
from elements_local.platform.accounts.routes_login import opens
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.call import Call
from elements_local.platform.core.paging import PAGE_HEADERS, WhereQuery, narrowed, paginated, paging
from elements_local.platform.errors import InvalidCredentialsError, NotFoundError

bp = Blueprint("users", __name__, url_prefix="/users")
organizations = Blueprint("organizations", __name__, url_prefix="/organizations")

PASSWORD_HEADER = "Elements-User-Password"  # noqa: S105 - a header's name


@bp.get("")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index(call: Call, query: WhereQuery) -> Answer[list[MemberJson]]:
    """List the organization's users."""
    return paginated(narrowed([_shown(call)], query.where), paging(query), kinds="users")


@bp.get("/<email_or_id>")
@operation(problems=(404,))
def get(call: Call, email_or_id: str) -> Answer[MemberJson]:
    """Show the user.

    With the user's password in ``Elements-User-Password`` the secret is shown too (documented).
    """
    user, number = user_of(call.workspace), whole_number(email_or_id)
    if number != user.id and email_or_id.casefold() != user.email.casefold():
        raise NotFoundError("user", email_or_id, named="ID" if number is not None else "email")
    answer = _shown(call)
    password = request.headers.get(PASSWORD_HEADER)
    if password is not None:
        if not opens(call.workspace, password, passwords=call.settings.passwords):
            raise InvalidCredentialsError(f"{PASSWORD_HEADER} is not the password of {user.email}.")
        answer = replace(answer, secret=call.workspace.user_secret)
    return Answer(answer)


@organizations.get("/me", endpoint="get")
@operation()
def get_organization(call: Call) -> Answer[OrganizationJson]:
    """Show the caller's organization."""
    return Answer(organization_to_json(call.workspace))


def _shown(call: Call) -> MemberJson:
    with call.read() as tx:
        return user_to_json(call.workspace, last_login=Accounts(tx).last_login())
