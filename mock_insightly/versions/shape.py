"""How a version shows one kind of record, and how it reads one back from a body."""

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import itemgetter
from typing import TypeAlias

from msgspec import Struct

from elements_local.kit.api.json_text import Json, encode
from elements_local.kit.caching import bounded_cache
from elements_local.kit.values import replace
from mock_insightly.errors import MissingFieldError, NotARecordError
from mock_insightly.fields.fields import (
    Boolean,
    Field,
    FieldType,
    Integer,
    Record,
    Rows,
    Sent,
    is_blank,
    read_id,
)
from mock_insightly.fields.row_types import CustomFields
from mock_insightly.kinds.account import USERS
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.record import record_in
from mock_insightly.records.rules import check_team

Methods: TypeAlias = frozenset[str]
"""The HTTP methods that a path takes."""

Show: TypeAlias = Callable[[Record], Json]
Take: TypeAlias = Callable[[Sent, Record], Record]
"""What was sent, and the record as it was (empty if it is new) -> the canonical fields that follow."""


_LETTERS = {"G": "GET", "C": "POST", "U": "PUT", "D": "DELETE"}


def methods(letters: str) -> Methods:
    """Return the methods of some letters.

    >>> sorted(methods("GCU"))
    ['GET', 'POST', 'PUT']
    """
    return frozenset(_LETTERS[letter] for letter in letters)


INCLUDE_CONVERTED = "include_converted"
"""The parameter of lists that shows what they leave out otherwise."""

_LISTED = 200
"""Records of a kind and a version that lists have ready: two pages of the usual size."""

_ALL, _ONE, _GET, _PUT = methods("GCU"), methods("GD"), methods("G"), methods("U")


class Key(Struct, frozen=True, kw_only=True):
    """One key of a record on the wire.

    Attributes:
        holds: what fits it; None if it is always null.
        take: None if what a client sends for it is ignored.
        collection: whether ``brief=true`` leaves it out.
        canonical: the field it shows unchanged; None if it shows something made up of several.
        in_lists: what lists show in the place of ``show``; None where they show the same.
    """

    name: str
    holds: FieldType | None
    show: Show
    take: Take | None = None
    collection: bool = False
    canonical: str | None = None
    in_lists: Show | None = None


def flat(field: Field, called: str | None = None, *, read_only: bool = False) -> Key:
    """Return the key of a field that is shown as it is kept, perhaps under another name.

    Source: read-only fields in a body are ignored, not refused (recorded v2.1 updates, observed).
    """
    name = called or field.name

    def take(sent: Sent, _before: Record) -> Record:
        return {field.name: field.take(sent[name.upper()], name)}

    return Key(
        name=name,
        holds=field.type,
        show=itemgetter(field.name),
        take=None if read_only or field.assigned else take,
        collection=isinstance(field.type, Rows | CustomFields),
        canonical=field.name,
    )


def parent_id_key(kind: RecordKind, parent: RecordKind) -> Key:
    """Return the key that holds the id of what a record of a kind hangs on, if that is of another kind."""
    entity, number = kind.parent or ("", "")

    def show(record: Record) -> Json:
        return record[number] if record[entity] == parent.entity.upper() else None

    return Key(name=parent.id_field, holds=Integer(), show=show)


def constant(name: str, value: bool | None) -> Key:  # noqa: FBT001 - the value is what it is about
    """Return a key that always shows the same."""
    return Key(name=name, holds=None if value is None else Boolean(), show=lambda _record: value)


