"""What a kind of record is."""

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from mock_insightly.account.account import CrmAccount
from mock_insightly.fields.fields import Date, Field, Record, Rows, nothing


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
        founded: whether an account has some of them from the start.
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
    founded: bool = False
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
