"""What the CRM's OpenAPI document says of values, from the tables that requests are checked with: as JSON Schema.

What answers show of a field and what requests may say differ because the CRM is a lenient reader: it takes numbers, dates and
truth values in several spellings, and shows each in one.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields import fields
from mock_insightly.fields.fields import AnyScalar, Field, Integer, Record, Rows, Text
from mock_insightly.fields.row_types import CustomFields, LinkedName
from mock_insightly.records.record import created
from mock_insightly.records.rules import ANONYMOUS, MEMBERS, TEAM_NAME
from mock_insightly.versions.shape import Key, Shape
from mock_insightly.versions.version import CrmTarget, Version

JsonSchema: TypeAlias = dict[str, object]
"""A piece of an OpenAPI document."""

_SHOWN_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
_TIME = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
DATE = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([Tt +]{_TIME}([Zz]|[+ -][0-9]{{2}}:?[0-9]{{2}})?)?"
"""The pattern of a date as it may be sent, without its ends."""
_EXAMPLE_DATE = "2026-03-02 10:00:00"
_BLANK_OR = "^$|"
_HAS_LETTERS = r"\S"


def shown(type_: fields.FieldType | None, *, nullable: bool) -> JsonSchema:
    """Return the schema of a value in an answer.

    Raises:
        TypeError: fields of this type have none yet.
    """
    match type_:
        case None:
            return {"type": "null"}
        case fields.Text():
            said = _text(type_)
        case LinkedName():
            said = {"type": "string", "examples": [*type_.known[:1]]}
        case fields.Choice():
            said = {"type": "string", "enum": [*type_.options]}
        case fields.Integer():
            said = {"type": "integer", "format": "int64"}
        case fields.Decimal():
            said = {"type": "number"}
        case fields.Boolean():
            said = {"type": "boolean"}
        case fields.Date():
            said = {"type": "string", "pattern": _SHOWN_DATE, "examples": [_EXAMPLE_DATE]}
        case fields.AnyScalar():
            return {"type": ["string", "number", "boolean", "null"]}
        case _:
            raise _unknown(type_)
    return or_null(said) if nullable else said


def taken(type_: fields.FieldType, *, required: bool = False) -> JsonSchema:
    """Return the schema of a value in a request.

    Args:
        required: whether there must be more than null or blanks.

    Raises:
        TypeError: fields of this type have none yet.
    """
    match type_:
        case fields.Text():
            said = _text(type_) | ({"minLength": 1, "pattern": _HAS_LETTERS} if required else {})
        case LinkedName():
            said = {"type": "string"} | ({"minLength": 1, "pattern": _HAS_LETTERS} if required else {})
        case fields.Choice():
            said = {"type": "string", "enum": [*type_.options]}
        case fields.Integer():
            said = _whole(type_)
        case fields.Decimal():
            said = _or_text({"type": "number"}, r"^[+-]?[0-9]{1,300}(\.[0-9]{1,300})?$")
        case fields.Boolean():
            said = {"enum": [True, False, "true", "false", "True", "False"]}
        case fields.Date():
            blank = "" if required else _BLANK_OR
            said = {"type": "string", "pattern": f"{blank}^{DATE}$", "examples": [_EXAMPLE_DATE]}
        case fields.AnyScalar():
            said = {"type": ["string", "number", "boolean"]}
        case _:
            raise _unknown(type_)
    return said if required else or_null(said)


def or_null(said: JsonSchema) -> JsonSchema:
    """Return a schema that null fits too."""
    if "anyOf" in said:
        options = said["anyOf"]
        return {**said, "anyOf": [*options, {"type": "null"}]} if isinstance(options, list) else said
    kinds = said.get("type", [])
    widened: JsonSchema = (
        {"type": [*(kinds if isinstance(kinds, list) else [kinds]), "null"]} if kinds else {}
    )
    values = said.get("enum")
    return {**said, **widened, **({"enum": [*values, None]} if isinstance(values, list) else {})}


def _text(type_: fields.Text) -> JsonSchema:
    return {"type": "string"} | ({} if type_.longest is None else {"maxLength": type_.longest})


def _whole(type_: fields.Integer) -> JsonSchema:
    lowest = max(type_.lowest, -fields.LARGEST_WHOLE)
    number = {"type": "integer", "format": "int64", "minimum": lowest, "maximum": fields.LARGEST_WHOLE}
    return _or_text(number, "^[+-]?[0-9]{1,19}$")


def _or_text(number: JsonSchema, pattern: str) -> JsonSchema:
    return {"anyOf": [number, {"type": "string", "pattern": pattern}]}


def _unknown(type_: fields.FieldType) -> TypeError:
    return TypeError(f"{type(type_).__name__} has no JSON Schema; give it one in {__name__}")


_NAMES = {
    "ADDRESSES": "Address",
    "CONTACTINFOS": "ContactInfo",
    "CONTACTLINKS": "ContactLink",
    "CUSTOMFIELDS": "CustomFieldValue",
    "DATES": "Date",
    "EMAILDOMAINS": "EmailDomain",
    "EMAILLINKS": "EmailLink",
    "EVENTLINKS": "EventLink",
    "LINKS": "Link",
    "NOTELINKS": "NoteLink",
    "ORGANISATIONLINKS": "OrganisationLink",
    "TAGS": "Tag",
    "TASKLINKS": "TaskLink",
    "TEAMMEMBERS": "TeamMember",
}
"""What one row of a collection is called; where nothing stands here, as the collection is."""

_KEYS = "Case does not count in keys; unknown and read-only ones are ignored."
_PLACES = (
    " OPPORTUNITY_ID goes without PROJECT_ID only, MILESTONE_ID must be of that project, STAGE_ID of a pipeline that "
    "the project or opportunity is in."
)
_SOME_DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
_CUSTOM_FIELD = Rows(
    fields=(
        Field(name="FIELD_NAME", type=Text(longest=255)),
        Field(name="FIELD_VALUE", type=AnyScalar()),
        Field(name="CUSTOM_FIELD_ID", type=Text(longest=255)),
    )
)


_OF_TEAMS: JsonSchema = {
    "if": {"properties": {ANONYMOUS: {"enum": [True, "true", "True"]}}, "required": [ANONYMOUS]},
    "then": {"properties": {MEMBERS: {"type": "array", "minItems": 1}}, "required": [MEMBERS]},
    "else": {"properties": {TEAM_NAME: {"type": "string", "pattern": r"\S"}}, "required": [TEAM_NAME]},
}
"""What a new team needs, which depends on whether it is anonymous."""


class RecordSchemas:
    """The schemas of a version's records, which come to stand under components as they are asked for.

    Args:
        version: whose name is put before theirs.
        account: whose new records tell which fields are never null.
    """

    def __init__(self, version: Version, account: CrmAccount) -> None:
        self._version = version
        self.account = account
        self.components: dict[str, JsonSchema] = {}

    def record(self, shape: Shape) -> JsonSchema:
        """Return the schema of a record in an answer."""
        return self.named(shape.kind.entity, lambda: self._shown(shape))

    def to_create(self, shape: Shape) -> JsonSchema:
        """Return the schema of a new record in a request."""
        return self.named(f"{shape.kind.entity}ToCreate", lambda: self._taken(shape, whole=True))

    def to_update(self, shape: Shape, *, whole: bool) -> JsonSchema:
        """Return the schema of a change in a request.

        Args:
            whole: what the body does not mention counts as null.
        """
        either = whole and (self._version.briefs or shape.is_team)
        return self.named(
            f"{shape.kind.entity}ToUpdate",
            lambda: self._taken_whole_or_brief(shape) if either else self._taken(shape, whole=whole),
        )

    def row(self, key: Key) -> JsonSchema:
        """Return the schema of a row of a collection in an answer."""
        return self.named(_NAMES.get(key.name, key.name), lambda: _row_shown(rows_of_key(key)))

    def row_to_write(self, key: Key) -> JsonSchema:
        """Return the schema of a row of a collection in a request."""
        return self.named(f"{_NAMES.get(key.name, key.name)}ToWrite", lambda: _row_taken(key))

    def named(self, name: str, make: Callable[[], JsonSchema]) -> JsonSchema:
        """Return a reference to a component, which is made when it is asked for first."""
        full = f"{self._version.name}.{name}"
        if full not in self.components:
            self.components[full] = {}
            self.components[full] = make()
        return {"$ref": f"#/components/schemas/{full}"}

    def _shown(self, shape: Shape) -> JsonSchema:
        blank = created(shape.kind, {}, record_id=1, account=self.account, now=_SOME_DAY)
        collections = ", ".join(key.name for key in shape.keys if key.collection)
        return {
            "type": "object",
            **({"description": f"`brief=true` leaves out {collections}."} if collections else {}),
            "properties": {key.name: self._key_shown(key, blank) for key in shape.keys},
            "required": [key.name for key in shape.keys if not key.collection],
        }

    def _key_shown(self, key: Key, blank: Record) -> JsonSchema:
        read_only: JsonSchema = {} if key.take else {"readOnly": True}
        if key.collection:
            return {
                "type": ["array", "null"] if key.show(blank) is None else "array",
                "items": self.row(key),
                **read_only,
            }
        return {**shown(key.holds, nullable=key.show(blank) is None), **read_only}

    def _taken(self, shape: Shape, *, whole: bool) -> JsonSchema:
        required = [*shape.required] if whole else []
        return {
            "type": "object",
            "description": _KEYS + (_PLACES if shape.checks_task_links else ""),
            "properties": self._properties(shape),
            **({"required": required} if required else {}),
            **(_OF_TEAMS if whole and shape.is_team else {}),
        }

    def _taken_whole_or_brief(self, shape: Shape) -> JsonSchema:
        """Return the schema of a change that is whole or not: the query says which, and no schema can ask it."""
        said = self._taken(shape, whole=False)
        if shape.required:
            needed = f"Needed unless `brief=true`: {', '.join(shape.required)}."
            said["description"] = f"{said['description']} {needed}"
        return said

    def _properties(self, shape: Shape) -> dict[str, JsonSchema]:
        return {
            key.name: self._key_taken(key, required=key.name in shape.required)
            for key in shape.keys
            if key.take
        }

    def _key_taken(self, key: Key, *, required: bool) -> JsonSchema:
        if key.collection:
            return {"type": ["array", "null"], "items": self.row_to_write(key)}
        return taken(key.holds or AnyScalar(), required=required)


def inferred(values: list[Json]) -> JsonSchema:
    """Return the schema of values that no table describes, from the values themselves."""
    objects = [value for value in values if isinstance(value, dict)]
    arrays = [value for value in values if isinstance(value, list)]
    names = {_JSON_TYPES[type(value)] for value in values}
    said: JsonSchema = {"type": sorted(names) if len(names) > 1 else next(iter(names))} if names else {}
    if arrays:
        said["items"] = inferred([inner for array in arrays for inner in array])
    if objects:
        keys = [*dict.fromkeys(key for value in objects for key in value)]
        said["properties"] = {
            key: inferred([value[key] for value in objects if key in value]) for key in keys
        }
        said["required"] = [key for key in keys if all(key in value for value in objects)]
    return said


_JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def array(items: JsonSchema) -> JsonSchema:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def object_of(needed: dict[str, JsonSchema], further: dict[str, JsonSchema] | None = None) -> JsonSchema:
    """Return the schema of an object with keys that it needs, and others that it may have."""
    properties = {**needed, **(further or {})}
    return {"type": "object", "properties": properties, **({"required": [*needed]} if needed else {})}


def with_key(schema: JsonSchema, name: str, value: JsonSchema) -> JsonSchema:
    """Return a schema with a key that there has to be besides."""
    return {"allOf": [schema, {"type": "object", "properties": {name: value}, "required": [name]}]}


def id_schema() -> JsonSchema:
    """Return the schema of an id in a request's body."""
    return taken(Integer(lowest=1), required=True)


