"""Names of one's own for objects and fields: when they hold, what they do to records, bodies and conditions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_platform.ceql import parse, to_text
from mock_platform.core.instance import NONE, DefinedField, MappedField, ObjectDefinition, Transformation
from mock_platform.core.ordering import SortOrder
from mock_platform.errors import ConflictError, InvalidRequestError, NotFoundError, NothingFoundError
from mock_platform.transformations.transformation import (
    NameMapping,
    all_of,
    define,
    find,
    names,
    transform,
    without_definition,
    without_transformation,
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


def test_a_mapping_needs_a_definition_and_a_transformation():
    assert PEOPLE.transformation_in_force("people") == MAPPED
    assert without_definition(PEOPLE, "people").transformation_in_force("people") is None
    assert without_transformation(PEOPLE, "people").transformation_in_force("people") is None
    assert PEOPLE.in_force() == {"people": MAPPED}
    assert without_definition(PEOPLE, "people").in_force() == {}


def test_either_can_be_taken_away_first():
    one = without_transformation(without_definition(PEOPLE, "people"), "people")
    other = without_definition(without_transformation(PEOPLE, "people"), "people")

    assert one == other == NONE


def test_a_definition_that_comes_back_brings_its_transformation_back():
    again = define(without_definition(PEOPLE, "people"), "people", DEFINED, new=True)

    assert again == PEOPLE


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            lambda: define(PEOPLE, "people", DEFINED, new=True),
            ConflictError,
            "object definition people is there already",
        ),
        (
            lambda: define(NONE, "people", DEFINED, new=False),
            NotFoundError,
            "No object definition found with name people",
        ),
        (
            lambda: transform(PEOPLE, "people", MAPPED, new=True),
            ConflictError,
            "transformation people is there already",
        ),
        (
            lambda: transform(NONE, "people", MAPPED, new=False),
            NotFoundError,
            "No transformation found with name people",
        ),
        (lambda: transform(NONE, "people", MAPPED, new=True), NotFoundError, "No object definition found"),
        (lambda: without_definition(NONE, "people"), NotFoundError, "No object definition found"),
        (lambda: without_transformation(NONE, "people"), NotFoundError, "No transformation found"),
        (
            lambda: find(NONE.definitions, "x", "object definition"),
            NotFoundError,
            "No object definition found with name x",
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


@pytest.mark.parametrize(
    ("path", "vendor_path"), [("a[*].b", "A"), ("a", "A[*].B"), ("a[*].b[*].c", "A[*].B")]
)
def test_rows_are_mapped_to_rows_only(path, vendor_path):
    uneven = (MappedField(path=path, vendor_path=vendor_path),)

    with pytest.raises(InvalidRequestError, match="must go through rows"):
        transform(PEOPLE, "people", Transformation(vendor_name="contacts", fields=uneven), new=False)


@pytest.mark.parametrize(
    ("resource", "provided", "mapped"),
    [
        ("people", "contacts", True),
        ("people/5/notes", "contacts/5/notes", False),
        ("accounts/5/people", "accounts/5/contacts", True),
        ("contacts", "contacts", False),
        ("accounts/people/notes", "accounts/people/notes", False),
    ],
)
def test_every_object_on_a_path_is_mapped_and_the_last_ones_fields_count(resource, provided, mapped):
    found = names(resource, PEOPLE)

    assert (found.resource, found.fields) == (provided, MAPPED.fields if mapped else ())


KNOWN = NameMapping(resource="contacts", fields=MAPPED.fields, id_field="CONTACT_ID")
PLAIN = NameMapping(resource="contacts", id_field="CONTACT_ID")


def test_a_record_shows_its_own_names_and_what_has_none_passes_through():
    record = {"CONTACT_ID": 7, "FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}

    assert KNOWN.shown(record) == {"LAST_NAME": "Lovelace", "id": 7, "name": {"first": "Ada"}}


def test_without_a_mapping_the_id_stands_beside_the_providers_own():
    assert list(PLAIN.shown({"CONTACT_ID": 7, "A": 1}).items()) == [("id", 7), ("CONTACT_ID", 7), ("A", 1)]
    assert PLAIN.shown({"CONTACT_ID": 7, "id": 8}) == {"CONTACT_ID": 7, "id": 8}
    assert PLAIN.shown({"A": 1}) == {"A": 1}
    assert NameMapping(resource="contacts").shown({"CONTACT_ID": 7}) == {"CONTACT_ID": 7}


@pytest.mark.parametrize(
    "body",
    [
        {"name": {"first": "Ada"}, "LAST_NAME": "Lovelace"},
        {"Name": {"first": "Ada"}, "LAST_NAME": "Lovelace"},
        {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"},
    ],
)
def test_a_body_is_taken_in_either_names(body):
    assert KNOWN.sent(body) == {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ("name.first = 'Ada'", "FIRST_NAME = 'Ada'"),
        ("NAME.FIRST LIKE 'A%'", "FIRST_NAME LIKE 'A%'"),
        (
            "id IN (1, 2) OR (LAST_NAME IS NULL AND id > 5)",
            "(CONTACT_ID IN (1, 2)) OR ((LAST_NAME IS NULL) AND (CONTACT_ID > 5))",
        ),
        ("updated_after_utc = 'x'", "updated_after_utc = 'x'"),
    ],
)
def test_a_condition_is_put_in_the_providers_names(where, meant):
    assert to_text(KNOWN.clause(parse(where))) == meant


def test_an_order_is_put_in_the_providers_names():
    assert KNOWN.order(SortOrder(field="name.first", descending=True)) == SortOrder(
        field="FIRST_NAME", descending=True
    )
    assert PLAIN.order(SortOrder(field="id")) == SortOrder(field="CONTACT_ID")
    assert (PLAIN.order(None), PLAIN.clause(None)) == (None, None)


@given(st.dictionaries(st.sampled_from(["CONTACT_ID", "FIRST_NAME", "LAST_NAME"]), st.integers(), min_size=1))
def test_a_record_that_is_shown_can_be_sent_back(record):
    assert KNOWN.sent(KNOWN.shown(record)) == record
