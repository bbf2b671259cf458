"""What records are in a version, as JSON Schema, from the tables that requests are checked with."""

from collections.abc import Callable
from datetime import UTC, datetime

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.document.field_schemas import Said, shown, taken
from mock_insightly.records.fields import Field, Loose, Record, Rows, Text, Whole
from mock_insightly.records.row_types import CustomFields
from mock_insightly.records.rules import ANONYMOUS, MEMBERS, TEAM_NAME
from mock_insightly.records.stamps import created
from mock_insightly.versions.shape import Key, Shape
from mock_insightly.versions.version import Version

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
        Field(name="FIELD_VALUE", type=Loose()),
        Field(name="CUSTOM_FIELD_ID", type=Text(longest=255)),
    )
)


_OF_TEAMS: Said = {
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
        self._account = account
        self.components: dict[str, Said] = {}

    def record(self, shape: Shape) -> Said:
        """Return the schema of a record in an answer."""
        return self.named(shape.kind.entity, lambda: self._shown(shape))

    def to_create(self, shape: Shape) -> Said:
        """Return the schema of a new record in a request."""
        return self.named(f"{shape.kind.entity}ToCreate", lambda: self._taken(shape, whole=True))

    def to_update(self, shape: Shape, *, whole: bool) -> Said:
        """Return the schema of a change in a request.

        Args:
            whole: what the body does not mention counts as null.
        """
        either = whole and (self._version.briefs or shape.minds_members)
        return self.named(
            f"{shape.kind.entity}ToUpdate",
            lambda: self._taken_whole_or_brief(shape) if either else self._taken(shape, whole=whole),
        )

    def row(self, key: Key) -> Said:
        """Return the schema of a row of a collection in an answer."""
        return self.named(_name(key), lambda: _row_shown(rows_of_key(key)))

    def row_to_write(self, key: Key) -> Said:
        """Return the schema of a row of a collection in a request."""
        return self.named(f"{_name(key)}ToWrite", lambda: _row_taken(key))

    def named(self, name: str, make: Callable[[], Said]) -> Said:
        """Return a reference to a component, which is made when it is asked for first."""
        full = f"{self._version.name}.{name}"
        if full not in self.components:
            self.components[full] = {}
            self.components[full] = make()
        return {"$ref": f"#/components/schemas/{full}"}

    def _shown(self, shape: Shape) -> Said:
        blank = created(shape.kind, {}, record_id=1, account=self._account, now=_SOME_DAY)
        collections = ", ".join(key.name for key in shape.keys if key.collection)
        return {
            "type": "object",
            **({"description": f"`brief=true` leaves out {collections}."} if collections else {}),
            "properties": {key.name: self._key_shown(key, blank) for key in shape.keys},
            "required": [key.name for key in shape.keys if not key.collection],
        }

    def _key_shown(self, key: Key, blank: Record) -> Said:
        read_only: Said = {} if key.take else {"readOnly": True}
        if key.collection:
            return {
                "type": ["array", "null"] if key.show(blank) is None else "array",
                "items": self.row(key),
                **read_only,
            }
        return {**shown(key.holds, nullable=key.show(blank) is None), **read_only}

    def _taken(self, shape: Shape, *, whole: bool) -> Said:
        required = [*shape.required] if whole else []
        return {
            "type": "object",
            "description": _KEYS + (_PLACES if shape.minds_places else ""),
            "properties": self._properties(shape),
            **({"required": required} if required else {}),
            **(_OF_TEAMS if whole and shape.minds_members else {}),
        }

    def _taken_whole_or_brief(self, shape: Shape) -> Said:
        """Return the schema of a change that is whole or not: the query says which, and no schema can ask it."""
        said = self._taken(shape, whole=False)
        if shape.required:
            needed = f"Needed unless `brief=true`: {', '.join(shape.required)}."
            said["description"] = f"{said['description']} {needed}"
        return said

    def _properties(self, shape: Shape) -> dict[str, Said]:
        return {
            key.name: self._key_taken(key, required=key.name in shape.required)
            for key in shape.keys
            if key.take
        }

    def _key_taken(self, key: Key, *, required: bool) -> Said:
        if key.collection:
            return {"type": ["array", "null"], "items": self.row_to_write(key)}
        return taken(key.holds or Loose(), required=required)


def inferred(values: list[Json]) -> Said:
    """Return the schema of values that no table describes, from the values themselves."""
    objects = [value for value in values if isinstance(value, dict)]
    arrays = [value for value in values if isinstance(value, list)]
    names = {_JSON_TYPES[type(value)] for value in values}
    said: Said = {"type": sorted(names) if len(names) > 1 else next(iter(names))} if names else {}
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


def object_of(needed: dict[str, Said], further: dict[str, Said] | None = None) -> Said:
    """Return the schema of an object with keys that it needs, and others that it may have."""
    properties = {**needed, **(further or {})}
    return {"type": "object", "properties": properties, **({"required": [*needed]} if needed else {})}


def id_schema() -> Said:
    """Return the schema of an id in a request's body."""
    return taken(Whole(lowest=1), required=True)


def _name(key: Key) -> str:
    return _NAMES.get(key.name, key.name)


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


def _row_shown(rows: Rows) -> Said:
    sure = {*rows.required, *rows.blank, *rows.owner_fields, rows.id_field}
    return {
        "type": "object",
        "properties": {
            field.name: shown(field.type, nullable=field.name not in sure) for field in rows.fields
        },
        "required": [field.name for field in rows.fields],
    }


def _row_taken(key: Key) -> Said:
    rows = rows_of_key(key)
    said: Said = {
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