def rows_of_key(key: Key) -> Rows:
    """Return what a collection holds.

    Raises:
        TypeError: the key is that of no collection.
    """
    if isinstance(key.holds, CustomFields):
        return _CUSTOM_FIELD
    if isinstance(key.holds, Rows):
        return key.holds
    raise TypeError(f"{key.name} holds {key.holds!r}, which are no rows")


def _row_shown(rows: Rows) -> JsonSchema:
    sure = {*rows.required, *rows.blank, *rows.owner_fields, rows.id_field}
    return {
        "type": "object",
        "properties": {
            field.name: shown(field.type, nullable=field.name not in sure) for field in rows.fields
        },
        "required": [field.name for field in rows.fields],
    }


def _row_taken(key: Key) -> JsonSchema:
    rows = rows_of_key(key)
    said: JsonSchema = {
        "type": "object",
        "properties": {
            field.name: taken(field.type, required=field.name in rows.required) for field in rows.fields
        },
    }
    if rows.required:
        said["required"] = [*rows.required]
    if isinstance(key.holds, CustomFields):
        said["anyOf"] = [{"required": ["FIELD_NAME"]}, {"required": ["CUSTOM_FIELD_ID"]}]
    return said


class DescribedTarget(CrmTarget, frozen=True, kw_only=True):
    """What a path is about, with the schemas of its version."""

    schemas: RecordSchemas

    @property
    def record(self) -> JsonSchema:
        """The schema of one of its records."""
        return self.schemas.record(self.shape)

    @property
    def one(self) -> str:
        """One of its records, in words."""
        return f"one of the {self.name}"

    @property
    def row(self) -> JsonSchema:
        """The schema of a row of the collection that hangs below its records."""
        return self.schemas.row(self.shape.key(self.sub.key))

    @property
    def row_to_write(self) -> JsonSchema:
        """The schema of such a row in a request."""
        return self.schemas.row_to_write(self.shape.key(self.sub.key))

    @property
    def children(self) -> Shape:
        """How the records are shown that hang below its own."""
        return self.version.shape(self.sub.kind)

    @property
    def child(self) -> JsonSchema:
        """The schema of such a record."""
        return self.schemas.record(self.children)
