"""The routes of what hangs below records; which module answers a method follows from the sort of sub-resource."""

from collections.abc import Callable
from typing import Any, TypeAlias

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from mock_insightly.dependencies import dependencies
from mock_insightly.errors import NoSuchResourceError
from mock_insightly.routes.below import actions, children, files, own_rows
from mock_insightly.routes.below.parent import Parent
from mock_insightly.routes.call import allow, this_call
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.known import ANY_VERSION
from mock_insightly.versions.sub_resources import SubResource

_ALL = "/<resource>/<int:record_id>/<sub>"

_Answer: TypeAlias = Callable[[Parent, Any], ResponseReturnValue]
_AnswerOne: TypeAlias = Callable[[Parent, Any, str], ResponseReturnValue]

_ANSWERS: dict[tuple[type[SubResource], str], _Answer] = {
    (subs.EmbeddedCollection, "GET"): own_rows.index,
    (subs.EmbeddedCollection, "POST"): own_rows.add,
    (subs.EmbeddedCollection, "PUT"): own_rows.put,
    (subs.EmbeddedCollection, "DELETE"): own_rows.remove,
    (subs.Children, "GET"): children.index,
    (subs.Children, "POST"): children.create,
    (subs.Children, "PUT"): children.update,
    (subs.Following, "GET"): actions.show_following,
    (subs.Following, "POST"): actions.follow,
    (subs.Following, "DELETE"): actions.unfollow,
    (subs.Attachments, "GET"): children.index,
    (subs.Attachments, "POST"): files.create,
    (subs.Picture, "GET"): files.show_image,
    (subs.Picture, "DELETE"): files.remove_image,
    (subs.PipelinePosition, "PUT"): actions.enter_pipeline,
    (subs.PipelinePosition, "DELETE"): actions.leave_pipeline,
    (subs.StateSwitch, "PUT"): actions.switch_state,
    (subs.Assignment, "POST"): actions.assign,
    (subs.Mailbox, "GET"): actions.show_mailbox,
}
_ANSWERS_ONE: dict[tuple[type[SubResource], str], _AnswerOne] = {
    (subs.EmbeddedCollection, "DELETE"): own_rows.remove_one,
    (subs.Children, "DELETE"): children.delete_one,
    (subs.Picture, "PUT"): files.put_image,
    (subs.FieldPicture, "GET"): files.show_field_image,
    (subs.FieldPicture, "PUT"): files.put_field_image,
    (subs.FieldPicture, "DELETE"): files.remove_field_image,
}

bp = Blueprint("sub_resources", __name__, url_prefix=ANY_VERSION)


@bp.route(_ALL, methods=["GET", "POST", "PUT", "DELETE"])
def all_of_it(version: str, resource: str, record_id: int, sub: str) -> ResponseReturnValue:
    """Answer a call about a sub-resource."""
    parent, found = _found(version, resource, record_id, sub)
    allow(found.on_all)
    answer = _ANSWERS[type(found), _method()]
    return answer(parent, found)


@bp.route(f"{_ALL}/<path:member>", methods=["GET", "POST", "PUT", "DELETE"])
def one_of_it(version: str, resource: str, record_id: int, sub: str, member: str) -> ResponseReturnValue:
    """Answer a call about one member of a sub-resource."""
    parent, found = _found(version, resource, record_id, sub)
    allow(found.on_member(member))
    answer = _ANSWERS_ONE[type(found), _method()]
    return answer(parent, found, member)


def _found(version: str, resource: str, record_id: int, sub: str) -> tuple[Parent, SubResource]:
    call = this_call(version)
    if sub == "links" and dependencies().settings.singular_links:
        kind = call.version.kind_called(resource)
        resource = kind.name.lower() if kind else resource
    shape = call.shape(resource)
    found = call.version.below(resource, sub)
    if found is None and sub in call.version.unserved_below:
        raise call.version.unserved_below[sub](sub)
    if found is None:
        known = (one.name for (of, _), one in call.version.sub_resources.items() if of == resource)
        raise NoSuchResourceError(sub, known)
    return Parent(call=call, shape=shape, id=record_id), found


def _method() -> str:
    return "GET" if request.method == "HEAD" else request.method
