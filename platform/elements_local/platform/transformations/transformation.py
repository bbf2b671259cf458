"""Object definitions and transformations of an instance: making, replacing, renaming and deleting them.

Source: 409 for a name that is there, for PUT of a legacy script where there was none 400, and that a list of definitions
is not deleted while a transformation needs one of them (observed: the vendor's test suite); that a transformation wants
its object defined is documented. What no source settles is assumed: 400 for a transformation of an undefined object, 404
for PUT and DELETE of what is not there, a list of none included. The entries of a ``configuration``: ``passThrough``,
``inherit``, ``addToDocumentation`` of a transformation, ``remove``, ``passThrough`` and ``transformDate`` of a field
(documented, observed), ``applyJSOnQueryFieldValue`` (observed). With ``inherit`` the fields of wider levels join in: there are
none here, so nothing does. That others are kept without effect is assumed.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from elements_local.kit.values import replace
from elements_local.platform.ceql.field_path import is_writable, parse_path, row_depth
from elements_local.platform.core.objects import (
    DATE_MASK,
    Direction,
    MappingEntry,
    ObjectDefinition,
    Objects,
    Transformation,
)
from elements_local.platform.dates.java_dates import compile_pattern
from elements_local.platform.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    NothingFoundError,
    quoted,
)

T = TypeVar("T")

DEFINITION, TRANSFORMATION = "object definition", "transformation"
_WITH_DIRECTIONS = frozenset({"passThrough", "remove"})


def define(objects: Objects, name: str, definition: ObjectDefinition, *, new: bool) -> Objects:
    """Return the objects with one defined.

    Raises:
        ConflictError: it is to be new, and is there.
        InvalidRequestError: two of its fields have one path, or a path cannot be read.
        NotFoundError: it is to be there, and is not.
    """
    _check(objects.definitions, name, DEFINITION, new=new)
    _check_paths(each.path for each in definition.fields)
    return replace(objects, definitions={**objects.definitions, name: definition})


def define_all(objects: Objects, definitions: Mapping[str, ObjectDefinition]) -> Objects:
    """Return the objects with more of them defined; raises as above."""
    for name, definition in definitions.items():
        objects = define(objects, name, definition, new=True)
    return objects


def transform(objects: Objects, name: str, transformation: Transformation, *, new: bool) -> Objects:
    """Return the objects with one mapped.

    Raises:
        ConflictError: its mapping is to be new, and is there.
        InvalidRequestError: the object is not defined; two fields have one path; a path or an entry of a configuration
            is none; rows are mapped to something else; or a script is to become a legacy one.
        NotFoundError: its mapping is to be there, and is not.
    """
    _check(objects.transformations, name, TRANSFORMATION, new=new)
    if name not in objects.definitions:
        raise InvalidRequestError(
            f"the object {quoted(name)} is not defined; POST objects/{name}/definitions of the instance first"
        )
    if transformation.is_legacy and not new and not objects.transformations[name].is_legacy:
        raise InvalidRequestError(
            f"isLegacy cannot become true: the transformation {quoted(name)} is not a legacy one"
        )
    check_entries(transformation)
    _check_paths(each.path for each in transformation.fields)
    _check_rows(transformation)
    return replace(objects, transformations={**objects.transformations, name: transformation})


def without_definition(objects: Objects, name: str) -> Objects:
    """Return the objects with one no longer defined; a transformation that stays does nothing (inferred).

    Raises:
        NotFoundError: it is not.
    """
    find(objects.definitions, name, DEFINITION)
    return replace(objects, definitions=_without(objects.definitions, name))


def without_definitions(objects: Objects) -> Objects:
    """Return the objects with none defined.

    Raises:
        ConflictError: a transformation uses one of the definitions (observed).
        NothingFoundError: there are none.
    """
    _refuse_used(objects, all_of(objects.definitions, f"{DEFINITION}s"))
    return replace(objects, definitions={})


def without_transformation(objects: Objects, name: str) -> Objects:
    """Return the objects with one no longer mapped.

    Raises:
        NotFoundError: it is not.
    """
    find(objects.transformations, name, TRANSFORMATION)
    return replace(objects, transformations=_without(objects.transformations, name))


def without_transformations(objects: Objects) -> Objects:
    """Return the objects with none mapped.

    Raises:
        NothingFoundError: none is (assumed: the vendor's own runs of it fail then).
    """
    all_of(objects.transformations, f"{TRANSFORMATION}s")
    return replace(objects, transformations={})


def renamed(objects: Objects, name: str, new_name: str) -> Objects:
    """Return the objects with one renamed, its transformation with its definition (observed).

    Raises:
        ConflictError: an object of the new name is there (assumed).
        NotFoundError: none of the old name is defined.
    """
    find(objects.definitions, name, DEFINITION)
    for by_name, kind in ((objects.definitions, DEFINITION), (objects.transformations, TRANSFORMATION)):
        if new_name != name:
            _check(by_name, new_name, kind, new=True)
    return Objects(
        definitions=_renamed(objects.definitions, name, new_name),
        transformations=_renamed(objects.transformations, name, new_name),
    )


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


def _check(by_name: Mapping[str, T], name: str, kind: str, *, new: bool) -> None:
    if not new:
        find(by_name, name, kind)
    elif name in by_name:
        raise ConflictError(f"The {kind} {name} is there already; PUT replaces it")


def _refuse_used(objects: Objects, names: Iterable[str]) -> None:
    used = [name for name in names if name in objects.transformations]
    if used:
        raise ConflictError(
            f"A transformation uses the object {used[0]}; DELETE transformations/{used[0]} of the instance first"
        )


def _check_paths(paths: Iterable[str]) -> None:
    """Refuse fields that no record can be given."""
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise InvalidRequestError(f"two fields have the path {quoted(path)}; each needs its own")
        if not is_writable(parse_path(path)):
            raise InvalidRequestError(
                f"the path {quoted(path)} can only be read, which a vendorPath may be; expected names, [*] or [0]"
            )
        seen.add(path)


def _check_rows(transformation: Transformation) -> None:
    """Refuse to map rows to something else than rows."""
    for each in transformation.fields:
        if row_depth(parse_path(each.path)) != row_depth(parse_path(each.vendor_path)):
            raise InvalidRequestError(
                "path and vendorPath must go through rows, [*], as often as each other; "
                f"got {quoted(each.path)} and {quoted(each.vendor_path)}"
            )


def _without(by_name: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: value for key, value in by_name.items() if key != name}


def _renamed(by_name: Mapping[str, T], name: str, new_name: str) -> dict[str, T]:
    return {new_name if key == name else key: value for key, value in by_name.items()}


def check_entries(transformation: Transformation) -> None:
    """Refuse entries that say what cannot be.

    Raises:
        InvalidRequestError: names the entry, what came and what was expected.
    """
    _check_entries(transformation.configuration)
    for field in transformation.fields:
        _check_entries(field.configuration)


def _check_entries(entries: Iterable[MappingEntry]) -> None:
    for entry in entries:
        properties = entry.properties or {}
        if entry.type in _WITH_DIRECTIONS:
            for direction in Direction:
                flag = properties.get(direction.value, True)
                if not isinstance(flag, bool):
                    raise InvalidRequestError(
                        f"{direction.value} of {entry.type} must be true or false; got {quoted(flag)}"
                    )
        elif entry.type == DATE_MASK:
            pattern = properties.get("pattern")
            if not isinstance(pattern, str) or not pattern:
                raise InvalidRequestError(
                    f"pattern of {DATE_MASK} must be a Java date pattern such as yyyy-MM-dd; got {quoted(pattern)}"
                )
            compile_pattern(pattern)