class Shape(Struct, frozen=True, kw_only=True, dict=True):
    """One kind of record in one version.

    Attributes:
        keys: in the order of the wire.
        required: keys that must have a value.
        on_all, on_one: the methods of the resource's path, and of that of one of its records.
        searched: whether there is a search.
        tagged: whether there is a search by tag.
        hides: the flag of the records that lists leave out unless ``include_converted`` is true.
        check: refuses a body for what no single key can see.
        checks_task_links: whether a task's project, opportunity, milestone and stage must agree.
        is_team: whether what a team needs, and who changes its members, depends on whether it is anonymous.
        agree: gives several keys that stand for one field the value that the body means, or refuses it; called with the
            record as it was, before keys that were not sent count as null.
    """

    kind: RecordKind
    keys: tuple[Key, ...]
    required: tuple[str, ...] = ()
    on_all: Methods = _ALL
    on_one: Methods = _ONE
    searched: bool = True
    tagged: bool = False
    hides: str | None = None
    check: Callable[[Sent, RecordKind], None] | None = None
    checks_task_links: bool = False
    is_team: bool = False
    agree: Callable[[Sent, Record], Sent] | None = None

    def methods_at(self, at: str) -> Methods:
        """Return the methods of a path below the resource; that of a record takes the PUT that the resource's takes."""
        match at:
            case "":
                return self.on_all
            case "Search" if self.searched:
                return self.on_all & _GET
            case "SearchByTag" if self.tagged:
                return self.on_all & _GET
            case "Me" if self.kind is USERS:
                return _GET
            case "{}":
                return self.on_one | (self.on_all & _PUT)
            case _:
                return frozenset()

    @cached_property
    def canonical(self) -> bool:
        """Whether a record is shown exactly as it is kept, but for fields at its end."""
        # What is kept as it is shown need not be read and written again, which is most of the cost of a page.
        names = [field.name for field in self.kind.fields][: len(self.keys)]
        return [key.canonical for key in self.keys] == names and all(
            key.name == key.canonical and key.in_lists is None for key in self.keys
        )

    def _as_kept(self, document: str) -> str:
        """Return a kept document without the fields at its end that are not shown."""
        if self._hidden is None:
            return document
        shown, found, _ = document.rpartition(self._hidden)
        return f"{shown}}}" if found else document

    @cached_property
    def _hidden(self) -> str | None:
        """Where, in a kept document, the fields begin that are not shown; None if all are."""
        hidden = self.kind.fields[len(self.keys) :]
        return f',"{hidden[0].name}":' if hidden else None

    def show(self, record: Record) -> Record:
        """Return a record as the version shows it by its id."""
        return {key.name: key.show(record) for key in self.keys}

    def show_listed(self, record: Record, *, brief: bool = False) -> Record:
        """Return a record as a list of the version shows it.

        Source: brief records have the top-level properties only (Insightly v3.1 help page, documented); that the
            collections are left out rather than empty is assumed.
        """
        return {key.name: (key.in_lists or key.show)(record) for key in (self._brief if brief else self.keys)}

    def one(self, document: str) -> bytes:
        """Return a kept record as JSON."""
        return self._as_kept(document).encode() if self.canonical else encode(self.show(record_in(document)))

    def page(self, documents: list[str], *, brief: bool) -> bytes:
        """Return kept records as a JSON array.

        Source: lists are bare arrays, in no envelope (recorded exchanges of all versions, observed).
        """
        if self.canonical and not brief:
            return f"[{','.join(map(self._as_kept, documents))}]".encode()
        return b"[%b]" % b",".join([self._listed(document, brief) for document in documents])

    @cached_property
    def _listed(self) -> Callable[[str, bool], bytes]:
        """What gives a kept document as it stands in lists, and has the last ones ready, as lists are asked for again."""
        return bounded_cache(_LISTED)(
            lambda document, brief: encode(self.show_listed(record_in(document), brief=brief))
        )

    def sent(self, body: Json) -> Sent:
        """Return what a body says, by upper-case key.

        Raises:
            NotARecordError: it is no object.

        Source: unknown keys are ignored, and case does not count (both seen on v2.1, observed).
        """
        if not isinstance(body, dict):
            raise NotARecordError(self.kind.entity, body)
        return {key.upper(): value for key, value in body.items()}

    def key(self, name: str) -> Key:
        """Return the key of a name that the shape has."""
        return next(key for key in self.keys if key.name == name)

    def id_in(self, sent: Sent) -> int:
        """Return the id of the record that a body is about.

        Raises:
            MissingFieldError: it names none.
            FieldError: it is no id.
        """
        name = self.kind.id_field
        if is_blank(sent.get(name)):
            raise MissingFieldError(name, self.kind.entity)
        return read_id(sent[name], name)

    def given(self, sent: Sent, before: Record, *, whole: bool, brief: bool = False) -> Record:
        """Read the canonical fields that a body gives.

        Args:
            before: the record as it was; empty if it is new.
            whole: what the body does not mention counts as null.
            brief: the collections are left alone, though what the body says of them has to fit.

        Raises:
            BadRequestError: a value does not fit, or a required one is missing.
        """
        # First of all: what is not sent counts as null below, and then two names of one field could not be
        # distinguished.
        if self.agree:
            sent = self.agree(sent, before)
        if whole:
            sent = {**dict.fromkeys(key.name.upper() for key in self.keys if key.take), **sent}
        # After the null has been filled in, so that a full replacement without a required field is refused.
        self._require(sent, new=not before)
        if self.check:
            self.check(sent, self.kind)
        given: Record = {}
        for key in self.keys:
            if key.take and key.name.upper() in sent:
                taken = key.take(sent, before)
                # Even what is left alone has been read: a value that does not fit is refused.
                given.update({} if brief and key.collection else taken)
        if self.is_team:
            check_team({**before, **given})
        return given

    def below(self) -> "Shape":
        """Return the shape of what is made below another record: the path says which one it hangs on."""
        return replace(
            self, required=tuple(name for name in self.required if name not in (self.kind.parent or ()))
        )

    def _require(self, sent: Sent, *, new: bool) -> None:
        for name in self.required:
            # A partial update may leave a required field out, and may not empty it.
            if (new or name.upper() in sent) and is_blank(sent.get(name.upper())):
                raise MissingFieldError(name, self.kind.entity)

    @cached_property
    def _brief(self) -> tuple[Key, ...]:
        return tuple(key for key in self.keys if not key.collection)


def shapes_of(*shapes: Shape) -> Mapping[str, Shape]:
    """Return shapes by their resource's name in lower case, as normalised paths have it."""
    return {shape.kind.name.lower(): shape for shape in shapes}
