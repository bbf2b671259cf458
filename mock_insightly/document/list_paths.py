"""The operations of lists that nobody changes, and of those that follow from records."""

from mock_insightly.account.account import CrmAccount
from mock_insightly.account.definitions import CUSTOM_FIELDS, custom_fields_of
from mock_insightly.account.lookups import Lookup
from mock_insightly.document import operations as ops
from mock_insightly.document.field_schemas import Said
from mock_insightly.document.operations import CrmOperation, Operations, RequestBody, ResponseBody
from mock_insightly.document.record_schemas import RecordSchemas, id_schema, inferred, object_of
from mock_insightly.kinds import TEAMS
from mock_insightly.versions.version import Version


def add_lookup(lookup: Lookup, account: CrmAccount, operations: Operations, schemas: RecordSchemas) -> None:
    """Add the operations of a list that nobody changes; what its rows are is inferred from them."""
    rows = lookup.rows(account)
    name = lookup.name if lookup.single else _singular(lookup.name)
    brief = [{key: value for key, value in row.items() if key != lookup.collection} for row in rows]
    row = schemas.named(name, lambda: inferred([*rows, *brief]))
    paging, counted = (ops.PAGING, ops.COUNTED) if lookup.paged and not lookup.single else ((), ())
    gives = ResponseBody(row if lookup.single else {"type": "array", "items": row}, headers=counted)
    parameters = (*paging, ops.BRIEF) if lookup.collection else paging
    index = CrmOperation("index", f"Show the {lookup.name}.", gives, parameters=parameters)
    operations.add("GET", f"/{lookup.name}", index)
    if lookup.key is not None:
        numbered = all(isinstance(one[lookup.key], int) for one in rows)
        kind: Said = {"type": "integer", "minimum": 0} if numbered else {"type": "string", "minLength": 1}
        called = lookup.key.lower()
        show = CrmOperation("show", f"Show one of the {lookup.name}.", ResponseBody(row), problems=(404,))
        operations.add("GET", f"/{lookup.name}/{{{called}}}", show, ops.variable(called, kind))


def add_tags(version: Version, operations: Operations, tag: Said) -> None:
    """Add the list of tags."""
    tags: Said = {"type": "array", "items": tag}
    needed = version.tags_of_one
    kinds = [shape.kind for shape in version.shapes.values() if shape.kind.field("TAGS")]
    schema: Said = {"type": "string", "examples": [kind.name for kind in kinds]}
    record_type = ops.asked(
        "record_type",
        "the resource whose records carry them",
        schema | ({"pattern": r"\S"} if needed else {}),
        required=needed,
    )
    operation = CrmOperation(
        "index",
        "List the tags that records of one kind carry.",
        ResponseBody(tags, headers=ops.COUNTED),
        parameters=(record_type, *ops.PAGING),
        problems=(400,) if needed else (),
    )
    operations.add("GET", "/Tags", operation)


def add_team_members(version: Version, operations: Operations, schemas: RecordSchemas) -> None:
    """Add the list of all teams' members."""
    key = version.shape(TEAMS).key("TEAMMEMBERS")
    member = schemas.row(key)
    number = ops.record_variable("permission_id")
    page = ResponseBody({"type": "array", "items": member}, headers=ops.COUNTED)
    index = CrmOperation("index", "List the members of all teams.", page, parameters=ops.PAGING)
    create = CrmOperation(
        "create",
        "Make a user the member of a team; who is one already stays so.",
        ResponseBody(member, status=201, headers=("Location",)),
        takes=RequestBody(object_of({"TEAM_ID": id_schema(), "MEMBER_USER_ID": id_schema()})),
        problems=(404,),
    )
    update = CrmOperation(
        "update",
        "Put another user in the place of a member, whose team stays what it is.",
        ResponseBody(member, headers=("Location",)),
        takes=RequestBody(object_of({"PERMISSION_ID": id_schema(), "MEMBER_USER_ID": id_schema()})),
        problems=(404,),
    )
    show = CrmOperation("show", "Show one of the TeamMembers.", ResponseBody(member), problems=(404,))
    refused = (400, 404)  # the members of an anonymous team change with their team alone
    delete = CrmOperation("delete", "Take a member out of its team.", ops.DELETED, problems=refused)
    if "PUT" in version.on_members:
        operations.add("PUT", "/TeamMembers", update)
    operations.add("GET", "/TeamMembers", index)
    operations.add("POST", "/TeamMembers", create)
    operations.add("GET", "/TeamMembers/{permission_id}", show, number)
    operations.add("DELETE", "/TeamMembers/{permission_id}", delete, number)


def add_custom_fields(account: CrmAccount, operations: Operations, schemas: RecordSchemas) -> None:
    """Add the lists of custom fields' definitions, as v3 has them."""
    own = [field for name in account.custom_objects for field in custom_fields_of(name)]
    field = schemas.named("CustomField", lambda: inferred([one.to_v3() for one in (*CUSTOM_FIELDS, *own)]))
    gives = ResponseBody({"type": "array", "items": field})
    text: Said = {"type": "string", "minLength": 1}
    of = ops.variable("object_name", text, "Its plural or singular; another name means all.")
    index = CrmOperation("index", "List the custom fields of a kind of record.", gives)
    name = ops.asked("fieldName", "the name", {"type": "string", "pattern": r"\S"}, required=True)
    search = CrmOperation(
        "search",
        "Show the custom field of a kind of record that has a name.",
        ResponseBody(field),
        parameters=(name,),
        problems=(400, 404),
    )
    operations.add("GET", "/CustomFields/{object_name}", index, of)
    operations.add("GET", "/CustomFields/{object_name}/Search", search, of)


def _singular(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")
