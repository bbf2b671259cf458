"""What sets one version of the API apart from another."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from mock_insightly.errors import UnservedError
from mock_insightly.fields.lookups import Lookup
from mock_insightly.kinds.kind import RecordKind
from mock_insightly.records.search import Query, RecordFilter
from mock_insightly.versions.shape import Methods, Shape, methods
from mock_insightly.versions.sub_resources import CUSTOM, SubResource, SubResources

TAGS, CUSTOM_FIELDS, TEAM_MEMBERS = "Tags", "CustomFields", "TeamMembers"
"""The lists that follow from records; of custom fields, in versions that have no such lookup."""

_EVERY, _MEMBERS = methods("GCUD"), methods("GC")
"""Sub-resources whose list is answered with 201, says the v3.1 OpenAPI document (documented, but hard to believe)."""


class Version(Struct, frozen=True, kw_only=True):
    """A version of the API.

    Attributes:
        name: as paths have it.
        shapes: by the resource's name in lower case.
        lookups: lists that nobody changes, by name in lower case.
        sub_resources: what hangs below records.
        filters: the names of the filters that a search of a kind has, except the date in ``updated_after_utc``.
        search_filter: reads the filters of a search, except the date in ``updated_after_utc``.
        replaces: whether a PUT clears what its body does not mention.
        briefs: whether a PUT with ``brief=true`` does not.
        tagged: whether records carry an ETag, and a PUT may name one in If-Match.
        tags_of_one: whether a list of tags must be of one kind of record.
        tells_singular: whether a resource's singular is refused in another way than an unknown name.
        on_members: the methods of the list of all teams' members.
        unserved, unserved_below: what the vendor has and this CRM does not serve, of resources and of sub-resources, in
            lower case -> the error that says why.
        put_status: what a PUT of a record is answered with.
        custom_shape: makes the shape of a custom object's records; None if they cannot be reached.
    """

    name: str
    shapes: Mapping[str, Shape]
    lookups: Mapping[str, Lookup]
    sub_resources: SubResources
    filters: Callable[[RecordKind], Iterable[str]]
    search_filter: Callable[[Shape, Query], RecordFilter]
    replaces: bool
    tagged: bool
    briefs: bool = False
    tags_of_one: bool = False
    tells_singular: bool = False
    on_members: Methods = _MEMBERS
    unserved: Mapping[str, type[UnservedError]] = field(default_factory=dict)
    unserved_below: Mapping[str, type[UnservedError]] = field(default_factory=dict)
    put_status: int = 200
    custom_shape: Callable[[RecordKind], Shape] | None = None

    def shape(self, kind: RecordKind) -> Shape:
        """Return how this version shows a kind of record, which is no custom object's."""
        return self.shapes[kind.name.lower()]

    def kind_called(self, word: str) -> RecordKind | None:
        """Return the kind of record that a word in lower case names, its plural or its singular."""
        kinds = (shape.kind for shape in self.shapes.values())
        return next((kind for kind in kinds if word in {kind.name.lower(), kind.entity.lower()}), None)

    def below(self, resource: str, sub: str) -> SubResource | None:
        """Return a sub-resource; both names are in lower case. All custom objects have the same."""
        return self.sub_resources.get((resource if resource in self.shapes else CUSTOM, sub))


Sort: TypeAlias = type | str
"""What operations are declared for: shapes, lookups, a sort of sub-resource, or one of the lists that follow from records."""


class CrmTarget(Struct, frozen=True, kw_only=True):
    """What a path is about.

    Attributes:
        resource: how its records are shown, or a list that nobody changes, or the name of one that follows from records.
        sub: what hangs below one of its records, of the sort that an operation is declared for; None if that is not asked for.
    """

    version: Version
    resource: Shape | Lookup | str
    sub: Any = None

    @property
    def sort(self) -> Sort:
        """What its operations are declared for."""
        if self.sub is not None:
            return type(self.sub)
        return self.resource if isinstance(self.resource, str) else type(self.resource)

    @property
    def shape(self) -> Shape:
        """How the records of its resource are shown, if these are records."""
        assert isinstance(self.resource, Shape)  # noqa: S101 - only operations of records ask
        return self.resource

    @property
    def lookup(self) -> Lookup:
        """The list that nobody changes, if it is one."""
        assert isinstance(self.resource, Lookup)  # noqa: S101 - only operations of lookups ask
        return self.resource

    @property
    def name(self) -> str:
        """The resource's name, as paths spell it."""
        match self.resource:
            case Shape(kind=kind):
                return kind.name
            case Lookup(name=name):
                return name
            case name:
                return name

    def methods(self, at: str) -> Methods:
        """Return the methods that the tables allow at a place: below a resource, or below what hangs below its records."""
        if self.sub is not None:
            allowed: Methods = self.sub.on_one if at else self.sub.on_all
            return allowed
        match self.resource:
            case Shape() as shape:
                return shape.methods_at(at)
            case Lookup(key=None) if at:
                return frozenset()
            case "TeamMembers" if not at:
                return self.version.on_members
            case _:
                return _EVERY


def record_targets(version: Version, custom_shapes: Iterable[Shape] = ()) -> Iterator[CrmTarget]:
    """Yield each resource of records that a version has, followed by what hangs below its records.

    Args:
        custom_shapes: those of the custom objects that there are.
    """
    for shape in (*version.shapes.values(), *custom_shapes):
        yield CrmTarget(version=version, resource=shape)
        name = shape.kind.name.lower()
        for (of, _), sub in version.sub_resources.items():
            if of == (name if name in version.shapes else CUSTOM):
                yield CrmTarget(version=version, resource=shape, sub=sub)
