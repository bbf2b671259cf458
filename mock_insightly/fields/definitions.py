"""The custom fields and custom objects that an account has defined.

Source: shapes, types and how values and defaults are written recorded from v3.1 by the Ampersand connector
    (observed); which fields there are is made up, but for the names that it recorded.
"""

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import Record


class CustomField(Struct, frozen=True, kw_only=True):
    """A custom field's definition.

    Attributes:
        of: the kind of record, as FIELD_FOR spells it.
        number: its place among those of its kind, from 1.
        name: as v3 has it, with ``__c`` at its end.
    """

    of: str
    number: int
    name: str
    label: str
    type: str
    default: str | None = None
    options: tuple[str, ...] = ()
    editable: bool = True

    @property
    def id(self) -> str:
        """The field's name in v2.

        Source: ``CONTACT_FIELD_1`` (recorded v2.1 exchanges, observed).
        """
        return f"{self.of}_FIELD_{self.number}"

    def shown_options(self) -> list[Json]:
        """Return the options as all versions show them: in the order of their values, numbered as they were made."""
        numbered = sorted(enumerate(self.options, start=1), key=lambda option: option[1])
        return [
            {"OPTION_ID": number, "OPTION_VALUE": value, "OPTION_DEFAULT": False}
            for number, value in numbered
        ]

    def to_v3(self) -> Record:
        """Return the definition as v3 shows it."""
        return {
            "FIELD_NAME": self.name,
            "FIELD_ORDER": self.number,
            "FIELD_FOR": self.of,
            "FIELD_LABEL": self.label,
            "FIELD_TYPE": self.type,
            "FIELD_HELP_TEXT": None,
            "DEFAULT_VALUE": self.default,
            "EDITABLE": self.editable,
            "VISIBLE": True,
            "CUSTOM_FIELD_OPTIONS": self.shown_options(),
            "DEPENDENCY": None,
            "JOIN_OBJECT": None,
        }

    def to_v2(self) -> Record:
        """Return the definition as v2 shows it."""
        return {
            "CUSTOM_FIELD_ID": self.id,
            "ORDER_ID": self.number,
            "FIELD_FOR": self.of,
            "FIELD_NAME": self.label,
            "FIELD_TYPE": self.type,
            "FIELD_HELP_TEXT": None,
            "DEFAULT_VALUE": self.default,
            "GROUP_ID": None,
            "CUSTOM_FIELD_OPTIONS": self.shown_options(),
            "EDITABLE": self.editable,
            "VISIBLE": True,
        }


def _fields(of: str, *rows: tuple[str, str, str | None, tuple[str, ...]]) -> tuple[CustomField, ...]:
    return tuple(
        CustomField(
            of=of,
            number=number,
            name=f"{label.replace(' ', '_')}__c",
            label=label,
            type=type_,
            default=default,
            options=options,
            editable=type_ != "AUTONUMBER",
        )
        for number, (label, type_, default, options) in enumerate(rows, start=1)
    )


CUSTOM_FIELDS = (
    *_fields(
        "CONTACT",
        ("Hobby", "TEXT", None, ()),
        ("Interests", "MULTISELECT", None, ("Sports", "Music", "Travel")),
        ("Subscribed", "BIT", "False", ()),
        ("Member Since", "DATE", None, ()),
        ("Score", "NUMERIC", "0", ()),
        ("Photo", "IMAGE", None, ()),
    ),
    *_fields(
        "ORGANISATION",
        ("Segment", "DROPDOWN", None, ("Enterprise", "Small Business", "Public Sector")),
        ("Customer Number", "AUTONUMBER", None, ()),
        ("Portal", "URL", None, ()),
        ("Logo", "IMAGE", None, ()),
    ),
    *_fields(
        "LEAD",
        ("Campaign", "TEXT", None, ()),
        ("Notes", "MULTILINETEXT", None, ()),
        ("Photo", "IMAGE", None, ()),
    ),
    *_fields(
        "OPPORTUNITY",
        ("Competitor", "TEXT", None, ()),
        ("Discount", "PERCENT", "0", ()),
        ("Sketch", "IMAGE", None, ()),
    ),
    *_fields(
        "PROJECT",
        ("Go Live", "DATETIME", None, ()),
        ("Budget", "NUMERIC", "0", ()),
        ("Plan", "IMAGE", None, ()),
    ),
    *_fields("TASK", ("Sketch", "IMAGE", None, ())),
    *_fields("EVENT", ("Poster", "IMAGE", None, ())),
)


def custom_fields(_account: CrmAccount) -> list[Record]:
    """Return all definitions as v2 shows them."""
    return [field.to_v2() for field in CUSTOM_FIELDS]


def custom_field_called(entity: str, name: str) -> CustomField | None:
    """Return the definition of a kind of record's custom field; the case of its name does not count."""
    named = (field for field in custom_fields_of(entity) if field.name.casefold() == name.casefold())
    return next(named, None)


def custom_fields_of(entity: str) -> tuple[CustomField, ...]:
    """Return the definitions for a kind of record, named by its entity in any case; a custom object has its own."""
    of = entity.upper()
    if of.endswith("__C"):
        return _fields(of, ("Description", "TEXT", None, ()), ("Quantity", "NUMERIC", "0", ()))
    return tuple(field for field in CUSTOM_FIELDS if field.of == of)
