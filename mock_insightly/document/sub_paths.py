"""The operations of what hangs below records, by the sort of sub-resource."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from msgspec import Struct

from mock_insightly.document import operations as ops
from mock_insightly.document.field_schemas import Said, taken
from mock_insightly.document.operations import CrmOperation, RequestBody, ResponseBody
from mock_insightly.document.record_paths import RecordPaths
from mock_insightly.document.record_schemas import id_schema, object_of, rows_of_key
from mock_insightly.kinds import STATE_CHANGES
from mock_insightly.records.fields import Date, Whole
from mock_insightly.versions import sub_resources as subs
from mock_insightly.versions.shape import Shape
from mock_insightly.versions.sub_resources import SubResource

_FOLLOWED = object_of({"FOLLOWING": {"type": "boolean"}})
_BYTES: Said = {"type": "string", "format": "binary"}
_NAMED: Said = {"type": "string", "minLength": 1}


class SubPaths(Struct, frozen=True):
    """A sub-resource below one resource."""

    records: RecordPaths
    sub: SubResource

    def say(self, method: str, operation: CrmOperation, *, members: tuple[Said, ...] = ()) -> None:
        """Add an operation, if the sub-resource takes its method.

        Args:
            members: the parameters of the path that name one of the sub-resource's members.
        """
        if not self.takes(method, on_member=bool(members)):
            return
        called = f"{self.sub.name}.{operation.id}"
        operation = replace(operation, id=called, problems=(404, *operation.problems))
        path = f"{self.records.one}/{self.sub.name}"
        path += "".join(f"/{{{member['name']}}}" for member in members)
        self.records.operations.add(method, path, operation, self.records.variable, *members)

    def takes(self, method: str, *, on_member: bool = False) -> bool:
        """Say whether the sub-resource's own path, or that of one of its members, takes a method."""
        return method in (self.sub.on_one if on_member else self.sub.on_all)

    @property
    def one(self) -> str:
        """The record that it hangs below, in words."""
        return f"one of the {self.records.name}"

    @property
    def parent(self) -> Said:
        """The schema of that record."""
        return self.records.schemas.record(self.records.shape)


def add_below(records: RecordPaths, sub: SubResource) -> None:
    """Add the operations of a sub-resource.

    Raises:
        LookupError: nobody has said yet which operations its sort has.
    """
    sort = type(sub)
    if sort not in _ADDED:
        raise LookupError(
            f"{sort.__name__} ({sub.name} below {records.name}) has no operations in {__name__}"
        )
    _ADDED[sort](SubPaths(records, sub), sub)


def _collection(below: SubPaths, sub: subs.EmbeddedCollection) -> None:
    key = below.records.shape.key(sub.key)
    row, to_write = below.records.schemas.row(key), below.records.schemas.row_to_write(key)
    if_match = below.records.if_match
    rows: Said = {"type": "array", "items": row}
    one = f"one of the {sub.name} of {below.one}"
    listed = ResponseBody(rows, status=below.records.version.list_status(sub))
    below.say("GET", CrmOperation("index", f"List the {sub.name} of {below.one}.", listed))
    gives, takes = ResponseBody(row, status=201), RequestBody(to_write)
    below.say("POST", CrmOperation("add", f"Add {one}.", gives, parameters=if_match, takes=takes))
    named = to_write if sub.upserts else ops.with_key(to_write, sub.by, {})
    says = f"Put an array in the place of all {sub.name}, or an object in the place of {one}."
    takes = RequestBody({"anyOf": [named, {"type": "array", "items": to_write}]})
    gives = ResponseBody({"anyOf": [row, rows]})
    below.say("PUT", CrmOperation("put", says, gives, parameters=if_match, takes=takes))
    takes = RequestBody(object_of({sub.by: {}}))
    says = f"Take away {one}: the one that the body names."
    below.say("DELETE", CrmOperation("remove", says, ops.DELETED, parameters=if_match, takes=takes))
    remove = CrmOperation(
        "remove_one", f"Take away {one}.", ops.DELETED, parameters=if_match, problems=(400,)
    )
    numbered = sub.by == rows_of_key(key).id_field
    schema: Said = {"type": "integer", "format": "int64"} if numbered else _NAMED
    below.say("DELETE", remove, members=(ops.variable(sub.by.lower(), schema),))


def _children(below: SubPaths, sub: subs.Children) -> None:
    shape = below.records.version.shape(sub.kind)
    schemas = below.records.schemas
    record = schemas.record(shape)
    rows: Said = {"type": "array", "items": record}
    written = rows if sub.arrays else record
    one = f"one of the {sub.name} of {below.one}"
    paging = () if sub.arrays else ops.PAGING
    status = below.records.version.list_status(sub)
    index = CrmOperation(
        "index",
        f"List the {sub.name} of {below.one}.",
        ResponseBody(rows, status=status, headers=ops.COUNTED if paging else ()),
        parameters=(ops.UPDATED_AFTER, *paging, *((ops.BRIEF,) if paging else ())),
        problems=(400,),
    )
    below.say("GET", index)
    # schemas of bodies come to stand in the document when they are asked for
    if below.takes("POST"):
        takes = _body_of(below, sub, shape)
        create = CrmOperation(
            "create",
            f"Create {one}.",
            ResponseBody(written, status=201, headers=("Location",)),
            takes=takes,
            problems=(402, 417) if takes.media_type.startswith("multipart/") else (402,),
        )
        below.say("POST", create)
    id_field = shape.kind.id_field
    if below.takes("PUT"):
        body = schemas.to_update(shape, whole=below.records.version.replaces)
        update = CrmOperation(
            "update",
            f"Change {one}: the one whose id the body says.",
            ResponseBody(written, headers=("Location",)),
            parameters=(*below.records.if_match, ops.BRIEF),
            takes=RequestBody(ops.with_key(body, id_field, id_schema())),
        )
        below.say("PUT", update)
    delete = CrmOperation("delete", f"Delete {one}.", ops.DELETED)
    below.say("DELETE", delete, members=(ops.record_variable(id_field.lower()),))


