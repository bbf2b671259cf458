"""Definitions and transformations: when they hold, what cannot be, and what goes with what."""

import pytest
from each_row import each_row

from elements_local.kit.values import replace
from elements_local.platform.core.objects import (
    NONE,
    DefinedField,
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Transformation,
)
from elements_local.platform.errors import (
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    NothingFoundError,
)
from elements_local.platform.transformations.transformation import (
    all_of,
    check_entries,
    define,
    find,
    renamed,
    transform,
    without_definition,
    without_definitions,
    without_transformation,
    without_transformations,
)

DEFINED = ObjectDefinition(fields=(DefinedField(path="id", type="number"), DefinedField(path="name.first")))
MAPPED = Transformation(
    vendor_name="contacts",
    fields=(
        MappedField(path="id", vendor_path="CONTACT_ID"),
        MappedField(path="name.first", vendor_path="FIRST_NAME"),
    ),
)
PEOPLE = transform(define(NONE, "people", DEFINED, new=True), "people", MAPPED, new=True)


_UNDEFINED = without_definition(PEOPLE, "people", even_if_used=True)


def test_a_mapping_needs_a_definition_and_a_transformation():
    assert PEOPLE.transformation_in_force("people") == MAPPED
    assert without_definition(PEOPLE, "people", even_if_used=True).transformation_in_force("people") is None
    assert without_transformation(PEOPLE, "people").transformation_in_force("people") is None
    assert PEOPLE.in_force() == {"people": MAPPED}
    assert without_definition(PEOPLE, "people", even_if_used=True).in_force() == {}


def test_either_can_be_taken_away_first():
    one = without_transformation(without_definition(PEOPLE, "people", even_if_used=True), "people")
    other = without_definition(without_transformation(PEOPLE, "people"), "people", even_if_used=False)

    assert one == other == NONE


NO_DEFINITION, NO_TRANSFORMATION = "No object definition found", "No transformation found"
TWO = define(PEOPLE, "x", DEFINED, new=True)


@each_row(
    ("change", "error", "words"),
    [
        (
            lambda: define(PEOPLE, "people", DEFINED, new=True),
            ConflictError,
            "object definition people is there",
        ),
        (
            lambda: define(NONE, "people", DEFINED, new=False),
            NotFoundError,
            f"{NO_DEFINITION} with name people",
        ),
        (
            lambda: transform(PEOPLE, "people", MAPPED, new=True),
            ConflictError,
            "transformation people is there",
        ),
        (
            lambda: transform(NONE, "people", MAPPED, new=False),
            NotFoundError,
            f"{NO_TRANSFORMATION} with name people",
        ),
        (
            lambda: transform(NONE, "people", MAPPED, new=True),
            InvalidRequestError,
            "the object 'people' is not defined; POST objects/people/definitions",
        ),
        (
            lambda: transform(PEOPLE, "people", replace(MAPPED, is_legacy=True), new=False),
            InvalidRequestError,
            "isLegacy cannot become true",
        ),
        (lambda: without_definition(NONE, "people", even_if_used=False), NotFoundError, NO_DEFINITION),
        (
            lambda: without_definition(PEOPLE, "people", even_if_used=False),
            ConflictError,
            "A transformation uses the object people; DELETE transformations/people",
        ),
        (lambda: without_definitions(PEOPLE), ConflictError, "A transformation uses the object people"),
        (lambda: without_definitions(NONE), NothingFoundError, "^No object definitions found$"),
        (lambda: without_transformations(NONE), NothingFoundError, "^No transformations found$"),
        (lambda: renamed(NONE, "people", "x"), NotFoundError, f"{NO_DEFINITION} with name people"),
        (lambda: renamed(TWO, "people", "x"), ConflictError, "object definition x is there already"),
        (
            lambda: renamed(define(_UNDEFINED, "x", DEFINED, new=True), "x", "people"),
            ConflictError,
            "transformation people is there already",
        ),
        (lambda: without_transformation(NONE, "people"), NotFoundError, NO_TRANSFORMATION),
        (
            lambda: find(NONE.definitions, "x", "object definition"),
            NotFoundError,
            f"{NO_DEFINITION} with name x",
        ),
        (
            lambda: all_of(NONE.definitions, "object definitions"),
            NothingFoundError,
            "^No object definitions found$",
        ),
    ],
)
def test_what_cannot_be_is_refused(change, error, words):
    with pytest.raises(error, match=words):
        change()


