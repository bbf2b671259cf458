"""``/_local/instance-body``: what ``POST /instances`` takes, ready for a workspace, as the guide writes it."""

from typing import Annotated, Any

from flask import Blueprint
from msgspec import Meta, Struct

from elements_local.clients import guide
from elements_local.clients.errors import UnknownVendorError
from elements_local.clients.records import INSIGHTLY
from elements_local.clients.workspace_clients import Credentials
from elements_local.kit.api.operations import Answer, operation
from elements_local.platform.accounts.routes_workspaces import workspace_json
from elements_local.platform.call import AdminCall
from elements_local.platform.errors import InvalidRequestError


class ElementQuery(Struct):
    """Which element the instance is to be of: the guide's, or that of a vendor that the stack plays."""

    element: Annotated[str, Meta(min_length=1, max_length=200)] = INSIGHTLY


bp = Blueprint("instance-body", __name__, url_prefix="/_local/instance-body")


@bp.get("")
@operation(problems=(401, 403))
def show(call: AdminCall, query: ElementQuery) -> Answer[dict[str, Any]]:
    """Return the body with which ``POST /instances`` makes the guide's instance of an element, callbacks sent to the sink."""
    workspace = Credentials.from_json(workspace_json(call, call.workspace))
    try:
        return Answer(guide.instance_body(workspace, element=query.element))
    except UnknownVendorError as error:
        raise InvalidRequestError(str(error)) from error
