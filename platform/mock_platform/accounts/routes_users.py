"""``/users``: those who may call the platform."""

from typing import Annotated

from flask import Blueprint, request
from msgspec import Meta, Struct, structs

from mock_kit.api.operations import Answer, Link, operation
from mock_platform.accounts import people
from mock_platform.accounts.administration import SignedInUser, administrator, signed
from mock_platform.accounts.directory import MemberJson, user_to_json
from mock_platform.accounts.people import Account, Member, UserChange
from mock_platform.accounts.roles import of_new_user
from mock_platform.accounts.store import WorkspacePeople
from mock_platform.core import identities
from mock_platform.core.answers import done
from mock_platform.core.dependencies import dependencies
from mock_platform.core.listing import WhereQuery, narrowed, paginated
from mock_platform.core.paging import PAGE_HEADERS, paging
from mock_platform.errors import InvalidCredentialsError, InvalidRequestError

bp = Blueprint("users", __name__, url_prefix="/users")

PASSWORD_HEADER = "Elements-User-Password"  # noqa: S105 - a header's name

Text = Annotated[str, Meta(min_length=1, max_length=255)]

USER_LINKS = {
    name: Link(operation=f"users.{name}", parameters={"email_or_id": "$response.body#/id"})
    for name in ("get", "patch", "delete")
}


class RoleRequest(Struct):
    """A role that is asked for."""

    key: Text


class UserRequest(Struct, rename="camel"):
    """A new user."""

    email: Text
    first_name: Text
    last_name: Text
    password: Text | None = None
    roles: list[RoleRequest] = []


class UserPatch(Struct, rename="camel"):
    """What is to be changed about a user."""

    email: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    password: Text | None = None
    active: bool | None = None

    def to_change(self) -> UserChange:
        """Return what the rules want to know."""
        return UserChange(**structs.asdict(self))


class DeactivationQuery(Struct):
    """How far a deactivation goes.

    Attributes:
        permanent: with ``active`` false, instances go with it (observed).
    """

    permanent: bool = False

    def ends(self, *, active: bool | None) -> bool:
        """Say whether a change deactivates.

        Raises:
            InvalidRequestError: it does not, and is to be permanent.
        """
        if self.permanent and active is not False:
            raise InvalidRequestError('permanent=true goes with a body that has "active": false')
        return active is False


@bp.get("")
@operation(needs=administrator, problems=(404,), headers=PAGE_HEADERS)
def index(admin: SignedInUser, query: WhereQuery) -> Answer[list[MemberJson]]:
    """List the organization's users; who is no administrator is refused with 401 (documented)."""
    with admin.reading() as register:
        members = [user for user in admin.users(register) if user.active or query.include_inactive]
    answers = narrowed([user_to_json(user) for user in members], query.where)
    return paginated(answers, paging(query), kinds="users")


@bp.get("/<email_or_id>")
@operation(needs=signed, problems=(404,))
def get(who: SignedInUser, email_or_id: str) -> Answer[MemberJson]:
    """Show a user: oneself, or for administrators any.

    With the user's password in ``Elements-User-Password`` the secret is shown too (documented).
    """
    with who.reading() as register:
        user = who.user_named(register, email_or_id)
    answer = user_to_json(user)
    password = request.headers.get(PASSWORD_HEADER)
    if password is not None:
        if not people.opens(user, password, passwords=dependencies().settings.passwords):
            raise InvalidCredentialsError(f"{PASSWORD_HEADER} is not the password of {user.email}.")
        answer["secret"] = user.secret
    return Answer(answer)


@bp.patch("/<email_or_id>")
@operation(needs=signed, problems=(404, 409))
def patch(
    who: SignedInUser, email_or_id: str, query: DeactivationQuery, body: UserPatch
) -> Answer[MemberJson]:
    """Change what is sent about a user; who is deactivated has no jobs any more, pollers included (observed)."""
    with who.writing() as register:
        user = who.user_named(register, email_or_id)
        founder = identities.founder_id(who.workspace)
        changed = people.change_user(user, body.to_change(), others=register.users(), founder=founder)
        register.save_user(changed)
        if query.ends(active=body.active):
            register.end_access(changed.id, permanent=query.permanent)
    return Answer(user_to_json(changed))


@bp.delete("/<email_or_id>")
@operation(needs=administrator, problems=(404, 409))
def delete(admin: SignedInUser, email_or_id: str) -> Answer[None]:
    """Delete a user with their jobs and instances (documented)."""
    with admin.writing() as register:
        user = admin.user_named(register, email_or_id)
        people.keep_founder("user", user.id, identities.founder_id(admin.workspace))
        register.delete_user(user.id)
    return done()


def add_user(admin: SignedInUser, register: WorkspacePeople, account: Account, body: UserRequest) -> Member:
    """Make a user in an account, with a secret of their own.

    Raises:
        InvalidRequestError: the address is none, or there is no such role.
        ForbiddenError: a role is not theirs to give who asks.
        ConflictError: somebody has it.
    """
    roles = of_new_user(
        (role.key for role in body.roles),
        default_account=account.default,
        of_whole=admin.administers_organization,
    )
    people.check_email(body.email, register.users())
    workspace = admin.workspace
    return register.add_user(
        lambda user_id: Member(
            id=user_id,
            account_id=account.id,
            company_id=account.company_id,
            email=body.email,
            first_name=body.first_name,
            last_name=body.last_name,
            secret=identities.user_secret(workspace, user_id),
            created=workspace.clock.now(),
            password=body.password,
            roles=roles,
        )
    )
