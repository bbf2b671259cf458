"""What a kind of record is, the fields that several kinds have in common, and short ways to write the others."""

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import (
    Boolean,
    Choice,
    Date,
    Field,
    FieldType,
    Integer,
    Record,
    Rows,
    Text,
    nothing,
)
from mock_insightly.fields.row_types import (
    ADDRESS_PARTS,
    ADDRESSES,
    CONTACT_INFOS,
    DATES,
    LINKS,
    TAGS,
    CustomFields,
    kept_beside_columns,
)


def _as_it_is(record: Record, _account: CrmAccount) -> Record:
    return record


class RecordKind(Struct, frozen=True, kw_only=True, dict=True):
    """One kind of record.

    Attributes:
        name: as paths spell it.
        entity: as links and messages name one of them.
        fields: in the order in which v3.1 shows them, and what it hides behind them.
        hidden: the fields that v3 shows nowhere.
        derive: computes fields from others, whenever a record is written.
        mailbox: the letter that marks the kind in LINKED_EMAIL_ADDRESS; None where there is none.
        order: the fields that lists are ordered by, before the id.
        numbers: the sequence of its ids, where several kinds share one.
        refers: pairs of a field that holds another record's id and the entity of that record.
        parent: the two fields, entity and id, of the record it hangs on; None if it hangs on none.
        deleted_with_parent: whether it is deleted with that record.
        child: whether records come to hang on others with it, rather than being linked to them.
        unlogged: whether the log of changes says nothing of them, as their records are no records to a client.
        predefined: whether an account has some of them from the start.
        used_by: a kind of record and its field that holds ids of these; while one does, none is deleted.
        retires: the flag that a delete lowers instead of taking the record away.
    """

    name: str
    entity: str
    id_field: str
    fields: tuple[Field, ...]
    hidden: frozenset[str] = frozenset()
    derive: Callable[[Record, CrmAccount], Record] = _as_it_is
    mailbox: str | None = None
    order: tuple[str, ...] = ()
    numbers: str | None = None
    refers: tuple[tuple[str, str], ...] = ()
    parent: tuple[str, str] | None = None
    deleted_with_parent: bool = False
    child: bool = False
    unlogged: bool = False
    predefined: bool = False
    used_by: tuple[str, str] | None = None
    retires: str | None = None

    @cached_property
    def blank(self) -> Record:
        """A record without anything in it; not to be changed."""
        return {field.name: None for field in self.fields}

    @cached_property
    def initials(self) -> tuple[tuple[str, Callable[[CrmAccount], Json]], ...]:
        """The fields that hold something when nothing was sent, and what makes that."""
        return tuple((field.name, field.initial) for field in self.fields if field.initial is not nothing)

    @cached_property
    def numbered(self) -> tuple[tuple[str, Rows, str], ...]:
        """The collections whose rows have numbers, and in which of a row's fields those stand."""
        return tuple(
            (field.name, field.type, field.type.id_field)
            for field in self.fields
            if isinstance(field.type, Rows) and field.type.id_field
        )

    @cached_property
    def written_dates(self) -> tuple[str, ...]:
        """The fields with dates that clients write."""
        return tuple(
            field.name for field in self.fields if isinstance(field.type, Date) and not field.assigned
        )

    def id_of(self, record: Record) -> int:
        """Return a record's id."""
        number = record[self.id_field]
        assert isinstance(number, int)  # noqa: S101 - the server's own
        return number

    def field(self, name: str) -> Field | None:
        """Return the field of this canonical name; case does not count."""
        return next((field for field in self.fields if field.name == name.upper()), None)


def texts(*names: str, longest: int | None = None) -> tuple[Field, ...]:
    """Return fields that hold text."""
    return tuple(Field(name=name, type=Text(longest=longest)) for name in names)


def of(type_: FieldType, *names: str) -> tuple[Field, ...]:
    """Return fields of one type."""
    return tuple(Field(name=name, type=type_) for name in names)


def assigned(*names: str, type_: FieldType = Text()) -> tuple[Field, ...]:  # noqa: B008 - a frozen value
    """Return fields that only the server writes."""
    return tuple(Field(name=name, type=type_, assigned=True) for name in names)


def starting(name: str, type_: FieldType, value: Json) -> Field:
    """Return a field that holds this when nothing was sent."""
    return Field(name=name, type=type_, initial=always(value))


def identity(name: str) -> Field:
    """Return the field of a record's id."""
    return Field(name=name, type=Integer(lowest=1), assigned=True)


def address(prefix: str, *parts: str) -> tuple[Field, ...]:
    """Return the fields of an address.

    Source: the length of a postcode is that of the v3.1 OpenAPI document (documented).
    """
    return tuple(
        Field(name=f"{prefix}_{part}", type=Text(longest=128 if part == "POSTCODE" else None))
        for part in parts
    )


def custom_rows(entity: str) -> Field:
    """Return the field of a kind's custom fields."""
    return Field(name="CUSTOMFIELDS", type=CustomFields(of=entity), initial=no_rows)


def always(value: Json) -> Callable[[CrmAccount], Json]:
    """Return what gives the same for every account."""
    return lambda _account: value


def no_rows(_account: CrmAccount) -> Json:
    """Return an empty collection."""
    return []


def the_caller(account: CrmAccount) -> Json:
    """Return who calls."""
    return account.user_id


ADDRESS = ADDRESS_PARTS
STAMPS = assigned("DATE_CREATED_UTC", "DATE_UPDATED_UTC", type_=Date())
ACTIVITY = assigned("LAST_ACTIVITY_DATE_UTC", "NEXT_ACTIVITY_DATE_UTC", type_=Date())
SOCIAL = texts("SOCIAL_LINKEDIN", "SOCIAL_FACEBOOK", "SOCIAL_TWITTER")
CREATOR = Field(name="CREATED_USER_ID", type=Integer(), initial=the_caller, assigned=True)
OWNER = Field(name="OWNER_USER_ID", type=Integer(), initial=the_caller)
IMAGE = Field(name="IMAGE_URL", type=Text(longest=500), assigned=True)
VISIBLE_TO = starting("VISIBLE_TO", Choice(options=("EVERYONE", "OWNER", "TEAM", "INDIVIDUALS")), "EVERYONE")
VISIBLE_TEAM = Field(name="VISIBLE_TEAM_ID", type=Integer())
VISIBILITY = (VISIBLE_TO, VISIBLE_TEAM)
OPTED_OUT = starting("EMAIL_OPTED_OUT", Boolean(), False)
TAG_ROWS = Field(name="TAGS", type=TAGS, initial=no_rows)
DATE_ROWS = Field(name="DATES", type=DATES, initial=no_rows)
LINK_ROWS = Field(name="LINKS", type=LINKS, initial=no_rows)
GRAPH_ROWS = (
    Field(name="CONTACTINFOS", type=kept_beside_columns(CONTACT_INFOS)),
    Field(name="ADDRESSES", type=kept_beside_columns(ADDRESSES)),
)
"""What v2 has written as rows; of it, v3 shows what its columns hold."""
