"""What a transformation does to records: values that move and convert, names of one's own, conditions."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.kit.values import replace
from elements_local.platform.ceql import parse, to_text
from elements_local.platform.ceql.field_path import parse_path
from elements_local.platform.core.objects import (
    Direction,
    MappedField,
    MappingEntry,
    ObjectDefinition,
    Objects,
    Transformation,
)
from elements_local.platform.core.ordering import SortOrder
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.transformations.field_mapping import Move, moved
from elements_local.platform.transformations.name_mapping import NameMapping, converted, names


def by_pairs(record, pairs, **how):
    """Move values between pairs of paths; one without an end is left out."""
    moves = [Move(parse_path(start), None if end is None else parse_path(end)) for start, end in pairs]
    return moved(record, moves, **how)


CASES = {
    "into an object": ({"A": 1}, [("A", "x.y.z")], {"x": {"y": {"z": 1}}}),
    "the last out of one": ({"x": {"y": {"z": 1}}}, [("x.y.z", "a")], {"a": 1}),
    "two that change places": ({"A": 1, "B": 2}, [("A", "B"), ("B", "A")], {"B": 1, "A": 2}),
    "one shown twice": ({"A": 1}, [("A", "x"), ("A", "y")], {"x": 1, "y": 1}),
    "one under its own name": ({"A": 1}, [("A", "A")], {"A": 1}),
    "null": ({"A": None}, [("A", "a.b")], {"a": {"b": None}}),
    "every row": (
        {"T": [{"N": "a", "V": 1}, {"N": "b"}]},
        [("T[*].N", "tags[*].name")],
        {"T": [{"V": 1}, {}], "tags": [{"name": "a"}, {"name": "b"}]},
    ),
    "two of every row": (
        {"T": [{"N": "a", "V": 1}]},
        [("T[*].N", "t[*].n"), ("T[*].V", "t[*].v")],
        {"t": [{"n": "a", "v": 1}]},
    ),
    "rows of rows": (
        {"T": [{"U": [{"V": 1}, {"V": 2}]}]},
        [("T[*].U[*].V", "t[*].u[*].v")],
        {"t": [{"u": [{"v": 1}, {"v": 2}]}]},
    ),
    "rows that are none": ({"T": 5}, [("T[*].N", "t[*].n")], {"T": 5}),
    "one row": (
        {"T": [{"N": "a"}, {"N": "b"}]},
        [("T[1].N", "second")],
        {"T": [{"N": "a"}, {}], "second": "b"},
    ),
    "into a row": ({"A": 1}, [("A", "t[1].n")], {"t": [{}, {"n": 1}]}),
    "over something else": ({"A": 1, "x": 5}, [("A", "x.y")], {"x": {"y": 1}}),
    "all rows as they are": ({"B": [1, 2], "C": 3}, [("B[*]", "a[*]")], {"C": 3, "a": [1, 2]}),
    "one row as it is, which stays": ({"B": [1, 2]}, [("B[0]", "first")], {"B": [1, 2], "first": 1}),
    "a row by its value": (
        {"B": [{"id": 4, "N": "a"}, {"id": 2, "N": "b"}]},
        [("B[?(@.id==2)].N", "name")],
        {"B": [{"id": 4, "N": "a"}, {"id": 2}], "name": "b"},
    ),
    "the older form of that": (
        {"B": [{"id": 4, "N": "a"}]},
        [("B[id=4].N", "name")],
        {"B": [{"id": 4}], "name": "a"},
    ),
    "the first of several rows": (
        {"B": [{"T": "x", "N": 1}, {"T": "x", "N": 2}]},
        [("B[T='x'].N", "n")],
        {"B": [{"T": "x"}, {"T": "x", "N": 2}], "n": 1},
    ),
    "no row": ({"B": [{"id": 4, "N": "a"}, 5]}, [("B[id=5].N", "n")], {"B": [{"id": 4, "N": "a"}, 5]}),
    "how many rows": ({"B": [1, 2]}, [("B[*].size()", "count")], {"B": [1, 2], "count": 2}),
    "left out": ({"A": 1, "x": {"y": 2}}, [("A", None), ("x.y", None), ("z", None)], {}),
    "left out of every row": ({"T": [{"N": 1, "V": 2}]}, [("T[*].N", None)], {"T": [{"V": 2}]}),
    "left out, and its name given to another": ({"A": 1, "B": 2}, [("A", None), ("B", "A")], {"A": 2}),
}


@each_row(("record", "moves", "after"), CASES)
def test_what_stands_at_one_path_stands_at_another(record, moves, after):
    before = deepcopy(record)

    assert by_pairs(record, moves) == after
    assert record == before


def test_a_value_may_become_another_on_its_way():
    doubled = Move(parse_path("T[*].N"), parse_path("t[*]"), lambda value: value * 2)

    assert moved({"T": [{"N": 1}, {"N": 2}]}, [doubled]) == {"t": [2, 4]}


NAMES = st.sampled_from(["A", "B", "C", "D"])
leaves = st.one_of(st.integers(), st.none(), st.text(max_size=3), st.lists(st.integers(), max_size=2))


@given(
    st.recursive(
        leaves, lambda inner: st.dictionaries(NAMES, inner, max_size=3) | st.lists(inner, max_size=3)
    ).map(lambda value: value if isinstance(value, dict) else {"A": value}),
    st.lists(st.tuples(*[st.from_regex(r"\A[A-D](\.[A-D]|\[\*\]|\[[0-2]\]){0,3}\Z")] * 2), max_size=3),
)
def test_any_mapping_of_any_record_gives_a_record(record, moves):
    before = deepcopy(record)

    assert isinstance(by_pairs(record, moves), dict)
    assert record == before


NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
THERE, BACK = Direction.FROM_VENDOR, Direction.TO_VENDOR


def field(own=None, vendors=None, mask=None):
    entries = (MappingEntry(type="transformDate", properties={"pattern": mask}),) if mask else ()
    return MappedField(path="a", vendor_path="A", type=own, vendor_type=vendors, configuration=entries)


@each_row(
    ("wanted", "value", "result"),
    [
        ("string", 7, "7"),
        ("string", True, "true"),
        ("string", [7], [7]),
        ("number", "7", 7),
        ("number", "-7.50", -7.5),
        ("number", "x7", "x7"),
        ("number", "7e3", "7e3"),
        ("number", "\u0667", "\u0667"),
        ("number", True, True),
        ("int", "7", 7),
        ("int", "7.5", "7.5"),
        ("boolean", "TRUE", True),
        ("boolean", "yes", "yes"),
        ("date", "2026-03-02", "2026-03-02"),
        ("number", None, None),
    ],
)
def test_a_value_becomes_the_type_of_its_side_if_it_can(wanted, value, result):
    there = converted(value, field(wanted, "other"), THERE, now=NOW)
    back = converted(value, field("other", wanted), BACK, now=NOW)

    assert (there, type(there)) == (back, type(back)) == (result, type(result))


@pytest.mark.parametrize("types", [("string", None), (None, "string"), ("string", "string"), (None, None)])
@pytest.mark.parametrize("direction", Direction)
def test_without_two_types_that_differ_a_value_stays(types, direction):
    assert converted(7, field(*types), direction, now=NOW) == 7


@each_row(
    ("mask", "vendors", "own"),
    [
        ("yyyy-MM-dd HH:mm:ss", "2026-03-02 10:00:00", "2026-03-02T10:00:00Z"),
        ("dd/MM/yy", "02/03/26", "2026-03-02T00:00:00Z"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
    ],
)
def test_a_mask_is_how_the_provider_writes_a_date(mask, vendors, own):
    assert converted(vendors, field(mask=mask), THERE, now=NOW) == own
    assert converted(own, field(mask=mask), BACK, now=NOW) == vendors


@each_row(
    ("value", "sent"),
    [
        ("2026-03-02T10:00:00+02:00", "2026-03-02 08:00"),
        ("2026-03-02", "2026-03-02 00:00"),
        ("2026-03-02 08:00", "2026-03-02 08:00"),
        ("soon", "soon"),
        ("0001-01-01T00:00:00+10:00", "0001-01-01T00:00:00+10:00"),
        (5, 5),
        (None, None),
    ],
)
def test_a_date_that_is_sent_is_iso_or_stays_as_it_is(value, sent):
    assert converted(value, field(mask="yyyy-MM-dd HH:mm"), BACK, now=NOW) == sent


@each_row("value", ["soon", None, True, ["2026-03-02"]])
def test_what_does_not_follow_the_mask_stays_as_it_is(value):
    assert converted(value, field(mask="yyyy-MM-dd"), THERE, now=NOW) == value


@given(
    st.one_of(
        st.tuples(st.just(field("string", "number")), st.integers(-(10**17), 10**17)),
        st.tuples(st.just(field("number", "string")), st.integers(-(10**17), 10**17).map(str)),
        st.tuples(st.just(field("string", "boolean")), st.booleans()),
        st.tuples(
            st.just(field(mask="yyyy-MM-dd HH:mm:ss")),
            st.datetimes(NOW.replace(year=1000, tzinfo=None)).map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
        ),
    )
)
def test_what_converts_comes_back_as_it_was(case):
    of_field, value = case

    shown = converted(value, of_field, THERE, now=NOW)

    assert converted(shown, of_field, BACK, now=NOW) == value


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


@each_row(
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


def test_without_a_mapping_the_id_stands_beside_the_providers_own():
    assert list(seen(PLAIN, {"CONTACT_ID": 7, "A": 1}).items()) == [("id", 7), ("CONTACT_ID", 7), ("A", 1)]
    assert seen(PLAIN, {"CONTACT_ID": 7, "id": 8}) == {"CONTACT_ID": 7, "id": 8}
    assert seen(PLAIN, {"A": 1}) == {"A": 1}
    assert seen(replace(PLAIN, shows_alias=False), {"CONTACT_ID": 7}) == {"CONTACT_ID": 7}
    assert seen(NameMapping(resource="contacts"), {"CONTACT_ID": 7}) == {"CONTACT_ID": 7}


@each_row(
    "body",
    [
        {"name": {"first": "Ada"}, "LAST_NAME": "Lovelace"},
        {"Name": {"first": "Ada"}, "LAST_NAME": "Lovelace"},
        {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"},
    ],
)
def test_a_body_is_taken_in_either_names(body):
    assert KNOWN.sent(body, now=NOW) == {"FIRST_NAME": "Ada", "LAST_NAME": "Lovelace"}


@each_row(
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


@each_row("name", ["id", "ID", "Id"])
def test_the_id_is_found_and_sorted_by_its_alias_in_any_case(name):
    assert to_text(PLAIN.clause(parse(f"{name} = 5"))) == "CONTACT_ID = 5"
    assert PLAIN.order(SortOrder(field=name)) == SortOrder(field="CONTACT_ID")


@each_row("vendor_path", ["T[*].N", "T[N=1].N", "T[*].size()"])
def test_by_what_stands_in_rows_nothing_is_found_or_sorted(vendor_path):
    known = mapping(("a", vendor_path), ("b", "T[0].N"))

    with pytest.raises(InvalidRequestError, match="found or sorted by 'a', which stands for 'T"):
        known.clause(parse("b = 1 AND a IS NULL"))
    with pytest.raises(InvalidRequestError, match="cannot be found or sorted by 'a'"):
        known.order(SortOrder(field="a"))
    assert to_text(known.clause(parse("b = 1"))) == "`T[0].N` = 1"


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


@each_row(
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
