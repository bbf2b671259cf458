"""Records as comma-separated values, and back."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.bulk.csv_text import header, line, records
from elements_local.platform.errors import InvalidRequestError

CELLS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text[0] not in "[{\ufeff"
)
"""Texts that are neither JSON nor begin with a byte order mark."""


def written(*found, guarded=False):
    fields = list(dict.fromkeys(key for record in found for key in record))
    return header(fields, guarded=guarded) + "".join(
        line(record, fields, guarded=guarded) for record in found
    )


def read(text):
    return list(records(StringIO(text, newline="")))


def test_each_key_has_a_column_and_each_kind_of_value_its_text():
    text = written(
        {"ID": 1, "NAME": 'Ada "the first", Countess', "LIVES": False, "RATE": 0.5, "NOTHING": None},
        {"ID": 2, "NAME": "zwei\nZeilen", "TAGS": [{"TAG_NAME": "é"}]},
    )

    assert text.split("\r\n")[:2] == [
        "ID,NAME,LIVES,RATE,NOTHING,TAGS",
        '1,"Ada ""the first"", Countess",false,0.5,,',
    ]
    assert text.endswith('2,"zwei\nZeilen",,,,"[{""TAG_NAME"":""é""}]"\r\n')
    assert list(csv.DictReader(StringIO(text, newline="")))[1]["NAME"] == "zwei\nZeilen"


@given(st.lists(st.dictionaries(CELLS, CELLS, min_size=1), min_size=1))
def test_texts_come_back_as_they_went(found):
    assert read(written(*found)) == found


@given(
    st.recursive(
        st.integers(-9, 9) | st.text(st.characters(exclude_categories=["Cs"])), st.lists, max_leaves=5
    )
)
def test_lists_come_back_as_they_went(value):
    assert read(written({"A": [value], "B": "x"})) == [{"A": [value], "B": "x"}]


def test_a_cell_that_only_looks_like_json_is_text_and_an_empty_one_is_no_value():
    assert read("A,B\r\n[not json,\r\n") == [{"A": "[not json"}]
    assert read("A\n" + "[" * 5000 + "\n") == [{"A": "[" * 5000}]


def test_blank_lines_and_a_byte_order_mark_are_passed_over_and_short_lines_are_filled_up():
    assert read("\ufeffA,B\n\n1\n") == [{"A": "1"}]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_if_that_is_wanted(text):
    guarded = written({text: text}, guarded=True)

    assert read(guarded) == [{"'" + text: "'" + text}]
    assert read(written({text: text})) == [{text: text}]


def test_numbers_are_no_formulas():
    assert written({"A": -1}, guarded=True) == "A\r\n-1\r\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        (",,\n1,2,3", "the file is empty"),
        ("A,A\n1,2", "these come twice or are empty: ['A']"),
        ("A,\n1,2", "these come twice or are empty: []"),
        ("A\n1,2", "line 2 of the file has 2 cells, its header 1"),
        ('A\n"open', "line 2 of the file is not valid CSV"),
        ('A\n"x"y', "line 2 of the file is not valid CSV"),
        ("A\n" + "x" * 200_000, "line 2 of the file is not valid CSV"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_line(text, says):
    with pytest.raises(InvalidRequestError) as refused:
        read(text)

    assert says in str(refused.value)