def test_two_fields_of_one_path_are_refused():
    doubled = (MappedField(path="a", vendor_path="A"), MappedField(path="a", vendor_path="B"))

    with pytest.raises(InvalidRequestError, match="two fields have the path 'a'"):
        transform(PEOPLE, "people", Transformation(vendor_name="contacts", fields=doubled), new=False)
    with pytest.raises(InvalidRequestError, match="two fields have the path 'a'"):
        define(NONE, "x", ObjectDefinition(fields=(DefinedField(path="a"),) * 2), new=True)


@each_row(
    ("path", "vendor_path", "words"),
    [
        ("a[id=4]", "A", "the path 'a\\[id=4\\]' can only be read"),
        ("a.size()", "A", "can only be read"),
        ("a..b", "A", "is not a path of a field"),
        ("a", "A..B", "is not a path of a field"),
        ("a", "A[2000]", "1000 at the most"),
        ("a[*].b", "A", "must go through rows"),
        ("a", "A[*].B", "must go through rows"),
        ("a[*].b[*].c", "A[*].B", "must go through rows"),
    ],
)
def test_paths_that_are_none_or_do_not_match_are_refused(path, vendor_path, words):
    fields = (MappedField(path=path, vendor_path=vendor_path),)

    with pytest.raises(InvalidRequestError, match=words):
        transform(PEOPLE, "people", replace(MAPPED, fields=fields), new=False)


@each_row("vendor_path", ["A[id=4].name", "A[*].size()", "A[0].id"])
def test_what_can_only_be_read_may_be_the_providers_path(vendor_path):
    mapped = replace(MAPPED, fields=(MappedField(path="a", vendor_path=vendor_path),))

    assert transform(PEOPLE, "people", mapped, new=False).transformations == {"people": mapped}


def test_all_transformations_go_and_then_all_definitions_can():
    unmapped = without_transformations(PEOPLE)

    assert unmapped.definitions == PEOPLE.definitions
    assert without_definitions(unmapped) == NONE
    assert without_definitions(define(_UNDEFINED, "x", DEFINED, new=True)) == _UNDEFINED


def test_a_new_name_takes_the_transformation_along():
    known = renamed(PEOPLE, "people", "folk")

    assert known.in_force() == {"folk": MAPPED}
    assert renamed(known, "folk", "people") == PEOPLE
    assert renamed(PEOPLE, "people", "people") == PEOPLE


def test_a_legacy_script_may_stay_one_or_become_a_new_one():
    legacy = replace(MAPPED, is_legacy=True)
    known = transform(define(NONE, "people", DEFINED, new=True), "people", legacy, new=True)

    assert transform(known, "people", legacy, new=False) == known
    assert transform(known, "people", MAPPED, new=False) == PEOPLE


def both(entry):
    """Return transformations with an entry of their own, and of a field."""
    field = MappedField(path="a", vendor_path="A", configuration=(entry,))
    yield Transformation(vendor_name="x", configuration=(entry,))
    yield Transformation(vendor_name="x", fields=(field,))


@each_row(
    ("kind", "properties", "words"),
    [
        (
            "passThrough",
            {"fromVendor": "false"},
            "fromVendor of passThrough must be true or false; got 'false'",
        ),
        ("remove", {"toVendor": None}, "toVendor of remove must be true or false; got null"),
        (
            "transformDate",
            None,
            "pattern of transformDate must be a Java date pattern such as yyyy-MM-dd; got null",
        ),
        ("transformDate", {"pattern": ""}, "must be a Java date pattern"),
        ("transformDate", {"pattern": 5}, "must be a Java date pattern"),
        ("transformDate", {"pattern": "yyyy-bb"}, "date pattern 'yyyy-bb'"),
    ],
)
def test_entries_that_say_what_cannot_be_are_refused(kind, properties, words):
    for transformation in both(MappingEntry(type=kind, properties=properties)):
        with pytest.raises(InvalidRequestError, match=words):
            check_entries(transformation)


@each_row(
    ("kind", "properties"),
    [
        ("passThrough", {"fromVendor": False, "toVendor": True}),
        ("remove", None),
        ("inherit", None),
        ("transformDate", {"pattern": "dd.MM.yyyy"}),
        ("of another kind", {"fromVendor": 5}),
    ],
)
def test_entries_that_say_what_can_be_are_taken(kind, properties):
    for transformation in both(MappingEntry(type=kind, properties=properties)):
        check_entries(transformation)
