"""Lists that nobody changes, and those that follow from records: tags, custom fields, members of teams.

Source: paths of members from the v2.2 and v3.1 OpenAPI documents (documented); a member that is there already is answered as it is
    (recorded v2.1 exchanges, observed).
"""

from collections.abc import Callable, Iterator

from flask import Response

from elements_local.kit.api.json_text import encode
from mock_insightly.errors import MissingFieldError, NoSuchRowError
from mock_insightly.fields import row_types
from mock_insightly.fields.definitions import CUSTOM_FIELDS as DEFINED
from mock_insightly.fields.definitions import CustomField, custom_fields_of
from mock_insightly.fields.fields import Record, Rows, Sent, read_id, rows_of
from mock_insightly.fields.lookups import Lookup
from mock_insightly.json_schemas import DescribedTarget, JsonSchema, array, id_schema, inferred, object_of
from mock_insightly.kinds.account import TEAMS
from mock_insightly.records.record import record_in
from mock_insightly.records.search import EVERYTHING, WHOLE, is_true
from mock_insightly.routes import answers
from mock_insightly.routes.call import CrmCall
from mock_insightly.routes.operations import (
    BRIEF,
    COUNTED,
    LOCATED,
    ONE,
    PAGING,
    CrmOperation,
    asked,
    record_variable,
    variable,
)
from mock_insightly.routes.sub_resources import Parent
from mock_insightly.versions.shape import Key
from mock_insightly.versions.version import CUSTOM_FIELDS, TAGS, TEAM_MEMBERS

_ROWS = "TEAMMEMBERS"
_TAGS = Key(name="TAGS", holds=row_types.TAGS, show=lambda _record: [], collection=True)


def _is_paged(of: DescribedTarget) -> bool:
    return of.lookup.paged and not of.lookup.single


def _row(of: DescribedTarget) -> JsonSchema:
    """Return the schema of a row of a list that nobody changes: what its rows are says what they can be."""
    lookup = of.lookup
    rows = lookup.rows(of.schemas.account)
    plural = f"{of.name[:-3]}y" if of.name.endswith("ies") else of.name.removesuffix("s")
    return of.schemas.named(
        of.name if lookup.single else plural,
        lambda: inferred([*rows, *(_brief(lookup, row) for row in rows)]),
    )


def _brief(lookup: Lookup, row: Record) -> Record:
    return {name: value for name, value in row.items() if name != lookup.collection}


@CrmOperation(
    Lookup,
    "GET",
    gives=lambda of: _row(of) if of.lookup.single else array(_row(of)),
    headers=lambda of: COUNTED if _is_paged(of) else (),
    query=lambda of: (*(PAGING if _is_paged(of) else ()), *([BRIEF] if of.lookup.collection else [])),
)
def index(call: CrmCall, lookup: Lookup) -> Response:
    """Show the {name}.

    Source: sets of activities take ``brief`` (Insightly v2.2 and v3.1 OpenAPI documents, documented).
    """
    found = lookup.rows(call.account)
    if lookup.collection and is_true(call.query.get("brief")):
        found = [_brief(lookup, row) for row in found]
    if lookup.single:
        return answers.answer(call, encode(found[0]))
    return answers.rows(call, found, paged=lookup.paged)


def _key(of: DescribedTarget) -> tuple[JsonSchema, ...]:
    key = of.lookup.key or ""
    numbered = all(isinstance(row[key], int) for row in of.lookup.rows(of.schemas.account))
    return (
        variable(
            key.lower(), {"type": "integer", "minimum": 0} if numbered else {"type": "string", "minLength": 1}
        ),
    )


@CrmOperation(Lookup, "GET", ONE, gives=_row, variables=_key, problems=(404,))
def show(call: CrmCall, lookup: Lookup, called: str) -> Response:
    """Show one of the {name}."""
    for row in lookup.rows(call.account):
        if str(row[lookup.key or ""]).casefold() == called.casefold():
            return answers.answer(call, encode(row))
    raise NoSuchRowError(lookup.name, called)


