"""Names of one's own for objects and fields: what they do to records, bodies and conditions."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.values import replace
from elements_local.platform.ceql import parse, to_text
from elements_local.platform.core.objects import (
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Objects,
    Transformation,
)
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.transformations.name_mapping import NameMapping, names

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
MAPPED = Transformation(
    vendor_name="contacts",
    fields=(
        MappedField(path="id", vendor_path="CONTACT_ID"),
        MappedField(path="name.first", vendor_path="FIRST_NAME"),
    ),
)
PEOPLE = Objects(definitions={"people": ObjectDefinition()}, transformations={"people": MAPPED})


def entry(kind, **directions):
    return MappingEntry(type=kind, properties=directions)


def mapping(*fields, entries=(), id_field="ID"):
    """Return names of fields, each given as path, provider's path, and entries."""
    mapped = tuple(
        MappedField(path=own, vendor_path=vendors, configuration=tuple(given))
        for own, vendors, *given in fields
    )
    return NameMapping(
        resource="x",
        transformation=Transformation(vendor_name="x", fields=mapped, configuration=tuple(entries)),
        id_field=id_field,
    )


def seen(mapping, record):
    (only,) = mapping.shown([record], now=NOW)
    return only


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


KNOWN = NameMapping(resource="contacts", transformation=MAPPED, id_field="CONTACT_ID")
PLAIN = NameMapping(resource="contacts", id_field="CONTACT_ID")


