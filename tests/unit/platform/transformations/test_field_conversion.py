"""What becomes of a mapped field's value: types that convert, dates by a mask, and what stays as it is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.core.objects import Direction, MappedField, MappingEntry
from elements_local.platform.transformations.name_mapping import converted

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
THERE, BACK = Direction.FROM_VENDOR, Direction.TO_VENDOR


def field(own=None, vendors=None, mask=None):
    entries = (MappingEntry(type="transformDate", properties={"pattern": mask}),) if mask else ()
    return MappedField(path="a", vendor_path="A", type=own, vendor_type=vendors, configuration=entries)


@pytest.mark.parametrize(
    ("wanted", "value", "result"),
    [
        ("string", 7, "7"),
        ("string", 7.5, "7.5"),
        ("string", True, "true"),
        ("string", [7], [7]),
        ("number", "7", 7),
        ("number", "-7.50", -7.5),
        ("number", "x7", "x7"),
        ("number", "", ""),
        ("number", "7e3", "7e3"),
        ("number", "\u0667", "\u0667"),
        ("number", True, True),
        ("int", "7", 7),
        ("int", "7.5", "7.5"),
        ("boolean", "TRUE", True),
        ("boolean", "false", False),
        ("boolean", "yes", "yes"),
        ("boolean", 1, 1),
        ("date", "2026-03-02", "2026-03-02"),
        ("array", "x", "x"),
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("value", ["soon", None, True, ["2026-03-02"]])
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
