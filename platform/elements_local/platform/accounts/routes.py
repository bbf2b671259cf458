"""``/accounts``: the account of the workspace, and its settings."""

from typing import Annotated

from flask import Blueprint
from msgspec import Meta

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.values import replace
from elements_local.platform.accounts.directory import (
    AccountJson,
    account_to_json,
    check_account,
    failure_policy,
)
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.call import Call
from elements_local.platform.core.paging import PAGE_HEADERS, WhereQuery, narrowed, paginated, paging

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

SettingsJson = dict[str, str]


class AccountsQuery(WhereQuery, rename="camel", kw_only=True):
    """Which accounts are asked for.

    Attributes:
        offset: accounts to pass over.
    """

    offset: Annotated[int, Meta(ge=0, le=999_999_999)] = 0


@bp.get("")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index(call: Call, query: AccountsQuery) -> Answer[list[AccountJson]]:
    """List the organization's accounts; a list without any is 404 (observed)."""
    answers = narrowed([account_to_json(call.workspace)], query.where)
    page = paging(query)
    return paginated(answers, replace(page, skip=page.skip + query.offset), kinds="accounts")


@bp.get("/<account_id>")
@operation(problems=(404,))
def get(call: Call, account_id: str) -> Answer[AccountJson]:
    """Show an account."""
    check_account(call.workspace, account_id)
    return Answer(account_to_json(call.workspace))


@bp.get("/settings")
@operation()
def own_settings(call: Call) -> Answer[SettingsJson]:
    """Show the settings of the caller's own account."""
    return _settings(call)


@bp.post("/settings")
@bp.patch("/settings")
@operation()
def change_own_settings(call: Call, body: SettingsJson) -> Answer[SettingsJson]:
    """Set what is sent in the caller's own account."""
    return _with_settings(call, body)


@bp.get("/<account_id>/settings")
@operation(problems=(404,))
def settings(call: Call, account_id: str) -> Answer[SettingsJson]:
    """Show an account's settings."""
    check_account(call.workspace, account_id)
    return _settings(call)


@bp.post("/<account_id>/settings")
@bp.patch("/<account_id>/settings")
@operation(problems=(404,))
def change_settings(call: Call, account_id: str, body: SettingsJson) -> Answer[SettingsJson]:
    """Set what is sent; what is not stays (documented: POST at first, PATCH later; here either does)."""
    check_account(call.workspace, account_id)
    return _with_settings(call, body)


def _settings(call: Call) -> Answer[SettingsJson]:
    with call.read() as tx:
        return Answer(Accounts(tx).settings())


def _with_settings(call: Call, sent: SettingsJson) -> Answer[SettingsJson]:
    failure_policy(sent)  # refused here, not when a callback fails
    with call.transaction(alone=f"account {call.workspace.name}") as tx:
        changed = {**Accounts(tx).settings(), **sent}
        Accounts(tx).keep_settings(changed)
    return Answer(changed)