def _record_type(of: DescribedTarget) -> tuple[JsonSchema, ...]:
    needed = of.version.tags_of_one
    kinds = [shape.kind for shape in of.version.shapes.values() if shape.kind.field("TAGS")]
    schema: JsonSchema = {"type": "string", "examples": [kind.name for kind in kinds]}
    return (
        asked(
            "record_type",
            "the resource whose records carry them",
            schema | ({"pattern": r"\S"} if needed else {}),
            required=needed,
        ),
        *PAGING,
    )


@CrmOperation(
    TAGS,
    "GET",
    id="index",
    gives=lambda of: array(of.schemas.row(_TAGS)),
    headers=COUNTED,
    query=_record_type,
    problems=lambda of: (400,) if of.version.tags_of_one else (),
)
def list_tags(call: CrmCall) -> Response:
    """List the tags that records of one kind carry.

    Source: ``record_type`` is required on v3.1 (Insightly v3.1 OpenAPI document, documented), and a resource's name
        (the vendor's test suite, documented); that the order is the alphabet's is assumed.
    """
    wanted = call.query.get("record_type", "").strip().lower()
    if not wanted and call.version.tags_of_one:
        raise MissingFieldError("record_type", "query")
    kinds = [
        shape.kind
        for name, shape in call.version.shapes.items()
        if shape.kind.field("TAGS") and wanted in {"", name, shape.kind.entity.lower()}
    ]
    with call.reading() as records:
        names = {tag for kind in kinds for tag in records.tags(kind)}
    return answers.rows(call, [{"TAG_NAME": name} for name in sorted(names, key=str.casefold)], paged=True)


def _definition(of: DescribedTarget) -> JsonSchema:
    own = [field for name in of.schemas.account.custom_objects for field in custom_fields_of(name)]
    return of.schemas.named("CustomField", lambda: inferred([one.to_v3() for one in (*DEFINED, *own)]))


_OBJECT_NAME = variable(
    "object_name",
    {"type": "string", "minLength": 1},
    "Its plural or singular; another name means all.",
)


@CrmOperation(
    CUSTOM_FIELDS, "GET", ONE, id="index", gives=lambda of: array(_definition(of)), variables=(_OBJECT_NAME,)
)
def list_custom_fields(call: CrmCall, kind: str) -> Response:
    """List the custom fields of a kind of record.

    Source: singular or plural will do, and an unknown name gives all fields (live probes of v3.1, observed
        second-hand).
    """
    return answers.answer(call, encode([field.to_v3() for field in _custom_fields(call, kind)]))


@CrmOperation(
    CUSTOM_FIELDS,
    "GET",
    "{}/Search",
    id="search",
    gives=_definition,
    variables=(_OBJECT_NAME,),
    query=(asked("fieldName", "the name", {"type": "string", "pattern": r"\S"}, required=True),),
    problems=(400, 404),
)
def search_custom_fields(call: CrmCall, kind: str) -> Response:
    """Show the custom field of a kind of record that has a name.

    Source: one object, the name required (Insightly v3.1 OpenAPI document, documented); 404 for a name that no field has
        is assumed.
    """
    name = call.query.get("fieldname", "").strip()
    if not name:
        raise MissingFieldError("fieldName", "query")
    for field in _custom_fields(call, kind):
        if field.name.casefold() == name.casefold():
            return answers.answer(call, encode(field.to_v3()))
    raise NoSuchRowError(f"CustomFields of {kind}", name)


def _custom_fields(call: CrmCall, called: str) -> list[CustomField]:
    kind, own = call.version.kind_called(called), call.account.custom_objects
    entity = kind.entity if kind else next((name for name in own if name.lower() == called), None)
    if entity is not None:
        return [*custom_fields_of(entity)]
    return [*DEFINED, *(field for name in own for field in custom_fields_of(name))]


def _member_schema(of: DescribedTarget) -> JsonSchema:
    return of.schemas.row(of.version.shape(TEAMS).key(_ROWS))


_PERMISSION_ID = (record_variable("permission_id"),)


