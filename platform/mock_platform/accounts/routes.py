"""``/accounts``: the parts of an organization, their users and their settings."""

from dataclasses import replace
from typing import Annotated

from flask import Blueprint
from msgspec import Meta, Struct, structs

from mock_kit.api.operations import Answer, links, operation
from mock_platform.accounts import people
from mock_platform.accounts.administration import SignedInUser, account_named, accounts_administrator, signed
from mock_platform.accounts.callback_failure_policy import failure_policy
from mock_platform.accounts.directory import (
    AccountJson,
    MemberJson,
    account_to_json,
    new_user_to_json,
    user_to_json,
)
from mock_platform.accounts.people import Account, Member
from mock_platform.accounts.routes_users import (
    USER_LINKS,
    DeactivationQuery,
    Text,
    UserPatch,
    UserPut,
    UserRequest,
    add_user,
    change_user,
    delete_user,
    listed_users,
)
from mock_platform.accounts.store import WorkspacePeople
from mock_platform.core.listing import WhereQuery, narrowed, paginated
from mock_platform.core.paging import PAGE_HEADERS, paging
from mock_platform.errors import NotFoundError

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

SettingsJson = dict[str, str]

_LINKS = links("accounts", "get", "patch", "delete", "users", "settings", account_id="$response.body#/id")


class AccountsQuery(WhereQuery, rename="camel", kw_only=True):
    """Which accounts are asked for.

    Attributes:
        offset: accounts to pass over.
    """

    offset: Annotated[int, Meta(ge=0, le=999_999_999)] = 0


class AccountRequest(Struct, rename="camel"):
    """A new account; what it is called elsewhere is needed (documented).

    Alone, it stands for the name and for the description, too (documented); beside a name a description is empty (assumed).
    """

    external_id: Text
    name: Text | None = None
    description: str | None = None

    @property
    def shown_description(self) -> str:
        """The description, or what stands for it."""
        return self.description if self.description is not None else "" if self.name else self.external_id


class AccountUserRequest(UserRequest, kw_only=True):
    """A new user of an account, who needs a password (documented)."""

    password: Text


class AccountPatch(Struct, rename="camel"):
    """What is to be changed about an account."""

    external_id: Text | None = None
    name: Text | None = None
    description: str | None = None
    active: bool | None = None


class AccountPut(AccountRequest, rename="camel"):
    """A whole account."""

    active: bool | None = None

    def as_patch(self) -> AccountPatch:
        """Return the same, with what it implies."""
        return AccountPatch(
            self.external_id, self.name or self.external_id, self.shown_description, self.active
        )


@bp.get("")
@operation(needs=accounts_administrator, problems=(404,), headers=PAGE_HEADERS)
def index(admin: SignedInUser, query: AccountsQuery) -> Answer[list[AccountJson]]:
    """List the organization's accounts; a list without any is 404 (observed)."""
    with admin.reading() as register:
        accounts = [one for one in register.accounts() if one.active or query.include_inactive]
    answers = narrowed([account_to_json(one) for one in accounts], query.where)
    page = paging(query)
    return paginated(answers, replace(page, offset=page.offset + query.offset), kinds="accounts")


@bp.post("")
@operation(needs=accounts_administrator, links=_LINKS)
def create(admin: SignedInUser, body: AccountRequest) -> Answer[AccountJson]:
    """Make an account."""
    with admin.writing() as register:
        account = register.add_account(
            lambda account_id: Account(
                id=account_id,
                company_id=admin.account.company_id,
                external_id=body.external_id,
                name=body.name or body.external_id,
                description=body.shown_description,
                created=admin.workspace.clock.now(),
            )
        )
    return Answer(account_to_json(account))


@bp.get("/<account_id>")
@operation(needs=accounts_administrator, problems=(404,))
def get(admin: SignedInUser, account_id: str) -> Answer[AccountJson]:
    """Show an account."""
    with admin.reading() as register:
        return Answer(account_to_json(account_named(register, account_id)))


@bp.patch("/<account_id>")
@operation(needs=accounts_administrator, problems=(404, 409))
def patch(
    admin: SignedInUser, account_id: str, query: DeactivationQuery, body: AccountPatch
) -> Answer[AccountJson]:
    """Change what is sent about an account; one that is deactivated has no jobs any more (observed)."""
    return _changed(admin, account_id, query, body)


@bp.put("/<account_id>")
@operation(needs=accounts_administrator, problems=(404, 409))
def put(
    admin: SignedInUser, account_id: str, query: DeactivationQuery, body: AccountPut
) -> Answer[AccountJson]:
    """Replace what is said of an account (observed)."""
    return _changed(admin, account_id, query, body.as_patch())


@bp.delete("/<account_id>")
@operation(needs=accounts_administrator, problems=(404, 409))
def delete(admin: SignedInUser, account_id: str) -> Answer[None]:
    """Delete an account's users with what is theirs; the account itself stays, inactive, and can be had back.

    Source: vendor's administration guide and API test suite (documented, observed).
    """
    with admin.writing() as register:
        account = account_named(register, account_id)
        people.keep_default(account)
        register.save(replace(account, active=False))
        register.end_access_of_account(account.id, permanent=True)
    return Answer(None)


