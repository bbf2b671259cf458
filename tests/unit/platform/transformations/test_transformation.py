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
)
from elements_local.platform.transformations.transformation import (
    check_entries,
    define,
    renamed,
    transform,
    without_definition,
    without_definitions,
    without_transformation,
    without_transformations,
)


def mapping(*fields):
    return Transformation(
        vendor_name="contacts",
        fields=tuple(MappedField(path=own, vendor_path=vendors) for own, vendors in fields),
    )


DEFINED = ObjectDefinition(fields=(DefinedField(path="id", type="number"), DefinedField(path="name.first")))
MAPPED = mapping(("id", "CONTACT_ID"), ("name.first", "FIRST_NAME"))
PEOPLE = transform(define(NONE, "people", DEFINED, new=True), "people", MAPPED, new=True)
UNDEFINED = without_definition(PEOPLE, "people")


def test_a_mapping_needs_a_definition_and_a_transformation():
    assert PEOPLE.transformation_in_force("people") == MAPPED
    assert UNDEFINED.transformation_in_force("people") is None
    assert without_transformation(PEOPLE, "people").transformation_in_force("people") is None
    assert (PEOPLE.in_force(), UNDEFINED.in_force()) == ({"people": MAPPED}, {})


def test_either_can_be_taken_away_first():
    one = without_transformation(UNDEFINED, "people")
    other = without_definition(without_transformation(PEOPLE, "people"), "people")

    assert one == other == NONE


@each_row(
    "change",
    {
        "made anew": lambda: transform(PEOPLE, "people", MAPPED, new=True),
        "by a new name": lambda: renamed(define(UNDEFINED, "x", DEFINED, new=True), "x", "people"),
    },
)
def test_a_transformation_that_is_there_is_not_replaced_by_another(change):
    with pytest.raises(ConflictError, match="transformation people is there already"):
        change()


@each_row(
    ("fields", "words"),
    [
        ([("a", "A"), ("a", "B")], "two fields have the path 'a'"),
        ([("a[id=4]", "A")], "the path 'a\\[id=4\\]' can only be read"),
        ([("a.size()", "A")], "can only be read"),
        ([("a..b", "A")], "is not a path of a field"),
        ([("a", "A..B")], "is not a path of a field"),
        ([("a", "A[2000]")], "1000 at the most"),
        ([("a[*].b", "A")], "must go through rows"),
        ([("a", "A[*].B")], "must go through rows"),
        ([("a[*].b[*].c", "A[*].B")], "must go through rows"),
    ],
)
def test_paths_that_are_none_or_do_not_match_are_refused(fields, words):
    with pytest.raises(InvalidRequestError, match=words):
        transform(PEOPLE, "people", mapping(*fields), new=False)


def test_two_fields_of_one_path_are_not_defined():
    with pytest.raises(InvalidRequestError, match="two fields have the path 'a'"):
        define(NONE, "x", ObjectDefinition(fields=(DefinedField(path="a"),) * 2), new=True)


@each_row("vendor_path", ["A[id=4].name", "A[*].size()", "A[0].id"])
def test_what_can_only_be_read_may_be_the_providers_path(vendor_path):
    mapped = mapping(("a", vendor_path))

    assert transform(PEOPLE, "people", mapped, new=False).transformations == {"people": mapped}


def test_all_transformations_go_and_then_all_definitions_can():
    unmapped = without_transformations(PEOPLE)

    assert unmapped.definitions == PEOPLE.definitions
    assert without_definitions(unmapped) == NONE
    assert without_definitions(define(UNDEFINED, "x", DEFINED, new=True)) == UNDEFINED


def test_a_new_name_may_be_the_old_one():
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