@CrmOperation(
    TEAM_MEMBERS,
    "PUT",
    id="update",
    gives=_member_schema,
    headers=LOCATED,
    takes=lambda _of: object_of({"PERMISSION_ID": id_schema(), "MEMBER_USER_ID": id_schema()}),
    problems=(404,),
)
def replace_member(call: CrmCall) -> Response:
    """Put another user in the place of a member, whose team stays what it is.

    Source: early v2.2 has the route (Insightly v2.2 OpenAPI document, documented); what it changes is assumed.
    """
    sent = call.body()
    number, user = (_number(sent, name) for name in ("PERMISSION_ID", "MEMBER_USER_ID"))
    team = int(str(_member(call, number)["TEAM_ID"]))

    def replaced(rows: list[Record]) -> list[Record]:
        return [{**row, "MEMBER_USER_ID": user} if row["PERMISSION_ID"] == number else row for row in rows]

    _write(call, team, replaced)
    return _written(call, _member(call, number))


@CrmOperation(
    TEAM_MEMBERS, "GET", id="index", gives=lambda of: array(_member_schema(of)), headers=COUNTED, query=PAGING
)
def list_members(call: CrmCall) -> Response:
    """List the members of all teams."""
    return answers.rows(call, [_shown(call, row) for row in _members(call)], paged=True)


@CrmOperation(
    TEAM_MEMBERS, "GET", ONE, id="show", gives=_member_schema, variables=_PERMISSION_ID, problems=(404,)
)
def show_member(call: CrmCall, number: int) -> Response:
    """Show one of the {name}."""
    return answers.answer(call, encode(_shown(call, _member(call, number))))


@CrmOperation(
    TEAM_MEMBERS,
    "POST",
    id="create",
    gives=_member_schema,
    headers=LOCATED,
    takes=lambda _of: object_of({"TEAM_ID": id_schema(), "MEMBER_USER_ID": id_schema()}),
    problems=(404,),
)
def add_member(call: CrmCall) -> Response:
    """Make a user the member of a team; who is one already stays so."""
    sent = call.body()
    team, user = (_number(sent, name) for name in ("TEAM_ID", "MEMBER_USER_ID"))

    def joined(rows: list[Record]) -> list[Record]:
        if any(row["MEMBER_USER_ID"] == user for row in rows):
            return rows
        return [*rows, {"PERMISSION_ID": None, "TEAM_ID": team, "MEMBER_USER_ID": user}]

    record = _write(call, team, joined)
    return _written(call, next(row for row in rows_of(record, _ROWS) if row["MEMBER_USER_ID"] == user))


@CrmOperation(
    TEAM_MEMBERS,
    "DELETE",
    ONE,
    id="delete",
    variables=_PERMISSION_ID,
    problems=(400, 404),  # the members of an anonymous team change with their team alone
)
def remove_member(call: CrmCall, number: int) -> None:
    """Take a member out of its team."""
    team = int(str(_member(call, number)["TEAM_ID"]))
    _write(call, team, lambda rows: [row for row in rows if row["PERMISSION_ID"] != number])


def _written(call: CrmCall, row: Record) -> Response:
    response = answers.answer(call, encode(_shown(call, row)))
    return answers.located(call, response, TEAM_MEMBERS, row["PERMISSION_ID"])


def _shown(call: CrmCall, row: Record) -> Record:
    members = call.version.shape(TEAMS).key(_ROWS).holds
    assert isinstance(members, Rows)  # noqa: S101 - which every version says of it
    return {field.name: row.get(field.name) for field in members.fields}


def _write(call: CrmCall, team: int, edit: Callable[[list[Record]], list[Record]]) -> Record:
    parent = Parent(call=call, shape=call.shape(TEAMS.name.lower()), id=team)
    return parent.write(lambda before: {_ROWS: [*edit(rows_of(before, _ROWS))]})


def _members(call: CrmCall) -> Iterator[Record]:
    with call.reading() as records:
        teams = records.find(TEAMS, EVERYTHING, WHOLE).documents
    for document in teams:
        yield from rows_of(record_in(document), _ROWS)


def _member(call: CrmCall, number: int) -> Record:
    for row in _members(call):
        if row["PERMISSION_ID"] == number:
            return row
    raise NoSuchRowError(TEAM_MEMBERS, number)


def _number(sent: Sent, name: str) -> int:
    if sent.get(name) is None:
        raise MissingFieldError(name, "TeamMember")
    return read_id(sent[name], name)
