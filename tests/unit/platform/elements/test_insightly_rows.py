"""Lists inside their parents: rows are found, made, changed and taken away, in arrays and in columns."""

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.elements.insightly import resources as insightly_rows
from elements_local.platform.elements.insightly.resources import address_columns, address_rows, collection
from elements_local.platform.errors import ConflictError, NotFoundError

TAGS = collection("contacts/5/tags")
ADDRESSES = {name: collection(f"{name}/5/addresses") for name in ("contacts", "accounts")}
BLOCKS = {"contacts": ("ADDRESS_MAIL", "ADDRESS_OTHER"), "accounts": ("ADDRESS_BILLING", "ADDRESS_SHIP")}
ID_FIELDS = {"contacts": "CONTACT_ID", "accounts": "ORGANISATION_ID"}
PARTS = ("STREET", "CITY", "STATE", "POSTCODE", "COUNTRY")
PARENT = {"CONTACT_ID": 5, "TAGS": [{"TAG_NAME": "a"}, {"TAG_NAME": "b"}]}


def columns(name, **first):
    """Return a record of version 3.1 with nothing in its addresses but some parts of the first."""
    empty = {f"{block}_{part}": None for block in BLOCKS[name] for part in PARTS}
    return {
        ID_FIELDS[name]: 5,
        **empty,
        **{f"{BLOCKS[name][0]}_{part}": value for part, value in first.items()},
    }


def test_rows_of_an_array():
    assert insightly_rows.rows(TAGS, PARENT) == PARENT["TAGS"]
    assert insightly_rows.row(TAGS, PARENT, "B") == {"TAG_NAME": "b"}
    assert insightly_rows.with_row(TAGS, PARENT, {"tag_name": "c"}) == {
        "TAGS": [*PARENT["TAGS"], {"TAG_NAME": "c"}]
    }
    assert insightly_rows.without_row(TAGS, PARENT, "a") == {"TAGS": [{"TAG_NAME": "b"}]}
    assert insightly_rows.rows(TAGS, {"TAGS": None}) == []


def test_a_changed_row_keeps_its_id():
    dates = collection("contacts/5/dates")
    parent = {"DATES": [{"DATE_ID": 1, "OCCASION_NAME": "x"}, {"DATE_ID": 2, "OCCASION_NAME": "y"}]}

    changed = insightly_rows.with_changed_row(dates, parent, "2", {"date_id": 7, "occasion_name": "z"})

    assert changed == {"DATES": [parent["DATES"][0], {"DATE_ID": 2, "OCCASION_NAME": "z"}]}


@each_row(
    "call",
    [
        lambda: insightly_rows.row(TAGS, PARENT, "c"),
        lambda: insightly_rows.without_row(TAGS, PARENT, "c"),
        lambda: insightly_rows.with_changed_row(TAGS, PARENT, "c", {"TAG_NAME": "d"}),
        lambda: insightly_rows.rows(TAGS, {"CONTACT_ID": 5}),
        lambda: insightly_rows.rows(collection("leads/5/addresses"), {"LEAD_ID": 5}),
    ],
)
def test_what_is_not_there_is_not_found(call):
    with pytest.raises(NotFoundError):
        call()


def test_a_new_row_is_the_one_that_was_not_there():
    after = {"TAGS": [{"TAG_NAME": "b"}, {"TAG_NAME": "c"}]}

    assert insightly_rows.new_row(TAGS, PARENT, after) == {"TAG_NAME": "c"}
    with pytest.raises(ConflictError, match="no room for more"):
        insightly_rows.new_row(TAGS, PARENT, PARENT)


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses_of_version_3_are_columns(name):
    place, parent = ADDRESSES[name], columns(name, CITY="Austin")

    assert insightly_rows.rows(place, columns(name)) == []
    (row,) = insightly_rows.rows(place, parent)
    assert (row["ADDRESS_ID"], row["ADDRESS_TYPE"], row["CITY"]) == (105, "POSTAL", "Austin")
    more = insightly_rows.with_row(place, parent, {"city": "Waco"})
    assert (more[f"{BLOCKS[name][0]}_CITY"], more[f"{BLOCKS[name][1]}_CITY"]) == ("Austin", "Waco")
    none = insightly_rows.without_row(place, parent, "105")
    assert set(none.values()) == {None}


@pytest.mark.parametrize("name", ADDRESSES)
def test_there_are_two_addresses_at_the_most(name):
    with pytest.raises(ConflictError, match="no room for more"):
        address_columns(ADDRESSES[name], [{"CITY": "a"}, {"CITY": "b"}, {"CITY": "c"}])


parts = st.fixed_dictionaries(dict.fromkeys(PARTS, st.one_of(st.none(), st.text(min_size=1, max_size=3))))


@given(st.sampled_from([*ADDRESSES]), parts, parts)
def test_addresses_that_are_read_can_be_written_back(name, first, second):
    parent = columns(name) | {f"{BLOCKS[name][0]}_{part}": value for part, value in first.items()}
    parent |= {f"{BLOCKS[name][1]}_{part}": value for part, value in second.items()}

    assert {
        ID_FIELDS[name]: 5,
        **address_columns(ADDRESSES[name], address_rows(ADDRESSES[name], parent)),
    } == parent
