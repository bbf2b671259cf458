"""``/accounts``: the account of the workspace, and its settings."""

from dataclasses import replace
from typing import Annotated

from flask import Blueprint
from msgspec import Meta

from elements_local.kit.api.operations import Answer, operation
from elements_local.kit.workspaces.registry import Workspace
from elements_local.platform.accounts.callback_failure_policy import failure_policy
from elements_local.platform.accounts.calling import caller, check_account
from elements_local.platform.accounts.directory import AccountJson, account_to_json
from elements_local.platform.accounts.store import Accounts
from elements_local.platform.core.dependencies import dependencies
from elements_local.platform.core.listing import WhereQuery, narrowed, paginated
from elements_local.platform.core.paging import PAGE_HEADERS, paging

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

SettingsJson = dict[str, str]


class AccountsQuery(WhereQuery, rename="camel", kw_only=True):
    """Which accounts are asked for.

    Attributes:
        offset: accounts to pass over.
    """

    offset: Annotated[int, Meta(ge=0, le=999_999_999)] = 0


@bp.get("")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def index(workspace: Workspace, query: AccountsQuery) -> Answer[list[AccountJson]]:
    """List the organization's accounts; a list without any is 404 (observed)."""
    answers = narrowed([account_to_json(workspace)], query.where)
    page = paging(query)
    return paginated(answers, replace(page, offset=page.offset + query.offset), kinds="accounts")


@bp.get("/<account_id>")
@operation(needs=caller, problems=(404,))
def get(workspace: Workspace, account_id: str) -> Answer[AccountJson]:
    """Show an account."""
    check_account(workspace, account_id)
    return Answer(account_to_json(workspace))


@bp.get("/settings")
@operation(needs=caller)
def own_settings(workspace: Workspace) -> Answer[SettingsJson]:
    """Show the settings of the caller's own account."""
    return _settings(workspace)


@bp.post("/settings")
@bp.patch("/settings")
@operation(needs=caller)
def change_own_settings(workspace: Workspace, body: SettingsJson) -> Answer[SettingsJson]:
    """Set what is sent in the caller's own account."""
    return _with_settings(workspace, body)


@bp.get("/<account_id>/settings")
@operation(needs=caller, problems=(404,))
def settings(workspace: Workspace, account_id: str) -> Answer[SettingsJson]:
    """Show an account's settings."""
    check_account(workspace, account_id)
    return _settings(workspace)


@bp.post("/<account_id>/settings")
@bp.patch("/<account_id>/settings")
@operation(needs=caller, problems=(404,))
def change_settings(workspace: Workspace, account_id: str, body: SettingsJson) -> Answer[SettingsJson]:
    """Set what is sent; what is not stays (documented: POST at first, PATCH later; here either does)."""
    check_account(workspace, account_id)
    return _with_settings(workspace, body)


def _settings(workspace: Workspace) -> Answer[SettingsJson]:
    with dependencies().store.read(workspace.name) as tx:
        return Answer(Accounts(tx).settings())


def _with_settings(workspace: Workspace, sent: SettingsJson) -> Answer[SettingsJson]:
    failure_policy(sent)  # refused here, not when a callback fails
    name = workspace.name
    with dependencies().store.transaction(name, alone=f"account {name}") as tx:
        changed = {**Accounts(tx).settings(), **sent}
        Accounts(tx).keep_settings(changed)
    return Answer(changed)
