"""What a client may send for a field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_insightly.errors import FieldError
from mock_insightly.fields.fields import Choice, Date, Decimal, Flag, Loose, Text, Whole
from mock_insightly.fields.row_types import DATES, LINKS, TAGS, CustomFields

STATES = Choice(options=("OPEN", "WON"))


@pytest.mark.parametrize(
    ("type_", "sent", "kept"),
    [
        (Text(), "a\r\nb ü", "a\r\nb ü"),
        (Text(longest=3), "abc", "abc"),
        (Text(longest=3), "äöü", "äöü"),
        (Text(), "", ""),
        (Whole(), 5, 5),
        (Whole(), -5, -5),
        (Whole(), "78572651", 78572651),
        (Whole(), " 5 ", 5),
        (Whole(), "5\x1f", 5),
        (Whole(), 5.0, 5),
        (Whole(lowest=1), 1, 1),
        (Whole(), 2**63 - 1, 2**63 - 1),
        (Decimal(), 12.5, 12.5),
        (Decimal(), "12.50", 12.5),
        (Decimal(), "12", 12),
        (Decimal(), "12\x1f", 12),
        (Decimal(), "\x1c12.5", 12.5),
        (Flag(), True, True),
        (Flag(), "False", False),
        (Date(), "2016-05-02T12:00:00Z", "2016-05-02 12:00:00"),
        (Date(), "2016-05-02", "2016-05-02 00:00:00"),
        (Date(), "", None),
        (STATES, "won", "WON"),
        (STATES, " Open ", "OPEN"),
        (Loose(), 5, 5),
        (Loose(), None, None),
    ],
)
def test_what_fits_is_kept(type_, sent, kept):
    assert type_.read(sent, "F") == kept


@pytest.mark.parametrize(
    ("type_", "sent", "message"),
    [
        (Text(), 5, "F must be a text; got 5"),
        (Text(longest=3), ["a"], 'F must be a text of at most 3 characters; got ["a"]'),
        (
            Text(longest=3),
            "abcd",
            'F must be a text of at most 3 characters, and this one has 4; got "abcd"',
        ),
        (Whole(), "five", 'F must be a whole number; got "five"'),
        (Whole(), 5.5, "F must be a whole number; got 5.5"),
        (Whole(), True, "F must be a whole number; got true"),
        (Whole(), 2**63, "F must be a whole number; got 9223372036854775808"),
        (Whole(), "9" * 19, f'F must be a whole number; got "{"9" * 19}"'),
        (Whole(lowest=1), 0, "F must be a positive whole number; got 0"),
        (Decimal(), "1e5", 'F must be a number; got "1e5"'),
        (Decimal(), False, "F must be a number; got false"),
        (Flag(), 1, "F must be true or false; got 1"),
        (Date(), "soon", 'F must be a date such as 2026-03-02 10:00:00; got "soon"'),
        (Date(), 1523293094, "F must be a date such as 2026-03-02 10:00:00; got 1523293094"),
        (STATES, "sold", 'F must be one of OPEN, WON; got "sold"'),
        (STATES, 1, "F must be one of OPEN, WON; got 1"),
        (Loose(), {}, "F must be a text, a number, true, false or null; got {}"),
        (TAGS, {}, "F must be an array of objects; got {}"),
        (TAGS, ["a"], 'F[0] must be an object; got "a"'),
        (TAGS, [{"TAG_NAME": ""}], 'F[0] must be an object with a value for TAG_NAME; got {"TAG_NAME":""}'),
        (
            TAGS,
            [{"TAG_NAME": "a"}, {"TAG_NAME": []}],
            "F[1].TAG_NAME must be a text of at most 255 characters; got []",
        ),
        (LINKS, [{"LINK_OBJECT_NAME": "Contact"}], "F[0] must be an object with a value for LINK_OBJECT_ID;"),
        (
            CustomFields(of="Contact"),
            [{"FIELD_VALUE": 1}],
            'F[0] must be an object with a value for FIELD_NAME; got {"FIELD_VALUE":1}',
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_so_many_words(type_, sent, message):
    with pytest.raises(FieldError) as refused:
        type_.read(sent, "F")

    assert str(refused.value).startswith(message)


def test_a_long_value_is_quoted_in_part():
    with pytest.raises(FieldError, match=r'got "x{79}\.\.\. \(5002 characters of JSON\)$'):
        Whole().read("x" * 5000, "F")


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_a_whole_number_may_come_as_a_text(number):
    assert Whole().read(str(number), "F") == Whole().read(number, "F") == number


def test_rows_drop_what_no_field_has_and_fill_in_the_rest():
    rows = DATES.read([{"occasion_date": "2020-01-02", "COLOUR": "red"}], "DATES")

    assert rows == [
        {
            "DATE_ID": None,
            "OCCASION_NAME": None,
            "OCCASION_DATE": "2020-01-02 00:00:00",
            "REPEAT_YEARLY": False,
            "CREATE_TASK_YEARLY": False,
        }
    ]


def test_a_link_spells_the_kinds_it_knows_as_the_vendor_does():
    rows = LINKS.read(
        [
            {"LINK_OBJECT_NAME": "ORGANISATION", "LINK_OBJECT_ID": "1"},
            {"LINK_OBJECT_NAME": "Fruit__c", "LINK_OBJECT_ID": 2},
        ],
        "LINKS",
    )

    assert [row["LINK_OBJECT_NAME"] for row in rows] == ["Organisation", "Fruit__c"]
    assert [row["LINK_OBJECT_ID"] for row in rows] == [1, 2]


def test_custom_fields_show_their_name_as_id_and_only_those_with_a_value_stay():
    sent = [
        {"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "chess"},
        {"CUSTOM_FIELD_ID": "Age__c", "FIELD_VALUE": 7},
        {"FIELD_NAME": "Gone__c", "FIELD_VALUE": None},
    ]

    assert CustomFields(of="Contact").read(sent, "CUSTOMFIELDS") == [
        {"FIELD_NAME": "Hobby__c", "FIELD_VALUE": "chess", "CUSTOM_FIELD_ID": "Hobby__c"},
        {"FIELD_NAME": "Age__c", "FIELD_VALUE": 7, "CUSTOM_FIELD_ID": "Age__c"},
    ]
