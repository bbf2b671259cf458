"""``/organizations``: the caller's own, and its users."""

from dataclasses import replace

from flask import Blueprint
from msgspec import Struct

from mock_kit.api.operations import Answer, operation
from mock_platform.accounts import routes_users as of_users
from mock_platform.accounts.administration import (
    SignedInUser,
    account_named,
    accounts_administrator,
    administrator,
    organization_administrator,
    signed,
)
from mock_platform.accounts.directory import (
    AccountJson,
    MemberJson,
    OrganizationJson,
    account_to_json,
    new_user_to_json,
    organization_to_json,
    user_to_json,
)
from mock_platform.accounts.routes_users import USER_LINKS, DeactivationQuery, Text, UserPatch, UserRequest
from mock_platform.accounts.store import WorkspacePeople
from mock_platform.core.listing import WhereQuery, narrowed, paginated
from mock_platform.core.paging import PAGE_HEADERS, paging
from mock_platform.errors import NotFoundError

bp = Blueprint("organizations", __name__, url_prefix="/organizations")


class OrganizationRequest(Struct, rename="camel"):
    """What is to be changed about an organization; its other fields, sent back as they were shown, are passed over."""

    name: Text | None = None
    external_id: str | None = None
    customer_id: str | None = None


@bp.get("/me")
@operation(needs=signed)
def get(who: SignedInUser) -> Answer[OrganizationJson]:
    """Show the caller's organization."""
    with who.reading() as register:
        return Answer(organization_to_json(register.organization))


@bp.put("/me")
@operation(needs=organization_administrator)
def put(admin: SignedInUser, body: OrganizationRequest) -> Answer[OrganizationJson]:
    """Change the caller's organization."""
    with admin.writing() as register:
        stored = register.organization
        changed = replace(
            stored,
            name=body.name or stored.name,
            external_id=stored.external_id if body.external_id is None else body.external_id,
            customer_id=stored.customer_id if body.customer_id is None else body.customer_id,
        )
        register.save(changed)
    return Answer(organization_to_json(changed))


@bp.get("/users")
@operation(needs=administrator, problems=(404,), headers=PAGE_HEADERS)
def users(admin: SignedInUser, query: WhereQuery) -> Answer[list[MemberJson]]:
    """List the organization's users."""
    with admin.reading() as register:
        return of_users.listed_users(admin.users(register), query)


@bp.post("/users")
@operation(needs=administrator, problems=(400, 403, 409), links=USER_LINKS)
def create_user(admin: SignedInUser, body: UserRequest) -> Answer[MemberJson]:
    """Make a user in the caller's account; an address that somebody has is 409 (observed)."""
    with admin.writing() as register:
        return Answer(new_user_to_json(of_users.add_user(admin, register, admin.account, body)))


@bp.get("/users/<user_id>")
@operation(needs=administrator, problems=(404,))
def user(admin: SignedInUser, user_id: str) -> Answer[MemberJson]:
    """Show one of the organization's users."""
    with admin.reading() as register:
        return Answer(user_to_json(admin.user_named(register, user_id)))


@bp.patch("/users/<user_id>")
@operation(needs=administrator, problems=(403, 404, 409))
def patch_user(
    admin: SignedInUser, user_id: str, query: DeactivationQuery, body: UserPatch
) -> Answer[MemberJson]:
    """Change what is sent about one of the organization's users (observed)."""
    with admin.writing() as register:
        found = admin.user_named(register, user_id)
        return Answer(of_users.change_user(admin, register, found, body, query))


@bp.delete("/users/<user_id>")
@operation(needs=administrator, problems=(404, 409))
def remove_user(admin: SignedInUser, user_id: str) -> Answer[None]:
    """Delete one of the organization's users (observed)."""
    with admin.writing() as register:
        of_users.delete_user(admin, register, admin.user_named(register, user_id))
    return Answer(None)


@bp.get("/<organization_id>/accounts")
@operation(needs=accounts_administrator, problems=(404,), headers=PAGE_HEADERS)
def accounts(admin: SignedInUser, organization_id: str, query: WhereQuery) -> Answer[list[AccountJson]]:
    """List an organization's accounts (observed)."""
    with admin.reading() as register:
        _check_own(register, organization_id)
        listed = [one for one in register.accounts() if one.active or query.include_inactive]
    return paginated(
        narrowed([account_to_json(one) for one in listed], query.where), paging(query), kinds="accounts"
    )


@bp.get("/<organization_id>/accounts/<account_id>")
@operation(needs=accounts_administrator, problems=(404,))
def account(admin: SignedInUser, organization_id: str, account_id: str) -> Answer[AccountJson]:
    """Show one of an organization's accounts (observed)."""
    with admin.reading() as register:
        _check_own(register, organization_id)
        return Answer(account_to_json(account_named(register, account_id)))


def _check_own(register: WorkspacePeople, organization_id: str) -> None:
    """Refuse an organization that is not the caller's.

    Raises:
        NotFoundError: it is another's, or nobody's.
    """
    if organization_id not in {"me", str(register.organization.id)}:
        raise NotFoundError("organization", organization_id)
