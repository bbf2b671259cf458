"""The paths of the API, the same for every version and resource: the tables say which operation answers a request."""

from collections.abc import Callable
from http import HTTPStatus
from inspect import isfunction

from flask import Flask, Response
from werkzeug.exceptions import MethodNotAllowed

from elements_local.kit.api.operations import present_request
from mock_insightly.errors import NoSuchResourceError, NoSuchRowError
from mock_insightly.routes import actions, files, lists, records, sub_resources
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.operations import ONE, CrmOperation, View, operations_of
from mock_insightly.routes.sub_resources import Parent
from mock_insightly.versions.known import ANY_VERSION
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import SubResource
from mock_insightly.versions.version import CUSTOM_FIELDS, TAGS, TEAM_MEMBERS, CrmTarget, Sort

OPERATIONS: dict[tuple[Sort, str], list[tuple[CrmOperation, View]]] = {}
"""What they are declared for, and their path below that -> operations and their views."""

for _module in (records, lists, sub_resources, actions, files):
    for _view in filter(isfunction, vars(_module).values()):
        for _operation in operations_of(_view):
            OPERATIONS.setdefault((_operation.of, _operation.at), []).append((_operation, _view))

_LISTS = {name.lower(): name for name in (TAGS, CUSTOM_FIELDS, TEAM_MEMBERS)}
_SEARCHES = {at.lower(): at for at in ("Search", "SearchByTag")}


def add_api(app: Flask) -> None:
    """Give an application the paths; a call whose method a path does not take is refused in the terms of its resource."""
    for path, view in _VIEWS.items():
        endpoint = f"api.{view.__name__}"
        # for any method: which of them a path takes depends on what it names
        app.url_map.add(app.url_rule_class(f"{ANY_VERSION}{path}", endpoint=endpoint))
        app.view_functions[endpoint] = view


def resource(version: str, resource: str) -> Response:
    """Answer a call about a resource."""
    call = CrmCall.of_request(present_request(), {"version": version})
    return _run(call, _target(call, resource), "")


def numbered(version: str, resource: str, number: int) -> Response:
    """Answer a call about a record, or a row of a list."""
    call = CrmCall.of_request(present_request(), {"version": version})
    target = _target(call, resource)
    return _run(call, target, ONE, number if _has_numbers(target) else str(number))


def named(version: str, resource: str, name: str) -> Response:
    """Answer a call of a search, or about a row of a list.

    Raises:
        NoSuchRowError: it takes a number.

    Source: that an id which is no number is answered like one that nothing has is assumed.
    """
    call = CrmCall.of_request(present_request(), {"version": version})
    if name in _SEARCHES:
        return _run(call, CrmTarget(version=call.version, resource=call.shape(resource)), _SEARCHES[name])
    target = _target(call, resource)
    if _has_numbers(target):
        _operation_at(call, target, ONE)
        raise NoSuchRowError(resource, name)
    return _run(call, target, ONE, name)


def me(version: str) -> Response:
    """Answer a call about the caller."""
    call = CrmCall.of_request(present_request(), {"version": version})
    return _run(call, _target(call, "users"), "Me")


def custom_field(version: str, name: str) -> Response:
    """Answer a call of the search of custom fields."""
    call = CrmCall.of_request(present_request(), {"version": version})
    return _run(call, _target(call, CUSTOM_FIELDS.lower()), "{}/Search", name)


def below(version: str, resource: str, number: int, sub: str, member: str | None = None) -> Response:
    """Answer a call about what hangs below a record, or about one member of that."""
    call = CrmCall.of_request(present_request(), {"version": version})
    shape = call.shape(resource)
    found = _sub_resource(call, resource, sub)
    target = CrmTarget(version=call.version, resource=shape, sub=found)
    members = [] if member is None else [member]
    if member is not None and (target.sort, "{}/{}") in OPERATIONS:
        members = member.split("/", 1)
    operation, view = _operation_at(call, target, "/".join(ONE for _ in members))
    return _answer(operation, target, view(Parent(call=call, shape=shape, id=number), found, *members))


_VIEWS: dict[str, Callable[..., Response]] = {
    "/<resource>": resource,
    "/<resource>/<int:number>": numbered,
    "/<resource>/<name>": named,
    "/users/me": me,
    f"/{CUSTOM_FIELDS.lower()}/<name>/search": custom_field,
    "/<resource>/<int:number>/<sub>": below,
    "/<resource>/<int:number>/<sub>/<path:member>": below,
}


def _target(call: CrmCall, resource: str) -> CrmTarget:
    found = call.version.lookups.get(resource) or _LISTS.get(resource) or call.shape(resource)
    return CrmTarget(version=call.version, resource=found)


def _has_numbers(target: CrmTarget) -> bool:
    return isinstance(target.resource, Shape) or target.resource == TEAM_MEMBERS


def _sub_resource(call: CrmCall, resource: str, sub: str) -> SubResource:
    found = call.version.below(resource, sub)
    if found is not None:
        return found
    if sub in call.version.unserved_below:
        raise call.version.unserved_below[sub](sub)
    known = (one.name for (of, _), one in call.version.sub_resources.items() if of == resource)
    raise NoSuchResourceError(sub, known)


def _operation_at(call: CrmCall, target: CrmTarget, at: str) -> tuple[CrmOperation, View]:
    """Return the operation of a call's method.

    Raises:
        NoSuchResourceError: nothing is there.
        MethodNotAllowed: it takes others.

    Source: 405 for unsupported methods, probed live by insightly-mcp (observed second-hand).
    """
    declared = OPERATIONS.get((target.sort, at), [])
    if not declared and target.sub is None:
        known = (shape.kind.name for shape in target.version.shapes.values())
        raise NoSuchResourceError(target.name.lower(), known)
    asked = call.request.method
    method = "GET" if asked == "HEAD" else asked
    for operation, view in declared:
        if operation.method == method and operation.is_taken(target):
            return operation, view
    raise MethodNotAllowed(valid_methods=sorted({one.method for one, _ in declared if one.is_taken(target)}))


def _run(call: CrmCall, target: CrmTarget, at: str, *called: str | int) -> Response:
    operation, view = _operation_at(call, target, at)
    resource = () if isinstance(target.resource, str) else (target.resource,)
    return _answer(operation, target, view(call, *resource, *called))


def _answer(operation: CrmOperation, target: CrmTarget, response: Response | None) -> Response:
    status = operation.status_for(target)
    if response is None:
        return Response(status=status)
    if response.status_code == HTTPStatus.OK:  # a view may have said that nothing has changed
        response.status_code = status
    return response