@bp.get("/<account_id>/users")
@operation(needs=accounts_administrator, problems=(404,), headers=PAGE_HEADERS)
def users(admin: SignedInUser, account_id: str, query: WhereQuery) -> Answer[list[MemberJson]]:
    """List an account's users."""
    with admin.reading() as register:
        account = account_named(register, account_id)
        return listed_users((user for user in register.users() if user.account_id == account.id), query)


@bp.post("/<account_id>/users")
@operation(needs=accounts_administrator, problems=(400, 403, 404, 409), links=USER_LINKS)
def create_user(admin: SignedInUser, account_id: str, body: AccountUserRequest) -> Answer[MemberJson]:
    """Make a user in an account."""
    with admin.writing() as register:
        user = add_user(admin, register, account_named(register, account_id), body)
    return Answer(new_user_to_json(user))


@bp.get("/<account_id>/users/<email_or_id>")
@operation(needs=accounts_administrator, problems=(404,))
def user(admin: SignedInUser, account_id: str, email_or_id: str) -> Answer[MemberJson]:
    """Show one of an account's users, by address or id (observed)."""
    with admin.reading() as register:
        return Answer(user_to_json(_user(admin, register, account_id, email_or_id)))


@bp.patch("/<account_id>/users/<email_or_id>")
@operation(needs=accounts_administrator, problems=(403, 404, 409))
def patch_user(
    admin: SignedInUser, account_id: str, email_or_id: str, query: DeactivationQuery, body: UserPatch
) -> Answer[MemberJson]:
    """Change what is sent about one of an account's users (observed)."""
    with admin.writing() as register:
        found = _user(admin, register, account_id, email_or_id)
        return Answer(change_user(admin, register, found, body, query))


@bp.put("/<account_id>/users/<email_or_id>")
@operation(needs=accounts_administrator, problems=(403, 404, 409))
def put_user(
    admin: SignedInUser, account_id: str, email_or_id: str, query: DeactivationQuery, body: UserPut
) -> Answer[MemberJson]:
    """Replace one of an account's users as a whole (observed), but for a password that is left out (assumed)."""
    with admin.writing() as register:
        found = _user(admin, register, account_id, email_or_id)
        return Answer(change_user(admin, register, found, body, query))


@bp.delete("/<account_id>/users/<email_or_id>")
@operation(needs=accounts_administrator, problems=(404, 409))
def remove_user(admin: SignedInUser, account_id: str, email_or_id: str) -> Answer[None]:
    """Delete one of an account's users (observed)."""
    with admin.writing() as register:
        delete_user(admin, register, _user(admin, register, account_id, email_or_id))
    return Answer(None)


@bp.get("/settings")
@operation(needs=signed)
def own_settings(who: SignedInUser) -> Answer[SettingsJson]:
    """Show the settings of the caller's own account."""
    return Answer(dict(who.account.settings))


@bp.post("/settings")
@bp.patch("/settings")
@operation(needs=signed)
def change_own_settings(who: SignedInUser, body: SettingsJson) -> Answer[SettingsJson]:
    """Set what is sent in the caller's own account."""
    with who.writing() as register:
        return Answer(_with_settings(register, who.account.id, body))


@bp.get("/<account_id>/settings")
@operation(needs=accounts_administrator, problems=(404,))
def settings(admin: SignedInUser, account_id: str) -> Answer[SettingsJson]:
    """Show an account's settings."""
    with admin.reading() as register:
        return Answer(dict(account_named(register, account_id).settings))


@bp.post("/<account_id>/settings")
@bp.patch("/<account_id>/settings")
@operation(needs=accounts_administrator, problems=(404,))
def change_settings(admin: SignedInUser, account_id: str, body: SettingsJson) -> Answer[SettingsJson]:
    """Set what is sent; what is not stays (documented: POST at first, PATCH later; here either does)."""
    with admin.writing() as register:
        return Answer(_with_settings(register, account_named(register, account_id).id, body))


def _changed(
    admin: SignedInUser, account_id: str, query: DeactivationQuery, body: AccountPatch
) -> Answer[AccountJson]:
    with admin.writing() as register:
        changed = people.change_account(account_named(register, account_id), **structs.asdict(body))
        register.save(changed)
        if query.ends(active=body.active):
            register.end_access_of_account(changed.id, permanent=query.permanent)
    return Answer(account_to_json(changed))


def _user(admin: SignedInUser, register: WorkspacePeople, account_id: str, email_or_id: str) -> Member:
    """Return one of an account's users.

    Raises:
        NotFoundError: there is no such account, or no such user in it.
    """
    account, found = account_named(register, account_id), admin.user_named(register, email_or_id)
    if found.account_id != account.id:
        raise NotFoundError("user", email_or_id)
    return found


def _with_settings(register: WorkspacePeople, account_id: int, sent: SettingsJson) -> SettingsJson:
    account = account_named(register, str(account_id))
    changed = {**account.settings, **sent}
    failure_policy(changed)  # refused here, not when a callback fails
    register.save(replace(account, settings=changed))
    return changed