def test_a_record_shows_its_own_names_and_what_has_none_passes_through():
    record = {"CONTACT_ID": 7, "FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}

    assert seen(KNOWN, record) == {"LAST_NAME": "Lovelace", "id": 7, "name": {"first": "Ada"}}


def test_without_a_mapping_the_id_stands_beside_the_providers_own():
    assert list(seen(PLAIN, {"CONTACT_ID": 7, "A": 1}).items()) == [
        ("id", 7),
        ("CONTACT_ID", 7),
        ("A", 1),
    ]
    assert seen(PLAIN, {"CONTACT_ID": 7, "id": 8}) == {"CONTACT_ID": 7, "id": 8}
    assert seen(PLAIN, {"A": 1}) == {"A": 1}
    assert seen(replace(PLAIN, shows_alias=False), {"CONTACT_ID": 7}) == {"CONTACT_ID": 7}
    assert seen(NameMapping(resource="contacts"), {"CONTACT_ID": 7}) == {"CONTACT_ID": 7}


@pytest.mark.parametrize(
    "body",
    [
        {"name": {"first": "Ada"}, "LAST_NAME": "Lovelace"},
        {"Name": {"first": "Ada"}, "LAST_NAME": "Lovelace"},
        {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"},
    ],
)
def test_a_body_is_taken_in_either_names(body):
    assert KNOWN.sent(body, now=NOW) == {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}


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


@pytest.mark.parametrize("vendor_path", ["T[*].N", "T[N=1].N", "T[*].size()"])
def test_by_what_stands_in_rows_nothing_is_found_or_sorted(vendor_path):
    known = mapping(("a", vendor_path), ("b", "T[0].N"))

    with pytest.raises(InvalidRequestError, match="found or sorted by 'a', which stands for 'T"):
        known.clause(parse("b = 1 AND a IS NULL"))
    with pytest.raises(InvalidRequestError, match="cannot be found or sorted by 'a'"):
        known.order(SortOrder(field="a"))
    assert to_text(known.clause(parse("b = 1"))) == "`T[0].N` = 1"


def test_an_order_is_put_in_the_providers_names():
    assert KNOWN.order(SortOrder(field="name.first", descending=True)) == SortOrder(
        field="FIRST_NAME", descending=True
    )
    assert PLAIN.order(SortOrder(field="id")) == SortOrder(field="CONTACT_ID")
    assert (PLAIN.order(None), PLAIN.clause(None)) == (None, None)


@given(st.dictionaries(st.sampled_from(["CONTACT_ID", "FIRST_NAME", "LAST_NAME"]), st.integers(), min_size=1))
def test_a_record_that_is_shown_can_be_sent_back(record):
    assert KNOWN.sent(seen(KNOWN, record), now=NOW) == record


RECORD = {"ID": 7, "A": 1, "B": 2, "C": 3}
HIDDEN = entry("remove", fromVendor=True)
ONE_WAY = [
    (HIDDEN, "fromVendor"),
    (entry("passThrough", fromVendor=False, toVendor=True), "fromVendor"),
    (entry("remove", fromVendor=False, toVendor=True), "toVendor"),
    (entry("passThrough", fromVendor=True, toVendor=False), "toVendor"),
]


@pytest.mark.parametrize(("given", "direction"), ONE_WAY)
def test_a_field_is_left_out_in_one_direction_under_both_names(given, direction):
    known = mapping(("a", "A", given), ("b", "B"))

    shown = seen(known, RECORD)
    sent = known.sent({"a": 1, "A": 2, "b": 3, "c": 4}, now=NOW)

    assert shown == {"id": 7, "ID": 7, "b": 2, "C": 3} | ({} if direction == "fromVendor" else {"a": 1})
    assert sent == {"B": 3, "c": 4} | ({} if direction == "toVendor" else {"A": 1})


@pytest.mark.parametrize(("given", "direction"), ONE_WAY)
def test_a_field_that_keeps_its_name_is_left_out_too(given, direction):
    known = mapping(("A", "A", given))

    assert ("A" in seen(known, RECORD)) is (direction != "fromVendor")
    assert ("A" in known.sent(RECORD, now=NOW)) is (direction != "toVendor")


def test_a_hidden_id_takes_its_alias_along():
    assert seen(mapping(("id", "ID", HIDDEN)), RECORD) == {"A": 1, "B": 2, "C": 3}


def test_the_alias_can_be_mapped_like_any_field_of_the_provider():
    known = mapping(("key", "id"))

    assert seen(known, {"ID": 7}) == {"key": 7, "ID": 7}
    assert seen(replace(known, shows_alias=False), {"ID": 7}) == {"key": 7, "ID": 7}
    assert known.vendor_field("key") == "ID"


@pytest.mark.parametrize(
    ("flags", "shown", "sent"),
    [
        ({"fromVendor": False}, {"a": 1}, {"A": 5, "x": 6, "B": 7}),
        ({"toVendor": False}, {"id": 7, "ID": 7, "a": 1, "B": 2, "C": 3}, {"A": 5}),
        ({"fromVendor": False, "toVendor": False}, {"a": 1}, {"A": 5}),
        (
            {"fromVendor": True, "toVendor": True},
            {"id": 7, "ID": 7, "a": 1, "B": 2, "C": 3},
            {"A": 5, "x": 6, "B": 7},
        ),
        ({}, {"id": 7, "ID": 7, "a": 1, "B": 2, "C": 3}, {"A": 5, "x": 6, "B": 7}),
    ],
)
def test_what_is_not_mapped_passes_unless_the_object_says_otherwise(flags, shown, sent):
    known = mapping(("a", "A"), entries=[entry("passThrough", **flags)])

    assert seen(known, RECORD) == shown
    assert known.sent({"a": 5, "x": 6, "B": 7}, now=NOW) == sent


def test_what_can_only_be_read_is_not_sent():
    known = mapping(("one", "B[id=4].name"), ("count", "B[*].size()"))
    record = {"B": [{"id": 4, "name": "x"}]}

    assert seen(known, record) == {"B": [{"id": 4}], "one": "x", "count": 1}
    assert known.sent({"one": "y", "count": 5, **record}, now=NOW) == record


def test_a_column_may_be_a_whole_path():
    known = mapping(("name.first", "A"), ("labels[*].text", "T[*].N"))

    assert known.sent({"Name.First": "Ada", "labels[*].text": "vip", "B": 1}, now=NOW) == {
        "A": "Ada",
        "T": [{"N": "vip"}],
        "B": 1,
    }


_VALUES = {
    "A": st.integers(),
    "B": st.text(max_size=3),
    "C.D": st.none() | st.booleans(),
    "T[*].N": st.lists(st.integers(), min_size=1, max_size=3),
    "U[*]": st.lists(st.text(max_size=2), min_size=1, max_size=3),
}
_OWN = {False: ["a", "b.c", "b.d", "C", "e.f.g", "A", "B"], True: ["t[*].n", "x.y[*].z", "T[*].N", "t[*].o"]}


@st.composite
def bijections(draw):
    """Draw a mapping of one-to-one paths, and a record that has all of its fields."""
    record, fields = {}, []
    paths = {rows: draw(st.permutations(own)) for rows, own in _OWN.items()}
    for vendors, values in _VALUES.items():
        value, rows = draw(values), "[*]" in vendors
        name, _, below = vendors.partition("[*]." if rows else ".")
        record[name.removesuffix("[*]")] = (
            ([{below: each} for each in value] if below else value)
            if rows
            else {below: value}
            if below
            else value
        )
        if rows and not below:
            fields.append(("list[*]", vendors))
        else:
            fields.append((paths[rows].pop(), vendors))
    return record, fields


@given(bijections(), st.booleans())
def test_what_one_direction_takes_apart_the_other_puts_together(case, rest):
    record, fields = case
    known = mapping(*fields, entries=[entry("passThrough", fromVendor=rest, toVendor=rest)], id_field=None)

    assert known.sent(seen(known, record), now=NOW) == record
