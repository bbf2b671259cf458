"""``/organizations``: the caller's own, and its users."""

from dataclasses import replace

from flask import Blueprint
from msgspec import Struct

from mock_kit.api.operations import Answer, operation
from mock_platform.accounts import routes_users as of_users
from mock_platform.accounts.administration import (
    SignedInUser,
    administrator,
    organization_administrator,
    signed,
)
from mock_platform.accounts.directory import (
    MemberJson,
    OrganizationJson,
    new_user_to_json,
    organization_to_json,
    user_to_json,
)
from mock_platform.accounts.routes_users import USER_LINKS, Text, UserRequest
from mock_platform.core.listing import WhereQuery, narrowed, paginated
from mock_platform.core.paging import PAGE_HEADERS, paging

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
        register.save_organization(changed)
    return Answer(organization_to_json(changed))


@bp.get("/users")
@operation(needs=administrator, problems=(404,), headers=PAGE_HEADERS)
def users(admin: SignedInUser, query: WhereQuery) -> Answer[list[MemberJson]]:
    """List the organization's users."""
    with admin.reading() as register:
        members = [user for user in admin.users(register) if user.active or query.include_inactive]
    return paginated(
        narrowed([user_to_json(user) for user in members], query.where), paging(query), kinds="users"
    )


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
