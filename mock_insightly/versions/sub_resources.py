"""What hangs below a record's path: rows of its own, records that refer to it, a switch."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct

from elements_local.kit.api.json_text import Json
from mock_insightly.fields.fields import Record, rows_of
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.versions.shape import Methods, Shape, methods


class SubResource(Struct, frozen=True, kw_only=True):
    """The base of all sub-resources.

    Attributes:
        name: as paths spell it.
        on_all, on_one: the methods of its own path, and of that of one of its members.
    """

    name: str
    on_all: Methods
    on_one: Methods = frozenset()


class EmbeddedCollection(SubResource, frozen=True, kw_only=True):
    """A collection that a record carries, reached by itself.

    A write is one of the parent's graph in which only this collection differs: what a version's shape knows of
    it is known here.

    Attributes:
        key: of the collection, in the version's shape.
        by: the row's key that a path or a body names it by.
        unique_by: the row's keys in which no two rows may be equal; empty if they may.
        beside: keys which the shape reads together with the collection.
        upserts: whether a PUT adds the row that is not there.
    """

    key: str
    by: str
    unique_by: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    upserts: bool = False

    def rows(self, shape: Shape, record: Record) -> list[Record]:
        """Return the collection's rows as the version shows them."""
        return rows_of({self.key: shape.key(self.key).show(record)}, self.key)

    def given(self, shape: Shape, record: Record, rows: list[Record]) -> Record:
        """Return the canonical fields that follow from a record with other rows.

        Raises:
            BadRequestError: a value does not fit.
        """
        kept: Record = {name: shape.key(name).show(record) for name in self.beside}
        changed: list[Json] = [*rows]
        return shape.given({**kept, self.key: changed}, record, whole=False)

    def index_of(self, rows: list[Record], called: Json) -> int | None:
        """Return where the row stands that is called so; case does not count."""
        places = (at for at, row in enumerate(rows) if _same(row.get(self.by), called))
        return next(places, None)

    def duplicate_of(self, rows: list[Record], row: Mapping[str, Json]) -> Record | None:
        """Return a row that another one would repeat."""
        keys = [name for name in self.unique_by if row.get(name) is not None]
        return next(
            (one for one in rows if keys and all(_same(one.get(name), row[name]) for name in keys)), None
        )


class Children(SubResource, frozen=True, kw_only=True):
    """The records of a kind that refer to a record.

    Attributes:
        arrays: whether the list is whole, and a write is answered with an array of what was written.
    """

    kind: RecordKind
    arrays: bool = False


class Following(SubResource, frozen=True, kw_only=True):
    """Whether the caller follows a record."""


class Attachments(Children, frozen=True, kw_only=True):
    """The files of a record."""


class Picture(SubResource, frozen=True, kw_only=True):
    """The one image of a record; a PUT names its file.

    Attributes:
        put_status: what a PUT is answered with.
    """

    put_status: int


class FieldPicture(SubResource, frozen=True, kw_only=True):
    """The image in a custom field of a record, which the path names; a PUT names its file too."""


class PipelinePosition(SubResource, frozen=True, kw_only=True):
    """Which pipeline a record stands in, and at which stage of it."""


class StagePosition(SubResource, frozen=True, kw_only=True):
    """At which stage of its pipeline a record stands."""


class StateSwitch(SubResource, frozen=True, kw_only=True):
    """The state of an opportunity."""


class Assignment(SubResource, frozen=True, kw_only=True):
    """The assignment of a set of activities to a record."""


class Mailbox(SubResource, frozen=True, kw_only=True):
    """The address that files e-mail under a record."""


CUSTOM = "*"
"""What stands for the name of any custom object."""

SubResources: TypeAlias = Mapping[tuple[str, str], SubResource]
"""By the names of resource and sub-resource in lower case, as normalised paths have them."""


def below(resources: str, *subs: SubResource) -> Iterable[tuple[tuple[str, str], SubResource]]:
    """Return sub-resources by the resources they are found below, which are given as one text."""
    return [((resource.lower(), sub.name.lower()), sub) for resource in resources.split() for sub in subs]


def children(kind: RecordKind, on_all: str, on_one: str = "") -> Children:
    """Return a kind's records, called as they are elsewhere; methods are given by their letters."""
    return Children(name=kind.name, kind=kind, on_all=methods(on_all), on_one=methods(on_one))


def collection(  # noqa: PLR0913 - a table's columns
    name: str,
    by: str,
    *unique_by: str,
    beside: str = "",
    on_all: str = "CU",
    on_one: str = "D",
    upserts: bool = False,
) -> EmbeddedCollection:
    """Return a collection that is called as its key is; methods are given by their letters."""
    return EmbeddedCollection(
        name=name,
        key=name.upper(),
        by=by,
        unique_by=unique_by,
        beside=(beside,) if beside else (),
        on_all=methods(on_all),
        on_one=methods(on_one),
        upserts=upserts,
    )


def _same(left: Json, right: Json) -> bool:
    return left is not None and str(left).casefold() == str(right).casefold()