def _body_of(below: SubPaths, sub: subs.Children, shape: Shape) -> RequestBody:
    if not isinstance(sub, subs.Attachments):
        return RequestBody(below.records.schemas.to_create(shape.below()))
    texts: dict[str, Said] = {name: {} for name in ("file_name", "content_type", "file_category_id")}
    schema: Said = {"type": "object", "properties": {"file": _BYTES, **texts}, "required": ["file"]}
    return RequestBody(schema, media_type="multipart/form-data")


def _following(below: SubPaths, _sub: subs.Following) -> None:
    says = f"Say whether the caller follows {below.one}."
    below.say("GET", CrmOperation("show", says, ResponseBody(_FOLLOWED)))
    below.say("POST", CrmOperation("start", f"Follow {below.one}.", ResponseBody(_FOLLOWED, status=201)))
    below.say("DELETE", CrmOperation("stop", f"Follow {below.one} no longer.", ops.DELETED))


def _picture(below: SubPaths, sub: subs.Picture) -> None:
    show = CrmOperation("show", f"Show the image of {below.one}.", ResponseBody(file=True))
    below.say("GET", show)
    below.say("DELETE", CrmOperation("remove", f"Take the image of {below.one} away.", ops.DELETED))
    keep = _keep(below, "put", "as the image of", sub.put_status)
    below.say("PUT", keep, members=(ops.variable("file_name", _NAMED),))


def _field_picture(below: SubPaths, _sub: subs.FieldPicture) -> None:
    field = ops.variable("field", _NAMED, "The name of a custom field for images.")
    show = CrmOperation("show", f"Show the image in a field of {below.one}.", ResponseBody(file=True))
    remove = CrmOperation("remove", f"Take the image in a field of {below.one} away.", ops.DELETED)
    keep = _keep(below, "put", "as the image in a field of", 201)
    below.say("GET", show, members=(field,))
    below.say("DELETE", remove, members=(field,))
    below.say("PUT", keep, members=(field, ops.variable("file_name", _NAMED)))


def _keep(below: SubPaths, verb: str, where: str, status: int) -> CrmOperation:
    return CrmOperation(
        verb,
        f"Keep the body {where} {below.one}.",
        ResponseBody(below.parent, status=status, headers=("Location",)),
        takes=RequestBody(_BYTES, media_type="application/octet-stream"),
        problems=(417,),
    )


def _place(below: SubPaths, sub: subs.PipelinePosition) -> None:
    stage = object_of({"STAGE_ID": id_schema()})
    if sub.stage_only:
        body, says = stage, f"Bring {below.one} to another stage."
    else:
        inner: Said = {"type": ["object", "null"], "properties": {"STAGE_ID": taken(Whole(lowest=1))}}
        body = object_of({"PIPELINE_ID": id_schema()}, {"PIPELINE_STAGE_CHANGE": inner})
        says = f"Bring {below.one} into a pipeline."
    gives, if_match = ResponseBody(below.parent, headers=("Location",)), below.records.if_match
    below.say("PUT", CrmOperation("put", says, gives, parameters=if_match, takes=RequestBody(body)))
    below.say("DELETE", CrmOperation("leave", f"Take {below.one} out of its pipeline.", ops.DELETED))


def _state(below: SubPaths, _sub: subs.StateSwitch) -> None:
    field = below.records.shape.kind.field("OPPORTUNITY_STATE")
    state: Said = {} if field is None else taken(field.type, required=True)
    body = object_of({"FOR_OPPORTUNITY_STATE": state}, {"STATE_REASON_ID": taken(Whole(lowest=1))})
    entry = ResponseBody(below.records.schemas.record(below.records.version.shape(STATE_CHANGES)))
    switch = CrmOperation("put", f"Change the state of {below.one}.", entry, takes=RequestBody(body))
    below.say("PUT", replace(switch, parameters=below.records.if_match))


def _assignment(below: SubPaths, _sub: subs.Assignment) -> None:
    body = object_of({"ACTIVITYSET_ID": id_schema()}, {"START_DATE": taken(Date())})
    gives = ResponseBody({"type": "object"}, status=201)
    says = f"Assign a set of activities to {below.one}; each becomes a task."
    below.say("POST", CrmOperation("create", says, gives, takes=RequestBody(body), problems=(402,)))


def _mailbox(below: SubPaths, _sub: subs.Mailbox) -> None:
    gives = ResponseBody(object_of({"EMAIL": {"type": "string"}}))
    below.say("GET", CrmOperation("show", f"Show the address that files e-mail under {below.one}.", gives))


_Add: TypeAlias = Callable[[SubPaths, Any], None]

_ADDED: Mapping[type[SubResource], _Add] = {
    subs.EmbeddedCollection: _collection,
    subs.Children: _children,
    subs.Attachments: _children,
    subs.Following: _following,
    subs.Picture: _picture,
    subs.FieldPicture: _field_picture,
    subs.PipelinePosition: _place,
    subs.StateSwitch: _state,
    subs.Assignment: _assignment,
    subs.Mailbox: _mailbox,
}
