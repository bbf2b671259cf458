"""``/users``: those who may call the platform."""

from collections.abc import Iterable
from typing import Annotated

from flask import Blueprint, request
from msgspec import Meta, Struct, structs

from mock_kit.api.operations import Answer, links, operation
from mock_platform.accounts import people
from mock_platform.accounts.administration import SignedInUser, administrator, signed
from mock_platform.accounts.directory import MemberJson, changed_user_to_json, user_to_json
from mock_platform.accounts.people import Account, Member, UserChange
from mock_platform.accounts.roles import check_not_oneself, of_new_user
from mock_platform.accounts.store import WorkspacePeople
from mock_platform.core import identities
from mock_platform.core.dependencies import dependencies
from mock_platform.core.listing import WhereQuery, narrowed, paginated
from mock_platform.core.paging import PAGE_HEADERS, paging
from mock_platform.errors import InvalidCredentialsError, InvalidRequestError

bp = Blueprint("users", __name__, url_prefix="/users")

Text = Annotated[str, Meta(min_length=1, max_length=255)]

PASSWORD_HEADER = "Elements-User-Password"  # noqa: S105 - a header's name

USER_LINKS = links("users", "get", "patch", "delete", email_or_id="$response.body#/id")


class RoleRequest(Struct):
    """A role that is asked for."""

    key: Text


class UserDetails(Struct, rename="camel", kw_only=True):
    """What may be said of a user beside the rest; it is kept and shown (documented)."""

    city: Text | None = None
    country: Text | None = None
    phone: Text | None = None
    postal_code: Text | None = None
    state_province: Text | None = None
    street1: Text | None = None
    street2: Text | None = None
    external_id: Text | None = None

    def details(self) -> dict[str, str]:
        """Return what is said of it, by the names that it is shown under."""
        named = ((each.encode_name, getattr(self, each.name)) for each in structs.fields(UserDetails))
        return {name: value for name, value in named if value is not None}


class UserRequest(UserDetails, kw_only=True):
    """A new user."""

    email: Text
    first_name: Text
    last_name: Text
    password: Text | None = None
    roles: list[RoleRequest] = []


class UserPut(UserRequest, kw_only=True):
    """A whole user; who has been asked for by an id has that one still."""

    active: bool | None = None


class UserPatch(UserDetails, kw_only=True):
    """What is to be changed about a user."""

    email: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    password: Text | None = None
    active: bool | None = None
    roles: list[RoleRequest] | None = None


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
        return listed_users(admin.users(register), query)


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
        return Answer(change_user(who, register, user, body, query))


@bp.delete("/<email_or_id>")
@operation(needs=administrator, problems=(404, 409))
def delete(admin: SignedInUser, email_or_id: str) -> Answer[None]:
    """Delete a user with their jobs and instances (documented)."""
    with admin.writing() as register:
        delete_user(admin, register, admin.user_named(register, email_or_id))
    return Answer(None)


def listed_users(users: Iterable[Member], query: WhereQuery) -> Answer[list[MemberJson]]:
    """Answer with those users that are asked for; none of them is 404."""
    answers = [user_to_json(user) for user in users if user.active or query.include_inactive]
    return paginated(narrowed(answers, query.where), paging(query), kinds="users")


def change_user(
    who: SignedInUser,
    register: WorkspacePeople,
    user: Member,
    body: UserPatch | UserPut,
    query: DeactivationQuery,
) -> MemberJson:
    """Change what is sent about a user, or, of a whole user, everything but a password that is left out.

    Raises:
        InvalidRequestError: the address is none, or there is no such role; or nothing is to end permanently.
        ForbiddenError: a role is not theirs to give who asks, or is their own.
        ConflictError: somebody has the address; or the workspace's first user would be switched off.
    """
    sent = body.details()
    change = UserChange(
        email=body.email,
        first_name=body.first_name,
        last_name=body.last_name,
        password=body.password,
        active=body.active,
        roles=_roles(who, register, user, body.roles),
        details=sent if isinstance(body, UserPut) else {**user.details, **sent},
    )
    founder = identities.founder_id(who.workspace)
    changed = people.change_user(user, change, others=register.users(), founder=founder)
    register.save(changed)
    if query.ends(active=body.active):
        register.end_access(changed.id, permanent=query.permanent)
    return changed_user_to_json(changed, password=body.password is not None)


def delete_user(admin: SignedInUser, register: WorkspacePeople, user: Member) -> None:
    """Delete a user with their jobs and instances.

    Raises:
        ConflictError: the workspace began with them.
    """
    people.keep_founder("user", user.id, identities.founder_id(admin.workspace))
    register.delete_user(user.id)


def _roles(
    who: SignedInUser, register: WorkspacePeople, user: Member, sent: list[RoleRequest] | None
) -> tuple[str, ...] | None:
    """Return the roles that are sent, with the one that such a user always has; None if they stay as they are."""
    keys = [role.key for role in sent or ()]
    if not keys or set(keys) == set(user.roles):
        return None
    check_not_oneself(who.user.id, user.id)
    account = register.account_of(user)
    return of_new_user(keys, default_account=account.default, of_whole=who.administers_organization)


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
            details=body.details(),
        )
    )
