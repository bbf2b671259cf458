"""What fits a field, as JSON Schema: what answers show of it, and what requests may say.

The two differ because the CRM is a lenient reader: it takes numbers, dates and truth values in several spellings, and
shows each in one.
"""

from typing import TypeAlias

from mock_insightly.records import fields
from mock_insightly.records.row_types import LinkedName

Said: TypeAlias = dict[str, object]
"""A piece of an OpenAPI document."""

_SHOWN_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"
_TIME = "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
DATE = f"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([Tt +]{_TIME}([Zz]|[+ -][0-9]{{2}}:?[0-9]{{2}})?)?"
"""The pattern of a date as it may be sent, without its ends."""
_EXAMPLE_DATE = "2026-03-02 10:00:00"
_BLANK_OR = "^$|"
_HAS_LETTERS = r"\S"


def shown(type_: fields.FieldType | None, *, nullable: bool) -> Said:
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
        case fields.Whole():
            said = {"type": "integer", "format": "int64"}
        case fields.Decimal():
            said = {"type": "number"}
        case fields.Flag():
            said = {"type": "boolean"}
        case fields.Date():
            said = {"type": "string", "pattern": _SHOWN_DATE, "examples": [_EXAMPLE_DATE]}
        case fields.Loose():
            return {"type": ["string", "number", "boolean", "null"]}
        case _:
            raise _unknown(type_)
    return or_null(said) if nullable else said


def taken(type_: fields.FieldType, *, required: bool = False) -> Said:
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
        case fields.Whole():
            said = _whole(type_)
        case fields.Decimal():
            said = _or_text({"type": "number"}, r"^[+-]?[0-9]{1,300}(\.[0-9]{1,300})?$")
        case fields.Flag():
            said = {"enum": [True, False, "true", "false", "True", "False"]}
        case fields.Date():
            blank = "" if required else _BLANK_OR
            said = {"type": "string", "pattern": f"{blank}^{DATE}$", "examples": [_EXAMPLE_DATE]}
        case fields.Loose():
            said = {"type": ["string", "number", "boolean"]}
        case _:
            raise _unknown(type_)
    return said if required else or_null(said)


def or_null(said: Said) -> Said:
    """Return a schema that null fits too."""
    if "anyOf" in said:
        options = said["anyOf"]
        return {**said, "anyOf": [*options, {"type": "null"}]} if isinstance(options, list) else said
    kinds = said.get("type", [])
    widened: Said = {"type": [*(kinds if isinstance(kinds, list) else [kinds]), "null"]} if kinds else {}
    values = said.get("enum")
    return {**said, **widened, **({"enum": [*values, None]} if isinstance(values, list) else {})}


def _text(type_: fields.Text) -> Said:
    return {"type": "string"} | ({} if type_.longest is None else {"maxLength": type_.longest})


def _whole(type_: fields.Whole) -> Said:
    lowest = max(type_.lowest, -fields.LARGEST_WHOLE)
    number = {"type": "integer", "format": "int64", "minimum": lowest, "maximum": fields.LARGEST_WHOLE}
    return _or_text(number, "^[+-]?[0-9]{1,19}$")


def _or_text(number: Said, pattern: str) -> Said:
    return {"anyOf": [number, {"type": "string", "pattern": pattern}]}


def _unknown(type_: fields.FieldType) -> TypeError:
    return TypeError(f"{type(type_).__name__} has no JSON Schema; give it one in {__name__}")
