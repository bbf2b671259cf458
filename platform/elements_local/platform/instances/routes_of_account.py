"""``/accounts/instances`` and ``/accounts/{id}/instances``: the instances of an account, which are all of the workspace's."""

from flask import Blueprint

from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.accounts.directory import check_account
from elements_local.platform.call import Call
from elements_local.platform.configuration.instance_json import InstanceJson
from elements_local.platform.core.paging import PAGE_HEADERS, PageQuery
from elements_local.platform.instances.service_lists import listed
from elements_local.platform.instances.store_search import InstanceFilter

bp = Blueprint("account_instances", __name__, url_prefix="/accounts")


@bp.get("/instances")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index(call: Call, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances of the caller's account; a list without any is 404 (assumed)."""
    return listed(call, query, InstanceFilter())


@bp.get("/<account_id>/instances")
@operation(problems=(404,), headers=PAGE_HEADERS)
def index_of_account(call: Call, account_id: str, query: PageQuery) -> Answer[list[InstanceJson]]:
    """List the instances of an account."""
    check_account(call.workspace, account_id)
    return listed(call, query, InstanceFilter())
