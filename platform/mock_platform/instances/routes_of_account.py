"""``/accounts/instances`` and ``/accounts/{id}/instances``: the instances of the users of an account."""

from flask import Blueprint

from mock_kit.api.operations import Answer, operation
from mock_kit.workspaces.registry import Workspace
from mock_platform.accounts.administration import account_named
from mock_platform.accounts.calling import caller, calling_user
from mock_platform.accounts.store import People
from mock_platform.configuration.instance_json import InstanceJson
from mock_platform.core.dependencies import dependencies
from mock_platform.core.paging import PAGE_HEADERS, PageQuery
from mock_platform.instances.service_lists import listed
from mock_platform.instances.store_search import InstanceFilter

bp = Blueprint("account_instances", __name__, url_prefix="/accounts")


@bp.get("/instances")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def index(workspace: Workspace, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances of the caller's account; a list without any is 404 (assumed)."""
    return _listed(workspace, calling_user(workspace).account_id, query)


@bp.get("/<account_id>/instances")
@operation(needs=caller, problems=(404,), headers=PAGE_HEADERS)
def index_of_account(workspace: Workspace, account_id: str, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances of an account, those that the caller sees."""
    with dependencies().store[People].reading(workspace) as register:
        account = account_named(register, account_id)
    return _listed(workspace, account.id, query)


def _listed(workspace: Workspace, account_id: int, query: PageQuery) -> Answer[list[InstanceJson]]:
    with dependencies().store[People].reading(workspace) as register:
        theirs = {user.id for user in register.users() if user.account_id == account_id}
        unowned = {None} if register.founder.id in theirs else set()
    return listed(workspace, query, InstanceFilter(owners=frozenset(theirs | unowned)))
