"""Object definitions and transformations: what an instance calls the provider's objects and their fields.

Source: with a definition and a transformation of one name, hub calls show ``path`` instead of ``vendorPath``, on
sub-resources of that name too; what has no entry passes through; without either, nothing is mapped (observed: the
vendor's test suite). That conditions, ``fields`` and ``orderBy`` take the mapped names is documented.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from mock_platform.ceql import Clause, with_fields
from mock_platform.core.instance import MappedField, ObjectDefinition, Objects, Transformation
from mock_platform.core.ordering import SortOrder
from mock_platform.errors import ConflictError, InvalidRequestError, NotFoundError, NothingFoundError, shown
from mock_platform.transformations.field_mapping import ROWS, moved

Record = Mapping[str, object]
T = TypeVar("T")

ID_ALIAS = "id"


def define(objects: Objects, name: str, definition: ObjectDefinition, *, new: bool) -> Objects:
    """Return the objects with one defined.

    Raises:
        ConflictError: it is to be new, and is there.
        InvalidRequestError: two of its fields have one path.
        NotFoundError: it is to be there, and is not.
    """
    _check(objects.definitions, name, "object definition", new=new)
    _refuse_doubles(each.path for each in definition.fields)
    return replace(objects, definitions={**objects.definitions, name: definition})


def transform(objects: Objects, name: str, transformation: Transformation, *, new: bool) -> Objects:
    """Return the objects with one mapped.

    Raises:
        ConflictError: its mapping is to be new, and is there.
        InvalidRequestError: two of its fields have one path, or rows are mapped to something else.
        NotFoundError: its mapping is to be there, and is not; or the object is not defined (assumed).
    """
    _check(objects.transformations, name, "transformation", new=new)
    find(objects.definitions, name, "object definition")
    _refuse_doubles(each.path for each in transformation.fields)
    _refuse_uneven_rows(transformation.fields)
    return replace(objects, transformations={**objects.transformations, name: transformation})


def without_definition(objects: Objects, name: str) -> Objects:
    """Return the objects with one no longer defined; its transformation stays, and does nothing (assumed).

    Raises:
        NotFoundError: it is not.
    """
    find(objects.definitions, name, "object definition")
    return replace(objects, definitions=_without(objects.definitions, name))


def without_transformation(objects: Objects, name: str) -> Objects:
    """Return the objects with one no longer mapped.

    Raises:
        NotFoundError: it is not.
    """
    find(objects.transformations, name, "transformation")
    return replace(objects, transformations=_without(objects.transformations, name))


def find(by_name: Mapping[str, T], name: str, kind: str) -> T:
    """Return what has this name.

    Raises:
        NotFoundError: nothing has.
    """
    if name not in by_name:
        raise NotFoundError(kind, name, named="name")
    return by_name[name]


def all_of(by_name: Mapping[str, T], kinds: str) -> Mapping[str, T]:
    """Return all there are.

    Raises:
        NothingFoundError: there are none (observed: such a list is 404).
    """
    if not by_name:
        raise NothingFoundError(kinds)
    return by_name


@dataclass(frozen=True, kw_only=True)
class NameMapping:
    """What a client calls a resource and its fields, and what the provider calls them.

    Attributes:
        resource: the provider's, with its parent if it has one.
        id_field: the provider's id field, if records are to show it as ``id`` too.
    """

    resource: str
    fields: tuple[MappedField, ...] = ()
    id_field: str | None = None

    def shown(self, record: Record) -> dict[str, object]:
        """Return a record of the provider's as the client sees it."""
        mapped = (
            moved(record, [(each.vendor_path, each.path) for each in self.fields])
            if self.fields
            else dict(record)
        )
        if self.id_field and self.id_field in record and ID_ALIAS not in mapped:
            return {ID_ALIAS: record[self.id_field], **mapped}
        return mapped

    def sent(self, body: Record) -> dict[str, object]:
        """Return what a client sent as the provider takes it; keys may be in another case (observed)."""
        if not self.fields:
            return dict(body)
        spelled = {step.lower(): step for step in (each.path.partition(".")[0] for each in self.fields)}
        fields_by_path = {spelled.get(key.lower(), key): value for key, value in body.items()}
        return moved(fields_by_path, [(each.path, each.vendor_path) for each in self.fields])

    def vendor_field(self, name: str) -> str:
        """Return what the provider calls a field; a name that is not mapped is its own."""
        for each in self.fields:
            if each.path.lower() == name.lower():
                return each.vendor_path
        return self.id_field if self.id_field and name.lower() == ID_ALIAS else name

    def clause(self, where: Clause | None) -> Clause | None:
        """Return a condition in the provider's names."""
        return None if where is None else with_fields(where, self.vendor_field)

    def order(self, order: SortOrder | None) -> SortOrder | None:
        """Return an order in the provider's names."""
        return None if order is None else replace(order, field=self.vendor_field(order.field))


def names(resource: str, objects: Objects) -> NameMapping:
    """Return the names of a resource, every object on its path mapped, its fields as its last object's.

    >>> objects = Objects(
    ...     definitions={"people": ObjectDefinition()},
    ...     transformations={"people": Transformation(vendor_name="contacts")},
    ... )
    >>> names("people/5/notes", objects).resource
    'contacts/5/notes'
    """
    if not objects.transformations:
        return NameMapping(resource=resource)
    segments = resource.split("/")
    mapped = [objects.transformation_in_force(name) for name in segments[::2]]
    segments[::2] = [
        name if mapping is None else mapping.vendor_name
        for name, mapping in zip(segments[::2], mapped, strict=True)
    ]
    return NameMapping(resource="/".join(segments), fields=mapped[-1].fields if mapped[-1] else ())


def _check(by_name: Mapping[str, T], name: str, kind: str, *, new: bool) -> None:
    if not new:
        find(by_name, name, kind)
    elif name in by_name:
        raise ConflictError(f"The {kind} {name} is there already; PUT replaces it")


def _refuse_doubles(paths: Iterable[str]) -> None:
    """Refuse two fields of one path.

    Raises:
        InvalidRequestError: names the path.
    """
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise InvalidRequestError(f"two fields have the path {shown(path)}; each needs its own")
        seen.add(path)


def _refuse_uneven_rows(fields: Iterable[MappedField]) -> None:
    """Refuse to map rows to something else than rows.

    Raises:
        InvalidRequestError: names the paths.
    """
    for each in fields:
        if each.path.count(ROWS) != each.vendor_path.count(ROWS):
            raise InvalidRequestError(
                f"path and vendorPath must go through rows, {ROWS}, as often as each other; "
                f"got {shown(each.path)} and {shown(each.vendor_path)}"
            )


def _without(by_name: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: value for key, value in by_name.items() if key != name}
